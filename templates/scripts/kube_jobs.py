"""Backup and migration, as Kubernetes Jobs.

    "backup": {
      "image": "postgres:16-alpine@sha256:…", "run": "pg_dump -Fc atom",
      "env-from": ["secret/atom-db", "configmap/atom"],    optional
      "to": "pvc/backups",               a file there with what `run` prints; optional
      "timeout": "30m"
    }
    "migrate": {
      "workload": "api", "run": "alembic upgrade head",
      "verify": "alembic current --check-heads",           optional
      "on-rollback": "keep" | {"run": "alembic downgrade -1"},
      "timeout": "15m"
    }

Migrations run in the new image with the settings of the workload's own container: a
shell in an old pod would run the old code.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from cluster import Cluster
from pods import find_container, pod_template
from runner import Problem, annotate, log, quote
from settings import Run, Table
from workload import Workload

# Volumes that a migration may mount; with a claim that only one node can mount, its pod
# would never start.
READABLE_VOLUMES = {"configMap", "secret", "projected", "downwardAPI", "emptyDir"}
FROM_POD = (
    "serviceAccountName",
    "imagePullSecrets",
    "securityContext",
    "nodeSelector",
    "tolerations",
)
FROM_CONTAINER = ("env", "envFrom", "securityContext", "resources", "workingDir")
BACKUP_FOLDER = "/pipewright-backup"
# `run` and the file are arguments, so neither is ever part of the script. A shell that
# cannot fail inside a pipe would call half a backup a whole one.
SAVE = """set -eu
umask 077
if (set -o pipefail) 2>/dev/null; then
  sh -o pipefail -ec "$1" > "$2.partial"
else
  sh -ec "$1" > "$2.partial"
fi
if [ ! -s "$2.partial" ]; then
  echo "the backup is empty" >&2
  exit 1
fi
mv "$2.partial" "$2"
echo "saved $2: $(wc -c < "$2") bytes"
"""


@dataclass(frozen=True)
class Backup:
    image: str
    run: str
    env_from: list[str]
    to: str | None
    timeout: float

    @staticmethod
    def read(root: Table) -> Backup | None:
        if not root.has("backup"):
            return None
        table = root.table("backup")
        read = Backup(
            image=table.text("image"),
            run=table.text("run"),
            env_from=table.texts("env-from"),
            to=table.text_or_none("to"),
            timeout=table.seconds("timeout", "30m"),
        )
        table.done()
        if read.to is not None and not read.to.startswith("pvc/"):
            raise table.wrong("to", "pvc/name")
        for source in read.env_from:
            if source.partition("/")[0] not in ("secret", "configmap"):
                raise table.wrong("env-from", "secret/name or configmap/name")
        return read


@dataclass(frozen=True)
class Migration:
    workload: str
    run: str
    verify: str | None
    on_restore: str | None
    timeout: float

    @staticmethod
    def read(root: Table) -> Migration | None:
        if not root.has("migrate"):
            return None
        table = root.table("migrate")
        on_restore = None
        if table.raw("on-rollback") != "keep":
            restore = table.table("on-rollback")
            on_restore = restore.text("run")
            restore.done()
        read = Migration(
            workload=table.text("workload"),
            run=table.text("run"),
            verify=table.text_or_none("verify"),
            on_restore=on_restore,
            timeout=table.seconds("timeout", "15m"),
        )
        table.done()
        return read


def back_up(cluster: Cluster, backup: Backup, environment: str, run: Run) -> None:
    name = job_name("backup", environment, run)
    container: dict[str, Any] = {
        "name": "backup",
        "image": backup.image,
        "command": ["sh", "-ec", backup.run],
        "envFrom": [_env_from(source) for source in backup.env_from],
        "securityContext": {"allowPrivilegeEscalation": False},
    }
    pod: dict[str, Any] = {
        "automountServiceAccountToken": False,
        "containers": [container],
    }
    if backup.to is not None:
        file = f"{BACKUP_FOLDER}/{environment}-{run.version}"
        container["command"] = ["sh", "-c", SAVE, "sh", backup.run, file]
        container["volumeMounts"] = [{"name": "backups", "mountPath": BACKUP_FOLDER}]
        claim = {"claimName": backup.to.removeprefix("pvc/")}
        pod["volumes"] = [{"name": "backups", "persistentVolumeClaim": claim}]
    _run_job(cluster, name, pod, {}, backup.timeout)


def run_migration(
    cluster: Cluster,
    workload: Workload,
    purpose: str,
    command: str,
    image: str,
    run: Run,
    environment: str,
    timeout: float,
) -> None:
    """Runs a command in the new image, with the configuration of the workload."""
    ref = workload.delivery.target
    live = cluster.need(ref)
    own = find_container(live, workload.delivery.container, ref)[1]
    spec = pod_template(live, ref).get("spec", {})
    container = {key: own[key] for key in FROM_CONTAINER if key in own}
    volumes = [
        volume
        for volume in spec.get("volumes") or []
        if READABLE_VOLUMES.intersection(volume)
    ]
    names = {volume["name"] for volume in volumes}
    mounts = [
        mount for mount in own.get("volumeMounts") or [] if mount.get("name") in names
    ]
    container |= {
        "name": "migrate",
        "image": image,
        "command": ["sh", "-ec", command],
        "volumeMounts": mounts,
    }
    pod = {key: spec[key] for key in FROM_POD if key in spec}
    pod |= {"containers": [container], "volumes": volumes}
    # The workload's own labels would make its Service send requests to the migration.
    labels = {workload.label_key: run.version}
    _run_job(cluster, job_name(purpose, environment, run), pod, labels, timeout)


def job_name(purpose: str, environment: str, run: Run) -> str:
    """A Job's name has at most 63 characters, since its pods have it as a label."""
    name = f"pipewright-{purpose}-{environment}-{run.id}-{run.attempt}".lower().replace(
        "_", "-"
    )
    if len(name) <= 60:
        return name
    return f"{name[:50].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def wait_for_job(cluster: Cluster, name: str, timeout: float) -> None:
    """Waits for the end of a Job that a lost runner may have left running."""
    if cluster.get(f"job/{name}") is not None:
        _wait_for_end(cluster, name, timeout)


