"""PostgreSQL for tests: one migrated template a run, one database a worker, one rollback a test."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, make_url, pool, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.dependencies import get_session
from core.database import Database, driver_url
from core.models import User
from core.schema import ROOT
from core.settings import Settings
from core.users import add_user
from tests.support import CHEAP, PASSWORD, shared_once


@pytest.fixture(scope="session")
def server() -> Iterator[Engine]:
    """The server in `DATABASE_URL`, whose user must be allowed to create databases.

    Without it the tests fail: skipped, they would leave the run green and the code untested.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        pytest.fail(
            "DATABASE_URL is not set: this test needs a PostgreSQL server, for example"
            " postgresql://user:password@localhost:5432/atom",
            pytrace=False,
        )
    engine = create_engine(driver_url(url), poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def create_database(server: Engine, name: str, template: str = "template1") -> str:
    """Creates the database and returns its URL."""
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    return server.url.set(database=name).render_as_string(hide_password=False)


def drop_database(server: Engine, name: str) -> None:
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def alembic_config(url: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


@pytest.fixture(scope="session")
def template_database(server: Engine, run_folder: Path, run_name: str) -> Iterator[str]:
    """A migrated database, made once over all workers: to copy it is faster than to migrate."""

    def create() -> str:
        name = f"atom_template_{run_name}"
        command.upgrade(alembic_config(create_database(server, name)), "head")
        return name

    with shared_once(
        run_folder, "template", create, lambda name: drop_database(server, name)
    ) as it:
        yield it


@pytest.fixture(scope="session")
def database_url(
    server: Engine, template_database: str, run_name: str, worker_name: str
) -> Iterator[str]:
    """This worker's own database."""
    name = f"atom_{worker_name}_{run_name}"
    yield create_database(server, name, template_database)
    drop_database(server, name)


@pytest.fixture(scope="session")
def database(database_url: str, session_settings: Settings) -> Iterator[Database]:
    database = Database(database_url, statement_timeout=session_settings.statement_timeout)
    yield database
    database.close()


@pytest.fixture(scope="session")
def session_settings() -> Settings:
    return Settings.from_env({"ENVIRONMENT": "test"})


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Session]:
    """A session whose commits only release savepoints of a transaction that is rolled back."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def db_session(database: Database) -> Iterator[Session]:
    with rolled_back(database.engine) as session:
        yield session


@pytest.fixture
def empty_database_url(server: Engine, unique_resource_name: str) -> Iterator[str]:
    """A database without tables, for tests of the migrations themselves."""
    yield create_database(server, unique_resource_name)
    drop_database(server, unique_resource_name)


@pytest.fixture
def settings(make_settings: Callable[..., Settings], database_url: str) -> Settings:
    return make_settings(DATABASE_URL=database_url)


@pytest.fixture
def app(settings: Settings, db_session: Session) -> FastAPI:
    """The app on this test's session, so that what a request commits is rolled back as well."""
    app = create_app(settings)
    app.dependency_overrides[get_session] = lambda: db_session
    return app


@pytest.fixture
def anonymous(app: FastAPI) -> Iterator[TestClient]:
    """A client that has not logged in."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def user(db_session: Session, unique_resource_name: str) -> User:
    return add_user(db_session, unique_resource_name, PASSWORD, CHEAP)


def log_in(app: FastAPI, username: str) -> TestClient:
    client = TestClient(app)
    response = client.post("/api/auth/login", json={"username": username, "password": PASSWORD})
    assert response.status_code == 200, response.text
    client.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
    return client


@pytest.fixture
def client(anonymous: TestClient, app: FastAPI, user: User) -> TestClient:
    """A client logged in as `user`."""
    return log_in(app, user.username)


@pytest.fixture
def stranger(anonymous: TestClient, app: FastAPI, db_session: Session) -> TestClient:
    """A client logged in as somebody else."""
    return log_in(app, add_user(db_session, "somebody-else", PASSWORD, CHEAP).username)


@pytest.fixture
def database_name(database_url: str) -> str:
    return str(make_url(database_url).database)
