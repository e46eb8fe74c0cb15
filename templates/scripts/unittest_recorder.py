"""Records the tests of unittest, also those of several processes.

tests.jsonl gets a line when a test starts and one when an attempt of it has ended,
each by the process that runs the test. So the record of a run that was cut off shows
the running tests. fixtures.jsonl has the classes and modules whose setup or teardown
did not pass.

Environment:
  PIPEWRIGHT_RECORD        the folder to write the record to, which replaces an older
                           one
  PIPEWRIGHT_RERUNS        optional: the number of times that a failed test is rerun
  PIPEWRIGHT_TEST_TIMEOUT  optional: the time limit of an attempt, in seconds
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
import traceback
import unittest
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from cases import MESSAGE_LIMIT, from_workspace
from formats import write_json
from parameters import integer, text
from records import FAILING, RECORD_SCHEMA, STARTED

RANKS = ("passed", "skipped", "xfailed", "error", "failed")
MAIN = "MainProcess"  # As multiprocessing names the process that starts others.


class Overdue(BaseException):
    """A test that exceeds its limit; no `Exception`, so that no test catches it."""


class Open:
    """An attempt of a test, while it runs."""

    def __init__(self, name: str, start: float) -> None:
        self.name = name
        self.start = start
        self.outcome = ""
        self.message = ""
        self.line: int | None = None

    def mark(self, outcome: str, message: str, line: int | None) -> None:
        """Takes an outcome, of which the worst one counts."""
        if not self.outcome or RANKS.index(outcome) > RANKS.index(self.outcome):
            self.outcome, self.message = outcome, message
            self.line = line


class UnittestRecorder:
    """Writes the record; every process has a copy, and all append to the same files."""

    def __init__(self) -> None:
        self.folder = Path(text("PIPEWRIGHT_RECORD")).absolute()
        self.left = integer("PIPEWRIGHT_RERUNS", 0, 10, 0)
        self.attempt = 1
        self.limit = float(text("PIPEWRIGHT_TEST_TIMEOUT", "0"))
        self.names: dict[str, str] = {}
        self.open: Open | None = None
        self.order = 0
        self.owner: type | None = None
        self.idle_since = time.perf_counter()

    def start(self) -> None:
        """Opens an empty record: an older one must not be taken for this run's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("run.json", "tests.jsonl", "fixtures.jsonl", "finished.json"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "tests.jsonl").touch()

    # ── tests ─────────────────────────────────────────────────────────────────────────

    def resume(self) -> None:
        """Starts the clock of a process that has waited."""
        self.idle_since = time.perf_counter()

    def begin(self, test: unittest.TestCase) -> None:
        """Records that a test has started."""
        # The first test of a class also takes the time of the class's setup.
        first = type(test) is not self.owner
        self.owner = type(test)
        start = self.idle_since if first else time.perf_counter()
        self.open = Open(self.name_of(test), start)
        file, line = source(test)
        found = {"id": self.open.name, "outcome": STARTED, "file": file, "line": line}
        self.put("tests.jsonl", found)
        if self.limit:
            signal.signal(signal.SIGALRM, self.expire)
            signal.setitimer(signal.ITIMER_REAL, self.limit)

    def expire(self, _number: int, _frame: FrameType | None) -> None:
        """Ends a test that exceeds its time limit."""
        raise Overdue(f"the test took longer than {self.limit:g} s")

    def mark(
        self,
        test: unittest.TestCase,
        outcome: str,
        message: str = "",
        trace: TracebackType | None = None,
    ) -> None:
        """Takes an outcome of a test, or of a subtest of it."""
        if type(test).__name__ == "_SubTest":
            test = getattr(test, "test_case", test)
        if not isinstance(test, unittest.TestCase):
            self.fixture(test, outcome, message)
            return
        line = line_in(trace, file_of_test(test))
        if self.open is not None:
            self.open.mark(outcome, message, line)
            return
        # Django reports an error before a test without its start.
        self.begin(test)
        self.mark(test, outcome, message, trace)
        self.end(test)

    def fixture(self, holder: Any, outcome: str, message: str) -> None:
        """Records a class or module whose setup or teardown did not pass."""
        found = {"scope": str(holder), "outcome": outcome, "message": message}
        self.put("fixtures.jsonl", found)

    def end(self, test: unittest.TestCase) -> None:
        """Records that an attempt has ended."""
        if self.limit:
            signal.setitimer(signal.ITIMER_REAL, 0)
        ended, self.open = self.open, None
        self.idle_since = time.perf_counter()
        if ended is None:
            return
        outcome = ended.outcome or "error"
        message = ended.message
        if not ended.outcome:
            message = "the test ended without an outcome"
        if outcome in FAILING and self.left:
            outcome = "rerun"
        seconds = self.idle_since - ended.start
        self.write(test, ended.name, outcome, message, ended.line, seconds)

    def write(
        self,
        test: unittest.TestCase,
        name: str,
        outcome: str,
        message: str,
        failed_at: int | None = None,
        seconds: float = 0,
    ) -> None:
        """Writes the line of an attempt."""
        file, line = source(test)
        process = multiprocessing.current_process().name
        found: dict[str, Any] = {
            "id": name,
            "outcome": outcome,
            "duration": round(seconds, 6),
            "attempt": self.attempt,
            "worker": "main" if process == MAIN else process,
            "file": file,
            "line": failed_at or line,
            "message": message[:MESSAGE_LIMIT],
            "order": self.order,
            "select": [test.id()],
        }
        self.order += 1
        self.put("tests.jsonl", found)

    def put(self, file: str, found: dict[str, Any]) -> None:
        """Appends a line at once, as other processes do."""
        line = (json.dumps(found) + "\n").encode()
        number = os.open(
            self.folder / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644
        )
        try:
            os.write(number, line)
        finally:
            os.close(number)

    def name_of(self, test: unittest.TestCase) -> str:
        """The id of a test, with the number that it got in the list of all tests."""
        return self.names.get(key_of(test), test_name(test))

    # ── the whole run ─────────────────────────────────────────────────────────────────

    def lines_of(self, file: str) -> list[dict[str, Any]]:
        """All lines that were written."""
        path = self.folder / file
        content = path.read_text("utf-8") if path.is_file() else ""
        return [json.loads(line) for line in content.splitlines()]

    def last(self) -> dict[str, str]:
        """The last outcome of each test that has ended."""
        return {
            line["id"]: line["outcome"]
            for line in self.lines_of("tests.jsonl")
            if line["outcome"] != STARTED
        }

    def complete(self, tests: Iterable[unittest.TestCase]) -> list[str]:
        """Accounts for tests that a setup kept from running, and for teardowns.

        Returns the names of further tests: the teardowns that failed.
        """
        fixtures = self.lines_of("fixtures.jsonl")
        ended = self.last()
        more: Counter[str] = Counter()
        for test in tests:
            name = self.name_of(test)
            # A test that waits for a rerun, and whose setup fails then, did not end.
            if ended.get(name, "rerun") != "rerun":
                continue
            for found in fixtures:
                kind, scope = parts(found["scope"])
                if kind.startswith("setUp") and scope == scope_of(test, kind):
                    message = f"{kind}: {found['message']}"
                    self.write(test, name, found["outcome"], message)
                    break
        for found in fixtures:
            kind, scope = parts(found["scope"])
            if not kind.startswith("setUp"):
                name = f"{scope}::{kind}"
                more[name] += 1
                line = {"id": name, "attempt": more[name], "worker": "main"}
                place = {"file": "", "line": None, "order": self.order, "duration": 0}
                ended_as = {"outcome": found["outcome"], "message": found["message"]}
                self.put("tests.jsonl", {**line, **place, **ended_as})
        return sorted(more)

    def finish(self, status: int, internal_error: str = "") -> None:
        """Records the end of the run and its exit status."""
        finished = {"schema": RECORD_SCHEMA, "exit": status, "crashes": []}
        finished["internal_error"] = internal_error[:MESSAGE_LIMIT]
        write_json(self.folder / "finished.json", finished)


