from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import lancedb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.episodes import TABLE, Episode, EpisodeStore
from core.errors import StoreUnavailable

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OpenStore = Callable[[], EpisodeStore]


def episode(
    id_: str, query: str = "hello", *, owner: int = 1, agent: str = "guide", at: datetime = NOON
) -> Episode:
    return Episode(id_, owner, agent, query, f"answer to {query}", at)


def ids(episodes: list[Episode]) -> list[str]:
    return [it.id for it in episodes]


def test_a_new_store_is_empty(store: EpisodeStore) -> None:
    assert store.count(1) == 0
    assert store.recent(1, "guide", limit=5) == []
    assert store.recall(1, "guide", "hello", limit=5) == []


def test_an_episode_comes_back_as_it_was(store: EpisodeStore) -> None:
    written = episode("1", "wo ist der Bahnhof? 駅")
    store.add(written)
    assert store.recent(1, "guide", limit=1) == [written]


def test_what_is_written_is_there_for_the_next_process(open_store: OpenStore) -> None:
    open_store().add(episode("1"))
    assert ids(open_store().recent(1, "guide", limit=5)) == ["1"]


def test_an_open_store_sees_what_another_writes(open_store: OpenStore) -> None:
    reader, writer = open_store(), open_store()
    assert reader.count(1) == 0
    writer.add(episode("1"))
    assert reader.count(1) == 1


def test_the_data_is_where_the_address_says(store: EpisodeStore, store_uri: str) -> None:
    store.add(episode("1"))
    assert lancedb.connect(store_uri).open_table(TABLE).count_rows() == 1


def test_writing_nothing_makes_no_version(store: EpisodeStore, store_uri: str) -> None:
    store.add(episode("1"))
    before = lancedb.connect(store_uri).open_table(TABLE).version
    store.add()
    assert lancedb.connect(store_uri).open_table(TABLE).version == before


def test_the_most_alike_is_recalled_first(store: EpisodeStore) -> None:
    store.add(
        episode("cake", "bake a lemon cake"),
        episode("other", "where is the harbour"),
        episode("same", "where is the station"),
    )
    found = store.recall(1, "guide", "Where is the station?", limit=2)
    assert [it.episode.id for it in found] == ["same", "other"]
    assert found[0].similarity == pytest.approx(1.0)


def test_what_is_not_alike_enough_is_left_out(store: EpisodeStore) -> None:
    store.add(episode("cake", "bake a lemon cake"), episode("same", "where is the station"))
    found = store.recall(1, "guide", "where is the station", limit=5, at_least=0.5)
    assert [it.episode.id for it in found] == ["same"]


def test_the_limit_counts_the_callers_own_episodes(store: EpisodeStore) -> None:
    # Were the filter applied after the search, the stranger's nearer episodes would fill the limit.
    store.add(*(episode(f"s{n}", "where is the station", owner=2) for n in range(5)))
    store.add(episode("mine", "where is the harbour"))
    found = store.recall(1, "guide", "where is the station", limit=1)
    assert [it.episode.id for it in found] == ["mine"]


def test_the_newest_comes_first(store: EpisodeStore) -> None:
    store.add(*(episode(str(n), at=NOON + timedelta(minutes=n)) for n in (2, 0, 1)))
    assert ids(store.recent(1, "guide", limit=2)) == ["2", "1"]


def test_the_newest_is_found_among_many(store: EpisodeStore) -> None:
    store.add(*(episode(str(n), at=NOON + timedelta(minutes=n)) for n in range(200)))
    assert ids(store.recent(1, "guide", limit=1)) == ["199"]
    assert store.count(1) == 200


def test_owners_and_agents_do_not_see_each_other(store: EpisodeStore) -> None:
    store.add(episode("1"), episode("2", owner=2), episode("3", agent="other"))
    assert ids(store.recent(1, "guide", limit=5)) == ["1"]
    assert [it.episode.id for it in store.recall(2, "guide", "hello", limit=5)] == ["2"]
    assert (store.count(1), store.count(1, "other"), store.count(2)) == (2, 1, 1)


