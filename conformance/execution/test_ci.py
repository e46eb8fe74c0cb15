"""ci.yml on the small pipeline: the ways in which a test run can end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from records import executed, records
from runner.bench import Bench
from runner.job import Fault
from runner.place import Place
from runner.run import Run
from seen import Gate, blocking, errors, failed, gates, titled, verdicts
from small import TESTS, changed, proposed
from variants import thorough

GATES = "Quality gates: backend"
COVERAGE = "Coverage / Coverage: backend"
NEW = "tests/test_new.py"
TIMINGS = "timings/backend"
PASSING = "def test_new() -> None:\n    pass\n"
PLACE = "examples/atom/backend/tests/test_new.py"
SHARDS = frozenset({"changes", "plan", "test-backend", "gates-backend"})  # And what they wait for.


def judged(run: Run) -> tuple[list[str], list[str]]:
    """The gates that failed, and the jobs that block."""
    return failed(run.job(GATES)), blocking(run)


# ── what passes ───────────────────────────────────────────────────────────────


def test_all_green(github: Bench) -> None:
    """Everything passes, each test is executed once, and nothing is annotated."""
    run = github.run("ci.yml", proposed(github, "green", {NEW: PASSING}))
    assert run.result == "success", run.failures()
    assert judged(run) == ([], [])
    assert gates(run.job(GATES)) == {
        "complete": Gate(
            "every shard, executed = collected",
            f"2 of 2 shards, {TESTS + 1} tests executed",
            "passed",
        ),
        "TQ-01": Gate("random", f"seed {run.seed()}", "passed"),
        "TQ-02": Gate("at least 100.00 %", "100.00 % (13 of 13 passed, 1 skipped)", "passed"),
        "TQ-03": gates(run.job(GATES))["TQ-03"],
        "TQ-04": Gate(
            "the same outcomes under a second seed",
            "this run has one seed; the repeat has its own runs",
            "not run",
        ),
    }
    assert verdicts(run.job(GATES))["TQ-03"] == "passed"
    assert gates(run.job(COVERAGE))["TQ-05"].measured == "70.00 % (7 of 10 lines)"
    assert set(executed(run).values()) == {1}
    assert [job.annotations for job in run.jobs if errors(job)] == []


def test_flaky_test(github: Bench) -> None:
    """A test that passes on a rerun is reported as flaky, and blocks nothing."""
    flaky = "tries = []\n\n\ndef test_flaky():\n    tries.append(1)\n    assert len(tries) > 1\n"
    run = github.run("ci.yml", proposed(github, "flaky", {NEW: flaky}))
    assert (run.result, *judged(run)) == ("success", [], [])
    (told,) = titled(run.job(GATES), "Flaky test")
    assert (told.level, told.file, told.line) == ("warning", PLACE, 4)
    assert told.message.startswith(
        "tests/test_new.py::test_flaky passed only in attempt 2 (3.12, shard "
    )
    assert "**Flaky: passed only when tried again**" in run.job(GATES).summary


def test_more_shards_than_tests(github: Bench) -> None:
    """A shard that gets no test is no fault, while another one has them all."""
    files = {
        "tests/test_orders.py": None,
        "tests/test_words.py": None,
        NEW: "import metered\n\n" + PASSING,
    }
    run = github.run("ci.yml", proposed(github, "few", files), only=SHARDS)
    assert (run.result, failed(run.job(GATES))) == ("success", []), run.failures()
    assert gates(run.job(GATES))["complete"].measured == "2 of 2 shards, 1 tests executed"


NAMES = {
    *(f"tests/test_orders.py::test_counts[{count}]" for count in range(6)),
    *(f"tests/test_orders.py::TestGroup::test_{which}" for which in ("first", "second")),
    "tests/test_orders.py::test_elsewhere",
    *(f"tests/test_words.py::test_words[{word}]" for word in ("a", "b c", "\\xe4|\\xf6", "[x]")),
}


@pytest.mark.parametrize(
    ("seed", "state"),
    [thorough(1, "new"), thorough(77, "missing"), (2_147_483_647, "stale")],
)
def test_every_test_once(github: Bench, tmp_path: Path, seed: int, state: str) -> None:
    """Under three seeds, with new, missing and stale timings, every test is run in one shard."""
    if state != "new":
        timings = {name: 0.5 for name in sorted(NAMES)[::2]}
        gone = {"tests/test_gone.py::test_gone": 60.0} if state == "stale" else {}
        (tmp_path / "kept").mkdir()
        (tmp_path / "kept" / "timings.json").write_text(json.dumps(timings | gone))
        github.caches.keep(
            "refs/heads/main", "timings_atom_backend_1-1", TIMINGS, tmp_path / "kept"
        )
    run = github.run("ci.yml", github.dispatch("small", seed=str(seed)), only=SHARDS)
    assert (run.result, failed(run.job(GATES))) == ("success", []), run.failures()
    assert executed(run) == dict.fromkeys(NAMES, 1)
    assert gates(run.job(GATES))["TQ-01"].measured == f"seed {seed}"
    assert {described["shuffle"] for described, _ in records(run)} == {seed}


@pytest.mark.thorough
def test_timings_travel_from_run_to_run(github: Bench) -> None:
    """A run of the deploying branch keeps its timings, and the next run splits by them."""
    assert github.run("ci.yml", github.dispatch("small"), only=SHARDS).result == "success"
    run = github.run("ci.yml", proposed(github, "after", {NEW: PASSING}), only=SHARDS)
    assert f"timings of {TESTS} tests" in run.job("Plan").summary
    assert run.result == "success", run.failures()
    assert {cache.scope for cache in github.caches.kept} == {"refs/heads/main"}


# ── what fails ────────────────────────────────────────────────────────────────


def test_failing_test(github: Bench) -> None:
    """A failing test fails its shard and the pass rate, and is annotated at its line."""
    run = github.run(
        "ci.yml", proposed(github, "failing", {NEW: "def test_new():\n    assert 1 == 2\n"})
    )
    assert judged(run) == (["TQ-02"], ["test-backend", "gates-backend"])
    assert run.results()["coverage"] == "success"
    (shard,) = [job for job in run.jobs if job.id == "test-backend" and job.result == "failure"]
    assert shard.step("Run tests").outcome == "success"
    assert shard.step("Report test status").exit == 1
    assert "Re-run all jobs" not in run.job(GATES).summary
    assert (
        gates(run.job(GATES))["TQ-02"].measured == "92.30 % (12 of 13 passed, 1 failed, 1 skipped)"
    )
    (told,) = [error for error in errors(run.job(GATES)) if error.file]
    assert (told.file, told.line) == (PLACE, 2)
    assert told.message.startswith("tests/test_new.py::test_new: assert 1 == 2")
    assert "replay: cd examples/atom/backend" in told.message
    assert "tests/test_new.py::test_new" in run.job(GATES).summary


@pytest.mark.thorough
def test_slow_test(github: Bench) -> None:
    """A test over the limit fails TQ-03 alone."""
    slow = "import time\n\n\ndef test_new():\n    time.sleep(1.2)\n"
    run = github.run("ci.yml", proposed(github, "slow", {NEW: slow}, {"slowest": '"1s"'}))
    assert (run.result, *judged(run)) == ("failure", ["TQ-03"], ["gates-backend"])
    assert gates(run.job(GATES))["TQ-03"].threshold == "at most 1 s"
    assert "No shard failed" in run.job(GATES).summary
    (told,) = titled(run.job(GATES), "Slow test")
    assert (told.file, told.line) == (PLACE, 4)
    assert told.message.startswith("tests/test_new.py::test_new took 1.2")


def test_collection_error(github: Bench) -> None:
    """A file that cannot be collected turns shards red, and coverage reports what may be lost."""
    run = github.run("ci.yml", proposed(github, "broken", {NEW: "import nothing_of_this_name\n"}))
    assert judged(run) == (["complete", "TQ-02"], ["test-backend", "gates-backend"])
    assert (
        "the runner ended with 2: interrupted, or a file could not be collected"
        in run.job(GATES).summary
    )
    told = [error for error in errors(run.job(GATES)) if error.file]
    assert {error.file for error in told} == {PLACE}
    assert "No module named 'nothing_of_this_name'" in told[0].message
    lost = titled(run.job(COVERAGE), "Coverage data lost")
    assert [warning.message.partition(":")[0] for warning in lost] == [
        f"3.12, shard {shard} of 2" for shard in (1, 2)
    ]


def test_no_test_collected(github: Bench) -> None:
    """A run that collects no test is red in every shard and in the gates."""
    files = {"tests/test_orders.py": None, "tests/test_words.py": None, NEW: "VALUE = 1\n"}
    run = github.run("ci.yml", proposed(github, "nothing", files))
    assert run.job("Test backend (shard 1 of 2)").step("Run tests").exit == 5
    assert judged(run) == (
        ["complete", "TQ-02", "TQ-03"],
        ["test-backend", "gates-backend", "coverage"],
    )
    assert "no test was collected" in run.job(GATES).summary


CRASH = (
    "import os, pathlib\n\n\ndef test_new():\n"
    "    once = pathlib.Path(os.environ['RUNNER_TEMP']) / 'crashed'\n"
    "    if not once.exists():\n        once.touch()\n        os._exit(1)\n"
)


def test_crashed_worker(github: Bench) -> None:
    """A process of a shard that dies is named with its test, which is not tried again."""
    event = proposed(github, "crash", {NEW: CRASH}, {"pass-rate": '"50%"'})
    run = github.run("ci.yml", event)
    assert "complete" in failed(run.job(GATES))
    assert "gates-backend" in blocking(run)
    told = titled(run.job(GATES), "Incomplete test run")
    assert "crashed while running tests/test_new.py::test_new" in told[0].message
    (failure,) = titled(run.job(GATES), "Test failed")
    assert failure.message.startswith("tests/test_new.py::test_new: worker 'gw")


def test_failed_subtest(github: Bench) -> None:
    """A failed subtest fails its test, though the rest passes and failed tests are tried again."""
    tests = (
        "import unittest\n\n\nclass TestNew(unittest.TestCase):\n    def test_new(self):\n"
        "        for n in range(3):\n            with self.subTest(n=n):\n"
        "                self.assertNotEqual(n, 1)\n"
    )
    run = github.run("ci.yml", proposed(github, "subtest", {NEW: tests}))
    assert failed(run.job(GATES)) == ["TQ-02"]
    measured = gates(run.job(GATES))["TQ-02"].measured
    assert measured == "92.30 % (12 of 13 passed, 1 failed, 1 skipped)"
    assert titled(run.job(GATES), "Flaky test") == []


def test_hung_test(github: Bench) -> None:
    """A test over `test-timeout` fails by its name, in each of its attempts, and the others run."""
    hangs = "import time\n\n\ndef test_new():\n    time.sleep(600)\n"
    limit = {"reruns": '2\ntest-timeout = "2s"'}
    run = github.run("ci.yml", proposed(github, "hang", {NEW: hangs}, limit))
    assert failed(run.job(GATES)) == ["TQ-02"]
    (told,) = titled(run.job(GATES), "Test failed")
    assert told.message.startswith("tests/test_new.py::test_new: Failed: Timeout (>2.0s)")
    assert gates(run.job(GATES))["complete"].verdict == "passed"


def test_unstable_ids(github: Bench) -> None:
    """Tests whose ids differ from shard to shard are named, with an example from each."""
    tests = (
        "import os, pytest\n\n\n@pytest.mark.parametrize('n', [os.environ['PIPEWRIGHT_SHARD']])\n"
        "def test_new(n):\n    pass\n"
    )
    run = github.run("ci.yml", proposed(github, "unstable", {NEW: tests}))
    assert "complete" in failed(run.job(GATES))
    text = " ".join(e.message for e in titled(run.job(GATES), "Incomplete test run"))
    for shard in (1, 2):
        assert f"only 3.12, shard {shard} of 2" in text
        assert f"has tests/test_new.py::test_new[{shard}]" in text


def test_floor_of_the_project(github: Bench) -> None:
    """A coverage floor in the project's own configuration fails no shard over its part."""
    floor = {"setup.cfg": "[coverage:report]\nfail_under = 69\n"}
    run = github.run("ci.yml", proposed(github, "floor", floor))
    assert (run.result, *judged(run)) == ("success", [], []), run.failures()