def parts(description: str) -> tuple[str, str]:
    """`setUpClass` and its class from `setUpClass (app.tests.Case)`."""
    kind, _, scope = description.partition(" (")
    return kind, scope.removesuffix(")")


def scope_of(test: unittest.TestCase, kind: str) -> str:
    """The class or module of a test, as unittest names it in its errors."""
    if kind.endswith("Module"):
        return type(test).__module__
    return class_name(test)


def class_name(test: unittest.TestCase) -> str:
    """The class of a test, with its module."""
    return f"{type(test).__module__}.{type(test).__qualname__}"


def test_name(test: unittest.TestCase) -> str:
    """The id of a test: its class, which shards keep together, and its name."""
    name, owner = test.id(), class_name(test)
    if name.startswith(f"{owner}."):
        return f"{owner}::{name[len(owner) + 1 :]}"
    scope, _, rest = name.rpartition(".")
    return f"{scope}::{rest}" if scope else name


def key_of(test: unittest.TestCase) -> str:
    """A text that no other test has, and that is the same in all processes."""
    return f"{class_name(test)} {test.id()}"


def file_of_test(test: unittest.TestCase) -> str:
    """The file of a test's module."""
    module = sys.modules.get(type(test).__module__)
    return str(getattr(module, "__file__", None) or "")


