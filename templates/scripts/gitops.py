"""GitOps: a commit to the repository that Argo CD or Flux follows.

    {"kind": "gitops", "target": "deployment/atom", "container": "atom",
     "repository": "acme/config", "branch": "main",
     "path": "production/kustomization.yaml",
     "token": ExternalValue}                which may push to the repository

Lines of the file that end with such a comment get the value that it names:

    digest: sha256:…  # pipewright: atom.digest
    version: "…"      # pipewright: atom.version
    image: …          # pipewright: atom.image

The controller applies the commit; this delivery waits until the workload runs the
digest. A rollback is a commit with the values before. The marks are in a ConfigMap,
so the cluster is only read besides.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

from cluster import Cluster
from delivery_base import Adjust, Delivery, Permission, Pins
from pods import Pin, Version, pinned
from runner import Problem, annotate, log
from settings import Table
from working_copy import Remote

SETTER = re.compile(
    r"^(?P<key>\s*(?:- +)?[^\s#][^#]*?: +)(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'#]+)"
    r"(?P<end>\s+#\s*pipewright:\s*(?P<workload>[\w-]+)\.(?P<what>[a-z]+)\s*)$"
)
VALUES = ("image", "digest", "version")
PAUSE = 1.0  # Seconds between two questions to the cluster.


class GitOps(Delivery):
    kind = "gitops"
    divisible = False
    labelled = False
    followed = True

    def __init__(self, table: Table, workload: str) -> None:
        super().__init__(table, workload)
        self.workload = workload
        self.path = table.text("path")
        self.remote = Remote(
            table.text("repository"),
            table.text("branch"),
            table.external("token"),
        )

    @property
    def marked(self) -> str:
        return f"configmap/pipewright-{self.workload}"

    def prepare(self, cluster: Cluster) -> None:
        cluster.hold(self.marked)

    def permissions(self) -> list[Permission]:
        kind = self.target.partition("/")[0]
        needed = [("get", self.target, ""), ("list", "pods", "")]
        needed += [(verb, f"{kind}s", "") for verb in ("list", "watch")]
        needed += [(verb, self.marked, "") for verb in ("get", "patch")]
        return [*needed, ("create", "configmaps", "")]

    def check(self, cluster: Cluster, label_key: str) -> None:
        super().check(cluster, label_key)
        found = self._values()
        if not found.keys() & {"image", "digest"}:
            name = f"{self.remote.repository}/{self.path}"
            raise Problem(
                f"no line of {name} takes the digest of {self.workload}",
                f"End the line with `# pipewright: {self.workload}.digest`",
            )
        self.remote.may_push()
        named = (found.get("digest") or found["image"]).rpartition("@")[2]
        runs = self.running(cluster, label_key)
        if named != runs.digest:
            annotate(
                "warning",
                f"{self.path} names {named}, and {self.target} runs {runs.image}: "
                "its controller has not followed yet",
            )

    def before(self, cluster: Cluster) -> dict[str, Any]:
        return {"values": self._values()}

    def put(self, cluster: Cluster, pins: Pins, adjust: Adjust | None = None) -> None:
        version = pins[self.target].version
        self._commit(version, {}, f"Deploy {self.workload} {version.label}")

    def put_back(
        self, cluster: Cluster, pins: Pins, before: dict[str, Any] | None = None
    ) -> None:
        version = pins[self.target].version
        values = (before or {}).get("values") or {}
        self._commit(version, values, f"Roll {self.workload} back to {version.digest}")

    def settle(self, cluster: Cluster, pins: Pins, back: bool = False) -> None:
        pin = pins[self.target]
        until = time.monotonic() + cluster.settings.timeout
        while self._named(cluster, pin) != pin.version.digest:
            if time.monotonic() > until:
                raise Problem(
                    f"the controller of {self.target} has not applied {self.path} "
                    f"within {cluster.settings.timeout:g}s",
                    "Look at its Application or Kustomization",
                )
            time.sleep(PAUSE)
        super().settle(cluster, pins, back)

    def prove(self, cluster: Cluster, pins: Pins) -> None:
        """The label is the controller's: a commit sets it with the digest, or never."""
        found = {}
        for ref, pin in pins.items():
            now = pinned(cluster.need(ref), pin, ref)
            label = now.label if now is not None else None
            found[ref] = replace(pin, version=Version(pin.version.image, label))
        super().prove(cluster, found)

    def _named(self, cluster: Cluster, pin: Pin) -> str:
        now = pinned(cluster.need(self.target), pin, self.target)
        return now.digest if now is not None else ""

    def _values(self) -> dict[str, str]:
        """The values that the file has now."""
        with self.remote.copy() as copy:
            lines = copy.read(self.path).splitlines()
        found = [match for line in lines if (match := self._setter(line))]
        return {match["what"]: match["value"].strip("\"'") for match in found}

    def _setter(self, line: str) -> re.Match[str] | None:
        match = SETTER.match(line)
        if match is None or match["workload"] != self.workload:
            return None
        if match["what"] not in VALUES:
            raise Problem(
                f"{self.path}: `# pipewright: {self.workload}.{match['what']}` is none "
                f"of {', '.join(VALUES)}"
            )
        return match

    def _commit(self, version: Version, values: dict[str, str], title: str) -> None:
        label = version.label or values.get("version", "")
        new = {"image": version.image, "digest": version.digest, "version": label}

        def edit(text: str) -> str:
            return "".join(
                self._filled(line, new) for line in text.splitlines(keepends=True)
            )

        commit = self.remote.change(self.path, edit, title)
        if commit is None:
            log(f"{self.path} names {version.digest} already")
        else:
            log(f"{self.remote.repository}: {commit[:12]} names {version.digest}")

    def _filled(self, line: str, values: dict[str, str]) -> str:
        body = line.rstrip("\r\n")
        match = self._setter(body)
        if match is None:
            return line
        value = values[match["what"]]
        # A version of digits alone is a number without quotes.
        text = f'"{value}"' if match["what"] == "version" else value
        return f"{match['key']}{text}{match['end']}{line[len(body) :]}"
