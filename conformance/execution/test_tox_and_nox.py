"""ci.yml of projects whose tests tox and nox run, by the real tools."""

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
from seen import gates, titled

DEFINITION = """\
version = 1
[project]
name = "rope"
branches = ["main"]
[components.rope]
path = "lib"
python = {python}
install = {{ pip = ["requirements.txt"] }}
[tests.rope]
component = "rope"
runner = "{tool}"
{more}
"""
# The first tox with its present command line, and the newest.
REQUIREMENTS = {"tox": "tox==4.67.13", "nox": "nox==2026.10.20", "old tox": "tox==4.0.19"}
TOX = """\
[tox]
env_list = {names}

[testenv]
skip_install = true
commands = python -c "import sys; print(sys.version_info)" {{posargs}}

{more}
"""

Make = Callable[..., Bench]
thorough = pytest.mark.thorough


@pytest.fixture
def make(language: Language, tmp_path: Path) -> Iterator[Make]:
    """A bench with a project of a tool as its repository."""
    with ExitStack() as stack:

        def made(
            tool: str, files: Mapping[str, str], more: str = "", python: str = '"3.12"'
        ) -> Bench:
            project = {"requirements.txt": f"{REQUIREMENTS[tool]}\n", **files}
            tree = {f"lib/{name}": content for name, content in project.items()}
            name = tool.removeprefix("old ")
            tree["pipeline.toml"] = DEFINITION.format(python=python, tool=name, more=more)
            origin = written(tree, tmp_path)
            return stack.enter_context(bench(language, origin, tmp_path / "installed"))

        yield made


def tox(names: str, more: str = "") -> dict[str, str]:
    """The configuration of these environments."""
    return {"tox.ini": TOX.format(names=names, more=more)}


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=thorough)])
def test_tox(make: Make, workers: int) -> None:
    """Environments run in the job of their version; one for any version in the last one, and `py`
    in each."""
    files = tox("py311, py312, py, lint", "[testenv:lint]\ncommands = python --version")
    more = f"shards = 2\nworkers = {workers}\n"
    github = make("tox", files, more, python='["3.11", "3.12"]')
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run, "3.11") == Counter({"py311", "py"})
    assert executed(run, "3.12") == Counter({"py312", "py", "lint"})
    found = gates(run.job("Quality gates: rope"))
    assert found["complete"].measured == "4 of 4 shards, 5 tests executed"
    assert all(line["duration"] > 0 for _, lines in records(run) for line in lines)


