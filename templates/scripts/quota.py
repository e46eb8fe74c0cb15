"""Resource quotas, which could refuse the pods of a deploy.

A quota that has too little left fails the deploy before anything is changed. Quotas
with scopes are left out. Source:
https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cluster import Cluster, Failed
from pods import pod_template, replicas_of
from runner import Problem, Problems, log

QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|e[0-9]+)?")
FACTORS = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    **{unit: Decimal(1000) ** at for at, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** at for at, unit in enumerate("KMGTPE", 1)},
}
# Keys of a quota, and the entry of a container's resources that each counts.
COUNTED = {
    "cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    "requests.cpu": ("requests", "cpu"),
    "requests.memory": ("requests", "memory"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
}


@dataclass(frozen=True)
class Need:
    """Pods that a step adds for a time."""

    what: str
    pods: int
    spec: dict[str, Any]

    def amount(self, key: str) -> Decimal | None:
        """The amount that a quota counts; None if it counts something else."""
        if key in ("pods", "count/pods"):
            return Decimal(self.pods)
        if key not in COUNTED:
            return None
        kind, resource = COUNTED[key]
        containers = self.spec.get("containers") or []
        amounts = (
            (one.get("resources") or {}).get(kind, {}).get(resource, "0")
            for one in containers
        )
        return self.pods * sum(map(quantity, amounts), Decimal(0))


def rollout_need(cluster: Cluster, ref: str, wanted: int | None = None) -> Need:
    """The pods that a rollout adds: those that are missing, and one beside the others
    where none of them may be taken away first.
    """
    item = cluster.need(ref)
    now = replicas_of(item)
    spec = item.get("spec", {})
    strategy = spec.get("strategy") or {}
    rolling = strategy.get("rollingUpdate") or {}
    total = max(now, wanted or 0)
    stays = strategy.get("type") == "RollingUpdate" and not _of(
        rolling.get("maxUnavailable", "25%"), total
    )
    added = total - now + int(stays and total > 0)
    return Need(f"the rollout of {ref}", added, pod_template(item, ref).get("spec", {}))


def check_quotas(cluster: Cluster, needs: list[Need]) -> None:
    """Raises a problem for each need that exceeds what a quota has left."""
    try:
        out = cluster.kubectl(
            "cannot list the quotas", "get", "resourcequotas", "--output=json"
        )
    except Failed as refused:
        log(f"quotas are not checked: {refused}")
        return
    problems = []
    for quota in json.loads(out).get("items", []):
        spec, used = quota.get("spec", {}), quota.get("status", {}).get("used", {})
        if spec.get("scopes") or spec.get("scopeSelector"):
            continue
        for key, hard in (spec.get("hard") or {}).items():
            left = quantity(hard) - quantity(used.get(key, "0"))
            name = quota["metadata"]["name"]
            problems += [
                Problem(
                    f"the quota {name} has {_plain(left)} {key} left, "
                    f"and {need.what} needs {_plain(amount)}",
                    f"Raise it, or free some: `kubectl describe quota {name}`",
                )
                for need in needs
                if (amount := need.amount(key)) is not None and amount > left
            ]
    if problems:
        raise Problems(problems)


def quantity(text: Any) -> Decimal:
    """A number of Kubernetes, such as 500m or 2Gi; 0 for any other text."""
    found = QUANTITY.fullmatch(str(text))
    if found is None:
        return Decimal(0)
    number, unit = Decimal(found[1]), found[2] or ""
    if re.fullmatch("e[0-9]{1,2}", unit):
        return number.scaleb(int(unit[1:]))
    return number * FACTORS.get(unit, Decimal(1))


def _of(share: Any, total: int) -> int:
    """A number of pods, or a share of them, rounded down."""
    if isinstance(share, str) and share.endswith("%"):
        return math.floor(total * int(share[:-1]) / 100)
    return int(share)


def _plain(number: Decimal) -> str:
    return f"{max(number, Decimal(0)).normalize():f}"
