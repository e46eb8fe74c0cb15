"""smoke-tests.yml against the running service: every kind of probe, and each way to fail."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import service
from runner.bench import Bench
from runner.job import JobRun
from runner.origin import Origin
from seen import CELL, errors
from service import PASSWORD, USERNAME, Asked, Harm, Proxy
from small import generate
from variants import thorough

LOGIN, LIVE, READY = "/api/auth/login", "/health/live", "/health/ready"
DATABASE, AGENTS = "/health/db", "/api/agents/execute"
NOT_SENT = "agents: not sent: the log-in failed"


@pytest.fixture(scope="session")
def atom() -> Iterator[str]:
    """The address of the service."""
    with service.running() as url:
        yield url


@pytest.fixture(scope="session")
def impatient(origin: Origin) -> str:
    """A branch on which `ready` is tried again for one second, not thirty."""
    with origin.change("impatient", "main") as tree:
        definition = tree / "pipeline.toml"
        text = definition.read_text("utf-8")
        assert text.count('retry = "30s"') == 1
        definition.write_text(text.replace('retry = "30s"', 'retry = "1s"'), "utf-8")
        generate(tree)
    return "impatient"


@dataclass
class Site:
    """An environment of the repository, whose address is the proxy's."""

    github: Bench
    proxy: Proxy
    name: str = "staging"

    def __post_init__(self) -> None:
        """Sets what the definition asks for."""
        self.github.environments[self.name] = (
            {"SMOKE_USERNAME": USERNAME, "SMOKE_PASSWORD": PASSWORD},
            {f"{self.name.upper()}_URL": self.proxy.url},
        )

    @property
    def secrets(self) -> dict[str, str]:
        """The environment's secrets."""
        return self.github.environments[self.name][0]

    @property
    def variables(self) -> dict[str, str]:
        """The environment's variables."""
        return self.github.environments[self.name][1]

    def smoke(self, state: str = "main") -> JobRun:
        """A run by hand for this environment, which must not tell a secret, however it ends."""
        run = self.github.run("smoke-tests.yml", self.github.dispatch(state, environment=self.name))
        others = {name for name, result in run.results().items() if result == "skipped"}
        assert {self.name, *others} == {"staging", "production"} and len(others) == 1
        (job,) = run.jobs
        assert job.name == f"Smoke-test {self.name}"
        told = [job.log, job.summary, *(annotation.message for annotation in job.annotations)]
        for secret in (PASSWORD, *self.proxy.tokens):
            for shape in spellings(secret):
                assert not any(shape in text for text in told), f"{shape} is told: {job.log}"
        return job

    def passes(self, state: str = "main") -> Table:
        """A run that ends green, and its table."""
        job = self.smoke(state)
        assert job.result == job.step(job.name).outcome == "success", job.log
        assert job.annotations == []
        found = table(job)
        assert {row.result for row in found.rows.values()} == {"passed"}
        return found

    def fails(self, *messages: str, state: str = "main") -> Table:
        """A run that ends red with these annotations and no others, and its table."""
        job = self.smoke(state)
        assert job.result == job.step(job.name).outcome == "failure", job.log
        assert job.step(job.name).exit == 1
        assert [error.message for error in job.annotations] == [
            f"Smoke tests of {self.name}: {message}" for message in messages
        ]
        assert errors(job) == job.annotations
        found = table(job)
        # What the annotations say, the rows say as well.
        failed = [f"{row.name}: {row.result}" for row in found.rows.values() if row.failed]
        assert failed == list(messages)
        return found


def spellings(secret: str) -> set[str]:
    """A secret as it is, and as JSON, Python, a table and a URL write it."""
    cell = " ".join(secret.split()).replace("|", "\\|").replace("<", "&lt;")
    quoted = {json.dumps(secret)[1:-1], repr(secret)[1:-1], urllib.parse.quote(secret)}
    return {secret, cell, *quoted}


@dataclass(frozen=True)
class Row:
    """A request in the summary's table."""

    name: str
    request: str
    answer: str
    result: str

    @property
    def failed(self) -> bool:
        """Whether its result is a message."""
        return self.result != "passed"


