"""Each outcome of a metric, each way to write a limit wrongly, and how long a hold lasts."""

from __future__ import annotations

import functools
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deploy_bench import COMMIT, RUN, SCRIPTS, Bench, Reply, Request, secret, var

sys.path.insert(0, str(SCRIPTS))
import deploy  # noqa: E402

# Policies are tried in turn, each with its retries.
thorough = functools.partial(pytest.param, marks=pytest.mark.thorough)
VERSION = f"{COMMIT[:12]}-{RUN}-1"
TOKEN = "prometheus-secret-token"  # noqa: S105


def vector(*values: Any) -> Reply:
    result = [{"metric": {}, "value": [1, value]} for value in values]
    return Reply(body={"status": "success", "data": {"resultType": "vector", "result": result}})


def scalar(value: str) -> Reply:
    data = {"resultType": "scalar", "result": [1, value]}
    return Reply(body={"status": "success", "data": data})


def error(status: int, kind: str) -> Reply:
    return Reply(status, {"status": "error", "errorType": kind, "error": "told why"})


def text(value: str) -> Reply:
    data = {"resultType": "string", "result": [1, value]}
    return Reply(body={"status": "success", "data": data})


def histogram() -> Reply:
    result = [{"metric": {}, "histogram": [1, {"count": "2", "sum": "1", "buckets": []}]}]
    return Reply(body={"status": "success", "data": {"resultType": "vector", "result": result}})


MISSING = "No StoreAPIs matched for this query"


def partial(reply: Reply) -> Reply:
    return Reply(body={**reply.body, "warnings": [MISSING, "another"]})


def informed(reply: Reply) -> Reply:
    return Reply(body={**reply.body, "infos": ["PromQL info: metric might not be a counter"]})


