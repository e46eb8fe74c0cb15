"""The bench itself: its limits, and what it refuses to run"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from handwritten import own
from runner.bench import Bench
from runner.language import Language, Rejected
from runner.modelled import ELSEWHERE, KEYS, NotModelled

EXECUTE = Path(__file__).parents[1] / "execute"
STEP = '{name: a, run: "true"}'


def test_every_key_is_known(language: Language) -> None:
    """Each key of GitHub's own schema is obeyed, shown alone, or refused; none is left out."""
    schema = language.keys()
    assert {kind: sorted(keys) for kind, keys in KEYS.items()} == {
        kind: sorted(schema[kind]) for kind in KEYS
    }
    left = set(schema) - set(KEYS) - set(ELSEWHERE)
    # The loose form of a workflow, the triggers and permissions themselves, and other events.
    others = {kind for kind in left if schema[kind] in (["types"], ["types", "names", "versions"])}
    assert left - others == {
        "workflow-root",
        "on-mapping",
        "on-mapping-strict",
        "permissions-mapping",
        "merge-group-mapping",
        "pull-request-target-mapping",
        "workflow-run-mapping",
        "workflow-call-secret-mapping-definition",
    }


@pytest.mark.parametrize(
    ("job", "refused"),
    [
        (f"{{runs-on: x, container: node, steps: [{STEP}]}}", "`container` is not modelled"),
        (f"{{runs-on: x, snapshot: image, steps: [{STEP}]}}", "`snapshot` is not modelled"),
        (f"{{runs-on: macos-15, steps: [{STEP}]}}", "a machine 'macos-15' is not modelled"),
        ("{runs-on: x, steps: [{run: a, shell: pwsh}]}", "the shell 'pwsh' is not modelled"),
        ("{runs-on: x, steps: [{run: a, background: true}]}", "`background` is not modelled"),
        (f"{{runs-on: x, steps: [{{parallel: [{STEP}]}}]}}", "`parallel` is not modelled"),
        (
            f"{{runs-on: x, services: {{a: {{image: redis, volumes: [b]}}}}, steps: [{STEP}]}}",
            "`volumes` is not modelled",
        ),
        (
            "{uses: ./.github/workflows/called.yml, strategy: {matrix: {n: [1]}}}",
            "a matrix of calls that ends with the first failure",
        ),
        (
            "{uses: ./.github/workflows/called.yml, secrets: inherit}",
            "`secrets: inherit` is not modelled",
        ),
    ],
)
def test_key_that_is_refused(github: Bench, job: str, refused: str) -> None:
    """A key that would change the result, and that the bench does not obey, ends the run."""
    with pytest.raises(NotModelled, match=refused):
        own(github, f"refused-{abs(hash(job))}", f"job: {job}\n")


def test_key_that_is_refused_above_the_jobs(github: Bench) -> None:
    """A filter by paths is refused, since the bench does not look at what has changed."""
    head = "on: {push: {paths: [a]}, workflow_dispatch: }\npermissions: {}\n"
    with pytest.raises(NotModelled, match="own.yml: push: `paths` is not modelled"):
        own(github, "refused-paths", f"job: {{runs-on: x, steps: [{STEP}]}}\n", head)


def test_key_that_github_does_not_know(github: Bench) -> None:
    """A misspelt key is GitHub's own error."""
    with pytest.raises(Rejected, match="Unexpected value 'timeout'"):
        own(github, "misspelt", f"job: {{runs-on: x, timeout: 3, steps: [{STEP}]}}\n")


def test_context_that_is_not_filled(github: Bench) -> None:
    """A value that GitHub has, and the bench has not, is an error instead of an empty text."""
    job = 'job: {runs-on: x, steps: [{name: a, run: "true", if: github.repository_owner}]}\n'
    with pytest.raises(Rejected, match="`github.repository_owner` is not modelled"):
        own(github, "unfilled", job)


