"""A kubelet's own server, which kube-apiserver asks for logs and for connections to pods.

Sources: <https://github.com/kubernetes/kubernetes/blob/v1.20.2/pkg/kubelet/server/server.go>,
`/containerLogs/{podNamespace}/{podID}/{containerName}`, and
`/portForward/{podNamespace}/{podID}` with the frames of `spdy.py`.
"""

from __future__ import annotations

import ssl
import subprocess
import tempfile
import threading
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import spdy

PROTOCOL = "portforward.k8s.io"


class NodeServer:
    """Serves until it is closed."""

    def __init__(
        self, log: Callable[[str, str], bytes], address: Callable[[str, str], str]
    ) -> None:
        handler = type(
            "Bound", (Handler,), {"log": staticmethod(log), "address": staticmethod(address)}
        )
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.socket = _secured().wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers one request of kube-apiserver."""

    log: Callable[[str, str], bytes]
    address: Callable[[str, str], str]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The output of a container."""
        parts = urllib.parse.urlsplit(self.path)
        found = parts.path.strip("/").split("/")
        if len(found) != 4 or found[0] != "containerLogs":
            # A connection through WebSocket as well: this version of Kubernetes has none.
            self._send(404, b"not found")
            return
        body = self.log(found[1], found[2])
        tail = urllib.parse.parse_qs(parts.query).get("tailLines", [""])[0]
        if tail:
            body = b"".join(body.splitlines(keepends=True)[-int(tail) :])
        self._send(200, body)

    def do_POST(self) -> None:
        """A connection to a pod."""
        found = urllib.parse.urlsplit(self.path).path.strip("/").split("/")
        upgrade = self.headers.get("Upgrade", "")
        if len(found) < 3 or found[0] != "portForward" or upgrade != "SPDY/3.1":
            self._send(404, b"not found")
            return
        self.send_response(101)
        for key, value in (("Connection", "Upgrade"), ("Upgrade", upgrade)):
            self.send_header(key, value)
        self.send_header("X-Stream-Protocol-Version", PROTOCOL)
        self.end_headers()
        self.close_connection = True
        spdy.forward(self.connection, self.rfile, self.address(found[1], found[2]))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def _secured() -> ssl.SSLContext:
    """A self-signed certificate: without a kubelet authority kube-apiserver verifies none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key", Path(folder) / "certificate"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        command += ["-subj", "/CN=node-1", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(command, check=True, capture_output=True)
        context.load_cert_chain(certificate, key)
    return context
