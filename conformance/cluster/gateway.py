"""A gateway that obeys an HTTPRoute's matches and weights, and the traffic of users through it.

Requests are divided among the backends of the first rule that matches, in proportion to their
weights; a backend without a ready pod answers 503.
Source: <https://gateway-api.sigs.k8s.io/reference/spec/>, `HTTPBackendRef`.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from api import Api
from route_type import GROUP

from service import PORT, Server, place

REFRESH = 0.1
HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "host")


@dataclass(frozen=True)
class Served:
    """A request of a user: when it was answered, how, and by which version."""

    at: float
    status: int
    version: str


class Gateway:
    """Serves one namespace."""

    def __init__(self, api: Api, namespace: str, route: str) -> None:
        self.api = api
        self.namespace = namespace
        self.route = route
        self.served: list[Served] = []
        self._rules: list[dict[str, Any]] = []
        self._addresses: dict[str, list[str]] = {}
        self._credit: Counter[tuple[int, int]] = Counter()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        handler = type("Bound", (Handler,), {"gateway": self})
        self._server = Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._begin(self._server.serve_forever, 0.05)
        self._begin(self._refresh)

    def close(self) -> None:
        """Ends the gateway and its users."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(5)

    def user(self, per_second: float) -> None:
        """Sends requests, one after the other, until the gateway is closed."""
        self._begin(self._use, 1 / per_second)

    def since(self, at: float, until: float = float("inf")) -> list[Served]:
        """The requests of users in a time."""
        return [one for one in list(self.served) if at <= one.at <= until]

    def _begin(self, target: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _refresh(self) -> None:
        base = f"/namespaces/{self.namespace}"
        while not self._stopped.wait(REFRESH):
            with contextlib.suppress(OSError):
                route = self.api.get(f"/apis/{GROUP}/v1{base}/httproutes/{self.route}") or {}
                endpoints = self.api.items(f"/api/v1{base}/endpoints")
                with self._lock:
                    self._rules = route.get("spec", {}).get("rules") or []
                    self._addresses = {
                        one["metadata"]["name"]: [
                            address["ip"]
                            for subset in one.get("subsets") or []
                            for address in subset.get("addresses") or []
                        ]
                        for one in endpoints
                    }

    def _use(self, pause: float) -> None:
        connection: http.client.HTTPConnection | None = None
        host = self.url.removeprefix("http://")
        while not self._stopped.wait(pause):
            try:
                connection = connection or http.client.HTTPConnection(host, timeout=5)
                connection.request("GET", "/")
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection = None
                self.served.append(Served(time.monotonic(), 0, ""))
                continue
            version = answer.headers.get("X-Version", "")
            self.served.append(Served(time.monotonic(), answer.status, version))

    def address(self, headers: Any) -> str:
        """The pod that the next request goes to; empty without one."""
        with self._lock:
            for number, rule in enumerate(self._rules):
                if _matches(rule, headers):
                    return self._pod(self._backend(number, rule))
        return ""

    def _backend(self, number: int, rule: dict[str, Any]) -> str:
        """Weighted round robin, in which every backend earns its weight with each request."""
        backends = rule.get("backendRefs") or []
        weights = [int(backend.get("weight", 1)) for backend in backends]
        if not sum(weights):
            return ""
        for index, weight in enumerate(weights):
            self._credit[number, index] += weight
        best = max(
            (index for index, weight in enumerate(weights) if weight),
            key=lambda index: self._credit[number, index],
        )
        self._credit[number, best] -= sum(weights)
        return str(backends[best]["name"])

    def _pod(self, service: str) -> str:
        addresses = self._addresses.get(service) or [""]
        return addresses[next(self._numbers) % len(addresses)]


def _matches(rule: dict[str, Any], headers: Any) -> bool:
    matches = rule.get("matches") or [{}]
    return any(
        all(headers.get(wanted["name"]) == wanted["value"] for wanted in match.get("headers") or [])
        for match in matches
    )


class Handler(BaseHTTPRequestHandler):
    """Sends one request on."""

    gateway: Gateway
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Sends it to a pod."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = self.gateway.address(self.headers)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in HOP}
        try:
            if not address:
                raise OSError("no pod is ready")
            connection = http.client.HTTPConnection(place(address), PORT, timeout=10)
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
        except (OSError, http.client.HTTPException):
            self._send(503, {}, b"no pod is ready")
            return
        kept = {key: value for key, value in answer.headers.items() if key.lower() not in HOP}
        self._send(answer.status, kept, content)

    def do_POST(self) -> None:
        """As GET."""
        self.do_GET()

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for key, value in headers.items():
            if key.lower() not in ("server", "date"):
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
