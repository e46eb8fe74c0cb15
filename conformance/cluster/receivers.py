"""Slack and Grafana, which refuse what the real ones refuse, and keep what they were sent.

Sources: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/>,
<https://docs.slack.dev/reference/block-kit/blocks/section-block/>,
<https://grafana.com/docs/grafana/latest/developers/http_api/annotations/> and `…/dashboard/`.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

from service import Server

GRAFANA_TOKEN = "token-of-grafana-1"
SECTION_TEXT, FIELD_TEXT, FIELDS, BLOCKS = 3000, 2000, 10, 50


class Receivers:
    """Both, at one address; what arrived is kept by namespace."""

    def __init__(self) -> None:
        self.slack: dict[str, list[str]] = {}
        self.grafana: dict[str, list[dict[str, Any]]] = {}
        self.refused: list[str] = []
        self.down: set[str] = set()  # Namespaces to which Slack does not answer.
        handler = type("Bound", (Handler,), {"receivers": self})
        self._server = Server(("127.0.0.1", 0), handler)
        self._url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def slack_url(self, namespace: str) -> str:
        """The webhook of a namespace's deploys."""
        return f"{self._url}/services/{namespace}"

    def grafana_url(self, namespace: str) -> str:
        """Grafana, as a namespace's deploys know it."""
        return f"{self._url}/grafana/{namespace}"

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Takes one message."""

    receivers: Receivers

    def do_POST(self) -> None:
        """Takes it, or says what is wrong with it."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, kind, namespace, *rest = self.path.split("/")
        try:
            if self.headers.get("Content-Type") != "application/json":
                raise ValueError("invalid_payload: the content type")
            given = json.loads(body)
            if kind == "services" and namespace in self.receivers.down:
                self._send(503, b"service_unavailable", "text/html")
            elif kind == "services":
                _slack(given)
                self.receivers.slack.setdefault(namespace, []).append(str(given["text"]))
                self._send(200, b"ok", "text/html")
            elif self.headers.get("Authorization") != f"Bearer {GRAFANA_TOKEN}":
                self._send(401, b'{"message":"Unauthorized"}', "application/json")
            else:
                answer = _grafana("/".join(rest), given)
                self.receivers.grafana.setdefault(namespace, []).append({"at": rest, **given})
                self._send(200, json.dumps(answer).encode(), "application/json")
        except (ValueError, KeyError, TypeError, AssertionError) as fault:
            self.receivers.refused.append(f"{self.path}: {fault}")
            self._send(400, b"invalid_payload", "text/html")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def _slack(given: dict[str, Any]) -> None:
    assert isinstance(given["text"], str) and given["text"], "no_text"
    blocks = given.get("blocks", [])
    assert len(blocks) <= BLOCKS, "invalid_blocks: too many"
    for block in blocks:
        assert block["type"] == "section", f"{block['type']} is not modelled"
        texts = [block["text"]] if "text" in block else []
        assert texts or block.get("fields"), "invalid_blocks: an empty section"
        assert len(block.get("fields", [])) <= FIELDS, "invalid_blocks: too many fields"
        for text, most in [(one, SECTION_TEXT) for one in texts] + [
            (one, FIELD_TEXT) for one in block.get("fields", [])
        ]:
            assert text["type"] in ("mrkdwn", "plain_text"), text
            assert 1 <= len(text["text"]) <= most, "invalid_blocks: the length of a text"


def _grafana(path: str, given: dict[str, Any]) -> dict[str, Any]:
    if path == "api/annotations":
        assert isinstance(given["text"], str) and given["text"], "text is required"
        assert all(isinstance(tag, str) for tag in given.get("tags", [])), "tags"
        assert isinstance(given.get("time", 0), int), "time is in milliseconds"
        return {"message": "Annotation added", "id": 1}
    assert path == "api/dashboards/db", f"{path} is not modelled"
    assert given["dashboard"]["title"], "Dashboard title cannot be empty"
    return {"id": 1, "uid": given["dashboard"]["uid"], "status": "success", "version": 2}
