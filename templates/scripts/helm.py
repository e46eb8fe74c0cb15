"""Helm: a release is upgraded, and rolled back by revision.

    {"kind": "helm", "target": "deployment/atom", "container": "atom",
     "release": "atom",                     which is installed already
     "chart": "charts/atom",
     "values": ["charts/production.yaml"],
     "set": {"image.digest": "$digest", "podLabels.version": "$version"}}

`set` fills in $image, $digest and $version. The revision before the upgrade is in the
mark: a rollback returns to it, with everything that the chart holds.

Source: https://helm.sh/docs/helm/helm_rollback/
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cluster import Cluster, Failed, run_program
from delivery_base import (
    Adjust,
    Delivery,
    Permission,
    Pins,
    object_ref,
    read_documents,
)
from pods import Pin, Version, pinned
from runner import Problem, log, quote
from settings import Table

DEPLOYED = "deployed"


class Helm(Delivery):
    kind = "helm"
    divisible = False

    def __init__(self, table: Table, workload: str) -> None:
        super().__init__(table, workload)
        self.release = table.text("release")
        self.chart = table.text("chart")
        self.values = table.texts("values")
        settings = table.table("set")
        self.set = {key: settings.text(key) for key in settings.names()}
        settings.done()

    def check(self, cluster: Cluster, label_key: str) -> None:
        super().check(cluster, label_key)
        for path in (self.chart, *self.values):
            if not Path(path).exists():
                raise Problem(f"{path} does not exist in this checkout")
        last = self._history(cluster)[-1]
        if last["status"] != DEPLOYED:
            raise Problem(
                f"revision {last['revision']} of the release {self.release} is "
                f"{last['status']}",
                f"Run `helm rollback {self.release}` to a revision that works",
            )
        self._check_rendering(cluster, label_key)

    def permissions(self) -> list[Permission]:
        # Helm keeps each revision of a release in a Secret.
        verbs = ("get", "list", "create", "update", "delete")
        return [*super().permissions(), *((verb, "secrets", "") for verb in verbs)]

    def before(self, cluster: Cluster) -> dict[str, Any]:
        return {"revision": self._history(cluster)[-1]["revision"]}

    def put(self, cluster: Cluster, pins: Pins, adjust: Adjust | None = None) -> None:
        pin = pins[self.target]
        quote(self._upgrade(cluster, pin.version))
        log(f"{self.release}: image {pin.version.image}")

    def put_back(
        self, cluster: Cluster, pins: Pins, before: dict[str, Any] | None = None
    ) -> None:
        history = self._history(cluster)
        back = (before or {}).get("revision")
        if not isinstance(back, int):
            back = self._holding(cluster, history, pins[self.target].version.digest)
        last = history[-1]
        again = last["description"] == f"Rollback to {back}"
        if last["status"] == DEPLOYED and (last["revision"] == back or again):
            log(f"{self.release} is at revision {back}")
            return
        # A lost upgrade stays pending, which a rollback ends.
        self._helm(cluster, "roll back", "rollback", self.release, str(back))
        log(f"{self.release}: rolled back to revision {back}")

    def _holding(
        self, cluster: Cluster, history: list[dict[str, Any]], digest: str
    ) -> int:
        """The newest revision with this digest, for a mark that was written again."""
        for one in reversed(history):
            revision = str(one["revision"])
            arguments = ("get", "manifest", self.release, f"--revision={revision}")
            if digest in self._helm(cluster, "read the revisions of", *arguments):
                return int(revision)
        raise Problem(f"no revision of the release {self.release} has {digest}")

    def _check_rendering(self, cluster: Cluster, label_key: str) -> None:
        """Renders the chart with a version that does not exist, and looks for it."""
        sample = Version(f"sample.invalid/image@sha256:{'0' * 64}", "sample")
        rendered = json.loads(
            self._upgrade(cluster, sample, "--dry-run=server", "--output=json")
        )
        out = cluster.kubectl(
            f"cannot read the rendering of {self.chart}",
            "create",
            "--dry-run=client",
            "--output=json",
            "--filename=-",
            stdin=str(rendered.get("manifest", "")),
            timeout=60,
        )
        for item in read_documents(out, self.chart):
            if object_ref(item) == self.target:
                break
        else:
            raise Problem(f"the chart {self.chart} renders no {self.target}")
        found = pinned(item, Pin(self.container, label_key, sample), self.target)
        if found is None or found.digest != sample.digest:
            raise Problem(
                f"{self.chart} renders {self.target} without the digest of `set`",
                "Name the value from which the chart takes the image",
            )
        if found.label != sample.label:
            raise Problem(
                f"{self.chart} renders the pods of {self.target} without the label "
                f"{label_key} of `set`",
                "Name the value from which the chart takes the labels of its pods",
            )

    def _upgrade(self, cluster: Cluster, version: Version, *options: str) -> str:
        filled = {
            "$image": version.image,
            "$digest": version.digest,
            "$version": version.label or "",
        }
        arguments = [f"--values={path}" for path in self.values]
        for key, value in self.set.items():
            for name, text in filled.items():
                value = value.replace(name, text)
            # A comma would begin another value.
            escaped = value.replace("\\", "\\\\").replace(",", "\\,")
            arguments.append(f"--set-string={key}={escaped}")
        command = ("upgrade", self.release, self.chart, *arguments, *options)
        return self._helm(cluster, "upgrade", *command)

    def _history(self, cluster: Cluster) -> list[dict[str, Any]]:
        """The revisions, the newest last."""
        arguments = ("history", self.release, "--output=json")
        found = json.loads(self._helm(cluster, "read", *arguments))
        if not isinstance(found, list) or not found:
            raise Problem(f"helm's answer about {self.release} is not a history")
        return found

    def _helm(self, cluster: Cluster, what: str, *arguments: str) -> str:
        settings = cluster.settings
        command = ["helm", *arguments, f"--namespace={settings.namespace}"]
        if settings.context:
            command.append(f"--kube-context={settings.context}")
        code, out, stderr = run_program(command, None, settings.timeout)
        if code != 0:
            raise Failed(f"cannot {what} the release {self.release}", stderr, out)
        return out
