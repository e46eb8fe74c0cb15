"""etcd, kube-apiserver and kube-controller-manager on this machine, and a pretend node.

`Cluster` is one of them, with as many namespaces as cases need. Sources of the options:
<https://kubernetes.io/docs/reference/command-line-tools-reference/>.
"""

from __future__ import annotations

import fcntl
import json
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import route_type
from api import Api
from kubelet import Kubelet

ADMINISTRATOR, DEPLOYER = "administrator-token", "deployer-token"
# `endpoint` fills what the gateway and Prometheus read; `garbagecollector` deletes pods of Jobs.
CONTROLLERS = (
    *("deployment", "replicaset", "statefulset", "job", "endpoint", "namespace"),
    *("garbagecollector", "ttl-after-finished", "resourcequota", "podgc"),
)
READY_WITHIN = 60.0


class Cluster:
    """A control plane that runs."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.port = free_port()
        self.api = Api(self.port, ADMINISTRATOR)
        self.kubelet: Kubelet
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Starts everything, and waits until it answers."""
        etcd, peer = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        self._key()
        (self.folder / "tokens.csv").write_text(
            f"{ADMINISTRATOR},administrator,1,system:masters\n{DEPLOYER},deployer,2,deployers\n",
            "utf-8",
        )
        self._begin(
            "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={etcd}",
            f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",
        )
        key = self.folder / "service-account.key"
        self._begin(
            "kube-apiserver",
            f"--etcd-servers={etcd}",
            f"--secure-port={self.port}",
            "--bind-address=127.0.0.1",
            f"--cert-dir={self.folder / 'certificates'}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--service-account-issuer=https://cluster.invalid",
            "--service-cluster-ip-range=10.0.0.0/16",
            # Pods would wait for the accounts and tokens that no controller here makes.
            "--disable-admission-plugins=ServiceAccount",
            "--feature-gates=TTLAfterFinished=true",
            "--profiling=false",
        )
        self._wait()
        self._begin(
            "kube-controller-manager",
            f"--kubeconfig={self.kubeconfig(ADMINISTRATOR)}",
            "--leader-elect=false",
            f"--controllers={','.join(CONTROLLERS)}",
            "--feature-gates=TTLAfterFinished=true",
            f"--service-account-private-key-file={key}",
            *("--secure-port=0", "--port=0"),
        )
        self._httproutes()
        self.kubelet = Kubelet(self.api, self.folder)
        self.kubelet.start()

    def stop(self) -> None:
        """Ends what was started."""
        if hasattr(self, "kubelet"):
            self.kubelet.stop()
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    # ── use ───────────────────────────────────────────────────────────────────

    def kubeconfig(self, token: str, server: str = "") -> Path:
        """A file with which kubectl is this user."""
        path = self.folder / f"{token}.json"
        at = {
            "server": server or f"https://127.0.0.1:{self.port}",
            "insecure-skip-tls-verify": True,
        }
        path.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [{"name": "cluster", "cluster": at}],
                    "users": [{"name": "user", "user": {"token": token}}],
                    "contexts": [{"name": "x", "context": {"cluster": "cluster", "user": "user"}}],
                    "current-context": "x",
                },
                indent=1,
            ),
            "utf-8",
        )
        return path

    def kubectl(self, namespace: str, *arguments: str, given: Any = None) -> str:
        """What an administrator's kubectl prints."""
        command = [str(self.programs / "kubectl"), f"--namespace={namespace}", *arguments]
        done = subprocess.run(
            command,
            env={"KUBECONFIG": str(self.kubeconfig(ADMINISTRATOR)), "HOME": str(self.folder)},
            input=None if given is None else json.dumps(given),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def object(self, namespace: str, ref: str) -> dict[str, Any]:
        """An object as the API has it."""
        return dict(json.loads(self.kubectl(namespace, "get", ref, "--output=json")))

    def apply(self, namespace: str, *objects: dict[str, Any]) -> None:
        """Applies objects as an administrator."""
        everything = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl(namespace, "apply", "--filename=-", given=everything)

    def patch(self, namespace: str, ref: str, operations: list[dict[str, Any]]) -> None:
        """Patches an object as an administrator."""
        patch = f"--patch={json.dumps(operations)}"
        self.kubectl(namespace, "patch", ref, "--type=json", patch)

    # ── starting ──────────────────────────────────────────────────────────────

    def _begin(self, name: str, *options: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            command = [str(self.programs / name), *options]
            self._processes.append(
                subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
            )

    def _key(self) -> None:
        command = ["openssl", "genrsa", "-out", str(self.folder / "service-account.key"), "2048"]
        subprocess.run(command, check=True, capture_output=True)

    def _wait(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            try:
                if self.api.call("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        log = (self.folder / "kube-apiserver.log").read_text("utf-8", "replace")[-2000:]
        raise AssertionError(f"kube-apiserver is not ready: {log}")

    def _httproutes(self) -> None:
        kind = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        status, answer = self.api.call("POST", kind, route_type.DEFINITION)
        assert status == 201, answer
        until = time.monotonic() + READY_WITHIN
        while self.api.get(f"/apis/{route_type.GROUP}/v1/httproutes") is None:
            assert time.monotonic() < until, "HTTPRoute is not served"
            time.sleep(0.1)


PORTS = range(20_000, 32_000)  # Below those that Linux gives to connections.
HELD: list[IO[str]] = []


def free_port() -> int:
    """A port that is free, and that no other process of the bench gets while this one runs."""
    while True:
        port = PORTS[secrets.randbelow(len(PORTS))]
        lock = (Path(tempfile.gettempdir()) / f"pipewright-port-{port}").open("w")
        with socket.socket() as probe:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                probe.bind(("127.0.0.1", port))
            except OSError:
                lock.close()
                continue
        HELD.append(lock)
        return port


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """A control plane in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="pipewright-cluster-"))
    made = Cluster(programs, folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
