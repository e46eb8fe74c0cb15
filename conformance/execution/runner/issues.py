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
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, rest: str, query: dict[str, list[str]], given: Any) -> tuple[int, Any]:
        """The status and the answer to a request below `/issues`."""
        with self._lock:
            if not rest:
                return self._list(query) if given is None else self._open(given)
            number, _, more = rest.partition("/")
            if more != "comments" or not number.isdigit() or int(number) > len(self.all):
                return 404, {"message": "Not Found"}
            comments = self.comments.setdefault(int(number), [])
            if given is None:
                return 200, comments
            if not _text(given.get("body"), BODY):
                return 422, {"message": "Validation Failed"}
            comments.append({"id": len(comments) + 1, "body": given["body"]})
            return 201, comments[-1]

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
