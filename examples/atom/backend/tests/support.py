"""What fixtures share."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from filelock import FileLock

from core.passwords import Cost

# Far below what protects a password: a test that logs in should not pay for it.
CHEAP = Cost(n=2**4, r=1, p=1)
PASSWORD = "a password for tests"


class MockedHttp:
    """The other end of outgoing requests: gives the registered replies in order, keeps requests."""

    def __init__(self) -> None:
        self.replies: deque[httpx2.Response | Exception] = deque()
        self.requests: list[httpx2.Request] = []

    def reply(self, *replies: httpx2.Response | Exception) -> None:
        self.replies.extend(replies)

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        assert self.replies, f"no reply is registered for {request.method} {request.url}"
        reply = self.replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        return reply


@contextmanager
def shared_once(
    folder: Path, name: str, create: Callable[[], str], destroy: Callable[[str], None]
) -> Iterator[str]:
    """A resource made by the first process that asks, and removed by the last that leaves.

    The lock alone would only make the processes create it one after another; the record, looked for
    under the lock, is what tells the second that it exists, and the count who is the last.
    """
    record = folder / f"{name}.json"
    lock = FileLock(folder / f"{name}.lock")
    with lock:
        value, users = json.loads(record.read_text()) if record.is_file() else (create(), 0)
        record.write_text(json.dumps([value, users + 1]))
    try:
        yield value
    finally:
        with lock:
            value, users = json.loads(record.read_text())
            if users == 1:
                record.unlink()
                destroy(value)
            else:
                record.write_text(json.dumps([value, users - 1]))
