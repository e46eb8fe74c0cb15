"""The settings of an environment, read and checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from cluster import Cluster, ClusterSettings
from gate import read_hold
from kube_jobs import Backup, Migration
from marks import Changing
from metrics import Judge
from notify import Notify
from runner import Problem
from settings import ExternalValue, Run, Table, blank_secrets, read_settings
from smoke_plan import Smoke
from store import Store, read_store
from workload import Workload, read_workloads


@dataclass(frozen=True)
class Environment:
    name: str
    project: str
    cluster: Cluster
    store: Store
    workloads: list[Workload]
    backup: Backup | None
    migration: Migration | None
    judge: Judge
    gate_hold: float
    values: list[ExternalValue]

    def workload(self, name: str) -> Workload:
        for found in self.workloads:
            if found.name == name:
                return found
        raise Problem(f"settings: no workload is called {name}")


@dataclass(frozen=True)
class Deploy:
    """Argument of every step."""

    environment: Environment
    run: Run

    @property
    def cluster(self) -> Cluster:
        return self.environment.cluster

    @property
    def store(self) -> Store:
        """The marks of the environment."""
        return self.environment.store


Marked = list[tuple[Workload, Changing]]


def read_environment() -> Environment:
    root = read_settings()
    judge = Judge.read(root)
    cluster = Cluster(ClusterSettings.read(root))
    environment = Environment(
        name=root.text("environment"),
        project=root.text("project"),
        cluster=cluster,
        store=read_store(root, cluster),
        workloads=read_workloads(root, cluster),
        backup=Backup.read(root),
        migration=Migration.read(root),
        judge=judge,
        gate_hold=read_hold(root, judge),
        values=root.values,
    )
    _read_others(root)
    blank_secrets(root.values)
    if environment.migration is not None:
        target = environment.workload(environment.migration.workload)
        if target.delivery.kind == "commands":
            raise Problem("settings: a workload changed by commands cannot migrate")
    return environment


def _read_others(root: Table) -> None:
    """Reads the settings of smoke tests and notifications, to find unset values."""
    Smoke.read(root)
    Notify.read(root)
