"""plan.py: one seed, one set of timings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import PYTHON, Bench, Done


def plan(bench: Bench, **env: object) -> Done:
    return bench.script("plan", PLAN=str(bench.root / "plan"), **env)


def planned(bench: Bench) -> object:
    return json.loads((bench.root / "plan/timings.json").read_text("utf-8"))


def seed_of_run(bench: Bench, run: str) -> str:
    env = {"GITHUB_RUN_ID": run, "PIPEWRIGHT_PLAN": str(bench.root / "plan")}
    return bench.step([*PYTHON, "plan"], env).outputs["seed"]


def test_a_rerun_has_the_same_seed_and_another_run_has_another(bench: Bench) -> None:
    assert seed_of_run(bench, "4711") == seed_of_run(bench, "4711")
    assert len({seed_of_run(bench, str(run)) for run in range(4)}) == 4


def test_a_seed_asked_for_is_used_and_told(bench: Bench) -> None:
    done = plan(bench, SEED="2147483647")
    assert done.outputs == {"seed": "2147483647", "seeds": "[2147483647]"}
    assert "`2147483647`" in done.summary


@pytest.mark.parametrize("seed", ["-1", "2147483648", "1.5", "x", "1_0", "٣", "0x10"])
def test_a_bad_seed_is_named(bench: Bench, seed: str) -> None:
    done = plan(bench, SEED=seed)
    assert done.code == 1
    assert done.annotations("error") == [
        f"::error::PIPEWRIGHT_SEED must be a whole number from 0 to 2147483647, not `{seed}`"
    ]


def test_the_repeat_has_a_second_seed(bench: Bench) -> None:
    done = plan(bench, SEED="7", REPEAT="true")
    first, second = json.loads(done.outputs["seeds"])
    assert first == 7 != second
    assert f"`{second}`" in done.summary


def test_timings_are_handed_on(bench: Bench) -> None:
    restored = bench.write("restored.json", '{"a": 1, "b": 0.25}')
    assert plan(bench, TIMINGS=str(restored)).annotations("notice") == []
    assert planned(bench) == {"a": 1.0, "b": 0.25}


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (None, {}),
        ("", {}),
        ("{", {}),
        ("[1]", {}),
        ('{"a": NaN}', {}),
        ('{"a": 1, "b": "x", "c": -1, "d": true, "e": 1e999, "f": null}', {"a": 1.0}),
    ],
)
def test_unusable_timings_are_left_out_with_a_notice(
    bench: Bench, content: str | None, left: object
) -> None:
    path = bench.root / "restored.json"
    if content is not None:
        path.write_text(content, "utf-8")
    done = plan(bench, TIMINGS=str(path))
    assert done.code == 0
    assert len(done.annotations("notice")) == 1
    assert planned(bench) == left


def test_timings_that_are_no_text_are_left_out(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "restored.json").write_bytes(b"\xff\xfe\x00")
    assert plan(bench, TIMINGS=str(tmp_path / "restored.json")).code == 0


def test_a_missing_parameter_is_named(bench: Bench) -> None:
    done = bench.script("plan")
    assert done.code == 1
    assert "PIPEWRIGHT_PLAN is not set" in done.annotations("error")[0]
