"""Shared fixtures: names, workers, time, HTTP and PostgreSQL."""

import json
import os
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import time_machine
from alembic import command
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def unique_resource_name() -> str:
    """A unique name, valid in PostgreSQL, DNS and S3.

    It comes from the operating system: with pytest-randomly, `random` repeats its
    values in every run of a seed.
    """
    return f"t-{uuid.uuid4().hex[:16]}"


@pytest.fixture(scope="session")
def worker_name() -> str:
    """The worker of pytest-xdist; `main` without xdist."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def run_name() -> str:
    """A name that all workers of this run share, and no other run."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:16]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Path:
    """A folder that all workers of this run, and no other run, share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_name == "main" else own.parent


@contextmanager
def shared_once(
    folder: Path,
    name: str,
    create: Callable[[], str],
    destroy: Callable[[str], None],
) -> Iterator[str]:
    """A resource that the first process creates and the last one destroys.

    The lock alone would let every process create the resource, one after another. The
    record, read under the lock, shows later processes that it exists, and its count
    shows which process is the last.
    """
    record = folder / f"{name}.json"
    lock = FileLock(folder / f"{name}.lock")
    with lock:
        known = json.loads(record.read_text()) if record.is_file() else None
        value, users = known or (create(), 0)
        record.write_text(json.dumps([value, users + 1]))
    try:
        yield value
    finally:
        with lock:
            value, users = json.loads(record.read_text())
            if users == 1:
                record.unlink()
                destroy(value)
            else:
                record.write_text(json.dumps([value, users - 1]))


@pytest.fixture
def frozen_time() -> Iterator["time_machine.Traveller"]:
    """Freezes time; the test moves it."""
    with time_machine.travel("2026-03-01T12:00:00+00:00", tick=False) as traveller:
        yield traveller


class MockedHttp:
    """A mock server: records requests, and sends the registered replies."""

    def __init__(self) -> None:
        self.replies: deque[httpx2.Response | Exception] = deque()
        self.requests: list[httpx2.Request] = []

    def reply(self, *replies: httpx2.Response | Exception) -> None:
        self.replies.extend(replies)

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        assert self.replies, f"no reply to {request.method} {request.url}"
        reply = self.replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def mocked_http(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockedHttp]:
    """Sends the replies that the test registers; no request leaves the machine."""
    mocked = MockedHttp()

    def handle(_: object, request: httpx2.Request) -> httpx2.Response:
        return mocked.handle(request)

    async def handle_async(_: object, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        return mocked.handle(request)

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", handle)
    monkeypatch.setattr(
        httpx2.AsyncHTTPTransport,
        "handle_async_request",
        handle_async,
    )
    yield mocked
    assert not mocked.replies, f"replies without a request: {mocked.replies}"


@pytest.fixture(scope="session")
def server() -> Iterator[Engine]:
    """The PostgreSQL server; its user must be allowed to create databases.

    Without `DATABASE_URL` the tests fail: skipped, they would leave the
    run green and the code untested.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        pytest.fail(
            "DATABASE_URL is not set: this test needs a PostgreSQL server,"
            " for example postgresql://user:password@localhost:5432/postgres",
            pytrace=False,
        )
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
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


def disconnect_others(server: Engine, name: str) -> None:
    """Ends the connections of migrations: a database to copy must have none."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    with server.connect() as connection:
        connection.execute(text(f"{others} WHERE datname = :name"), {"name": name})


def alembic_config(url: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    # After it is read: its configuration of logging is not for tests.
    config.config_file_name = None
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Upgrades the database to the revision, as `alembic upgrade` does."""
    config = alembic_config(url)
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(ROOT)
        # For migrations that read the variable instead of their configuration.
        patched.setenv("DATABASE_URL", url)
        command.upgrade(config, revision)


@pytest.fixture(scope="session")
def template_database(server: Engine, run_folder: Path, run_name: str) -> Iterator[str]:
    """A migrated database, created once for all workers; a copy is faster."""

    def create() -> str:
        name = f"test_template_{run_name}"
        migrate(create_database(server, name))
        disconnect_others(server, name)
        return name

    def destroy(name: str) -> None:
        drop_database(server, name)

    with shared_once(run_folder, "template", create, destroy) as name:
        yield name


@pytest.fixture(scope="session")
def database_url(
    server: Engine,
    template_database: str,
    run_name: str,
    worker_name: str,
) -> Iterator[str]:
    """This worker's own database."""
    name = f"test_{worker_name}_{run_name}"
    yield create_database(server, name, template_database)
    drop_database(server, name)


@pytest.fixture
def empty_database_url(server: Engine, unique_resource_name: str) -> Iterator[str]:
    """A database without tables, for tests of the migrations themselves."""
    yield create_database(server, unique_resource_name)
    drop_database(server, unique_resource_name)


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Session]:
    """A session whose commits only release savepoints; all is rolled back at the end."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(
            connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
        ) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def db_session(engine: Engine) -> Iterator[Session]:
    """A session whose commits are rolled back after the test."""
    with rolled_back(engine) as session:
        yield session
