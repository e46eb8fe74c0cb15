"""The bench itself: runs that are cancelled, and time limits"""

from __future__ import annotations

from pathlib import Path

import pytest

from handwritten import begun, outcomes, own
from runner.bench import Bench
from runner.pace import Pace
from runner.run import Run
from seen import errors

QUICK = Pace(minute=60, interrupt=0.4, terminate=0.4, streams=0.2)
SLEEP = "for i in $(seq 300); do sleep 0.1; done"


def cancelled_in(github: Bench, name: str, jobs: str, step: str) -> Run:
    """A run that is cancelled while a step runs that has printed nothing yet."""
    run = begun(github, name, jobs)
    run.until(lambda: step in run.running())
    run.cancel()
    return run.wait()


def test_steps_of_a_cancelled_run(github: Bench) -> None:
    """The step that runs is ended; of the next those run that ask: `always()`, `cancelled()`."""
    github.pace = QUICK
    run = cancelled_in(
        github,
        "cancelled",
        f"""
        job:
          runs-on: x
          outputs: {{last: "${{{{ steps.always.outputs.is }}}}"}}
          steps:
            - {{name: before, run: "true"}}
            - {{name: sleeps, run: "{SLEEP}"}}
            - {{name: next, run: "true"}}
            - {{name: unless, run: "true", if: "!cancelled()"}}
            - {{name: failed, run: "true", if: failure()}}
            - {{name: asked, run: "true", if: cancelled()}}
            - name: always
              id: always
              run: 'echo "is=${{{{ job.status }}}}" >> "$GITHUB_OUTPUT"'
              if: always()
        """,
        "job: sleeps",
    )
    assert (run.result, run.results()) == ("cancelled", {"job": "cancelled"})
    assert outcomes(run, "job") == {
        "before": "success",
        "sleeps": "cancelled",
        "next": "skipped",
        "unless": "skipped",
        "failed": "skipped",
        "asked": "success",
        "always": "success",
    }
    assert run.job("job").outputs == {"last": "cancelled"}
    assert "The operation was canceled." in [told.message for told in errors(run.job("job"))]
    assert [told.message for told in run.annotations] == ["The run was canceled by @somebody."]


def test_jobs_of_a_cancelled_run(github: Bench) -> None:
    """Of jobs that have not started only `always()` ones run; one that runs with it goes on."""
    github.pace = QUICK
    run = cancelled_in(
        github,
        "cancelled-jobs",
        f"""
        sleeps: {{runs-on: x, steps: [{{name: s, run: "{SLEEP}"}}]}}
        stays:
          runs-on: x
          if: always()
          steps: [{{name: a, run: sleep 1}}, {{name: b, run: "true"}}]
        after: {{runs-on: x, needs: sleeps, steps: [{{name: a, run: "true"}}]}}
        unless: {{runs-on: x, needs: sleeps, if: "!cancelled()", steps: [{{name: a, run: "true"}}]}}
        asked: {{runs-on: x, needs: sleeps, if: cancelled(), steps: [{{name: a, run: "true"}}]}}
        always:
          runs-on: x
          needs: [sleeps, unless]
          if: always()
          steps: [{{name: a, run: "true"}}]
        """,
        "sleeps: s",
    )
    assert run.result == "cancelled"
    assert run.results() == {
        "sleeps": "cancelled",
        "stays": "success",
        "after": "skipped",
        "unless": "skipped",
        "asked": "success",
        "always": "success",
    }
    assert outcomes(run, "stays") == {"a": "success", "b": "success"}


def test_job_that_is_queued_when_the_run_is_cancelled(github: Bench) -> None:
    """A job that waits for a machine is cancelled without a step, `always()` steps included."""
    github.pace = QUICK
    steps = f"[{{name: s, run: '{SLEEP}'}}, {{name: always, run: 'true', if: always()}}]"
    names = ("one", "two", "three")
    run = begun(github, "queued", "".join(f"{n}: {{runs-on: x, steps: {steps}}}\n" for n in names))
    run.until(lambda: len(run.running()) == 2 and len(run.started) == 3)
    run.cancel()
    run.wait()
    assert set(run.results().values()) == {"cancelled"}
    assert sorted(len(run.job(name).steps) for name in names) == [0, 2, 2]


@pytest.mark.parametrize(
    ("trap", "log"),
    [
        ("trap 'echo interrupted; exit 0' INT", "interrupted"),
        ("trap 'echo first' INT; trap 'echo second; exit 0' TERM", "first\nsecond"),
        ("trap 'echo first' INT; trap 'echo second' TERM", "first\nsecond"),
    ],
)
def test_signals(github: Bench, trap: str, log: str) -> None:
    """SIGINT, then SIGTERM, then the end; a script that exits with 0 is cancelled all the same."""
    github.pace = QUICK
    run = begun(
        github,
        f"signals-{len(trap)}",
        f"""
        job:
          runs-on: x
          steps:
            - {{name: traps, run: "{trap}; touch ready; {SLEEP}"}}
            - {{name: always, run: "true", if: always()}}
        """,
    )
    run.until(lambda: any(github.work.glob("*/work/atom/atom/ready")))
    run.cancel()
    run.wait()
    assert run.job("job").step("traps").log == log
    assert outcomes(run, "job") == {"traps": "cancelled", "always": "success"}


