"""image_tags.py: the names of a release, by its tag and by the tags of the repository."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from conftest import Bench, Done

Tags = list[str]


@pytest.fixture
def github() -> Iterator[tuple[str, Tags]]:
    """An API with the tags of a repository, in pages."""
    tags: Tags = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = parse_qs(asked.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            shown = tags[size * (page - 1) : size * page]
            body = json.dumps([{"name": name} for name in shown]).encode()
            self.send_response(200 if asked.path == "/repos/a/b/tags" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", tags
    server.shutdown()


def chosen(bench: Bench, url: str, tag: str, kinds: list[str]) -> Done:
    given = {"TAG": tag, "AS": kinds, "REPOSITORIES": ["ghcr.io/a/b"]}
    outside = {
        "GH_TOKEN": "t",
        "GITHUB_API_URL": url,
        "GITHUB_REPOSITORY": "a/b",
        "GITHUB_SHA": "c0",
    }
    return bench.script("tags", outside, **given)


BOTH = ["semver", "latest"]


@pytest.mark.parametrize(
    ("tag", "others", "kinds", "expected"),
    [
        ("v1.4.2", ["v1.4.1", "v1.4.2", "v0.9.0"], BOTH, "1.4.2 1.4 1 latest"),
        ("v1.4.2", ["v1.4.2", "v2.0.0"], BOTH, "1.4.2 1.4 1"),
        ("v1.4.2", ["v1.4.2", "v1.5.0"], BOTH, "1.4.2 1.4"),
        ("v1.4.2", ["v1.4.10"], BOTH, "1.4.2"),
        ("v1.4.2", ["v2.0.0-rc.1", "other-v9.0.0", "nightly"], BOTH, "1.4.2 1.4 1 latest"),
        ("v0.3.0", [], BOTH, "0.3.0 0.3 latest"),
        ("v2.0.0-rc.1", [], BOTH, "2.0.0-rc.1"),
        ("backend-v1.0.0", ["v9.0.0"], ["semver"], "1.0.0 1.0 1"),
        ("2026/11/stable+1", [], ["ref", "sha"], "2026-11-stable-1 c0"),
        (
            "v1.0.0",
            [f"v0.{minor}.0" for minor in range(250)] + ["v3.0.0"],
            ["latest", "ref"],
            "v1.0.0",
        ),
    ],
)
def test_names(
    bench: Bench, github: tuple[str, Tags], tag: str, others: Tags, kinds: Tags, expected: str
) -> None:
    url, tags = github
    tags += others
    done = chosen(bench, url, tag, kinds)
    assert done.code == 0, done.text
    assert done.outputs["tags"] == ",".join(f"ghcr.io/a/b:{name}" for name in expected.split())


@pytest.mark.parametrize(
    ("tag", "kinds", "message"),
    [
        ("nightly", ["semver"], "the tag `nightly` ends in no version like 1.4.2"),
        ("v1.0.0-rc.1", ["latest"], "`v1.0.0-rc.1` is a pre-release, which is never `latest`"),
    ],
)
def test_refused(
    bench: Bench, github: tuple[str, Tags], tag: str, kinds: Tags, message: str
) -> None:
    done = chosen(bench, github[0], tag, kinds)
    assert done.code == 1 and message in done.text


def test_unreachable(bench: Bench) -> None:
    done = chosen(bench, "http://127.0.0.1:9", "v1.0.0", ["semver"])
    assert done.code == 1 and "the tags could not be listed" in done.text
