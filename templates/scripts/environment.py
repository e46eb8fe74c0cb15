"""The settings of an environment, read and checked at once."""

from __future__ import annotations

from dataclasses import dataclass

from cluster import Cluster, ClusterSettings
from gate import read_hold
from kube_jobs import Backup, Migration
from marks import Changing
from metrics import Judge
from notify import Notify
from runner import Problem
from settings import Outside, Run, Table, blank_secrets, read_settings
from smoke_plan import Smoke
from workload import Workload, read_workloads


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
        raise Problem(f"settings: no workload is called {name}")


@dataclass(frozen=True)
class Deploy:
    """What every step is given."""

    environment: Environment
    run: Run

    @property
    def cluster(self) -> Cluster:
        return self.environment.cluster


Standing = list[tuple[Workload, Changing]]


def read_environment() -> Environment:
    root = read_settings()
    judge = Judge.read(root)
    environment = Environment(
        name=root.text("environment"),
        project=root.text("project"),
        cluster=Cluster(ClusterSettings.read(root)),
        workloads=read_workloads(root),
        backup=Backup.read(root),
        migration=Migration.read(root),
        judge=judge,
        gate_hold=read_hold(root, judge),
        outsides=root.outsides,
    )
    _read_others(root)
    blank_secrets(root.outsides)
    if environment.migration is not None:
        target = environment.workload(environment.migration.workload)
        if target.delivery.kind == "commands":
            raise Problem("settings: a workload changed by commands cannot migrate")
    return environment


def _read_others(root: Table) -> None:
    """What other scripts use: read here for its missing secrets and variables."""
    Smoke.read(root)
    Notify.read(root)
