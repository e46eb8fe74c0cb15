"""The base class of deliveries."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from cluster import Cluster, reference
from pods import (
    Pin,
    Version,
    find_container,
    heal,
    put_version,
    running_version,
    version_mismatch,
)
from runner import Problem, log
from settings import Table

Pins = dict[str, Pin]
# A verb, a resource, and a subresource or "".
Permission = tuple[str, str, str]
# Edits an object on its way to the cluster; False leaves it out.
Adjust = Callable[[dict[str, Any]], bool]
# Sources: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ and
# https://fluxcd.io/flux/components/kustomize/kustomizations/#role-based-access-control
MANAGERS = {
    "argocd.argoproj.io/": "Argo CD",
    "kustomize.toolkit.fluxcd.io/": "Flux",
    "helm.toolkit.fluxcd.io/": "Flux",
}
MANAGED_ELSEWHERE = "pipewright.dev/gitops"


class Delivery(ABC):
    kind: ClassVar[str]
    # True if a second workload can get a part of the traffic.
    divisible: ClassVar[bool] = True
    # True if a GitOps controller changes the target, and not this delivery.
    followed: ClassVar[bool] = False
    # True if what runs shows the run that deployed it.
    labelled: ClassVar[bool] = True
    target: str
    container: str
    # What other workloads of the environment change: no business of this delivery.
    others: frozenset[str] = frozenset()

    def __init__(self, table: Table, workload: str) -> None:
        self.target = reference(table, "target")
        self.container = table.text("container")

    @property
    def marked(self) -> str:
        """The object that carries the marks."""
        return self.target

    def without_cluster(self, workload: str) -> None:
        """Adapts to an environment without a cluster, or raises a problem."""
        raise Problem(
            f"settings: {workload} is delivered to a cluster, and none is set"
        )

    def prepare(self, cluster: Cluster) -> None:
        """Makes sure that the object which carries the marks exists."""
        cluster.need(self.marked)

    def check(self, cluster: Cluster, label_key: str) -> None:
        """Raises a problem if the target cannot be changed and rolled back."""
        self.check_workload(cluster, self.target, self.container, label_key)

    def check_workload(
        self, cluster: Cluster, ref: str, container: str, label_key: str
    ) -> None:
        """Raises a problem if this workload cannot be changed and rolled back."""
        workload = cluster.need(ref)
        find_container(workload, container, ref)
        labels = workload.get("spec", {}).get("selector", {}).get("matchLabels") or {}
        if label_key in labels:
            raise Problem(
                f"{ref} selects its pods by the label {label_key}, "
                "which every deploy sets",
                "A selector cannot change: use another version label",
            )
        if workload.get("spec", {}).get("paused"):
            raise Problem(
                f"the rollout of {ref} is paused: nothing would change",
                f"Run `kubectl rollout resume {ref}`",
            )
        if not self.followed:
            refuse_managed(workload, ref)

    def permissions(self) -> list[Permission]:
        """Lists the permissions that later steps need."""
        kind = self.target.partition("/")[0]
        needed = [(verb, self.target, "") for verb in ("get", "patch")]
        needed += [(verb, f"{kind}s", "") for verb in ("list", "watch")]
        needed.append(("list", "pods", ""))
        if kind == "statefulset":
            needed.append(("delete", "pods", ""))
        return needed

    def running(self, cluster: Cluster, label_key: str) -> Version:
        return running_version(cluster, self.target, self.container, label_key)

    def before(self, cluster: Cluster) -> dict[str, Any]:
        """The state that a rollback restores besides images, for the mark."""
        return {}

    @abstractmethod
    def put(self, cluster: Cluster, pins: Pins, adjust: Adjust | None = None) -> None:
        """Sets the versions, without waiting."""

    def put_back(
        self, cluster: Cluster, pins: Pins, before: dict[str, Any] | None = None
    ) -> None:
        """Returns to earlier versions, without waiting; `before` is of the mark."""
        for ref, pin in pins.items():
            if put_version(cluster, ref, pin):
                log(f"{ref}: image {pin.version.image}")

    def settle(self, cluster: Cluster, pins: Pins, back: bool = False) -> None:
        """Waits until the pods run the versions, and verifies it."""
        for ref in pins:
            if back and ref.startswith("statefulset/"):
                heal(cluster, ref, cluster.settings.timeout)
            cluster.rollout(ref)
        self.prove(cluster, pins)

    def prove(self, cluster: Cluster, pins: Pins) -> None:
        """Raises a problem unless templates and pods are of these versions now."""
        for ref, pin in pins.items():
            wrong = version_mismatch(cluster, ref, pin)
            if wrong:
                raise Problem(wrong)


def object_ref(item: dict[str, Any]) -> str:
    kind, name = str(item.get("kind", "")), item.get("metadata", {}).get("name", "")
    return f"{kind.lower()}/{name}"


def refuse_managed(item: dict[str, Any], ref: str) -> None:
    """A GitOps controller reverts other changes within minutes."""
    meta = item.get("metadata", {})
    annotations = meta.get("annotations") or {}
    if annotations.get(MANAGED_ELSEWHERE) == "ignored":
        return
    for key in [*annotations, *(meta.get("labels") or {})]:
        for prefix, manager in MANAGERS.items():
            if key.startswith(prefix):
                raise Problem(
                    f"{ref} is managed by {manager} ({key}), "
                    "which would revert this deploy",
                    f"Let {manager} ignore its image, version label and replicas, "
                    f"then run `kubectl annotate {ref} {MANAGED_ELSEWHERE}=ignored`",
                )


def read_documents(text: str, source: str) -> list[dict[str, Any]]:
    """kubectl prints one JSON document after another, or one List."""
    decoder, at = json.JSONDecoder(), 0
    found: list[dict[str, Any]] = []
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            item, at = decoder.raw_decode(text, at)
        except ValueError:
            raise Problem(f"kubectl's rendering of {source} is not JSON") from None
        found += item.get("items", []) if item.get("kind") == "List" else [item]
    return found
