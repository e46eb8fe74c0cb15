"""Sends notifications about the result of a deploy.

    "notify": {
      "required": false,                    true: the step fails if a message fails
      "slack": {"webhook": ExternalValue, "on": [Event, …]},
      "issue": {"labels": ["deployment"], "on": [Event, …]},
      "grafana": {"url": ExternalValue, "token": ExternalValue,
                  "dashboards": ["path.json"], "folder": "uid",
                  "tags": ["deploy"], "on": [Event, …]}
    }

An event is success, failure or rollback; channels for failures get rollbacks
as well. `auto` takes the event from PIPEWRIGHT_JOB_STATUS and PIPEWRIGHT_RESTORED. An
open issue gets a comment instead of a new issue. Dashboards are uploaded on success.

Environment: GITHUB_TOKEN for issues, and the runner's own GITHUB_* names. Exit
status: 0, also when a message was not delivered unless `required`.
"""

from __future__ import annotations

import json
import os
import time
import urllib.parse
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

from rest import ask_github, check_accepted
from runner import Problem, Problems, annotate, log
from settings import ExternalValue, Run, Table, blank_secrets, read_settings
from web import check_url, send_request

EVENTS = ("success", "failure", "rollback")
MAX_PAGES = 5


@dataclass(frozen=True)
class News:
    """The result of a deploy."""

    event: str
    project: str
    environment: str
    commit: str
    repository: str
    server: str
    run: str
    attempt: str
    actor: str
    on_demand: bool = False

    @property
    def url(self) -> str:
        run = f"runs/{self.run}/attempts/{self.attempt}"
        return f"{self.server}/{self.repository}/actions/{run}"

    @property
    def headline(self) -> str:
        asked = f"was not rolled back, as {self.actor} had asked"
        what = {
            "success": f"runs {self.commit[:12]} again: {self.actor} rolled it back",
            "failure": f"{asked}: the run failed",
            "rollback": f"{asked}: {self.commit[:12]} failed, "
            "and the version before it was restored",
        }
        if not self.on_demand:
            what = self._of_deploy()
        return f"{self.project}: {self.environment} {what[self.event]}"

    def _of_deploy(self) -> dict[str, str]:
        return {
            "success": f"runs {self.commit[:12]}",
            "failure": f"does not run {self.commit[:12]}: the deploy failed",
            "rollback": f"was rolled back: {self.commit[:12]} failed "
            "after it had changed something",
        }

    @staticmethod
    def read(event: str, root: Table) -> News:
        environ = os.environ
        return News(
            event=event,
            project=root.text("project"),
            environment=root.text("environment"),
            commit=environ.get("PIPEWRIGHT_COMMIT", "")
            or environ.get("GITHUB_SHA", ""),
            repository=environ.get("GITHUB_REPOSITORY", ""),
            server=environ.get("GITHUB_SERVER_URL", "https://github.com"),
            run=environ.get("GITHUB_RUN_ID", ""),
            attempt=environ.get("GITHUB_RUN_ATTEMPT", "1"),
            actor=environ.get("GITHUB_ACTOR", ""),
            on_demand=environ.get("PIPEWRIGHT_ROLL_BACK", "") == "true",
        )


class Channel(Protocol):
    name: ClassVar[str]

    @property
    def on(self) -> list[str]: ...

    def send(self, news: News) -> None: ...


@dataclass(frozen=True)
class Slack:
    name: ClassVar[str] = "slack"
    webhook: ExternalValue
    on: list[str]

    @staticmethod
    def read(table: Table) -> Slack:
        return Slack(table.external("webhook"), _events(table))

    def send(self, news: News) -> None:
        sign = {
            "success": ":white_check_mark:",
            "failure": ":x:",
            "rollback": ":rewind:",
        }
        fields = [
            ("Commit", news.commit[:12]),
            ("By", news.actor),
            ("Repository", news.repository),
        ]
        payload = {
            "text": _slack(news.headline),
            "blocks": [
                _section(f"{sign[news.event]} *{_slack(news.headline)}*"),
                {
                    "type": "section",
                    "fields": [
                        {"type": "mrkdwn", "text": f"*{key}*\n{_slack(value or '–')}"}
                        for key, value in fields
                    ],
                },
                _section(f"<{news.url}|The run>"),
            ],
        }
        url = check_url(self.webhook.required(), self.webhook.described)
        answer = send_request("POST", url, described="Slack", json_body=payload)
        check_accepted("Slack", answer)


@dataclass(frozen=True)
class Issue:
    name: ClassVar[str] = "issue"
    labels: list[str]
    on: list[str]

    @staticmethod
    def read(table: Table) -> Issue:
        return Issue(table.texts("labels"), _events(table))

    def send(self, news: News) -> None:
        mark = f"<!-- pipewright: {news.project} {news.environment} -->"
        run_mark = f"<!-- pipewright run {news.run} attempt {news.attempt} -->"
        body = (
            f"{news.headline}.\n\nThe run: {news.url}\nCommit: {news.commit}\n"
            f"Started by: {news.actor}\n\n{mark}\n{run_mark}\n"
        )
        found = self._open(mark)
        if found is None:
            issue = {"title": news.headline, "body": body, "labels": self.labels}
            made = ask_github("POST", "issues", issue)
            log(f"opened issue {made.get('number')}")
            return
        number = found["number"]
        comments = ask_github("GET", f"issues/{number}/comments?per_page=100")
        # The job and its recovery may both report the same run.
        if any(run_mark in str(text.get("body")) for text in [found, *comments]):
            log(f"issue {number} has a comment on this run already")
            return
        ask_github("POST", f"issues/{number}/comments", {"body": body})
        log(f"added to issue {number}")

    def _open(self, mark: str) -> dict[str, Any] | None:
        labels = (
            f"&labels={urllib.parse.quote(','.join(self.labels))}"
            if self.labels
            else ""
        )
        for page in range(1, MAX_PAGES + 1):
            query = f"state=open&per_page=100&page={page}{labels}"
            listed = ask_github("GET", f"issues?{query}")
            for issue in listed:
                if mark in str(issue.get("body")) and "pull_request" not in issue:
                    return dict(issue)
            if len(listed) < 100:
                break
        return None


