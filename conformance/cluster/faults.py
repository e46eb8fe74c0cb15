"""What goes wrong in a step of a deploy, one thing at a time, from the start of that step on.

Each fault is an act upon the world; those that name a machine or a process are the bench's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from world import CHANGING, OLD, World

from runner.run import Run
from service import Image

BINDING = "rolebinding/pipewright"


@dataclass(frozen=True)
class Fault:
    """`act` happens when the step begins; `killed` and `lost` are what the bench does to it."""

    name: str
    act: Callable[[World, Run], None] | None = None
    killed: bool = False
    lost: bool = False


def _briefly(shop: World, _: Run) -> None:
    shop.wire.down()
    time.sleep(0.8)
    shop.wire.cut.clear()


def _login_ends(shop: World, _: Run) -> None:
    shop.cluster.kubectl(shop.production, "delete", *BINDING.split("/"))


def _prometheus(shop: World, _: Run) -> None:
    shop.prometheus.faults[shop.production] = "down"


def _version(shop: World, _: Run) -> None:
    shop.cluster.kubelet.change("@", Image(errors=1.0))


def _slack(shop: World, _: Run) -> None:
    shop.receivers.down.add(shop.production)


def _mark(shop: World, _: Run) -> None:
    shop.cluster.kubectl(shop.production, "annotate", "deployment/shop", f"{CHANGING}-")


def _edit(shop: World, _: Run) -> None:
    other = OLD.replace("a" * 64, "f" * 64)
    shop.cluster.kubectl(shop.production, "set", "image", "deployment/shop", f"shop={other}")


def _patched(shop: World, _: Run) -> None:
    weights: list[dict[str, Any]] = [
        {"op": "replace", "path": f"/spec/rules/0/backendRefs/{at}/weight", "value": value}
        for at, value in enumerate((60, 40))
    ]
    shop.cluster.patch(shop.production, "httproute/shop", weights)


FAULTS = (
    Fault("The process is killed", killed=True),
    Fault("The runner is lost", killed=True, lost=True),
    Fault("The run is cancelled", lambda _, run: run.cancel()),
    Fault("The API is away for a second", _briefly),
    Fault("The API is away", lambda shop, _: shop.wire.down()),
    Fault("The log-in ends", _login_ends),
    Fault("Prometheus is down", _prometheus),
    Fault("The version fails from now on", _version),
    Fault("Slack is down", _slack),
    Fault("The mark is removed", _mark),
    Fault("The image is set by hand", _edit),
    Fault("The weights are set by hand", _patched),
)
