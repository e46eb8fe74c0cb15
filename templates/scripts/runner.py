"""Messages to the runner: annotations, masks, summary, outputs.

All output goes through `log` or `annotate`, which blank the secrets that this process
has read: the runner masks a secret only if its whole value is on one line.

Environment: GITHUB_OUTPUT and GITHUB_STEP_SUMMARY, the files that the runner reads
outputs and the summary from. Where they are unset, text goes to standard output.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from types import FrameType, TracebackType

# Blanking shorter values would make messages unreadable.
SHORTEST_SECRET = 4
SUMMARY_LIMIT = 1_000_000  # GitHub drops a summary above 1 MiB altogether.
CANCELLED = 130

_secrets: set[str] = set()


class Problem(Exception):
    """A failure, shown as one annotation; `help` is the text to type or the fix."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(f"{message}. {help}" if help else message)
        self.problems: list[Problem] = [self]


class Problems(Problem):
    """Several problems, each of which gets its own annotation."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = [one for problem in problems for one in problem.problems]


class Cancelled(BaseException):
    """Cancellation by the runner; no `Exception`, so that no handler catches it."""


def run(command: Callable[[], int]) -> int:
    """Runs a command; returns its exit status, with an annotation per problem."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _cancel)
    sys.excepthook = _report_fault
    try:
        return command()
    except Problem as found:
        for problem in found.problems:
            annotate("error", str(problem))
    except Cancelled:
        annotate("error", "cancelled before this step was done")
        return CANCELLED
    except OSError as fault:
        annotate("error", f"{fault.filename or 'a file'}: {fault.strerror or fault}")
    return 1


def _cancel(_number: int, _frame: FrameType | None) -> None:
    raise Cancelled


def _report_fault(
    kind: type[BaseException], _fault: BaseException, trace: TracebackType | None
) -> None:
    """Reports type and line only, since a message could quote a secret."""
    place = "an unknown place"
    while trace is not None:
        file = os.path.basename(trace.tb_frame.f_code.co_filename)
        place, trace = f"{file}:{trace.tb_lineno}", trace.tb_next
    annotate("error", f"a fault in Pipewright's own script: {kind.__name__} at {place}")


def blank(secret: str) -> None:
    """Removes a secret from all output, also in its JSON form."""
    for line in [secret, *secret.splitlines()]:
        text = line.strip()
        if len(text) >= SHORTEST_SECRET:
            quoted = (
                json.dumps(text)[1:-1],
                json.dumps(text, ensure_ascii=False)[1:-1],
            )
            _secrets.update({text, *quoted})


def scrub(text: str) -> str:
    """The text without the secrets that were blanked."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def mask(value: str) -> None:
    """Masks a value that this job created, which the runner does not know."""
    if value.strip():
        print(f"::add-mask::{_escape(value)}", flush=True)
        blank(value)


def log(text: str) -> None:
    """Prints a line of the log."""
    # The runner reads its older form of commands at any place in a line.
    print(scrub(text).replace("##[", "## ["), flush=True)


def quote(text: str) -> None:
    """Prints foreign text, so that no line of it is a workflow command.

    Leading blanks alone are not enough, since the runner skips them.
    """
    for line in text.splitlines():
        log(f"  | {line}")


def annotate(
    level: str, message: str, file: str = "", line: int | None = None, title: str = ""
) -> None:
    """Prints an annotation of level `error`, `warning` or `notice`."""
    properties = []
    if file:
        properties.append(f"file={_escape_property(file)}")
        if line:
            properties.append(f"line={line}")
    if title:
        properties.append(f"title={_escape_property(title)}")
    head = f"{level} {','.join(properties)}" if properties else level
    command = f"::{head}::{_escape(scrub(message))}"
    # A path that is not UTF-8 must not end the script.
    print(command.encode("utf-8", "replace").decode(), flush=True)


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(value: str) -> str:
    return _escape(value).replace(":", "%3A").replace(",", "%2C")


def output(name: str, value: str) -> None:
    """Sets an output of the step."""
    if any(character in name + value for character in "\r\n") or "=" in name:
        raise Problem(f"the output `{name}` cannot hold a line break")
    _append("GITHUB_OUTPUT", f"{name}={value}\n")


def summary(markdown: str) -> None:
    """Appends to the step's summary."""
    encoded = scrub(markdown).encode("utf-8", "replace")
    kept = encoded[:SUMMARY_LIMIT].decode("utf-8", "ignore").rstrip("\n")
    cut = "\n\n(cut here)" if len(encoded) > SUMMARY_LIMIT else ""
    _append("GITHUB_STEP_SUMMARY", f"{kept}{cut}\n\n")


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
    lines += [_row([_cell(value) for value in row]) for row in rows]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: str) -> str:
    """Escapes a value for a table cell."""
    return value.replace("|", "\\|").replace("\r", " ").replace("\n", " ")