def _run_job(
    cluster: Cluster,
    name: str,
    pod: dict[str, Any],
    labels: dict[str, str],
    timeout: float,
) -> None:
    manifest = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "labels": {"app.kubernetes.io/managed-by": "pipewright"},
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": max(1, int(timeout)),
            "ttlSecondsAfterFinished": 86400,
            "template": {
                "metadata": {
                    "labels": {"app.kubernetes.io/managed-by": "pipewright", **labels}
                },
                "spec": {**pod, "restartPolicy": "Never"},
            },
        },
    }
    # A Job's template is immutable, so a Job of an earlier attempt is deleted.
    cluster.delete(f"job/{name}")
    cluster.apply(f"cannot start the Job {name}", manifest)
    ended = _wait_for_end(cluster, name, timeout + 60)
    _print_logs(cluster, name)
    if ended != "Complete":
        raise Problem(f"the Job {name} {ended}")
    log(f"the Job {name} is complete")


def _wait_for_end(cluster: Cluster, name: str, timeout: float) -> str:
    """The result of a Job, polled: `kubectl wait` waits for one condition only."""
    until = time.monotonic() + timeout
    pause = 0.5
    while time.monotonic() < until:
        job = cluster.get(f"job/{name}")
        if job is None:
            return "was deleted while it ran"
        for condition in job.get("status", {}).get("conditions") or []:
            if condition.get("status") == "True":
                if condition.get("type") == "Complete":
                    return "Complete"
                if condition.get("type") == "Failed":
                    why = (condition.get(key, "") for key in ("reason", "message"))
                    return f"failed: {' '.join(why)}"
        time.sleep(pause)
        pause = min(5.0, pause * 1.5)
    return f"did not end within {timeout:g} seconds"


def _print_logs(cluster: Cluster, name: str) -> None:
    try:
        what = f"cannot read the logs of {name}"
        quote(cluster.kubectl(what, "logs", f"job/{name}", "--tail=200", attempts=2))
    except Problem as problem:
        annotate("warning", str(problem))


def _env_from(source: str) -> dict[str, dict[str, str]]:
    kind, _, name = source.partition("/")
    return {"secretRef" if kind == "secret" else "configMapRef": {"name": name}}