def source(test: unittest.TestCase) -> tuple[str, int | None]:
    """The file of a test, from the root of the repository, and its line."""
    file = file_of_test(test)
    if not file:
        return "", None
    method: Any = getattr(type(test), getattr(test, "_testMethodName", ""), None)
    while hasattr(method, "__wrapped__"):
        method = method.__wrapped__
    code = getattr(method, "__code__", None)
    if code is None or code.co_filename != file:
        return from_workspace(Path(file)), None
    return from_workspace(Path(file)), int(code.co_firstlineno)


def line_in(trace: TracebackType | None, file: str) -> int | None:
    """The last line of a traceback that is in a file."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def reason(error: Any) -> str:
    """The message of an exception."""
    return "".join(traceback.format_exception_only(error[0], error[1])).strip()


class Recording(unittest.TestResult):
    """Hands every result to the recorder of its process."""

    recorder: UnittestRecorder

    def startTest(self, test: unittest.TestCase) -> None:
        """Takes the start."""
        super().startTest(test)
        self.recorder.begin(test)

    def stopTest(self, test: unittest.TestCase) -> None:
        """Takes the end."""
        self.recorder.end(test)
        super().stopTest(test)

    def addSuccess(self, test: unittest.TestCase) -> None:
        """Takes a pass."""
        self.recorder.mark(test, "passed")
        super().addSuccess(test)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        """Takes an error; a test that exceeds its time limit failed."""
        late = isinstance(err[1], Overdue)
        self.recorder.mark(test, "failed" if late else "error", reason(err), err[2])
        super().addError(test, self.passed_on(err))

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        """Takes a failure."""
        self.recorder.mark(test, "failed", reason(err), err[2])
        super().addFailure(test, self.passed_on(err))

    def addSubTest(
        self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any
    ) -> None:
        """Takes a subtest, which fails its test."""
        if err is not None:
            self.mark_subtest(test, subtest, err)
            err = self.passed_on(err)
        super().addSubTest(test, subtest, err)

    def mark_subtest(
        self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any
    ) -> None:
        """A subtest that fails, by its parameters."""
        which = subtest.id().removeprefix(test.id()).strip()
        self.recorder.mark(test, "failed", f"{which}: {reason(err)}", err[2])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        """Takes a skip."""
        self.recorder.mark(test, "skipped", str(reason))
        super().addSkip(test, reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        """Takes a failure that the test expects."""
        self.recorder.mark(test, "xfailed", reason(err), err[2])
        super().addExpectedFailure(test, self.passed_on(err))

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        """Takes a pass of a test that expects a failure."""
        self.recorder.mark(test, "failed", "passed, and expects a failure")
        super().addUnexpectedSuccess(test)

    def passed_on(self, error: Any) -> Any:
        """The error for the tool's own result."""
        return error