def test_planted_module(github: Bench) -> None:
    """A file beside the scripts is no module that a test run imports; drift alone reports it."""
    planted = {"/.github/pipewright/metered.py": "raise SystemExit('planted')\n"}
    planted["/.github/pipewright/planted.py"] = "VALUE = 1\n"
    tests = (
        "import importlib.util\n\n\ndef test_new():\n"
        "    assert importlib.util.find_spec('pipewright_pytest')\n"
        "    assert importlib.util.find_spec('planted') is None\n"
        "    assert importlib.util.find_spec('gates') is None\n"
    )
    run = github.run("ci.yml", proposed(github, "planted", {NEW: tests} | planted))
    assert judged(run) == ([], ["drift"])
    assert run.results()["test-backend"] == "success"


# ── shards that are lost ──────────────────────────────────────────────────────

# In the shard to lose they last until it is lost, however fast or busy the machine is.
SLEEPING = (
    "import os, pytest, time\n\n\n@pytest.mark.parametrize('n', range(12))\n"
    "def test_new(n):\n"
    "    lost = (os.environ['PIPEWRIGHT_SHARD'], os.environ['GITHUB_RUN_ATTEMPT']) == ('2', '1')\n"
    "    time.sleep(60 if lost else 0.05)\n"
)


def under_way(place: Place) -> bool:
    """Whether a shard has recorded some of its tests."""
    lines = place.temp / "record" / "tests.jsonl"
    return lines.is_file() and lines.read_text().count("\n") >= 2


