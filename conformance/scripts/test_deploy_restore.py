"""No environment is stranded: whoever comes next finds the truth in the cluster."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy_bench import CHANGING, NEW, OLD, RUN, VERIFIED, Bench

MIGRATE = {"workload": "api", "run": "up", "on-rollback": "keep"}
AT_ONCE = ["preflight", "begin", "backup", "migrate", "apply", "promote", "judge", "verify"]
CANARY = [
    "preflight", "begin", "backup", "migrate", "apply", "shift --to 10", "shift --to 50",
    "promote", "judge", "verify",
]  # fmt: skip
SWITCH = [
    "preflight", "begin", "backup", "migrate", "apply", "shift --to 100", "judge", "verify",
]  # fmt: skip
KINDS = {"all-at-once": AT_ONCE, "gateway-api": CANARY, "blue-green": SWITCH}
BLUE, GREEN = "deployment/atom", "deployment/atom-green"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path) as made:
        made.verified()
        made.file["migrate"] = MIGRATE
        made.file["backup"] = {"image": "postgres:16", "run": "pg_dump"}
        yield made


def prepared(bench: Bench, kind: str) -> list[str]:
    if kind == "gateway-api":
        bench.canary()
    if kind == "blue-green":
        bench.blue_green()
    return KINDS[kind]


def assert_at(bench: Bench, image: str) -> None:
    """All traffic is at the version, and nothing says that it is being changed."""
    if GREEN in bench.state()["objects"]:
        active = bench.active()
        assert bench.image(active) == bench.state()["rolled"][active] == image
        assert bench.mark(CHANGING) is None
        assert bench.mark(VERIFIED)["image"] == image
        assert active == (BLUE if image == OLD else GREEN)
        assert bench.image(BLUE) == OLD
        return
    assert bench.image() == image
    assert bench.state()["rolled"]["deployment/atom"] == image
    assert bench.mark(CHANGING) is None
    assert bench.mark(VERIFIED)["image"] == image
    canary = {b["name"]: b.get("weight") for b in _backends(bench)}["atom-canary"]
    assert canary == 0
    assert bench.object("deployment/atom-canary")["spec"]["replicas"] == 0


def _backends(bench: Bench) -> list[dict[str, Any]]:
    return list(bench.object("httproute/atom")["spec"]["rules"][1]["backendRefs"])


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_a_runner_lost_after_any_change_is_recovered(bench: Bench, kind: str) -> None:
    bench.steps(*prepared(bench, kind))
    assert_at(bench, NEW)
    snapshots = bench.snapshots()
    # When traffic changed is kept in whole seconds: within one second there is one change less.
    assert len(snapshots) >= 9
    restored = 0
    for snapshot in snapshots:
        state = json.loads(snapshot.read_text())
        bench.write_state(state)
        changing = bench.mark(CHANGING) is not None
        last = bench.mark(VERIFIED)["image"]
        ran = bench.steps("recover")
        assert ran.outputs["restored"] == str(changing).lower(), snapshot.name
        assert_at(bench, last)
        assert last == (OLD if changing else bench.mark(VERIFIED)["image"])
        restored += changing
    assert restored >= 8


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["all-at-once", "gateway-api"])
def test_a_rollback_and_its_verification_follow_every_failed_step(bench: Bench, kind: str) -> None:
    steps = prepared(bench, kind)
    bench.steps(steps[0])
    for count in range(2, len(steps)):
        bench.steps(steps[count - 1])
        done = bench.state()
        assert bench.steps("roll-back").outputs["changed"] == "true"
        once = bench.state()
        bench.steps("roll-back")
        assert bench.state() == once, f"{steps[count - 1]}: a second rollback changed it"
        ran = bench.steps("verify-rollback")
        assert ran.outputs["restored"] == "true"
        assert_at(bench, OLD)
        migrated = "migrate" in steps[:count]
        assert ("it cannot be restored" in ran.summary) == migrated
        assert "nothing to roll back" in bench.steps("roll-back").out
        assert bench.steps("verify-rollback").outputs["restored"] == "false"
        bench.write_state(done)


def test_roll_back_moves_the_route_first_and_waits_for_nothing(bench: Bench) -> None:
    bench.canary()
    bench.steps("preflight", "begin", "apply", "shift --to 50")
    bench.forget()
    bench.steps("roll-back")
    verbs = [call[1:3] for call in bench.calls()]
    changes = [verb for verb in verbs if verb[0] != "get"]
    assert changes[0] == ["patch", "httproute/atom"]
    assert not any(verb[0] in ("rollout", "wait") for verb in verbs)
    assert len(verbs) <= 8


def test_roll_back_goes_on_when_one_part_fails(bench: Bench) -> None:
    bench.canary()
    bench.steps("preflight", "begin", "apply", "shift --to 50", "promote")
    bench.set(fail=[{"match": "patch httproute", "times": 1, "stderr": "Forbidden"}])
    ran = bench.deploy("roll-back")
    assert ran.code == 1
    assert "cannot patch httproute/atom" in ran.errors()[0]
    assert bench.image() == OLD
    assert bench.mark(CHANGING) is not None
    bench.steps("recover")
    assert_at(bench, OLD)


def test_verify_rollback_keeps_the_mark_until_the_restored_version_is_ready(bench: Bench) -> None:
    bench.steps("preflight", "begin", "apply", "roll-back")
    bench.set(never_ready=["a" * 64])
    ran = bench.deploy("verify-rollback")
    assert ran.code == 1
    assert "restored" not in ran.outputs
    assert bench.mark(CHANGING) is not None


def test_verify_rollback_does_not_believe_a_route_that_still_feeds_the_canary(bench: Bench) -> None:
    bench.canary()
    bench.steps("preflight", "begin", "apply", "shift --to 10")
    ran = bench.deploy("verify-rollback")
    assert "still gives 10% of the traffic to the canary" in ran.errors()[0]


def test_the_next_run_restores_what_a_lost_run_left(bench: Bench) -> None:
    bench.canary()
    bench.steps("preflight", "begin", "apply", "shift --to 50", "promote")
    lost = bench.image()
    assert lost == NEW
    bench.run_id, bench.run_number = "7002", 51
    bench.env["PIPEWRIGHT_DIGEST_API"] = f"sha256:{'c' * 64}"
    ran = bench.steps("preflight")
    assert f"run {RUN} left production half changed" in ran.warnings()[0]
    assert_at(bench, OLD)
    bench.steps("begin")
    # What the lost run left is not what this one would return to.
    assert bench.mark(CHANGING)["from"]["image"] == OLD


def test_a_late_recovery_leaves_the_next_run_alone(bench: Bench) -> None:
    bench.steps("preflight", "begin", "apply")
    bench.run_id = "6999"
    before = bench.state()
    for step in ("roll-back", "verify-rollback", "recover"):
        ran = bench.steps(step)
        assert "nothing to roll back" in ran.out
    assert bench.state() == before
    bench.steps("recover --any")
    assert_at(bench, OLD)


def test_a_second_attempt_of_the_same_run(bench: Bench) -> None:
    bench.steps("preflight", "begin", "apply")
    bench.attempt = 2
    assert "Run preflight first" in bench.deploy("begin").errors()[0]
    bench.steps(*AT_ONCE)
    assert_at(bench, NEW)
    assert bench.mark(VERIFIED)["attempt"] == 2


def test_before_the_cluster_was_reached_there_is_nothing_to_restore(bench: Bench) -> None:
    bench.secrets["PIPEWRIGHT_KUBECONFIG"] = ""
    ran = bench.steps("roll-back")
    assert "never reached the cluster" in ran.out
    assert ran.outputs["changed"] == "false"
    assert bench.calls() == []


def test_a_mark_that_cannot_be_read_is_an_error_and_not_nothing(bench: Bench) -> None:
    bench.steps("preflight")
    for text in ("{", '{"to": {}, "from": {}}'):
        bench.annotate(CHANGING, text)
        ran = bench.deploy("roll-back")
        assert ran.code == 1
        assert CHANGING in ran.errors()[0]


def test_a_migration_is_undone_after_traffic_is_back(bench: Bench) -> None:
    bench.file["migrate"] = {**MIGRATE, "on-rollback": {"run": "down"}}
    bench.steps("preflight", "begin", "migrate", "apply", "roll-back")
    assert len(bench.state()["started"]) == 1
    ran = bench.steps("verify-rollback")
    undone = bench.state()["started"][-1]
    container = undone["spec"]["template"]["spec"]["containers"][0]
    assert (container["image"], container["command"][-1]) == (NEW, "down")
    assert "undone" in ran.summary
    assert bench.mark(CHANGING) is None


def test_undoing_a_migration_that_fails_keeps_the_mark_and_says_so(bench: Bench) -> None:
    bench.file["migrate"] = {**MIGRATE, "on-rollback": {"run": "down"}}
    bench.steps("preflight", "begin", "migrate", "apply")
    bench.set(jobs={"restore": "Failed"})
    ran = bench.deploy("recover")
    assert ran.code == 1
    assert "traffic is back, but undoing the migration failed" in ran.errors()[0]
    assert bench.image() == OLD
    assert bench.mark(CHANGING) is not None


def test_what_was_never_migrated_is_not_undone(bench: Bench) -> None:
    bench.file["migrate"] = {**MIGRATE, "on-rollback": {"run": "down"}}
    bench.steps("preflight", "begin", "roll-back", "verify-rollback")
    assert "started" not in bench.state()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancelled_hold_ends_at_once_and_quietly(bench: Bench, number: signal.Signals) -> None:
    bench.canary(hold="50s")
    bench.steps("preflight", "begin", "apply")
    process = bench.start("shift", "--to", "10")
    until = time.monotonic() + 20
    while bench.weights()["atom-canary"] != 10 and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(number)
    out = process.communicate(timeout=7)[0]
    assert process.returncode == 130
    assert out.splitlines()[-1] == "::error::cancelled before this step was done"
    bench.steps("roll-back", "verify-rollback")
    assert_at(bench, OLD)
