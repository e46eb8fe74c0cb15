"""Users, and the command that is the only way to make one.

    python -m core.users add NAME            the password is the first line of standard input
    python -m core.users add NAME --password-env VARIABLE
    python -m core.users set-password NAME   ends the user's logins
    python -m core.users remove NAME         and everything that the user owns in the database

Exit status: 0 done, 1 refused (the reason is on standard error), 2 usage.
"""

import argparse
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cache
from typing import TextIO

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import AlreadyExists, InvalidInput, NotFound, ServiceError
from core.models import AccessToken, User
from core.passwords import RECOMMENDED, Cost, hash_password, verify_password
from core.settings import Settings, SettingsError

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
PASSWORD_LENGTH = range(12, 257)


def add_user(session: Session, username: str, password: str, cost: Cost = RECOMMENDED) -> User:
    if not USERNAME.fullmatch(username):
        raise InvalidInput(
            "a user name has 2 to 63 of a-z, 0-9, dot, dash, underscore,"
            " and begins with a letter or digit"
        )
    user = User(username=username, password_hash=hash_password(_accepted(password), cost))
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        raise AlreadyExists(f"there is a user {username!r} already") from None
    return user


def set_password(session: Session, username: str, password: str, cost: Cost = RECOMMENDED) -> None:
    user = find_user(session, username)
    user.password_hash = hash_password(_accepted(password), cost)
    session.execute(delete(AccessToken).where(AccessToken.user_id == user.id))
    session.flush()


def remove_user(session: Session, username: str) -> None:
    session.delete(find_user(session, username))
    session.flush()


def find_user(session: Session, username: str) -> User:
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        raise NotFound(f"there is no user {username!r}")
    return user


def authenticate(session: Session, username: str, password: str) -> User | None:
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        # The same work as for a known user: the time taken must not tell which names exist.
        verify_password(password, _nobody())
        return None
    return user if verify_password(password, user.password_hash) else None


def _accepted(password: str) -> str:
    if len(password) not in PASSWORD_LENGTH or "\0" in password:
        raise InvalidInput(
            f"a password has {PASSWORD_LENGTH.start} to {PASSWORD_LENGTH.stop - 1} characters,"
            " none of them NUL"
        )
    return password


@cache
def _nobody() -> str:
    return hash_password("")


def main(
    arguments: Sequence[str] | None = None,
    env: Mapping[str, str] = os.environ,
    stdin: TextIO = sys.stdin,
) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.users")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("add", "set-password", "remove"):
        command = commands.add_parser(name)
        command.add_argument("username")
        if name != "remove":
            command.add_argument("--password-env", metavar="VARIABLE")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_env(env)
        if settings.database_url is None:
            raise SettingsError("DATABASE_URL is not set")
        database = Database(settings.database_url, statement_timeout=settings.statement_timeout)
        with closing(database), database.session.begin() as session:
            _run(session, options, env, stdin)
    except (ServiceError, SettingsError) as error:
        print(f"core.users: {error}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        # The statement that SQLAlchemy quotes holds the password's hash.
        print(f"core.users: the database refused: {type(error).__name__}", file=sys.stderr)
        return 1
    return 0


def _run(
    session: Session, options: argparse.Namespace, env: Mapping[str, str], stdin: TextIO
) -> None:
    match options.command:
        case "add":
            add_user(session, options.username, _read_password(options.password_env, env, stdin))
        case "set-password":
            set_password(
                session, options.username, _read_password(options.password_env, env, stdin)
            )
        case _:
            remove_user(session, options.username)


def _read_password(variable: str | None, env: Mapping[str, str], stdin: TextIO) -> str:
    if variable is None:
        return stdin.readline().rstrip("\r\n")
    if not env.get(variable):
        raise InvalidInput(f"the variable {variable} is not set")
    return env[variable]


if __name__ == "__main__":
    sys.exit(main())
