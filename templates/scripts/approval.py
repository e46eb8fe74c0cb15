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

from rest import ask_github
from runner import Problem, log, summary


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
    run = os.environ.get("GITHUB_RUN_ID", "")
    found = ask_github("GET", f"actions/runs/{run}/approvals")
    if not isinstance(found, list):
        raise Problem("GitHub did not answer with a list of approvals")
    return [review for review in found if isinstance(review, dict)]


def _approves(review: dict[str, Any], place: str) -> bool:
    named = [one.get("name") for one in review.get("environments") or []]
    return review.get("state") == "approved" and place in named


def _login(review: dict[str, Any]) -> str:
    return f"@{(review.get('user') or {}).get('login', 'ghost')}"