@dataclass(frozen=True)
class Table:
    """The table of a run's summary, without the answers' times."""

    heading: str
    rows: dict[str, Row]

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, by the probe."""
        return {name: row.answer for name, row in self.rows.items()}


def table(job: JobRun) -> Table:
    """The table in a job's summary."""
    heading, _, columns, _, *lines = job.summary.strip().splitlines()
    assert columns == "| Probe | Request | Answer | Result |"
    rows = {}
    for line in lines:
        name, request, answer, result = (cell.strip() for cell in CELL.split(line)[1:-1])
        answer = re.sub(r" in \d+ ms$", "", answer)
        rows[name] = Row(name, request, answer, result.replace("\\|", "|").replace("&lt;", "<"))
    return Table(heading, rows)


@pytest.fixture
def proxy(atom: str) -> Iterator[Proxy]:
    """The proxy between the probes and the service."""
    with service.proxy(atom) as made:
        yield made


@pytest.fixture
def staging(github: Bench, proxy: Proxy) -> Site:
    """The environment `staging`, whose address is the proxy's."""
    return Site(github, proxy)


@pytest.fixture
def elsewhere(atom: str) -> Iterator[Proxy]:
    """Another host, by name and port, where the service answers as well."""
    with service.proxy(atom) as made:
        yield made


# ── what passes ───────────────────────────────────────────────────────────────


def test_all_green(staging: Site) -> None:
    """Every probe is sent to the service once, the token with `agents` alone, and all pass."""
    found = staging.passes()
    assert found.heading == "### Smoke tests of staging"
    assert [(row.name, row.request, row.answer) for row in found.rows.values()] == [
        ("log-in", f"POST {LOGIN}", "HTTP 200"),
        ("alive", f"GET {LIVE}", "HTTP 200"),
        ("ready", f"GET {READY}", "HTTP 200"),
        ("database", f"GET {DATABASE}", "HTTP 200"),
        ("agents", f"POST {AGENTS}", "HTTP 200"),
    ]
    asked, (token,) = staging.proxy.asked, staging.proxy.tokens
    assert [f"{it.method} {it.path}" for it in asked] == [
        row.request for row in found.rows.values()
    ]
    assert json.loads(asked[0].body) == {"username": USERNAME, "password": PASSWORD}
    assert json.loads(asked[-1].body) == {"agent_id": "smoke", "query": "hello"}
    authorized = [it.headers.get("Authorization") for it in asked]
    assert authorized == [None, None, None, None, f"Bearer {token}"]
    # The service remembers: the answer did not come from anywhere else.
    execution = json.loads(staging.proxy.answered[-1].body)
    kept = Asked(
        "GET", "/api/agents/smoke/executions?limit=1", {"Authorization": f"Bearer {token}"}, b""
    )
    assert json.loads(staging.proxy.passed_on(kept).body) == [execution]


def test_production(github: Bench, staging: Site, elsewhere: Proxy) -> None:
    """For production, production's address is asked, and staging's job is skipped."""
    found = Site(github, elsewhere, "production").passes()
    assert found.heading == "### Smoke tests of production"
    assert elsewhere.paths == [LOGIN, LIVE, READY, DATABASE, AGENTS]
    assert staging.proxy.asked == []


def test_ready_within_retry(staging: Site) -> None:
    """A probe with `retry` that fails twice and then passes is asked three times, and passes."""
    staging.proxy.harms[READY] = Harm(status=503, times=2)
    staging.passes()
    assert staging.proxy.paths.count(READY) == 3


def test_slow_once(staging: Site) -> None:
    """A probe with `retry` that is too slow once is asked again, and passes."""
    staging.proxy.harms[READY] = Harm(after=2.1, times=1)
    staging.passes()
    assert staging.proxy.paths.count(READY) == 2


