"""Smoke tests: each kind of probe, each way to fail, and where the canary is reached."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy_bench import SCRIPTS, SESSION_TOKEN, Bench, Ran, Reply, Request, secret, var

sys.path.insert(0, str(SCRIPTS))
import deploy  # noqa: E402

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = "<!DOCTYPE html><title>App</title>"


class App(Bench):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.verified()
        self.password = self.secrets["SMOKE_PASSWORD"]
        self.replies: dict[str, Reply] = {}
        self.delay = 0.0
        self.app = self.serve(self.answer)
        self.variables["STAGING_URL"] = self.app.url + "/"
        self.file["url"] = var("STAGING_URL")
        self.file["smoke"] = {
            "login": {
                "method": "POST",
                "path": "/login",
                "json": {"user": "smoke", "password": {"$value": secret("SMOKE_PASSWORD")}},
                "token": ".session.tokens[0]",
            },
            "probes": [{"name": "alive", "path": "/health"}],
        }
        del self.file["cluster"], self.file["workloads"]

    def answer(self, request: Request) -> Reply:
        time.sleep(self.delay)
        path = request.path
        if path in self.replies:
            return self.replies[path]
        if path == "/login":
            if request.headers.get("content-type") != "application/json":
                return Reply(415)
            if request.json() != {"user": "smoke", "password": self.password}:
                return Reply(401, {"error": self.password})
            return Reply(body={"session": {"tokens": [SESSION_TOKEN]}})
        if path == "/agents":
            good = request.headers.get("authorization") == f"Bearer {SESSION_TOKEN}"
            return Reply(200 if good else 403, {"echo": request.headers.get("authorization")})
        if path == "/health":
            return Reply(body={"status": "healthy", "checks": [{"ok": True}], "n": 1})
        return Reply(404)

    def probe(self, **probe: Any) -> Ran:
        self.file["smoke"]["probes"] = [{"name": "it", "path": "/health", **probe}]
        return self.deploy("smoke")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[App]:
    with App(tmp_path) as made:
        yield made


def test_all_pass_with_the_token_masked_before_it_is_used(bench: App) -> None:
    body = {"agent_id": "smoke", "query": 'say "hello"'}
    probes = bench.file["smoke"]["probes"]
    probes.append(
        {"name": "agents", "method": "POST", "path": "/agents", "json": body, "auth": True}
    )
    ran = bench.deploy("smoke")
    assert ran.code == 0, ran.out
    assert ran.out.splitlines()[0] == f"::add-mask::{SESSION_TOKEN}"
    assert "| log-in | POST /login | HTTP 200 in" in ran.summary
    assert "| agents | POST /agents | HTTP 200 in" in ran.summary
    sent = bench.app.requests[-1]
    assert sent.headers["content-type"] == "application/json"
    assert json.loads(sent.body) == body


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"status": 204}, "HTTP 200 instead of 204"),
        ({"status": [201, 204]}, "HTTP 200 instead of 201 or 204"),
        ({"json": {".status": "ready"}}, '.status is "healthy"'),
        ({"json": {".n": True}}, ".n is 1"),
        ({"json": {".checks[0].ok": 1}}, ".checks[0].ok is true"),
        ({"json": {".checks[1].ok": True}}, "the body has no .checks[1].ok"),
        ({"contains": "sick"}, "the body does not contain 'sick'"),
        ({"within": "1ms"}, "more than 0.001 s"),
    ],
)
def test_each_expectation_can_fail(bench: App, expect: dict[str, Any], said: str) -> None:
    bench.delay = 0.01
    ran = bench.probe(expect=expect)
    assert ran.code == 1
    (told,) = ran.errors()
    assert said in told
    assert "Smoke tests of production: it:" in told


def test_each_expectation_can_hold(bench: App) -> None:
    ran = bench.probe(
        expect={
            "status": 200,
            "json": {".status": "healthy", ".checks[0].ok": True, ".n": 1},
            "contains": "healthy",
            "within": "5s",
        }
    )
    assert ran.code == 0, ran.out


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("é\n::error::x", '"é\\n::error::x"'),
        ("\ud800", '"\\ud800"'),
        (["no"] * 9, json.dumps(["no"] * 9)),
        ("no" * 2**20, f'"{"no" * 49}n…'),
        ("a | < b", '"a | < b"'),
    ],
)
def test_what_is_found_instead_is_one_short_line(bench: App, found: Any, shown: str) -> None:
    bench.replies["/health"] = Reply(200, {"status": found})
    ran = bench.probe(expect={"json": {".status": "healthy"}})
    assert ran.errors() == [f"Smoke tests of production: it: .status is {shown}"]
    assert shown.replace("|", "\\|").replace("<", "&lt;") in ran.summary


@pytest.mark.parametrize("password", ["a|bar <and> more", 'it\'s "quoted" \\ é', "two\tblanks"])
def test_a_secret_in_an_answer_is_told_nowhere(bench: App, password: str) -> None:
    bench.secrets["SMOKE_PASSWORD"] = bench.password = password
    bench.replies["/health"] = Reply(200, {"status": f"no {password}, 'nor' it"})
    ran = bench.probe(expect={"json": {".status": "healthy"}})
    assert ran.errors() == ["Smoke tests of production: it: .status is \"no ***, 'nor' it\""]
    assert ".status is \"no ***, 'nor' it\" |" in ran.summary


@pytest.mark.parametrize(
    ("reply", "expect", "said"),
    [
        (Reply(500, "x"), {}, "HTTP 500"),
        (Reply(200, "no json"), {"json": {".a": 1}}, "the body is not JSON"),
        (Reply(200, "[" * 100_000), {"json": {".a": 1}}, "the body is not JSON"),
        (Reply(500, "x", {"Content-Length": "100"}), {}, "HTTP 500"),
        (
            Reply(302, "", {"Location": "http://elsewhere.example/?code=1"}),
            {},
            "it: HTTP 302 redirects to another host, http://elsewhere.example",
        ),
        (Reply(302, "", {"Location": "http://[/"}), {}, "it: HTTP 302"),
        (Reply(302, "", {}), {"status": 200}, "it: HTTP 302 instead of 200"),
    ],
)
def test_wrong_answers(bench: App, reply: Reply, expect: dict[str, Any], said: str) -> None:
    bench.replies["/health"] = reply
    ran = bench.probe(expect=expect)
    assert ran.code == 1
    assert ran.errors()[0].endswith(said)


def test_a_redirect_is_an_answer_and_is_not_followed(bench: App) -> None:
    bench.replies["/workspace"] = Reply(302, "", {"Location": "/login-page?next=secret"})
    bench.replies["/login-page"] = Reply(200, "<!doctype html>Log in", HTML)
    for auth in (True, False):
        ran = bench.probe(path="/workspace", auth=auth, expect={"status": 200})
        said = "it: HTTP 302 redirects to /login-page instead of 200"
        assert ran.errors() == [f"Smoke tests of production: {said}"]
    assert bench.probe(path="/workspace", expect={"status": 302}).code == 0
    assert "/login-page" not in [request.path.split("?")[0] for request in bench.app.requests]


def test_redirects_within_the_service_are_followed_where_asked_for(bench: App) -> None:
    bench.replies["/old"] = Reply(301, "", {"Location": bench.app.url + "/health?a=b#c"})
    bench.replies["/health?a=b"] = Reply(302, "", {"Location": "health"})
    healthy = {"json": {".status": "healthy"}}
    assert bench.probe(path="/old", redirects=True, expect=healthy).code == 0
    assert [request.path for request in bench.app.requests[1:]] == [
        "/old",
        "/health?a=b",
        "/health",
    ]
    assert bench.probe(path="/old", redirects=True, expect={"status": 301}).code == 0
    bench.replies["/loop"] = Reply(302, "", {"Location": "/loop"})
    ran = bench.probe(path="/loop", redirects=True)
    assert "it: too many redirects" in ran.errors()[0]


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [
        (301, "GET", b""),
        (302, "GET", b""),
        (303, "GET", b""),
        (307, "POST", b"1"),
        (308, "POST", b"1"),
    ],
)
def test_what_follows_a_redirect_of_a_post(
    bench: App, status: int, method: str, body: bytes
) -> None:
    bench.replies["/old"] = Reply(status, "", {"Location": "/health"})
    assert bench.probe(path="/old", method="POST", json=1, redirects=True).code == 0
    sent = bench.app.requests[-1]
    assert (sent.path, sent.method, sent.body) == ("/health", method, body)


@pytest.mark.parametrize("redirects", [True, False])
@pytest.mark.parametrize(
    ("location", "said"),
    [
        (
            "https://127.0.0.1/x",
            "from http to https on the same host (write https:// in variable STAGING_URL)",
        ),
        ("http://127.0.0.1:1/x", "to another host, http://127.0.0.1:1"),
        ("//elsewhere.example/x", "to another host, http://elsewhere.example"),
    ],
)
def test_another_origin_is_never_followed(
    bench: App, redirects: bool, location: str, said: str
) -> None:
    bench.replies["/old"] = Reply(308, "", {"Location": location})
    ran = bench.probe(path="/old", auth=True, redirects=redirects, expect={"status": 200})
    told = f"it: HTTP 308 redirects {said} instead of 200"
    assert ran.errors() == [f"Smoke tests of production: {told}"]


NO_JSON = "it: the body is an HTML page, not JSON"


@pytest.mark.parametrize("reply", [Reply(200, "hi", HTML), Reply(200, f"\n {PAGE}")])
@pytest.mark.parametrize(
    "probe",
    [
        {"json": {"query": "{ me }"}, "method": "POST"},
        {"headers": {"accept": {"literal": "application/JSON"}}},
        {"auth": True},
        {"expect": {"json": {".status": "healthy"}}},
    ],
    ids=["sends", "accepts", "token", "expects"],
)
def test_a_page_where_json_is_expected(bench: App, reply: Reply, probe: dict[str, Any]) -> None:
    bench.replies["/health"] = reply
    ran = bench.probe(**probe)
    assert ran.errors() == [f"Smoke tests of production: {NO_JSON}"]


def test_a_page_that_nothing_is_expected_of_draws_a_warning(bench: App) -> None:
    bench.replies["/health"] = Reply(200, PAGE, HTML)
    ran = bench.probe()
    assert (ran.code, ran.errors()) == (0, [])
    (told,) = ran.warnings()
    assert told.startswith("Smoke tests of production: it: the answer is an HTML page, as a single")
    assert "| passed, but the answer is an HTML page" in ran.summary
    assert bench.probe(expect={"contains": "App"}).warnings() == []
    bench.replies["/health"] = Reply(200, "plain", {"Content-Type": "text/plain"})
    assert bench.probe().warnings() == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errors": [{"message": "no field me"}], "data": None}, '"no field me"'),
        ({"errors": ["x"], "extensions": {}}, '"x"'),
        ({"errors": [{}]}, "null"),
    ],
)
def test_errors_of_graphql_come_with_200(bench: App, body: Any, said: str) -> None:
    bench.replies["/health"] = Reply(200, body)
    ran = bench.probe(expect={"status": 200})
    told = f"it: the body has errors, as GraphQL reports them: {said}"
    assert ran.errors() == [f"Smoke tests of production: {told}"]
    assert bench.probe(expect={"json": {".errors": body["errors"]}}).code == 0


@pytest.mark.parametrize(
    "body", [{"errors": []}, {"errors": 0}, {"errors": ["x"], "rows": 2}, ["errors"], '"errors" {']
)
def test_what_is_no_answer_of_graphql(bench: App, body: Any) -> None:
    bench.replies["/health"] = Reply(200, body)
    assert bench.probe(expect={"status": 200}).code == 0


FORM_TOKEN = "5e55-10n"  # noqa: S105


def with_form(bench: App, reply: Reply, **login: Any) -> None:
    """A log-in by a form, as a browser sends it."""
    bench.file["smoke"]["login"] = {
        "method": "POST",
        "path": "/enter",
        "form": {"user": {"literal": "a b&c"}, "password": secret("SMOKE_PASSWORD")},
        "cookie": True,
        **login,
    }
    bench.replies["/enter"] = reply


class Cookies(dict[str, str]):
    """Headers, one of them several times."""

    def __init__(self, *cookies: str, **headers: str) -> None:
        super().__init__(headers)
        self.cookies = cookies

    def items(self) -> Any:
        return [*super().items(), *(("Set-Cookie", cookie) for cookie in self.cookies)]


@pytest.mark.parametrize("status", [200, 204, 302, 303])
def test_a_form_gives_cookies_that_are_masked_and_sent_to_the_service_alone(
    bench: App, status: int
) -> None:
    cookies = Cookies(
        f"session={FORM_TOKEN}; Path=/; HttpOnly; Secure",
        "lang=en; Expires=Wed, 01 Jan 2100 00:00:00 GMT; Max-Age=60",
        "old=gone; Max-Age=0",
        "older=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "lang=de",
        Location="/home",
    )
    with_form(bench, Reply(status, "", cookies))
    ran = bench.probe(path="/health", auth=True)
    assert ran.code == 0, ran.out
    assert ran.out.splitlines()[0] == f"::add-mask::{FORM_TOKEN}"
    assert FORM_TOKEN not in ran.out.split("\n", 1)[1] + ran.summary
    entered, asked = bench.app.requests[-2:]
    assert entered.headers["content-type"] == "application/x-www-form-urlencoded"
    password = urllib.parse.quote_plus(bench.password)
    assert entered.body.decode() == f"user=a+b%26c&password={password}"
    assert asked.headers["cookie"] == f"session={FORM_TOKEN}; lang=de"
    assert "authorization" not in asked.headers
    bench.probe(path="/health")
    assert "cookie" not in bench.app.requests[-1].headers
    elsewhere = bench.serve(lambda _: Reply(200))
    bench.replies["/away"] = Reply(307, "", {"Location": elsewhere.url})
    bench.probe(path="/away", auth=True, redirects=True)
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(200, PAGE), "HTTP 200 without a cookie"),
        (
            Reply(302, "", {"Location": "/enter?error"}),
            "HTTP 302 redirects to /enter without a cookie",
        ),
        (Reply(401, "", {"Set-Cookie": "a=1"}), "HTTP 401"),
        (
            Reply(302, "", {"Location": "https://127.0.0.1/enter", "Set-Cookie": "a=1"}),
            "HTTP 302 redirects from http to https on the same host "
            "(write https:// in variable STAGING_URL)",
        ),
        (
            Reply(302, "", {"Location": "https://sso.example/", "Set-Cookie": "a=1"}),
            "HTTP 302 redirects to another host, https://sso.example",
        ),
    ],
)
def test_a_log_in_without_a_cookie(bench: App, reply: Reply, said: str) -> None:
    with_form(bench, reply)
    ran = bench.probe(auth=True)
    assert ran.errors() == [
        f"Smoke tests of production: log-in: {said}",
        "Smoke tests of production: it: not sent: the log-in failed",
    ]


def test_a_form_can_give_a_token(bench: App) -> None:
    with_form(bench, Reply(200, {"token": SESSION_TOKEN}), cookie=False, token=".token")
    assert bench.probe(path="/agents", auth=True).code == 0


def test_all_failures_are_told_together(bench: App) -> None:
    bench.file["smoke"]["probes"] = [
        {"name": "first", "path": "/none"},
        {"name": "second", "path": "/health"},
        {"name": "third", "path": "/nothing"},
    ]
    ran = bench.deploy("smoke")
    assert ran.code == 1
    assert [line.split(": ")[1] for line in ran.errors()] == ["first", "third"]
    assert ran.summary.count("| HTTP 404 |") == 2
    assert "| second |" in ran.summary


def test_a_refused_log_in_fails_what_needs_it_and_runs_the_rest(bench: App) -> None:
    bench.password = "another"
    bench.file["smoke"]["probes"].append({"name": "agents", "path": "/agents", "auth": True})
    ran = bench.deploy("smoke")
    assert ran.code == 1
    assert ran.errors() == [
        "Smoke tests of production: log-in: HTTP 401",
        "Smoke tests of production: agents: not sent: the log-in failed",
    ]
    assert "| log-in | POST /login | HTTP 401 in" in ran.summary
    assert "| alive | GET /health | HTTP 200" in ran.summary


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(200, "hello"), "log-in: the body is not JSON"),
        (Reply(200, {"token": "x"}), "log-in: the body has no token at .session.tokens[0]"),
        (Reply(200, {"session": {"tokens": [""]}}), "log-in: the body has no token at"),
        (
            Reply(307, "", {"Location": "http://elsewhere.example/login"}),
            "log-in: HTTP 307 redirects to another host",
        ),
        (Reply(307, "", {"Location": "/login/"}), "log-in: HTTP 307 redirects to /login/"),
        (Reply(200, PAGE, HTML), "log-in: the body is an HTML page, not JSON"),
    ],
)
def test_a_log_in_without_a_token(bench: App, reply: Reply, said: str) -> None:
    bench.replies["/login"] = reply
    ran = bench.deploy("smoke")
    assert ran.code == 1
    assert said in ran.errors()[0]
    # No probe needs it, but whoever wrote a log-in wants to know that it works.
    assert ran.summary.count("| passed |") == 1


def test_a_service_that_is_down_or_slow(bench: App) -> None:
    bench.delay = 1.0
    del bench.file["smoke"]["login"]
    ran = bench.probe(timeout="200ms")
    assert "the service is unreachable: no answer within 0.2 s" in ran.errors()[0]
    bench.variables["STAGING_URL"] = "http://127.0.0.1:9"
    ran = bench.probe()
    assert "the service is unreachable: connection refused" in ran.errors()[0]


@contextmanager
def speaking(*parts: bytes, pause: float = 0.0) -> Iterator[str]:
    """The address of a server that says this to whoever connects, whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                for part in parts:
                    try:
                        connection.sendall(part)
                    except ConnectionError:
                        return
                    time.sleep(pause)

        threading.Thread(target=speak, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "it closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "its answer broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", "its answer broke off"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "it does not answer in HTTP"),
    ],
)
def test_an_answer_that_is_none(bench: App, said: bytes, reason: str) -> None:
    del bench.file["smoke"]["login"]
    with speaking(said) as bench.variables["STAGING_URL"]:
        ran = bench.probe()
    assert ran.errors() == [f"Smoke tests of production: it: the service is unreachable: {reason}"]


