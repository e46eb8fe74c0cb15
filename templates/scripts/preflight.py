"""Checks all preconditions of a deploy."""

from __future__ import annotations

import os
from collections.abc import Callable

from environment import Deploy, Environment
from gate import check_running_version
from marks import Marks, read_marks
from pods import Version
from restore import (
    complete_verified,
    find_marked,
    roll_back_traffic,
    verify_rolled_back,
)
from runner import Problem, Problems, annotate, output
from settings import unset_problem
from tables import show_table
from workload import Workload


def check_everything(deploy: Deploy) -> None:
    environment = deploy.environment
    _check_settings(deploy)
    _reach_cluster(deploy)
    _restore_what_a_lost_run_left(deploy)
    _gather([_workload_check(deploy, workload) for workload in environment.workloads])
    _jobs_allowed(deploy)
    first = False
    rows, back = [], {}
    for workload in environment.workloads:
        found = read_marks(deploy.cluster, workload.ref)
        _refuse_older(deploy, workload, found)
        runs = workload.delivery.running(deploy.cluster, workload.label_key)
        back[workload.name] = runs
        first = first or found.verified is None
        returns = _returns(workload, found, runs)
        rows.append(
            (workload.name, runs.image, returns, workload.target(deploy.run).image)
        )
    show_table(
        f"Deploy to {environment.name}",
        ("Workload", "Runs", "Returns to", "Will run"),
        rows,
    )
    _samples(environment, back, first)
    output("first", str(first).lower())
    output("version", deploy.run.version)


def _check_settings(deploy: Deploy) -> None:
    environment = deploy.environment
    problems = []
    empty = unset_problem(environment.values, environment.name)
    if empty is not None:
        problems.append(empty)
    named = {value.described for value in environment.values if value.missing()}
    problems += [
        problem
        for problem in environment.judge.limits()[1]
        if not any(str(problem).startswith(name) for name in named)
    ]
    for workload in environment.workloads:
        try:
            workload.target(deploy.run)
        except Problem as problem:
            problems.append(problem)
    if problems:
        raise Problems(problems)


def _reach_cluster(deploy: Deploy) -> None:
    if not deploy.cluster.connect():
        raise Problem(
            "KUBECONFIG names no file", "Log in to the cluster before this step"
        )
    deploy.cluster.kubectl("the cluster is unreachable", "get", "--raw=/version")


def _restore_what_a_lost_run_left(deploy: Deploy) -> None:
    left = complete_verified(deploy, find_marked(deploy, any_run=True))
    if not left:
        return
    runs = ", ".join(sorted({mark.run.id for _, mark in left}))
    annotate(
        "warning",
        f"run {runs} left {deploy.environment.name} half changed; it is restored first",
    )
    roll_back_traffic(deploy, left)
    verify_rolled_back(deploy, left)


def _workload_check(deploy: Deploy, workload: Workload) -> Callable[[], None]:
    return lambda: workload.traffic.check(deploy.cluster)


def _gather(checks: list[Callable[[], None]]) -> None:
    problems = []
    for check_one in checks:
        try:
            check_one()
        except Problem as problem:
            problems.append(problem)
    if problems:
        raise Problems(problems)


def _jobs_allowed(deploy: Deploy) -> None:
    environment = deploy.environment
    needs_jobs = environment.backup is not None or environment.migration is not None
    if needs_jobs and not deploy.cluster.may("create", "jobs"):
        raise Problem("the cluster does not allow this login to create Jobs")


def _refuse_older(deploy: Deploy, workload: Workload, found: Marks) -> None:
    if found.verified is None or os.environ.get("PIPEWRIGHT_MANUAL", "") == "true":
        return
    before = found.verified.run
    # Run numbers count within one workflow; a renamed one starts again at 1.
    if before.workflow == deploy.run.workflow and before.number > deploy.run.number:
        raise Problem(
            f"{workload.ref} runs commit {before.commit[:12]} of run {before.number}, "
            f"which is newer than this run {deploy.run.number}",
            "Start the workflow by hand with the digest to go back on purpose",
        )


def _returns(workload: Workload, found: Marks, runs: Version) -> str:
    if found.verified is None:
        annotate(
            "notice",
            f"{workload.ref} was never verified: this is its first deploy, and a "
            f"restore would return to what runs now, {runs.image}",
        )
        return runs.image
    verified = found.verified.version
    if verified.digest != runs.digest:
        annotate(
            "warning",
            f"{workload.ref} runs {runs.image}, which no deploy verified; "
            f"a restore returns to {verified.image}",
        )
    return verified.image


def _samples(environment: Environment, back: dict[str, Version], first: bool) -> None:
    if not environment.judge.active:
        return
    labels = sorted({version.label for version in back.values() if version.label})
    if not labels:
        missing = (
            "the running version carries no version label, "
            "so its samples are not checked"
        )
        if first:
            annotate("notice", f"first deploy: {missing}")
        else:
            annotate("warning", missing)
        return
    for label in labels:
        check_running_version(environment.judge, label)