def half_way(machine: bool) -> Fault:
    """The second shard is cut off while its tests run."""
    return Fault("test-backend", "Run tests", under_way, {"shard": 2}, machine)


def test_shard_killed_half_way(github: Bench) -> None:
    """A shard whose tests are killed leaves its record, and the gates name the running test."""
    run = github.run(
        "ci.yml", proposed(github, "killed", {NEW: SLEEPING}), faults=[half_way(False)]
    )
    missed, blocks = judged(run)
    assert missed == ["complete"] and blocks[:2] == ["test-backend", "gates-backend"]
    # A worker may write its data when the controller is gone, before the kill reaches it, too.
    warned = [it.title for it in run.job("Coverage / Coverage: backend").annotations]
    assert blocks[2:] == ["coverage"] or warned == ["Coverage data lost"]
    (lost,) = [e.message for e in errors(run.job(GATES)) if e.title == "Incomplete test run"]
    assert lost.startswith("3.12, shard 2 of 2: the run was cut off after")
    assert ", while running tests/test_" in lost
    assert run.results()["gates-backend"] == "failure"


@pytest.mark.thorough
def test_machine_lost_half_way(github: Bench) -> None:
    """A shard whose machine is lost leaves nothing, which the gates report."""
    run = github.run("ci.yml", proposed(github, "lost", {NEW: SLEEPING}), faults=[half_way(True)])
    assert judged(run) == (["complete"], ["test-backend", "gates-backend", "coverage"])
    assert "shard 2 of 2 left no record" in run.job(GATES).summary
    assert gates(run.job(GATES))["complete"].measured.startswith("1 of 2 shards, ")


