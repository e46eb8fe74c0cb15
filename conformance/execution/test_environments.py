"""The bench itself: environments, reviews and deployments"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from handwritten import begun, own, written
from runner.bench import Bench
from runner.event import REPOSITORY
from runner.pace import Pace
from runner.run import Run

DEPLOYS = """
deploy:
  runs-on: x
  environment: {name: production, url: "https://${{ steps.a.outputs.host }}"}
  steps:
    - name: a
      id: a
      run: 'echo "host=example.org" >> "$GITHUB_OUTPUT"; test "$TOKEN" = t'
      env: {TOKEN: "${{ secrets.TOKEN }}"}
    - {name: always, run: "true", if: always()}
after: {runs-on: x, needs: deploy, steps: [{name: a, run: "true"}]}
"""


def guarded(github: Bench, name: str, **rules: Any) -> Run:
    """A run that deploys to an environment with a reviewer."""
    github.environments["production"] = ({"TOKEN": "t"}, {})
    github.protect("production", reviewers=("lead", "somebody"), **rules)
    return begun(github, name, DEPLOYS)


def history(github: Bench, run: Run, permissions: dict[str, str]) -> Any:
    """What the API answers about the reviews of a run."""
    url = f"{github.api.url}/repos/{REPOSITORY}/actions/runs/{run.number}/approvals"
    token = github.token(permissions)
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def test_approved(github: Bench) -> None:
    """A job waits for a reviewer, then runs with the environment's secrets and is recorded."""
    run = guarded(github, "approved")
    run.until(lambda: run.waiting() == ["production"])
    assert (run.started[0].steps, github.protected.deployments[0].state) == ([], "waiting")
    run.review("production", "approved", "lead", "ship it")
    run.wait()
    assert (run.result, run.waiting()) == ("success", [])
    (deployment,) = github.protected.deployments
    assert (deployment.environment, deployment.state) == ("production", "success")
    assert deployment.url == "https://example.org"
    (review,) = history(github, run, {"actions": "read"})
    assert (review["state"], review["user"]["login"]) == ("approved", "lead")
    assert (review["comment"], review["environments"][0]["name"]) == ("ship it", "production")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        history(github, run, {"contents": "read"})


def test_rejected(github: Bench) -> None:
    """A rejected job has failed without a step, `always()` ones included, and so has its run."""
    run = guarded(github, "rejected")
    run.until(lambda: run.waiting() == ["production"])
    run.review("production", "rejected", "lead")
    run.wait()
    assert (run.result, run.results()) == ("failure", {"deploy": "failure", "after": "skipped"})
    assert run.job("deploy").steps == []
    assert github.protected.deployments[0].state == "failure"
    assert history(github, run, {"actions": "read"})[0]["state"] == "rejected"


def test_cancelled_while_reviewers_are_asked(github: Bench) -> None:
    """A job that waits for a reviewer is cancelled with its run."""
    run = guarded(github, "unanswered")
    run.until(lambda: run.waiting() == ["production"])
    run.cancel()
    run.wait()
    assert run.results() == {"deploy": "cancelled", "after": "skipped"}
    assert history(github, run, {"actions": "read"}) == []


def test_wait_timer(github: Bench) -> None:
    """A job waits for its environment's timer, and then for its reviewers."""
    github.pace = Pace(minute=0.4)
    github.protect("production", wait_minutes=2, reviewers=("lead",))
    began = time.monotonic()
    job = 'job: {runs-on: x, environment: production, steps: [{name: a, run: "true"}]}\n'
    run = begun(github, "timer", job)
    run.until(lambda: run.waiting() == ["production"])
    assert time.monotonic() - began > 2 * 0.4
    run.review("production", "approved", "lead")
    assert run.wait().result == "success"


def test_cancelled_while_the_timer_runs(github: Bench) -> None:
    """A job whose timer runs is cancelled with its run, without a step."""
    github.protect("production", wait_minutes=60)
    step = '{name: a, run: "true", if: always()}'
    jobs = f"job: {{runs-on: x, environment: production, steps: [{step}]}}\n"
    run = begun(github, "timer-cancelled", jobs)
    run.until(lambda: len(run.started) == 1)
    run.cancel()
    run.wait()
    assert (run.result, run.results()) == ("cancelled", {"job": "cancelled"})
    assert run.job("job").steps == []


