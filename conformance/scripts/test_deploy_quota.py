"""Quantities of Kubernetes, and the pods that a rollout adds."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import pytest

from deploy_bench import SCRIPTS

sys.path.insert(0, str(SCRIPTS))
import deploy  # noqa: E402


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", "2"),
        ("500m", "0.5"),
        ("1.5", "1.5"),
        ("2Gi", str(2 * 1024**3)),
        ("3k", "3000"),
        ("1e3", "1000"),
        ("250u", "0.00025"),
        ("no number", "0"),
    ],
)
def test_quantities(text: str, number: str) -> None:
    assert deploy.quantity(text) == Decimal(number)


@pytest.mark.parametrize(
    ("replicas", "unavailable", "wanted", "added"),
    [
        (2, "25%", None, 1),
        (4, "25%", None, 0),
        (2, 1, None, 0),
        (2, 0, None, 1),
        (0, "25%", 1, 2),
        (1, "25%", 1, 1),
        (0, "25%", None, 0),
    ],
)
def test_the_pods_that_a_rollout_adds(
    replicas: int, unavailable: Any, wanted: int | None, added: int
) -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable}}
    item = {"spec": {"replicas": replicas, "strategy": strategy, "template": {"spec": {}}}}

    class Cluster:
        def need(self, _: str) -> dict[str, Any]:
            return item

    assert deploy.rollout_need(Cluster(), "deployment/a", wanted).pods == added