def test_log_in_is_tried_again(staging: Site) -> None:
    """A log-in that is answered with 503 twice is sent three times, and all pass."""
    staging.proxy.harms[LOGIN] = Harm(status=503, times=2)
    staging.passes()
    assert staging.proxy.paths.count(LOGIN) == 3


# ── the log-in ────────────────────────────────────────────────────────────────


def test_wrong_password(staging: Site) -> None:
    """A refused log-in is reported with its 401, `agents` is not sent, and other probes pass."""
    staging.secrets["SMOKE_PASSWORD"] = "the password of long ago"
    found = staging.fails("log-in: HTTP 401", NOT_SENT)
    assert found.answers["log-in"] == "HTTP 401"
    assert found.answers["agents"] == "–"
    assert staging.proxy.paths == [LOGIN, LIVE, READY, DATABASE]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"token_type": "bearer"}', "the body has no token at .access_token"),
        (b"<html>Log in</html>", "the body is an HTML page, not JSON"),
        thorough(b'{"access_token": ""}', "the body has no token at .access_token"),
        thorough(b'{"access_token": 7}', "the body has no token at .access_token"),
    ],
    ids=["none", "no-json", "empty", "number"],
)
def test_log_in_without_a_token(staging: Site, body: bytes, message: str) -> None:
    """A log-in whose answer has no token is reported, and `agents` is not sent."""
    staging.proxy.harms[LOGIN] = Harm(body=body)
    staging.fails(f"log-in: {message}", NOT_SENT)
    assert AGENTS not in staging.proxy.paths


def test_log_in_redirected(staging: Site, elsewhere: Proxy) -> None:
    """A log-in that redirects to another host is reported, and no password is sent there."""
    host = f"http://localhost:{elsewhere.port}"
    staging.proxy.harms[LOGIN] = Harm(status=307, location=host + LOGIN)
    staging.fails(f"log-in: HTTP 307 redirects to another host, {host}", NOT_SENT)
    assert elsewhere.asked == []


def test_log_in_dropped(staging: Site) -> None:
    """A log-in that gets no answer is tried three times and reported, and the other probes pass."""
    staging.proxy.harms[LOGIN] = Harm(dropped=True)
    message = "the service is unreachable: it closed the connection without an answer"
    staging.fails(f"log-in: {message}", NOT_SENT)
    assert staging.proxy.paths.count(LOGIN) == 3


# ── wrong answers ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("alive", LIVE, 202),
        ("ready", READY, 503),
        ("database", DATABASE, 500),
        ("agents", AGENTS, 404),
    ],
)
def test_wrong_status(staging: Site, impatient: str, name: str, path: str, status: int) -> None:
    """A probe that is answered with another status fails alone, and reports both."""
    staging.proxy.harms[path] = Harm(status=status)
    found = staging.fails(f"{name}: HTTP {status} instead of 200", state=impatient)
    assert found.answers[name] == f"HTTP {status}"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"status": "degraded"}', '.status is "degraded"'),
        (b'{"state": "healthy"}', "the body has no .status"),
        (b"healthy", "the body is not JSON"),
        thorough(b'{"status": true}', ".status is true"),
        thorough(b'["healthy"]', "the body has no .status"),
        thorough(b"", "the body is not JSON"),
    ],
    ids=["value", "key", "no-json", "type", "list", "empty"],
)
def test_wrong_body(staging: Site, impatient: str, body: bytes, message: str) -> None:
    """A probe whose body is not as expected fails alone, and reports the difference."""
    staging.proxy.harms[READY] = Harm(body=body)
    staging.fails(f"ready: {message}", state=impatient)


def test_all_failures_together(staging: Site) -> None:
    """Two probes that fail get an annotation each, and the probes between them run."""
    staging.proxy.harms = {LIVE: Harm(status=500), AGENTS: Harm(status=403)}
    staging.fails("alive: HTTP 500 instead of 200", "agents: HTTP 403 instead of 200")
    assert staging.proxy.paths == [LOGIN, LIVE, READY, DATABASE, AGENTS]


