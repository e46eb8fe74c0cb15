"""Which migration a database stands at, seen from this version's own migrations."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

ROOT = Path(__file__).resolve().parent.parent


class SchemaState(StrEnum):
    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"
    """Migrated by a later version, as the stable pods see it while a canary runs."""

    @property
    def usable(self) -> bool:
        return self in (SchemaState.CURRENT, SchemaState.AHEAD)


def schema_state(connection: Connection) -> SchemaState:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = _revisions()
    if revision is None:
        return SchemaState.EMPTY
    if revision == known[0]:
        return SchemaState.CURRENT
    return SchemaState.BEHIND if revision in known else SchemaState.AHEAD


@cache
def _revisions() -> tuple[str, ...]:
    """This version's revisions, the newest first."""
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    return tuple(script.revision for script in scripts.walk_revisions())
