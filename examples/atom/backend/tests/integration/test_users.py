import io
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import tokens
from core.database import Database
from core.errors import AlreadyExists, InvalidInput, NotFound
from core.models import AccessToken, Agent, Canvas, Execution, User
from core.passwords import verify_password
from core.settings import Settings
from core.users import add_user, authenticate, find_user, main, remove_user, set_password
from tests.support import CHEAP, PASSWORD


def test_a_user_logs_in_with_the_password(db_session: Session, user: User) -> None:
    assert authenticate(db_session, user.username, PASSWORD) == user


@pytest.mark.parametrize("password", ["", "another password", PASSWORD.upper()])
def test_a_user_does_not_log_in_with_another(
    db_session: Session, user: User, password: str
) -> None:
    assert authenticate(db_session, user.username, password) is None


def test_an_unknown_user_does_not_log_in(db_session: Session) -> None:
    assert authenticate(db_session, "nobody", PASSWORD) is None


@pytest.mark.parametrize("username", ["ada", "a1", "ada.love_lace-2", "a" * 63])
def test_names_that_are_accepted(db_session: Session, username: str) -> None:
    assert add_user(db_session, username, PASSWORD, CHEAP).id is not None


@pytest.mark.parametrize("username", ["", "a", "Ada", "-ada", "a b", "ada\n", "a" * 64, "ä1"])
def test_names_that_are_refused(db_session: Session, username: str) -> None:
    with pytest.raises(InvalidInput, match="user name"):
        add_user(db_session, username, PASSWORD, CHEAP)


@pytest.mark.parametrize("password", ["", "a" * 11, "a" * 257, "a" * 12 + "\0"])
def test_passwords_that_are_refused(db_session: Session, password: str) -> None:
    with pytest.raises(InvalidInput, match="12 to 256"):
        add_user(db_session, "ada", password, CHEAP)


def test_a_name_is_taken_once_and_the_session_stays_usable(db_session: Session) -> None:
    add_user(db_session, "ada", PASSWORD, CHEAP)
    with pytest.raises(AlreadyExists, match="'ada'"):
        add_user(db_session, "ada", PASSWORD, CHEAP)
    assert db_session.scalar(select(func.count(User.id))) == 1


def test_a_new_password_ends_the_logins(
    db_session: Session, user: User, session_settings: Settings
) -> None:
    token = tokens.issue(db_session, user, session_settings.token_lifetime)
    set_password(db_session, user.username, "quite another one", CHEAP)
    assert tokens.holder(db_session, token) is None
    assert authenticate(db_session, user.username, PASSWORD) is None
    assert authenticate(db_session, user.username, "quite another one") == user


def test_a_removed_user_leaves_nothing_behind(
    db_session: Session, user: User, session_settings: Settings
) -> None:
    tokens.issue(db_session, user, session_settings.token_lifetime)
    db_session.add(Agent(owner_id=user.id, slug="a", name="A", instructions="", model="local"))
    db_session.flush()
    remove_user(db_session, user.username)
    for table in (User, AccessToken, Agent, Canvas, Execution):
        assert db_session.scalar(select(func.count()).select_from(table)) == 0


def test_removing_nobody_is_an_error(db_session: Session) -> None:
    with pytest.raises(NotFound, match="'nobody'"):
        remove_user(db_session, "nobody")


@pytest.fixture
def new_username(database: Database, unique_resource_name: str) -> Iterator[str]:
    """A name for the command, which commits: whatever it made is removed afterwards."""
    yield unique_resource_name
    with database.session.begin() as session:
        user = session.scalar(select(User).where(User.username == unique_resource_name))
        if user is not None:
            session.delete(user)


@pytest.fixture
def env(database_url: str) -> dict[str, str]:
    return {"ENVIRONMENT": "test", "DATABASE_URL": database_url}


def stored_hash(database: Database, username: str) -> str:
    with database.session() as session:
        return find_user(session, username).password_hash


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_the_command_reads_the_password_from_standard_input(
    database: Database, env: dict[str, str], new_username: str, ending: str
) -> None:
    assert main(["add", new_username], env, io.StringIO(PASSWORD + ending)) == 0
    assert verify_password(PASSWORD, stored_hash(database, new_username))


def test_the_command_reads_the_password_from_a_variable(
    database: Database, env: dict[str, str], new_username: str
) -> None:
    env["SMOKE_PASSWORD"] = PASSWORD
    arguments = ["add", new_username, "--password-env", "SMOKE_PASSWORD"]
    assert main(arguments, env, io.StringIO()) == 0
    assert verify_password(PASSWORD, stored_hash(database, new_username))


def test_the_command_changes_and_removes(
    database: Database, env: dict[str, str], new_username: str
) -> None:
    assert main(["add", new_username], env, io.StringIO(PASSWORD)) == 0
    assert main(["set-password", new_username], env, io.StringIO("quite another one")) == 0
    assert verify_password("quite another one", stored_hash(database, new_username))
    assert main(["remove", new_username], env) == 0
    assert main(["remove", new_username], env) == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["add", "ada"], "12 to 256"),
        (["add", "ada", "--password-env", "UNSET"], "UNSET is not set"),
        (["set-password", "nobody"], "no user 'nobody'"),
        (["remove", "nobody"], "no user 'nobody'"),
    ],
)
def test_a_refusal_of_the_command_says_why(
    env: dict[str, str],
    arguments: list[str],
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(arguments, env, io.StringIO("")) == 1
    assert reason in capsys.readouterr().err


def test_the_command_needs_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remove", "ada"], {"ENVIRONMENT": "test"}) == 1
    assert "DATABASE_URL is not set" in capsys.readouterr().err


def test_the_command_does_not_print_what_the_database_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    env = {"ENVIRONMENT": "test", "DATABASE_URL": "postgresql://u:secret@localhost:1/atom"}
    assert main(["add", "ada"], env, io.StringIO(PASSWORD)) == 1
    error = capsys.readouterr().err
    assert "OperationalError" in error
    assert "secret" not in error


@pytest.mark.parametrize("arguments", [[], ["add"], ["rename", "ada"], ["add", "ada", "password"]])
def test_the_command_takes_no_password_as_an_argument(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