def test_a_whole_answer_has_to_come_in_time(bench: App) -> None:
    del bench.file["smoke"]["login"]
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
    began = time.monotonic()
    with speaking(head, *[b"x"] * 99, pause=0.1) as bench.variables["STAGING_URL"]:
        ran = bench.probe(timeout="500ms")
    assert "unreachable: no answer within 0.5 s" in ran.errors()[0]
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("probe", "timeout"),
    [
        ({}, 10.0),
        ({"expect": {"within": "2s"}}, 10.0),
        ({"expect": {"within": "1m"}}, 60.0),
        ({"expect": {"within": "1m"}, "timeout": "5s"}, 5.0),
    ],
)
def test_how_long_an_answer_is_waited_for(probe: dict[str, Any], timeout: float) -> None:
    smoke = {"probes": [{"name": "it", "path": "/health", **probe}]}
    root = deploy.Table({"environment": "e", "url": {"literal": "https://e"}, "smoke": smoke}, "")
    read = deploy.Smoke.read(root)
    assert read and read.probes[0].call.timeout == timeout


def test_retry_waits_for_a_service_that_comes_up(bench: App) -> None:
    del bench.file["smoke"]["login"]
    bench.replies["/late"] = Reply(503)
    assert bench.probe(path="/late").code == 1
    assert len(bench.app.requests) == 1, "without `retry` one failure is a failure"
    asked = 0
    answer = bench.app.answer

    def later(request: Request) -> Reply:
        nonlocal asked
        asked += 1
        return Reply(503) if asked < 3 else answer(Request("GET", "/health", {}, b""))

    bench.app.answer = later
    assert bench.probe(path="/late", retry="20s").code == 0
    assert asked == 3


