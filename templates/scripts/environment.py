"""The whole environment file, read and checked at once, so that no step finds a fault late."""

from __future__ import annotations

import os
from dataclasses import dataclass

import cluster
import gate
import smoke_plan
import tell
import workload
from cluster import Cluster
from console import Problem
from kube_jobs import Backup, Migration
from marks import Changing
from metrics import Judge
from settings import Outside, Run, Table, blank_secrets
from settings import read as read_file
from workload import Workload


@dataclass(frozen=True)
class Environment:
    name: str
    project: str
    cluster: Cluster
    workloads: list[Workload]
    backup: Backup | None
    migration: Migration | None
    judge: Judge
    gate_hold: float
    outsides: list[Outside]

    def workload(self, name: str) -> Workload:
        for found in self.workloads:
            if found.name == name:
                return found
        raise Problem(f"environment file: no workload is called {name}")


@dataclass(frozen=True)
class Deploy:
    """What every step is given."""

    environment: Environment
    run: Run

    @property
    def cluster(self) -> Cluster:
        return self.environment.cluster


Standing = list[tuple[Workload, Changing]]


def read() -> Environment:
    root = read_file()
    judge = Judge.read(root)
    environment = Environment(
        name=root.text("environment"),
        project=root.text("project"),
        cluster=Cluster(cluster.Settings.read(root)),
        workloads=workload.read_all(root),
        backup=Backup.read(root),
        migration=Migration.read(root),
        judge=judge,
        gate_hold=gate.read_hold(root, judge),
        outsides=root.outsides,
    )
    _read_others(root)
    blank_secrets(root.outsides)
    if environment.migration is not None:
        target = environment.workload(environment.migration.workload)
        if target.delivery.kind == "commands":
            raise Problem("environment file: a workload changed by commands cannot migrate")
    # The commands of a delivery are told where they run.
    os.environ["PIPEWRIGHT_ENVIRONMENT"] = environment.name
    return environment


def _read_others(root: Table) -> None:
    """What other scripts use: read here for its missing secrets and variables."""
    smoke_plan.Smoke.read(root)
    tell.Notify.read(root)
