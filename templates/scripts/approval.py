"""Verifies that a reviewer approved this run.

GitHub creates an environment that does not exist when a job names it, without any
rule, so a job that has started proves nothing. The review history does.

Environment: PIPEWRIGHT_APPROVAL, the environment of the approval; GITHUB_TOKEN, which
may read Actions. Source: https://docs.github.com/rest/actions/workflow-runs, review
history.
"""

from __future__ import annotations

import os
from typing import Any

from runner import Problem, log, summary
from settings import ExternalValue
from web import send_request


def check_approval() -> int:
    """Writes who approved the run to the summary; no approval is a problem."""
    place = os.environ.get("PIPEWRIGHT_APPROVAL", "")
    approvals = [review for review in _reviews() if _approves(review, place)]
    names = sorted({_login(review) for review in approvals})
    if not names:
        raise Problem(
            f"no reviewer approved this run: the environment {place} has none",
            f"Add required reviewers to it under Settings, Environments, {place}; "
            "a private repository needs GitHub Enterprise for them",
        )
    approved = f"Approved by {', '.join(names)}."
    log(approved)
    summary(approved)
    return 0


def _reviews() -> list[dict[str, Any]]:
    base = os.environ.get("GITHUB_API_URL", "https://api.github.com").rstrip("/")
    repository, run = os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_RUN_ID"]
    token = ExternalValue(None, "GITHUB_TOKEN", "secret", "GITHUB_TOKEN").required()
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    url = f"{base}/repos/{repository}/actions/runs/{run}/approvals"
    answer = send_request("GET", url, described="GitHub", headers=headers, attempts=4)
    try:
        found = answer.json() if answer.status == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise Problem(f"GitHub answered HTTP {answer.status} about the approvals")
    return [review for review in found if isinstance(review, dict)]


def _approves(review: dict[str, Any], place: str) -> bool:
    named = [one.get("name") for one in review.get("environments") or []]
    return review.get("state") == "approved" and place in named


def _login(review: dict[str, Any]) -> str:
    return f"@{(review.get('user') or {}).get('login', 'ghost')}"
