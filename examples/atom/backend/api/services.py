"""What the endpoints share, made once for each app."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.completion import LocalModel, Model, NoModel, RemoteModel
from core.database import Database
from core.episodes import EpisodeStore
from core.metrics import Metrics
from core.settings import Settings


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
    database = None
    if settings.database_url is not None:
        database = Database(settings.database_url, statement_timeout=settings.statement_timeout)
    return Services(
        settings=settings,
        database=database,
        memory=EpisodeStore(settings.lancedb_uri),
        models={
            "local": LocalModel(),
            "remote": RemoteModel(settings.model_url) if settings.model_url else NoModel(),
        },
        metrics=Metrics(settings.version),
    )