def test_once_is_enough(staging: Site) -> None:
    """A probe without `retry` that fails once is not asked again, and fails."""
    staging.proxy.harms[LIVE] = Harm(status=503, times=1)
    staging.fails("alive: HTTP 503 instead of 200")
    assert staging.proxy.paths.count(LIVE) == 1


def test_secret_in_the_body(staging: Site, impatient: str) -> None:
    """A body that repeats the password fails its probe, and the message does not repeat it."""
    repeated = {"status": f"no user with {PASSWORD}"}
    staging.proxy.harms[READY] = Harm(body=json.dumps(repeated).encode())
    staging.fails('ready: .status is "no user with ***"', state=impatient)


def test_long_body(staging: Site, impatient: str) -> None:
    """A body with two megabytes where a word should be fails its probe with a short message."""
    staging.proxy.harms[READY] = Harm(body=json.dumps({"status": "no" * 2**20}).encode())
    staging.fails(f'ready: .status is "{"no" * 49}n…', state=impatient)


def test_redirect_on_the_same_host(staging: Site) -> None:
    """A redirect to another path of the same host is an answer: it fails, and is not followed."""
    staging.proxy.harms[LIVE] = Harm(status=307, location=DATABASE)
    staging.fails(f"alive: HTTP 307 redirects to {DATABASE} instead of 200")
    assert staging.proxy.paths == [LOGIN, LIVE, READY, DATABASE, AGENTS]


def test_redirect_to_https(staging: Site) -> None:
    """A redirect from http to https on the same host is named as such, with what to change."""
    staging.proxy.harms[LIVE] = Harm(status=308, location=f"https://127.0.0.1{LIVE}")
    where = "from http to https on the same host (write https:// in variable STAGING_URL)"
    staging.fails(f"alive: HTTP 308 redirects {where} instead of 200")


def test_page_of_a_single_page_app(staging: Site) -> None:
    """An HTML page with status 200 where JSON is expected fails its probe."""
    staging.proxy.harms[LIVE] = Harm(body=b"<!doctype html><title>App</title>")
    staging.fails("alive: the body is an HTML page, not JSON")


@pytest.mark.parametrize(
    ("status", "name", "path"), [(302, "alive", LIVE), (307, "agents", AGENTS)]
)
def test_redirect_to_another_host(
    staging: Site, elsewhere: Proxy, status: int, name: str, path: str
) -> None:
    """A redirect to another host fails the probe, and nothing is sent there, no token either."""
    host = f"http://localhost:{elsewhere.port}"
    staging.proxy.harms[path] = Harm(status=status, location=host + path)
    staging.fails(f"{name}: HTTP {status} redirects to another host, {host} instead of 200")
    assert elsewhere.asked == []


# ── slow, late and absent answers ─────────────────────────────────────────────


def test_slow(staging: Site, impatient: str) -> None:
    """A right answer that takes longer than `within` fails its probe, which reports both times."""
    staging.proxy.harms[READY] = Harm(after=2.1)
    job = staging.smoke(impatient)
    (error,) = job.annotations
    assert (job.result, error.level) == ("failure", "error")
    told = re.fullmatch(
        r"Smoke tests of staging: ready: took (2\.\d\d) s, more than 2 s", error.message
    )
    assert told and 2.1 <= float(told[1]) < 2.9
    row = table(job).rows["ready"]
    assert (row.answer, row.result) == ("HTTP 200", error.message.split(": ", 2)[2])


@pytest.mark.thorough
def test_no_answer_in_time(staging: Site) -> None:
    """A probe that is not answered within ten seconds is given up then, and fails."""
    staging.proxy.harms[LIVE] = Harm(after=30)
    began = time.monotonic()
    found = staging.fails("alive: the service is unreachable: no answer within 10 s")
    assert 10 < time.monotonic() - began < 30
    assert found.answers["alive"] == "–"


@pytest.mark.thorough
def test_answer_in_drops(staging: Site) -> None:
    """A probe whose answer comes byte by byte is given up after ten seconds, and fails."""
    staging.proxy.harms[LIVE] = Harm(during=30)
    began = time.monotonic()
    staging.fails("alive: the service is unreachable: no answer within 10 s")
    assert time.monotonic() - began < 30


