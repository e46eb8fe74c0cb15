"""A workload: its image, its delivery, its traffic.

"workloads": [{
  "name": "api",
  "image": {"repository": "ghcr.io/owner/name",      without tag or digest
            "digest-env": "PIPEWRIGHT_DIGEST_API"},  sha256:… or repository@sha256:…
  "version-label": "version",           key of the pods' label, default version
  "delivery": {...},                    see delivery
  "traffic": {...}                      see traffic, default {"kind": "all-at-once"}
}]
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from cluster import Cluster
from delivery_base import Delivery
from pods import DIGEST, Version
from runner import Problem
from settings import Run, Table
from traffic_provider import Traffic

from delivery import read_delivery
from traffic import read_traffic


@dataclass(frozen=True)
class Workload:
    name: str
    repository: str
    digest_env: str
    label_key: str
    delivery: Delivery
    traffic: Traffic

    @property
    def ref(self) -> str:
        """The object that carries the marks."""
        return self.delivery.marked

    @property
    def labelled(self) -> bool:
        """Returns whether what runs shows the run that deployed it."""
        return self.delivery.labelled

    @property
    def changes(self) -> set[str]:
        """The objects that a deploy of this workload changes."""
        return {self.delivery.target, *self.traffic.changes}

    def target(self, run: Run) -> Version:
        """The version that this run deploys."""
        given = os.environ.get(self.digest_env, "").strip()
        if not given:
            raise Problem(
                f"{self.digest_env} is empty: the image to deploy is unknown "
                f"as {self.name}"
            )
        repository, _, digest = given.rpartition("@")
        if DIGEST.fullmatch(digest) is None:
            raise Problem(
                f"{self.digest_env} is not a digest",
                "It reads sha256: and 64 hexadecimal digits",
            )
        if repository and repository != self.repository:
            raise Problem(
                f"{self.digest_env} names {repository}; "
                f"{self.name} is {self.repository}"
            )
        return Version(f"{self.repository}@{digest}", run.version)

    @staticmethod
    def read(table: Table) -> Workload:
        name = table.text("name")
        image = table.table("image")
        repository, digest_env = image.text("repository"), image.text("digest-env")
        image.done()
        if "@" in repository or ":" in repository.rpartition("/")[2]:
            raise image.wrong("repository", "a repository without tag or digest")
        label_key = table.text("version-label", "version")
        how = read_delivery(table.table("delivery"), name)
        moved = table.table("traffic") if table.has("traffic") else _all_at_once(table)
        read = Workload(
            name,
            repository,
            digest_env,
            label_key,
            how,
            read_traffic(moved, how, label_key),
        )
        table.done()
        return read


def _all_at_once(table: Table) -> Table:
    return Table({"kind": "all-at-once"}, f"{table.place}.traffic", table.values)


def read_workloads(root: Table, cluster: Cluster) -> list[Workload]:
    workloads = [Workload.read(table) for table in root.tables("workloads")]
    if not workloads:
        raise Problem("the settings name no workload to deploy")
    if cluster.absent:
        for workload in workloads:
            workload.delivery.without_cluster(workload.name)
    refs = [workload.ref for workload in workloads]
    if len(set(refs)) != len(refs):
        raise Problem("settings: two workloads have the same target")
    for workload in workloads:
        workload.delivery.others = frozenset(
            ref for other in workloads if other is not workload for ref in other.changes
        )
    return workloads
