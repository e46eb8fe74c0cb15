"""What connections promise: the time zone, and the lock under which the memory is made."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError

from api.services import MEMORY_LOCK, make_services
from core.database import Database
from core.settings import Settings


def test_moments_are_in_utc_whatever_the_servers_time_zone(
    server: Engine, empty_database_url: str
) -> None:
    name = make_url(empty_database_url).database
    with server.connect() as connection:
        connection.execute(text(f"ALTER DATABASE \"{name}\" SET timezone = 'Asia/Kathmandu'"))
    database = Database(empty_database_url, statement_timeout=timedelta(seconds=5))
    with closing(database), database.session() as session:
        assert session.scalar(text("SHOW timezone")) == "UTC"


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    """Another process, which does not wait long."""
    database = Database(database_url, statement_timeout=timedelta(milliseconds=200))
    yield database
    database.close()


def test_a_lock_is_held_by_one_at_a_time(database: Database, impatient: Database) -> None:
    with database.lock(1):
        with pytest.raises(OperationalError, match="statement timeout"), impatient.lock(1):
            pass
        with impatient.lock(2):
            pass
    with impatient.lock(1):
        pass


def test_the_service_makes_its_memory_under_the_lock(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []

    def lock(_: Database, number: int) -> AbstractContextManager[None]:
        taken.append(number)
        return nullcontext()

    monkeypatch.setattr(Database, "lock", lock)
    services = make_services(settings)
    assert services.memory.count(1) == 0
    services.close()
    assert taken == [MEMORY_LOCK]
