"""Probes and log-in of the smoke tests.

    "smoke": {
      "headers": {"X-Name": ExternalValue},       sent with every request; optional
      "login": {"method": "POST", "path": "/api/auth/login", "json": Body,
                "headers": {…}, "token": ".access_token",
                "header": "Authorization", "scheme": "Bearer"},
      "probes": [{
        "name": "ready", "method": "GET", "path": "/health/ready", "json": Body,
        "headers": {…}, "auth": false, "redirects": false,
        "timeout": "10s", "retry": "30s",
        "expect": {"status": 200 | [200, 204], "json": {".status": Body},
                   "contains": "text", "within": "2s"}
      }]
    }

A log-in sends `json`, or as a browser does "form": {"username": ExternalValue}. It
gets a `token`, or with "cookie": true the cookies of the response; `auth` sends them
with a probe. A Body is any JSON; {"$value": ExternalValue} in it is replaced by the
secret or variable. The default of `expect.status` is any 2xx. `retry` repeats a
failing probe for that long. Redirects are followed only with `redirects`. The time
limit of a request is `timeout`, else `within`, but at least 10 s, to report a slow
answer with its duration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from json_path import path_steps
from runner import Problem
from settings import ExternalValue, Table

SHORTEST_TIMEOUT = 10.0


@dataclass(frozen=True)
class Expect:
    statuses: list[int]
    json: dict[str, Any]
    contains: str | None
    within: float | None

    @staticmethod
    def read(table: Table) -> Expect:
        status = table.raw("status")
        statuses = (
            status if isinstance(status, list) else [] if status is None else [status]
        )
        if not all(isinstance(item, int) and 100 <= item <= 599 for item in statuses):
            raise table.wrong("status", "an HTTP status or a list of them")
        values: dict[str, Any] = {}
        if table.has("json"):
            expected = table.table("json")
            for path in expected.names():
                if path_steps(path) is None:
                    raise table.wrong("json", f"paths such as .status ({path} is none)")
                values[path] = _body(expected, path, expected.raw(path))
        read = Expect(
            statuses,
            values,
            table.text_or_none("contains"),
            table.seconds("within") if table.has("within") else None,
        )
        table.done()
        return read


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    json: Any
    headers: dict[str, ExternalValue]
    timeout: float
    form: dict[str, ExternalValue] | None = None

    @staticmethod
    def read(table: Table, within: float = 0.0) -> Call:
        path = table.text("path")
        if not path.startswith("/"):
            raise table.wrong("path", "a path that begins with /")
        method = table.text("method", "GET")
        if not method.isalpha() or not method.isupper():
            raise table.wrong("method", "an HTTP method in capitals")
        body = _body(table, "json", table.raw("json")) if table.has("json") else None
        headers = table.externals_in("headers")
        form = table.externals_in("form") if table.has("form") else None
        if body is not None and form is not None:
            raise table.wrong("form", "left out beside `json`")
        longest = max(SHORTEST_TIMEOUT, within)
        timeout = table.seconds("timeout") if table.has("timeout") else longest
        return Call(method, path, body, headers, timeout, form)


@dataclass(frozen=True)
class Login:
    call: Call
    # The path of the token in the response, or None for a log-in by cookies.
    token: str | None
    header: str
    scheme: str


@dataclass(frozen=True)
class Probe:
    name: str
    call: Call
    auth: bool
    redirects: bool
    retry: float
    expect: Expect


@dataclass(frozen=True)
class Smoke:
    environment: str
    url: ExternalValue
    headers: dict[str, ExternalValue]
    login: Login | None
    probes: list[Probe]

    @staticmethod
    def read(root: Table) -> Smoke | None:
        if not root.has("smoke"):
            return None
        table = root.table("smoke")
        login = _read_login(table.table("login")) if table.has("login") else None
        probes = [_read_probe(item) for item in table.tables("probes")]
        if not probes:
            raise table.wrong("probes", "a list with at least one probe")
        if login is None and any(probe.auth for probe in probes):
            raise Problem("settings: a probe has `auth` but `smoke` has no `login`")
        headers = table.externals_in("headers")
        read = Smoke(
            root.text("environment"), root.external("url"), headers, login, probes
        )
        table.done()
        return read


def _read_login(table: Table) -> Login:
    token = None if table.flag("cookie", False) else table.text("token")
    if token is not None and path_steps(token) is None:
        raise table.wrong("token", "a path such as .access_token")
    scheme = table.raw("scheme")
    read = Login(
        Call.read(table),
        token,
        table.text("header", "Authorization"),
        "Bearer" if scheme is None else str(scheme),
    )
    table.done()
    return read


def _read_probe(table: Table) -> Probe:
    empty = Table({}, f"{table.place}.expect", table.values)
    expect = Expect.read(table.table("expect") if table.has("expect") else empty)
    read = Probe(
        table.text("name"),
        Call.read(table, expect.within or 0.0),
        table.flag("auth", False),
        table.flag("redirects", False),
        table.seconds("retry", "0s"),
        expect,
    )
    table.done()
    return read


def _body(table: Table, key: str, data: Any) -> Any:
    """Replaces each {"$value": …}, right before the request."""
    if isinstance(data, dict):
        if set(data) == {"$value"}:
            return table.external_of(data["$value"], key)
        return {name: _body(table, key, value) for name, value in data.items()}
    if isinstance(data, list):
        return [_body(table, key, value) for value in data]
    return data


def filled(body: Any) -> Any:
    if isinstance(body, ExternalValue):
        return body.required()
    if isinstance(body, dict):
        return {name: filled(value) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value) for value in body]
    return body
