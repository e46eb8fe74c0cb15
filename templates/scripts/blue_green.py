"""Blue-green: a Service switches between two workloads.

    {"kind": "blue-green",
     "service": "service/atom",              whose selector is patched
     "green-target": "deployment/atom-green",
     "hold": "6m",                           the time after the switch
     "port": 80}                             of the Service, for smoke tests

The delivery's target is blue. The selector of the Service matches the pods of one of
both, and one of its labels has another value in the pods of the other: a switch
changes that value in the selector. The idle color gets the new version; the color
before keeps running until the next deploy, so a rollback is one patch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster import Cluster, reference
from delivery_base import Delivery, Permission, object_ref, refuse_managed
from marks import Changing
from pods import (
    Version,
    find_container,
    pinned,
    pod_template,
    put_version,
    replicas_of,
    running_version,
)
from quota import Need, rollout_need
from runner import Problem, Problems, log
from settings import Table
from traffic_provider import Traffic


@dataclass(frozen=True)
class Colors:
    """The color that the Service selects, the other one, and the label between them."""

    active: str
    idle: str
    key: str
    values: dict[str, str]


class BlueGreen(Traffic):
    kind = "blue-green"
    shifts = True

    def __init__(self, table: Table, delivery: Delivery, label_key: str) -> None:
        super().__init__(table, delivery, label_key)
        if not delivery.divisible:
            raise Problem(
                f"settings: a delivery by {delivery.kind} cannot be blue-green"
            )
        self.service = reference(table, "service")
        self.green = reference(table, "green-target")
        self.hold = table.seconds("hold")
        self.port = table.integer("port", 80)
        self.targets = (delivery.target, self.green)
        if self.green == delivery.target:
            raise Problem("settings: blue and green are the same workload")

    @property
    def changes(self) -> list[str]:
        return [self.green, self.service]

    def permissions(self) -> list[Permission]:
        needed = [*super().permissions(), ("create", "pods", "portforward")]
        for ref in self.changes:
            needed += [(verb, ref, "") for verb in ("get", "patch")]
        return needed

    def check(self, cluster: Cluster) -> None:
        super().check(cluster)
        container = self.delivery.container
        self.delivery.check_workload(cluster, self.green, container, self.label_key)
        refuse_managed(cluster.need(self.service), self.service)
        colors = self._colors(cluster)
        for ref, other in (self.targets, self.targets[::-1]):
            spec = cluster.need(ref).get("spec", {})
            own = spec.get("selector", {}).get("matchLabels") or {}
            if own.items() <= _pod_labels(cluster, other).items():
                raise Problem(
                    f"{ref} also selects the pods of {other}",
                    f"Add the label {colors.key} to its `spec.selector.matchLabels`; "
                    "the field cannot change, so create the workload again",
                )
        _target_port(cluster, self.service, self.port, colors.idle, container)

    def serving(self, cluster: Cluster) -> str:
        return self._colors(cluster).active

    def running(self, cluster: Cluster) -> Version:
        active, container = self._colors(cluster).active, self.delivery.container
        return running_version(cluster, active, container, self.label_key)

    def needs(self, cluster: Cluster) -> list[Need]:
        sizes = [replicas_of(cluster.need(ref)) for ref in self.targets]
        return [rollout_need(cluster, self._colors(cluster).idle, max(1, *sizes))]

    def before(self, cluster: Cluster) -> dict[str, Any]:
        colors = self._colors(cluster)
        idle = replicas_of(cluster.need(colors.idle))
        return {"active": colors.active, "idle-replicas": idle}

    def preview(self, cluster: Cluster) -> tuple[str, int]:
        idle, container = self._colors(cluster).idle, self.delivery.container
        return idle, _target_port(cluster, self.service, self.port, idle, container)

    def apply(self, cluster: Cluster, mark: Changing) -> None:
        colors = self._colors(cluster)
        if colors.active != self._before(cluster, mark):
            raise Problem(
                f"{self.service} was switched to {colors.active} during the deploy"
            )
        pins = {colors.idle: self.pin(mark.to)}
        selector = cluster.need(self.service)["spec"]["selector"]

        def adjust(item: dict[str, Any]) -> bool:
            if object_ref(item) == self.service:
                item["spec"]["selector"] = selector
            return object_ref(item) != colors.active

        self.delivery.put(cluster, pins, adjust)
        # It gets all traffic in one patch, so it has as many pods before.
        sizes = [replicas_of(cluster.need(ref)) for ref in self.targets]
        put_version(cluster, colors.idle, self.pin(mark.to), max(1, *sizes))
        self.delivery.settle(cluster, pins)

    def shift(self, cluster: Cluster, percent: int, mark: Changing) -> None:
        if percent != 100:
            raise Problem("blue-green switches all traffic, not a part of it")
        self.promote(cluster, mark)

    def promote(self, cluster: Cluster, mark: Changing) -> None:
        new = self._other(self._before(cluster, mark))
        self.delivery.settle(cluster, {new: self.pin(mark.to)})
        self._select(cluster, new)

    def prove(self, cluster: Cluster, mark: Changing) -> None:
        new = self._other(self._before(cluster, mark))
        self.delivery.prove(cluster, {new: self.pin(mark.to)})
        self._prove_service(cluster, new)

    def roll_back(self, cluster: Cluster, mark: Changing) -> None:
        old = self._before(cluster, mark)
        idle, pin = self._other(old), self.pin(mark.back)
        replicas = mark.before.get("idle-replicas")
        problems = []
        # The Service first: the pods of the version before are still there.
        for part in (
            lambda: self._select(cluster, old),
            lambda: self.delivery.put_back(cluster, {old: pin}),
            lambda: put_version(cluster, idle, pin, replicas),
        ):
            try:
                part()
            except Problem as problem:
                problems.append(problem)
        if problems:
            raise Problems(problems)

    def verify_rollback(self, cluster: Cluster, mark: Changing) -> None:
        old = self._before(cluster, mark)
        self.delivery.settle(cluster, {old: self.pin(mark.back)}, back=True)
        self._prove_service(cluster, old)

    def _other(self, ref: str) -> str:
        return self.targets[1] if ref == self.targets[0] else self.targets[0]

    def _before(self, cluster: Cluster, mark: Changing) -> str:
        """The color that had the traffic before this deploy."""
        noted = mark.before.get("active")
        if noted in self.targets:
            return str(noted)
        # A mark that was removed and written again does not name it.
        for ref in self.targets:
            if pinned(cluster.need(ref), self.pin(mark.back), ref) == mark.back:
                return ref
        return self._colors(cluster).active

    def _colors(self, cluster: Cluster) -> Colors:
        selector = cluster.need(self.service).get("spec", {}).get("selector") or {}
        labels = {ref: _pod_labels(cluster, ref) for ref in self.targets}
        found = [ref for ref in self.targets if selector.items() <= labels[ref].items()]
        blue, green = self.targets
        if not selector or len(found) != 1:
            which = "both" if found else "neither"
            raise Problem(
                f"the selector of {self.service} matches the pods of {which} of "
                f"{blue} and {green}",
                "Give both pod templates a label with different values, such as "
                "color, and add the value of one of them to the selector",
            )
        idle = self._other(found[0])
        keys = [key for key in selector if labels[idle].get(key) != selector[key]]
        if len(keys) != 1 or keys[0] not in labels[idle] or keys[0] == self.label_key:
            raise Problem(
                f"the pods of {idle} differ from the selector of {self.service} in "
                f"{', '.join(keys)}: a switch changes the value of one label",
                "Let both pod templates have the same labels of the selector, and "
                f"different values of one, which is not {self.label_key}",
            )
        key = keys[0]
        values = {found[0]: selector[key], idle: labels[idle][key]}
        return Colors(found[0], idle, key, values)

    def _select(self, cluster: Cluster, ref: str) -> None:
        colors = self._colors(cluster)
        value = colors.values[ref]
        if colors.active != ref:
            cluster.merge(self.service, {"spec": {"selector": {colors.key: value}}})
        log(f"{self.service}: {colors.key}={value}, the pods of {ref}")

    def _prove_service(self, cluster: Cluster, ref: str) -> None:
        active = self._colors(cluster).active
        if active != ref:
            raise Problem(f"{self.service} selects the pods of {active}, not of {ref}")


def _pod_labels(cluster: Cluster, ref: str) -> dict[str, str]:
    template = pod_template(cluster.need(ref), ref)
    return template.get("metadata", {}).get("labels") or {}


def _target_port(
    cluster: Cluster, service: str, port: int, ref: str, container: str
) -> int:
    """The port of the pods behind a port of a Service."""
    ports = cluster.need(service).get("spec", {}).get("ports") or []
    for one in ports:
        if one.get("port") != port:
            continue
        target = one.get("targetPort") or port
        if isinstance(target, int):
            return target
        own = find_container(cluster.need(ref), container, ref)[1]
        for named in own.get("ports") or []:
            if named.get("name") == target:
                return int(named["containerPort"])
        raise Problem(f"{ref} has no port {target}, which {service} names")
    known = ", ".join(str(one.get("port")) for one in ports) or "none"
    raise Problem(
        f"{service} has no port {port} (it has {known})", "Set `port` in `traffic`"
    )
