"""Deploys that fail after they began: the version that serves in the end, and the messages"""

from __future__ import annotations

import time
from typing import Any

import pytest
from world import CHANGING, OLD, VERIFIED, World

from conftest import Make
from runner.job import Fault
from runner.run import Run
from service import Image

JOB = "Deploy to production"


def failed(run: Run, job: str = JOB) -> str:
    """The first step of a job that failed."""
    return next(step.name for step in run.job(job).steps if step.outcome == "failure")


def as_before(shop: World) -> None:
    """The version before serves alone, nothing is under way, and the route is as it was."""
    assert shop.image() == OLD
    assert shop.mark(CHANGING) is None
    assert shop.mark(VERIFIED)["image"] == OLD
    assert shop.weights() == {"shop": 100, "shop-canary": 0}
    assert set(shop.serving()) == {"old-1"}


@pytest.mark.thorough
def test_the_canary_fails_its_smoke_test(shop: World) -> None:
    """A version that cannot log a user in never gets a user's request."""
    shop.versions(new=Image(broken="/api/auth/login"))
    run = shop.deploy()
    assert failed(run) == "Smoke-test the canary"
    as_before(shop)
    assert {one.version for one in shop.gateway.served} == {"old-1"}
    (told,) = shop.told()
    assert told.startswith("production was rolled back")
    assert len(shop.github.api.issues.all) == 1


@pytest.mark.thorough
def test_pods_do_not_become_ready(shop: World) -> None:
    """A version that never becomes ready is taken back, and the error names the reason."""
    shop.versions(new=Image(fault="unready"))
    run = shop.deploy()
    assert failed(run) == "Deploy the canary"
    as_before(shop)
    assert "Readiness probe failed: HTTP status 503" in run.job(JOB).log


@pytest.mark.thorough
def test_an_image_that_is_not_there(shop: World) -> None:
    """The error of a Job without a running pod names the reason that the cluster gives."""
    shop.versions(new=Image(fault="image-pull"))
    run = shop.deploy()
    assert failed(run) == "Migrate"
    as_before(shop)
    assert "Failed to pull image" in run.job(JOB).log


def test_cancelled_in_the_middle_of_a_shift(shop: World) -> None:
    """A deploy that is cancelled with users on the canary takes them back."""
    run = shop.begin()
    shop.approve(run)
    run.until(lambda: shop.weights()["shop-canary"] == 50)
    run.cancel()
    run.wait()
    assert run.result == "cancelled"
    as_before(shop)
    assert shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_a_runner_is_lost_in_a_shift(shop: World) -> None:
    """The recovery on another runner takes users back, and reports it."""
    lost = Fault(
        job="deploy-production",
        step="Shift 50% of traffic to the canary",
        due=lambda _: shop.weights()["shop-canary"] == 50,
        machine=True,
    )
    run = shop.deploy(faults=[lost])
    assert run.result == "failure"
    as_before(shop)
    assert shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_a_runner_is_lost_before_it_began(shop: World) -> None:
    """Nothing was changed, and the recovery sends one message about the failure."""
    lost = Fault(job="deploy-production", step="Preflight checks", due=lambda _: True, machine=True)
    run = shop.deploy(faults=[lost])
    assert run.result == "failure"
    as_before(shop)
    (told,) = shop.told()
    assert told.startswith("production does not run")


@pytest.mark.thorough
def test_the_mark_is_removed_during_a_deploy(shop: World) -> None:
    """A mark that was removed is no reason to leave an unverified version with users."""
    shop.versions(new=Image(errors=0.5))
    run = shop.begin()
    shop.approve(run)
    run.until(lambda: shop.weights()["shop-canary"] == 10)
    shop.cluster.kubectl(shop.production, "annotate", "deployment/shop", f"{CHANGING}-")
    run.wait()
    assert run.result == "failure"
    as_before(shop)
    assert shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_other_backends_keep_their_share(make: Make) -> None:
    """A rule with a third backend gives it the same share during and after a deploy."""

    def third(item: dict[str, Any]) -> None:
        if item["kind"] == "HTTPRoute":
            backends = item["spec"]["rules"][0]["backendRefs"]
            backends[0]["weight"] = 30
            backends.append({"name": "legacy", "port": 80, "weight": 10})

    shop = make(adjust=third)
    run = shop.begin()
    shop.approve(run)
    run.until(lambda: shop.weights()["shop-canary"] > 0)
    weights = shop.weights()
    assert weights["legacy"] * 3 == weights["shop"] + weights["shop-canary"]
    assert weights["shop"] == 9 * weights["shop-canary"]
    run.cancel()
    run.wait()
    assert shop.weights() == {"shop": 30, "shop-canary": 0, "legacy": 10}
    assert shop.mark(CHANGING) is None


@pytest.mark.thorough
def test_evicted_pods_are_no_version_that_runs(shop: World) -> None:
    """Pods that were evicted stay listed with their image, and do not hold up a deploy."""
    listed = shop.cluster.api.items(f"/api/v1/namespaces/{shop.production}/pods")
    name = next(
        pod["metadata"]["name"] for pod in listed if "canary" not in pod["metadata"]["name"]
    )
    shop.cluster.kubelet.evict(shop.production, name)
    run = shop.deploy()
    assert run.result == "success", run.failures()
    assert shop.image() != OLD


@pytest.mark.thorough
def test_a_hotfix_by_hand_survives_what_was_never_applied(make: Make) -> None:
    """A migration that fails before anything is applied leaves a version that was set by hand."""
    shop = make(change=lambda text: text.replace("echo 2 >", "exit 3 >"))
    hotfix = OLD.replace("a" * 64, "f" * 64)
    shop.cluster.kubectl(shop.production, "set", "image", "deployment/shop", f"shop={hotfix}")
    shop.cluster.kubectl(shop.production, "rollout", "status", "deployment/shop", "--timeout=30s")
    run = shop.deploy()
    assert failed(run) == "Migrate"
    assert shop.image() == hotfix
    assert shop.mark(CHANGING) is None


def test_the_next_run_takes_back_what_two_lost_runners_left(shop: World) -> None:
    """Where the recovery is lost as well, the next run restores before it looks at its settings."""
    at = "Shift 10% of traffic to the canary"
    lost = Fault(
        job="deploy-production",
        step=at,
        due=lambda _: shop.weights()["shop-canary"] == 10,
        machine=True,
    )
    recovery = Fault(
        job="recover-production",
        step="Roll back an interrupted deployment",
        due=lambda _: True,
        machine=True,
    )
    shop.deploy(faults=[lost, recovery])
    assert shop.weights()["shop-canary"] == 10
    del shop.github.environments["production"][0]["SLACK_WEBHOOK_URL"]
    run = shop.deploy()
    assert failed(run) == "Preflight checks"
    as_before(shop)


@pytest.mark.thorough
def test_two_deploys_at_once(shop: World) -> None:
    """The second deploy waits for the first one, and both are verified in their order."""
    first = shop.begin()
    shop.approve(first)
    first.until(lambda: shop.mark(CHANGING) is not None)
    began = time.monotonic()
    second = shop.begin(shop.push("another"))
    shop.approve(second)
    first.wait()
    second.wait()
    assert (first.result, second.result) == ("success", "success")
    assert time.monotonic() > began
    assert shop.mark(VERIFIED)["run"] == str(second.number)
