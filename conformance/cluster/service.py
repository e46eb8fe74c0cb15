"""The service that is deployed, in many versions: what its image says decides how it behaves.

It counts its requests as client libraries of Prometheus do:
<https://prometheus.io/docs/instrumenting/exposition_formats/>.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PORT = 8000
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0)
LOGIN = ("smoke-user", "smoke-password-1")
TOKEN = "token-of-the-service"


@dataclass(frozen=True)
class Image:
    """A version. `fault` is image-pull, crash or unready; `errors` is the share of requests that
    end with 500; `broken` is a path that never works.
    """

    fault: str = ""
    ready_after: float = 0.3
    errors: float = 0.0
    latency: float = 0.0
    broken: str = ""
    measured: bool = True


def place(address: str) -> str:
    """The loopback address at which a pod's server is; the API refuses loopback for pods."""
    return "127" + address.removeprefix("10")


class Service:
    """One pod's server."""

    def __init__(self, address: str, image: Image, labels: dict[str, str], pod: str) -> None:
        self.image = image
        self.version = labels.get("version", "")
        self.pod = pod
        self.codes: Counter[int] = Counter()
        self.seconds: Counter[float] = Counter()
        self.total = 0.0
        self._numbers = itertools.count(1)
        handler = type("Bound", (Handler,), {"service": self})
        self._server = Server((address, PORT), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()

    def fails(self) -> bool:
        """Whether the next request fails, so that the share is exact over many."""
        number = next(self._numbers)
        return int(number * self.image.errors) > int((number - 1) * self.image.errors)

    def counted(self, code: int, seconds: float) -> None:
        """Notes a request."""
        self.codes[code] += 1
        self.total += seconds
        for bucket in BUCKETS:
            self.seconds[bucket] += seconds <= bucket

    def metrics(self) -> str:
        """What Prometheus reads."""
        if not self.image.measured:
            return ""
        count = sum(self.codes.values())
        lines = ["# TYPE http_requests_total counter"]
        lines += [
            f'http_requests_total{{code="{code}"}} {self.codes[code]}'
            for code in sorted({200, *self.codes})
        ]
        name = "http_request_duration_seconds"
        lines.append(f"# TYPE {name} histogram")
        lines += [f'{name}_bucket{{le="{le}"}} {self.seconds[le]}' for le in BUCKETS]
        lines.append(f'{name}_bucket{{le="+Inf"}} {count}')
        lines += [f"{name}_sum {self.total}", f"{name}_count {count}"]
        return "\n".join(lines) + "\n"


class Server(ThreadingHTTPServer):
    """Takes many connections at once, and an address that was used before."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    service: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answers what a service of ours would."""
        began = time.monotonic()
        if self.path == "/metrics":
            self._send(200, self.service.metrics(), "text/plain; version=0.0.4")
            return
        if self.service.image.latency:
            time.sleep(self.service.image.latency)
        status, answer = self._answer()
        self.service.counted(status, time.monotonic() - began)
        self._send(status, json.dumps(answer), "application/json")

    def do_POST(self) -> None:
        """As GET, with what was sent."""
        self.do_GET()

    def _answer(self) -> tuple[int, dict[str, Any]]:
        length = int(self.headers.get("Content-Length") or 0)
        given = self.rfile.read(length)
        path = self.path.partition("?")[0]
        if path == self.service.image.broken:
            return 500, {"error": "broken"}
        if path.startswith("/health/"):
            return 200, {"status": "healthy"}
        if path == "/api/auth/login":
            sent = json.loads(given or b"{}")
            if (sent.get("username"), sent.get("password")) != LOGIN:
                return 401, {"error": "who are you?"}
            return 200, {"access_token": TOKEN}
        if path == "/api/agents":
            allowed = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            return (200, {"agents": []}) if allowed else (401, {"error": "log in"})
        if self.service.fails():
            return 500, {"error": "now and then"}
        return 200, {"version": self.service.version}

    def _send(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("X-Version", self.service.version)
        self.send_header("X-Pod", self.service.pod)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
