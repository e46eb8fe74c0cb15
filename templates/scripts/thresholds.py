"""Limits: numbers with a unit, compared as decimals.

    "limits": {"error-rate": {"max": ExternalValue,
                              "ceiling": "0.1%"}}     optional

Units: `%` and `ratio` for a metric in ratio or percent; `ms` and `s` for one in
seconds or milliseconds; `requests` for one in requests. A number without a unit is
refused: a secret `1` would mask every 1 in the log, and 1 could be 1 % or 100 %.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from runner import Problem
from settings import ExternalValue, Table

WRITTEN = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?) ?([a-zA-Z%]*)")

# A unit's factor, in the base unit of its kind.
KINDS: dict[str, dict[str, Decimal]] = {
    "ratio": {"%": Decimal("0.01"), "ratio": Decimal(1)},
    "time": {"ms": Decimal("0.001"), "s": Decimal(1)},
    "requests": {"requests": Decimal(1)},
}
# A metric's unit: its kind, and its factor to the base unit.
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
        # GitHub masks the value of a secret everywhere, also in other cells of the
        # table.
        return f"not shown ({self.described})" if self.hidden else self.written


@dataclass(frozen=True)
class Threshold:
    metric: str
    max: ExternalValue
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
            found.append(Threshold(metric, table.external("max"), ceiling))
            table.done()
        return found

    def limit(self, unit: str) -> Limit:
        """Returns the current limit; a problem names its source."""
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
    expected = " or ".join(units)
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        raise Problem(
            f"{source} is not a number with a unit", f"Write a number and {expected}"
        )
    if not found[2]:
        raise Problem(f"{source} has no unit", f"Write a number and {expected}")
    if found[2] not in units:
        unit = "its unit" if hidden else f"the unit {found[2]}"
        raise Problem(
            f"{source}: {unit} does not fit a metric in {metric_unit}",
            f"Use {expected}",
        )
    return Decimal(found[1]) * units[found[2]] * scale
