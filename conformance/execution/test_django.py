"""ci.yml of a Django project, by the real `manage.py test`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from fixtures import written
from records import executed, records
from runner.bench import Bench, bench
from runner.language import Language
from seen import failed, gates, titled

DEFINITION = """\
version = 1
[project]
name = "notes"
branches = ["main"]
[components.notes]
path = "app"
python = "{python}"
install = {{ pip = ["requirements.txt"] }}
[tests.notes]
component = "notes"
runner = "django"
{more}
"""
# The oldest version with a shuffle that is still installed somewhere, a long-term one, the newest.
RELEASES = {"4.2.16": "3.11", "5.2.19": "3.12", "6.1.3": "3.13"}
SETTINGS = """\
SECRET_KEY = "k"
INSTALLED_APPS = ["notes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""
MANAGE = """\
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""
MODEL = """\
from django.db import models


class Note(models.Model):
    text = models.TextField()

    def short(self, length):
        if len(self.text) <= length:
            return self.text
        return self.text[:length] + "…"
"""
HEAD = "import unittest\nfrom django.test import SimpleTestCase, TestCase\n"
HEAD += "from notes.models import Note\n"
FILES = {
    "manage.py": MANAGE,
    "site_settings.py": SETTINGS,
    "notes/__init__.py": "",
    "notes/models.py": MODEL,
    "notes/tests/__init__.py": "",
    "notes/tests/test_short.py": HEAD
    + "class Short(SimpleTestCase):\n"
    + "    def test_whole(self):\n        self.assertEqual(Note(text='ab').short(2), 'ab')\n"
    + "    def test_cut(self):\n        self.assertEqual(Note(text='abc').short(2), 'ab…')\n"
    + "class Later(SimpleTestCase):\n"
    + "    @unittest.skip('later')\n    def test_later(self):\n        pass\n"
    + "    @unittest.expectedFailure\n    def test_known(self):\n        self.fail('known')\n",
    "notes/tests/test_stored.py": HEAD
    + "class Stored(TestCase):\n    @classmethod\n    def setUpTestData(cls):\n"
    + "        cls.note = Note.objects.create(text='a')\n"
    + "    def test_there(self):\n        self.assertEqual(Note.objects.get(), self.note)\n"
    + "    def test_gone(self):\n        self.note.delete()\n",
    "notes/tests/test_other.py": HEAD
    + "class Other(TestCase):\n    def test_empty(self):\n"
    + "        self.assertFalse(Note.objects.exists())\n",
}
TESTS = Counter(
    f"notes.tests.test_{name}"
    for name in (
        "short.Short::test_whole",
        "short.Short::test_cut",
        "short.Later::test_later",
        "short.Later::test_known",
        "stored.Stored::test_there",
        "stored.Stored::test_gone",
        "other.Other::test_empty",
    )
)

Make = Callable[..., Bench]
thorough = pytest.mark.thorough


@pytest.fixture
def make(language: Language, tmp_path: Path) -> Iterator[Make]:
    """A bench with a project as its repository."""
    with ExitStack() as stack:

        def made(
            more: str = "", files: Mapping[str, str] | None = None, release: str = "5.2.19"
        ) -> Bench:
            project = {"requirements.txt": f"django=={release}\n", **FILES, **(files or {})}
            tree = {f"app/{name}": content for name, content in project.items()}
            tree["pipeline.toml"] = DEFINITION.format(python=RELEASES[release], more=more)
            origin = written(tree, tmp_path)
            return stack.enter_context(bench(language, origin, tmp_path / "installed"))

        yield made


def case(body: str, front: str = "") -> str:
    """A module with a class of one test."""
    return f"{HEAD}class Case(TestCase):\n{front}    def test_it(self):\n        {body}\n"


@pytest.mark.parametrize(
    "release",
    [name if name == "5.2.19" else pytest.param(name, marks=thorough) for name in RELEASES],
)
def test_shards(make: Make, release: str) -> None:
    """Three shards of classes in two processes, with coverage: every test runs once, shuffled by
    the seed."""
    more = 'shards = 3\nworkers = 2\ncoverage = { source = ["notes"] }\n[gates]\ncoverage = "90%"\n'
    github = make(more, release=release)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == TESTS
    found = gates(run.job("Quality gates: notes"))
    assert found["complete"].measured == "3 of 3 shards, 7 tests executed"
    assert found["TQ-01"].measured.startswith("seed ")
    for described, lines in records(run):
        assert described["seed"] == described["shuffle"]
        assert all(line["duration"] > 0 for line in lines)
        assert len({line["worker"] for line in lines if "Later" in line["id"]}) < 2
    (covered,) = gates(run.job("Coverage / Coverage: notes")).values()
    assert covered.verdict == "passed"
    assert covered.measured.startswith("9")  # A test that is skipped has a line.


@pytest.mark.parametrize("workers", [pytest.param(1, marks=thorough), 2])
def test_failures(make: Make, workers: int) -> None:
    """A failure, a subtest, an error and a fixture of a class, also in processes that cannot send
    tracebacks: each is named, with its place."""
    setup = "    @classmethod\n    def setUpClass(cls):\n        raise OSError('no disk')\n"
    teardown = "    @classmethod\n    def tearDownClass(cls):\n        super().tearDownClass()\n"
    files = {
        "notes/tests/test_bad.py": case("self.assertEqual(1, 2)"),
        "notes/tests/test_sub.py": case(
            "for n in (1, 2):\n            with self.subTest(n=n):\n"
            "                self.assertEqual(n, 1)"
        ),
        "notes/tests/test_setup.py": case("pass", setup),
        "notes/tests/test_end.py": case("pass", f"{teardown}        raise OSError('full')\n"),
        "notes/tests/test_local.py": case(
            "class Odd(Exception):\n            pass\n        raise Odd('local')"
        ),
    }
    github = make(f"shards = 2\nworkers = {workers}\n", files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    job = run.job("Quality gates: notes")
    told = {found.message.partition(": ")[0]: found for found in titled(job, "Test failed")}
    front = "notes.tests.test_"
    assert sorted(told) == [
        f"{front}bad.Case::test_it",
        f"{front}end.Case::tearDownClass",
        f"{front}local.Case::test_it",
        f"{front}setup.Case::test_it",
        f"{front}sub.Case::test_it",
    ]
    bad = told[f"{front}bad.Case::test_it"]
    assert (bad.file, bad.line) == ("app/notes/tests/test_bad.py", 6)
    assert "AssertionError: 1 != 2" in bad.message
    assert "cd app\npython manage.py test --shuffle=" in bad.message
    assert "(n=2): AssertionError: 2 != 1" in told[f"{front}sub.Case::test_it"].message
    assert "setUpClass: OSError: no disk" in told[f"{front}setup.Case::test_it"].message
    assert "OSError: full" in told[f"{front}end.Case::tearDownClass"].message
    assert "Odd: local" in told[f"{front}local.Case::test_it"].message
    assert gates(job)["complete"].verdict == "passed"
    assert failed(job) == ["TQ-02"]


@thorough
def test_module_that_cannot_be_loaded(make: Make) -> None:
    """A module that cannot be imported is named once, and the run is not complete."""
    broken = {"notes/tests/test_broken.py": "import nothing_like_it\n"}
    github = make('shards = 2\n[gates]\npass-rate = "50%"\n', broken)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    job = run.job("Quality gates: notes")
    (told,) = titled(job, "Test could not be collected")
    assert told.message.startswith("notes.tests.test_broken: ModuleNotFoundError")
    assert told.file == "app/notes/tests/test_broken.py"
    assert gates(job)["complete"].verdict == "failed"
    assert executed(run) == TESTS + Counter({"notes.tests.test_broken"})


@thorough
def test_reruns(make: Make) -> None:
    """A test that fails is rerun, and one that passes then is reported as flaky."""
    flaky = case("import notes as n\n        n.n = getattr(n, 'n', 0) + 1\n        assert n.n > 1")
    files = {
        "notes/tests/test_flaky.py": flaky,
        "notes/tests/test_bad.py": case("self.fail('always')"),
    }
    github = make("reruns = 2", files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    job = run.job("Quality gates: notes")
    (told,) = titled(job, "Flaky test")
    assert "test_flaky.Case::test_it passed only in attempt 2" in told.message
    (bad,) = titled(job, "Test failed")
    assert "always" in bad.message
    attempts = [
        line["outcome"] for _, lines in records(run) for line in lines if "bad" in line["id"]
    ]
    assert attempts == ["rerun", "rerun", "failed"]


@thorough
@pytest.mark.parametrize("workers", [1, 2])
def test_timeout_of_a_test(make: Make, workers: int) -> None:
    """A test that hangs fails, though it catches every exception, and the others still run."""
    hangs = case(
        "import time\n        while True:\n            try:\n                time.sleep(60)\n"
        "            except Exception:\n                pass"
    )
    more = f'test-timeout = "300ms"\nworkers = {workers}\n'
    github = make(more, {"notes/tests/test_hangs.py": hangs})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: notes"), "Test failed")
    assert "the test took longer than 0.3 s" in told.message
    assert executed(run) == TESTS + Counter({"notes.tests.test_hangs.Case::test_it"})


@thorough
@pytest.mark.parametrize(("workers", "which"), [(1, "getpid"), (2, "getppid")])
def test_cut_off(make: Make, workers: int, which: str) -> None:
    """A run that is killed is not complete, and the test that ran is named, also in a process."""
    kills = case(f"import os, time\n        os.kill(os.{which}(), 9)\n        time.sleep(60)")
    github = make(f"workers = {workers}\n", {"notes/tests/test_kills.py": kills})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: notes"), "Incomplete test run")
    assert "the run was cut off after" in told.message
    assert "notes.tests.test_kills.Case::test_it" in told.message.partition("while running")[2]


@thorough
def test_database_that_cannot_be_made(make: Make) -> None:
    """If the test database cannot be made, the gates name the error."""
    settings = SETTINGS.replace(":memory:", "/nowhere/at/all/db.sqlite3").replace(
        '3"}}', '3", "TEST": {"NAME": "/nowhere/at/all/test.sqlite3"}}}'
    )
    github = make("", {"site_settings.py": settings})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    told = titled(run.job("Quality gates: notes"), "Incomplete test run")
    assert any("OperationalError" in found.message for found in told)


LOSING = """\
from django.test.runner import DiscoverRunner


class Losing(DiscoverRunner):
    def run_suite(self, suite, **kwargs):
        kept = [test for test in suite if "Other" not in test.id()]
        return super().run_suite(self.test_suite(kept), **kwargs)
"""


@thorough
def test_lost_test(make: Make) -> None:
    """If the project's own runner lists a test and does not run it, the gates name it."""
    settings = f'{SETTINGS}TEST_RUNNER = "losing.Losing"\n'
    github = make("", {"losing.py": LOSING, "site_settings.py": settings})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: notes"), "Incomplete test run")
    lost = "selected but not executed: notes.tests.test_other.Other::test_empty"
    assert told.message.endswith(lost)


SUITES = """\
paths = ["notes/tests/test_short.py", "notes/tests/test_other.py"]
args = ["notes"]
[suites.more]
of = "notes"
paths = ["notes/tests/test_stored.py"]
[quarantine."notes/tests/test_other.py"]
of = "notes"
reason = "it waits for a release"
until = 2999-01-01
"""


def test_suites_and_quarantine(make: Make) -> None:
    """A suite, a quarantined file and a label: each test runs once."""
    github = make(SUITES)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == Counter({name: 1 for name in TESTS if "short" in name})
    found = gates(run.job("more suite / Test more"))
    assert found["complete"].measured == "1 of 1 shards, 2 tests executed"


@thorough
def test_lost_file(make: Make) -> None:
    """A file that no path leads to fails the run, and is named."""
    paths = '["notes/tests/test_short.py", "notes/tests/test_other.py"]'
    github = make(f"paths = {paths}\n")
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    lost = "no path of a run or a suite leads to `notes/tests/test_stored.py`"
    assert any(lost in told.message for told in titled(run.job("Test notes"), ""))
