"""Traffic that a Service's selector switches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy_bench import CHANGING, NEW, OLD, VERIFIED, Bench

BLUE, GREEN = "deployment/atom", "deployment/atom-green"
STEPS = ["preflight", "begin", "apply", "shift --to 100", "judge", "verify"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path) as made:
        made.verified()
        made.blue_green()
        yield made


def change(bench: Bench, ref: str, **spec: Any) -> None:
    state = bench.state()
    state["objects"][ref]["spec"] |= spec
    bench.write_state(state)


@pytest.mark.thorough
def test_the_idle_color_gets_the_version_and_the_size_of_the_active_one(bench: Bench) -> None:
    bench.steps("preflight", "begin", "apply")
    assert (bench.active(), bench.image(BLUE), bench.image(GREEN)) == (BLUE, OLD, NEW)
    assert bench.object(GREEN)["spec"]["replicas"] == bench.object(BLUE)["spec"]["replicas"] == 2
    bench.steps("shift --to 100", "judge", "verify")
    assert (bench.active(), bench.image(BLUE)) == (GREEN, OLD)
    assert bench.mark(VERIFIED)["image"] == NEW


@pytest.mark.thorough
def test_the_next_deploy_goes_the_other_way(bench: Bench) -> None:
    bench.steps(*STEPS)
    bench.run_id, bench.run_number = "7002", 51
    third = f"{NEW.partition('@')[0]}@sha256:{'c' * 64}"
    bench.env["PIPEWRIGHT_DIGEST_API"] = third
    bench.steps(*STEPS[:-1])
    assert (bench.active(), bench.image(BLUE), bench.image(GREEN)) == (BLUE, third, NEW)
    bench.steps("roll-back", "verify-rollback")
    assert (bench.active(), bench.image(BLUE), bench.image(GREEN)) == (GREEN, NEW, NEW)


@pytest.mark.thorough
def test_a_rollback_on_demand_switches_without_a_hold(bench: Bench) -> None:
    bench.steps(*STEPS)
    bench.run_id, bench.run_number = "7002", 51
    bench.env |= {"PIPEWRIGHT_DIGEST_API": "", "PIPEWRIGHT_ROLL_BACK": "true"}
    bench.steps("preflight", "begin", "apply", "promote", "verify")
    assert (bench.active(), bench.image(BLUE), bench.image(GREEN)) == (BLUE, OLD, NEW)
    assert bench.mark(VERIFIED)["image"] == OLD


def test_a_part_of_the_traffic_is_refused(bench: Bench) -> None:
    bench.steps("preflight", "begin", "apply")
    assert "not a part of it" in bench.deploy("shift", "--to", "10").errors()[0]


def test_a_switch_by_hand_during_the_deploy_is_an_error(bench: Bench) -> None:
    bench.steps("preflight", "begin")
    change(bench, "service/atom", selector={"app": "atom", "color": "green"})
    assert "was switched to deployment/atom-green" in bench.deploy("apply").errors()[0]
    bench.steps("roll-back", "verify-rollback")
    assert bench.active() == BLUE


def test_a_mark_without_the_color_finds_it_by_its_version(bench: Bench) -> None:
    bench.steps("preflight", "begin", "apply", "shift --to 100")
    mark = bench.mark(CHANGING)
    bench.annotate(CHANGING, {**mark, "before": {}})
    bench.steps("roll-back", "verify-rollback")
    assert (bench.active(), bench.image(BLUE), bench.image(GREEN)) == (BLUE, OLD, OLD)


SELECTORS: list[tuple[str, dict[str, Any], str]] = [
    ("service/atom", {"selector": {"app": "atom"}}, "matches the pods of both"),
    ("service/atom", {"selector": {"color": "red"}}, "matches the pods of neither"),
    ("service/atom", {"selector": {}}, "matches the pods of both"),
    ("service/atom", {"ports": [{"port": 81}]}, "has no port 80 (it has 81)"),
    (GREEN, {"selector": {"matchLabels": {"app": "atom"}}}, "also selects the pods of"),
    (GREEN, {"paused": True}, "the rollout of deployment/atom-green is paused"),
]


@pytest.mark.parametrize(("ref", "spec", "error"), SELECTORS)
def test_what_cannot_switch_is_refused(
    bench: Bench, ref: str, spec: dict[str, Any], error: str
) -> None:
    change(bench, ref, **spec)
    assert error in bench.deploy("preflight").errors()[0]


def test_colors_that_differ_in_two_labels_are_refused(bench: Bench) -> None:
    state = bench.state()
    state["objects"][GREEN]["spec"]["template"]["metadata"]["labels"]["app"] = "other"
    bench.write_state(state)
    assert (
        "in app, color: a switch changes the value of one"
        in (bench.deploy("preflight").errors()[0])
    )
