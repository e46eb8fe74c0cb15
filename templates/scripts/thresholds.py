"""Limits: numbers with a unit, compared as decimals.

    "limits": {"error-rate": {"max": Outside, "ceiling": "0.1%"}}       ceiling is
                                                                        optional

Units: `%` and `ratio` for a metric in ratio or percent; `ms` and `s` for one in
seconds or milliseconds; `requests` for one in requests. A number without a unit is
refused: a secret `1` would mask every 1 in the log, and nobody could tell 1 % from
100 %.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from runner import Problem
from settings import Outside, Table

WRITTEN = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?) ?([a-zA-Z%]*)")

# What one of a unit is, in the unit of its kind.
KINDS: dict[str, dict[str, Decimal]] = {
    "ratio": {"%": Decimal("0.01"), "ratio": Decimal(1)},
    "time": {"ms": Decimal("0.001"), "s": Decimal(1)},
    "requests": {"requests": Decimal(1)},
}
# A metric's unit: its kind, and how many of it make one of the kind.
METRIC_UNITS: dict[str, tuple[str, Decimal]] = {
    "ratio": ("ratio", Decimal(1)),
    "percent": ("ratio", Decimal(100)),
    "seconds": ("time", Decimal(1)),
    "milliseconds": ("time", Decimal(1000)),
    "requests": ("requests", Decimal(1)),
}


@dataclass(frozen=True)
class Limit:
    """A parsed limit, in the metric's own unit."""

    value: Decimal
    written: str
    described: str
    hidden: bool

    def shown(self) -> str:
        # GitHub masks a secret's value wherever it stands: a table with holes says
        # nothing.
        return f"not shown ({self.described})" if self.hidden else self.written


@dataclass(frozen=True)
class Threshold:
    metric: str
    max: Outside
    ceiling: str | None

    @staticmethod
    def read(root: Table) -> list[Threshold]:
        if not root.has("limits"):
            return []
        limits = root.table("limits")
        found = []
        for metric in limits.names():
            table = limits.table(metric)
            ceiling = table.text_or_none("ceiling")
            found.append(Threshold(metric, table.outside("max"), ceiling))
            table.done()
        return found

    def limit(self, unit: str) -> Limit:
        """The limit now in force; a problem that names where it comes from."""
        hidden = self.max.secret and self.max.given
        source = self.max.described if self.max.given else f"the limit of {self.metric}"
        written = self.max.value()
        if written is None:
            raise Problem(
                f"{self.max.described} is empty, the limit of {self.metric}",
                self.max.how_to_set(""),
            )
        value = parse_limit(written, unit, source, hidden)
        if self.ceiling is not None:
            ceiling = parse_limit(
                self.ceiling, unit, f"the ceiling of {self.metric}", hidden=False
            )
            if value > ceiling:
                raise Problem(
                    f"{source} is above the ceiling {self.ceiling} of {self.metric}",
                    "Lower it, or raise the ceiling in pipeline.toml, "
                    "where it is reviewed",
                )
        return Limit(value, written, self.max.described, hidden)


def parse_limit(text: str, metric_unit: str, source: str, hidden: bool) -> Decimal:
    kind, scale = METRIC_UNITS[metric_unit]
    units = KINDS[kind]
    wanted = " or ".join(units)
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        raise Problem(
            f"{source} is not a number with a unit", f"Write a number and {wanted}"
        )
    if not found[2]:
        raise Problem(f"{source} has no unit", f"Write a number and {wanted}")
    if found[2] not in units:
        unit = "its unit" if hidden else f"the unit {found[2]}"
        raise Problem(
            f"{source}: {unit} does not fit a metric in {metric_unit}", f"Use {wanted}"
        )
    return Decimal(found[1]) * units[found[2]] * scale
