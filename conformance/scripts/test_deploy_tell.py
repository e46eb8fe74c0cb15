"""Recipients of notifications, each once, and failures of channels."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy_bench import COMMIT, RUN, Bench, Reply, Request, secret

EVERY = ["success", "failure", "rollback"]
HOOK = "/services/hook-secret-part"


class Told(Bench):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.issues: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.status: dict[str, int] = {}
        self.server = self.serve(self.answer)
        self.secrets |= {
            "SLACK_WEBHOOK_URL": self.server.url + HOOK,
            "GRAFANA_URL": self.server.url + "/grafana-secret",
        }
        self.variables["GITHUB_API_URL"] = self.server.url + "/api"
        (folder / "board.json").write_text(json.dumps({"uid": "atom", "id": 7, "title": "Atom"}))
        self.file["notify"] = {
            "slack": {"webhook": secret("SLACK_WEBHOOK_URL"), "on": EVERY},
            "issue": {"labels": ["deployment", "rollback"], "on": ["rollback"]},
            "grafana": {
                "url": secret("GRAFANA_URL"),
                "token": secret("GRAFANA_TOKEN"),
                "dashboards": ["board.json"],
                "on": ["success", "rollback"],
            },
        }

    def answer(self, request: Request) -> Reply:
        path = urllib.parse.urlsplit(request.path).path
        for part, status in self.status.items():
            if part in path:
                return Reply(status, "refused")
        if path == HOOK:
            return Reply(body="ok")
        if path == "/api/repos/o/r/issues":
            if request.method == "GET":
                return Reply(body=self.issues)
            issue = {**request.json(), "number": 12}
            self.issues.append(issue)
            return Reply(201, issue)
        if path == "/api/repos/o/r/issues/12/comments":
            if request.method == "GET":
                return Reply(body=self.comments)
            self.comments.append(request.json())
            return Reply(201, {"id": 1})
        if path in ("/grafana-secret/api/annotations", "/grafana-secret/api/dashboards/db"):
            return Reply(body={"message": "added"})
        return Reply(404)

    def sent(self, part: str) -> list[Request]:
        found = [request for request in self.server.requests if part in request.path]
        return [request for request in found if request.method == "POST"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Told]:
    with Told(tmp_path) as made:
        yield made


def test_success(bench: Told) -> None:
    ran = bench.deploy("notify", "success")
    assert (ran.code, ran.warnings()) == (0, [])
    (slack,) = bench.sent("hook")
    assert slack.json()["text"] == f"atom: production runs {COMMIT[:12]}"
    assert f"https://github.example/o/r/actions/runs/{RUN}/attempts/1" in slack.body.decode()
    (annotation,) = bench.sent("annotations")
    assert annotation.headers["authorization"] == "Bearer grafana-secret-token"
    assert annotation.json()["time"] > 1_600_000_000_000
    (board,) = bench.sent("dashboards")
    assert board.json()["overwrite"] is True
    assert board.json()["dashboard"] == {"uid": "atom", "id": None, "title": "Atom"}
    assert bench.issues == []


@pytest.mark.parametrize(
    ("event", "slack", "issues", "annotations"),
    [("success", 1, 0, 1), ("failure", 1, 0, 0), ("rollback", 1, 1, 1)],
)
def test_events(bench: Told, event: str, slack: int, issues: int, annotations: int) -> None:
    assert bench.deploy("notify", event).code == 0
    assert len(bench.sent("hook")) == slack
    assert len(bench.issues) == issues
    assert len(bench.sent("annotations")) == annotations


def test_who_asked_for_failures_hears_of_restores(bench: Told) -> None:
    bench.file["notify"]["slack"]["on"] = ["failure"]
    bench.deploy("notify", "rollback")
    assert "was rolled back" in bench.sent("hook")[0].json()["text"]
    bench.deploy("notify", "success")
    assert len(bench.sent("hook")) == 1


@pytest.mark.parametrize(
    ("status", "restored", "said"),
    [
        ("success", "", "runs"),
        ("success", "false", "runs"),
        ("failure", "true", "was rolled back"),
        ("cancelled", "false", "does not run"),
        ("", "", "does not run"),
    ],
)
def test_the_event_from_the_job(bench: Told, status: str, restored: str, said: str) -> None:
    bench.env |= {"PIPEWRIGHT_JOB_STATUS": status, "PIPEWRIGHT_RESTORED": restored}
    bench.deploy("notify", "auto", "--only", "slack")
    assert f"production {said}" in bench.sent("hook")[0].json()["text"]


def test_an_open_issue_gets_a_comment_and_only_one_for_each_run(bench: Told) -> None:
    bench.issues.append({"number": 3, "body": "another matter"})
    for _ in range(2):
        bench.deploy("notify", "rollback")
    assert len(bench.issues) == 2
    assert bench.issues[1]["labels"] == ["deployment", "rollback"]
    assert bench.comments == []
    bench.run_id = "7002"
    for _ in range(2):
        bench.deploy("notify", "rollback")
    assert len(bench.issues) == 2
    assert len(bench.comments) == 1


def test_what_cannot_be_told_is_a_warning_and_silences_nobody(bench: Told) -> None:
    bench.status = {"hook": 404, "api/annotations": 403}
    ran = bench.deploy("notify", "rollback")
    assert ran.code == 0
    assert len(ran.warnings()) == 2
    assert "not notified: Slack answered HTTP 404: refused" in ran.warnings()[0]
    assert len(bench.issues) == 1
    bench.file["notify"]["required"] = True
    ran = bench.deploy("notify", "rollback")
    assert ran.code == 1
    assert len(ran.errors()) == 2


def test_slack_is_tried_again_and_issues_are_not(bench: Told) -> None:
    bench.status = {"hook": 503}
    bench.deploy("notify", "failure")
    assert len(bench.sent("hook")) == 4
    answer = bench.server.answer
    bench.server.answer = lambda request: (
        Reply(502) if request.method == "POST" and "issues" in request.path else answer(request)
    )
    bench.deploy("notify", "rollback", "--only", "issue")
    assert len(bench.sent("issues")) == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_WEBHOOK_URL", "", "secret SLACK_WEBHOOK_URL is empty"),
        ("SLACK_WEBHOOK_URL", "slack-secret-hook", "secret SLACK_WEBHOOK_URL is not an http"),
        ("SLACK_WEBHOOK_URL", "http://127.0.0.1:9/hook-secret", "Slack is unreachable"),
        ("GITHUB_TOKEN", "", "secret GITHUB_TOKEN is empty"),
    ],
)
def test_secrets_that_are_missing_or_wrong(bench: Told, name: str, value: str, said: str) -> None:
    bench.secrets[name] = value
    ran = bench.deploy("notify", "rollback")
    assert ran.code == 0
    assert said in ran.warnings()[0]


def test_a_dashboard_without_uid_or_file(bench: Told) -> None:
    (bench.folder / "board.json").write_text('{"title": "Atom"}')
    ran = bench.deploy("notify", "success")
    assert "board.json has no uid" in ran.warnings()[0]
    (bench.folder / "board.json").unlink()
    ran = bench.deploy("notify", "success")
    assert "board.json cannot be read" in ran.warnings()[0]
    assert len(bench.sent("annotations")) == 2


def test_names_are_escaped_for_slack(bench: Told) -> None:
    bench.file["project"] = "a<b>&c"
    bench.deploy("notify", "success", "--only", "slack")
    assert bench.sent("hook")[0].json()["text"].startswith("a&lt;b&gt;&amp;c:")
