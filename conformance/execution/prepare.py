"""What the bench needs before it starts: an environment, npm packages, the compiler, and servers.

Runs under any Python from 3.11, before there is an environment to import from.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

EXECUTION = Path(__file__).resolve().parent
CONFORMANCE = EXECUTION.parent
CACHE = CONFORMANCE / ".cache" / "execution"


def prepared() -> tuple[Path, dict[str, str]]:
    """The interpreter to go on with, and the variables that it has to be given."""
    python = environment()
    sys.path.insert(0, str(CONFORMANCE / "validators"))
    import installation

    packages = installation.install_npm(CONFORMANCE / "validators", CONFORMANCE / ".cache")
    # Node finds packages above the file that imports them, so our own files go beside them.
    for script in [CONFORMANCE / "validators" / "json-hook.mjs", *EXECUTION.rglob("*.mjs")]:
        shutil.copy(script, packages)
    missing = [*(["postgresql"] * (not has_postgres())), *(["redis-server"] * (not has_redis()))]
    if missing:
        install_servers(missing)
    build = ["cargo", "build", "--quiet", "--locked", "--bin", "pipewright"]
    subprocess.run(build, cwd=CONFORMANCE.parent, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", CONFORMANCE.parent / "target"))
    return python, {
        "BENCH_CACHE": str(CACHE),
        "BENCH_PACKAGES": str(packages),
        "BENCH_PROGRAM": str(target / "debug" / "pipewright"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def environment() -> Path:
    """The interpreter with what the bench itself needs."""
    venv, lock = CACHE / "venv", EXECUTION / "requirements.txt"
    stamp = hashlib.sha256(sys.version.encode() + lock.read_bytes()).hexdigest()
    python = venv / "bin" / "python"
    if not (venv / "stamp").is_file() or (venv / "stamp").read_text() != stamp:
        shutil.rmtree(venv, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "--requirement", str(lock)], check=True)
        (venv / "stamp").write_text(stamp)
    return python


def has_postgres() -> bool:
    """Whether PostgreSQL's server is on this machine."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def has_redis() -> bool:
    """Whether Redis's server is on this machine."""
    return bool(shutil.which("redis-server"))


def install_servers(packages: list[str]) -> None:
    """Debian's packages, without the servers that they would start by themselves."""
    settings = Path("/etc/postgresql-common/createcluster.conf")
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("create_main_cluster = false\n")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "--quiet", "--quiet", *step], env=quiet, check=True)
