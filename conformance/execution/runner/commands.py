"""What a step tells the runner: commands in its output, and files.

Sources: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>,
<https://github.com/actions/runner>, `ActionCommandManager.cs` and `FileCommandManager.cs`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

COMMAND = re.compile(r"^\s*::(?P<name>[a-zA-Z-]+)(?: (?P<properties>.*?))?::(?P<text>.*)$")
# The runner's older form, which it finds anywhere in a line.
OLDER = re.compile(r"##\[(?P<name>[a-zA-Z-]+)(?: (?P<properties>[^\]]*))?\](?P<text>.*)$")
LEVELS = ("error", "warning", "notice")
GONE = ("set-env", "add-path")
DEPRECATED = ("set-output", "save-state")
SUMMARY_LIMIT = 1024 * 1024


class CommandError(Exception):
    """The runner cannot take what a step wrote; the step fails."""


@dataclass(frozen=True)
class Annotation:
    """A message beside the run, or beside a line of a file."""

    level: str
    message: str
    file: str = ""
    line: int | None = None
    title: str = ""

    def shortened(self, length: int) -> Annotation:
        """This one, with a message of at most so many characters."""
        return replace(self, message=self.message[:length])


@dataclass
class Output:
    """Reads a step's output line by line."""

    masks: set[str]
    annotations: list[Annotation] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    stopped: str = ""

    def read(self, line: str) -> None:
        """Takes in a line; commands act, everything is logged with what is masked left out."""
        if self.stopped:
            if line.strip() == f"::{self.stopped}::":
                self.stopped = ""
        elif match := COMMAND.match(line) or OLDER.search(line):
            self._act(match["name"], _properties(match["properties"] or ""), _plain(match["text"]))
        self.lines.append(hidden(line, self.masks))

    def _act(self, name: str, properties: dict[str, str], text: str) -> None:
        if name in LEVELS:
            line = properties.get("line", "")
            self.annotations.append(
                Annotation(
                    name,
                    hidden(text, self.masks),
                    properties.get("file", ""),
                    int(line) if line.isdigit() else None,
                    properties.get("title", ""),
                )
            )
        elif name == "add-mask" and text.strip():
            self.masks.add(text)
        elif name == "stop-commands":
            self.stopped = text
        elif name in GONE:
            self.annotations.append(
                Annotation("error", f"the `{name}` command is disabled; use the files instead")
            )
        elif name in DEPRECATED:
            raise CommandError(f"the `{name}` command is deprecated, and not modelled")


def hidden(text: str, masks: set[str]) -> str:
    """A text without what is masked."""
    for mask in sorted(masks, key=len, reverse=True):
        text = text.replace(mask, "***")
    return text


def _properties(text: str) -> dict[str, str]:
    found = {}
    for part in re.split("[,;]", text):
        name, equals, value = part.partition("=")
        if equals:
            found[name.strip().lower()] = _plain(value.replace("%3A", ":").replace("%2C", ","))
    return found


def _plain(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def pairs(path: Path) -> dict[str, str]:
    """Reads `name=value` and `name<<END … END`, as in GITHUB_OUTPUT and GITHUB_ENV."""
    found: dict[str, str] = {}
    lines = iter(path.read_text("utf-8").split("\n"))
    for line in lines:
        if not line:
            continue
        name, sign, rest = line.partition("=")
        if "<<" in name or not sign:
            name, sign, end = line.partition("<<")
            if not sign or not end or not name:
                raise CommandError(f"invalid format {line!r}")
            value = []
            for inner in lines:
                if inner == end:
                    break
                value.append(inner)
            else:
                raise CommandError(f"no delimiter {end!r} ends the value of {name}")
            rest = "\n".join(value)
        if not name:
            raise CommandError(f"invalid format {line!r}")
        found[name] = rest
    return found


def summary(path: Path) -> str:
    """The step's part of the summary; one that is too large is dropped altogether."""
    if path.stat().st_size > SUMMARY_LIMIT:
        raise CommandError("the summary is larger than 1 MiB")
    return path.read_text("utf-8")
