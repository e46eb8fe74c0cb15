"""Deliveries: each changes the version of a workload.

A new one is a class here and its entry in `DELIVERIES`.

    {"kind": "image", "target": "deployment/atom", "container": "atom"}

    {"kind": "manifests", "folder": "k8s/overlays/production",
     "target": "deployment/atom", "container": "atom"}

    {"kind": "helm", ...}                  see helm

    {"kind": "gitops", ...}                see gitops

    {"kind": "commands", ...}              see commands

`manifests` applies a folder (with kustomize where it has a kustomization file) in
which the target's image is replaced; other objects stay as they are in the folder,
except those of other workloads, which their own delivery applies. Replicas that
were changed since the last apply stay as they are. Restoring changes the target's
image alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cluster import Cluster
from commands import Commands
from delivery_base import (
    Adjust,
    Delivery,
    Pins,
    object_ref,
    read_documents,
)
from gitops import GitOps
from helm import Helm
from pods import place_version, put_version
from runner import Problem, log
from settings import Table

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Image(Delivery):
    kind = "image"

    def put(self, cluster: Cluster, pins: Pins, adjust: Adjust | None = None) -> None:
        for ref, pin in pins.items():
            changed = put_version(cluster, ref, pin)
            log(f"{ref}: {'image' if changed else 'already'} {pin.version.image}")


class Manifests(Delivery):
    kind = "manifests"

    def __init__(self, table: Table, workload: str) -> None:
        super().__init__(table, workload)
        self.folder = table.text("folder")

    def check_workload(
        self, cluster: Cluster, ref: str, container: str, label_key: str
    ) -> None:
        super().check_workload(cluster, ref, container, label_key)
        objects = self._render(cluster)
        if not any(object_ref(item) == ref for item in objects):
            raise Problem(f"{self.folder} holds no {ref}")
        kept = [item for item in objects if object_ref(item) not in self.others]
        cluster.would_apply(f"cannot apply {self.folder}", _list_of(kept))

    def put(self, cluster: Cluster, pins: Pins, adjust: Adjust | None = None) -> None:
        objects = self._render(cluster)
        found = {object_ref(item) for item in objects}
        for ref in pins:
            if ref not in found:
                raise Problem(f"{self.folder} holds no {ref}")
        kept = [
            item
            for item in objects
            if object_ref(item) not in self.others and (adjust is None or adjust(item))
        ]
        for item in kept:
            ref = object_ref(item)
            if ref in pins:
                place_version(item, ref, pins[ref])
                _keep_replicas(item, cluster.get(ref))
        cluster.apply(f"cannot apply {self.folder}", _list_of(kept))

    def _render(self, cluster: Cluster) -> list[dict[str, Any]]:
        folder = Path(self.folder)
        if not folder.is_dir():
            raise Problem(f"the folder {self.folder} does not exist in this checkout")
        if any((folder / name).is_file() for name in KUSTOMIZATIONS):
            source = [f"--kustomize={folder}"]
        else:
            source = [f"--filename={folder}", "--recursive"]
        out = cluster.kubectl(
            f"cannot render {self.folder}",
            "create",
            "--dry-run=client",
            "--output=json",
            *source,
            timeout=60,
        )
        return list(read_documents(out, self.folder))


def _list_of(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "List", "items": items}


DELIVERIES: tuple[type[Delivery], ...] = (Image, Manifests, Helm, GitOps, Commands)


def read_delivery(table: Table, workload: str) -> Delivery:
    kind = table.choice("kind", tuple(delivery.kind for delivery in DELIVERIES))
    chosen = next(delivery for delivery in DELIVERIES if delivery.kind == kind)
    made = chosen(table, workload)
    table.done()
    return made


def _keep_replicas(item: dict[str, Any], live: dict[str, Any] | None) -> None:
    """Keeps replicas that an autoscaler or a person set after the last apply.

    Source: https://kubernetes.io/docs/reference/labels-annotations-taints/
    """
    declared = item.get("spec", {}).get("replicas")
    if live is None or declared is None:
        return
    annotations = live.get("metadata", {}).get("annotations") or {}
    try:
        last = json.loads(annotations.get(LAST_APPLIED, "{}"))
    except ValueError:
        return
    now = live.get("spec", {}).get("replicas")
    if now != declared and last.get("spec", {}).get("replicas") == declared:
        item["spec"]["replicas"] = now
        log(f"{object_ref(item)}: keeps its {now} replicas, not the {declared} applied")
