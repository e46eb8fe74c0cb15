"""Fetches the history of coverage of the deploying branch.

The history is an artifact of a run of this repository. Artifacts of forks are
ignored, also if their branch has the same name. Without one, a new history begins.

Environment:
  PIPEWRIGHT_ARTIFACT          the artifact's name
  PIPEWRIGHT_BRANCH            the branch whose runs upload it
  PIPEWRIGHT_HISTORY           the file to write
  PIPEWRIGHT_HISTORY_REQUIRED  `true` if this run writes the next history or has a
                               ratchet: a failure to fetch the history then ends with
                               1
  GH_TOKEN                     token with `actions: read`
  GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_REPOSITORY_ID, GITHUB_RUN_ID
"""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from parameters import flag, text
from runner import Problem, annotate

TRIES = 4
SECONDS = 20
LARGEST = 5_000_000  # Bytes; 200 entries take about 40,000.
PASSING = (429, 500, 502, 503, 504)


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token must not reach the storage host."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """Refuses the redirect."""


def fetch_history() -> int:
    """Writes the history, if there is one."""
    required = flag("PIPEWRIGHT_HISTORY_REQUIRED")
    out = Path(text("PIPEWRIGHT_HISTORY"))
    name, branch = text("PIPEWRIGHT_ARTIFACT"), text("PIPEWRIGHT_BRANCH")
    try:
        artifact = newest_artifact(name, branch)
        found = b"" if artifact is None else history(artifact)
    except (OSError, HTTPException, ValueError, KeyError, zipfile.BadZipFile) as error:
        what = "the history of coverage could not be fetched"
        reason = f"{what}: {type(error).__name__}: {error}"
        if required:
            raise Problem(f"{reason}; re-run this job, which needs it") from error
        annotate("warning", reason)
        return 0
    if not found:
        print(f"No run of {branch} has uploaded a history yet.")
        return 0
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(found)
    return 0


def newest_artifact(name: str, branch: str) -> dict[str, Any] | None:
    """The newest artifact of this name from a run of this repository."""
    query = urllib.parse.urlencode({"name": name, "per_page": 100})
    listed = json.loads(
        api(f"/repos/{text('GITHUB_REPOSITORY')}/actions/artifacts?{query}")
    )
    own = int(text("GITHUB_REPOSITORY_ID"))
    fitting = [
        artifact
        for artifact in listed["artifacts"]
        if not artifact["expired"]
        and artifact["workflow_run"]["head_branch"] == branch
        and artifact["workflow_run"]["repository_id"] == own
        and artifact["workflow_run"]["head_repository_id"] == own
    ]
    return max(fitting, key=lambda artifact: str(artifact["created_at"]), default=None)


def history(artifact: dict[str, Any]) -> bytes:
    """The file in an artifact."""
    content = api(urllib.parse.urlsplit(artifact["archive_download_url"]).path)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        about = archive.getinfo("history.json")
        if about.file_size > LARGEST:
            raise ValueError(f"{about.file_size} bytes are no history")
        return archive.read(about)


def api(path: str) -> bytes:
    """GitHub's response; of a redirect, the response at its target."""
    base = text("GITHUB_API_URL", "https://api.github.com").rstrip("/")
    request = urllib.request.Request(
        base + path,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {text('GH_TOKEN')}",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    try:
        return fetched(urllib.request.build_opener(Stay), request)
    except urllib.error.HTTPError as error:
        place = error.headers.get("Location", "")
        if error.code not in (301, 302, 303, 307, 308) or not place:
            raise
    return fetched(urllib.request.build_opener(), urllib.request.Request(place))


def fetched(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request
) -> bytes:
    """The body of a response, with retries after transient errors."""
    for again in range(TRIES):
        try:
            with opener.open(request, timeout=SECONDS) as answer:
                content: bytes = answer.read(LARGEST + 1)
            break
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            passing = (
                not isinstance(error, urllib.error.HTTPError) or error.code in PASSING
            )
            if not passing or again == TRIES - 1:
                raise
            time.sleep(2**again)
    if len(content) > LARGEST:
        raise ValueError("the answer is larger than a history can be")
    return content
