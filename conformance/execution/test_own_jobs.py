"""Custom jobs: matrices, conditions, and values from step to step and job to job"""

from __future__ import annotations

from handwritten import outcomes
from runner.bench import Bench
from runner.run import Run
from small import generate

MATRIX = r"""
[workflows.own]
on = { manual = { inputs = { level = { default = "patch" } } } }

[[workflows.own.jobs.meta.steps]]
id  = "meta"
run = 'echo "version=1.2" >> "$GITHUB_OUTPUT"'

[[workflows.own.jobs.meta.steps]]
name  = "read"
run   = 'echo "$A $B $C"'
env.A = { output = "meta.version" }
env.B = { input = "level" }
env.C = ["run", { github = "run-attempt" }]

[workflows.own.jobs.bundle]
needs = ["meta"]

[workflows.own.jobs.bundle.matrix]
os       = ["linux", "bsd"]
arch     = ["x64", "arm"]
exclude  = [{ os = "bsd", arch = "arm" }]
include  = [{ os = "linux", arch = "riscv", ending = ".elf" }]
optional = [{ arch = "riscv" }]

[[workflows.own.jobs.bundle.steps]]
name        = "read"
run         = 'echo "$OS-$ARCH$ENDING-$VERSION"; test "$ARCH" != riscv'
env.OS      = { matrix = "os" }
env.ARCH    = { matrix = "arch" }
env.ENDING  = { matrix = "ending" }
env.VERSION = { output = "meta.version" }

[[workflows.own.jobs.bundle.steps]]
name = "upload"
uses = "actions/upload-artifact"
with = { name = ["bundle", { matrix = "os" }, { matrix = "arch" }], path = "pipeline.toml" }
"""

CONDITIONS = r"""
[workflows.own]
on = { manual = true }

[workflows.own.jobs.breaks]
steps = [
  { name = "breaks", run = "exit 3" },
  { name = "next", run = "true" },
  { name = "failure", run = "true", when = "failure" },
  { name = "always", run = "true", when = "always" },
  { name = "push", run = "true", when = { result = "always", event = ["push"] } },
  { name = "any", run = "true", when = [{ event = ["push"] }, { result = "failure" }] },
  { name = "branch", run = "true", when = { result = "failure", branches = ["m*"] } },
]

[workflows.own.jobs.report]
needs = ["breaks"]
when  = "failure"
steps = [{ name = "report", run = "true" }]

[workflows.own.jobs.rescue]
needs = ["breaks", "main"]
when  = { jobs = { breaks = ["failure"], main = ["success"] } }
steps = [
  { name = "broken", run = "true", when = { jobs = { breaks = ["failure", "cancelled"] } } },
  { name = "intact", run = "true", when = { jobs = { breaks = ["success"] } } },
]

[workflows.own.jobs.intact]
needs = ["breaks", "main"]
when  = { jobs = { breaks = ["success"], main = ["success"] } }
steps = [{ name = "intact", run = "true" }]

[workflows.own.jobs.publish]
needs = ["breaks"]
steps = [{ name = "publish", run = "true" }]

[workflows.own.jobs.tagged]
when  = { tags = ["v*"] }
steps = [{ name = "tagged", run = "true" }]

[workflows.own.jobs.main]
when  = { event = ["manual"], branches = ["main"] }
steps = [{ name = "main", run = "true" }]
"""


BARE = r"""
[workflows.own]
on = { manual = true }

[workflows.own.jobs.bare]
checkout = "none"
steps    = [{ name = "count", run = "ls -A | wc -l" }]

[workflows.own.jobs.whole]
steps = [{ name = "find", run = "ls pipeline.toml" }]
"""

