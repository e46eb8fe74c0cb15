"""Swatinem/rust-cache@v2.9.2 and taiki-e/install-action@v2.86.5."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import programs
from . import caches, globs
from .use import Action, ActionError, Use

ENV = ("CARGO", "CC", "CFLAGS", "CXX", "CMAKE", "RUST")
SAVED = {"lib", "cdylib", "dylib", "rlib", "staticlib", "proc-macro"}
CACHE_INPUTS = {
    "prefix-key": "v0-rust",
    "shared-key": "",
    "key": "",
    "add-job-id-key": "true",
    "add-rust-environment-hash-key": "true",
    "env-vars": "",
    "workspaces": "",
    "cache-directories": "",
    "cache-targets": "true",
    "cache-on-failure": "",
    "cache-all-crates": "false",
    "cache-workspace-crates": "false",
    "save-if": "true",
    "cache-provider": "github",
    "cache-bin": "true",
    "lookup-only": "false",
    "cmd-format": "{0}",
}


def rust_cache(use: Use) -> None:
    """Restores the build folders of an earlier run, and keeps them at the end of a green job.

    src/config.ts: the key is the prefix, `shared-key` or else `key` and the job's id, the machine,
    a hash of the compiler and of variables, and one of manifests and lock files; without an exact
    hit the newest cache up to that last hash fits. src/restore.ts sets CARGO_INCREMENTAL.
    src/save.ts: an exact hit is never saved again, and what is kept has no crate of the workspace
    in it. The registry's part of the cache is this machine's own, which all jobs share.
    """
    on_failure = use.text("cache-on-failure").lower() == "true"
    use.exported |= {"CACHE_ON_FAILURE": str(on_failure).lower(), "CARGO_INCREMENTAL": "0"}
    roots = _workspaces(use)
    restored = prefix(use) + "-" + _environment(use)
    key = restored + "-" + _files(use, [root for root, _ in roots])
    targets = [str(target) for _, target in roots]
    found = caches.fetch(use, targets, key, [restored])
    exact = caches.same(found, key)
    use.outputs["cache-hit"] = str(exact).lower()
    use.log.append(f'cache key "{key}", restored "{found}"')
    if exact or (use.text("save-if").lower() or "true") != "true":
        return

    def finish(green: bool) -> None:
        if green or on_failure:
            for root, target in roots:
                clean(target, outside(use, root))
            caches.keep(use, targets, key)

    use.after.append(finish)


def prefix(use: Use) -> str:
    """The part of the key that the workflow chooses."""
    parts = [use.text("prefix-key") or "v0-rust"]
    if use.text("shared-key"):
        parts.append(use.text("shared-key"))
    else:
        parts += [use.text("key")] if use.text("key") else []
        parts += [use.job] if use.text("add-job-id-key").lower() == "true" else []
    return "-".join([*parts, "Linux", "x64"])


def _workspaces(use: Use) -> list[tuple[Path, Path]]:
    found = []
    for line in use.lines("workspaces") or ["."]:
        root, _, target = line.partition("->")
        folder = Path(os.path.normpath(use.place.workspace / root.strip()))
        found.append((folder, folder / (target.strip() or "target")))
    return found


def _environment(use: Use) -> str:
    """The hash over the compiler and the variables that change what it builds."""
    env = {**use.env, **use.exported}
    names = (*ENV, *use.text("env-vars").split())
    digest = hashlib.sha1(_output(use, ["rustc", "-vV"], use.place.workspace).encode())
    for name in sorted(env):
        if name.startswith(names) and env[name]:
            # Here each job has folders of its own, on GitHub all have the same.
            value = env[name].replace(str(use.place.folder), "")
            digest.update(f"{name}={value}".encode())
    return digest.hexdigest()[:8]


def _files(use: Use, roots: list[Path]) -> str:
    """The hash over manifests, lock files, and what configures cargo and the compiler."""
    configured = (".cargo/config.toml", "rust-toolchain", "rust-toolchain.toml")
    lines = [*configured, *(f"{root}/**/{name}" for root in roots for name in configured)]
    digest = hashlib.sha1()
    for root in roots:
        for member in _metadata(use, root, "--no-deps")["packages"]:
            digest.update(_manifest(Path(member["manifest_path"])).encode())
        lock = root / "Cargo.lock"
        if lock.is_file():
            packages = tomllib.loads(lock.read_text("utf-8")).get("package", [])
            foreign = [package for package in packages if {"source", "checksum"} & set(package)]
            digest.update(json.dumps(foreign).encode())
    for path in sorted(globs.files(lines, use.place.workspace)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _manifest(path: Path) -> str:
    """A manifest without its version, and without those of crates beside it."""
    read = tomllib.loads(path.read_text("utf-8"))
    if "version" in read.get("package", {}):
        read["package"]["version"] = "0.0.0"
    for kind in ("dependencies", "build-dependencies", "dev-dependencies"):
        for dependency in read.get(kind, {}).values():
            if isinstance(dependency, dict) and "path" in dependency:
                dependency |= {"version": "0.0.0", "path": ""}
    return json.dumps(read, default=str)


def outside(use: Use, root: Path) -> list[Mapping[str, Any]]:
    """The packages that are not below the workspace's root."""
    packages = _metadata(use, root)["packages"]
    return [one for one in packages if not one["manifest_path"].startswith(str(root))]


