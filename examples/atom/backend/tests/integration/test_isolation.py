"""The fixtures keep their promises: no test sees another's data, no worker another's database."""

import random

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from core.database import Database
from core.models import User
from core.users import add_user
from tests.conftest import rolled_back
from tests.support import CHEAP, PASSWORD


def test_what_a_session_commits_is_gone_after_its_test(
    database: Database, unique_resource_name: str
) -> None:
    with rolled_back(database.engine) as session:
        add_user(session, unique_resource_name, PASSWORD, CHEAP)
        session.commit()
        assert session.scalar(select(func.count(User.id))) == 1
    with database.session() as session:
        assert session.scalar(select(func.count(User.id))) == 0


def test_a_rollback_within_a_test_leaves_what_was_committed_before(
    db_session: Session, unique_resource_name: str
) -> None:
    add_user(db_session, unique_resource_name, PASSWORD, CHEAP)
    db_session.commit()
    add_user(db_session, f"{unique_resource_name}-2", PASSWORD, CHEAP)
    db_session.rollback()
    assert db_session.scalars(select(User.username)).all() == [unique_resource_name]


def test_each_worker_has_a_database_of_its_own(
    db_session: Session, worker_name: str, run_name: str, database_name: str
) -> None:
    assert db_session.scalar(text("SELECT current_database()")) == database_name
    assert worker_name in database_name
    assert run_name in database_name


def test_the_template_is_made_once_over_all_workers(server: Engine, template_database: str) -> None:
    with server.connect() as connection:
        like = template_database.replace("_", r"\_")
        found = connection.scalars(
            text("SELECT datname FROM pg_database WHERE datname LIKE :like"), {"like": f"{like}%"}
        ).all()
    assert found == [template_database]


@pytest.fixture
def same_randomness() -> None:
    """What pytest-randomly does to a test that runs again: once more, or in another shard."""
    random.seed(0)


@pytest.mark.parametrize("_", range(2))
@pytest.mark.usefixtures("same_randomness")
def test_names_are_unique(unique_resource_name: str, _: int) -> None:
    assert unique_resource_name not in _seen
    _seen.add(unique_resource_name)


_seen: set[str] = set()
