"""Backup and migration: the Jobs that are made, and how their ends are told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy_bench import (
    CHANGING,
    COMMIT,
    NEW,
    OLD,
    RUN,
    SCRIPTS,
    Bench,
    secret,
)

VERSION = f"{COMMIT[:12]}-{RUN}-1"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path) as made:
        made.verified()
        yield made


BACKUP = {"image": "postgres:16", "run": "pg_dump -Fc 'atom'", "env-from": ["secret/atom-db"]}
MIGRATE = {"workload": "api", "run": "alembic upgrade head", "verify": "alembic current"}


def test_backup_job_keeps_what_the_command_prints(bench: Bench) -> None:
    bench.file["backup"] = {**BACKUP, "to": "pvc/backups"}
    bench.steps("preflight", "begin")
    ran = bench.steps("backup")
    assert "  | done" in ran.out
    (job,) = bench.state()["started"]
    pod = job["spec"]["template"]["spec"]
    assert job["spec"]["backoffLimit"] == 0
    assert pod["containers"][0]["envFrom"] == [{"secretRef": {"name": "atom-db"}}]
    assert pod["volumes"][0]["persistentVolumeClaim"] == {"claimName": "backups"}
    shell, flag, script, _, run, file = pod["containers"][0]["command"]
    assert (shell, flag, run) == ("sh", "-c", "pg_dump -Fc 'atom'")
    assert file == f"/pipewright-backup/production-{VERSION}"
    assert "pg_dump" not in script


@pytest.mark.parametrize(
    ("run", "code", "text"),
    [
        ("printf data", 0, "data"),
        ("true", 1, None),
        ("printf data; false", 1, None),
        ("(printf data; false) | cat", 1, None),
    ],
)
def test_the_backup_script_in_a_real_shell(
    tmp_path: Path, run: str, code: int, text: str | None
) -> None:
    # Debian's own sh has no pipefail yet; bash has, as the shells of current images do.
    bash = shutil.which("bash")
    assert bash is not None
    (tmp_path / "sh").symlink_to(bash)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    show = "import deploy; print(deploy.SAVE, end='')"
    script = subprocess.check_output([sys.executable, "-c", show], cwd=SCRIPTS, text=True)
    file = tmp_path / "backup"
    done = subprocess.run(["sh", "-c", script, "sh", run, str(file)], env=path, check=False)
    assert done.returncode == code
    assert (file.read_text() if file.exists() else None) == text


def test_a_failed_backup_stops_the_deploy(bench: Bench) -> None:
    bench.file["backup"] = BACKUP
    bench.set(jobs={"backup": "Failed"}, logs="no space left\n::error::from the pod")
    bench.steps("preflight", "begin")
    ran = bench.deploy("backup")
    assert ran.code == 1
    assert "no space left" in ran.out
    assert len(ran.errors()) == 1
    assert "failed: BackoffLimitExceeded" in ran.errors()[0]


def test_a_secret_in_the_logs_of_a_pod_is_not_printed(bench: Bench) -> None:
    bench.file["backup"] = BACKUP
    bench.set(logs="password=smoke-secret-password\ntoken: kube-secret-token-1")
    bench.file["notify"] = {"slack": {"webhook": secret("SMOKE_PASSWORD"), "on": ["failure"]}}
    bench.steps("preflight", "begin")
    assert "  | password=***" in bench.steps("backup").out


def test_a_command_in_the_logs_of_a_pod_is_none_for_the_runner(bench: Bench) -> None:
    bench.file["backup"] = BACKUP
    said = ["::error::x", "  ::set-output name=changed::no", "done ##[set-output name=changed]no"]
    bench.set(logs="\n".join(said))
    bench.steps("preflight", "begin")
    ran = bench.steps("backup")
    assert ran.out.count("set-output") == 2
    # As the runner reads them: at the start of a line behind blanks, or anywhere in it.
    assert not [line for line in ran.out.splitlines() if line.lstrip().startswith("::")]
    assert "##[" not in ran.out


def test_a_refused_connection_is_tried_again(bench: Bench) -> None:
    said = "The connection to the server 127.0.0.1:9 was refused - did you specify the right host?"
    bench.set(fail=[{"match": "raw|can-i", "times": 2, "stderr": said}])
    bench.steps("preflight")


def test_migration_runs_in_the_new_image_as_the_workload_would(bench: Bench) -> None:
    bench.file["migrate"] = {**MIGRATE, "on-rollback": "keep"}
    bench.steps("preflight", "begin", "migrate")
    assert bench.mark(CHANGING)["migrated"] is True
    assert bench.image() == OLD
    (job,) = bench.state()["started"]
    template = job["spec"]["template"]
    container = template["spec"]["containers"][0]
    assert container["image"] == NEW
    assert container["command"] == ["sh", "-ec", "alembic upgrade head"]
    assert container["env"] == [{"name": "ENVIRONMENT", "value": "production"}]
    assert container["envFrom"] == [{"secretRef": {"name": "atom-db"}}]
    assert template["spec"]["serviceAccountName"] == "atom"
    assert template["spec"]["imagePullSecrets"] == [{"name": "pull"}]
    assert [volume["name"] for volume in template["spec"]["volumes"]] == ["ca"]
    assert [mount["name"] for mount in container["volumeMounts"]] == ["ca"]
    # Its Service must not find the migration's pod.
    assert "app" not in template["metadata"]["labels"]
    bench.steps("migrate-verify")
    assert [job["metadata"]["name"] for job in bench.state()["started"]] == [
        f"pipewright-migrate-production-{RUN}-1",
        f"pipewright-migrate-verify-production-{RUN}-1",
    ]


def test_a_failed_migration_is_a_failed_step_and_may_be_tried_again(bench: Bench) -> None:
    bench.file["migrate"] = {**MIGRATE, "on-rollback": "keep"}
    bench.set(jobs={"migrate": "Failed"})
    bench.steps("preflight", "begin")
    assert bench.deploy("migrate").code == 1
    bench.set(jobs={})
    bench.steps("migrate")
