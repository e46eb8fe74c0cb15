"""The base class of traffic providers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from cluster import Cluster
from delivery_base import Delivery, Permission
from marks import Changing
from pods import Pin, Version
from quota import Need, rollout_need
from runner import Problem, log
from settings import ExternalValue, Table


class Traffic(ABC):
    kind: ClassVar[str]
    # True if traffic is shifted once the new version runs beside the previous one;
    # `hold` is the time after each shift.
    shifts: ClassVar[bool] = False
    hold: float = 0.0

    def __init__(self, table: Table, delivery: Delivery, label_key: str) -> None:
        self.delivery = delivery
        self.label_key = label_key

    def pin(self, version: Version) -> Pin:
        return Pin(self.delivery.container, self.label_key, version)

    def check(self, cluster: Cluster) -> None:
        self.delivery.check(cluster, self.label_key)

    @property
    def changes(self) -> list[str]:
        """The objects that it changes besides the delivery's target."""
        return []

    def permissions(self) -> list[Permission]:
        return self.delivery.permissions()

    def needs(self, cluster: Cluster) -> list[Need]:
        """The pods that a deploy adds for a time."""
        return [rollout_need(cluster, self.delivery.target)]

    def serving(self, cluster: Cluster) -> str:
        """The workload that has the traffic."""
        return self.delivery.target

    def running(self, cluster: Cluster) -> Version:
        """The version that has the traffic."""
        return self.delivery.running(cluster, self.label_key)

    def preview(self, cluster: Cluster) -> tuple[str, int]:
        """The object and port by which the new version is reached without traffic."""
        raise Problem(f"traffic moves {self.kind}: no version runs without traffic")

    @property
    def smoke_headers(self) -> dict[str, ExternalValue]:
        """Headers of requests that a route sends to the new version alone."""
        return {}

    def before(self, cluster: Cluster) -> dict[str, Any]:
        """The state that a rollback restores besides images, for the mark."""
        return self.delivery.before(cluster)

    @abstractmethod
    def apply(self, cluster: Cluster, mark: Changing) -> None:
        """Starts the new version, and waits for it."""

    def shift(self, cluster: Cluster, percent: int, mark: Changing) -> None:
        raise Problem(f"traffic moves {self.kind}: there is no part of it to shift")

    def promote(self, cluster: Cluster, mark: Changing) -> None:
        """Replaces the stable version, and waits for it."""
        log(f"{self.delivery.target}: all traffic is on the new version already")

    def roll_back(self, cluster: Cluster, mark: Changing) -> None:
        """Returns traffic to the earlier version, quickly: GitHub may end this step."""
        pins = {self.delivery.target: self.pin(mark.back)}
        self.delivery.put_back(cluster, pins, mark.before)

    def verify_rollback(self, cluster: Cluster, mark: Changing) -> None:
        pins = {self.delivery.target: self.pin(mark.back)}
        self.delivery.settle(cluster, pins, back=True)

    def prove(self, cluster: Cluster, mark: Changing) -> None:
        """Raises a problem unless the new version alone serves now."""
        self.delivery.prove(cluster, {self.delivery.target: self.pin(mark.to)})
