"""Steps of the workflows that deploy.

Usage: `python3 -I deploy.py <step>`, which is one of

    preflight        checks all preconditions before anything is changed
    begin            marks the workloads as being changed
    backup           runs the backup Job
    migrate          runs the migration Job, from the new image
    migrate-verify   verifies the schema that the new version needs
    apply            applies the new version; a canary or preview without traffic
    shift --to N     shifts N percent of traffic to the new version, checks metrics
    promote          replaces the stable version by the new one
    judge            checks metrics for the last time
    verify           marks the new version as verified
    roll-back        returns traffic to the last verified version, without waiting
    verify-rollback  waits for the rollback, verifies it, removes the mark
    recover [--any]  both of these; --any: also for the deploy of another run
    smoke [--canary] sends the probes; --canary: to a canary or preview alone
    notify EVENT     reports success, failure, rollback, or auto: the job's result
    approved         fails unless a reviewer approved this run

Environment: PIPEWRIGHT_SETTINGS, the file of settings; PIPEWRIGHT_ENVIRONMENT, one of
the environments in it; KUBECONFIG; the secrets and variables that the settings name;
each workload's digest; PIPEWRIGHT_COMMIT (default GITHUB_SHA); PIPEWRIGHT_MANUAL;
PIPEWRIGHT_ROLL_BACK, for a rollback on demand (see on_demand).
Outputs: preflight `first`, `version`; begin and recover `commit`; roll-back `changed`;
verify-rollback and recover `restored`.
Exit status: 0 done or nothing to do, 1 a problem, 2 usage, 130 cancelled.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from approval import check_approval
from deploy_steps import (
    apply,
    backup,
    begin,
    judge,
    migrate,
    promote,
    recover,
    roll_back,
    shift,
    verify,
    verify_rollback,
)
from environment import Deploy, read_environment
from notify import CHANNELS, EVENTS, send_news
from preflight import check_everything
from runner import run
from settings import Run
from smoke import smoke_test

STEPS: dict[str, Callable[[Deploy, argparse.Namespace], None]] = {
    "preflight": lambda deploy, _given: check_everything(deploy),
    "begin": begin,
    "backup": backup,
    "migrate": migrate,
    "migrate-verify": migrate,
    "apply": apply,
    "shift": shift,
    "promote": promote,
    "judge": judge,
    "verify": verify,
    "roll-back": roll_back,
    "verify-rollback": verify_rollback,
    "recover": recover,
}


def main() -> int:
    """Runs the step that the arguments name."""
    given = _arguments()
    if given.step == "approved":
        return run(check_approval)
    if given.step == "smoke":
        return run(lambda: smoke_test(given.canary))
    if given.step == "notify":
        return run(lambda: send_news(given.event, given.only))
    return run(lambda: _deploy(given))


def _deploy(given: argparse.Namespace) -> int:
    STEPS[given.step](Deploy(read_environment(), Run.current()), given)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="One step of a deploy.")
    names = parser.add_subparsers(dest="step", required=True, metavar="step")
    steps = {
        name: names.add_parser(name) for name in (*STEPS, "smoke", "notify", "approved")
    }
    steps["shift"].add_argument("--to", type=_percent, required=True)
    steps["recover"].add_argument("--any", action="store_true")
    steps["smoke"].add_argument("--canary", action="store_true")
    steps["notify"].add_argument("event", choices=(*EVENTS, "auto"))
    steps["notify"].add_argument("--only", choices=[kind.name for kind in CHANNELS])
    return parser.parse_args()


def _percent(text: str) -> int:
    number = text.removesuffix("%")
    if not number.isdigit() or not 1 <= int(number) <= 100:
        raise argparse.ArgumentTypeError("expected a whole number from 1 to 100")
    return int(number)


if __name__ == "__main__":
    sys.exit(main())
