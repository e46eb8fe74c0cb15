"""Metrics that cannot be read, and limits that are not valid: no version is verified by them"""

from __future__ import annotations

import pytest
from world import CHANGING, OLD, VERIFIED, World

from conftest import Make
from runner.run import Run

JOB = "Deploy to production"
THIN = "at-least = 20"
MAX = 'max = "5%"'


def failure(run: Run) -> tuple[str, str]:
    """The step of the deploy that failed first, and its log."""
    step = next(step for step in run.job(JOB).steps if step.outcome == "failure")
    return step.name, step.log


def unharmed(shop: World) -> None:
    """The version before serves alone, the marks say so, and Slack was told of the failure."""
    assert shop.image() == OLD and shop.mark(VERIFIED)["image"] == OLD
    assert shop.mark(CHANGING) is None
    assert shop.weights() == {"shop": 100, "shop-canary": 0}
    assert set(shop.serving()) == {"old-1"}
    assert shop.told()[-1].startswith("production ")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("down", "Prometheus is unreachable"),
        pytest.param("slow", "Prometheus is unreachable", marks=pytest.mark.thorough),
        pytest.param(
            "partial",
            "the answer may be partial, Prometheus warns: a store is away",
            marks=pytest.mark.thorough,
        ),
    ],
)
def test_prometheus_fails_while_the_canary_is_judged(shop: World, fault: str, reason: str) -> None:
    """Prometheus is down, slow or partial when the canary has its first share: it is taken back."""
    run = shop.begin()
    shop.approve(run)
    run.until(lambda: shop.weights()["shop-canary"] > 0)
    shop.prometheus.faults[shop.production] = fault
    assert run.wait().result == "failure"
    name, log = failure(run)
    assert name == "Shift 10% of traffic to the canary"
    assert reason in log
    unharmed(shop)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ('unknown{version="$version"}[$window:1s]', "gives a matrix, not a number"),
        ("nonsense(up)", "Prometheus reports bad_data"),
        ('sum(rate(unknown{version="$version"}[$window]))', "the query gives no series"),
        ("vector(0) / 0", "the query gives NaN"),
        ("vector(1) / 0", "the query gives +Inf"),
        ('up{job="pods"}', "series, not one"),
    ],
    ids=["matrix", "refused", "empty", "nan", "infinite", "several"],
)
def test_a_query_that_gives_no_number(make: Make, query: str, reason: str) -> None:
    """A query that Prometheus cannot answer by one number is found before anything is changed."""

    def change(text: str) -> str:
        before, _, after = text.partition("query    = ")
        return before + f"query    = '{query}'\n" + after.partition("\n")[2]

    shop = make(change=change)
    run = shop.deploy()
    name, log = failure(run)
    assert name == "Preflight checks"
    assert reason in log
    assert not any(key for key in shop.gateway.served if key.version != "old-1")
    unharmed(shop)


@pytest.mark.thorough
def test_a_canary_that_too_few_use(make: Make) -> None:
    """A tenth of the traffic is too thin for the limit: the hold is extended, then it fails."""
    shop = make(change=lambda text: text.replace(THIN, "at-least = 300"))
    run = shop.deploy()
    name, log = failure(run)
    assert name == "Shift 10% of traffic to the canary"
    assert "too few samples" in log
    unharmed(shop)


@pytest.mark.thorough
def test_a_quiet_environment_passes_by_declared_choice(make: Make) -> None:
    """With its own `samples`, an environment judges by the few requests that it has."""
    shop = make(
        change=lambda text: text.replace(THIN, "at-least = 300").replace(MAX, f"{MAX}, samples = 5")
    )
    run = shop.deploy()
    assert run.result == "success", run.failures()
    assert shop.image() != OLD


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "MAX_ERRORS is empty"),
        ("50%", "is above the ceiling"),
        ("5", "has no unit"),
    ],
    ids=["missing", "above", "no-unit"],
)
def test_a_limit_that_is_not_valid(make: Make, value: str, reason: str) -> None:
    """A limit in a variable that is missing or above its ceiling ends the deploy in preflight."""
    shop = make(change=lambda text: text.replace(MAX, 'max = { var = "MAX_ERRORS" }'))
    if value:
        shop.github.environments["production"][1]["MAX_ERRORS"] = value
    run = shop.deploy()
    name, log = failure(run)
    assert name == "Preflight checks"
    assert reason in log
    unharmed(shop)
