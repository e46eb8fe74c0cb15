"""Connections to PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session, sessionmaker

CONNECT_TIMEOUT_SECONDS = 5


def driver_url(url: str) -> str:
    """The URL for psycopg 3: `postgres://` and `postgresql://` leave the driver open."""
    parsed = make_url(url)
    if parsed.drivername not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError(f"not a PostgreSQL URL: the scheme is {parsed.drivername!r}")
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


class Database:
    """A pool of connections; nothing is opened before the first query."""

    def __init__(self, url: str, *, statement_timeout: timedelta) -> None:
        milliseconds = int(statement_timeout.total_seconds() * 1000)
        self.engine: Engine = create_engine(
            driver_url(url),
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                # Moments come back in the connection's time zone, which is else the server's.
                "options": f"-c statement_timeout={milliseconds} -c timezone=UTC",
            },
        )
        self.session = sessionmaker(self.engine, class_=Session, expire_on_commit=False)

    @contextmanager
    def lock(self, number: int) -> Iterator[None]:
        """Held by one at a time among all processes that use this database."""
        with self.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
            yield

    def close(self) -> None:
        self.engine.dispose()
