"""JSON files, and values as Markdown."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

from parameters import no_constant


def read_json(path: Path) -> Any:
    """Reads a JSON file; `ValueError` unless it is JSON in UTF-8."""
    return json.loads(path.read_text("utf-8"), parse_constant=no_constant)


def write_json(path: Path, value: Any) -> None:
    """Writes JSON atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    content = json.dumps(value, indent=1, sort_keys=True)
    partial.write_text(content + "\n", "utf-8")
    partial.replace(path)


def percent(share: Fraction) -> str:
    """Prints a share, rounded down: 99.999 % must not read as 100 %."""
    hundredths = share.numerator * 10_000 // share.denominator
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def code(value: str) -> str:
    """Quotes a value as inline code, also if it contains backticks."""
    value = value.replace("\r", " ").replace("\n", " ")
    longest = run_length = 0
    for character in value:
        run_length = run_length + 1 if character == "`" else 0
        longest = max(longest, run_length)
    fence = "`" * (longest + 1)
    space = " " if value.startswith("`") or value.endswith("`") else ""
    return f"{fence}{space}{value}{space}{fence}"


def fenced(value: str) -> str:
    """Quotes lines as a block of code."""
    fence = "```"
    while fence in value:
        fence += "`"
    return f"{fence}text\n{value}\n{fence}"
