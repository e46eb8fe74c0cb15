"""Checks all preconditions of a deploy."""

from __future__ import annotations

import os
from collections.abc import Callable

from environment import Deploy, Environment
from gate import check_running_version
from marks import Marks, read_marks
from notify import send_news
from on_demand import planned, rolls_back
from pods import Version, pod_template
from quota import Need, check_quotas
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
    # A rollback on demand does not wait for the settings of what it does not do.
    on_demand = rolls_back()
    wrong = [] if on_demand else _wrong_settings(deploy)
    try:
        deploy.store.check()
    except Problem:
        if wrong:
            raise Problems(wrong) from None
        raise
    # An environment that a lost run left half changed must not wait for a variable that
    # is unset.
    _restore_what_a_lost_run_left(deploy)
    if wrong:
        raise Problems(wrong)
    if not deploy.cluster.absent:
        _check_permissions(deploy)
    _gather([_workload_check(deploy, workload) for workload in environment.workloads])
    if not deploy.cluster.absent:
        _check_quotas(deploy)
    first = False
    rows, back = [], {}
    for workload in environment.workloads:
        found = read_marks(deploy.store, workload.ref)
        if not on_demand:
            _refuse_older(deploy, workload, found)
        runs = workload.traffic.running(deploy.cluster)
        back[workload.name] = runs
        first = first or found.verified is None
        returns = _returns(workload, found, runs)
        to, _ = planned(deploy, workload, found)
        rows.append((workload.name, runs.image, returns, to.image))
    show_table(
        f"{'Rollback of' if on_demand else 'Deploy to'} {environment.name}",
        ("Workload", "Runs", "Returns to", "Will run"),
        rows,
    )
    if not on_demand:
        _samples(environment, back, first)
    output("first", str(first).lower())
    output("version", deploy.run.version)


def _wrong_settings(deploy: Deploy) -> list[Problem]:
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
    return problems


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
    for lost in {mark.run.id: mark.run for _, mark in left}.values():
        # Its own job could not report it.
        try:
            send_news("rollback", None, lost)
        except Problem as problem:
            annotate("warning", f"not notified: {problem}")


def _check_quotas(deploy: Deploy) -> None:
    environment = deploy.environment
    needs = [
        need
        for workload in environment.workloads
        if workload.labelled
        for need in workload.traffic.needs(deploy.cluster)
    ]
    if environment.backup is not None:
        needs.append(Need("the backup", 1, {}))
    if environment.migration is not None and not rolls_back():
        target = environment.workload(environment.migration.workload)
        ref = target.delivery.target
        spec = pod_template(deploy.cluster.need(ref), ref).get("spec", {})
        own = [
            container
            for container in spec.get("containers") or []
            if container.get("name") == target.delivery.container
        ]
        needs.append(Need("the migration", 1, {"containers": own}))
    check_quotas(deploy.cluster, needs)


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


def _check_permissions(deploy: Deploy) -> None:
    """Asks for every permission that a later step depends on, rollback included."""
    environment = deploy.environment
    needed = [
        one
        for workload in environment.workloads
        for one in workload.traffic.permissions()
    ]
    if environment.backup is not None or environment.migration is not None:
        verbs = ("create", "get", "list", "patch")
        needed += [(verb, "jobs", "") for verb in verbs]
        needed.append(("get", "pods", "log"))
    missing = []
    for verb, resource, part in dict.fromkeys(needed):
        if not deploy.cluster.may(verb, resource, part):
            missing.append(f"{verb} {resource}{f'/{part}' if part else ''}")
    if missing:
        raise Problem(
            f"the cluster does not allow this login to {', '.join(missing)}",
            "Add them to its Role; docs/deploys.md of Pipewright lists all of it",
        )


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
        check_running_version(environment.judge, label, first)
