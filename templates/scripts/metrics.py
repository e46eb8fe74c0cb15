"""Evaluates the metrics of a version with Prometheus.

A response that is not a plain number has a named outcome, with a policy for each.

    "monitoring": {
      "prometheus": {"url": ExternalValue, "token": ExternalValue,
                     "username": ExternalValue, "password": ExternalValue,
                     "when-unset": P, "when-unreachable": P,
                     "when-error": P, "when-partial": P},
      "scrape": "15s",                      default 15s
      "timeout": "10s"                      of one query, default 10s
    }
    "metrics": {"error-rate": {
      "unit": "ratio" | "percent" | "seconds" | "milliseconds" | "requests",
      "query": "… $version … $window …",
      "samples": {"query": "…", "at-least": 1000},         optional; 0: none needed
      "window": "5m",
      "when-empty": P, "when-nan": P, "when-infinite": P,
      "when-few": {"extend": "30m", "then": P}
    }}

P is "fail" (the default), "skip" (not judged, with a warning) or "pass". Only metrics
that have a limit are judged. `when-few.extend` is the longest window: while there are
too few samples the window grows with the time since traffic last changed. A count of
samples is compared as it is: `increase()` extrapolates, so 1000 requests may count as
999.7, which is less than 1000. An answer with `warnings` is partial: data may be
missing in it. A query that gives several series, a negative number or text, or that
Prometheus refuses as wrong, fails always.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any

from runner import Problem
from settings import ExternalValue, Table
from thresholds import METRIC_UNITS, Limit, Threshold
from web import Answer, Unreachable, basic_auth, check_url, send_request

POLICIES = ("fail", "skip", "pass")
# Prometheus writes floats as JSON does; `Decimal` alone would read digits of any
# script. Source:
# https://github.com/prometheus/prometheus/blob/v3.0.0/util/jsonutil/marshal.go
NUMBER = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,3})?")
PASSED, BREACHED, FEW = "within its limit", "over its limit", "too few samples"
UNUSED = "not used, which its limit accepts"


@dataclass(frozen=True)
class Reading:
    """The result of a query: a number, or the name of its outcome."""

    value: Decimal | None
    outcome: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    metric: str
    outcome: str
    policy: str
    value: str
    limit: str
    samples: str
    # Factor over the limit, such as 2 for twice the limit; 0 within it.
    excess: Decimal = Decimal(0)

    @property
    def failed(self) -> bool:
        return self.policy == "fail"

    @property
    def result(self) -> str:
        return {"fail": "**failed**", "skip": "skipped", "pass": "passed"}[self.policy]


@dataclass(frozen=True)
class Metric:
    name: str
    unit: str
    query: str
    samples_query: str | None
    at_least: Decimal
    window: float
    window_text: str
    extend: float
    policies: dict[str, str]

    @staticmethod
    def read(name: str, table: Table) -> Metric:
        policies = {
            outcome: table.choice(f"when-{outcome}", POLICIES, "fail")
            for outcome in ("empty", "nan", "infinite")
        }
        window = table.seconds("window")
        samples_query, at_least, extend = None, 0, window
        if table.has("samples"):
            samples = table.table("samples")
            samples_query, at_least = samples.text("query"), samples.integer("at-least")
            samples.done()
        policies["few"] = "fail"
        if table.has("when-few"):
            few = table.table("when-few")
            extend = max(window, few.seconds("extend", table.text("window")))
            policies["few"] = few.choice("then", ("fail", "skip", "pass"), "fail")
            few.done()
        read = Metric(
            name,
            table.choice("unit", tuple(METRIC_UNITS)),
            table.text("query"),
            samples_query,
            Decimal(at_least),
            window,
            table.text("window"),
            extend,
            policies,
        )
        table.done()
        return read

    def policy(self, outcome: str) -> str:
        return self.policies.get(outcome, "fail")

    def window_at(self, elapsed: float) -> str:
        """The window in PromQL; it grows with the time that has passed, if it may."""
        grown = min(elapsed, self.extend)
        return self.window_text if grown <= self.window else f"{int(grown)}s"


@dataclass(frozen=True)
class Prometheus:
    url: ExternalValue
    token: ExternalValue | None
    username: ExternalValue | None
    password: ExternalValue | None
    policies: dict[str, str]
    timeout: float
    scrape: float

    @staticmethod
    def read(root: Table) -> Prometheus | None:
        if not root.has("monitoring"):
            return None
        monitoring = root.table("monitoring")
        table = monitoring.table("prometheus")
        policies = {
            outcome: table.choice(f"when-{outcome}", POLICIES, "fail")
            for outcome in ("unset", "unreachable", "error", "partial")
        }
        url = table.external("url")
        if policies["unset"] != "fail":
            # The policy handles an unset URL, so it is not required.
            url = dataclasses.replace(url, optional=True)
            table.values[-1] = url
        read = Prometheus(
            url,
            table.external_or_none("token"),
            table.external_or_none("username"),
            table.external_or_none("password"),
            policies,
            monitoring.seconds("timeout", "10s"),
            monitoring.seconds("scrape", "15s"),
        )
        table.done()
        monitoring.done()
        return read

    def ask(self, query: str) -> Reading:
        """Sends an instant query, by POST: a URL limits its length."""
        if self.url.value() is None:
            return Reading(None, "unset", f"{self.url.described} is empty")
        try:
            base = check_url(self.url.required(), self.url.described)
            answer = send_request(
                "POST",
                f"{base}/api/v1/query",
                described="Prometheus",
                headers=self._headers(),
                form={"query": query, "timeout": f"{max(1, int(self.timeout))}s"},
                timeout=self.timeout + 2,
            )
        except Unreachable as problem:
            return Reading(None, "unreachable", str(problem))
        try:
            return _reading(answer)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return Reading(
                None, "error", f"HTTP {answer.status}, not an answer of Prometheus"
            )

    def _headers(self) -> dict[str, str]:
        if self.token is not None and self.token.value() is not None:
            return {"Authorization": f"Bearer {self.token.required()}"}
        if self.username is not None and self.password is not None:
            return basic_auth(self.username.required(), self.password.required())
        return {}


@dataclass(frozen=True)
class Judge:
    """Every metric of the environment that has a limit."""

    prometheus: Prometheus | None
    metrics: list[Metric] = field(default_factory=list)
    thresholds: dict[str, Threshold] = field(default_factory=dict)

    @staticmethod
    def read(root: Table) -> Judge:
        prometheus = Prometheus.read(root)
        thresholds = {threshold.metric: threshold for threshold in Threshold.read(root)}
        defined = {}
        if root.has("metrics"):
            table = root.table("metrics")
            defined = {
                name: Metric.read(name, table.table(name)) for name in table.names()
            }
        unknown = sorted(set(thresholds) - set(defined))
        if unknown:
            raise Problem(f"settings: limits of undefined metrics {', '.join(unknown)}")
        if thresholds and prometheus is None:
            raise Problem("settings: metrics are judged, but no Prometheus is named")
        return Judge(prometheus, [defined[name] for name in thresholds], thresholds)

    @property
    def active(self) -> bool:
        return bool(self.metrics)

    @property
    def window(self) -> float:
        return max((metric.window for metric in self.metrics), default=0.0)

    @property
    def extend(self) -> float:
        return max((metric.extend for metric in self.metrics), default=0.0)

    def limits(self) -> tuple[dict[str, Limit], list[Problem]]:
        """All limits that parse, and a problem for each that does not."""
        found, problems = {}, []
        for metric in self.metrics:
            try:
                found[metric.name] = self.thresholds[metric.name].limit(metric.unit)
            except Problem as problem:
                problems.append(problem)
        return found, problems

    def verdicts(
        self, version: str, limits: dict[str, Limit], elapsed: float
    ) -> list[Verdict]:
        """The metrics of a version, `elapsed` seconds after traffic last changed."""
        return [
            self._verdict(metric, version, limits[metric.name], elapsed)
            for metric in self.metrics
        ]

    def _verdict(
        self, metric: Metric, version: str, limit: Limit, elapsed: float
    ) -> Verdict:
        def verdict_of(outcome: str, policy: str, value: str, samples: str) -> Verdict:
            return Verdict(metric.name, outcome, policy, value, limit.shown(), samples)

        samples = "–"
        if metric.samples_query is not None:
            counted = self._ask(metric, metric.samples_query, version, elapsed)
            # Without a series there was no request yet.
            count = Decimal(0) if counted.outcome == "empty" else counted.value
            if count is None:
                outcome = f"samples: {counted.detail or counted.outcome}"
                policy = self._policy(metric, counted.outcome)
                return verdict_of(outcome, policy, "–", "–")
            samples = f"{_shown_count(count)} of {metric.at_least}"
            if count == metric.at_least == 0:
                return verdict_of(UNUSED, "pass", "–", samples)
            if count < metric.at_least:
                return verdict_of(FEW, metric.policies["few"], "–", samples)
        reading = self._ask(metric, metric.query, version, elapsed)
        if reading.value is None:
            policy = self._policy(metric, reading.outcome)
            return verdict_of(reading.detail or reading.outcome, policy, "–", samples)
        value = f"{reading.value.normalize() + 0:f}"
        if reading.value <= limit.value:
            return verdict_of(PASSED, "pass", value, samples)
        verdict = verdict_of(BREACHED, "fail", value, samples)
        excess = reading.value / limit.value if limit.value else Decimal("Infinity")
        return dataclasses.replace(verdict, excess=excess)

    def _ask(self, metric: Metric, query: str, version: str, elapsed: float) -> Reading:
        if self.prometheus is None:
            return Reading(None, "unset", "no Prometheus is named")
        window = metric.window_at(elapsed)
        return self.prometheus.ask(
            query.replace("$version", version).replace("$window", window)
        )

    def _policy(self, metric: Metric, outcome: str) -> str:
        if self.prometheus is not None and outcome in self.prometheus.policies:
            return self.prometheus.policies[outcome]
        return metric.policy(outcome)


def _reading(answer: Answer) -> Reading:
    data: Any = answer.json()
    if data.get("status") != "success":
        kind = str(data.get("errorType", "error"))
        refused = answer.status in (400, 422)
        detail = f"Prometheus reports {kind}: {str(data.get('error', ''))[:200]}"
        return Reading(None, "refused" if refused else "error", detail)
    if answer.status != 200:
        return Reading(None, "error", f"HTTP {answer.status}")
    warnings = data.get("warnings")
    if warnings:
        # Source: https://prometheus.io/docs/prometheus/latest/querying/api/, format
        # overview
        first = str(warnings[0] if isinstance(warnings, list) else warnings)[:200]
        return Reading(
            None, "partial", f"the answer may be partial, Prometheus warns: {first}"
        )
    kind, result = data["data"]["resultType"], data["data"]["result"]
    if kind == "vector":
        if not result:
            return Reading(None, "empty", "the query gives no series")
        if len(result) > 1:
            return Reading(
                None, "several", f"the query gives {len(result)} series, not one"
            )
        if "histogram" in result[0]:
            return Reading(None, "refused", "the query gives a histogram, not a number")
        text = result[0]["value"][1]
    elif kind == "scalar":
        text = result[1]
    else:
        return Reading(
            None, "refused", f"the query gives a {str(kind)[:20]}, not a number"
        )
    if text == "NaN":
        return Reading(None, "nan", "the query gives NaN")
    if text in ("+Inf", "-Inf", "Inf"):
        return Reading(None, "infinite", f"the query gives {text}")
    if not isinstance(text, str) or NUMBER.fullmatch(text) is None:
        raise ValueError("not a number as Prometheus writes it")
    value = Decimal(text)
    if value < 0:
        return Reading(
            None, "negative", f"the query gives {text}, and no metric is negative"
        )
    return Reading(value)


def _shown_count(count: Decimal) -> str:
    """A count of samples, rounded down: 999.7 must not look like 1000."""
    cut = count.quantize(Decimal("0.1"), ROUND_DOWN) if count < 10**9 else count
    return f"{cut.normalize():f}"
