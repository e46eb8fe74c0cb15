"""Python as actions/setup-python brings it: an interpreter of the job's own, by version.

What a job installs for a key of `cache` is kept, and the next job of the key begins with it. The
action keeps downloaded packages; here it is the installed ones, so that pip has nothing to unpack.
The key holds the job's name and its installing commands, so no job has what it does not install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from pathlib import Path

SHEBANG = b"#!"


def interpreter(version: str) -> Path:
    """Finds an interpreter of a version, `X.Y` or `X.Y.Z`; `LookupError` where there is none."""
    wanted, version = version, ".".join(version.split(".")[:2])
    homes = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    homes.append(Path(os.environ.get("RUNNER_TOOL_CACHE", "/opt/hostedtoolcache")) / "Python")
    found = [path for home in homes for path in sorted(home.glob(f"{version}.*/bin/python3"))]
    found += [path for home in homes for path in sorted(home.glob(f"{version}.*/x64/bin/python3"))]
    named = shutil.which(f"python{version}")
    found += [Path(named)] if named else []
    for path in found:
        if wanted in (_version(path), _version(path, parts=3)):
            return path
    raise LookupError(f"Python {wanted} is not on this machine")


def exact(version: str) -> str:
    """The version with its patch."""
    return _version(interpreter(version), parts=3)


def _version(path: Path, parts: int = 2) -> str:
    """The version, asked of the program: a name may be a shim of another version."""
    code = f"import sys, venv, ensurepip; print(*sys.version_info[:{parts}], sep='.')"
    done = subprocess.run([path, "-c", code], capture_output=True, text=True)
    return done.stdout.strip()


def install(version: str, folder: Path, kept: Path, key: str) -> bool:
    """Makes the folder; whether it holds what an earlier job installed for the key."""
    base = kept / f"base-{version}"
    if not base.is_dir():
        made = kept / f"{uuid.uuid4()}.partial"
        subprocess.run([interpreter(version), "-m", "venv", made], check=True)
        _move(made, base)
    found = kept / key if key and (kept / key).is_dir() else None
    (folder / "bin").mkdir(parents=True)
    packages(folder, version).mkdir(parents=True)
    shutil.copy(base / "pyvenv.cfg", folder)
    for source in filter(None, (base, found)):
        _copy_programs(source / "bin", folder / "bin")
    # Shared with other jobs: pip writes to the folder's own packages, which come first.
    shared = [str(packages(source, version)) for source in (found, base) if source]
    (packages(folder, version) / "shared.pth").write_text("\n".join(shared) + "\n")
    return found is not None


def keep(version: str, folder: Path, kept: Path, key: str) -> None:
    """Keeps what is installed, for the jobs that come later."""
    partial = kept / f"{uuid.uuid4()}.partial"
    shutil.copytree(folder, partial, symlinks=True)
    (packages(partial, version) / "shared.pth").unlink()
    _move(partial, kept / key)


def packages(folder: Path, version: str) -> Path:
    """Where an environment has its packages."""
    return folder / "lib" / f"python{version}" / "site-packages"


def _move(partial: Path, target: Path) -> None:
    """Of two jobs that end at once, the first one wins."""
    try:
        partial.rename(target)
    except OSError:
        shutil.rmtree(partial)


def _copy_programs(source: Path, target: Path) -> None:
    """Programs name their interpreter in their first line; a copy has its own."""
    python = str(target / "python").encode()
    for path in source.iterdir():
        copy = target / path.name
        if path.is_symlink():
            if not copy.is_symlink():
                copy.symlink_to(path.readlink())
            continue
        first, newline, rest = path.read_bytes().partition(b"\n")
        if first.startswith(SHEBANG) and b"python" in first:
            first = SHEBANG + python
        copy.write_bytes(first + newline + rest)
        copy.chmod(path.stat().st_mode)
