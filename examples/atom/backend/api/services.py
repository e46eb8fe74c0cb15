"""What the endpoints share, made once for each app."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from core.completion import LocalModel, Model, NoModel, RemoteModel
from core.database import Database
from core.episodes import EpisodeStore
from core.metrics import Metrics
from core.settings import Settings

# An arbitrary number that every process agrees on; the migrations have another.
MEMORY_LOCK = 7_205_173_342


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    database: Database | None
    memory: EpisodeStore
    models: Mapping[str, Model]
    metrics: Metrics

    def close(self) -> None:
        if self.database is not None:
            self.database.close()
        remote = self.models["remote"]
        if isinstance(remote, RemoteModel):
            remote.close()


def make_services(settings: Settings) -> Services:
    """Opens no connection: an app can be imported, and its schema read, without its stores."""
    database, memory = None, EpisodeStore(settings.lancedb_uri)
    if settings.database_url is not None:
        database = Database(settings.database_url, statement_timeout=settings.statement_timeout)
        memory = EpisodeStore(settings.lancedb_uri, creating=partial(database.lock, MEMORY_LOCK))
    return Services(
        settings=settings,
        database=database,
        memory=memory,
        models={
            "local": LocalModel(),
            "remote": RemoteModel(settings.model_url) if settings.model_url else NoModel(),
        },
        metrics=Metrics(settings.version),
    )
