"""history.py: the newest history of our own branch, from an API that behaves like GitHub's."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conftest import PYTHON, Bench, Done

OWN = 99


def artifact(number: int, *, branch: str = "main", head: int = OWN, expired: bool = False) -> Any:
    return {
        "id": number,
        "expired": expired,
        "created_at": f"2026-11-{number:02}T00:00:00Z",
        "archive_download_url": f"http://unused/repos/o/r/actions/artifacts/{number}/zip",
        "workflow_run": {"head_branch": branch, "repository_id": OWN, "head_repository_id": head},
    }


class Api(ThreadingHTTPServer):
    """Lists artifacts, and sends whoever wants one elsewhere."""

    artifacts: list[Any]
    seen: list[tuple[str, str | None]]
    failures = 0


class Handler(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        if self.server.failures:
            self.server.failures -= 1
            self.send_error(503)
        elif self.path.startswith("/repos/o/r/actions/artifacts?"):
            self.answer(json.dumps({"artifacts": self.server.artifacts}).encode())
        elif self.path.endswith("/zip"):
            self.send_response(302)
            number = self.path.split("/")[-2]
            self.send_header(
                "Location", f"http://localhost:{self.server.server_port}/blob/{number}"
            )
            self.end_headers()
        else:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("history.json", f"history {self.path.rsplit('/', 1)[-1]}")
            self.answer(packed.getvalue())

    def answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api(("127.0.0.1", 0), Handler)
    server.artifacts, server.seen = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def fetch(bench: Bench, api: Api | None, required: str = "false") -> Done:
    port = api.server_port if api else 1
    done = bench.step(
        [*PYTHON, "history"],
        {
            "PIPEWRIGHT_ARTIFACT": "history_atom_backend",
            "PIPEWRIGHT_BRANCH": "main",
            "PIPEWRIGHT_HISTORY": "kept/history.json",
            "PIPEWRIGHT_HISTORY_REQUIRED": required,
            "GH_TOKEN": "a-token",
            "GITHUB_API_URL": f"http://127.0.0.1:{port}",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_REPOSITORY_ID": str(OWN),
        },
    )
    assert "Traceback" not in done.text, done.text
    return done


def kept(bench: Bench) -> str | None:
    file = bench.root / "kept/history.json"
    return file.read_text("utf-8") if file.exists() else None


def test_the_newest_of_our_own_branch_is_taken(bench: Bench, api: Api) -> None:
    api.artifacts = [
        artifact(3),
        artifact(5),
        artifact(4),
        artifact(6, branch="develop"),
        artifact(7, head=1),
        artifact(8, expired=True),
    ]
    done = fetch(bench, api)
    assert done.code == 0, done.text
    assert kept(bench) == "history 5"


def test_the_token_stays_with_github(bench: Bench, api: Api) -> None:
    api.artifacts = [artifact(1)]
    assert fetch(bench, api).code == 0
    assert [(path.split("?")[0], token) for path, token in api.seen] == [
        ("/repos/o/r/actions/artifacts", "Bearer a-token"),
        ("/repos/o/r/actions/artifacts/1/zip", "Bearer a-token"),
        ("/blob/1", None),
    ]


def test_no_history_begins_anew(bench: Bench, api: Api) -> None:
    done = fetch(bench, api, "true")
    assert (done.code, kept(bench)) == (0, None)


def test_a_passing_fault_is_tried_again(bench: Bench, api: Api) -> None:
    api.artifacts, api.failures = [artifact(1)], 1
    assert fetch(bench, api).code == 0
    assert kept(bench) == "history 1"


@pytest.mark.parametrize(("required", "code"), [("true", 1), ("false", 0)])
def test_an_unreachable_github(bench: Bench, required: str, code: int) -> None:
    done = fetch(bench, None, required)
    assert done.code == code
    assert "the history of coverage could not be fetched" in done.text