def test_report_missing(github: Bench) -> None:
    """A record that vanishes after a green shard fails the gates, which do not take its word."""

    def vanish(run: Run) -> None:
        github.artifacts.remove(run.number, "record_atom_backend_3.12_2_*-1")

    event = proposed(github, "vanished", {NEW: PASSING})
    run = github.run("ci.yml", event, hooks={"gates-backend": vanish})
    assert run.results()["test-backend"] == "success"
    assert judged(run) == (["complete"], ["gates-backend"])
    assert "shard 2 of 2 left no record" in run.job(GATES).summary


def test_rerun_of_a_failed_shard(github: Bench) -> None:
    """A re-run runs the failed shard alone, and its new record counts beside the old one."""
    run = github.run("ci.yml", proposed(github, "again", {NEW: SLEEPING}), faults=[half_way(False)])
    assert run.result == "failure"
    seed = run.seed()
    run.start()
    assert (run.result, *judged(run)) == ("success", [], []), run.failures()
    assert run.job("Test backend (shard 1 of 2)").attempt == 1
    assert run.job("Test backend (shard 2 of 2)").attempt == 2
    assert run.job("Plan").attempt == 1
    assert run.seed() == seed
    names = {artifact.name for artifact in github.artifacts.of(run.number)}
    assert {f"record_atom_backend_3.12_2_{seed}-{attempt}" for attempt in (1, 2)} <= names
    assert (
        gates(run.job(GATES))["complete"].measured == f"2 of 2 shards, {TESTS + 12} tests executed"
    )


