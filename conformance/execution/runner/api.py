"""The few calls of GitHub's API that the emitted scripts make, on this machine.

Listing artifacts needs a token whose job was granted `actions: read`. The bytes of an artifact are
elsewhere, where GitHub's token must not be sent.

Sources: <https://docs.github.com/rest/actions/artifacts>, <https://docs.github.com/rest/issues>,
for approvals <https://docs.github.com/rest/actions/workflow-runs>, "Get the review history for a
workflow run", and <https://docs.github.com/rest/repos/attestations>.
"""

from __future__ import annotations

import io
import json
import re
import threading
import urllib.parse
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .issues import Issues
from .storage import Artifact, Artifacts


class Api:
    """Serves until it is closed."""

    def __init__(self, artifacts: Artifacts, repository: str, number: int) -> None:
        self.artifacts = artifacts
        self.repository = repository
        self.number = number
        self.tokens: dict[str, dict[str, str]] = {}
        self.foreign: list[Artifact] = []
        self.issues = Issues()
        self.tags: list[str] = []
        self.approvals: Callable[[int], list[dict[str, Any]]] = lambda _: []
        self.attestations: Callable[[str], list[dict[str, Any]]] = lambda _: []
        handler = type("Bound", (Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def listed(self) -> list[Artifact]:
        """Artifacts of this repository's runs, and of runs that a case made up."""
        return [*self.artifacts.all(), *self.foreign]

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    api: Api

    def do_GET(self) -> None:
        """Lists artifacts or approvals, sends on to an artifact, or sends one."""
        parts = urllib.parse.urlsplit(self.path)
        actions = f"/repos/{self.api.repository}/actions"
        base = f"{actions}/artifacts"
        review = re.fullmatch(rf"{actions}/runs/(\d+)/approvals", parts.path)
        number = parts.path.removeprefix(base).strip("/").split("/")[0]
        if parts.path.startswith("/blobs/"):
            self._blob(int(parts.path.removeprefix("/blobs/")))
        elif self._issues(parts, None):
            pass
        elif parts.path == f"/repos/{self.api.repository}/tags":
            self._answer(200, [{"name": name} for name in self.api.tags])
        elif parts.path.startswith(attestations := f"/repos/{self.api.repository}/attestations/"):
            self._attestations(parts.path.removeprefix(attestations))
        elif not parts.path.startswith(base) and not review:
            self._answer(404, {"message": "Not Found"})
        elif not self._may_read():
            self._answer(403, {"message": "Resource not accessible by integration"})
        elif review:
            self._answer(200, self.api.approvals(int(review[1])))
        elif parts.path == base:
            self._list(urllib.parse.parse_qs(parts.query))
        else:
            self.send_response(302)
            self.send_header("Location", f"{self.api.url}/blobs/{number}")
            self.end_headers()

    def do_POST(self) -> None:
        """Opens an issue, or comments on one."""
        length = int(self.headers.get("Content-Length") or 0)
        parts = urllib.parse.urlsplit(self.path)
        if not self._issues(parts, json.loads(self.rfile.read(length))):
            self._answer(404, {"message": "Not Found"})

    def do_PATCH(self) -> None:
        """Changes a comment."""
        self.do_POST()

    def _issues(self, parts: urllib.parse.SplitResult, given: Any) -> bool:
        """Answers a request about issues; whether it was one."""
        base = f"/repos/{self.api.repository}/issues"
        if not parts.path.startswith(base):
            return False
        rest = parts.path.removeprefix(base).strip("/")
        levels = ("read", "write") if given is None else ("write",)
        # Comments of a pull request are open to either permission.
        scopes = ["issues", *(["pull-requests"] if self.api.issues.is_of_pull(rest) else [])]
        if not any(self._may(scope, levels) for scope in scopes):
            self._answer(403, {"message": "Resource not accessible by integration"})
            return True
        self._answer(*self.api.issues.answer(rest, urllib.parse.parse_qs(parts.query), given))
        return True

    def _attestations(self, digest: str) -> None:
        found = self.api.attestations(digest)
        if not self._may("attestations", ("read", "write")):
            self._answer(403, {"message": "Resource not accessible by integration"})
        elif not found:
            self._answer(404, {"message": "Not Found"})
        else:
            self._answer(200, {"attestations": found})

    def _may_read(self) -> bool:
        return self._may("actions", ("read", "write"))

    def _may(self, permission: str, levels: tuple[str, ...]) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.api.tokens.get(token, {}).get(permission) in levels

    def _list(self, query: dict[str, list[str]]) -> None:
        wanted = query.get("name", [""])[0]
        found = [artifact for artifact in self.api.listed() if wanted in ("", artifact.name)]
        found = found[::-1][: int(query.get("per_page", ["30"])[0])]
        shown = [self._shown(artifact) for artifact in found]
        self._answer(200, {"total_count": len(shown), "artifacts": shown})

    def _shown(self, artifact: Artifact) -> dict[str, Any]:
        at = datetime.fromtimestamp(artifact.created, UTC)
        url = f"{self.api.url}/repos/{self.api.repository}/actions/artifacts/{artifact.number}/zip"
        return {
            "id": artifact.number,
            "name": artifact.name,
            "expired": False,
            "archive_download_url": url,
            "created_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "workflow_run": {
                "id": artifact.run,
                "repository_id": self.api.number,
                "head_repository_id": artifact.repository,
                "head_branch": artifact.branch,
            },
        }

    def _blob(self, number: int) -> None:
        if self.headers.get("Authorization"):
            self._answer(400, {"message": "the token was sent where the bytes are kept"})
            return
        (artifact,) = (kept for kept in self.api.listed() if kept.number == number)
        self._send(200, "application/zip", zipped(artifact.folder))

    def _answer(self, status: int, value: Any) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def zipped(folder: Path) -> bytes:
    """A folder as an archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()