def clean(target: Path, packages: list[Mapping[str, Any]]) -> None:
    """Leaves in each profile what packages outside the workspace have built.

    src/cleanup.ts `cleanTargetDir`, `cleanProfileTarget`.
    """
    if not target.is_dir():
        return
    names = {package["name"] for package in packages}
    for package in packages:
        for made in package["targets"]:
            if SAVED & set(made["kind"]):
                name = made["name"].replace("-", "_")
                names |= {name, f"lib{name}"}
        name = package["name"].replace("-", "_")
        names |= {name, f"lib{name}"}
    for path in target.iterdir():
        if not path.is_dir():
            if path.name != "CACHEDIR.TAG":
                path.unlink()
        elif any((path / part).exists() for part in ("build", ".fingerprint", "deps")):
            _clean_profile(path, names)
        else:
            clean(path, packages)


def _clean_profile(profile: Path, names: set[str]) -> None:
    parts = ("build", ".fingerprint", "deps")
    for path in profile.iterdir():
        if path.name not in parts:
            _remove(path)
    for part in parts:
        for path in (profile / part).iterdir() if (profile / part).is_dir() else ():
            if path.name not in names and path.name.rpartition("-")[0] not in names:
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _metadata(use: Use, root: Path, *extra: str) -> dict[str, Any]:
    command = ["cargo", "metadata", "--all-features", "--format-version", "1", *extra]
    found: dict[str, Any] = json.loads(_output(use, command, root) or '{"packages": []}')
    return found


def _output(use: Use, command: list[str], folder: Path) -> str:
    env = {**use.env, "PATH": use.place.path, "CARGO_ENCODED_RUSTFLAGS": ""}
    if command[0] == "rustc":
        del env["CARGO_ENCODED_RUSTFLAGS"]
    return use.place.call(command, folder, env)[1]


def install_tool(use: Use) -> None:
    """Offers tools at exactly the versions that are asked for.

    action.yml: a list with commas or blanks. main.sh: `name@version`, or the newest one, which is
    not modelled.
    """
    folder = use.place.tools / "bin"
    folder.mkdir(exist_ok=True)
    for tool in use.text("tool").replace(",", " ").split():
        name, _, version = tool.partition("@")
        if not version:
            raise ActionError(f"{tool} without a version is not modelled")
        program = _tool(use, name, version)
        if not (folder / name).exists():
            (folder / name).symlink_to(program)
    use.place.prepend(folder)


def _tool(use: Use, name: str, version: str) -> Path:
    """cargo-llvm-cov is built by cargo; the others are this machine's."""
    if name == "cargo-llvm-cov":
        try:
            return programs.llvm_cov(version)
        except LookupError as error:
            raise ActionError(f"{name}: {error}") from error
    found = shutil.which(name, path=use.place.path)
    command = [found or "", *([name.removeprefix("cargo-")] * name.startswith("cargo-"))]
    told = _output(use, [*command, "--version"], use.place.temp) if found else ""
    if not found or version not in told.split():
        raise ActionError(f"{name} {version} is not on this machine, but {told or 'none'}")
    return Path(found)


RUST_CACHE = Action(
    rust_cache,
    CACHE_INPUTS,
    frozenset(
        (
            "prefix-key",
            "shared-key",
            "key",
            "add-job-id-key",
            "env-vars",
            "workspaces",
            "cache-on-failure",
            "save-if",
            # What they cover is this machine's own, and not kept by a job.
            "cache-all-crates",
            "cache-bin",
        )
    ),
)
INSTALL_TOOL = Action(
    install_tool,
    {"tool": "", "checksum": "true", "fallback": "cargo-binstall"},
    frozenset({"tool"}),
    frozenset({"tool"}),
)
