"""The agents' memory: past queries and answers in LanceDB, in a folder or in an object store.

`LANCEDB_URI` is a path or `s3://bucket/prefix`. For S3, LanceDB itself reads `AWS_ENDPOINT`,
`AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for plain HTTP, `AWS_ALLOW_HTTP`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import lancedb
import pyarrow as pa
from lancedb.query import LanceVectorQueryBuilder

from core.embedding import DIMENSIONS, embed
from core.errors import StoreUnavailable

TABLE = "episodes"
SCHEMA = pa.schema(
    [
        pa.field("id", pa.utf8(), nullable=False),
        pa.field("owner", pa.int64(), nullable=False),
        pa.field("agent", pa.utf8(), nullable=False),
        pa.field("query", pa.utf8(), nullable=False),
        pa.field("answer", pa.utf8(), nullable=False),
        pa.field("created_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("vector", pa.list_(pa.float32(), DIMENSIONS), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Episode:
    id: str
    owner: int
    agent: str
    query: str
    answer: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Recollection:
    episode: Episode
    similarity: float
    """The cosine of the two queries' vectors, from -1 to 1."""


class EpisodeStore:
    """Opened at the first use, so that a service whose memory is away still starts.

    `creating` is held while the table is made, and must keep other processes out: of two that make
    it at once, LanceDB lets the second replace the first one's table and what is in it.
    """

    def __init__(
        self, uri: str, *, creating: Callable[[], AbstractContextManager[object]] = nullcontext
    ) -> None:
        self.uri = uri
        self._creating = creating
        self._lock = threading.Lock()
        self._opened: lancedb.table.Table | None = None

    def add(self, *episodes: Episode) -> None:
        if episodes:
            rows = [asdict(episode) | {"vector": embed(episode.query)} for episode in episodes]
            with self._table() as table:
                table.add(pa.Table.from_pylist(rows, schema=SCHEMA))

    def recall(
        self, owner: int, agent: str, query: str, *, limit: int, at_least: float = -1.0
    ) -> list[Recollection]:
        """The episodes whose query is most like this one, the best first."""
        with self._table() as table:
            search = cast(LanceVectorQueryBuilder, table.search(embed(query), query_type="vector"))
            rows = (
                search.distance_type("cosine")
                .where(_belonging(owner, agent), prefilter=True)
                .limit(limit)
                .to_list()
            )
        found = (Recollection(_episode(row), min(1.0, 1.0 - row["_distance"])) for row in rows)
        return [recollection for recollection in found if recollection.similarity >= at_least]

    def recent(self, owner: int, agent: str, *, limit: int) -> list[Episode]:
        """The latest episodes, the newest first."""
        with self._table() as table:
            rows = table.search().where(_belonging(owner, agent)).to_list()
        newest = sorted(map(_episode, rows), key=lambda episode: episode.created_at, reverse=True)
        return newest[:limit]

    def count(self, owner: int, agent: str | None = None) -> int:
        with self._table() as table:
            return int(table.count_rows(_belonging(owner, agent)))

    def forget(self, owner: int, agent: str | None = None) -> int:
        """Removes the owner's episodes, of one agent or of all; returns how many."""
        with self._table() as table:
            return _delete(table, _belonging(owner, agent))

    def prune(self, before: datetime) -> int:
        """Removes all episodes older than the given moment; returns how many."""
        with self._table() as table:
            return _delete(table, f"created_at < TIMESTAMP '{before.astimezone(UTC).isoformat()}'")

    def compact(self, keep: timedelta = timedelta(days=1)) -> None:
        """Merges the small files that single writes leave, and drops versions older than `keep`."""
        with self._table() as table:
            table.optimize(cleanup_older_than=keep)

    @contextmanager
    def _table(self) -> Iterator[lancedb.table.Table]:
        try:
            with self._lock:
                if self._opened is None:
                    self._opened = self._open()
            yield self._opened
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreUnavailable("the episode store cannot be used") from error

    def _open(self) -> lancedb.table.Table:
        # Without an interval a handle never sees what other processes write.
        connection = lancedb.connect(self.uri, read_consistency_interval=timedelta(0))
        try:
            return connection.open_table(TABLE)
        except ValueError:
            with self._creating():
                return connection.create_table(TABLE, schema=SCHEMA, exist_ok=True)


def _belonging(owner: int, agent: str | None) -> str:
    condition = f"owner = {int(owner)}"
    return condition if agent is None else f"{condition} AND agent = {quoted(agent)}"


def _delete(table: lancedb.table.Table, condition: str) -> int:
    result: Any = table.delete(condition)  # LanceDB's type stubs leave the number out.
    return int(result.num_deleted_rows)


def quoted(text: str) -> str:
    """The text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def _episode(row: dict[str, Any]) -> Episode:
    return Episode(
        id=row["id"],
        owner=row["owner"],
        agent=row["agent"],
        query=row["query"],
        answer=row["answer"],
        created_at=row["created_at"],
    )
