#!/usr/bin/env python3
"""Packages a built program: an archive with its checksum, a wheel, and an npm package.

    distribution/package.py BINARY TARGET FOLDER

TARGET is a target of Rust, such as x86_64-unknown-linux-gnu. FOLDER gets

    pipewright-TARGET.tar.gz, and .sha256 beside it
    pipewright-VERSION-py3-none-PLATFORM.whl
    pipewright-cli-NAME-VERSION.tgz

`package.py --main FOLDER` writes the npm package `pipewright`, which starts the program of its
platform's package. `package.py --image BINARY FOLDER` writes the files of the container image.
BINARY runs on this machine: it prints its completions and manual pages.
The same input gives the same bytes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import stat
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ABOUT = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
LICENSES = ["LICENSE-APACHE", "LICENSE-MIT"]
DATE = (1980, 1, 1, 0, 0, 0)


class Platform(NamedTuple):
    """Names of a platform in wheels and in npm packages."""

    wheel: str
    os: str
    cpu: str

    @property
    def program(self) -> str:
        return "pipewright.exe" if self.os == "win32" else "pipewright"

    @property
    def package(self) -> str:
        return f"@pipewright/cli-{self.os}-{self.cpu}"


# The Linux programs are static, so they run with glibc and with musl.
PLATFORMS = {
    "x86_64-unknown-linux-gnu": Platform(
        "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64", "linux", "x64"
    ),
    "aarch64-unknown-linux-gnu": Platform(
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", "linux", "arm64"
    ),
    "x86_64-apple-darwin": Platform("macosx_11_0_x86_64", "darwin", "x64"),
    "aarch64-apple-darwin": Platform("macosx_11_0_arm64", "darwin", "arm64"),
    "x86_64-pc-windows-msvc": Platform("win_amd64", "win32", "x64"),
}

# Names of the completions of a shell, and their places below `share`.
#
# Sources: <https://github.com/scop/bash-completion#faq>, <https://fishshell.com/docs/current/completions.html>.
COMPLETIONS = {
    "bash": ("pipewright.bash", "bash-completion/completions/pipewright"),
    "fish": ("pipewright.fish", "fish/vendor_completions.d/pipewright.fish"),
    "zsh": ("_pipewright", "zsh/site-functions/_pipewright"),
    "powershell": ("pipewright.ps1", None),
}

# Starts the program of the platform's package, with its arguments, streams and exit status.
LAUNCHER = """\
#!/usr/bin/env node
"use strict";
const { spawnSync } = require("node:child_process");

const name = process.platform === "win32" ? "pipewright.exe" : "pipewright";
const own = `@pipewright/cli-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${own}/bin/${name}`);
} catch {
  console.error(`error: pipewright has no program for ${process.platform} ${process.arch}`);
  console.error(`  = help: install \\`${own}\\`, without \\`--omit=optional\\``);
  process.exit(1);
}
const ended = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (ended.error) throw ended.error;
if (ended.signal) process.kill(process.pid, ended.signal);
process.exit(ended.status ?? 1);
"""

Files = dict[str, tuple[bytes, bool]]
"""Content by path, and whether it is executable."""


def main() -> int:
    match sys.argv[1:]:
        case ["--main", folder]:
            write(
                Path(folder),
                f"pipewright-{ABOUT['version']}.tgz",
                tarball(main_package(), "package"),
            )
        case ["--image", binary, folder]:
            write_image(Program(Path(binary)), Path(folder))
        case [binary, target, folder] if target in PLATFORMS:
            built = Path(binary)
            # Cargo adds the ending of Windows.
            built = built if built.is_file() else built.with_suffix(".exe")
            package(Program(built), target, Path(folder))
        case _:
            print(f"usage: {Path(__file__).name} BINARY TARGET FOLDER", file=sys.stderr)
            print(f"  = help: TARGET is one of {', '.join(PLATFORMS)}", file=sys.stderr)
            return 2
    return 0


class Program:
    """A built program, with what it prints about itself."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.binary = self.path.read_bytes()
        self.completions = {shell: self._printed("completions", shell) for shell in COMPLETIONS}
        self.pages: dict[str, bytes] = {}
        self._read_pages([])

    def _printed(self, *arguments: str) -> bytes:
        return subprocess.run([self.path, *arguments], check=True, stdout=subprocess.PIPE).stdout

    def _read_pages(self, command: list[str]) -> None:
        """Reads the page of a command, and those of the commands that it lists."""
        text = self._printed("man", *command)
        name = "-".join(["pipewright", *command])
        self.pages[f"{name}.1"] = text
        listed = re.findall(r"^([a-z\\-]+)\(1\)$", text.decode(), re.MULTILINE)
        for other in listed:
            self._read_pages([*command, other.replace("\\", "").removeprefix(f"{name}-")])

    def beside(self) -> Files:
        """The files of an archive."""
        files: Files = {f"man/man1/{name}": (text, False) for name, text in self.pages.items()}
        for shell, (name, _) in COMPLETIONS.items():
            files[f"completions/{name}"] = (self.completions[shell], False)
        return files

    def shared(self) -> Files:
        """The files at the places where shells and `man` look for them."""
        files: Files = {
            f"share/man/man1/{name}": (text, False) for name, text in self.pages.items()
        }
        for shell, (_, place) in COMPLETIONS.items():
            if place:
                files[f"share/{place}"] = (self.completions[shell], False)
        return files