@pytest.mark.parametrize("url", ["", "ftp://x.example", "not a url", "http://"])
def test_a_url_that_is_none(bench: App, url: str) -> None:
    bench.variables["STAGING_URL"] = url
    ran = bench.deploy("smoke")
    assert ran.code == 1
    assert "variable STAGING_URL" in ran.errors()[0]


def test_missing_values_are_named_together(bench: App) -> None:
    bench.variables["STAGING_URL"] = ""
    bench.secrets["SMOKE_PASSWORD"] = ""
    (told,) = bench.deploy("smoke").errors()
    assert "secret SMOKE_PASSWORD, variable STAGING_URL are empty in production" in told


def with_canary(bench: App, **more: Any) -> None:
    bench.file["cluster"] = {
        "namespace": "production",
        "kubeconfig": secret("PIPEWRIGHT_KUBECONFIG"),
    }
    bench.file["workloads"] = [
        {
            "name": "api",
            "image": {"repository": "registry.example/atom", "digest-env": "PIPEWRIGHT_DIGEST_API"},
            "delivery": {"kind": "image", "target": "deployment/atom", "container": "atom"},
        }
    ]
    bench.canary(**more)


def test_the_canary_through_a_port_forward(bench: App) -> None:
    with_canary(bench, smoke={"through": "port-forward", "port": 8080})
    bench.variables["STAGING_URL"] = "https://atom.example/"
    bench.set(forward={"service/atom-canary": bench.app.port})
    ran = bench.deploy("smoke", "--canary")
    assert ran.code == 0, ran.out
    seen = bench.app.requests[-1].headers
    assert (seen["host"], seen["x-forwarded-proto"]) == ("atom.example", "https")
    call = bench.calls()[-1]
    assert call[1:4] == ["port-forward", "service/atom-canary", ":8080"]
    bench.set(forward={})
    ran = bench.deploy("smoke", "--canary")
    assert "cannot reach service/atom-canary by port-forward" in ran.errors()[0]


def test_the_canary_through_a_header(bench: App) -> None:
    with_canary(bench, smoke={"through": "header", "headers": {"X-Canary": {"literal": "yes"}}})
    assert bench.deploy("smoke", "--canary").code == 0
    assert bench.app.requests[-1].headers["x-canary"] == "yes"


def test_no_canary(bench: App) -> None:
    with_canary(bench)
    bench.file["workloads"][0]["traffic"] = {"kind": "all-at-once"}
    assert "shifts for 0 workloads" in bench.deploy("smoke", "--canary").errors()[0]


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        (".", []),
        (".access_token", ["access_token"]),
        (".a.b[0].c-d", ["a", "b", 0, "c-d"]),
        ('.["a key"][2]', ["a key", 2]),
        (".[0].x", [0, "x"]),
        ("access_token", None),
        (".a..b", None),
        (".a[x]", None),
        (".a b", None),
        (".a[0]b", None),
    ],
)
def test_paths(path: str, steps: list[str | int] | None) -> None:
    assert deploy.path_steps(path) == steps
