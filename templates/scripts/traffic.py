"""Traffic providers: each moves traffic between two versions.

A new one is a class here and its entry in `TRAFFIC`.

    {"kind": "all-at-once"}

    {"kind": "blue-green", ...}            see blue_green

    {"kind": "gateway-api",
     "route": "httproute/atom",             whose weights are patched
     "stable": "service/atom", "canary": "service/atom-canary",
     "canary-target": "deployment/atom-canary",
     "canary-container": "atom",            as in the delivery unless given
     "hold": "6m",                          the duration of each step
     "smoke": {"through": "port-forward", "port": 80}
            | {"through": "header", "headers": {"X-Canary": ExternalValue}}}

An HTTPRoute divides traffic between Services, so a canary has its own workload and
Service, whose selector does not match the stable pods. Only rules with both Services
as backends are patched. The pair divides what both had together, and the shares of a
rule's other backends stay.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

from blue_green import BlueGreen
from cluster import MOVED, Cluster, Failed, reference
from delivery_base import Delivery, Permission, object_ref, refuse_managed
from marks import Changing
from pods import (
    PATCH_ATTEMPTS,
    Pin,
    Version,
    pod_template,
    put_version,
    replicas_of,
)
from runner import Problem, Problems, annotate, log
from settings import ExternalValue, Table
from traffic_provider import Traffic

HEAVIEST = 1_000_000  # The largest weight that an HTTPRoute takes.


@dataclass(frozen=True)
class CanarySmoke:
    through: str = "port-forward"
    port: int = 80
    headers: dict[str, ExternalValue] = field(default_factory=dict)


class AllAtOnce(Traffic):
    kind = "all-at-once"

    def apply(self, cluster: Cluster, mark: Changing) -> None:
        pins = {self.delivery.target: self.pin(mark.to)}
        self.delivery.put(cluster, pins)
        self.delivery.settle(cluster, pins)


class GatewayApi(Traffic):
    kind = "gateway-api"
    shifts = True

    def __init__(self, table: Table, delivery: Delivery, label_key: str) -> None:
        super().__init__(table, delivery, label_key)
        if not delivery.divisible:
            raise Problem(
                f"settings: a delivery by {delivery.kind} cannot have a canary"
            )
        self.route = reference(table, "route")
        self.stable = reference(table, "stable").partition("/")[2]
        self.canary_ref = reference(table, "canary")
        self.canary = self.canary_ref.partition("/")[2]
        self.canary_target = reference(table, "canary-target")
        self.canary_container = table.text("canary-container", delivery.container)
        self.hold = table.seconds("hold")
        self.smoke = _canary_smoke(table) if table.has("smoke") else CanarySmoke()
        if self.canary == self.stable or self.canary_target == delivery.target:
            raise Problem("settings: the canary needs its own Service and workload")

    def canary_pin(self, version: Version) -> Pin:
        return Pin(self.canary_container, self.label_key, version)

    def check(self, cluster: Cluster) -> None:
        super().check(cluster)
        self.delivery.check_workload(
            cluster, self.canary_target, self.canary_container, self.label_key
        )
        route = cluster.need(self.route)
        refuse_managed(route, self.route)
        self._check_selectors(cluster, cluster.need(self.canary_target))
        now = _canary_share(self._rules(route))
        if now:
            annotate(
                "warning", f"{self.route} gives {now}% of the traffic to the canary now"
            )

    def needs(self, cluster: Cluster) -> list[Need]:
        return [*super().needs(cluster), rollout_need(cluster, self.canary_target, 1)]

    @property
    def changes(self) -> list[str]:
        return [self.canary_target, self.route]

    def permissions(self) -> list[Permission]:
        needed = [
            *super().permissions(),
            *((verb, self.canary_target, "") for verb in ("get", "patch")),
            *((verb, self.route, "") for verb in ("get", "patch")),
            ("get", "services", ""),
        ]
        if self.smoke.through == "port-forward":
            needed.append(("create", "pods", "portforward"))
        return needed

    def preview(self, cluster: Cluster) -> tuple[str, int]:
        return self.canary_ref, self.smoke.port

    @property
    def smoke_headers(self) -> dict[str, ExternalValue]:
        return self.smoke.headers if self.smoke.through == "header" else {}

    def before(self, cluster: Cluster) -> dict[str, Any]:
        rules = self._rules(cluster.need(self.route))
        return {
            "canary-replicas": replicas_of(cluster.need(self.canary_target)),
            "weights": {str(index): _weights(rule) for index, _, _, rule in rules},
        }

    def _check_selectors(self, cluster: Cluster, canary: dict[str, Any]) -> None:
        """A pod that both Services select would get the canary's traffic at 0%."""
        stable = cluster.need(self.delivery.target)
        pods = {self.stable: stable, self.canary: canary}
        for service, own in pods.items():
            ref = f"service/{service}"
            selector = cluster.need(ref).get("spec", {}).get("selector") or {}
            for target, workload in pods.items():
                labels = pod_template(workload, target).get("metadata", {})
                found = selector.items() <= (labels.get("labels") or {}).items()
                if workload is own and not (selector and found):
                    raise Problem(f"the selector of {ref} does not match its own pods")
                if workload is not own and selector and found:
                    raise Problem(
                        f"{ref} also selects the pods behind service/{target}",
                        "Give both pod templates a label with different values, "
                        f"and add it to the selector of {ref}",
                    )

    def apply(self, cluster: Cluster, mark: Changing) -> None:
        self._weigh(cluster, 0, mark)
        pins = {self.canary_target: self.canary_pin(mark.to)}
        self.delivery.put(cluster, pins, self._before_judgement)
        before = mark.before.get("canary-replicas") or 0
        replicas = self._replicas_for(cluster, 0, before)
        for ref, pin in pins.items():
            put_version(cluster, ref, pin, replicas)
        self.delivery.settle(cluster, pins)

    def shift(self, cluster: Cluster, percent: int, mark: Changing) -> None:
        canary = cluster.need(self.canary_target)
        current = replicas_of(canary)
        replicas = self._replicas_for(cluster, percent, current)
        if replicas > current:
            cluster.merge(self.canary_target, {"spec": {"replicas": replicas}})
        cluster.rollout(self.canary_target)
        self._weigh(cluster, percent, mark)

    def promote(self, cluster: Cluster, mark: Changing) -> None:
        pins = {self.delivery.target: self.pin(mark.to)}
        # The canary has traffic, so only the stable workload of the folder is applied
        # now.
        self.delivery.put(
            cluster, pins, lambda item: object_ref(item) == self.delivery.target
        )
        self.delivery.settle(cluster, pins)
        self._weigh(cluster, 0, mark)
        self._scale_as_before(cluster, mark)

    def prove(self, cluster: Cluster, mark: Changing) -> None:
        super().prove(cluster, mark)
        self._prove_route(cluster)

    def roll_back(self, cluster: Cluster, mark: Changing) -> None:
        problems = []
        # The route first: it moves all traffic in one patch while the stable pods are
        # still there.
        for part in (self._roll_back_route, super().roll_back, self._roll_back_canary):
            try:
                part(cluster, mark)
            except Problem as problem:
                problems.append(problem)
        if problems:
            raise Problems(problems)

    def verify_rollback(self, cluster: Cluster, mark: Changing) -> None:
        super().verify_rollback(cluster, mark)
        self._prove_route(cluster)

    def _prove_route(self, cluster: Cluster) -> None:
        share = _canary_share(self._rules(cluster.need(self.route)))
        if share:
            raise Problem(
                f"{self.route} still gives {share}% of the traffic to the canary"
            )

    def _roll_back_route(self, cluster: Cluster, mark: Changing) -> None:
        self._weigh(cluster, 0, mark)

    def _roll_back_canary(self, cluster: Cluster, mark: Changing) -> None:
        pin = self.canary_pin(mark.back)
        replicas = mark.before.get("canary-replicas")
        put_version(cluster, self.canary_target, pin, replicas)

    def _scale_as_before(self, cluster: Cluster, mark: Changing) -> None:
        replicas = mark.before.get("canary-replicas")
        if replicas is not None:
            cluster.merge(self.canary_target, {"spec": {"replicas": replicas}})

    def _replicas_for(self, cluster: Cluster, percent: int, current: int) -> int:
        """The pods that the canary's share needs, at the load of a stable pod."""
        stable = replicas_of(cluster.need(self.delivery.target))
        return max(1, current, math.ceil(stable * percent / 100))

    def _rules(
        self, route: dict[str, Any]
    ) -> list[tuple[int, int, int, dict[str, Any]]]:
        """The rules with both Services: index, those of the backends, and the rule."""
        found = []
        for index, rule in enumerate(route.get("spec", {}).get("rules") or []):
            names = [
                backend.get("name")
                if backend.get("kind", "Service") == "Service"
                else None
                for backend in rule.get("backendRefs") or []
            ]
            if self.stable in names and self.canary in names:
                found.append(
                    (index, names.index(self.stable), names.index(self.canary), rule)
                )
        if not found:
            raise Problem(
                f"{self.route} has no rule whose backends are both {self.stable} "
                f"and {self.canary}"
            )
        return found

    def _weigh(self, cluster: Cluster, percent: int, mark: Changing) -> None:
        noted = mark.before.get("weights") or {}
        for attempt in range(1, PATCH_ATTEMPTS + 1):
            operations: list[dict[str, Any]] = []
            for index, stable, canary, rule in self._rules(cluster.need(self.route)):
                path = f"/spec/rules/{index}/backendRefs"
                before = noted.get(str(index)) or []
                weights = divided(_weights(rule), before, stable, canary, percent)
                for at, backend in enumerate(rule["backendRefs"]):
                    place, name = f"{path}/{at}", backend.get("name")
                    operations += [
                        {"op": "test", "path": f"{place}/name", "value": name},
                        {"op": "add", "path": f"{place}/weight", "value": weights[at]},
                    ]
            try:
                cluster.json_patch(self.route, operations)
            except Failed as refused:
                if attempt == PATCH_ATTEMPTS or not MOVED.search(refused.stderr):
                    raise
                time.sleep(0.2 * attempt)
            else:
                break
        log(f"{self.route}: {self.stable} {100 - percent}, {self.canary} {percent}")

    def _before_judgement(self, item: dict[str, Any]) -> bool:
        """Leaves out the stable workload, and gives the canary no traffic."""
        if object_ref(item) == self.route:
            for _, stable, canary, rule in self._rules(item):
                weights = divided(_weights(rule), [], stable, canary, 0)
                for backend, weight in zip(rule["backendRefs"], weights, strict=True):
                    backend["weight"] = weight
        return object_ref(item) != self.delivery.target


