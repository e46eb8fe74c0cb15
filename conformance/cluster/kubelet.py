"""A pretend node: scheduler and kubelet in one, whose pods are real where it matters.

A pod of a Job runs its command as a process of this machine, with the environment that its
container has; its exit status and output are the Job's. Any other pod is a service: its image says
in which version (`Image`), and a server answers for the pod's own address once it is ready
(`service.place`). Statuses follow what a kubelet writes:
<https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/>.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api import MERGE, Api
from node_server import NodeServer

from service import PORT, Image, Service, place

NODE = "node-1"
PULSE = 0.1
LAST = ("Succeeded", "Failed")
CONDITIONS = ("PodScheduled", "Initialized", "ContainersReady", "Ready")


@dataclass
class Pod:
    """What the node knows of a pod."""

    born: float
    address: str
    image: str = ""
    service: Service | None = None
    process: subprocess.Popen[bytes] | None = None
    labels: dict[str, str] = field(default_factory=dict)
    shown: Any = None
    told: set[str] = field(default_factory=set)
    ended: float = 0.0


class Kubelet:
    """Runs until it is stopped."""

    def __init__(self, api: Api, folder: Path) -> None:
        self.api = api
        self.folder = folder
        self.images: dict[str, Image] = {}
        # Namespaces where no node has room, where pods are left as they are, and how long a pod
        # of a namespace takes to end.
        self.full: set[str] = set()
        self.paused: set[str] = set()
        self.grace: dict[str, float] = {}
        self.job_folders: dict[str, Path] = {}
        # Commands that a Job's pod ran: namespace, Job, command, and when it began and ended.
        self.ran: list[dict[str, Any]] = []
        self._pods: dict[str, Pod] = {}
        self._numbers = itertools.count(1)
        self._block, self._held = _free_block()
        self._server = NodeServer(self._log, self._reach)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Registers the node, and begins."""
        node = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": NODE},
            "status": {
                "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": self._server.port}},
            },
        }
        status, answer = self.api.call("POST", "/api/v1/nodes", node)
        assert status == 201, answer
        self._thread.start()

    def stop(self) -> None:
        """Ends every pod."""
        self._stopped.set()
        self._thread.join()
        for pod in self._pods.values():
            _end(pod)
        self._server.close()
        self._held.close()

    def evict(self, namespace: str, name: str) -> None:
        """A pod that the node has thrown out: it stays listed, and does not run."""
        at = f"/api/v1/namespaces/{namespace}/pods/{name}"
        found = self.api.get(at)
        pod = self._pods.get(found["metadata"]["uid"])
        if pod is not None:
            _end(pod)
        status = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory."}
        code, answer = self.api.call("PATCH", f"{at}/status", {"status": status}, MERGE)
        assert code == 200, answer

    def change(self, key: str, image: Image) -> None:
        """Changes how a version behaves, in pods that run as well."""
        self.images[key] = image
        for pod in list(self._pods.values()):
            if pod.service:
                pod.service.image = self._behaviour(pod.image)

    def targets(self) -> list[dict[str, Any]]:
        """The pods that serve, as Prometheus reads them from a file."""
        return [
            {"targets": [f"{place(pod.address)}:{PORT}"], "labels": pod.labels}
            for pod in list(self._pods.values())
            if pod.service is not None
        ]

    # ── the loop ──────────────────────────────────────────────────────────────

    def _work(self) -> None:
        while not self._stopped.wait(PULSE):
            pods: list[dict[str, Any]] = []
            with contextlib.suppress(OSError):
                pods = self.api.items("/api/v1/pods")
            for pod in pods:
                if pod["metadata"]["namespace"] not in self.paused:
                    self._tended(pod)

    def _tended(self, pod: dict[str, Any]) -> None:
        """A pod that cannot be tended now is no reason to leave the others."""
        try:
            self._tend(pod)
        except OSError as error:
            sys.stderr.write(f"kubelet: {_path(pod)}: {error}\n")

    def _tend(self, pod: dict[str, Any]) -> None:
        meta = pod["metadata"]
        known = self._pods.setdefault(meta["uid"], Pod(time.monotonic(), self._address()))
        if meta.get("deletionTimestamp"):
            self._delete(pod, known)
        elif not pod["spec"].get("nodeName"):
            self._schedule(pod, known)
        elif pod.get("status", {}).get("phase") in LAST:
            _end(known)
        elif any(owner["kind"] == "Job" for owner in meta.get("ownerReferences") or []):
            self._run_job(pod, known)
        else:
            self._serve(pod, known)

    def _address(self) -> str:
        number = next(self._numbers)
        return f"10.{self._block}.{number // 250}.{number % 250 + 1}"

    def _delete(self, pod: dict[str, Any], known: Pod) -> None:
        now = time.monotonic()
        known.ended = known.ended or now
        if now - known.ended < self.grace.get(pod["metadata"]["namespace"], 0.0):
            return
        _end(known)
        self.api.call("DELETE", _path(pod), {"gracePeriodSeconds": 0})

    def _schedule(self, pod: dict[str, Any], known: Pod) -> None:
        meta = pod["metadata"]
        if meta["namespace"] in self.full:
            message = "0/1 nodes are available: 1 Insufficient cpu."
            scheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
            status = {"phase": "Pending", "conditions": [{**scheduled, "message": message}]}
            self._show(pod, known, status)
            self._tell(pod, known, "FailedScheduling", message)
            return
        target = {"apiVersion": "v1", "kind": "Node", "name": NODE}
        bind = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": meta["name"]}}
        self.api.call("POST", f"{_path(pod)}/binding", {**bind, "target": target})

    # ── services ──────────────────────────────────────────────────────────────

    def _serve(self, pod: dict[str, Any], known: Pod) -> None:
        own = self.image_of(pod)
        age = time.monotonic() - known.born
        if own.fault == "image-pull":
            text = f'Back-off pulling image "{_own_container(pod)["image"]}"'
            self._wait(pod, known, "ImagePullBackOff", text)
            self._tell(pod, known, "Failed", f"Failed to pull image: {text}: not found")
        elif own.fault == "crash":
            text = "back-off 10s restarting failed container"
            self._wait(pod, known, "CrashLoopBackOff", text, running=True)
            self._tell(pod, known, "BackOff", text)
        elif own.fault == "unready" or age < own.ready_after:
            self._show(pod, known, _status(pod, known, "Running", False, _running()))
            if own.fault == "unready":
                self._tell(pod, known, "Unhealthy", "Readiness probe failed: HTTP status 503")
        else:
            if known.service is None:
                labels = pod["metadata"].get("labels", {})
                name = pod["metadata"]["name"]
                known.image = _own_container(pod)["image"]
                known.service = Service(place(known.address), own, labels, name)
                known.labels = {
                    "namespace": pod["metadata"]["namespace"],
                    "pod": name,
                    "version": labels.get("version", ""),
                }
            self._show(pod, known, _status(pod, known, "Running", True, _running()))

    def image_of(self, pod: dict[str, Any]) -> Image:
        """The version that a pod serves."""
        return self._behaviour(_own_container(pod)["image"])

    def _behaviour(self, image: str) -> Image:
        return next((own for key, own in self.images.items() if key in image), Image())

    def _wait(
        self, pod: dict[str, Any], known: Pod, reason: str, message: str, running: bool = False
    ) -> None:
        state = {"waiting": {"reason": reason, "message": message}}
        phase = "Running" if running else "Pending"
        self._show(pod, known, _status(pod, known, phase, False, state))

    # ── Jobs ──────────────────────────────────────────────────────────────────

    def _run_job(self, pod: dict[str, Any], known: Pod) -> None:
        if self.image_of(pod).fault == "image-pull":
            text = f'Back-off pulling image "{_own_container(pod)["image"]}"'
            self._wait(pod, known, "ImagePullBackOff", text)
            self._tell(pod, known, "Failed", f"Failed to pull image: {text}: not found")
            return
        if known.process is None:
            known.process = self._begin(pod)
        code = known.process.poll()
        if code is None:
            self._show(pod, known, _status(pod, known, "Running", True, _running()))
            return
        self._note_end(pod, code)
        reason = "Completed" if code == 0 else "Error"
        state = {"terminated": {"exitCode": code & 255, "reason": reason, "finishedAt": _now()}}
        phase = "Succeeded" if code == 0 else "Failed"
        self._show(pod, known, _status(pod, known, phase, False, state))

    def _begin(self, pod: dict[str, Any]) -> subprocess.Popen[bytes]:
        meta, container = pod["metadata"], _own_container(pod)
        namespace = meta["namespace"]
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        env |= self._environment(namespace, container)
        folder = self.job_folders.get(namespace, self.folder)
        job = meta["ownerReferences"][0]["name"]
        command = [*(container.get("command") or []), *(container.get("args") or [])]
        self.ran.append(
            {
                "namespace": namespace,
                "job": job,
                "uid": meta["uid"],
                "image": container["image"],
                "command": command[-1],
                "env": env,
                "began": time.monotonic(),
            }
        )
        with self._log_path(meta["uid"]).open("wb") as log:
            return subprocess.Popen(
                command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True
            )

    def _note_end(self, pod: dict[str, Any], code: int) -> None:
        for entry in self.ran:
            if entry["uid"] == pod["metadata"]["uid"] and "ended" not in entry:
                entry |= {"ended": time.monotonic(), "code": code}

    def _environment(self, namespace: str, container: dict[str, Any]) -> dict[str, str]:
        """Variables of a container. Source: <https://kubernetes.io/docs/tasks/inject-data-application/>."""
        found: dict[str, str] = {}
        for source in container.get("envFrom") or []:
            for kind, key in (("secrets", "secretRef"), ("configmaps", "configMapRef")):
                if key in source:
                    found |= self._data(namespace, kind, source[key]["name"])
        for variable in container.get("env") or []:
            if "value" in variable:
                found[variable["name"]] = variable["value"]
        return found

    def _data(self, namespace: str, kind: str, name: str) -> dict[str, str]:
        found = self.api.get(f"/api/v1/namespaces/{namespace}/{kind}/{name}") or {}
        if kind == "configmaps":
            return dict(found.get("data") or {})
        return {k: base64.b64decode(v).decode() for k, v in (found.get("data") or {}).items()}

    def _log_path(self, uid: str) -> Path:
        return self.folder / f"pod-{uid}.log"

    def _log(self, namespace: str, name: str) -> bytes:
        found = self.api.get(f"/api/v1/namespaces/{namespace}/pods/{name}")
        path = self._log_path(found["metadata"]["uid"]) if found else None
        return path.read_bytes() if path is not None and path.is_file() else b""

    def _reach(self, namespace: str, name: str) -> str:
        found = self.api.get(f"/api/v1/namespaces/{namespace}/pods/{name}") or {}
        return str(found.get("status", {}).get("podIP", ""))

    # ── what others see ───────────────────────────────────────────────────────

    def _show(self, pod: dict[str, Any], known: Pod, status: dict[str, Any]) -> None:
        key = [status["phase"], [_state(one) for one in status.get("containerStatuses", [])]]
        key.append([one["image"] for one in status.get("containerStatuses", [])])
        if key != known.shown:
            code, _ = self.api.call("PATCH", f"{_path(pod)}/status", {"status": status}, MERGE)
            if code == 200:
                known.shown = key

    def _tell(self, pod: dict[str, Any], known: Pod, reason: str, message: str) -> None:
        """Records an event, once."""
        if reason in known.told:
            return
        known.told.add(reason)
        meta = pod["metadata"]
        self.api.call(
            "POST",
            f"/api/v1/namespaces/{meta['namespace']}/events",
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"generateName": f"{meta['name']}."},
                "involvedObject": {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    **{key: meta[key] for key in ("name", "namespace", "uid")},
                },
                "reason": reason,
                "message": message,
                "type": "Warning",
                "firstTimestamp": _now(),
                "lastTimestamp": _now(),
                "count": 1,
                "source": {"component": "kubelet", "host": NODE},
            },
        )