@pytest.mark.parametrize(
    ("trigger", "branch", "started"),
    [
        ("{push: {branches: [main, 'stable/*']}}", "stable/1", True),
        ("{push: {branches: [main, 'stable/*']}}", "stable/2/3", False),
        ("{push: {branches: ['**', '!stable/**']}}", "stable/2/3", False),
        ("{push: {branches-ignore: ['stable/**']}}", "stable/2/3", False),
        ("{push: {tags: ['v*']}}", "stable/1", False),
        ("push", "stable/1", True),
        ("[push, pull_request]", "stable/1", True),
        ("pull_request", "stable/1", False),
    ],
)
def test_filters_of_branches(github: Bench, trigger: str, branch: str, started: bool) -> None:
    """A push starts a workflow only where the filters of its trigger let it."""
    with github.origin.change(branch, "small") as tree:
        text = f"on: {trigger}\npermissions: {{}}\njobs: {{a: {{runs-on: x, steps: [{STEP}]}}}}\n"
        (tree / ".github/workflows/own.yml").write_text(text, "utf-8")
    event = github.push(branch)
    if started:
        assert github.run("own.yml", event).result == "success"
        return
    with pytest.raises(AssertionError, match="not started by push"):
        github.run("own.yml", event)


INPUTS = """\
on:
  workflow_dispatch:
    inputs:
      fast: {type: boolean, default: true}
      where: {type: choice, options: [here, there]}
      seed: {type: string}
      must: {type: string, required: true}
permissions: {}
"""


def test_inputs_of_a_run_by_hand(github: Bench) -> None:
    """Inputs have their defaults and types; a required one and an option are checked."""
    job = """
    job:
      runs-on: x
      env: {ALL: "${{ toJSON(inputs) }}"}
      steps:
        - {name: a, run: 'echo $ALL', if: inputs.fast && inputs.seed == ''}
    """
    with pytest.raises(AssertionError, match="the input must is required"):
        own(github, "inputs", job, INPUTS)
    run = github.run("own.yml", github.dispatch("inputs", must="1", where="there"))
    assert run.job("job").step("a").log == (
        '{ "fast": true, "where": "there", "seed": "", "must": "1" }'
    )
    with pytest.raises(AssertionError, match="'elsewhere' is no option of the input where"):
        github.run("own.yml", github.dispatch("inputs", must="1", where="elsewhere"))


def test_annotations_of_a_step(github: Bench) -> None:
    """Ten of each level are shown of a step, each with 4,096 characters; the log has them all."""
    run = own(
        github,
        "annotations",
        """
        job:
          runs-on: x
          steps:
            - name: many
              run: |
                for i in $(seq 12); do
                  for level in error warning notice; do echo "::$level::$i"; done
                done
            - {name: long, run: 'printf "::error::%05000d\\n" 0'}
        """,
    )
    levels = [told.level for told in run.job("job").step("many").annotations]
    assert {level: levels.count(level) for level in levels} == {
        "error": 10,
        "warning": 10,
        "notice": 10,
    }
    assert run.job("job").step("many").log.count("\n") == 35
    assert [len(told.message) for told in run.job("job").step("long").annotations] == [4096]


def test_summaries(github: Bench) -> None:
    """A step's summary above 1 MiB is left out with an error, and the step's result stays."""
    steps = "".join(
        f"    - {{name: s{n}, run: 'echo {n} >> \"$GITHUB_STEP_SUMMARY\"'}}\n" for n in range(22)
    )
    run = own(
        github,
        "summaries",
        f"""
job:
  runs-on: x
  steps:
    - {{name: fits, run: 'head -c 1048576 /dev/zero | tr "\\0" a >> "$GITHUB_STEP_SUMMARY"'}}
    - {{name: large, run: 'head -c 1048577 /dev/zero | tr "\\0" a >> "$GITHUB_STEP_SUMMARY"'}}
many:
  runs-on: x
  steps:
{steps}
""",
    )
    job = run.job("job")
    assert (job.result, len(job.step("fits").summary), job.step("large").summary) == (
        "success",
        1024 * 1024,
        "",
    )
    assert [told.message[:32] for told in job.step("large").annotations] == [
        "the summary is larger than 1 MiB"
    ]
    assert run.job("many").summary.split() == [str(n) for n in range(20)]


def test_list_of_cases() -> None:
    """`--list` prints every case on a line, and what is not run, and needs nothing installed."""
    bare = {"PATH": "/nowhere", "HOME": "/nowhere"}
    done = subprocess.run(
        [sys.executable, str(EXECUTE), "--list"], env=bare, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    cases = [line for line in lines if "::" in line]
    assert len(cases) > 90
    found = {line.split()[0]: line for line in cases}
    assert found["test_modelled.py::test_list_of_cases"].endswith("and needs nothing installed.")
    assert " --all " in found["test_reference.py::test_push_to_the_deploying_branch"]
    assert "3 variants" in found["test_ci.py::test_every_test_once"]
    assert any(line.startswith("not run: command-runner: ") for line in lines)
    assert lines[-1].startswith(f"{len(cases)} cases")
