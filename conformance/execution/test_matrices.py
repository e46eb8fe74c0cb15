"""The bench itself: matrices, and jobs that may fail"""

from __future__ import annotations

from handwritten import outcomes, own
from runner.bench import Bench
from runner.pace import Pace
from seen import errors

QUICK = Pace(minute=60, interrupt=0.4, terminate=0.4, streams=0.2)
SLEEP = "for i in $(seq 300); do sleep 0.1; done"


def test_fail_fast(github: Bench) -> None:
    """By default a cell that fails cancels the others, those that wait without a step."""
    github.pace = QUICK
    run = own(
        github,
        "fail-fast",
        f"""
        job:
          runs-on: x
          name: "job ${{{{ matrix.n }}}}"
          strategy: {{matrix: {{n: [1, 2, 3]}}, max-parallel: 2}}
          steps:
            - {{name: fails, run: "sleep 0.5; exit 1", if: matrix.n == 1}}
            - {{name: sleeps, run: "{SLEEP}", if: matrix.n != 1}}
            - {{name: always, run: "true", if: always()}}
        after:
          runs-on: x
          needs: job
          if: always()
          steps: [{{name: a, run: 'echo "${{{{ needs.job.result }}}}"'}}]
        """,
    )
    assert run.result == "failure"
    assert {job.name: job.result for job in run.groups["job"].jobs} == {
        "job 1": "failure",
        "job 2": "cancelled",
        "job 3": "cancelled",
    }
    assert outcomes(run, "job 2") == {
        "fails": "skipped",
        "sleeps": "cancelled",
        "always": "success",
    }
    assert run.job("job 3").steps == []
    assert errors(run.job("job 3"))[0].message == 'The job was canceled because "job_1" failed.'
    assert run.job("after").step("a").log == "failure"


def test_without_fail_fast(github: Bench) -> None:
    """With `fail-fast: false` every cell runs to its end."""
    run = own(
        github,
        "fail-slow",
        """
        job:
          runs-on: x
          name: "job ${{ matrix.n }}"
          strategy: {fail-fast: false, matrix: {n: [1, 2, 3]}}
          steps: [{name: a, run: "test $N != 0", env: {N: "${{ strategy.job-index }}"}}]
        """,
    )
    assert [job.result for job in run.groups["job"].jobs] == ["failure", "success", "success"]


def test_max_parallel(github: Bench) -> None:
    """No more cells run at a time than `max-parallel` allows, in the order of the matrix."""
    run = own(
        github,
        "parallel",
        """
        job:
          runs-on: x
          name: "job ${{ matrix.n }}"
          strategy: {max-parallel: 1, matrix: {n: [1, 2, 3]}}
          steps: [{name: a, run: "date +%s.%N; sleep 0.2; date +%s.%N"}]
        """,
    )
    times = [
        float(line)
        for job in run.groups["job"].jobs
        for line in run.job(job.name).step("a").log.split()
    ]
    assert len(times) == 6 and times == sorted(times)


def test_jobs_that_may_fail(github: Bench) -> None:
    """A job with `continue-on-error` fails for itself alone: others see it as a success."""
    run = own(
        github,
        "may-fail",
        """
        job:
          runs-on: x
          name: "job ${{ matrix.n }}"
          continue-on-error: ${{ matrix.may }}
          strategy: {matrix: {n: [1, 2], may: [true]}}
          steps: [{name: a, run: "test $N = 2", env: {N: "${{ matrix.n }}"}}]
        after: {runs-on: x, needs: job, steps: [{name: a, run: 'echo "${{ needs.job.result }}"'}]}
        """,
    )
    assert [job.result for job in run.groups["job"].jobs] == ["failure", "success"]
    assert (run.result, run.results()) == ("success", {"job": "success", "after": "success"})
    assert run.job("after").step("a").log == "success"


def test_include_and_exclude(github: Bench) -> None:
    """`exclude` takes cells out; `include` adds to cells that fit, or adds a cell."""
    run = own(
        github,
        "include",
        """
        job:
          runs-on: x
          strategy:
            matrix:
              arch: [x64, arm]
              os: [linux, bsd]
              exclude: [{arch: arm, os: bsd}]
              include:
                - {arch: x64, os: linux, publish: true}
                - {level: 3}
                - {arch: riscv}
          steps: [{name: a, run: "true"}]
        alone:
          runs-on: x
          strategy: {matrix: {include: [{n: 1}, {n: 2}]}}
          steps: [{name: a, run: "true"}]
        """,
    )
    assert [job.matrix for job in run.groups["job"].jobs] == [
        {"arch": "x64", "os": "linux", "publish": True, "level": 3},
        {"arch": "x64", "os": "bsd", "level": 3},
        {"arch": "arm", "os": "linux", "level": 3},
        {"arch": "riscv"},
    ]
    assert [job.matrix for job in run.groups["alone"].jobs] == [{"n": 1}, {"n": 2}]


def test_empty_matrix(github: Bench) -> None:
    """A matrix without values is an error of the run, which no job shows, and never green."""
    run = own(
        github,
        "empty",
        """
        plan:
          runs-on: x
          outputs: {none: "${{ steps.a.outputs.none }}"}
          steps: [{name: a, id: a, run: 'echo "none=[]" >> "$GITHUB_OUTPUT"'}]
        job:
          runs-on: x
          needs: plan
          strategy: {matrix: {n: "${{ fromJSON(needs.plan.outputs.none) }}"}}
          steps: [{name: a, run: "true"}]
        after: {runs-on: x, needs: job, steps: [{name: a, run: "true"}]}
        """,
    )
    assert run.result == "failure"
    assert run.results() == {"plan": "success", "job": "failure", "after": "skipped"}
    assert run.groups["job"].jobs == []
    assert [told.message for told in run.annotations] == [
        "Error when evaluating 'strategy' for job 'job'. "
        "Matrix vector 'n' does not contain any values"
    ]
