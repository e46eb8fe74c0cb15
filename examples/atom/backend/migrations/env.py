"""Runs the migrations against `DATABASE_URL`, one runner at a time."""

import os
from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError
from sqlalchemy import create_engine, pool, text

from core.database import driver_url
from core.models import Base

# An arbitrary number that every runner of these migrations agrees on.
ADVISORY_LOCK = 7_205_173_341


def run() -> None:
    config = context.config
    url = config.get_main_option("sqlalchemy.url") or os.environ.get("DATABASE_URL")
    if not url:
        raise CommandError("DATABASE_URL is not set")
    if config.config_file_name is not None:
        fileConfig(config.config_file_name, disable_existing_loggers=False)
    engine = create_engine(driver_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            # A change that waits for a table makes every later query on it wait as well.
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            context.run_migrations()


if context.is_offline_mode():
    raise CommandError("these migrations run against a database, not as a script")
run()
