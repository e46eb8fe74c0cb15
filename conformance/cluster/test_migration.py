"""Migrations: the data are no worse after a failed deploy than before it"""

from __future__ import annotations

import pytest
from world import VERIFIED, World

from conftest import Make
from runner.job import Fault
from service import Image

UNDO = (
    'current = "cat \\"$DATABASE\\" 2> /dev/null || true", '
    'on-rollback = { run = \'echo "$REVISION" > "$DATABASE"; echo undone >> undone\' }'
)
COUNTING = 'run = \'n=$(cat "$DATABASE"); echo $((n + 1)) > "$DATABASE"\''


def undoing(text: str) -> str:
    """The definition, with a migration that a rollback undoes."""
    return text.replace('on-rollback = "keep"', UNDO)


def start(shop: World, revision: str) -> None:
    """The schema before the deploy."""
    (schema(shop)).write_text(f"{revision}\n", "utf-8")


def schema(shop: World):  # noqa: ANN201
    """The database of the service: a file with the revision."""
    return shop.cluster.kubelet.job_folders[shop.production] / "schema"


def test_an_applied_migration_is_undone_once(make: Make) -> None:
    """A migration that changed the revision is undone, to the revision before it."""
    shop = make(change=undoing)
    start(shop, "1")
    shop.versions(new=Image(broken="/api/auth/login"))
    run = shop.deploy()
    assert run.result == "failure"
    assert schema(shop).read_text("utf-8") == "1\n"
    assert (schema(shop).parent / "undone").read_text("utf-8") == "undone\n"


@pytest.mark.thorough
def test_without_a_new_migration_nothing_is_undone(make: Make) -> None:
    """Where the revision did not change, an undo would take the verified version's own away."""
    shop = make(change=undoing)
    start(shop, "2")
    shop.versions(new=Image(broken="/api/auth/login"))
    run = shop.deploy()
    assert run.result == "failure"
    assert schema(shop).read_text("utf-8") == "2\n"
    assert not (schema(shop).parent / "undone").exists()


def test_a_migration_outlives_its_runner(make: Make) -> None:
    """The recovery waits for the Job of a lost runner, then undoes it; no two run at once."""
    slow = "echo 2 >", "sleep 6; echo 2 >"
    shop = make(change=lambda text: undoing(text).replace(*slow))
    start(shop, "1")
    running = lambda _: any("sleep 6" in one["command"] for one in shop.cluster.kubelet.ran)  # noqa: E731
    lost = Fault(job="deploy-production", step="Migrate", due=running, machine=True)
    run = shop.deploy(faults=[lost])
    assert run.result == "failure"
    assert schema(shop).read_text("utf-8") == "1\n"
    own = [one for one in shop.cluster.kubelet.ran if one["namespace"] == shop.production]
    for earlier, later in zip(own, own[1:], strict=False):
        assert earlier["ended"] <= later["began"]
    assert [one["command"] for one in own].count(own[1]["command"]) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("returned", [False, True], ids=["later-schema", "returned-schema"])
def test_rolling_back_on_demand_across_a_migration(make: Make, returned: bool) -> None:
    """The version before is not started on a schema that it was not verified with."""
    once = r'run = "echo 2 > \"$DATABASE\""'
    shop = make(change=lambda text: undoing(text).replace(once, COUNTING))
    start(shop, "1")
    for change in ("first", "second"):
        run = shop.deploy(shop.push(change))
        assert run.result == "success", run.failures()
    verified = shop.mark(VERIFIED)
    if returned:
        start(shop, "2")
    event = shop.github.dispatch("main", environment="production", action="roll back")
    run = shop.begin(event).wait()
    if returned:
        assert run.result == "success", run.failures()
        assert shop.mark(VERIFIED)["revision"] == "2"
    else:
        assert run.result == "failure"
        log = run.job("Roll back production").log
        assert "the schema is at revision 3, and" in log and "with REVISION=2" in log
        assert shop.mark(VERIFIED) == verified
