"""Commands that change a workload, in a cluster or outside.

    {"kind": "commands", "apply": "…", "restore": "…", "current": "…",
     "target": "kind/name"}

They run in bash with IMAGE, DIGEST, VERSION and ENVIRONMENT set; `current` prints the
running image as repository@sha256:…. In a cluster, `target` is the
object that carries the marks, by default a ConfigMap.
"""

from __future__ import annotations

from typing import Any

from bash import run_bash
from cluster import Cluster, reference
from delivery_base import Adjust, Delivery, Permission, Pins
from pods import DIGEST, Version
from runner import Problem, quote
from settings import Table


class Commands(Delivery):
    kind = "commands"
    divisible = False
    labelled = False

    def __init__(self, table: Table, workload: str) -> None:
        self.given = table.has("target")
        self.target = (
            reference(table, "target")
            if self.given
            else f"configmap/pipewright-{workload}"
        )
        self.container = workload
        self.scripts = {key: table.text(key) for key in ("apply", "restore", "current")}

    def without_cluster(self, workload: str) -> None:
        self.target = workload

    def prepare(self, cluster: Cluster) -> None:
        if not cluster.absent and not self.given:
            cluster.hold(self.target)

    def check(self, cluster: Cluster, label_key: str) -> None:
        if cluster.absent:
            self.running(cluster, label_key)
        elif self.given:
            cluster.need(self.target)

    def permissions(self) -> list[Permission]:
        needed = [(verb, self.target, "") for verb in ("get", "patch")]
        return needed if self.given else [*needed, ("create", "configmaps", "")]

    def running(self, cluster: Cluster, label_key: str) -> Version:
        printed = self._bash(cluster, "current", None).strip()
        image = printed.splitlines()[-1].strip() if printed else ""
        repository, _, digest = image.partition("@")
        if not repository or DIGEST.fullmatch(digest) is None:
            raise Problem(
                f"the command `current` of {self.container} "
                "did not print repository@sha256:…"
            )
        return Version(image, None)

    def put(self, cluster: Cluster, pins: Pins, adjust: Adjust | None = None) -> None:
        for pin in pins.values():
            quote(self._bash(cluster, "apply", pin.version))

    def put_back(
        self, cluster: Cluster, pins: Pins, before: dict[str, Any] | None = None
    ) -> None:
        for pin in pins.values():
            quote(self._bash(cluster, "restore", pin.version))

    def settle(self, cluster: Cluster, pins: Pins, back: bool = False) -> None:
        self.prove(cluster, pins)

    def prove(self, cluster: Cluster, pins: Pins) -> None:
        for pin in pins.values():
            runs = self.running(cluster, "")
            if runs.digest != pin.version.digest:
                raise Problem(
                    f"{self.container} runs {runs.image} and not {pin.version.image}"
                )

    def _bash(self, cluster: Cluster, key: str, version: Version | None) -> str:
        values = {}
        if version is not None:
            values["IMAGE"] = version.image
            values["DIGEST"] = version.digest
            values["VERSION"] = version.label or ""
        return run_bash(
            f"`{key}` of {self.container}",
            self.scripts[key],
            values,
            cluster.settings.timeout,
        )
