"""Deploys that go well, and what users and others see of them"""

from __future__ import annotations

from world import CHANGING, OLD, VERIFIED, World

from conftest import Make
from service import Image


def test_a_good_version(make: Make) -> None:
    """A good version goes through staging, 10 % and 50 % to all traffic; no user sees an error."""
    shop = make(staged=True)
    run = shop.deploy()
    assert run.result == "success", run.failures()
    verified = shop.mark(VERIFIED)
    assert verified["image"] == shop.image() != OLD
    assert shop.mark(CHANGING) is None
    assert shop.weights() == {"shop": 100, "shop-canary": 0}
    assert set(shop.serving()) == {verified["version"]}
    assert all(one.status == 200 for one in shop.gateway.served)
    assert shop.told() == [
        f"staging runs {verified['commit'][:12]}",
        f"production runs {verified['commit'][:12]}",
    ]


def test_errors_at_ten_percent(shop: World) -> None:
    """A version with errors is taken back at its first share, before most users have met it."""
    shop.versions(new=Image(errors=0.5))
    run = shop.deploy()
    assert run.result == "failure"
    job = run.job("Deploy to production")
    assert [step.name for step in job.steps if step.outcome == "failure"] == [
        "Shift 10% of traffic to the canary"
    ]
    assert shop.image() == OLD and shop.mark(VERIFIED)["image"] == OLD
    assert shop.weights() == {"shop": 100, "shop-canary": 0}
    assert set(shop.serving()) == {"old-1"}