def test_forgetting_an_agent_leaves_the_others(store: EpisodeStore) -> None:
    store.add(episode("1"), episode("2", owner=2), episode("3", agent="other"))
    assert store.forget(1, "guide") == 1
    assert (store.count(1), store.count(2)) == (1, 1)


def test_forgetting_an_owner_leaves_the_others(store: EpisodeStore) -> None:
    store.add(episode("1"), episode("2", owner=2), episode("3", agent="other"))
    assert store.forget(1) == 2
    assert store.forget(1) == 0
    assert store.count(2) == 1


@pytest.mark.parametrize("agent", ["it's", "' OR 1=1 --", '"', "%", "\\", "a\nb", "日本"])
def test_an_agents_name_is_never_read_as_sql(store: EpisodeStore, agent: str) -> None:
    store.add(episode("1", agent=agent), episode("2", agent="guide"))
    assert ids(store.recent(1, agent, limit=5)) == ["1"]
    assert store.forget(1, agent) == 1
    assert store.count(1) == 1


def test_pruning_removes_what_is_older_than_the_moment(store: EpisodeStore) -> None:
    store.add(*(episode(str(n), at=NOON + timedelta(hours=n)) for n in range(4)))
    assert store.prune(NOON + timedelta(hours=2)) == 2
    assert ids(store.recent(1, "guide", limit=5)) == ["3", "2"]


def test_pruning_knows_time_zones(store: EpisodeStore) -> None:
    store.add(episode("1", at=NOON))
    tokyo = timezone(timedelta(hours=9))
    assert store.prune(NOON.astimezone(tokyo)) == 0
    assert store.prune((NOON + timedelta(microseconds=1)).astimezone(tokyo)) == 1


def test_compacting_keeps_every_episode(store: EpisodeStore, store_uri: str) -> None:
    for number in range(5):
        store.add(episode(str(number), at=NOON + timedelta(minutes=number)))
    store.compact(keep=timedelta(milliseconds=1))
    assert ids(store.recent(1, "guide", limit=9)) == ["4", "3", "2", "1", "0"]
    assert len(lancedb.connect(store_uri).open_table(TABLE).list_versions()) == 1


def test_writers_at_the_same_time_lose_nothing(open_store: OpenStore) -> None:
    stores = [open_store() for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as threads:
        list(threads.map(lambda pair: pair[1].add(episode(str(pair[0]))), enumerate(stores)))
    assert open_store().count(1) == len(stores)


def test_the_table_is_made_under_the_lock_and_opened_without(store_uri: str) -> None:
    taken: list[str] = []

    def creating() -> AbstractContextManager[None]:
        taken.append("lock")
        return nullcontext()

    for id_ in ("1", "2"):
        EpisodeStore(store_uri, creating=creating).add(episode(id_))
    assert taken == ["lock"]


def test_a_process_that_loses_the_race_to_make_the_table_uses_the_winners(
    open_store: OpenStore, store_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store().add(episode("1"))
    connection = type(lancedb.connect(store_uri))
    opened = connection.open_table
    answers = iter([False])

    def open_table(self: Any, *arguments: Any, **options: Any) -> Any:
        if not next(answers, True):
            raise ValueError("Table 'episodes' was not found")
        return opened(self, *arguments, **options)

    monkeypatch.setattr(connection, "open_table", open_table)
    assert open_store().count(1) == 1


@pytest.mark.parametrize("uri", ["nowhere://episodes", "http://localhost:1/episodes"])
def test_an_address_of_no_store_is_unavailable(uri: str) -> None:
    with pytest.raises(StoreUnavailable):
        EpisodeStore(uri).count(1)


def test_a_store_that_went_away_is_unavailable(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(StoreUnavailable):
        EpisodeStore(str(blocked)).add(episode("1"))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_query_can_be_stored_and_recalled(open_store: OpenStore, query: str) -> None:
    store = open_store()
    store.forget(1)
    store.add(episode("1", query))
    (found,) = store.recall(1, "guide", query, limit=1)
    assert found.episode.query == query
    assert found.similarity == pytest.approx(1.0, abs=1e-5)