ONCE = """import os


def test_new():
    assert os.environ["GITHUB_RUN_ATTEMPT"] != "1"
"""


@pytest.mark.thorough
def test_rerun_of_a_shard_with_a_flaky_test(github: Bench) -> None:
    """A test that fails in the first attempt alone: *Re-run failed jobs* runs its shard again and
    ends green, and the test is reported as flaky across attempts."""
    run = github.run("ci.yml", proposed(github, "once", {NEW: ONCE}))
    assert judged(run) == (["TQ-02"], ["test-backend", "gates-backend"])
    run.start()
    assert (run.result, *judged(run)) == ("success", [], []), run.failures()
    shards = [job for job in run.jobs if job.id == "test-backend"]
    assert sorted(job.attempt for job in shards) == [1, 2]
    (warning,) = titled(run.job(GATES), "Flaky test")
    assert (warning.level, warning.file, warning.line) == ("warning", PLACE, 4)
    assert "failed in attempt 1 of this run and passed in attempt 2" in warning.message
    assert "**Flaky: passed only in a re-run**" in run.job(GATES).summary


# ── at the gate, and just under it ────────────────────────────────────────────


@pytest.mark.parametrize(("floor", "fails"), [thorough("95%", []), ("95.01%", ["TQ-02"])])
def test_pass_rate_at_the_gate(github: Bench, floor: str, fails: list[str]) -> None:
    """19 of 20 passed: enough for 95%, and too few for 95.01%."""
    tests = (
        "import pytest\n\n\n@pytest.mark.parametrize('n', range(8))\n"
        "def test_new(n):\n    assert n\n"
    )
    event = proposed(github, f"rate-{floor}", {NEW: tests}, {"pass-rate": f'"{floor}"'})
    run = github.run("ci.yml", event)
    assert (
        gates(run.job(GATES))["TQ-02"].measured == "95.00 % (19 of 20 passed, 1 failed, 1 skipped)"
    )
    assert judged(run) == (fails, ["gates-backend"] if fails else [])
    assert run.results()["test-backend"] == "success"
    assert ("*Re-run all jobs*" in run.job(GATES).summary) is bool(fails)


@pytest.mark.parametrize(("floor", "fails"), [thorough("70%", []), ("70.01%", ["TQ-05"])])
def test_coverage_at_the_gate(github: Bench, floor: str, fails: list[str]) -> None:
    """7 of 10 lines covered: enough for 70%, and too few for 70.01%."""
    event = proposed(github, f"coverage-{floor}", settings={"[gates] coverage": f'"{floor}"'})
    run = github.run("ci.yml", event)
    judge = run.job(COVERAGE)
    assert gates(judge)["TQ-05"].measured == "70.00 % (7 of 10 lines)"
    assert (failed(judge), blocking(run)) == (fails, ["coverage"] if fails else [])
    assert [error.title for error in errors(judge)] == ["Gate failed"] * len(fails)


MORE = "\n\n".join(f"def more_{n}() -> int:\n    return {n}\n" for n in range(5))
USES = (
    "from metered import more\n\n\n"
    "def test_new():\n    assert more.more_0() + more.more_1() + more.more_2() == 3\n"
)


