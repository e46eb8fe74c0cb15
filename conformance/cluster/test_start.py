"""What may be deployed, by whom, and from which state"""

from __future__ import annotations

import pytest
from world import CHANGING, OLD, VERIFIED, World

from conftest import Make
from runner.run import ACTOR, Run
from service import Image

JOB = "Deploy to production"


def first_failure(run: Run, job: str = JOB) -> str:
    """The log of the step that failed first."""
    return next(step.log for step in run.job(job).steps if step.outcome == "failure")


def untouched(shop: World) -> None:
    """Nothing was changed at all."""
    assert shop.image() == OLD and shop.image("deployment/shop-canary") == OLD
    assert shop.mark(VERIFIED)["image"] == OLD and shop.mark(CHANGING) is None
    assert {one.version for one in shop.gateway.served} == {"old-1"}


@pytest.mark.thorough
def test_the_first_deploy_ever(make: Make) -> None:
    """Without a version that was verified, what runs is what a rollback returns to."""
    shop = make(verified=None)
    run = shop.deploy()
    assert run.result == "success", run.failures()
    assert "this is its first deploy" in run.job(JOB).log
    assert shop.mark(VERIFIED)["image"] == shop.image() != OLD


@pytest.mark.thorough
def test_an_older_commit_comes_late(shop: World) -> None:
    """A run that is started again does not take back what a later run has verified."""
    older = shop.deploy()
    newer = shop.deploy(shop.push("newer"))
    assert (older.result, newer.result) == ("success", "success")
    verified = shop.mark(VERIFIED)
    again = older.begin(everything=True)
    shop.approve(again)
    assert again.wait().result == "failure"
    assert "which is newer than this run" in first_failure(again)
    assert shop.mark(VERIFIED) == verified
    assert set(shop.serving()) == {verified["version"]}


@pytest.mark.thorough
def test_an_approval_without_reviewers(shop: World) -> None:
    """An environment whose reviewers were removed approves nothing."""
    shop.github.protect("production-approval", reviewers=())
    run = shop.begin().wait()
    assert run.result == "failure"
    assert "approved" in first_failure(run, "Approve production")
    untouched(shop)


@pytest.mark.thorough
def test_an_approval_that_is_rejected(shop: World) -> None:
    """Nothing is deployed after a reviewer has rejected the run."""
    run = shop.begin()
    run.until(lambda: bool(run.waiting()))
    run.review("production-approval", "rejected", "lead")
    assert run.wait().result == "failure"
    untouched(shop)


@pytest.mark.thorough
def test_the_login_expires_in_a_shift(shop: World) -> None:
    """A login that ends is reported at once, and the next run restores what it left."""
    run = shop.begin()
    shop.approve(run)
    run.until(lambda: shop.weights()["shop-canary"] == 10)
    binding = ("rolebinding", "pipewright")
    kept = shop.cluster.object(shop.production, "rolebinding/pipewright")
    shop.cluster.kubectl(shop.production, "delete", *binding)
    assert run.wait().result == "failure"
    assert shop.mark(CHANGING) is not None
    assert shop.told() and "production" in shop.told()[-1]
    kept["metadata"] = {"name": "pipewright"}
    shop.cluster.apply(shop.production, kept)
    again = shop.deploy(shop.push("another"))
    assert again.result == "success", again.failures()
    assert shop.mark(CHANGING) is None
    assert set(shop.serving()) == {shop.mark(VERIFIED)["version"]}


@pytest.mark.thorough
def test_a_quota_is_used_up(shop: World) -> None:
    """Where a quota allows no pod more, nothing is changed, and the error names it."""
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "small"},
        "spec": {"hard": {"pods": "3"}},
    }
    shop.cluster.apply(shop.production, quota)
    run = shop.deploy()
    assert run.result == "failure"
    log = first_failure(run)
    assert "the quota small has 0 pods left, and the migration needs 1" in log
    assert "and the rollout of deployment/shop needs 1" in log
    untouched(shop)


def by_hand(shop: World, **inputs: str) -> Run:
    """A run that a person starts in the form of deploy.yml."""
    event = shop.github.dispatch("main", environment="production", **inputs)
    return shop.begin(event)


@pytest.mark.thorough
def test_a_digest_by_hand(shop: World) -> None:
    """A digest that was built here is deployed without a build; messages name its own commit."""
    older = shop.deploy()
    built = shop.mark(VERIFIED)
    newer = shop.deploy(shop.push("newer"))
    assert (older.result, newer.result) == ("success", "success")
    digest = built["image"].partition("@")[2]
    run = by_hand(shop, **{"action": "deploy", "shop-digest": digest})
    shop.approve(run)
    assert run.wait().result == "success", run.failures()
    assert run.results()["ci"] == "skipped"
    again = shop.mark(VERIFIED)
    assert (again["image"], again["commit"]) == (built["image"], built["commit"])
    assert shop.told()[-1] == f"production runs {built['commit'][:12]}"


def test_rolled_back_on_demand(shop: World) -> None:
    """A person returns production to the version before: no build, no approval, no metrics."""
    deployed = shop.deploy()
    assert deployed.result == "success", deployed.failures()
    shop.prometheus.faults[shop.production] = "down"
    run = by_hand(shop, action="roll back").wait()
    assert run.result == "success", run.failures()
    done = {name for name, result in run.results().items() if result == "success"}
    assert done == {"roll-back-production", "report"}
    assert shop.image() == OLD and shop.mark(VERIFIED)["commit"] == "d" * 40
    assert shop.mark(CHANGING) is None and shop.mark("pipewright.dev/history") == []
    assert {version.split("-")[0] for version in shop.serving()} == {"d" * 12}
    assert shop.told()[-1] == f"production runs {'d' * 12} again: {ACTOR} rolled it back"
    nothing = by_hand(shop, action="roll back").wait()
    assert nothing.result == "failure"
    assert "no earlier version that was verified" in first_failure(nothing, "Roll back production")


@pytest.mark.thorough
def test_a_rollback_on_demand_that_fails(shop: World) -> None:
    """A version that does not work any more does not replace the one that runs."""
    deployed = shop.deploy()
    assert deployed.result == "success", deployed.failures()
    verified = shop.mark(VERIFIED)
    shop.versions(old=Image(broken="/api/auth/login"))
    run = by_hand(shop, action="roll back").wait()
    assert run.result == "failure"
    assert shop.mark(VERIFIED) == verified and shop.image() == verified["image"]
    assert set(shop.serving()) == {verified["version"]}
    assert "was not rolled back" in shop.told()[-1]


@pytest.mark.thorough
def test_an_environment_that_a_person_starts(make: Make) -> None:
    """A push does not reach it, and a person's run does."""
    shop = make(change=lambda text: text.replace("approval =", 'start = "manual"\napproval ='))
    pushed = shop.begin().wait()
    assert pushed.result == "success", pushed.failures()
    assert pushed.results()["deploy-production"] == "skipped"
    untouched(shop)
    run = by_hand(shop, action="deploy")
    shop.approve(run)
    assert run.wait().result == "success", run.failures()
    assert shop.image() != OLD