def _free_block() -> tuple[int, socket.socket]:
    """A block of addresses that no other bench uses, and what holds it."""
    for block in range(64, 128):
        held = socket.socket()
        try:
            held.bind((f"127.{block}.255.254", PORT))
        except OSError:
            held.close()
        else:
            return block, held
    raise AssertionError("every block of addresses is in use")


def _own_container(pod: dict[str, Any]) -> dict[str, Any]:
    """The container whose image decides: the one that a case gives a version, or the only one."""
    containers = pod["spec"]["containers"]
    named = [
        one for one in containers if one["name"] == pod["metadata"].get("labels", {}).get("app")
    ]
    return dict((named or containers)[0])


def _status(
    pod: dict[str, Any], known: Pod, phase: str, ready: bool, state: dict[str, Any]
) -> dict[str, Any]:
    held = {"PodScheduled", "Initialized"} | (set(CONDITIONS) if ready else set())
    conditions = [
        {"type": kind, "status": str(kind in held), "lastTransitionTime": _now()}
        for kind in CONDITIONS
    ]
    return {
        "phase": phase,
        "hostIP": "127.0.0.1",
        "podIP": known.address,
        "podIPs": [{"ip": known.address}],
        "startTime": _now(),
        "conditions": conditions,
        "containerStatuses": [
            {
                "name": one["name"],
                "image": one["image"],
                "imageID": one["image"] if "@" in one["image"] else "",
                "ready": ready,
                "started": ready,
                "restartCount": 3 if "CrashLoop" in str(state) else 0,
                "state": state,
            }
            for one in pod["spec"]["containers"]
        ],
    }


def _running() -> dict[str, Any]:
    return {"running": {"startedAt": _now()}}


def _state(container: dict[str, Any]) -> list[Any]:
    (kind,) = container["state"]
    return [kind, container["ready"]]


def _path(pod: dict[str, Any]) -> str:
    meta = pod["metadata"]
    return f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"


def _end(pod: Pod) -> None:
    if pod.service is not None:
        pod.service.close()
        pod.service = None
    if pod.process is not None and pod.process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pod.process.pid, signal.SIGKILL)
        pod.process.wait()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