@pytest.mark.parametrize(("floor", "fails"), [thorough("80%", []), ("80.01%", ["patch"])])
def test_patch_coverage_of_a_real_diff(github: Bench, floor: str, fails: list[str]) -> None:
    """8 of the 10 changed lines covered: enough for 80%, and too few for 80.01%."""
    files = {"metered/more.py": MORE, NEW: USES}
    event = proposed(github, f"patch-{floor}", files, {"patch-coverage": f'"{floor}"'})
    run = github.run("ci.yml", event)
    judge = run.job(COVERAGE)
    assert gates(judge)["patch"].measured.startswith("80.00 % (8 of 10 ")
    assert (failed(judge), blocking(run)) == (fails, ["coverage"] if fails else [])
    places = [(told.file, told.line) for told in judge.annotations if told.file]
    assert places == [("examples/atom/backend/metered/more.py", line) for line in (14, 18)]


# ── orders ────────────────────────────────────────────────────────────────────


@pytest.mark.thorough
def test_nightly_repeat_that_agrees(github: Bench) -> None:
    """At night every shard runs under two seeds, and TQ-04 passes where the outcomes agree."""
    run = github.run("ci.yml", github.schedule("small"))
    assert (run.result, *judged(run)) == ("success", [], []), run.failures()
    assert (
        gates(run.job(GATES))["complete"].measured == f"4 of 4 shards, {2 * TESTS} tests executed"
    )
    assert gates(run.job(GATES))["TQ-04"] == Gate(
        "the same outcomes under a second seed", f"0 of {TESTS} differ", "passed"
    )


@pytest.mark.thorough
def test_nightly_repeat_finds_a_dependence_on_order(github: Bench) -> None:
    """A test that fails when it is the first one differs between the seeds, and TQ-04 names it."""
    tests = (
        "import pytest\n\nseen = []\n\n\n@pytest.mark.parametrize('n', range(24))\n"
        "def test_new(n):\n    seen.append(n)\n    assert seen[0] != n\n"
    )
    changed(github.origin, "order", {NEW: tests})
    run = github.run("ci.yml", github.schedule("order"))
    assert "TQ-04" in failed(run.job(GATES))
    assert blocking(run) == ["test-backend", "gates-backend"]
    told = titled(run.job(GATES), "Depends on the order")
    assert told and {error.file for error in told} == {PLACE}
    first, second = json.loads(run.job("Plan").outputs["seeds"])
    assert all(
        f"under seed {first}" in e.message and f"under seed {second}" in e.message for e in told
    )


# ── who may do what ───────────────────────────────────────────────────────────


def test_pull_request_of_a_fork(github: Bench) -> None:
    """A fork's change gets no secret and a token that only reads, and passes all the same."""
    github.secrets["REGISTRY_PASSWORD"] = "open sesame"
    run = github.run("ci.yml", proposed(github, "fork", {NEW: PASSING}, fork=True))
    assert (run.result, *judged(run)) == ("success", [], []), run.failures()
    assert {level for job in run.jobs for level in job.permissions.values()} == {"read"}
    assert [job.secrets for job in run.jobs if job.secrets] == []
    assert github.caches.kept == []


def test_pull_request_that_touches_only_the_other_component(github: Bench) -> None:
    """Where only the manifests are touched the tests are skipped, and the skips count as passed."""
    run = github.run(
        "ci.yml", proposed(github, "other", {"/examples/atom/k8s/base/new.yaml": "{}\n"})
    )
    assert run.result == "success"
    assert run.results() == {
        "drift": "success",
        "changes": "success",
        "backend": "skipped",
        "manifests": "success",
        "plan": "success",
        "test-backend": "skipped",
        "gates-backend": "skipped",
        "coverage": "skipped",
        "passed": "success",
    }
    assert blocking(run) == []


def test_machine_of_the_changes_job_lost(github: Bench) -> None:
    """If the affected jobs are unknown, everything is skipped, and nothing passes."""
    lost = Fault("changes", "Check out", lambda _: True, machine=True)
    run = github.run("ci.yml", proposed(github, "unknown", {NEW: PASSING}), faults=[lost])
    assert run.results()["test-backend"] == "skipped"
    assert blocking(run) == ["changes"]