def test_who_may_review(github: Bench) -> None:
    """Required reviewers alone may answer, and who started the run only where that is allowed."""
    run = guarded(github, "who", prevent_self_review=True)
    run.until(lambda: run.waiting() == ["production"])
    with pytest.raises(AssertionError, match="passer-by is not a required reviewer"):
        run.review("production", "approved", "passer-by")
    with pytest.raises(AssertionError, match="somebody started the run"):
        run.review("production", "approved", "somebody")
    run.review("production", "approved", "lead")
    assert run.wait().result == "success"


def test_review_is_asked_for_each_job_and_attempt(github: Bench) -> None:
    """An answer counts for the jobs that wait then; a later job asks anew, and so does a re-run."""
    github.protect("production", reviewers=("lead",))
    run = begun(
        github,
        "each",
        """
        one: {runs-on: x, environment: production, steps: [{name: a, run: "true"}]}
        two: {runs-on: x, needs: one, environment: production, steps: [{name: a, run: "true"}]}
        """,
    )
    for again in (False, True):
        if again:
            run.begin(everything=True)
        for count in (1, 2):
            run.until(lambda: run.waiting() == ["production"])  # noqa: B023
            assert len(run.started) == count
            run.review("production", "approved", "lead")
            run.until(lambda: run.waiting() == [] or len(run.started) > count)  # noqa: B023
        assert run.wait().result == "success"
    assert len(history(github, run, {"actions": "read"})) == 4
    assert len(github.protected.deployments) == 4


def test_concurrency_group_is_held_while_reviewers_are_asked(github: Bench) -> None:
    """A job that waits for a reviewer keeps its group from the next one."""
    github.protect("production", reviewers=("lead",))
    jobs = """
    one: {runs-on: x, environment: production, concurrency: g, steps: [{name: a, run: "true"}]}
    """
    first = begun(github, "holds", jobs)
    first.until(lambda: first.waiting() == ["production"])
    second = github.begin("own.yml", github.dispatch("holds"))
    second.until(lambda: github.groups.waiting("g") == ["one"])
    assert second.waiting() == []
    first.review("production", "approved", "lead")
    first.wait()
    second.until(lambda: second.waiting() == ["production"])
    second.review("production", "approved", "lead")
    assert second.wait().result == "success"


def test_environment_that_does_not_exist(github: Bench) -> None:
    """A job that names it creates it, without any protection, and deploys at once."""
    run = own(
        github,
        "created",
        """
        job: {runs-on: x, environment: prodution, steps: [{name: a, run: "true"}]}
        none: {runs-on: x, environment: "", steps: [{name: a, run: "true"}]}
        """,
    )
    assert run.result == "success"
    assert list(github.environments) == ["prodution"]
    assert [found.environment for found in github.protected.deployments] == ["prodution"]


def test_environment_without_a_deployment(github: Bench) -> None:
    """`deployment: false` uses an environment's secrets and rules, and records nothing."""
    github.environments["production"] = ({"TOKEN": "t"}, {})
    github.protect("production", reviewers=("lead",))
    run = begun(
        github,
        "unrecorded",
        """
        job:
          runs-on: x
          environment: {name: production, deployment: false}
          steps: [{name: a, run: 'test "$TOKEN" = t', env: {TOKEN: "${{ secrets.TOKEN }}"}}]
        """,
    )
    run.until(lambda: run.waiting() == ["production"])
    run.review("production", "approved", "lead")
    assert run.wait().result == "success"
    assert github.protected.deployments == []


@pytest.mark.parametrize(
    ("branches", "ref", "result"),
    [
        (("main",), "main", "success"),
        (("main",), "feature", "failure"),
        (("release/*",), "release/1", "success"),
        (("release/*",), "release/1/2", "failure"),
        (("main",), "pull", "failure"),
        (("refs/pull/*/merge",), "pull", "success"),
        ((), "main", "failure"),
    ],
)
def test_branches_that_may_deploy(
    github: Bench, branches: tuple[str, ...], ref: str, result: str
) -> None:
    """A ref that no pattern of the environment matches fails the job before anything is asked."""
    github.protect("production", branches=branches)
    name = f"branches-{'-'.join(branches)}-{ref}".replace("/", "-").replace("*", "x")
    head = "on: {workflow_dispatch: , pull_request: }\npermissions: {}\n"
    jobs = 'job: {runs-on: x, environment: production, steps: [{name: a, run: "true"}]}\n'
    written(github, name, jobs, head)
    event = github.pull_request(name) if ref == "pull" else github.dispatch(name, ref)
    run = github.run("own.yml", event)
    assert run.result == result
    if result == "failure":
        shown = event.ref.removeprefix("refs/heads/")
        assert run.job("job").annotations[0].message == (
            f'Branch "{shown}" is not allowed to deploy to production '
            "due to environment protection rules."
        )
