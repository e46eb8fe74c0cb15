"""The bench itself: re-runs, and what a fork's run may do"""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from handwritten import begun, own, written
from own import DOWNLOAD, UPLOAD
from runner.bench import Bench
from runner.event import REPOSITORY
from runner.pace import Pace
from runner.run import Run

SAVE = "actions/cache/save@0057852bfaa89a56745cba8c7296529d2fc39830"
JOBS = f"""
plan:
  runs-on: x
  outputs: {{seed: "${{{{ steps.a.outputs.seed }}}}"}}
  steps: [{{name: a, id: a, run: 'echo "seed=$RANDOM-$RANDOM" >> "$GITHUB_OUTPUT"'}}]
shard:
  runs-on: x
  name: "shard ${{{{ matrix.n }}}}"
  needs: plan
  strategy: {{fail-fast: false, matrix: {{n: [1, 2, 3]}}}}
  env: {{N: "${{{{ matrix.n }}}}"}}
  steps:
    - {{name: make, run: 'mkdir out; echo "$N of $GITHUB_RUN_ATTEMPT" > out/a'}}
    - name: up
      uses: "{UPLOAD}"
      with: {{name: "out-${{{{ matrix.n }}}}-${{{{ github.run_attempt }}}}", path: out}}
    - {{name: test, run: 'test "$N" != 2 || test "$GITHUB_RUN_ATTEMPT" != 1'}}
gates:
  runs-on: x
  needs: [plan, shard]
  if: "!cancelled()"
  steps:
    - {{name: down, uses: "{DOWNLOAD}", with: {{pattern: out-*, path: all}}}}
    - {{name: look, run: 'echo "${{{{ needs.plan.outputs.seed }}}}"; ls all'}}
other: {{runs-on: x, needs: plan, steps: [{{name: a, run: "true"}}]}}
never:
  runs-on: x
  needs: plan
  if: "${{{{ needs.plan.outputs.seed == '' }}}}"
  steps: [{{name: a, run: "true"}}]
"""


def attempts(run: Run) -> dict[str, int]:
    """The attempt in which each job was run last."""
    return {job.name: job.attempt for job in run.jobs}


def test_re_run_failed_jobs(github: Bench) -> None:
    """Failed jobs and all that depend on them run again; the others keep results and outputs."""
    run = own(github, "again", JOBS)
    assert (run.result, run.results()["gates"]) == ("failure", "success")
    seed = run.job("plan").outputs["seed"]
    run.rerun_failed()
    assert (run.result, run.attempt) == ("success", 2)
    assert attempts(run) == {
        "plan": 1,
        "shard 1": 1,
        "shard 2": 2,
        "shard 3": 1,
        "gates": 2,
        "other": 1,
    }
    assert run.results()["never"] == "skipped"
    assert run.job("gates").step("look").log.split() == [
        seed,
        "out-1-1",
        "out-2-1",
        "out-2-2",
        "out-3-1",
    ]


def test_re_run_all_jobs(github: Bench) -> None:
    """Every job runs again; only the artifacts of the earlier attempt are still there."""
    run = own(github, "anew", JOBS)
    seed = run.job("plan").outputs["seed"]
    run.rerun_all()
    assert run.result == "success"
    assert set(attempts(run).values()) == {2}
    assert run.job("plan").outputs["seed"] != seed
    assert len(github.artifacts.of(run.number)) == 6


def test_re_run_of_a_cancelled_run(github: Bench) -> None:
    """Cancelled jobs count as failed ones; a job that may fail is run again, too."""
    github.pace = Pace(minute=60, interrupt=0.3, terminate=0.3, streams=0.2)
    run = begun(
        github,
        "resumed",
        """
        done: {runs-on: x, steps: [{name: a, run: "true"}]}
        may:
          runs-on: x
          continue-on-error: true
          steps: [{name: a, run: 'test "$GITHUB_RUN_ATTEMPT" = 2'}]
        slow:
          runs-on: x
          needs: [done, may]
          steps: [{name: a, run: 'test "$GITHUB_RUN_ATTEMPT" = 2 || sleep 300'}]
        after: {runs-on: x, needs: slow, if: "!cancelled()", steps: [{name: a, run: "true"}]}
        """,
    )
    run.until(lambda: run.running() == ["slow: a"])
    run.cancel()
    assert run.wait().results()["after"] == "skipped"
    run.rerun_failed()
    assert run.result == "success"
    assert attempts(run) == {"done": 1, "may": 2, "slow": 2, "after": 2}


def test_token_and_secrets_of_a_fork(github: Bench) -> None:
    """A fork's pull request has a token that reads, no secret, and a cache for itself alone."""
    github.secrets["TOKEN"] = "t"
    jobs = f"""
    job:
      runs-on: x
      permissions: {{contents: write, actions: read}}
      environment: production
      steps:
        - {{name: see, run: 'echo "[$TOKEN]"', env: {{TOKEN: "${{{{ secrets.TOKEN }}}}"}}}}
        - {{name: make, run: "mkdir kept && touch kept/a"}}
        - {{name: save, uses: "{SAVE}", with: {{path: kept, key: k}}}}
    """
    github.environments["production"] = ({"TOKEN": "u"}, {})
    written(github, "forked", jobs, "on: {pull_request: }\npermissions: {}\n")
    own_run = github.run("own.yml", github.pull_request("forked"))
    fork = github.run("own.yml", github.pull_request("forked", fork=True))
    assert own_run.job("job").step("see").log == "[***]"
    assert fork.job("job").step("see").log == "[]"
    assert own_run.job("job").permissions == {"contents": "write", "actions": "read"}
    assert fork.job("job").permissions == {"contents": "read", "actions": "read"}
    assert [cache.scope for cache in github.caches.kept] == [own_run.event.ref, fork.event.ref]
    assert own_run.event.ref != fork.event.ref


def test_api_of_another_run(github: Bench) -> None:
    """The API answers for what it models alone."""
    token = github.token({"actions": "read"})
    url = f"{github.api.url}/repos/{REPOSITORY}/actions/runs"
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with pytest.raises(urllib.error.HTTPError, match="404") as told:
        urllib.request.urlopen(asked)
    assert json.load(told.value)["message"] == "Not Found"
