"""The migrations, each on a database of its own."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import NullPool, create_engine, func, inspect, select, text

from core.database import driver_url
from core.models import Base, User
from core.schema import ROOT, SchemaState, schema_state
from tests.conftest import alembic_config, migrate


def alembic(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line that the pipeline runs."""
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def state(url: str) -> SchemaState:
    engine = create_engine(driver_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return schema_state(connection)


def test_the_commands_of_the_pipeline_tell_a_migrated_database_from_an_empty_one(
    empty_database_url: str,
) -> None:
    assert alembic(empty_database_url, "current", "--check-heads").returncode != 0
    upgrade = alembic(empty_database_url, "upgrade", "head")
    assert upgrade.returncode == 0, upgrade.stderr
    assert alembic(empty_database_url, "current", "--check-heads").returncode == 0


def test_without_a_database_url_nothing_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(CommandError, match="DATABASE_URL is not set"):
        command.upgrade(Config(ROOT / "alembic.ini"), "head")


def test_the_migrations_make_the_tables_of_the_models(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = create_engine(driver_url(empty_database_url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_migration_can_be_undone_and_done_again(empty_database_url: str) -> None:
    migrate(empty_database_url)
    command.downgrade(alembic_config(empty_database_url), "base")
    engine = create_engine(driver_url(empty_database_url), poolclass=NullPool)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    migrate(empty_database_url)
    assert state(empty_database_url) is SchemaState.CURRENT


def test_the_migrations_plant_no_user(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = create_engine(driver_url(empty_database_url), poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(User)) == 0


def test_two_runners_at_once_migrate_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(2) as runners:
        results = list(
            runners.map(lambda _: alembic(empty_database_url, "upgrade", "head"), range(2))
        )
    assert [result.returncode for result in results] == [0, 0], [it.stderr for it in results]
    assert sum("Running upgrade  -> 0001" in result.stderr for result in results) == 1


@pytest.mark.parametrize(
    ("revision", "expected", "usable"),
    [
        (None, SchemaState.EMPTY, False),
        ("0001", SchemaState.BEHIND, False),
        ("head", SchemaState.CURRENT, True),
    ],
)
def test_the_state_of_the_schema(
    empty_database_url: str, revision: str | None, expected: SchemaState, usable: bool
) -> None:
    if revision is not None:
        migrate(empty_database_url, revision)
    assert state(empty_database_url) is expected
    assert expected.usable is usable


def test_a_schema_of_a_later_version_is_ahead_and_usable(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = create_engine(driver_url(empty_database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert state(empty_database_url) is SchemaState.AHEAD
    assert SchemaState.AHEAD.usable