@dataclass(frozen=True)
class Grafana:
    name: ClassVar[str] = "grafana"
    url: ExternalValue
    token: ExternalValue
    dashboards: list[str]
    folder: str | None
    tags: list[str]
    on: list[str]

    @staticmethod
    def read(table: Table) -> Grafana:
        return Grafana(
            url=table.external("url"),
            token=table.external("token"),
            dashboards=table.texts("dashboards"),
            folder=table.text_or_none("folder"),
            tags=table.texts("tags"),
            on=_events(table),
        )

    def send(self, news: News) -> None:
        problems = []
        if news.event == "success":
            for path in self.dashboards:
                try:
                    self._upload(path, news)
                except Problem as problem:
                    problems.append(problem)
        annotation = {
            "text": f'{news.headline} <a href="{news.url}">run</a>',
            "tags": [
                "pipewright",
                news.project,
                news.environment,
                news.event,
                *self.tags,
            ],
            "time": int(time.time() * 1000),
        }
        self._post("/api/annotations", annotation)
        if problems:
            raise Problems(problems)

    def _upload(self, path: str, news: News) -> None:
        try:
            with open(path, encoding="utf-8") as file:
                data = json.load(file)
        except (OSError, ValueError):
            raise Problem(f"the dashboard {path} cannot be read as JSON") from None
        dashboard = data.get("dashboard", data) if isinstance(data, dict) else None
        if not isinstance(dashboard, dict) or not dashboard.get("uid"):
            # Without one, every deploy would add another dashboard.
            raise Problem(f"the dashboard {path} has no uid")
        message = f"commit {news.commit[:12]}"
        body = {
            "dashboard": {**dashboard, "id": None},
            "overwrite": True,
            "message": message,
        }
        if self.folder is not None:
            body["folderUid"] = self.folder
        self._post("/api/dashboards/db", body)
        log(f"uploaded {path}")

    def _post(self, path: str, body: Any) -> None:
        base = check_url(self.url.required(), self.url.described)
        headers = {"Authorization": f"Bearer {self.token.required()}"}
        answer = send_request(
            "POST",
            f"{base}{path}",
            described="Grafana",
            headers=headers,
            json_body=body,
        )
        check_accepted("Grafana", answer)


CHANNELS: tuple[type[Slack | Issue | Grafana], ...] = (
    Slack,
    Issue,
    Grafana,
)


@dataclass(frozen=True)
class Notify:
    channels: list[Channel]
    required: bool

    @staticmethod
    def read(root: Table) -> Notify:
        if not root.has("notify"):
            return Notify([], False)
        table = root.table("notify")
        required = table.flag("required", False)
        channels: list[Channel] = []
        for kind in CHANNELS:
            if table.has(kind.name):
                one = table.table(kind.name)
                channels.append(kind.read(one))
                one.done()
        table.done()
        return Notify(channels, required)


def notify(settings: Notify, news: News, only: str | None) -> None:
    """Sends to every channel for the event, also after one has failed."""
    events = {"rollback", "failure"} if news.event == "rollback" else {news.event}
    problems: list[Problem] = []
    sent = False
    for channel in settings.channels:
        if not events.intersection(channel.on) or (
            only is not None and channel.name != only
        ):
            continue
        sent = True
        try:
            channel.send(news)
            log(f"{channel.name}: reported {news.event}")
        except Problem as error:
            problems.append(error)
    if not sent:
        log(f"no channel is notified of {news.event}")
    if problems and settings.required:
        raise Problems(problems)
    for problem in problems:
        annotate("warning", f"not notified: {problem}")


def _event(given: str) -> str:
    if given != "auto":
        return given
    if os.environ.get("PIPEWRIGHT_RESTORED", "") == "true":
        return "rollback"
    return (
        "success"
        if os.environ.get("PIPEWRIGHT_JOB_STATUS", "") == "success"
        else "failure"
    )


def _events(table: Table) -> list[str]:
    events = table.texts("on")
    if not events or not set(events) <= set(EVENTS):
        raise table.wrong("on", "a list of " + ", ".join(EVENTS))
    return events


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def send_news(event: str, only: str | None, of: Run | None = None) -> int:
    """Reads the result of the deploy, and sends it; `of` is an earlier run."""
    root = read_settings()
    news = News.read(_event(event), root)
    if of is not None:
        news = replace(
            news,
            commit=of.commit,
            run=of.id,
            attempt=str(of.attempt),
            on_demand=False,
        )
    channels = Notify.read(root)
    blank_secrets(root.values)
    notify(channels, news, only)
    return 0
