"""What the pipeline's own scripts share: input from the environment, and the runner's output.

Every script reads its parameters from environment variables and raises `InputError` for a value
that it cannot use; `run` turns that into one error annotation and exit status 1.

Environment: GITHUB_OUTPUT and GITHUB_STEP_SUMMARY, the files that the runner reads outputs and the
summary from. Where they are unset, text goes to standard output.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

SUMMARY_LIMIT = 1_000_000  # GitHub drops a summary above 1 MiB altogether.


class InputError(Exception):
    """A value from outside is missing or unusable; the message says how to fix it."""


def run(main: Callable[[], int]) -> int:
    """Runs a script, and reports bad input or an unreadable file as one annotation."""
    try:
        return main()
    except InputError as error:
        annotate("error", str(error))
    except OSError as error:
        annotate("error", f"{error.filename or 'a file'}: {error.strerror or error}")
    return 1


def text(name: str, default: str | None = None) -> str:
    """Reads a variable; without a default it must be set and not empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise InputError(f"{name} is not set; the step's `env` must give it a value")
    return default


def flag(name: str, default: bool = False) -> bool:
    """Reads `true` or `false`."""
    value = text(name, "true" if default else "false")
    if value not in ("true", "false"):
        raise InputError(f"{name} must be `true` or `false`, not `{value}`")
    return value == "true"


def integer(name: str, least: int, most: int, default: int | None = None) -> int:
    """Reads a whole number within its bounds."""
    value = text(name, None if default is None else str(default))
    # `int` alone would accept `1_0`, `+1` and digits of other scripts.
    if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
        raise InputError(f"{name} must be a whole number from {least} to {most}, not `{value}`")
    return int(value)


def parsed(name: str, default: str | None = None) -> Any:
    """Reads JSON; numbers with a fraction become `Decimal`, so that comparing them is exact."""
    value = text(name, default)
    try:
        return json.loads(value, parse_float=Decimal, parse_constant=_no_constant)
    except ValueError as error:
        raise InputError(f"{name} is not valid JSON: {error}") from error


def ratio(name: str, value: Any) -> Fraction:
    """Reads a share from 0 to 1, exactly."""
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except ArithmeticError:
            raise InputError(f"{name} must be a number from 0 to 1, not `{value}`") from None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InputError(f"{name} must be a number from 0 to 1")
    if not (Decimal(value).is_finite() and 0 <= value <= 1):
        raise InputError(f"{name} must be a number from 0 to 1, not `{value}`")
    return Fraction(value)


def percent(share: Fraction) -> str:
    """Prints a share, rounded down: 99.999 % must not read as 100 %."""
    hundredths = share.numerator * 10_000 // share.denominator
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def read_json(path: Path) -> Any:
    """Reads a JSON file; `ValueError` where it is not JSON in UTF-8."""
    return json.loads(path.read_text("utf-8"), parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def write_json(path: Path, value: Any) -> None:
    """Writes JSON whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    content = json.dumps(value, indent=1, sort_keys=True)
    partial.write_text(content + "\n", "utf-8")
    partial.replace(path)


def annotate(
    level: str, message: str, file: str = "", line: int | None = None, title: str = ""
) -> None:
    """Prints a workflow command: an annotation of level `error`, `warning` or `notice`."""
    properties = []
    if file:
        properties.append(f"file={_escape_property(file)}")
        if line:
            properties.append(f"line={line}")
    if title:
        properties.append(f"title={_escape_property(title)}")
    head = f"{level} {','.join(properties)}" if properties else level
    command = f"::{head}::{_escape(message)}"
    # A path that is not UTF-8 must not end the script.
    print(command.encode("utf-8", "replace").decode(), flush=True)


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(value: str) -> str:
    return _escape(value).replace(":", "%3A").replace(",", "%2C")


def output(name: str, value: str) -> None:
    """Sets an output of the step."""
    if any(character in name + value for character in "\r\n") or "=" in name:
        raise InputError(f"the output `{name}` cannot hold a line break")
    _append("GITHUB_OUTPUT", f"{name}={value}\n")


def summary(markdown: str) -> None:
    """Appends to the step's summary."""
    encoded = markdown.encode("utf-8", "replace")
    if len(encoded) > SUMMARY_LIMIT:
        markdown = encoded[:SUMMARY_LIMIT].decode("utf-8", "ignore") + "\n\n(cut here)"
    _append("GITHUB_STEP_SUMMARY", markdown.rstrip("\n") + "\n\n")


def _append(variable: str, content: str) -> None:
    path = os.environ.get(variable)
    if not path:
        sys.stdout.write(content.encode("utf-8", "replace").decode())
        return
    with open(path, "a", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(content)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Draws a Markdown table."""
    lines = [_row(head), _row(["---"] * len(head))]
    lines += [_row([cell(value) for value in row]) for row in rows]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def cell(value: str) -> str:
    """Keeps a value within its cell."""
    return value.replace("|", "\\|").replace("\r", " ").replace("\n", " ")


def code(value: str) -> str:
    """Quotes a value as inline code, whatever backticks it holds."""
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