def test_five_minutes_after_a_cancellation(github: Bench) -> None:
    """Steps that outlast a cancellation have five minutes; then the job ends, without outputs, and
    what runs behind it sees it as cancelled."""
    github.pace = Pace(minute=0.3, interrupt=0.2, terminate=0.2, streams=0.2)
    run = cancelled_in(
        github,
        "five-minutes",
        f"""
        job:
          runs-on: x
          outputs: {{made: "${{{{ steps.first.outputs.made }}}}"}}
          steps:
            - {{name: first, id: first, run: 'echo "made=1" >> "$GITHUB_OUTPUT"; {SLEEP}'}}
            - {{name: cleans, run: "trap '' INT TERM; {SLEEP}", if: always()}}
            - {{name: last, run: "true", if: always()}}
        after:
          runs-on: x
          needs: job
          if: always()
          steps: [{{name: a, run: 'test "${{{{ needs.job.result }}}}" = cancelled'}}]
        """,
        "job: first",
    )
    assert run.results() == {"job": "cancelled", "after": "success"}
    assert outcomes(run, "job") == {"first": "cancelled", "cleans": "cancelled"}
    assert 0.9 < run.job("job").step("cleans").seconds < 5
    assert run.job("job").outputs == {}


def test_what_a_job_leaves_running(github: Bench) -> None:
    """A process in the background does not keep its step, and is ended with the job."""
    github.pace = QUICK
    run = own(
        github,
        "orphans",
        """
        job:
          runs-on: x
          steps:
            - {name: starts, run: 'sleep 300 & echo "$!" > pid'}
            - {name: sees, run: 'kill -0 "$(cat pid)" && cat pid'}
        """,
    )
    assert outcomes(run, "job") == {"starts": "success", "sees": "success"}
    assert not alive(int(run.job("job").step("sees").log))


def alive(pid: int) -> bool:
    """Whether a process still runs; one that nothing has waited for yet has ended, too."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_time_limit_of_a_job(github: Bench) -> None:
    """A job over its time is cancelled, not failed: `always()` steps run, dependents do not."""
    github.pace = Pace(minute=0.5, interrupt=0.2, terminate=0.2, streams=0.2)
    run = own(
        github,
        "job-limit",
        f"""
        job:
          runs-on: x
          timeout-minutes: 2
          steps:
            - {{name: sleeps, run: "{SLEEP}"}}
            - {{name: next, run: "true"}}
            - {{name: failed, run: "true", if: failure()}}
            - {{name: always, run: "true", if: always()}}
        after: {{runs-on: x, needs: job, steps: [{{name: a, run: "true"}}]}}
        failed: {{runs-on: x, needs: job, if: failure(), steps: [{{name: a, run: "true"}}]}}
        unless: {{runs-on: x, needs: job, if: "!cancelled()", steps: [{{name: a, run: "true"}}]}}
        """,
    )
    assert run.result == "cancelled"
    assert run.results() == {
        "job": "cancelled",
        "after": "skipped",
        "failed": "skipped",
        "unless": "success",
    }
    assert outcomes(run, "job") == {
        "sleeps": "cancelled",
        "next": "skipped",
        "failed": "skipped",
        "always": "success",
    }
    messages = [told.message for told in errors(run.job("job"))]
    assert "The job has exceeded the maximum execution time of 2 minutes." in messages


def test_time_limit_of_a_step(github: Bench) -> None:
    """A step over its time has failed, and its job with it unless it may."""
    github.pace = Pace(minute=0.5, interrupt=0.2, terminate=0.2, streams=0.2)
    run = own(
        github,
        "step-limit",
        f"""
        job:
          runs-on: x
          steps:
            - {{name: may, run: "{SLEEP}", timeout-minutes: 1, continue-on-error: true}}
            - {{name: quick, run: "true", timeout-minutes: 1}}
            - {{name: sleeps, run: "{SLEEP}", timeout-minutes: 1}}
            - {{name: next, run: "true"}}
            - {{name: failed, run: "true", if: failure()}}
        """,
    )
    assert run.results() == {"job": "failure"}
    assert outcomes(run, "job") == {
        "may": "failure",
        "quick": "success",
        "sleeps": "failure",
        "next": "skipped",
        "failed": "success",
    }
    assert [told.message for told in errors(run.job("job"))] == [
        "The action 'may' has timed out after 1 minutes.",
        "The action 'sleeps' has timed out after 1 minutes.",
    ]
