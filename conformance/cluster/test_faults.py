"""Every fault in every step of a deploy: the version that serves, the marks, and the messages"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

import page
import pytest
from faults import FAULTS, Fault
from world import CHANGING, OLD, VERIFIED, World, role

from conftest import Make
from runner.job import Fault as Kill
from runner.run import Run
from service import Image

NEW = f"sha256:{'b' * 64}"
JOB, ID = "Deploy to production", "deploy-production"
TO_THE_END = (
    "Preflight checks",
    "Start the deployment",
    "Migrate",
    "Verify the migration",
    "Deploy the canary",
    "Smoke-test the canary",
    "Shift 10% of traffic to the canary",
    "Shift 50% of traffic to the canary",
    "Promote the canary",
    "Smoke-test production",
    "Check metrics",
    "Mark the version as verified",
    "Notify",
)
# Steps of a deploy whose version has errors at its first share of the traffic.
BACK = ("Roll back", "Verify the rollback")
STEPS = (*TO_THE_END, *BACK)
MIDDLE = 0.4  # Seconds after a step's start, in which no step ends.


def definition(text: str) -> str:
    """Without an approval; with a command that verifies the migration."""
    text = text.replace('approval = "production-approval"\n', "")
    return text.replace("on-rollback =", "verify = 'test -s \"$DATABASE\"', on-rollback =")


def lean(workflow: dict[str, Any]) -> dict[str, Any]:
    """The workflow without CI and the report, and with an image that was built."""
    found = copy.deepcopy(workflow)
    jobs = found["jobs"]
    for name in ("ci", "report"):
        del jobs[name]
    image = jobs["image-shop"]
    image["needs"], image["permissions"] = ["branch"], {}
    image["steps"] = [{"id": "build", "run": f'echo "digest={NEW}" >> "$GITHUB_OUTPUT"'}]
    return found


def prepared(make: Make) -> World:
    """A world whose runs are lean."""
    shop = make(change=definition, users=3)
    whole = shop.github.workflow
    shop.github.workflow = lambda sha, file: lean(whole(sha, file))  # type: ignore[method-assign]
    return shop


def middle() -> Callable[[Any], bool]:
    """Holds a moment after it was first asked."""
    asked: list[float] = []

    def due(_: Any) -> bool:
        asked.append(time.monotonic())
        return asked[-1] - asked[0] > MIDDLE

    return due


def deployed(shop: World, step: str, fault: Fault) -> Run:
    """A run in which the fault comes in the step, to its end."""
    if step in BACK:
        shop.versions(new=Image(errors=0.5))
    kill = Kill(job=ID, step=step, due=middle(), machine=fault.lost)
    run = shop.begin(shop.github.push("main"), faults=[kill] if fault.killed else [])
    if fault.act:
        run.until(lambda: f"{JOB}: {step}" in run.running())
        fault.act(shop, run)
    return run.wait()


def told(shop: World) -> bool:
    """Whether a person knows: a message about a failure or a rollback, or an issue."""
    return bool(shop.github.api.issues.all) or any("runs " not in text for text in shop.told())


def healed(shop: World) -> None:
    """The next run restores what was left, then deploys."""
    shop.wire.cut.clear()
    shop.prometheus.faults.clear()
    shop.receivers.down.clear()
    shop.versions()
    shop.cluster.apply(shop.production, *role())
    time.sleep(1)
    again = shop.begin(shop.github.push("main")).wait()
    assert again.result == "success", again.failures()


def new_serves(shop: World) -> bool:
    """Whether users have the new version."""
    return any(version not in ("", "old-1") for version in shop.serving(0.6))


def outcome(shop: World, run: Run) -> str:
    """What became of it, in the words of the page; every promise is checked on the way."""
    verified = shop.mark(VERIFIED)["image"] != OLD
    left = shop.mark(CHANGING) is not None
    if run.result == "success":
        assert verified and not left
        # A version that began to fail after its last check is verified, and fails.
        failing = shop.cluster.kubelet.images["@"].errors > 0
        served, version = set(shop.serving(0.6)), shop.mark(VERIFIED)["version"]
        assert served <= {version, ""} if failing else served == {version}
        return "verified"
    if verified:
        assert not left
        return "verified, and the run is red"
    if left:
        assert told(shop)
        healed(shop)
        assert shop.mark(CHANGING) is None
        assert set(shop.serving(0.6)) == {shop.mark(VERIFIED)["version"]}
        return "reported; the next run restores"
    assert not new_serves(shop)
    rolled_back = any("was rolled back" in text for text in shop.told())
    issues = bool(shop.github.api.issues.all)
    if rolled_back or issues:
        return "rolled back, reported" if rolled_back else "rolled back, reported by an issue"
    assert told(shop) or shop.production in shop.receivers.down
    return "stopped, reported" if told(shop) else "stopped"


@pytest.mark.thorough
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.replace(" ", "-"))
def test_a_fault_in_a_step(make: Make, step: str, fault: Fault) -> None:
    """No fault leaves an unverified version with users without a message."""
    if page.noted(step, fault.name):
        pytest.skip("its outcome is kept")
    shop = prepared(make)
    run = deployed(shop, step, fault)
    page.note(step, fault.name, outcome(shop, run))
