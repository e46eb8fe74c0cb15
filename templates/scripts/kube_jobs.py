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
      "current": "alembic current",    prints the schema's revision; optional
      "on-rollback": "keep" | {"run": "alembic downgrade $REVISION"},
      "timeout": "15m"
    }

Migrations run in the new image with the settings of the workload's own container: a
shell in an old pod would run the old code. The last line that `current` prints is the
schema's revision, up to its first blank; `on-rollback` gets it as REVISION.

A Job outlives its runner. One of the same name is therefore waited for, never run
again, and no migration starts beside another.
"""

from __future__ import annotations

import hashlib
import json
import re
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
PRINT_REVISION = """set -eu
found=$(sh -ec "$1")
echo "revision: $(printf '%s\\n' "$found" | tail -n 1)"
"""
REVISION = re.compile(r"^revision: (\S*)", re.MULTILINE)
MANAGED = "app.kubernetes.io/managed-by"
PURPOSE, ENVIRONMENT = "pipewright.dev/purpose", "pipewright.dev/environment"
# Jobs that change the schema.
CHANGES_SCHEMA = ("migrate", "restore")
# Pod Security `restricted` takes these from any image, and more where it is enforced:
# https://kubernetes.io/docs/concepts/security/pod-security-standards/
CONFINED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
NOBODY = 65532
RESTRICTED = {
    "runAsNonRoot": True,
    "runAsUser": NOBODY,
    "runAsGroup": NOBODY,
    "fsGroup": NOBODY,
}
ENFORCED = "pod-security.kubernetes.io/enforce"


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
    current: str | None
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
            current=table.text_or_none("current"),
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
        "securityContext": CONFINED,
    }
    security = RESTRICTED if _restricted(cluster) else {}
    pod: dict[str, Any] = {
        "automountServiceAccountToken": False,
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}, **security},
        "containers": [container],
    }
    if backup.to is not None:
        file = f"{BACKUP_FOLDER}/{environment}-{run.version}"
        container["command"] = ["sh", "-c", SAVE, "sh", backup.run, file]
        container["volumeMounts"] = [{"name": "backups", "mountPath": BACKUP_FOLDER}]
        claim = {"claimName": backup.to.removeprefix("pvc/")}
        pod["volumes"] = [{"name": "backups", "persistentVolumeClaim": claim}]
    labels = _labels("backup", environment)
    _run_job(cluster, name, pod, labels, {}, backup.timeout)


def run_migration(
    cluster: Cluster,
    workload: Workload,
    purpose: str,
    command: str,
    image: str,
    run: Run,
    environment: str,
    timeout: float,
    revision: str | None = None,
) -> str:
    """Runs a command in the new image, with the configuration of the workload.

    Returns the end of what it printed. `revision` is the variable REVISION.
    """
    ref = workload.traffic.serving(cluster)
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
    script = ["sh", "-ec", command]
    if purpose.startswith("revision"):
        script = ["sh", "-c", PRINT_REVISION, "sh", command]
    container |= {
        "name": "migrate",
        "image": image,
        "command": script,
        "volumeMounts": mounts,
    }
    if revision is not None:
        env = container.get("env") or []
        container["env"] = [*env, {"name": "REVISION", "value": revision}]
    pod = {key: spec[key] for key in FROM_POD if key in spec}
    pod |= {"containers": [container], "volumes": volumes}
    # The workload's own labels would make its Service send requests to the migration.
    version = {workload.label_key: run.version}
    labels = _labels(purpose, environment)
    name = job_name(purpose, environment, run)
    return _run_job(cluster, name, pod, labels, version, timeout)


def read_revision(
    cluster: Cluster,
    workload: Workload,
    purpose: str,
    migration: Migration,
    image: str,
    run: Run,
    environment: str,
) -> str:
    """The schema's revision, as `current` prints it; "" before the first one."""
    if migration.current is None:
        raise Problem("the settings name no command that prints the revision")
    printed = run_migration(
        cluster,
        workload,
        purpose,
        migration.current,
        image,
        run,
        environment,
        migration.timeout,
    )
    found = REVISION.findall(printed)
    if not found:
        raise Problem("the logs do not have what `current` printed")
    return str(found[-1])


