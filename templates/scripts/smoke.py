"""Smoke tests of an environment: `run.py smoke [--canary]`.

Every probe runs, and all failures are told together. `--canary` sends the probes to the canary
alone, as the workload's traffic says. What the probes are: smoke_plan.py.

Environment: PIPEWRIGHT_ENVIRONMENT_FILE, the secrets and variables that it names; with `--canary`
also KUBECONFIG. Exit status: 0 all passed, 1 not, 2 usage, 130 cancelled.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

import cluster
import console
import json_path
import settings
import web
import workload
from console import Problem, Problems
from port_forward import PortForward
from settings import Table
from smoke_plan import Call, Expect, Login, Probe, Smoke, filled

from traffic import GatewayApi

MOST_REDIRECTS = 5
LONGEST_SHOWN = 100


@dataclass
class Target:
    """Where requests go, and what every one of them carries."""

    base: str
    headers: dict[str, str]
    direct: bool = False
    authorization: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of a probe, or of the log-in."""

    name: str
    call: Call
    problem: str
    seen: str

    def row(self) -> tuple[str, str, str, str]:
        request = f"{self.call.method} {self.call.path}"
        return self.name, request, self.seen, self.problem or "passed"


def run(smoke: Smoke, target: Target, heading: str) -> None:
    outcomes = [] if smoke.login is None else [_log_in(smoke.login, target)]
    refused = any(outcome.problem for outcome in outcomes)
    for probe in smoke.probes:
        if probe.auth and refused:
            outcomes.append(Outcome(probe.name, probe.call, "not sent: the log-in failed", "–"))
        else:
            outcomes.append(_try(probe, target))
    columns = ("Probe", "Request", "Answer", "Result")
    console.table(heading, columns, [outcome.row() for outcome in outcomes])
    problems = [
        Problem(f"{heading}: {outcome.name}: {outcome.problem}")
        for outcome in outcomes
        if outcome.problem
    ]
    if problems:
        raise Problems(problems)


def _log_in(login: Login, target: Target) -> Outcome:
    """Logs in; from then on the target has the token."""
    seen = "–"
    try:
        answer = _send(login.call, target, {}, attempts=3)
        seen = _seen(answer)
        token = _token(login, answer)
    except Problem as problem:
        return Outcome("log-in", login.call, str(problem), seen)
    console.mask(token)
    target.authorization = {login.header: f"{login.scheme} {token}".strip()}
    return Outcome("log-in", login.call, "", seen)


def _token(login: Login, answer: web.Answer) -> str:
    if not 200 <= answer.status <= 299:
        raise Problem(f"HTTP {answer.status}")
    try:
        token = json_path.find(answer.json(), login.token)
    except ValueError:
        raise Problem("the body is not JSON") from None
    if not isinstance(token, str) or not token.strip():
        raise Problem(f"the body has no token at {login.token}")
    return token


def _try(probe: Probe, target: Target) -> Outcome:
    """One probe, repeated while its time for retries lasts."""
    until = time.monotonic() + probe.retry
    pause = 0.5
    while True:
        outcome = _once(probe, target)
        left = until - time.monotonic()
        if not outcome.problem or left <= 0:
            return outcome
        time.sleep(min(pause, left))
        pause = min(3.0, pause * 2)


def _once(probe: Probe, target: Target) -> Outcome:
    headers = target.authorization if probe.auth else {}
    try:
        answer = _send(probe.call, target, headers, redirects=not _wants_redirect(probe.expect))
    except Problem as problem:
        return Outcome(probe.name, probe.call, str(problem), "–")
    return Outcome(probe.name, probe.call, _unmet(probe.expect, answer), _seen(answer))


def _seen(answer: web.Answer) -> str:
    return f"HTTP {answer.status} in {answer.seconds * 1000:.0f} ms"


def _unmet(expect: Expect, answer: web.Answer) -> str:
    """What the answer lacks; empty when it is as expected."""
    wrong = []
    if expect.statuses and answer.status not in expect.statuses:
        wanted = " or ".join(str(status) for status in expect.statuses)
        wrong.append(f"HTTP {answer.status} instead of {wanted}")
    elif not expect.statuses and not 200 <= answer.status <= 299:
        wrong.append(f"HTTP {answer.status}")
    if expect.json:
        try:
            data = answer.json()
        except ValueError:
            wrong.append("the body is not JSON")
        else:
            wrong += _unmet_json(expect.json, data)
    if expect.contains is not None and expect.contains not in answer.text():
        wrong.append(f"the body does not contain {expect.contains!r}")
    if expect.within is not None and answer.seconds > expect.within:
        wrong.append(f"took {answer.seconds:.2f} s, more than {expect.within:g} s")
    return "; ".join(wrong)


