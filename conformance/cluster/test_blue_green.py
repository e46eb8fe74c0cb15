"""Blue-green deploys: the selector of a Service switches between two workloads"""

from __future__ import annotations

from typing import Any

import pytest
from test_rollback import JOB, failed
from world import CHANGING, OLD, VERIFIED, World

from conftest import Make
from runner.job import Fault
from service import Image

BLUE, GREEN = "deployment/shop", "deployment/shop-canary"
SWITCH = "Switch traffic to the new version"


def blue_green(text: str) -> str:
    """The definition with a switch instead of a canary."""
    before, _, after = text.partition("traffic  = ")
    keys = {
        "workload": "shop",
        "provider": "blue-green",
        "service": "service/shop",
        "green-target": GREEN,
        "hold": "4s",
    }
    written = ", ".join(f'{key} = "{value}"' for key, value in keys.items())
    return f"{before}traffic  = {{ {written} }}\n{after.partition(chr(10))[2]}"


def alike(item: dict[str, Any]) -> None:
    """Gives the green pods the settings of the blue ones."""
    if item["kind"] == "Deployment":
        (container,) = item["spec"]["template"]["spec"]["containers"]
        container["envFrom"] = [{"configMapRef": {"name": "shop"}}]


@pytest.fixture
def shop(make: Make) -> World:
    return make(change=blue_green, adjust=alike)


def active(shop: World) -> str:
    """The value by which the Service selects its pods."""
    return str(shop.object("service/shop")["spec"]["selector"]["track"])


def replicas(shop: World, ref: str) -> int:
    return int(shop.object(ref)["spec"]["replicas"])


def as_before(shop: World) -> None:
    """Blue serves alone, nothing is under way, and green is as large as before."""
    assert active(shop) == "stable"
    assert shop.image(BLUE) == shop.image(GREEN) == OLD
    assert replicas(shop, GREEN) == 1
    assert shop.mark(CHANGING) is None and shop.mark(VERIFIED)["image"] == OLD
    assert set(shop.serving()) == {"old-1"}


@pytest.mark.thorough
def test_a_switch_and_a_switch_back(shop: World) -> None:
    """Two versions after each other: green gets the first, blue the second; no user sees an
    error, and the color before keeps running."""
    first = shop.deploy()
    assert first.result == "success", first.failures()
    verified = shop.mark(VERIFIED)
    assert active(shop) == "canary"
    assert (shop.image(BLUE), shop.image(GREEN)) == (OLD, verified["image"])
    assert (replicas(shop, BLUE), replicas(shop, GREEN)) == (2, 2)
    assert set(shop.serving()) == {verified["version"]}
    second = shop.deploy(shop.push("another"))
    assert second.result == "success", second.failures()
    assert active(shop) == "stable"
    assert shop.image(GREEN) == verified["image"] != shop.image(BLUE)
    assert set(shop.serving()) == {shop.mark(VERIFIED)["version"]}
    assert all(one.status == 200 for one in shop.gateway.served)


@pytest.mark.thorough
def test_the_preview_fails_its_smoke_test(shop: World) -> None:
    """A version that fails its smoke tests as a preview never gets a user's request."""
    shop.versions(new=Image(broken="/api/auth/login"))
    run = shop.deploy()
    assert failed(run) == "Smoke-test the preview"
    as_before(shop)
    assert {one.version for one in shop.gateway.served} == {"old-1"}


def test_errors_after_the_switch(shop: World) -> None:
    """A version with errors loses the traffic again within its hold, at once."""
    shop.versions(new=Image(errors=0.5))
    run = shop.deploy()
    assert failed(run) == SWITCH
    as_before(shop)
    assert shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_the_second_deploy_fails(shop: World) -> None:
    """With green active, a failed version of blue leaves green with the traffic."""
    assert shop.deploy().result == "success"
    verified = shop.mark(VERIFIED)
    shop.versions(new=Image(errors=0.5))
    run = shop.deploy(shop.push("another"))
    assert failed(run) == SWITCH
    assert active(shop) == "canary"
    assert shop.image(GREEN) == shop.image(BLUE) == verified["image"]
    assert shop.mark(VERIFIED) == verified and shop.mark(CHANGING) is None


def lost(shop: World) -> Fault:
    """The machine is lost as soon as the new version has the traffic."""
    return Fault(
        job="deploy-production",
        step=SWITCH,
        due=lambda _: active(shop) == "canary",
        machine=True,
    )


@pytest.mark.thorough
def test_a_runner_is_lost_after_the_switch(shop: World) -> None:
    """The recovery on another runner switches back, and reports it."""
    run = shop.deploy(faults=[lost(shop)])
    assert run.result == "failure"
    as_before(shop)
    assert shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_the_next_run_switches_back(shop: World) -> None:
    """Where the recovery is lost as well, the next run switches back before it begins."""
    recovery = Fault(
        job="recover-production",
        step="Roll back an interrupted deployment",
        due=lambda _: True,
        machine=True,
    )
    shop.deploy(faults=[lost(shop), recovery])
    assert active(shop) == "canary"
    del shop.github.environments["production"][0]["SLACK_WEBHOOK_URL"]
    run = shop.deploy()
    assert failed(run) == "Preflight checks"
    as_before(shop)


@pytest.mark.thorough
def test_the_mark_is_removed_after_the_switch(shop: World) -> None:
    """A mark that was removed and a runner that was lost: the next run finds the color before."""
    shop.versions(new=Image(errors=0.5))
    run = shop.begin()
    shop.approve(run)
    run.until(lambda: active(shop) == "canary")
    shop.cluster.kubectl(shop.production, "annotate", BLUE, f"{CHANGING}-")
    run.wait()
    assert run.result == "failure"
    as_before(shop)


@pytest.mark.thorough
def test_selectors_that_cannot_switch(make: Make) -> None:
    """Preflight checks name a Service that selects both colors, before anything is changed."""

    def both(item: dict[str, Any]) -> None:
        if item["kind"] == "Service" and item["metadata"]["name"] == "shop":
            del item["spec"]["selector"]["track"]

    shop = make(change=blue_green, adjust=both)
    run = shop.deploy()
    assert failed(run) == "Preflight checks"
    assert (
        "the selector of service/shop matches the pods of both of deployment/shop and "
        "deployment/shop-canary" in run.job(JOB).log
    )