TRAFFIC: tuple[type[Traffic], ...] = (AllAtOnce, BlueGreen, GatewayApi)


def read_traffic(table: Table, delivery: Delivery, label_key: str) -> Traffic:
    kind = table.choice("kind", tuple(traffic.kind for traffic in TRAFFIC))
    chosen = next(traffic for traffic in TRAFFIC if traffic.kind == kind)
    made = chosen(table, delivery, label_key)
    table.done()
    return made


def _canary_smoke(table: Table) -> CanarySmoke:
    smoke = table.table("smoke")
    through = smoke.choice("through", ("port-forward", "header"))
    read = CanarySmoke(
        through, smoke.integer("port", 80), smoke.externals_in("headers")
    )
    smoke.done()
    if through == "header" and not read.headers:
        raise smoke.wrong("headers", "the headers that a route rule matches")
    return read


def _weights(rule: dict[str, Any]) -> list[int]:
    """The weight of each backend; the default is 1."""
    return [int(backend.get("weight", 1)) for backend in rule["backendRefs"]]


def divided(
    now: list[int], before: list[int], stable: int, canary: int, percent: int
) -> list[int]:
    """The weights of a rule when the canary has this part of what the pair has.

    Weights from before the deploy are used again if they give the same shares.
    """
    base = before if _same_shares(now, before, stable, canary) else now
    pair = base[stable] + base[canary]
    if not percent:
        weights, share = list(base), 0
    elif len(base) == 2:
        weights, pair, share = [0, 0], 100, percent
    else:
        factor = 100 // math.gcd(pair * percent, 100)
        if max(base) * factor > HEAVIEST:
            factor = 1
        weights, pair = [weight * factor for weight in base], pair * factor
        share = max(1, round(pair * percent / 100))
    weights[stable], weights[canary] = pair - share, share
    return weights


def _same_shares(now: list[int], before: list[int], stable: int, canary: int) -> bool:
    """Returns whether pair and other backends have the same shares in both."""
    if len(now) != len(before):
        return False
    pair = {stable, canary}
    sides = []
    for weights in (now, before):
        others = [weight for at, weight in enumerate(weights) if at not in pair]
        sides.append([weights[stable] + weights[canary], *others])
    totals = [sum(side) for side in sides]
    return all(
        one * totals[1] == other * totals[0] for one, other in zip(*sides, strict=True)
    )


def _canary_share(rules: list[tuple[int, int, int, dict[str, Any]]]) -> int:
    """The canary's largest share of any rule in percent; the default weight is 1."""
    share = 0
    for _, _, canary, rule in rules:
        weights = _weights(rule)
        if sum(weights) and weights[canary]:
            share = max(share, math.ceil(100 * weights[canary] / sum(weights)))
    return share