def _unmet_json(wanted: dict[str, Any], data: Any) -> list[str]:
    wrong = []
    for path, value in wanted.items():
        found = json_path.find(data, path)
        if found is json_path.ABSENT:
            wrong.append(f"the body has no {path}")
        elif not json_path.same(found, filled(value)):
            hidden = value is not filled(value)
            wrong.append(f"{path} is not as expected" if hidden else f"{path} is {_shown(found)}")
    return wrong


def _shown(found: Any) -> str:
    """What the answer says instead, in one line: it may be a whole page, and repeat a secret."""
    text = console.scrub(json.dumps(found, ensure_ascii=False))
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _send(
    call: Call, target: Target, headers: dict[str, str], attempts: int = 1, redirects: bool = True
) -> web.Answer:
    sent = {**target.headers, **headers}
    sent |= {name: value.required() for name, value in call.headers.items()}
    url = target.base + call.path
    began = time.monotonic()
    for _ in range(MOST_REDIRECTS):
        answer = web.request(
            call.method,
            url,
            described="the service",
            headers=sent,
            json_body=filled(call.json),
            timeout=call.timeout,
            attempts=attempts,
            direct=target.direct,
        )
        location = answer.headers.get("location", "")
        if not redirects or answer.status not in (301, 302, 303, 307, 308) or not location:
            return web.Answer(answer.status, answer.headers, answer.body, time.monotonic() - began)
        url = _followed(url, location, call.method, answer.status)
    raise Problem("too many redirects")


def _followed(url: str, location: str, method: str, status: int) -> str:
    """Where to go on: never to another host, which would get the token and prove nothing."""
    there = urllib.parse.urljoin(url, location)
    before, after = urllib.parse.urlsplit(url), urllib.parse.urlsplit(there)
    if (before.scheme, before.netloc) != (after.scheme, after.netloc):
        raise Problem(f"HTTP {status} redirects to another host, {after.scheme}://{after.netloc}")
    if method not in ("GET", "HEAD"):
        raise Problem(f"HTTP {status} redirects a {method} to {after.path}")
    return there


def _wants_redirect(expect: Expect) -> bool:
    return any(300 <= status <= 399 for status in expect.statuses)


def _run_canary(smoke: Smoke, root: Table) -> None:
    canaries = [
        found.traffic for found in workload.read_all(root) if isinstance(found.traffic, GatewayApi)
    ]
    if len(canaries) != 1:
        raise Problem(f"--canary: the environment has {len(canaries)} canaries, not one")
    canary = canaries[0]
    public = web.check_url(smoke.url.required(), smoke.url.described)
    headers = {name: value.required() for name, value in smoke.headers.items()}
    heading = f"Smoke tests of the canary in {smoke.environment}"
    if canary.smoke.through == "header":
        headers |= {name: value.required() for name, value in canary.smoke.headers.items()}
        run(smoke, Target(public, headers), heading)
        return
    reached = cluster.Cluster(cluster.Settings.read(root))
    if not reached.connect():
        raise Problem("KUBECONFIG names no file", "Log in to the cluster before this step")
    # The service sees the names that it would see behind the gateway.
    parts = urllib.parse.urlsplit(public)
    headers |= {"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme}
    with PortForward(reached, canary.canary_ref, canary.smoke.port) as local:
        run(smoke, Target(local, headers, direct=True), heading)


def main() -> int:
    parser = argparse.ArgumentParser(description="Smoke tests of an environment.")
    parser.add_argument("--canary", action="store_true", help="send them to the canary alone")
    given = parser.parse_args()

    def body() -> None:
        root = settings.read()
        smoke = Smoke.read(root)
        if smoke is None:
            raise Problem("the environment file names no smoke tests")
        settings.blank_secrets(root.outsides)
        empty = settings.missing(root.outsides, smoke.environment)
        if empty is not None:
            raise empty
        if given.canary:
            _run_canary(smoke, root)
            return
        base = web.check_url(smoke.url.required(), smoke.url.described)
        headers = {name: value.required() for name, value in smoke.headers.items()}
        run(smoke, Target(base, headers), f"Smoke tests of {smoke.environment}")

    return console.run(body)


if __name__ == "__main__":
    sys.exit(main())