@pytest.mark.thorough
def test_never_ready(staging: Site) -> None:
    """A probe that stays wrong is asked for its `retry` of thirty seconds, and fails."""
    staging.proxy.harms[READY] = Harm(status=503)
    began = time.monotonic()
    staging.fails("ready: HTTP 503 instead of 200")
    assert time.monotonic() - began > 30
    assert 10 <= staging.proxy.paths.count(READY) <= 13


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (Harm(dropped=True), "it closed the connection without an answer"),
        (Harm(cut=True), "its answer broke off"),
    ],
    ids=["before", "within"],
)
def test_dropped_connection(staging: Site, harm: Harm, message: str) -> None:
    """A connection that ends before the answer, or within it, fails its probe alone."""
    staging.proxy.harms[LIVE] = harm
    staging.fails(f"alive: the service is unreachable: {message}")
    assert staging.proxy.paths == [LOGIN, LIVE, READY, DATABASE, AGENTS]


def test_service_down(staging: Site, impatient: str) -> None:
    """If nothing listens, the log-in and every probe are reported as refused connections."""
    with service.free_port() as port:
        staging.variables["STAGING_URL"] = f"http://127.0.0.1:{port}"
        refused = "the service is unreachable: connection refused"
        found = staging.fails(
            *(f"{name}: {refused}" for name in ("log-in", "alive", "ready", "database")),
            NOT_SENT,
            state=impatient,
        )
    assert set(found.answers.values()) == {"–"}


@pytest.mark.thorough
def test_database_down(github: Bench, impatient: str, tmp_path: Path) -> None:
    """A service that has lost its database is alive, and fails all else."""
    with service.free_port() as port:
        installed = service.install(tmp_path, f"postgresql://test:test@localhost:{port}/atom")
        with service.serving(installed) as url, service.proxy(url) as proxy:
            found = Site(github, proxy).fails(
                "log-in: HTTP 503",
                'ready: HTTP 503 instead of 200; .status is "unhealthy"',
                'database: HTTP 503 instead of 200; .status is "unhealthy"',
                NOT_SENT,
                state=impatient,
            )
    assert found.rows["alive"].result == "passed"


# ── what is not set ───────────────────────────────────────────────────────────


def unset(staging: Site) -> str:
    """The only annotation of a run that has sent nothing."""
    job = staging.smoke()
    assert (job.result, job.summary) == ("failure", "")
    (error,) = errors(job)
    assert staging.proxy.asked == []
    return error.message


@pytest.mark.parametrize("name", ["SMOKE_USERNAME", "SMOKE_PASSWORD"])
def test_secret_not_set(github: Bench, staging: Site, name: str) -> None:
    """A secret that only another environment has is named, and nothing is sent."""
    del staging.secrets[name]
    github.environments["production"] = ({name: "production's"}, {})
    assert unset(staging) == (
        f"secret {name} is empty in staging\n"
        f"secret {name}: Set it with `gh secret set {name} --env staging`"
    )


def test_variable_not_set(staging: Site) -> None:
    """A variable that is not set is named, and nothing is sent."""
    del staging.variables["STAGING_URL"]
    assert unset(staging) == (
        "variable STAGING_URL is empty in staging\n"
        "variable STAGING_URL: Set it with `gh variable set STAGING_URL --env staging`"
    )


def test_nothing_set(github: Bench, staging: Site) -> None:
    """In an environment without settings all that is missing is named at once."""
    del github.environments["staging"]
    told = unset(staging).splitlines()[0]
    missing = "secret SMOKE_USERNAME, secret SMOKE_PASSWORD, variable STAGING_URL"
    assert told == f"{missing} are empty in staging"


def test_no_address(staging: Site) -> None:
    """An address without `https://` is refused by the variable's name, and nothing is sent."""
    staging.variables["STAGING_URL"] = f"127.0.0.1:{staging.proxy.port}"
    assert unset(staging) == "the URL in variable STAGING_URL is not an http or https URL"
