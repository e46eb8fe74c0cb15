"""The cluster, through kubectl: time limits, retries, JSON.

    "cluster": {
      "namespace": "production",            required
      "kubeconfig": ExternalValue,          absent after a cloud log-in
      "context": "name",                    optional
      "timeout": "10m"                      of one rollout, default 10m
    }

KUBECONFIG names the file in every step. Arguments of kubectl contain no secrets;
manifests go through standard input. An environment without a cluster has no such
table; its workloads are changed by commands alone.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import Problem, annotate, blank, log, quote
from settings import ExternalValue, Table

REFERENCE = re.compile(r"[a-z][a-z0-9.-]*/[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
TRANSIENT = re.compile(
    r"connection (refused|reset)|connection to the server .* was refused|i/o timeout"
    r"|TLS handshake timeout|\bEOF\b|ServiceUnavailable"
    r"|[Tt]oo [Mm]any [Rr]equests|unable to return a response|etcdserver"
    r"|deadline exceeded|Unable to connect to the server|no such host"
    r"|Internal ?[Ee]rror|http2: client connection",
)
# Conflict: the object has changed since it was read.
MOVED = re.compile(
    r"the object has been modified|Conflict|request is invalid"
    r"|test.* failed|testing .* failed",
    re.IGNORECASE,
)


class Failed(Problem):
    """A failed call of kubectl."""

    def __init__(self, what: str, stderr: str, printed: str = "") -> None:
        last = " ".join(stderr.strip().splitlines()[-3:]) or "no error message"
        super().__init__(f"{what}: {last}")
        self.stderr = stderr
        self.printed = printed


@dataclass(frozen=True)
class ClusterSettings:
    namespace: str
    kubeconfig: ExternalValue | None
    context: str | None
    timeout: float

    @staticmethod
    def read(root: Table) -> ClusterSettings:
        if not root.has("cluster"):
            timeout = root.seconds("timeout", "10m")
            return ClusterSettings("", None, None, timeout)
        table = root.table("cluster")
        read = ClusterSettings(
            namespace=table.text("namespace"),
            kubeconfig=table.external_or_none("kubeconfig"),
            context=table.text_or_none("context"),
            timeout=table.seconds("timeout", "10m"),
        )
        table.done()
        return read


def reference(table: Table, key: str) -> str:
    """A `kind/name` such as `deployment/atom`."""
    value = table.text(key)
    if REFERENCE.fullmatch(value) is None:
        raise table.wrong(key, "kind/name, such as deployment/atom")
    return value


class Cluster:
    def __init__(self, settings: ClusterSettings) -> None:
        self.settings = settings

    @property
    def absent(self) -> bool:
        """Returns whether the environment has no cluster."""
        return not self.settings.namespace

    # ── the kubeconfig ──

    def kubeconfig_path(self) -> Path:
        path = os.environ.get("KUBECONFIG", "")
        if not path:
            raise Problem("KUBECONFIG must name the file to read or write")
        return Path(path)

    def connect(self) -> bool:
        """Writes the kubeconfig if its value is set; returns whether a file exists."""
        path = self.kubeconfig_path()
        external = self.settings.kubeconfig
        value = external.value() if external is not None else None
        if external is not None and value is not None:
            blank(value)
            if "clusters" not in value:
                raise Problem(
                    f"{external.described} is not a kubeconfig: it names no clusters",
                    "Store the file's own text, not encoded",
                )
            _write_private(path, value + "\n")
        return path.is_file()

    # ── kubectl ──

    def arguments(self, *arguments: str) -> list[str]:
        command = ["kubectl", f"--namespace={self.settings.namespace}"]
        if self.settings.context:
            command.append(f"--context={self.settings.context}")
        return [*command, *arguments]

    def kubectl(
        self,
        what: str,
        *arguments: str,
        stdin: str | None = None,
        timeout: float = 30.0,
        attempts: int = 4,
    ) -> str:
        """Returns kubectl's standard output; `what` is the prefix of its error."""
        command = self.arguments(*arguments)
        pause = 1.0
        for attempt in range(1, attempts + 1):
            code, out, stderr = run_program(command, stdin, timeout)
            if code == 0:
                _show_warnings(arguments, stderr)
                return out
            if attempt == attempts or not TRANSIENT.search(stderr):
                raise Failed(what, stderr, out)
            log(f"{what}: {stderr.strip().splitlines()[-1]} (trying again)")
            time.sleep(pause)
            pause *= 2
        raise Failed(what, "no attempt was made")

    def get(self, ref: str) -> dict[str, Any] | None:
        """The object, or None if it does not exist."""
        out = self.kubectl(
            f"cannot read {ref}",
            "get",
            ref,
            "--ignore-not-found",
            "--output=json",
            "--request-timeout=20s",
        )
        return _object(out, ref) if out.strip() else None

    def need(self, ref: str) -> dict[str, Any]:
        found = self.get(ref)
        if found is None:
            raise Problem(
                f"{ref} does not exist in namespace {self.settings.namespace}"
            )
        return found

    def pods(self, workload: dict[str, Any]) -> list[dict[str, Any]]:
        labels = workload.get("spec", {}).get("selector", {}).get("matchLabels") or {}
        if not labels:
            return []
        selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        out = self.kubectl(
            "cannot list the pods",
            "get",
            "pods",
            f"--selector={selector}",
            "--output=json",
        )
        return list(_object(out, "pods").get("items", []))

    def merge(self, ref: str, body: dict[str, Any]) -> None:
        self._patch(ref, "merge", body)

    def json_patch(self, ref: str, operations: list[dict[str, Any]]) -> None:
        self._patch(ref, "json", operations)

    def _patch(self, ref: str, kind: str, body: Any) -> None:
        self.kubectl(
            f"cannot patch {ref}",
            "patch",
            ref,
            f"--type={kind}",
            f"--patch={json.dumps(body, separators=(',', ':'))}",
            "--request-timeout=20s",
        )

    def annotate(self, ref: str, annotations: dict[str, str | None]) -> None:
        """Sets annotations, and removes those that are None."""
        self.merge(ref, {"metadata": {"annotations": annotations}})

    def apply(self, what: str, manifest: Any) -> None:
        out = self.kubectl(
            what, "apply", "--filename=-", stdin=json.dumps(manifest), timeout=120
        )
        quote(out)

    def hold(self, ref: str) -> None:
        """Creates an empty ConfigMap, for marks, unless it exists."""
        if self.get(ref) is None:
            name = ref.partition("/")[2]
            empty = {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": name},
            }
            self.apply(f"cannot create {ref}", empty)

    def would_apply(self, what: str, manifest: Any) -> None:
        """Raises a problem if the API server would refuse the objects.

        It checks permissions, schemas and admission, and changes nothing.
        https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
        """
        try:
            self.kubectl(
                what,
                "apply",
                "--dry-run=server",
                "--filename=-",
                stdin=json.dumps(manifest),
                timeout=120,
            )
        except Failed as refused:
            if "does not support dry run" not in refused.stderr:
                raise
            log("the objects are not checked in advance: a webhook has no dry run")

    def delete(self, ref: str) -> None:
        self.kubectl(
            f"cannot delete {ref}",
            "delete",
            ref,
            "--ignore-not-found",
            "--wait=true",
            "--timeout=60s",
            timeout=90,
        )

    def rollout(self, ref: str, timeout: float | None = None) -> None:
        """Waits until every pod runs the workload's current template."""
        limit = self.settings.timeout if timeout is None else timeout
        try:
            out = self.kubectl(
                f"{ref} did not become ready",
                "rollout",
                "status",
                ref,
                f"--timeout={int(limit)}s",
                timeout=limit + 30,
            )
        except Failed as failed:
            self._explain(ref)
            reasons = self.reasons(ref.partition("/")[2])
            raise Problem(f"{failed}{reasons}") from None
        quote(out)

    def may(self, verb: str, resource: str, part: str = "") -> bool:
        """Returns whether RBAC allows the verb; kubectl exits with 1 for "no".

        `part` is a subresource, such as the logs of pods.
        """
        what = f"cannot ask whether {verb} {resource} is allowed"
        of = [f"--subresource={part}"] if part else []
        try:
            answer = self.kubectl(what, "auth", "can-i", verb, resource, *of)
            return answer.strip() == "yes"
        except Failed as refused:
            if refused.printed.strip() == "no":
                return False
            raise

    def reasons(self, name: str) -> str:
        """The cluster's last warnings about an object and its pods, or ""."""
        try:
            out = self.kubectl(
                "cannot list events",
                "get",
                "events",
                "--field-selector=type=Warning",
                "--output=json",
                attempts=1,
            )
        except Problem:
            return ""
        found = [
            f"{event.get('reason')}: {event.get('message')}"
            for event in _object(out, "events").get("items", [])
            if str(event.get("involvedObject", {}).get("name", "")).startswith(name)
        ]
        return "".join(f"; {reason}" for reason in list(dict.fromkeys(found))[-3:])

    def _explain(self, ref: str) -> None:
        """The reasons for which containers of these pods wait."""
        try:
            pods = self.pods(self.need(ref))
        except Problem:
            return
        for pod in pods:
            status = pod.get("status", {})
            for container in status.get("containerStatuses") or []:
                for state in (container.get("state") or {}).values():
                    reason = (state or {}).get("reason")
                    if reason:
                        name = pod.get("metadata", {}).get("name", "?")
                        message = (state or {}).get("message", "")
                        quote(
                            f"pod {name}, {container.get('name')}: {reason} {message}"
                        )


def _show_warnings(arguments: tuple[str, ...], stderr: str) -> None:
    """Passes on what the API server warns of, such as the level of Pod Security."""
    if arguments[0] == "apply":
        for line in stderr.splitlines():
            if line.startswith("Warning: "):
                annotate("warning", line.removeprefix("Warning: "))


def run_program(
    command: list[str],
    stdin: str | None,
    timeout: float,
    environment: dict[str, str] | None = None,
) -> tuple[int, str, str]:
    try:
        done = subprocess.run(
            command,
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            env=os.environ | (environment or {}),
            check=False,
        )
    except FileNotFoundError:
        raise Problem(f"{command[0]} is not installed on this runner") from None
    except subprocess.TimeoutExpired:
        return 124, "", f"no answer within {timeout:g} seconds: i/o timeout"
    return done.returncode, done.stdout, done.stderr


def _object(text: str, what: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        raise Problem(f"kubectl's answer about {what} is not JSON") from None
    if not isinstance(data, dict):
        raise Problem(f"kubectl's answer about {what} is not an object")
    return data


def _write_private(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Created with its mode, and never through an existing link.
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as fault:
        raise Problem(f"cannot write the kubeconfig: {fault.strerror}") from None