CALLS = r"""
[workflows.called.on.call]
inputs  = { arch = {}, strict = { kind = "boolean" } }
outputs = { shown = { output = "check.shown" } }

[[workflows.called.jobs.check.steps]]
id   = "check"
name = "check"
run  = '''
echo "shown=$ARCH-$STRICT" >> "$GITHUB_OUTPUT"
test "$ARCH" != arm'''

[workflows.own]
on = { manual = { inputs = { strict = { kind = "boolean", default = "true" } } } }

[workflows.own.jobs.one]
uses = "./.github/workflows/called.yml"
with = { arch = "x64", strict = { input = "strict" } }

[workflows.own.jobs.many]
needs  = ["one"]
matrix = { arch = ["x64", "arm", "riscv"] }
uses   = "./.github/workflows/called.yml"
with   = { arch = { matrix = "arch" }, strict = false }

[workflows.own.jobs.read]
needs = ["one"]
steps = [{ name = "read", run = 'echo "$A"', env = { A = { output = "one.shown" } } }]

[workflows.own.jobs.after]
needs = ["many"]
steps = [{ name = "after", run = "true" }]

[workflows.own.jobs.report]
needs = ["many"]
when  = "failure"
uses  = "./.github/workflows/called.yml"
with  = { arch = "report" }
"""


def defined(github: Bench, name: str, lines: str) -> Run:
    """Runs the workflow `own` of a definition that has these lines, by hand on `main`."""
    with github.origin.change(name, "small") as tree:
        path = tree / "pipeline.toml"
        path.write_text(f"{path.read_text('utf-8')}\n{lines}", "utf-8")
        generate(tree)
    return github.run("own.yml", github.dispatch(name))


def test_matrix_and_values(github: Bench) -> None:
    """A job for each combination reads its keys and the outputs of others; one that is optional
    fails for itself alone."""
    run = defined(github, "own-matrix", MATRIX)
    assert run.job("meta").step("read").log == "1.2 patch run-1"
    shown = {job.name: (job.result, job.step("read").log) for job in run.groups["bundle"].jobs}
    assert shown == {
        "bundle (linux, x64)": ("success", "linux-x64-1.2"),
        "bundle (linux, arm)": ("success", "linux-arm-1.2"),
        "bundle (bsd, x64)": ("success", "bsd-x64-1.2"),
        "bundle (linux, riscv)": ("failure", "linux-riscv.elf-1.2"),
    }
    assert (run.result, run.results()) == ("success", {"meta": "success", "bundle": "success"})


def test_conditions_of_steps_and_jobs(github: Bench) -> None:
    """Steps and jobs run where their `when` holds, and are skipped elsewhere."""
    run = defined(github, "own-when", CONDITIONS)
    found = outcomes(run, "breaks")
    del found["Check out"]
    assert found == {
        "breaks": "failure",
        "next": "skipped",
        "failure": "success",
        "always": "success",
        "push": "skipped",
        "any": "success",
        "branch": "success",
    }
    rescue = outcomes(run, "rescue")
    assert (rescue["broken"], rescue["intact"]) == ("success", "skipped")
    assert run.results() == {
        "breaks": "failure",
        "report": "success",
        "rescue": "success",
        "intact": "skipped",
        "publish": "skipped",
        "tagged": "skipped",
        "main": "success",
    }


def test_calls_of_workflows(github: Bench) -> None:
    """A job calls a workflow, once or for each value of a matrix: outputs come back, and one that
    fails fails its job, and is called again where failed jobs are run again."""
    run = defined(github, "own-calls", CALLS)
    assert run.job("read").step("read").log == "x64-true"
    many = run.groups["many"].called
    assert {shown: group.result for shown, group in many.items()} == {
        "many (x64)": "success",
        "many (arm)": "failure",
        "many (riscv)": "success",
    }
    assert run.results() == {
        "one": "success",
        "many": "failure",
        "read": "success",
        "after": "skipped",
        "report": "success",
    }
    assert run.groups["report"].outputs == {"shown": "report-false"}
    run.rerun_failed()
    attempts = {job.name: job.attempt for job in run.jobs}
    assert attempts == {
        "one / check": 1,
        "many (x64) / check": 1,
        "many (arm) / check": 2,
        "many (riscv) / check": 1,
        "read": 1,
        "report / check": 2,
    }


def test_a_job_without_a_checkout(github: Bench) -> None:
    """A job without a checkout starts in an empty folder, and its token has no permission."""
    run = defined(github, "own-bare", BARE)
    bare, whole = run.job("bare"), run.job("whole")
    assert (bare.step("count").log, bare.permissions) == ("0", {})
    assert (whole.step("find").log, whole.permissions) == ("pipeline.toml", {"contents": "read"})
