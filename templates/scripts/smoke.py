"""Smoke tests of an environment.

Every probe runs, and all failures are reported together. `--canary` sends the probes
to the canary or preview alone, by the workload's traffic.
"""

from __future__ import annotations

import dataclasses
import time
import urllib.parse
from dataclasses import dataclass, field

from cluster import Cluster, ClusterSettings
from expectation import (
    describe_redirect,
    doubt,
    not_json,
    redirect_target,
    unmet,
    url_origin,
)
from json_path import find_path
from port_forward import PortForward
from runner import Problem, Problems, annotate, mask
from settings import Table, blank_secrets, read_settings, unset_problem
from smoke_plan import Call, Login, Probe, Smoke, filled
from tables import show_table
from web import Answer, check_url, cookies_of, send_request
from workload import read_workloads

MAX_REDIRECTS = 5
SHORTEST_MASKED = 6


@dataclass
class Target:
    """Target of requests, and the headers of all of them."""

    base: str
    headers: dict[str, str]
    # The name of the setting with the URL, and the URL as the service sees it.
    source: str
    public: str
    direct: bool = False
    # The token or the cookies of the log-in.
    credentials: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The result of a probe, or of the log-in."""

    name: str
    call: Call
    problem: str
    seen: str
    doubt: str = ""

    def row(self) -> tuple[str, str, str, str]:
        request = f"{self.call.method} {self.call.path}"
        passed = f"passed, but {self.doubt}" if self.doubt else "passed"
        return self.name, request, self.seen, self.problem or passed


def run_probes(smoke: Smoke, target: Target, heading: str) -> None:
    outcomes = [] if smoke.login is None else [_log_in(smoke.login, target)]
    refused = any(outcome.problem for outcome in outcomes)
    for probe in smoke.probes:
        if probe.auth and refused:
            outcomes.append(
                Outcome(probe.name, probe.call, "not sent: the log-in failed", "–")
            )
        else:
            outcomes.append(_try(probe, target))
    columns = ("Probe", "Request", "Answer", "Result")
    show_table(heading, columns, [outcome.row() for outcome in outcomes])
    for outcome in outcomes:
        if outcome.doubt and not outcome.problem:
            annotate("warning", f"{heading}: {outcome.name}: {outcome.doubt}")
    problems = [
        Problem(f"{heading}: {outcome.name}: {outcome.problem}")
        for outcome in outcomes
        if outcome.problem
    ]
    if problems:
        raise Problems(problems)


def _log_in(login: Login, target: Target) -> Outcome:
    """Logs in, and adds the token or the cookies to the target."""
    seen = "–"
    try:
        answer = _send(login.call, target, {}, attempts=3)
        seen = _seen(answer)
        if login.token is None:
            target.credentials = {"Cookie": _cookies(target, answer)}
        else:
            token = _token(login.token, target, answer)
            mask(token)
            target.credentials = {login.header: f"{login.scheme} {token}".strip()}
    except Problem as problem:
        return Outcome("log-in", login.call, str(problem), seen)
    return Outcome("log-in", login.call, "", seen)


def _token(path: str, target: Target, answer: Answer) -> str:
    if not 200 <= answer.status <= 299:
        raise Problem(f"HTTP {answer.status}{_redirected(target, answer)}")
    try:
        token = find_path(answer.json(), path)
    except ValueError:
        raise Problem(not_json(answer)) from None
    if not isinstance(token, str) or not token.strip():
        raise Problem(f"the body has no token at {path}")
    return token


def _cookies(target: Target, answer: Answer) -> str:
    """The cookies of a log-in, which may redirect within the service."""
    there = redirect_target(target.public, answer)
    within = bool(there) and url_origin(there) == url_origin(target.public)
    if not 200 <= answer.status <= 299 and not within:
        raise Problem(f"HTTP {answer.status}{_redirected(target, answer)}")
    cookies = cookies_of(answer)
    if not cookies:
        raise Problem(
            f"HTTP {answer.status}{_redirected(target, answer)} without a cookie"
        )
    for value in cookies.values():
        # Masking a word such as `en` would mask half of the log.
        if len(value) >= SHORTEST_MASKED:
            mask(value)
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _try(probe: Probe, target: Target) -> Outcome:
    """Sends a probe, and repeats it within its time for retries."""
    until = time.monotonic() + probe.retry
    pause = 0.5
    while True:
        outcome = _probe_once(probe, target)
        left = until - time.monotonic()
        if not outcome.problem or left <= 0:
            return outcome
        time.sleep(min(pause, left))
        pause = min(3.0, pause * 2)


def _probe_once(probe: Probe, target: Target) -> Outcome:
    headers = target.credentials if probe.auth else {}
    redirects = probe.redirects and not any(
        300 <= it <= 399 for it in probe.expect.statuses
    )
    try:
        answer = _send(probe.call, target, headers, redirects=redirects)
    except Problem as problem:
        return Outcome(probe.name, probe.call, str(problem), "–")
    there = redirect_target(target.public, answer)
    where = describe_redirect(target.public, there, target.source) if there else ""
    wrong = unmet(probe, answer, where, token="Cookie" not in headers)
    doubtful = doubt(probe, answer)
    return Outcome(probe.name, probe.call, wrong, _seen(answer), doubtful)


def _seen(answer: Answer) -> str:
    return f"HTTP {answer.status} in {answer.seconds * 1000:.0f} ms"


def _redirected(target: Target, answer: Answer) -> str:
    there = redirect_target(target.public, answer)
    if not there:
        return ""
    return f" redirects {describe_redirect(target.public, there, target.source)}"


def _send(
    call: Call,
    target: Target,
    headers: dict[str, str],
    attempts: int = 1,
    redirects: bool = False,
) -> Answer:
    sent = {**target.headers, **headers}
    sent |= {name: value.required() for name, value in call.headers.items()}
    method, body = call.method, filled(call.json)
    url, seen_at = target.base + call.path, target.public + call.path
    form = (
        None
        if call.form is None
        else {key: it.required() for key, it in call.form.items()}
    )
    began = time.monotonic()
    for _ in range(MAX_REDIRECTS):
        answer = send_request(
            method,
            url,
            described="the service",
            headers=sent,
            json_body=body,
            form=form,
            timeout=call.timeout,
            attempts=attempts,
            direct=target.direct,
        )
        there = redirect_target(seen_at, answer)
        if there:
            answer = dataclasses.replace(
                answer, headers={**answer.headers, "location": there}
            )
        # Never to another origin, which would get the token.
        within = bool(there) and url_origin(there) == url_origin(target.public)
        if not redirects or not within:
            return dataclasses.replace(answer, seconds=time.monotonic() - began)
        parts = urllib.parse.urlsplit(there)
        way = parts._replace(
            scheme="", netloc="", path=parts.path or "/", fragment=""
        ).geturl()
        url, seen_at = urllib.parse.urljoin(target.base, way), there
        if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
            method, body, form = "HEAD" if method == "HEAD" else "GET", None, None
    raise Problem("too many redirects")


def _run_canary(smoke: Smoke, root: Table) -> None:
    reached = Cluster(ClusterSettings.read(root))
    workloads = read_workloads(root, reached)
    moved = [found.traffic for found in workloads if found.traffic.shifts]
    if len(moved) != 1:
        raise Problem(f"--canary: traffic shifts for {len(moved)} workloads, not one")
    canary = moved[0]
    public = check_url(smoke.url.required(), smoke.url.described)
    headers = {name: value.required() for name, value in smoke.headers.items()}
    heading = f"Smoke tests of the new version in {smoke.environment}"
    if canary.smoke_headers:
        headers |= {
            name: value.required() for name, value in canary.smoke_headers.items()
        }
        run_probes(smoke, Target(public, headers, smoke.url.described, public), heading)
        return
    if not reached.connect():
        raise Problem(
            "KUBECONFIG names no file", "Log in to the cluster before this step"
        )
    # The service gets the host name that it has behind the gateway.
    parts = urllib.parse.urlsplit(public)
    headers |= {"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme}
    seen = f"{parts.scheme}://{parts.netloc}"
    with PortForward(reached, *canary.preview(reached)) as local:
        run_probes(
            smoke,
            Target(local, headers, smoke.url.described, seen, direct=True),
            heading,
        )


def smoke_test(canary: bool) -> int:
    """Sends every probe; `canary` sends them to the canary alone."""
    root = read_settings()
    smoke = Smoke.read(root)
    if smoke is None:
        raise Problem("the settings name no smoke tests")
    blank_secrets(root.values)
    empty = unset_problem(root.values, smoke.environment)
    if empty is not None:
        raise empty
    if canary:
        _run_canary(smoke, root)
        return 0
    base = check_url(smoke.url.required(), smoke.url.described)
    headers = {name: value.required() for name, value in smoke.headers.items()}
    target = Target(base, headers, smoke.url.described, base)
    run_probes(smoke, target, f"Smoke tests of {smoke.environment}")
    return 0