def package(program: Program, target: str, folder: Path) -> None:
    """Writes all packages of a platform."""
    platform = PLATFORMS[target]
    version = ABOUT["version"]
    binary = program.binary
    files = texts([*LICENSES, "README.md"]) | program.beside()
    archive = tarball(files | {platform.program: (binary, True)}, f"pipewright-{target}")
    name = f"pipewright-{target}.tar.gz"
    write(folder, name, archive)
    write(folder, f"{name}.sha256", f"{hashlib.sha256(archive).hexdigest()}  {name}\n".encode())
    write(folder, f"pipewright-{version}-py3-none-{platform.wheel}.whl", wheel(program, platform))
    own = platform.package.removeprefix("@").replace("/", "-")
    write(folder, f"{own}-{version}.tgz", tarball(platform_package(binary, platform), "package"))


def write_image(program: Program, folder: Path) -> None:
    """Writes the files of the container image at their places."""
    files: Files = {"usr/bin/pipewright": (program.binary, True)}
    for name, file in texts(LICENSES).items():
        files[f"usr/share/licenses/pipewright/{name}"] = file
    for place, (content, executable) in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o755 if executable else 0o644)


def texts(names: list[str]) -> Files:
    """Files of the repository."""
    return {name: ((ROOT / name).read_bytes(), False) for name in names}


def write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    print(folder / name)


def tarball(files: Files, top: str) -> bytes:
    """Packs files below a folder, without owners and dates."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, (content, executable) in sorted(files.items()):
            entry = tarfile.TarInfo(f"{top}/{path}")
            entry.size = len(content)
            entry.mode = 0o755 if executable else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def wheel(program: Program, platform: Platform) -> bytes:
    """A wheel whose script is the program, and whose data are completions and manual pages.

    Source: https://packaging.python.org/specifications/binary-distribution-format/
    """
    version = ABOUT["version"]
    info = f"pipewright-{version}.dist-info"
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in platform.wheel.split("."))
    data = f"pipewright-{version}.data"
    files: Files = {f"{data}/scripts/{platform.program}": (program.binary, True)}
    if platform.os != "win32":
        files |= {f"{data}/data/{place}": file for place, file in program.shared().items()}
    for name, file in texts(LICENSES).items():
        files[f"{info}/licenses/{name}"] = file
    files[f"{info}/METADATA"] = (metadata().encode(), False)
    made = f"Wheel-Version: 1.0\nGenerator: pipewright\nRoot-Is-Purelib: false\n{tags}"
    files[f"{info}/WHEEL"] = (made.encode(), False)
    record = "".join(
        f"{path},sha256={digest(content)},{len(content)}\n" for path, (content, _) in files.items()
    )
    files[f"{info}/RECORD"] = (f"{record}{info}/RECORD,,\n".encode(), False)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, (content, executable) in files.items():
            entry = zipfile.ZipInfo(path, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def metadata() -> str:
    fields = [
        ("Metadata-Version", "2.4"),
        ("Name", "pipewright"),
        ("Version", ABOUT["version"]),
        ("Summary", ABOUT["description"]),
        ("License-Expression", ABOUT["license"]),
        *(("License-File", name) for name in LICENSES),
        ("Keywords", ",".join(ABOUT["keywords"])),
        ("Project-URL", f"Source, {ABOUT['repository']}"),
        ("Requires-Python", ">=3.7"),
        ("Description-Content-Type", "text/markdown"),
    ]
    head = "".join(f"{name}: {value}\n" for name, value in fields)
    return f"{head}\n{(ROOT / 'README.md').read_text()}"


def npm(name: str, more: Mapping[str, object]) -> Files:
    """The files of an npm package, with its manifest."""
    about = {
        "name": name,
        "version": ABOUT["version"],
        "description": ABOUT["description"],
        "license": ABOUT["license"],
        "repository": {"type": "git", "url": f"git+{ABOUT['repository']}.git"},
    }
    files = texts(LICENSES)
    files["package.json"] = (f"{json.dumps({**about, **more}, indent=2)}\n".encode(), False)
    return files


def platform_package(binary: bytes, platform: Platform) -> Files:
    files = npm(
        platform.package, {"os": [platform.os], "cpu": [platform.cpu], "preferUnplugged": True}
    )
    files[f"bin/{platform.program}"] = (binary, True)
    return files


def main_package() -> Files:
    platforms = {platform.package: ABOUT["version"] for platform in PLATFORMS.values()}
    more = {
        "bin": {"pipewright": "bin/pipewright.js"},
        "engines": {"node": ">=18"},
        "optionalDependencies": platforms,
    }
    files = npm("pipewright", more)
    files["bin/pipewright.js"] = (LAUNCHER.encode(), True)
    return files | texts(["README.md"])


if __name__ == "__main__":
    sys.exit(main())
