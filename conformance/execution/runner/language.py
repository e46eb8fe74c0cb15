"""GitHub's own parser and evaluator, asked through one process of Node.

What is parsed and evaluated here is judged by GitHub's packages, never by code of this project.
"""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Contexts = dict[str, Any]

NAMES = ("github", "inputs", "vars", "needs", "strategy", "matrix", "secrets", "env", "job")
EMPTY: Contexts = {name: {} for name in (*NAMES, "runner", "steps", "jobs")}


class Rejected(Exception):
    """GitHub's parser or evaluator does not take it."""


@dataclass(frozen=True)
class Status:
    """What `success()`, `failure()` and `cancelled()` answer."""

    success: bool = True
    failure: bool = False
    cancelled: bool = False


class Language:
    """The process; safe to be asked by several threads."""

    def __init__(self, packages: Path) -> None:
        """`packages` is a folder with the npm packages, `language.mjs` and `json-hook.mjs`."""
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            ["node", "--no-warnings", "--import", "./json-hook.mjs", "language.mjs"],
            cwd=packages,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def parse(self, path: Path, shown: str) -> dict[str, Any]:
        """A workflow; an expression in it is `{"$": number}`."""
        parsed: dict[str, Any] = self._ask(op="parse", path=shown, content=path.read_text("utf-8"))
        return parsed

    def resolve(self, node: Any, contexts: Contexts) -> Any:
        """A node with its expressions evaluated, numbers and booleans as such."""
        return self._ask(op="resolve", node=node, contexts=EMPTY | contexts)

    def text(self, node: Any, contexts: Contexts, status: Status | None = None) -> Any:
        """A node with its expressions evaluated, every scalar as the text that a step is given."""
        asked = vars(status) if status else None
        return self._ask(op="text", node=node, contexts=EMPTY | contexts, status=asked)

    def condition(self, node: Any, contexts: Contexts, status: Status) -> bool:
        """Whether an `if` holds; without one, whether all went well so far."""
        if node is None:
            return status.success
        return bool(
            self._ask(op="condition", node=node, contexts=EMPTY | contexts, status=vars(status))
        )

    def keys(self) -> dict[str, list[str]]:
        """The keys of every mapping in GitHub's schema of workflows, by the mapping's name."""
        found: dict[str, list[str]] = self._ask(op="keys")
        return found

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=10)

    def _ask(self, **request: Any) -> Any:
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that evaluates expressions has ended")
        told = json.loads(answer)
        if "error" in told:
            raise Rejected(told["error"])
        return told["value"]
