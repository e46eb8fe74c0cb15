"""GitHub's REST API, with the token of the job.

Environment: GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY.
"""

from __future__ import annotations

import os
from typing import Any

from runner import Problem
from settings import ExternalValue
from web import Answer, send_request


def ask_github(method: str, path: str, body: Any = None) -> Any:
    """The answer about a path below the repository, as JSON."""
    base = os.environ.get("GITHUB_API_URL", "https://api.github.com").rstrip("/")
    token = ExternalValue(None, "GITHUB_TOKEN", "secret", "GITHUB_TOKEN").required()
    # What a POST makes may exist although its response was lost: only reads are
    # repeated.
    answer = send_request(
        method,
        f"{base}/repos/{os.environ.get('GITHUB_REPOSITORY', '')}/{path}",
        described="GitHub",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        json_body=body,
        attempts=4 if method == "GET" else 1,
    )
    check_accepted("GitHub", answer)
    try:
        return answer.json()
    except ValueError:
        raise Problem("GitHub did not answer with JSON") from None


def check_accepted(who: str, answer: Answer) -> None:
    """Raises a problem with the answer of a server that did not accept the request."""
    if not 200 <= answer.status <= 299:
        body = " ".join(answer.text().split())[:200]
        raise Problem(f"{who} answered HTTP {answer.status}: {body}")
