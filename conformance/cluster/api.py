"""A client of kube-apiserver, for the bench's own parts; what is tested uses kubectl."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from typing import Any

MERGE = "application/strategic-merge-patch+json"


class Api:
    """Sends requests as an administrator, by one connection for each thread."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self._token = token
        self._context = ssl._create_unverified_context()
        self._local = threading.local()

    def get(self, path: str) -> Any:
        """The object, or None where there is none."""
        status, found = self.call("GET", path)
        return found if status == 200 else None

    def items(self, path: str) -> list[dict[str, Any]]:
        """The members of a list."""
        return list((self.get(path) or {}).get("items", []))

    def call(
        self, method: str, path: str, body: Any = None, kind: str = "application/json"
    ) -> tuple[int, Any]:
        """The status and the answer; a connection that the server has closed is made again."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        data = None if body is None else json.dumps(body)
        for attempt in (1, 2):
            try:
                connection = self._connection()
                connection.request(method, path, data, headers)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                self._local.connection = None
                if attempt == 2:
                    raise
            else:
                return answer.status, json.loads(content) if content[:1] == b"{" else content
        raise AssertionError("unreachable")

    def _connection(self) -> http.client.HTTPSConnection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, context=self._context, timeout=20
            )
            self._local.connection = connection
        return connection