@thorough
@pytest.mark.parametrize("tool", ["tox", "old tox"])
def test_outcomes_of_tox(make: Make, tool: str) -> None:
    """A failure is named with the end of its output; a missing interpreter is reported, and an
    ignored failure is expected."""
    files = tox(
        "py312, bad, future, ignored",
        "[testenv:bad]\ncommands = python -c \"print('torn'); raise SystemExit(7)\"\n"
        "[testenv:future]\nbase_python = python3.99\n"
        "[testenv:ignored]\nignore_outcome = true\n"
        'commands = python -c "raise SystemExit(1)"\n',
    )
    files["tox.ini"] = files["tox.ini"].replace("[tox]", "[tox]\nskip_missing_interpreters = true")
    github = make(tool, files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    ((_, lines),) = records(run)
    assert {line["id"]: line["outcome"] for line in lines} == {
        "py312": "passed",
        "bad": "failed",
        "future": "skipped",
        "ignored": "xfailed",
    }
    job = run.job("Quality gates: rope")
    (bad,) = titled(job, "Test failed")
    assert bad.message.startswith("bad: exit code 7\n") and "torn" in bad.message
    assert "cd lib\npython -m tox run -e bad" in bad.message
    (skipped,) = titled(run.job("Test rope"), "Skipped")
    assert skipped.message.startswith("future was skipped")
    assert gates(job)["complete"].verdict == "passed"


@thorough
def test_environment_that_is_not_run(make: Make) -> None:
    """If tox lists an environment and does not run it, the gates name it."""
    files = tox("py312, other")
    files["toxfile.py"] = (
        "from tox.plugin import impl\n"
        "from tox.session.env_select import EnvSelector\n"
        "import sys\n\n"
        "real = EnvSelector.iter\n\n\n"
        "def kept(self, *args, **kwargs):\n"
        "    names = list(real(self, *args, **kwargs))\n"
        "    return iter([it for it in names if it != 'other' or 'run' not in sys.argv])\n\n\n"
        "EnvSelector.iter = kept\n"
    )
    github = make("tox", files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: rope"), "Incomplete test run")
    assert told.message.endswith("selected but not executed: other")


@thorough
def test_order_of_tox(make: Make) -> None:
    """Environments that depend on each other stay in one shard, and run in their order."""
    write = "commands = python -c \"open('made.txt', 'w').close()\""
    files = tox(
        "report, one, two",
        f"[testenv:one]\n{write}\n"
        "[testenv:report]\ndepends = on*\ncommands = python -c \"open('made.txt').close()\"\n",
    )
    github = make("tox", files, "shards = 3\n")
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == Counter({"one", "two", "report"})


@thorough
def test_reruns_of_tox(make: Make) -> None:
    """An environment that fails is run again; arguments choose environments, and reach commands."""
    flaky = (
        "import pathlib, sys\n"
        "assert sys.argv[1:] == ['--quick', 'x y']\n"
        "seen = pathlib.Path('seen.txt')\n"
        "if not seen.exists():\n"
        "    seen.touch()\n"
        "    sys.exit('not yet')\n"
    )
    files = tox("py312, other", "[testenv:flaky]\ncommands = python flaky.py {posargs}\n")
    args = '["-e", "flaky", "--", "--quick", "x y"]'
    github = make("tox", {**files, "flaky.py": flaky}, f"reruns = 1\nargs = {args}\n")
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == Counter({"flaky"})
    (told,) = titled(run.job("Quality gates: rope"), "Flaky test")
    assert "flaky passed only in attempt 2" in told.message


@thorough
def test_version_without_an_environment(make: Make) -> None:
    """A version of Python that no environment is for fails, with the fix."""
    github = make("tox", tox("py312"), python='["3.11", "3.12"]')
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    said = [told.message for job in run.jobs for told in job.annotations]
    assert any(
        message.startswith("no environment is for Python 3.11. Remove 3.11 from `python`")
        for message in said
    )


KILLS = """\
import os

tox = os.getppid()
with open(f"/proc/{tox}/stat") as file:
    script = int(file.read().rpartition(")")[2].split()[1])
os.kill(script, 9)
"""


@thorough
def test_cut_off(make: Make) -> None:
    """A run that is killed is not complete, and the environment that ran is named."""
    files = tox("py312, kills", "[testenv:kills]\ncommands = python kills.py\n")
    github = make("tox", {**files, "kills.py": KILLS})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: rope"), "Incomplete test run")
    assert "kills" in told.message.partition("the run was cut off after 0 tests, while running ")[2]


NOX = """\
import nox


@nox.session(python=["3.11", "3.12"], venv_backend="venv")
@nox.parametrize("kind", ["a b", "c"])
def tests(session, kind):
    session.run("python", "-c", "print('tested')", *session.posargs)
    session.notify("report")


@nox.session(venv_backend="none")
def lint(session):
    {lint}


@nox.session(venv_backend="none", default=False)
def report(session):
    session.log("reported")
"""


def test_nox(make: Make) -> None:
    """Sessions run in the job of their version, and one that another one asks for after them."""
    files = {"noxfile.py": NOX.format(lint="session.log('linted')")}
    github = make("nox", files, "shards = 2\n", python='["3.11", "3.12"]')
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    found = {name.replace('"', "'") for name in executed(run)}
    assert found == {
        *(f"tests-3.{minor}(kind='{kind}')" for minor in (11, 12) for kind in ("a b", "c")),
        "lint",
        "report",
    }
    complete = gates(run.job("Quality gates: rope"))["complete"]
    assert complete.verdict == "passed"


@thorough
def test_outcomes_of_nox(make: Make) -> None:
    """A session that fails is named; one that is skipped is reported."""
    files = {"noxfile.py": NOX.format(lint="session.error('dirty')")}
    files["noxfile.py"] += "\n\n@nox.session(venv_backend='none')\ndef later(session):\n"
    files["noxfile.py"] += "    session.skip('no network')\n"
    args = '["-s", "lint", "later"]'
    github = make("nox", files, f"args = {args}\n")
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    ((_, lines),) = records(run)
    assert {line["id"]: line["outcome"] for line in lines} == {"lint": "failed", "later": "skipped"}
    (bad,) = titled(run.job("Quality gates: rope"), "Test failed")
    assert bad.message.startswith("lint: ") and "dirty" in bad.message
    assert "cd lib\npython -m nox --session lint" in bad.message