class Monitored(Bench):
    """A bench whose Prometheus gives `rate` and `count`, to the old version always good ones."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.verified()
        self.canary()
        self.rate: Callable[[], Reply] = lambda: vector("0.0005")
        self.count: Callable[[], Reply] = lambda: vector("5000")
        self.prometheus = self.serve(self.answer)
        self.secrets |= {"PROMETHEUS_URL": self.prometheus.url, "PROMETHEUS_TOKEN": TOKEN}
        self.file["monitoring"] = {
            "prometheus": {"url": secret("PROMETHEUS_URL"), "token": secret("PROMETHEUS_TOKEN")},
            "scrape": "50ms",
            "timeout": "1s",
        }
        self.file["metrics"] = {
            "error-rate": {
                "unit": "ratio",
                "query": 'rate{version="$version"}[$window]',
                "samples": {"query": 'count{version="$version"}[$window]', "at-least": 1000},
                "window": "200ms",
                "when-few": {"extend": "200ms", "then": "fail"},
            }
        }
        self.file["limits"] = {
            "error-rate": {"max": var("MAX_ERRORS", default="0.1%"), "ceiling": "1%"}
        }

    def answer(self, request: Request) -> Reply:
        query = urllib.parse.parse_qs(request.body.decode())["query"][0]
        if "old-1" in query:
            return vector("5000") if query.startswith("count") else vector("0")
        return self.count() if query.startswith("count") else self.rate()

    @property
    def metric(self) -> dict[str, Any]:
        return dict(self.file["metrics"])["error-rate"]  # type: ignore[no-any-return]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Monitored]:
    with Monitored(tmp_path) as made:
        yield made


def ready(bench: Monitored) -> None:
    bench.steps("preflight", "begin", "apply")


def test_within_the_limit_of_the_new_version_asked_by_post(bench: Monitored) -> None:
    ready(bench)
    bench.prometheus.requests.clear()
    ran = bench.steps("shift --to 10")
    assert (
        "| error-rate | 0.0005 | 0.1% | 5000 of 1000 | within its limit | passed |" in ran.summary
    )
    asked = bench.prometheus.requests[-1]
    assert (asked.method, asked.path) == ("POST", "/api/v1/query")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    form = urllib.parse.parse_qs(asked.body.decode())
    assert form["query"] == [f'rate{{version="{VERSION}"}}[200ms]']
    assert form["timeout"] == ["1s"]


@pytest.mark.parametrize(
    ("rate", "key", "said"),
    [
        (lambda: vector(), "when-empty", "the query gives no series"),
        (lambda: vector("NaN"), "when-nan", "the query gives NaN"),
        (lambda: scalar("+Inf"), "when-infinite", "the query gives +Inf"),
    ],
)
def test_what_is_no_number_is_decided_by_the_metric(
    bench: Monitored, rate: Callable[[], Reply], key: str, said: str
) -> None:
    ready(bench)
    bench.rate = rate
    ran = bench.deploy("shift", "--to", "10")
    assert ran.code == 1, f"{key} fails unless said otherwise"
    assert said in ran.errors()[0]
    for policy, result in (("skip", "skipped"), ("pass", "passed")):
        bench.file["metrics"]["error-rate"][key] = policy
        ran = bench.steps("judge")
        assert f"{said} | {result} |" in ran.summary
        assert "was not judged" in ran.warnings()[0]


@pytest.mark.parametrize(
    ("rate", "key", "said"),
    [
        (lambda: Reply(503, "busy"), "when-error", "HTTP 503, not an answer of Prometheus"),
        thorough(
            lambda: error(503, "timeout"), "when-error", "Prometheus reports timeout: told why"
        ),
        thorough(
            lambda: Reply(200, "<html>"), "when-error", "HTTP 200, not an answer of Prometheus"
        ),
        thorough(lambda: Reply(302, "", {"Location": "/login"}), "when-error", "HTTP 302"),
        (lambda: vector("\u0661"), "when-error", "HTTP 200, not an answer of Prometheus"),
        (lambda: vector("\uff11"), "when-error", "HTTP 200, not an answer of Prometheus"),
        (lambda: vector("1_0"), "when-error", "HTTP 200, not an answer of Prometheus"),
        (lambda: vector(" 1"), "when-error", "HTTP 200, not an answer of Prometheus"),
        (lambda: vector("1e9999999"), "when-error", "HTTP 200, not an answer of Prometheus"),
        (lambda: vector("sNaN"), "when-error", "HTTP 200, not an answer of Prometheus"),
        (lambda: vector(0), "when-error", "HTTP 200, not an answer of Prometheus"),
        (lambda: vector(None), "when-error", "HTTP 200, not an answer of Prometheus"),
        (lambda: partial(vector("0")), "when-partial", f"Prometheus warns: {MISSING}"),
        (lambda: partial(vector()), "when-partial", f"Prometheus warns: {MISSING}"),
    ],
)
def test_what_is_no_answer_is_decided_by_monitoring(
    bench: Monitored, rate: Callable[[], Reply], key: str, said: str
) -> None:
    ready(bench)
    bench.rate = rate
    bench.file["monitoring"]["scrape"] = "20s"
    ran = bench.deploy("judge")
    assert ran.code == 1
    assert said in ran.errors()[0]
    bench.file["monitoring"]["prometheus"][key] = "skip"
    assert "skipped" in bench.steps("judge").summary


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (lambda: error(400, "bad_data"), "Prometheus reports bad_data"),
        (lambda: vector("0", "1"), "the query gives 2 series"),
        (lambda: vector("-0.0001"), "the query gives -0.0001, and no metric is negative"),
        (lambda: vector("-1e-07"), "the query gives -1e-07, and no metric is negative"),
        (histogram, "the query gives a histogram, not a number"),
        (lambda: text("0"), "gives a string"),
        (
            lambda: Reply(
                body={"status": "success", "data": {"resultType": "matrix", "result": []}}
            ),
            "gives a matrix",
        ),
    ],
)
def test_a_wrong_query_fails_whatever_is_said(
    bench: Monitored, rate: Callable[[], Reply], said: str
) -> None:
    ready(bench)
    for outcome in ("unset", "unreachable", "error"):
        bench.file["monitoring"]["prometheus"][f"when-{outcome}"] = "pass"
    for outcome in ("empty", "nan", "infinite"):
        bench.file["metrics"]["error-rate"][f"when-{outcome}"] = "pass"
    bench.rate = rate
    ran = bench.deploy("judge")
    assert ran.code == 1
    assert said in ran.errors()[0]


def test_unreachable_and_unset(bench: Monitored) -> None:
    ready(bench)
    # The discard port: nothing listens there.
    bench.secrets["PROMETHEUS_URL"] = "http://127.0.0.1:9/hidden-path"
    ran = bench.deploy("judge")
    assert ran.code == 1
    assert "Prometheus is unreachable" in ran.errors()[0]
    bench.file["monitoring"]["prometheus"]["when-unreachable"] = "skip"
    bench.steps("judge")
    bench.secrets["PROMETHEUS_URL"] = ""
    ran = bench.deploy("judge")
    assert ran.code == 1
    assert "secret PROMETHEUS_URL is empty" in ran.errors()[0]
    bench.file["monitoring"]["prometheus"]["when-unset"] = "skip"
    bench.steps("judge")
    bench.file["monitoring"]["prometheus"]["when-unset"] = "fail"
    assert "secret PROMETHEUS_URL" in bench.deploy("preflight").errors()[0]


def test_over_the_limit(bench: Monitored) -> None:
    ready(bench)
    bench.rate = lambda: vector("0.00100001")
    ran = bench.deploy("shift", "--to", "10")
    assert ran.code == 1
    assert "error-rate over its limit (0.00100001, limit 0.1%)" in ran.errors()[0]
    bench.rate = lambda: vector("1e-03")
    bench.steps("judge")


def test_a_clear_breach_ends_a_hold_early_and_a_small_one_does_not(bench: Monitored) -> None:
    bench.canary(hold="3s")
    ready(bench)
    bench.rate = lambda: vector("0.5")
    began = time.monotonic()
    ran = bench.deploy("shift", "--to", "10")
    assert ran.code == 1
    assert "ended after" in ran.errors()[0]
    bench.rate = lambda: vector("0.0015")
    began = time.monotonic()
    ran = bench.deploy("shift", "--to", "10")
    assert ran.code == 1
    # The mark counts whole seconds, so up to one is gone when the hold begins.
    assert time.monotonic() - began > 2


def test_one_bad_scrape_is_no_clear_breach(bench: Monitored) -> None:
    bench.canary(hold="2s")
    ready(bench)
    values = iter(["0.9"])
    bench.rate = lambda: vector(next(values, "0"))
    bench.steps("shift --to 10")


def test_too_few_samples_widen_the_window_and_are_then_judged(bench: Monitored) -> None:
    bench.file["metrics"]["error-rate"]["when-few"]["extend"] = "3s"
    ready(bench)
    bench.count = lambda: vector("999")
    began = time.monotonic()
    ran = bench.deploy("shift", "--to", "10")
    assert ran.code == 1
    assert "error-rate too few samples" in ran.errors()[0]
    assert "| 999 of 1000 | too few samples |" in ran.summary
    assert time.monotonic() - began > 1.9
    asked = [
        urllib.parse.parse_qs(request.body.decode())["query"][0]
        for request in bench.prometheus.requests
    ]
    assert any(query.endswith("[2s]") for query in asked)
    bench.file["metrics"]["error-rate"]["when-few"]["then"] = "pass"
    assert "too few samples | passed |" in bench.steps("judge").summary


@pytest.mark.parametrize(
    ("count", "shown", "enough"),
    [
        ("999.7", "999.7", False),
        ("999.9999999", "999.9", False),
        ("1000", "1000", True),
        ("1016.9491525423729", "1016.9", True),
        ("1e+03", "1000", True),
    ],
)
def test_samples_are_counted_as_they_are(
    bench: Monitored, count: str, shown: str, enough: bool
) -> None:
    ready(bench)
    bench.count = lambda: vector(count)
    ran = bench.deploy("judge")
    assert (ran.code == 0) == enough, ran.out
    assert f"| {shown} of 1000 |" in ran.summary


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (lambda: vector("-5000"), "samples: the query gives -5000, and no metric is negative"),
        (lambda: vector("\u0665\u0660\u0660\u0660"), "samples: HTTP 200, not an answer of"),
        (lambda: partial(vector("5000")), "samples: the answer may be partial"),
        (lambda: vector("5000", "5000"), "samples: the query gives 2 series"),
        (lambda: vector("NaN"), "samples: the query gives NaN"),
        (lambda: vector("+Inf"), "samples: the query gives +Inf"),
        (lambda: text("5000"), "samples: the query gives a string"),
    ],
)
def test_samples_that_are_no_count(bench: Monitored, count: Callable[[], Reply], said: str) -> None:
    ready(bench)
    bench.count = count
    ran = bench.deploy("judge")
    assert ran.code == 1
    assert said in ran.errors()[0]


def test_a_hint_about_the_query_and_a_negative_zero_are_fine(bench: Monitored) -> None:
    ready(bench)
    bench.rate = lambda: informed(vector("-0"))
    assert "| error-rate | 0 | 0.1% |" in bench.steps("judge").summary


def test_samples_that_arrive_late_are_enough(bench: Monitored) -> None:
    bench.file["metrics"]["error-rate"]["when-few"]["extend"] = "30s"
    ready(bench)
    until = time.monotonic() + 2
    bench.count = lambda: vector("5000") if time.monotonic() > until else vector()
    began = time.monotonic()
    bench.steps("shift --to 10")
    assert time.monotonic() - began < 10


def test_preflight_wants_samples_of_the_running_version(bench: Monitored) -> None:
    state = bench.state()
    state["objects"]["deployment/atom"]["spec"]["template"]["metadata"]["labels"]["version"] = "o-2"
    bench.write_state(state)
    bench.count = lambda: vector("3")
    ran = bench.deploy("preflight")
    assert ran.code == 1
    assert "the running version: error-rate too few samples" in ran.errors()[0]
    bench.count, bench.rate = (lambda: vector("3000")), (lambda: vector("0.9"))
    ran = bench.steps("preflight")
    assert "the running version is over the limit" in ran.warnings()[0]


def test_a_first_deploy_has_no_samples_and_says_so(bench: Monitored) -> None:
    state = bench.state()
    target = state["objects"]["deployment/atom"]
    target["metadata"]["annotations"] = {}
    del target["spec"]["template"]["metadata"]["labels"]["version"]
    bench.write_state(state)
    assert "first deploy: the running version carries no version label" in (
        bench.steps("preflight").out
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0.1", "has no unit"),
        ("1", "has no unit"),
        ("0.1 % or so", "is not a number with a unit"),
        ("0.1 %%", "the unit %% does not fit"),
        ("200ms", "the unit ms does not fit a metric in ratio"),
        ("1e-3 ratio", "is not a number with a unit"),
        ("-1%", "is not a number with a unit"),
        ("NaN%", "is not a number with a unit"),
        ("0,1%", "is not a number with a unit"),
        ("\u0660.\u0661%", "is not a number with a unit"),
        ("\uff11%", "is not a number with a unit"),
        ("2%", "is above the ceiling 1% of error-rate"),
        ("0.02 ratio", "is above the ceiling 1% of error-rate"),
    ],
)
def test_a_limit_that_is_none_is_found_before_anything_changes(
    bench: Monitored, written: str, said: str
) -> None:
    bench.variables["MAX_ERRORS"] = written
    ran = bench.deploy("preflight")
    assert ran.code == 1
    (told,) = ran.errors()
    assert said in told
    assert told.startswith("variable MAX_ERRORS")
    assert bench.snapshots() == []


def test_a_limit_in_a_secret_is_not_shown(bench: Monitored) -> None:
    bench.file["limits"]["error-rate"]["max"] = secret("MAX_SECRET")
    bench.secrets["MAX_SECRET"] = "0.0731%"
    ready(bench)
    ran = bench.steps("shift --to 10")
    assert "not shown (secret MAX_SECRET)" in ran.summary
    assert "0.0731" not in ran.out + ran.summary
    bench.secrets["MAX_SECRET"] = "73.1"
    ran = bench.deploy("judge")
    assert "secret MAX_SECRET has no unit" in ran.errors()[0]
    assert "73.1" not in ran.out
    bench.secrets["MAX_SECRET"] = ""
    assert "secret MAX_SECRET is empty" in bench.deploy("judge").errors()[0]


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("0.1%", "ratio", "0.001"),
        ("0.1 %", "percent", "0.1"),
        ("0.001 ratio", "ratio", "0.001"),
        ("200ms", "seconds", "0.2"),
        ("0.2s", "milliseconds", "200"),
        ("5 requests", "requests", "5"),
        ("0%", "ratio", "0"),
    ],
)
def test_units(written: str, unit: str, value: str) -> None:
    assert deploy.parse_limit(written, unit, "it", hidden=False) == Decimal(value)


def test_no_unit_is_a_problem_of_its_own() -> None:
    with pytest.raises(deploy.Problem, match="it has no unit"):
        deploy.parse_limit("5", "requests", "it", hidden=False)


def test_without_metrics_a_hold_only_waits(bench: Monitored) -> None:
    for key in ("metrics", "limits", "monitoring"):
        del bench.file[key]
    ready(bench)
    assert "no metric is judged here" in bench.steps("shift --to 10").out


def test_retries_of_prometheus(bench: Monitored) -> None:
    ready(bench)
    answers = iter([Reply(503, "busy"), Reply(429, "", {"Retry-After": "1"})])
    bench.rate = lambda: next(answers, vector("0"))
    bench.steps("judge")
