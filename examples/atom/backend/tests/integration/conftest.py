"""The service on the worker's own database, and users of it."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from api.app import create_app
from api.dependencies import get_session
from core.database import Database
from core.models import User
from core.settings import Settings
from core.users import add_user
from tests.support import CHEAP, PASSWORD


@pytest.fixture(scope="session")
def database(database_url: str, session_settings: Settings) -> Iterator[Database]:
    database = Database(database_url, statement_timeout=session_settings.statement_timeout)
    yield database
    database.close()


@pytest.fixture(scope="session")
def session_settings() -> Settings:
    return Settings.from_env({"ENVIRONMENT": "test"})


@pytest.fixture(scope="session")
def engine(database: Database) -> Engine:
    """The service's own, with its limits."""
    return database.engine


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
