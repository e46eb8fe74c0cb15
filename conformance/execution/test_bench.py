"""The bench itself: it treats jobs and steps as GitHub's runner does."""

from __future__ import annotations

import textwrap

import pytest

from own import DOWNLOAD, HEAD, UPLOAD, own
from runner import mounts
from runner.bench import Bench
from seen import errors


def test_shells(github: Bench) -> None:
    """Bash fails in a pipe only where a workflow names it, and every shell stops at a failure."""
    run = own(
        github,
        "shells",
        """
        unnamed: {runs-on: x, steps: [{name: a, run: "false | true"}]}
        bash: {runs-on: x, steps: [{name: a, run: "false | true", shell: bash}]}
        sh: {runs-on: x, steps: [{name: a, run: "false\\ntrue", shell: sh}]}
        """,
    )
    assert run.results() == {"unnamed": "success", "bash": "failure", "sh": "failure"}


def test_environment_and_files(github: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step finds what the runner and earlier steps set, and nothing of this machine."""
    monkeypatch.setenv("OF_THIS_MACHINE", "seen")
    run = own(
        github,
        "files",
        """
        files:
          runs-on: x
          env: {FROM_JOB: "job ${{ github.event_name }}"}
          outputs: {made: "${{ steps.make.outputs.made }}"}
          steps:
            - id: make
              name: make
              env: {FROM_STEP: "${{ env.FROM_JOB }} step"}
              run: |
                export LOST=1
                mkdir "$RUNNER_TEMP/bin"
                printf '#!/bin/sh\\necho ours\\n' > "$RUNNER_TEMP/bin/tool"
                chmod +x "$RUNNER_TEMP/bin/tool"
                echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
                printf 'LATER<<END\\na=1\\nb\\nEND\\n' >> "$GITHUB_ENV"
                echo "made=$FROM_STEP" >> "$GITHUB_OUTPUT"
                echo "### told" >> "$GITHUB_STEP_SUMMARY"
                echo "now: ${LATER-nothing}"
            - name: see
              run: |
                echo "later: $LATER; ${LOST-lost}; $(tool); ${OF_THIS_MACHINE-clean}; $PWD"
        """,
    )
    job = run.job("files")
    assert run.result == "success", job.log
    assert job.step("make").log == "now: nothing"
    assert job.step("see").log.startswith("later: a=1\nb; lost; ours; clean; ")
    assert job.outputs == {"made": "job workflow_dispatch step"}
    assert job.summary == "### told\n"


def test_status_of_steps_and_jobs(github: Bench) -> None:
    """Behind a failure steps and jobs are skipped unless they ask; a skip is no success."""
    run = own(
        github,
        "status",
        """
        first:
          runs-on: x
          steps:
            - {id: may, name: may, run: exit 3, continue-on-error: true}
            - {name: after, run: "true", if: "${{ steps.may.outcome == 'failure' }}"}
            - {name: fails, run: exit 4}
            - {name: skipped, run: "true"}
            - {name: asked, run: "true", if: "${{ failure() }}"}
            - {name: always, run: "true", if: always()}
        behind: {runs-on: x, needs: first, steps: [{name: a, run: "true"}]}
        looks: {runs-on: x, needs: behind, if: "!cancelled()", steps: [{name: a, run: "true"}]}
        last: {runs-on: x, needs: looks, steps: [{name: a, run: "true"}]}
        """,
    )
    steps = {step.name: step.outcome for step in run.job("first").steps}
    assert steps == {
        "may": "failure",
        "after": "success",
        "fails": "failure",
        "skipped": "skipped",
        "asked": "success",
        "always": "success",
    }
    assert run.results() == {
        "first": "failure",
        "behind": "skipped",
        "looks": "success",
        "last": "skipped",
    }


def test_masks_and_annotations(github: Bench) -> None:
    """A secret is hidden wherever it is printed, and an output that holds one is dropped."""
    github.secrets["TOKEN"] = "open sesame"
    run = own(
        github,
        "masks",
        """
        masks:
          runs-on: x
          outputs: {kept: "${{ steps.a.outputs.kept }}", held: "${{ steps.a.outputs.held }}"}
          steps:
            - id: a
              name: a
              env: {TOKEN: "${{ secrets.TOKEN }}"}
              run: |
                echo "it is $TOKEN"
                echo "::add-mask::quiet"
                echo "::warning file=a%2Cb.py,line=7,title=Look%3A here::two%0Alines, quiet"
                echo "  a pod said ##[notice]older"
                echo "::stop-commands::pause"
                echo "::error::not this one"
                echo "::pause::"
                echo "kept=1" >> "$GITHUB_OUTPUT"
                echo "held=$TOKEN" >> "$GITHUB_OUTPUT"
        """,
    )
    job = run.job("masks")
    assert "it is ***" in job.log
    assert "open sesame" not in job.log
    warning, older, dropped = job.annotations
    assert (older.level, older.message) == ("notice", "older")
    assert (warning.level, warning.file, warning.line) == ("warning", "a,b.py", 7)
    assert (warning.title, warning.message) == ("Look: here", "two\nlines, ***")
    assert job.outputs == {"kept": "1"}
    assert dropped.message == "output held is skipped: it may contain a secret"


def test_artifacts(github: Bench) -> None:
    """Hidden files stay behind unless they are asked for, and a name is taken once."""
    run = own(
        github,
        "artifacts",
        f"""
        up:
          runs-on: x
          steps:
            - {{name: make, run: "mkdir d; echo a > d/a; echo b > d/.b"}}
            - {{name: plain, uses: {UPLOAD}, with: {{name: kept_plain, path: d}}}}
            - name: hidden
              uses: {UPLOAD}
              with: {{name: kept_hidden, path: d, include-hidden-files: true}}
        twice:
          runs-on: x
          needs: up
          steps:
            - {{name: make, run: "mkdir d; echo a > d/a"}}
            - {{name: again, uses: {UPLOAD}, with: {{name: kept_plain, path: d}}}}
        down:
          runs-on: x
          needs: up
          steps:
            - {{name: take, uses: {DOWNLOAD}, with: {{pattern: kept_*, path: all}}}}
            - {{name: look, run: "find all -type f | sort"}}
            - {{name: none, uses: {DOWNLOAD}, with: {{name: nowhere}}}}
        """,
    )
    assert run.results() == {"up": "success", "twice": "failure", "down": "failure"}
    assert run.job("down").step("look").log.split() == [
        "all/kept_hidden/.b",
        "all/kept_hidden/a",
        "all/kept_plain/a",
    ]
    assert "already exists" in errors(run.job("twice"))[0].message
    assert errors(run.job("down"))[0].message == (
        "Unable to download artifact(s): Artifact not found for name: nowhere"
    )


def test_call_that_asks_for_more_than_it_is_granted(github: Bench) -> None:
    """A called workflow whose job needs a permission that its caller lacks starts no run."""
    jobs = """
    call:
      uses: $/.github/workflows/called.yml
      permissions: {contents: read}
    """
    called = (
        "on: {workflow_call: }\npermissions: {}\njobs:\n"
        "  one: {runs-on: x, permissions: {actions: read}, steps: [{name: a, run: 'true'}]}\n"
    )
    with github.origin.change("calls-base", "small") as tree:
        (tree / ".github/workflows/called.yml").write_text(called, "utf-8")
        (tree / ".github/workflows/own.yml").write_text(
            f"name: own\n{HEAD}jobs:\n{textwrap.indent(textwrap.dedent(jobs), '  ')}", "utf-8"
        )
    with pytest.raises(AssertionError, match=r"more than its caller grants: \['actions: read'\]"):
        github.run("own.yml", github.dispatch("calls-base"))


def test_expression_that_github_rejects(github: Bench) -> None:
    """GitHub's parser judges the workflow: a context that is not available there is refused."""
    job = 'job: {runs-on: x, if: "${{ secrets.TOKEN }}", steps: [{name: a, run: "true"}]}\n'
    with pytest.raises(Exception, match="Unrecognized named-value: 'secrets'"):
        own(github, "rejected", job)


@pytest.mark.skipif(not mounts.available(), reason="only root can mount")
def test_path_of_the_workspace(github: Bench) -> None:
    """Every job has its workspace at one path, and outputs that name it reach steps and actions."""
    script = 'pwd; echo "at=$RUNNER_TEMP/made" >> "$GITHUB_OUTPUT"; sleep 1'
    see = f"{{id: see, name: see, run: '{script}'}}"
    jobs = f"""
    first:
      runs-on: x
      steps:
        - {see}
        - {{run: 'echo made > "$AT"', env: {{AT: "${{{{ steps.see.outputs.at }}}}"}}}}
        - {{uses: "{UPLOAD}", with: {{name: made, path: "${{{{ steps.see.outputs.at }}}}"}}}}
    second: {{runs-on: x, steps: [{see}]}}
    """
    run = own(github, "paths", jobs)
    assert run.result == "success", run.failures()
    at = str(mounts.FIXED / "atom" / "atom")
    assert [run.job(name).step("see").log for name in ("first", "second")] == [at, at]
