"""Environments: who has to approve, which branches may deploy, and which deployments are recorded.

Sources: <https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments>,
<https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/review-deployments>,
<https://docs.github.com/rest/actions/workflow-runs> (review history), and for `deployment: false`
<https://github.com/actions/runner/issues/2120>.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .pace import REVIEW_MINUTES, Cancellation, Pace


class Refused(Exception):
    """A protection rule does not let the job start; the job fails."""


@dataclass(frozen=True)
class Protection:
    """The rules of an environment. Without any, a job that names it starts at once."""

    reviewers: tuple[str, ...] = ()
    branches: tuple[str, ...] | None = None  # Patterns; None lets every ref deploy.
    prevent_self_review: bool = False
    wait_minutes: int = 0

    def allows(self, ref: str) -> bool:
        """Whether a ref may deploy; `*` matches no slash, as in Ruby's `File.fnmatch`."""
        if self.branches is None:
            return True
        name = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        return any(re.fullmatch(_expression(pattern), name) for pattern in self.branches)


def _expression(pattern: str) -> str:
    assert not set(pattern) & set("?[]{}\\"), f"{pattern}: only `*` is modelled"
    return "[^/]*".join(map(re.escape, pattern.split("*")))


@dataclass(frozen=True)
class Environment:
    """A job's `environment`, evaluated but for its address."""

    name: str
    deployment: bool = True
    url: Any = None

    @staticmethod
    def of(given: Any) -> Environment | None:
        """Reads the key; an empty name is none."""
        if isinstance(given, str):
            given = {"name": given}
        if not given or not given.get("name"):
            return None
        recorded = given.get("deployment", True)
        assert isinstance(recorded, bool), f"environment.deployment: {recorded!r}"
        return Environment(given["name"], recorded)


@dataclass(frozen=True)
class Review:
    """An answer to the question whether jobs may use an environment."""

    run: int
    environment: str
    state: str
    user: str
    comment: str


@dataclass
class Deployment:
    """A deployment that GitHub has recorded."""

    run: int
    job: str
    environment: str
    ref: str
    sha: str
    state: str = "waiting"
    url: str = ""


@dataclass(eq=False)
class _Question:
    run: int
    environment: str
    answer: Review | None = None


@dataclass
class Environments:
    """The environments of a repository beside their secrets and variables."""

    protections: dict[str, Protection] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    _open: list[_Question] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def pending(self, run: int) -> list[str]:
        """The environments that a run's jobs wait for."""
        with self._changed:
            return sorted({asked.environment for asked in self._open if asked.run == run})

    def review(self, review: Review, actor: str) -> None:
        """Answers for every job of the run that waits for the environment now."""
        rules = self.protections[review.environment]
        assert review.state in ("approved", "rejected"), review.state
        assert review.user in rules.reviewers, f"{review.user} is not a required reviewer"
        own = rules.prevent_self_review and review.user == actor
        assert not own, f"{review.user} started the run, and may not review it"
        with self._changed:
            asked = [
                question
                for question in self._open
                if (question.run, question.environment) == (review.run, review.environment)
            ]
            assert asked, f"no job of the run waits for {review.environment}"
            for question in asked:
                question.answer = review
            self.reviews.append(review)
            self._changed.notify_all()

    def enter(self, deployment: Deployment, cancellation: Cancellation, pace: Pace) -> bool:
        """Waits until the rules let a job start; whether they do before it is cancelled."""
        rules = self.protections.get(deployment.environment, Protection())
        if not rules.allows(deployment.ref):
            kind, _, name = deployment.ref.removeprefix("refs/").partition("/")
            branch = name if kind == "heads" else deployment.ref
            raise Refused(
                f'Branch "{branch}" is not allowed to deploy to {deployment.environment} '
                "due to environment protection rules."
            )
        if rules.wait_minutes and not self._sleep(rules.wait_minutes * pace.minute, cancellation):
            return False
        return not rules.reviewers or self._ask(deployment, cancellation, pace)

    def _sleep(self, seconds: float, cancellation: Cancellation) -> bool:
        with self._changed:
            left = seconds
            while left > 0 and not cancellation.requested:
                self._changed.wait(0.02)
                left -= 0.02
        return not cancellation.requested

    def _ask(self, deployment: Deployment, cancellation: Cancellation, pace: Pace) -> bool:
        question = _Question(deployment.run, deployment.environment)
        left = REVIEW_MINUTES * pace.minute
        with self._changed:
            self._open.append(question)
            try:
                while question.answer is None and not cancellation.requested and left > 0:
                    self._changed.wait(0.02)
                    left -= 0.02
            finally:
                self._open.remove(question)
        if question.answer is None:
            if not cancellation.requested:
                raise Refused(f"no review of {deployment.environment} within 30 days")
            return False
        if question.answer.state == "rejected":
            by = question.answer.user
            raise Refused(f"deployment to {deployment.environment} was rejected by {by}")
        return True

    def history(self, run: int, numbers: Iterable[str]) -> list[dict[str, Any]]:
        """What `GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals` answers, in part."""
        order = list(numbers)
        return [
            {
                "state": review.state,
                "comment": review.comment,
                "environments": [
                    {"id": order.index(review.environment) + 1, "name": review.environment}
                ],
                "user": {"login": review.user, "type": "User"},
            }
            for review in self.reviews
            if review.run == run
        ]
