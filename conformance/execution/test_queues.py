"""The bench itself: concurrency groups"""

from __future__ import annotations

import pytest

from handwritten import HEAD, own, written
from runner.bench import Bench
from runner.pace import Pace
from runner.run import Run

QUICK = Pace(minute=60, interrupt=0.3, terminate=0.3, streams=0.2)
WAITS = "until [ -e go ]; do sleep 0.05; done"
JOB = f"job: {{runs-on: x, steps: [{{name: waits, run: '{WAITS}'}}]}}\n"


def go(github: Bench) -> None:
    """Lets every job that waits go on."""
    for workspace in github.work.glob("job-*/work/atom/atom"):
        (workspace / "go").touch()


def at(run: Run) -> None:
    """Waits until the run's job waits."""
    run.until(lambda: run.running() == ["job: waits"])


def three(github: Bench, name: str, concurrency: str) -> tuple[Run, Run, Run]:
    """Three runs in a group: one runs, and two come after it."""
    github.pace = QUICK
    written(github, name, JOB, f"{HEAD}concurrency: {concurrency}\n")
    first = github.begin("own.yml", github.dispatch(name))
    at(first)
    second = github.begin("own.yml", github.dispatch(name))
    second.until(lambda: len(github.groups.waiting("one")) == 1)
    third = github.begin("own.yml", github.dispatch(name))
    return first, second, third


REPLACED = "Canceling since a higher priority waiting request for 'One' exists"


def test_one_runs_and_one_waits(github: Bench) -> None:
    """A third run takes the place of the second, which ends without a job."""
    first, second, third = three(github, "waits", "One")
    assert second.wait().result == "cancelled"
    assert (second.results(), [told.message for told in second.annotations]) == ({}, [REPLACED])
    assert third.running() == []
    go(github)
    assert first.wait().result == "success"
    at(third)
    go(github)
    assert third.wait().result == "success"


def test_queue_of_many(github: Bench) -> None:
    """With `queue: max` every run waits for its turn, and none is cancelled."""
    first, second, third = three(github, "many", "{group: One, queue: max}")
    third.until(lambda: len(github.groups.waiting("one")) == 2)
    for run in (first, second, third):
        at(run)
        go(github)
        assert run.wait().result == "success"


def test_queue_that_is_full(github: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after the hundredth that waits is cancelled."""
    monkeypatch.setattr("runner.concurrency.QUEUE", 1)
    first, second, third = three(github, "full", "{group: One, queue: max}")
    assert third.wait().result == "cancelled"
    go(github)
    first.wait()
    at(second)
    go(github)
    assert second.wait().result == "success"


def test_cancel_in_progress(github: Bench) -> None:
    """A newer run cancels the one that runs, and starts when that has ended."""
    github.pace = QUICK
    written(github, "newer", JOB, f"{HEAD}concurrency: {{group: One, cancel-in-progress: true}}\n")
    first = github.begin("own.yml", github.dispatch("newer"))
    at(first)
    second = github.begin("own.yml", github.dispatch("newer"))
    assert first.wait().result == "cancelled"
    assert first.job("job").result == "cancelled"
    assert [told.message for told in first.annotations] == [REPLACED]
    at(second)
    go(github)
    assert second.wait().result == "success"


def test_group_of_a_job(github: Bench) -> None:
    """Jobs of one group run one after another, also within one run."""
    github.pace = QUICK
    run = own(
        github,
        "job-group",
        """
        job:
          runs-on: x
          name: "job ${{ matrix.n }}"
          concurrency: {group: "g-${{ matrix.group }}", queue: max}
          strategy: {matrix: {n: [1, 2], group: [a]}}
          steps: [{name: a, run: "date +%s.%N; sleep 0.3; date +%s.%N"}]
        """,
    )
    assert run.result == "success"
    times = [run.job(f"job {n}").step("a").log.split() for n in (1, 2)]
    first, second = sorted(times)
    assert first[1] < second[0]


def test_run_cancelled_while_it_waits(github: Bench) -> None:
    """A run that waits for its group can be cancelled, and leaves the queue."""
    first, second, third = three(github, "leaves", "{group: One, queue: max}")
    third.until(lambda: len(github.groups.waiting("one")) == 2)
    second.cancel()
    assert (second.wait().result, second.results()) == ("cancelled", {})
    go(github)
    first.wait()
    at(third)
    go(github)
    assert third.wait().result == "success"


def test_group_that_the_run_holds_already(github: Bench) -> None:
    """A job or a called workflow in its run's group is cancelled: it would never start."""
    called = """
    on: {workflow_call: }
    permissions: {}
    concurrency: one
    jobs: {inner: {runs-on: x, steps: [{name: a, run: "true"}]}}
    """
    run = own(
        github,
        "deadlock",
        """
        job: {runs-on: x, concurrency: ONE, steps: [{name: a, run: "true"}]}
        call: {uses: ./.github/workflows/called.yml}
        other: {runs-on: x, concurrency: two, steps: [{name: a, run: "true"}]}
        """,
        f"{HEAD}concurrency: One\n",
        called,
    )
    assert run.results() == {"job": "cancelled", "call": "cancelled", "other": "success"}
    assert run.result == "cancelled"
    assert run.job("job").annotations[0].message == (
        "Canceling since a deadlock for concurrency group 'ONE' was detected "
        "between 'top level workflow' and 'job'"
    )
