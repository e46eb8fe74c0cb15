"""Parameters of a command, from environment variables."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from fractions import Fraction
from typing import Any

from runner import Problem


def text(name: str, default: str | None = None) -> str:
    """Reads a variable, which must not be empty unless it has a default."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise Problem(f"{name} is not set; the step's `env` must give it a value")
    return default


def flag(name: str, default: bool = False) -> bool:
    """Reads `true` or `false`."""
    value = text(name, "true" if default else "false")
    if value not in ("true", "false"):
        raise Problem(f"{name} must be `true` or `false`, not `{value}`")
    return value == "true"


def integer(name: str, low: int, high: int, default: int | None = None) -> int:
    """Reads a whole number within its bounds."""
    value = text(name, None if default is None else str(default))
    # `int` alone would accept `1_0`, `+1` and digits of other scripts.
    if not (value.isascii() and value.isdigit()) or not low <= int(value) <= high:
        expected = f"a whole number from {low} to {high}"
        raise Problem(f"{name} must be {expected}, not `{value}`")
    return int(value)


def parsed(name: str, default: str | None = None) -> Any:
    """Reads JSON; numbers with a fraction become `Decimal`, which compares exactly."""
    value = text(name, default)
    try:
        return json.loads(value, parse_float=Decimal, parse_constant=no_constant)
    except ValueError as error:
        raise Problem(f"{name} is not valid JSON: {error}") from error


def no_constant(name: str) -> Any:
    """Refuses NaN and infinities, which Python's parser accepts."""
    raise ValueError(f"{name} is not a JSON number")


def strings(name: str, value: Any) -> list[str]:
    """A JSON list of strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Problem(f"{name} must be a JSON list of strings")
    return value


def ratio(name: str, value: Any) -> Fraction:
    """Reads a share from 0 to 1, exactly."""
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except ArithmeticError:
            raise Problem(
                f"{name} must be a number from 0 to 1, not `{value}`"
            ) from None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Problem(f"{name} must be a number from 0 to 1")
    if not (Decimal(value).is_finite() and 0 <= value <= 1):
        raise Problem(f"{name} must be a number from 0 to 1, not `{value}`")
    return Fraction(value)
