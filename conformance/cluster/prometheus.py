"""Debian's Prometheus, which reads the pods of a cluster every second.

It is built without discovery through Kubernetes, so it finds the pods in a file.

In front of it is a proxy, since a real one is hard to make fail on demand. `fault` is `down`,
`slow`, or `partial`: the answer of a store that has lost a part, as
<https://prometheus.io/docs/prometheus/latest/querying/api/> describes `warnings`.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler
from typing import Any

from control_plane import Cluster, free_port

from service import Server

READY_WITHIN = 30.0


class Prometheus:
    """Runs until it is stopped."""

    def __init__(self, cluster: Cluster) -> None:
        self.faults: dict[str, str] = {}
        self.port = free_port()
        self._cluster = cluster
        self._targets = cluster.folder / "prometheus" / "pods.json"
        self._stopped = threading.Event()
        handler = type("Bound", (Handler,), {"prometheus": self})
        self._proxy = Server(("127.0.0.1", 0), handler)
        self._url = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        threading.Thread(target=self._proxy.serve_forever, daemon=True).start()
        self._process = self._started()
        threading.Thread(target=self._find, daemon=True).start()

    def url(self, namespace: str) -> str:
        """The address for one namespace's deploys, so that its faults are its own."""
        return f"{self._url}/{namespace}"

    def value(self, query: str) -> float:
        """The value of a query now; 0 where there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", f"/api/v1/query?{urllib.parse.urlencode({'query': query})}")
        found = json.loads(connection.getresponse().read())["data"]["result"]
        return float(found[0]["value"][1]) if found else 0.0

    def stop(self) -> None:
        """Ends it and the proxy."""
        self._stopped.set()
        self._process.kill()
        self._process.wait()
        self._proxy.shutdown()
        self._proxy.server_close()

    def _started(self) -> subprocess.Popen[bytes]:
        folder = self._targets.parent
        folder.mkdir()
        self._targets.write_text("[]", "utf-8")
        (folder / "prometheus.yml").write_text(json.dumps(self._settings()), "utf-8")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    str(self._cluster.programs / "prometheus"),
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{self.port}",
                ],
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + READY_WITHIN
        while not self._ready():
            text = (folder / "log").read_text("utf-8", "replace")[-2000:]
            assert time.monotonic() < until and process.poll() is None, text
            time.sleep(0.1)
        return process

    def _ready(self) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            connection.request("GET", "/-/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def _settings(self) -> dict[str, Any]:
        """Source: <https://prometheus.io/docs/prometheus/2.42/configuration/configuration/>."""
        found = {"files": [str(self._targets)], "refresh_interval": "1s"}
        job = {"job_name": "pods", "file_sd_configs": [found]}
        every = {"scrape_interval": "1s", "scrape_timeout": "1s"}
        return {"global": every, "scrape_configs": [job]}

    def _find(self) -> None:
        """Keeps the file of pods up to date, which Prometheus watches."""
        told: Any = None
        while not self._stopped.wait(0.2):
            targets = self._cluster.kubelet.targets()
            if targets != told:
                half = self._targets.with_suffix(".half")
                half.write_text(json.dumps(targets), "utf-8")
                half.rename(self._targets)
                told = targets


class Handler(BaseHTTPRequestHandler):
    """Sends a query on, or spoils it."""

    prometheus: Prometheus

    def do_POST(self) -> None:
        """Sends it on."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, namespace, path = self.path.split("/", 2)
        fault = self.prometheus.faults.get(namespace, "")
        if fault == "down":
            self.close_connection = True
            return
        if fault == "slow":
            time.sleep(30)
        connection = http.client.HTTPConnection("127.0.0.1", self.prometheus.port, timeout=20)
        kind = self.headers.get("Content-Type", "")
        connection.request("POST", f"/{path}", body, {"Content-Type": kind})
        answer = connection.getresponse()
        content = answer.read()
        if fault == "partial":
            content = json.dumps({**json.loads(content), "warnings": ["a store is away"]}).encode()
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            pass  # A slow answer comes after its reader has gone.

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
