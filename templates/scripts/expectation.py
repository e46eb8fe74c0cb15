"""Compares a response with the expectation of its probe.

Status 200 alone proves little: a single-page app or an ingress returns it with an
HTML page for any path, GraphQL returns it with errors, and a redirect can lead to a
log-in page. These fail a probe that expects JSON; otherwise HTML is a warning.
"""

from __future__ import annotations

import json
import urllib.parse
from typing import Any

from json_path import ABSENT, find_path, json_equal
from runner import scrub
from smoke_plan import Probe, filled
from web import Answer

LONGEST_SHOWN = 100
REDIRECTS = (301, 302, 303, 307, 308)
# Source: https://spec.graphql.org/October2021/#sec-Response-Format
GRAPHQL = {"data", "errors", "extensions"}


def unmet(probe: Probe, answer: Answer, where: str, token: bool) -> str:
    """The unmet expectations, or ""; `where` names a redirect's target."""
    expect = probe.expect
    wrong = []
    redirected = f" redirects {where}" if where else ""
    if expect.statuses and answer.status not in expect.statuses:
        expected = " or ".join(str(status) for status in expect.statuses)
        wrong.append(f"HTTP {answer.status}{redirected} instead of {expected}")
    elif not expect.statuses and not 200 <= answer.status <= 299:
        wrong.append(f"HTTP {answer.status}{redirected}")
    if expect.json:
        wrong += _unmet_json(expect.json, answer)
    elif (
        200 <= answer.status <= 299 and is_html(answer) and _asks_for_json(probe, token)
    ):
        wrong.append("the body is an HTML page, not JSON")
    if not any(path.startswith(".errors") for path in expect.json):
        wrong += _graphql_errors(answer)
    if expect.contains is not None and expect.contains not in answer.text():
        wrong.append(f"the body does not contain {expect.contains!r}")
    if expect.within is not None and answer.seconds > expect.within:
        wrong.append(f"took {answer.seconds:.2f} s, more than {expect.within:g} s")
    return "; ".join(wrong)


def doubt(probe: Probe, answer: Answer) -> str:
    """A warning about a response that may come from another service, or ""."""
    checked = bool(probe.expect.json) or probe.expect.contains is not None
    if checked or not 200 <= answer.status <= 299 or not is_html(answer):
        return ""
    return (
        "the answer is an HTML page, as a single-page app gives for any path. "
        "Add `contains` or `json` to its `expect`"
    )


def is_html(answer: Answer) -> bool:
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    start = answer.body[:100].lstrip().lower()
    pages = ("text/html", "application/xhtml+xml")
    return kind in pages or start.startswith((b"<!doctype html", b"<html"))


def not_json(answer: Answer) -> str:
    return (
        "the body is an HTML page, not JSON"
        if is_html(answer)
        else "the body is not JSON"
    )


def redirect_target(public: str, answer: Answer) -> str:
    """The absolute URL of a redirect; empty for other responses."""
    location = answer.headers.get("location", "")
    if answer.status not in REDIRECTS or not location:
        return ""
    try:
        there = urllib.parse.urljoin(public, location)
        urllib.parse.urlsplit(there)
    except ValueError:
        return ""
    return there


def describe_redirect(public: str, there: str, source: str) -> str:
    """The target of a redirect, without its query, which may contain a token."""
    before, after = urllib.parse.urlsplit(public), urllib.parse.urlsplit(there)
    if url_origin(public) == url_origin(there):
        return f"to {_shown_text(after.path or '/')}"
    if before.hostname == after.hostname and (before.scheme, after.scheme) == (
        "http",
        "https",
    ):
        return f"from http to https on the same host (write https:// in {source})"
    return f"to another host, {_shown_text(f'{after.scheme}://{after.netloc}')}"


def url_origin(url: str) -> tuple[str, str, int | None]:
    parts = urllib.parse.urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port or usual


def _asks_for_json(probe: Probe, token: bool) -> bool:
    accepts = [
        value for name, value in probe.call.headers.items() if name.lower() == "accept"
    ]
    accepted = any("json" in value.required().lower() for value in accepts)
    return probe.call.json is not None or accepted or (probe.auth and token)


def _unmet_json(expected: dict[str, Any], answer: Answer) -> list[str]:
    try:
        data = answer.json()
    except ValueError:
        return [not_json(answer)]
    wrong = []
    for path, value in expected.items():
        found = find_path(data, path)
        if found is ABSENT:
            wrong.append(f"the body has no {path}")
        elif not json_equal(found, filled(value)):
            hidden = value is not filled(value)
            wrong.append(
                f"{path} is not as expected" if hidden else f"{path} is {_shown(found)}"
            )
    return wrong


def _graphql_errors(answer: Answer) -> list[str]:
    if not 200 <= answer.status <= 299 or b'"errors"' not in answer.body:
        return []
    try:
        data = answer.json()
    except ValueError:
        return []
    errors = (
        data.get("errors") if isinstance(data, dict) and set(data) <= GRAPHQL else None
    )
    if not isinstance(errors, list) or not errors:
        return []
    first = errors[0].get("message") if isinstance(errors[0], dict) else errors[0]
    return [f"the body has errors, as GraphQL reports them: {_shown(first)}"]


def _shown(found: Any) -> str:
    """A value of the response on one line, shortened and without secrets."""
    return _shown_text(json.dumps(found, ensure_ascii=False))


def _shown_text(text: str) -> str:
    text = scrub(text).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
