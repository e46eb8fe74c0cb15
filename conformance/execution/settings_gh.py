"""GitHub's command line, as far as `doctor`, `settings` and `needs` name its commands.

The requests go to `GITHUB_API_URL`; values of secrets and variables are not asked for. Sources:
<https://cli.github.com/manual/gh_api>, <https://cli.github.com/manual/gh_secret_set>.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

# The filters of the commands: the id of the answer, or of the first item that has these values.
FIRST = re.compile(r"first\(\.(\w*)\[\] \| select\((.+)\) \| \.id\)")
VALUE = re.compile(r'\.(\w+) == ("(?:[^"\\]|\\.)*")')


def install(folder: Path) -> None:
    """Puts this program into a folder of programs, as `gh`."""
    program = folder / "gh"
    program.write_text(
        f'#!/bin/sh\nexec {sys.executable} {Path(__file__).resolve()} "$@"\n', "utf-8"
    )
    program.chmod(0o755)


def main() -> int:
    """Sends the request of a command."""
    parser = argparse.ArgumentParser(prog="gh")
    groups = parser.add_subparsers(dest="group", required=True)
    api = groups.add_parser("api")
    api.add_argument("--method", default="GET")
    api.add_argument("path")
    api.add_argument("--input", choices=["-"])
    api.add_argument("-f", dest="fields", action="append", default=[])
    api.add_argument("--jq")
    for group in ("secret", "variable"):
        command = groups.add_parser(group)
        command.add_argument("verb", choices=["set", "delete"])
        command.add_argument("name")
        command.add_argument("--env")
    given = parser.parse_args()
    if given.group == "api":
        body = (
            json.load(sys.stdin) if given.input else dict(one.split("=", 1) for one in given.fields)
        )
        return send(given.method, given.path, body or None, given.jq)
    place = f"environments/{given.env}" if given.env else "actions"
    method = "PUT" if given.verb == "set" else "DELETE"
    path = f"repos/{{owner}}/{{repo}}/{place}/{given.group}s/{given.name}"
    return send(method, path, None, None)


def ids(answer: Any, jq: str) -> list[int]:
    """The ids that a filter finds in an answer."""
    if jq == ".id":
        return [answer["id"]]
    found = FIRST.fullmatch(jq)
    if not found:
        sys.exit(f"gh: {jq} is no filter of these commands")
    values = {key: json.loads(text) for key, text in VALUE.findall(found[2])}
    items = answer[found[1]] if found[1] else answer
    return [item["id"] for item in items if values.items() <= item.items()][:1]


def send(method: str, path: str, body: Any, jq: str | None) -> int:
    """Sends a request, and prints its answer as `gh` does."""
    owner, _, name = os.environ["GITHUB_REPOSITORY"].partition("/")
    path = path.replace("{owner}", owner).replace("{repo}", name)
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{os.environ['GITHUB_API_URL']}/{path}", data, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            content = answer.read()
    except urllib.error.HTTPError as error:
        print(f"gh: {json.load(error)['message']} (HTTP {error.code})", file=sys.stderr)
        return 1
    if jq:
        print("".join(f"{one}\n" for one in ids(json.loads(content), jq)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
