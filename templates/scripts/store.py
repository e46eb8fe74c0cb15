"""The store of an environment's marks.

With a cluster, they are annotations of its objects. Without one, the settings name
two commands:

    "marks": {"read": "…", "write": "…"}    required without a cluster
    "timeout": "10m"                        of one rollout, default 10m

`read` prints what `write` was given last, or nothing before the first time. `write`
reads it from its standard input. Both run in bash with ENVIRONMENT set. The text is
JSON: texts by object and key.
"""

from __future__ import annotations

import json
import os
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

from bash import run_bash
from cluster import Cluster
from runner import Problem
from settings import Table

Texts = dict[str, str]
COPIES = "pipewright-marks.json"


class Store(ABC):
    @abstractmethod
    def connect(self) -> bool:
        """Returns whether this job can reach it."""

    @abstractmethod
    def check(self) -> None:
        """Raises a problem unless it can be read and written."""

    @abstractmethod
    def read(self, ref: str) -> Texts:
        """The texts of an object by their keys; none if it does not exist."""

    @abstractmethod
    def write(self, ref: str, texts: dict[str, str | None]) -> None:
        """Sets texts in one change, and removes those that are None."""

    @abstractmethod
    def copies(self) -> Path:
        """The file for this job's copies of its marks."""

    @abstractmethod
    def removal(self, ref: str, key: str) -> str:
        """The way to remove a text by hand."""


class AnnotationStore(Store):
    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def connect(self) -> bool:
        return self.cluster.connect()

    def check(self) -> None:
        if not self.connect():
            raise Problem(
                "KUBECONFIG names no file", "Log in to the cluster before this step"
            )
        self.cluster.kubectl("the cluster is unreachable", "get", "--raw=/version")

    def read(self, ref: str) -> Texts:
        found = self.cluster.get(ref)
        return (found or {}).get("metadata", {}).get("annotations") or {}

    def write(self, ref: str, texts: dict[str, str | None]) -> None:
        self.cluster.annotate(ref, texts)

    def copies(self) -> Path:
        return self.cluster.kubeconfig_path().with_name(COPIES)

    def removal(self, ref: str, key: str) -> str:
        return f"`kubectl annotate {ref} {key}-`"


class CommandStore(Store):
    def __init__(self, table: Table, timeout: float) -> None:
        self.commands = {key: table.text(key) for key in ("read", "write")}
        self.timeout = timeout
        table.done()

    def connect(self) -> bool:
        return True

    def check(self) -> None:
        self._write(self._read())

    def read(self, ref: str) -> Texts:
        return self._read().get(ref, {})

    def write(self, ref: str, texts: dict[str, str | None]) -> None:
        every = self._read()
        merged = every.get(ref, {}) | texts
        every[ref] = {key: text for key, text in merged.items() if text is not None}
        self._write(every)

    def copies(self) -> Path:
        return Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir()) / COPIES

    def removal(self, ref: str, key: str) -> str:
        return f"`marks.write`: without {key} of {ref} in what `marks.read` prints"

    def _read(self) -> dict[str, Texts]:
        text = self._run("read", "")
        if not text.strip():
            return {}
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(map(_texts, found.values())):
            raise Problem(
                "the command `marks.read` did not print what `marks.write` was given",
                "It prints that text alone, and nothing before the first deploy",
            )
        return found

    def _write(self, every: dict[str, Texts]) -> None:
        text = json.dumps(every, indent=2, sort_keys=True) + "\n"
        self._run("write", text)
        if self._read() != every:
            raise Problem("the command `marks.read` did not print what was written")

    def _run(self, key: str, stdin: str) -> str:
        command = self.commands[key]
        return run_bash(f"`marks.{key}`", command, {}, self.timeout, stdin)


def read_store(root: Table, cluster: Cluster) -> Store:
    if not cluster.absent:
        return AnnotationStore(cluster)
    return CommandStore(root.table("marks"), cluster.settings.timeout)


def _texts(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(text, str) for text in value.values()
    )
