"""The slow one: it waits for a limit on the server's clock, which cannot be frozen."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core.database import Database

LIMIT = timedelta(seconds=3)


@pytest.fixture
def limited(database_url: str) -> Iterator[Database]:
    database = Database(database_url, statement_timeout=LIMIT)
    yield database
    database.close()


@pytest.mark.slow
def test_a_statement_over_the_limit_is_cancelled_and_the_connection_lives_on(
    limited: Database,
) -> None:
    with limited.session() as session:
        started = time.monotonic()
        with pytest.raises(OperationalError, match="statement timeout"):
            session.execute(text("SELECT pg_sleep(20)"))
        took = time.monotonic() - started
        session.rollback()
        assert session.scalar(text("SELECT 1")) == 1
    assert LIMIT.total_seconds() <= took < 15
