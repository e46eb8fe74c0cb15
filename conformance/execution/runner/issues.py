"""The issues of a repository, as far as the emitted scripts use them.

Sources: <https://docs.github.com/rest/issues/issues> and <https://docs.github.com/rest/issues/comments>.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

TITLE, BODY = 256, 65536


@dataclass
class Issues:
    """Every issue, with its comments."""

    all: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    pulls: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, rest: str, query: dict[str, list[str]], given: Any) -> tuple[int, Any]:
        """The status and the answer to a request below `/issues`."""
        with self._lock:
            if not rest:
                return self._list(query) if given is None else self._open(given)
            number, _, more = rest.partition("/")
            if number == "comments" and given is not None:
                return self._change(more, given)
            if more != "comments" or not number.isdigit() or not self._has(int(number)):
                return 404, {"message": "Not Found"}
            comments = self.comments.setdefault(int(number), [])
            if given is None:
                return 200, comments
            if not _text(given.get("body"), BODY):
                return 422, {"message": "Validation Failed"}
            last = sum(len(those) for those in self.comments.values())
            by = {"login": "github-actions[bot]"}
            comments.append({"id": last + 1, "body": given["body"], "user": by})
            return 201, comments[-1]

    def is_of_pull(self, rest: str) -> bool:
        """Whether a path below `/issues` is about comments of a pull request."""
        number, _, more = rest.partition("/")
        if number == "comments":
            return any(str(one["id"]) == more for pull in self.pulls for one in self._of(pull))
        return more == "comments" and number.isdigit() and int(number) in self.pulls

    def _of(self, number: int) -> list[dict[str, Any]]:
        return self.comments.get(number, [])

    def _has(self, number: int) -> bool:
        return number in self.pulls or number <= len(self.all)

    def _change(self, number: str, given: Any) -> tuple[int, Any]:
        found = [
            one for those in self.comments.values() for one in those if str(one["id"]) == number
        ]
        if not found:
            return 404, {"message": "Not Found"}
        if not _text(given.get("body"), BODY):
            return 422, {"message": "Validation Failed"}
        found[0]["body"] = given["body"]
        return 200, found[0]

    def _list(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        wanted = set(filter(None, query.get("labels", [""])[0].split(",")))
        found = [issue for issue in self.all if wanted <= set(issue["labels"])]
        count, page = (
            int(query.get(key, [one])[0]) for key, one in (("per_page", "30"), ("page", "1"))
        )
        return 200, found[::-1][count * (page - 1) : count * page]

    def _open(self, given: Any) -> tuple[int, Any]:
        if not _text(given.get("title"), TITLE) or not _text(given.get("body"), BODY):
            return 422, {"message": "Validation Failed"}
        kept = {key: given.get(key) for key in ("title", "body")}
        issue = {**kept, "labels": given.get("labels", []), "number": len(self.all) + 1}
        self.all.append({**issue, "state": "open"})
        return 201, self.all[-1]


def _text(value: Any, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most
