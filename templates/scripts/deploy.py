"""One step of a deploy: `run.py deploy <step>`.

    preflight        everything that can be wrong is told before anything is changed
    begin            marks the workloads as being changed
    backup           the backup Job
    migrate          the migration Job, from the new image
    migrate-verify   proves that the schema is where the new version needs it
    apply            the new version: all at once, or as a canary without traffic
    shift --to N     N percent of the traffic to the canary, held and judged
    promote          the new version becomes the only one
    judge            the final gate
    verify           marks the new version as verified
    shed             traffic back to the version verified last, without waiting
    confirm          waits until it is back, proves it, removes the mark
    rescue [--any]   shed and confirm in one, for a job of its own; --any: left by any run

Environment: PIPEWRIGHT_ENVIRONMENT_FILE, KUBECONFIG, the secrets and variables that the file names,
each workload's digest, PIPEWRIGHT_COMMIT (default GITHUB_SHA), PIPEWRIGHT_MANUAL. Outputs:
preflight `first`, `version`; shed `changed`; confirm and rescue `restored`.
Exit status: 0 done or nothing to do, 1 a problem, 2 usage, 130 cancelled.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import console
import environment as environments
import gate
import kube_jobs
import marks
import preflight
import restore
from console import Problem
from environment import Deploy, Standing
from marks import Changing
from settings import Run
from workload import Workload


def begin(deploy: Deploy, _given: argparse.Namespace) -> None:
    for workload in deploy.environment.workloads:
        workload.delivery.prepare(deploy.cluster)
        found = marks.read(deploy.cluster, workload.ref)
        if found.changing is not None:
            if _own(found.changing, deploy.run):
                console.say(f"{workload.ref} is marked already")
                continue
            raise Problem(
                f"run {found.changing.run.id} is changing {workload.ref}", "Run preflight first"
            )
        back = (
            found.verified.version
            if found.verified is not None
            else workload.delivery.running(deploy.cluster, workload.label_key)
        )
        mark = Changing(
            to=workload.wanted(deploy.run),
            back=back,
            run=deploy.run,
            since=int(time.time()),
            canary_replicas=workload.traffic.canary_replicas(deploy.cluster),
        )
        marks.begin(deploy.cluster, workload.ref, mark)
        console.say(f"{workload.ref}: from {back.image} to {mark.to.image}")


def backup(deploy: Deploy, _given: argparse.Namespace) -> None:
    wanted = deploy.environment.backup
    if wanted is None:
        raise Problem("the environment file names no backup")
    kube_jobs.back_up(deploy.cluster, wanted, deploy.environment.name, deploy.run)


def migrate(deploy: Deploy, given: argparse.Namespace) -> None:
    migration = deploy.environment.migration
    if migration is None:
        raise Problem("the environment file names no migration")
    command = migration.run if given.step == "migrate" else migration.verify
    if command is None:
        raise Problem("the environment file names no command that verifies the migration")
    workload = deploy.environment.workload(migration.workload)
    mark = _mark(deploy, workload)
    if given.step == "migrate":
        # Before it starts: a runner that is lost while it runs must not hide it.
        marks.update(deploy.cluster, workload.ref, migrated=True)
        if migration.on_restore is None:
            console.summary("The schema is migrated now. A restore would keep it as migrated.")
    kube_jobs.migrate(
        deploy.cluster,
        workload,
        given.step,
        command,
        mark.to.image,
        deploy.run,
        deploy.environment.name,
        migration.timeout,
    )


def apply(deploy: Deploy, _given: argparse.Namespace) -> None:
    own = _own_marks(deploy)
    for workload, mark in own:
        workload.traffic.apply(deploy.cluster, mark)
    _stamp(deploy, own)


def shift(deploy: Deploy, given: argparse.Namespace) -> None:
    own = [pair for pair in _own_marks(deploy) if pair[0].traffic.divides]
    if not own:
        raise Problem("no workload's traffic can be divided")
    for workload, _ in own:
        workload.traffic.shift(deploy.cluster, given.to)
    since = _stamp(deploy, own)
    seconds = max(workload.traffic.hold for workload, _ in own)
    version = deploy.run.version
    gate.hold(deploy.environment.judge, version, since, seconds, f"{given.to}% of the traffic")


def promote(deploy: Deploy, _given: argparse.Namespace) -> None:
    own = _own_marks(deploy)
    for workload, mark in own:
        workload.traffic.promote(deploy.cluster, mark)
    if any(workload.traffic.divides for workload, _ in own):
        _stamp(deploy, own)


def judge(deploy: Deploy, _given: argparse.Namespace) -> None:
    since = max(mark.since for _, mark in _own_marks(deploy))
    seconds = deploy.environment.gate_hold
    gate.hold(deploy.environment.judge, deploy.run.version, since, seconds, "Final gate")


def verify(deploy: Deploy, _given: argparse.Namespace) -> None:
    own = _own_marks(deploy)
    for workload, mark in own:
        marks.verify(deploy.cluster, workload.ref, mark)
    rows = [(workload.name, mark.to.image, mark.to.label or "") for workload, mark in own]
    heading = f"{deploy.environment.name} is verified"
    console.table(heading, ("Workload", "Runs", "Version"), rows)


def shed(deploy: Deploy, _given: argparse.Namespace) -> None:
    found = _to_restore(deploy, any_run=False)
    console.output("changed", str(bool(found)).lower())
    restore.shed(deploy, found)


def confirm(deploy: Deploy, _given: argparse.Namespace) -> None:
    found = _to_restore(deploy, any_run=False)
    restore.confirm(deploy, found)
    console.output("restored", str(bool(found)).lower())


def rescue(deploy: Deploy, given: argparse.Namespace) -> None:
    found = _to_restore(deploy, any_run=given.any)
    restore.shed(deploy, found)
    restore.confirm(deploy, found)
    console.output("restored", str(bool(found)).lower())


STEPS: dict[str, Callable[[Deploy, argparse.Namespace], None]] = {
    "preflight": lambda deploy, _given: preflight.check(deploy),
    "begin": begin,
    "backup": backup,
    "migrate": migrate,
    "migrate-verify": migrate,
    "apply": apply,
    "shift": shift,
    "promote": promote,
    "judge": judge,
    "verify": verify,
    "shed": shed,
    "confirm": confirm,
    "rescue": rescue,
}


def main() -> int:
    given = _arguments()

    def body() -> None:
        deploy = Deploy(environments.read(), Run.current())
        STEPS[given.step](deploy, given)

    return console.run(body)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="One step of a deploy.")
    steps = parser.add_subparsers(dest="step", required=True, metavar="step")
    for name in STEPS:
        step = steps.add_parser(name)
        if name == "shift":
            step.add_argument("--to", type=_percent, required=True, help="percent of the traffic")
        if name == "rescue":
            step.add_argument("--any", action="store_true", help="whichever run left the mark")
    return parser.parse_args()


def _percent(text: str) -> int:
    number = text.removesuffix("%")
    if not number.isdigit() or not 1 <= int(number) <= 100:
        raise argparse.ArgumentTypeError("a whole number of percent from 1 to 100")
    return int(number)


def _own(mark: Changing, run: Run) -> bool:
    return mark.run.id == run.id and mark.run.attempt == run.attempt


def _mark(deploy: Deploy, workload: Workload) -> Changing:
    """This run's mark. No step changes a workload without it: nobody would know to restore."""
    mark = marks.read(deploy.cluster, workload.ref).changing
    if mark is None or not _own(mark, deploy.run):
        raise Problem(f"{workload.ref} is not marked as changed by this run", "Run `begin` first")
    return mark


def _own_marks(deploy: Deploy) -> Standing:
    return [(workload, _mark(deploy, workload)) for workload in deploy.environment.workloads]


def _stamp(deploy: Deploy, found: Standing) -> float:
    """Writes down when traffic changed, which is when judging begins."""
    now = int(time.time())
    for workload, _ in found:
        marks.update(deploy.cluster, workload.ref, since=now)
    return float(now)


def _to_restore(deploy: Deploy, any_run: bool) -> Standing:
    if not deploy.cluster.connect():
        console.say("nothing was changed: this job never reached the cluster")
        return []
    found = restore.standing(deploy, any_run)
    left = restore.finish(deploy, found) if found else []
    if not left:
        console.say("nothing to restore: no change of this run stands")
    return left


if __name__ == "__main__":
    sys.exit(main())