def await_other_migrations(
    cluster: Cluster, environment: str, own: str, timeout: float
) -> None:
    """Waits for migrations that a lost or cancelled run left running."""
    selector = f"{MANAGED}=pipewright,{ENVIRONMENT}={_label(environment)}"
    out = cluster.kubectl(
        "cannot list the Jobs",
        "get",
        "jobs",
        f"--selector={selector}",
        "--output=json",
    )
    for job in json.loads(out).get("items", []):
        name = job["metadata"]["name"]
        purpose = job["metadata"].get("labels", {}).get(PURPOSE)
        if name != own and purpose in CHANGES_SCHEMA and not _end(job):
            log(f"waiting for the Job {name}, which another run started")
            if _wait_for_end(cluster, name, timeout + 60).startswith("did not end"):
                raise Problem(
                    f"the Job {name} of another run is still running",
                    "Wait for its end, then run this deploy again",
                )


def _labels(purpose: str, environment: str) -> dict[str, str]:
    return {
        MANAGED: "pipewright",
        PURPOSE: purpose,
        ENVIRONMENT: _label(environment),
    }


def _label(text: str) -> str:
    """A text as the value of a label."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", text)[:63].strip("._-")


def _restricted(cluster: Cluster) -> bool:
    """Returns whether the namespace lets no pod run as root, as far as is known."""
    try:
        namespace = cluster.get(f"namespace/{cluster.settings.namespace}") or {}
    except Problem:
        return False
    labels = namespace.get("metadata", {}).get("labels") or {}
    return labels.get(ENFORCED) == "restricted"


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
    version: dict[str, str],
    timeout: float,
) -> str:
    """Runs a Job to its end, or waits for the one of this name; returns its logs."""
    manifest = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "labels": labels,
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": max(1, int(timeout)),
            "ttlSecondsAfterFinished": 86400,
            "template": {
                "metadata": {"labels": {MANAGED: "pipewright", **version}},
                "spec": {**pod, "restartPolicy": "Never"},
            },
        },
    }
    if cluster.get(f"job/{name}") is None:
        cluster.apply(f"cannot start the Job {name}", manifest)
    else:
        log(f"the Job {name} was started by a runner that is lost")
    ended = _wait_for_end(cluster, name, timeout + 60)
    printed = _print_logs(cluster, name)
    if ended != "Complete":
        raise Problem(f"the Job {name} {ended}{cluster.reasons(name)}")
    log(f"the Job {name} is complete")
    return printed


def _wait_for_end(cluster: Cluster, name: str, timeout: float) -> str:
    """The result of a Job, polled: `kubectl wait` waits for one condition only."""
    until = time.monotonic() + timeout
    pause = 0.5
    while time.monotonic() < until:
        job = cluster.get(f"job/{name}")
        if job is None:
            return "was deleted while it ran"
        ended = _end(job)
        if ended:
            return ended
        time.sleep(pause)
        pause = min(5.0, pause * 1.5)
    return f"did not end within {timeout:g} seconds"


def _end(job: dict[str, Any]) -> str:
    """The end of a Job, or "" while it runs."""
    for condition in job.get("status", {}).get("conditions") or []:
        if condition.get("status") == "True":
            if condition.get("type") == "Complete":
                return "Complete"
            if condition.get("type") == "Failed":
                why = (condition.get(key, "") for key in ("reason", "message"))
                return f"failed: {' '.join(why)}"
    return ""


def _print_logs(cluster: Cluster, name: str) -> str:
    try:
        what = f"cannot read the logs of {name}"
        out = cluster.kubectl(what, "logs", f"job/{name}", "--tail=200", attempts=2)
    except Problem as problem:
        annotate("warning", str(problem))
        return ""
    quote(out)
    return out


def _env_from(source: str) -> dict[str, dict[str, str]]:
    kind, _, name = source.partition("/")
    return {"secretRef" if kind == "secret" else "configMapRef": {"name": name}}
