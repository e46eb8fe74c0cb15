"""actions/setup-node@v7.0.0 and pnpm/action-setup@v6.0.10."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from .. import programs
from . import caches, globs
from .use import Action, ActionError, Use

NPM = re.compile(r"\^?npm(@.*)?")
CACHED = {
    "npm": ["npm", "config", "get", "cache"],
    "pnpm": ["pnpm", "store", "path", "--silent"],
    "yarn": ["yarn", "config", "get", "cacheFolder"],
}
YARN_1 = ["yarn", "cache", "dir"]
LOCKS = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock"),
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
}
NODE_INPUTS = {
    "node-version": "",
    "node-version-file": "",
    "architecture": "",
    "check-latest": "false",
    "registry-url": "",
    "scope": "",
    "token": "",
    "cache": "",
    "package-manager-cache": "true",
    "cache-dependency-path": "",
    "mirror": "",
    "mirror-token": "",
}
PNPM_INPUTS = {
    "version": "",
    "dest": "~/setup-pnpm",
    "run_install": "null",
    "cache": "false",
    "cache_dependency_path": "pnpm-lock.yaml",
    "package_json_file": "package.json",
    "standalone": "false",
}


def setup_node(use: Use) -> None:
    """Puts Node.js on the path; the package manager's cache travels from run to run.

    src/main.ts: the version itself before its file; `cache` before the npm that `package.json`
    names, which is cached unless `package-manager-cache` is false.
    """
    wanted = _version(use)
    if wanted:
        if not re.fullmatch(r"v?\d+(\.\d+)*", wanted):
            raise ActionError(f"the Node.js version {wanted!r} is not modelled")
        try:
            version, folder = programs.node(wanted.removeprefix("v"))
        except LookupError as error:
            raise ActionError(f"Node.js: {error}") from error
        use.place.prepend(_own(use, folder, version))
        use.outputs["node-version"] = f"v{version}"
    manager = use.text("cache")
    if not manager and use.text("package-manager-cache").upper() == "TRUE":
        manager = "npm" if _names_npm(use.place.workspace / "package.json") else ""
    if manager:
        _cache(use, manager)


def _version(use: Use) -> str:
    given, file = use.text("node-version"), use.text("node-version-file")
    if given or not file:
        if file:
            use.warn(
                "Both node-version and node-version-file inputs are specified, "
                "only node-version will be used"
            )
        return given
    path = use.place.workspace / file
    if not path.is_file():
        raise ActionError(f"The specified node version file at: {path} does not exist")
    text = path.read_text("utf-8")
    try:
        manifest = json.loads(text)
    except ValueError:
        manifest = None
    if isinstance(manifest, dict):
        return str(manifest.get("volta", {}).get("node") or manifest.get("engines", {}).get("node"))
    found = re.search(r"^(?:node(?:js)?\s+)?v?(?P<version>\S+)$", text, re.MULTILINE)
    return found["version"] if found else text.strip()


def _own(use: Use, folder: Path, version: str) -> Path:
    """A folder of programs of the job's own: npm would write beside the ones that jobs share."""
    own = use.place.tools / f"node-{version}" / "bin"
    if own.is_dir():
        return own
    own.mkdir(parents=True)
    (own / "node").symlink_to(folder / "node")
    npm = Path(str(_which(use, "npm"))).resolve()
    for name in ("npm", "npx"):
        script = npm.with_name(f"{name}-cli.js")
        (own / name).write_text(f'#!/bin/sh\nexec "{own}/node" "{script}" "$@"\n', "utf-8")
        (own / name).chmod(0o755)
    return own


def _which(use: Use, name: str) -> str:
    done = subprocess.run(
        ["sh", "-c", f"command -v {name}"],
        env={"PATH": use.place.path},
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def _names_npm(path: Path) -> bool:
    """src/main.ts `getNameFromPackageManagerField`."""
    try:
        manifest: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    named = manifest.get("devEngines", {}).get("packageManager") or []
    entries = named if isinstance(named, list) else [named]
    names = [entry.get("name") for entry in entries] + [manifest.get("packageManager")]
    return any(isinstance(name, str) and NPM.fullmatch(name) for name in names)


def _cache(use: Use, manager: str) -> None:
    """src/cache-restore.ts: the lock file has to be there; without an exact hit nothing is
    restored. src/cache-utils.ts: yarn is asked in the folder of its lock file.
    """
    if manager not in CACHED:
        raise ActionError(f"Caching for '{manager}' is not supported")
    workspace, env = use.place.workspace, {**use.env, "PATH": use.place.path}
    there = bool(_which(use, manager))
    folder, command = workspace, CACHED[manager]
    if manager == "yarn" and there:
        folder = (workspace / use.text("cache-dependency-path")).parent
        code, version, told = use.place.call(["yarn", "--version"], folder, env)
        if code != 0:
            raise ActionError(told)
        command = YARN_1 if version.startswith("1.") else command
    code, told, _ = use.place.call(command, folder, env) if there else (127, "", "")
    if code != 0:
        raise ActionError(f"Unable to locate executable file: {manager}")
    lines = use.lines("cache-dependency-path")
    if not lines:
        lines = [name for name in LOCKS[manager] if (workspace / name).is_file()][:1]
        if not lines:
            raise ActionError(
                f"Dependencies lock file is not found in {workspace}. "
                f"Supported file patterns: {','.join(LOCKS[manager])}"
            )
    found = globs.digest(lines, workspace)
    if not found:
        raise ActionError("Some specified paths were not resolved, unable to cache dependencies.")
    key = f"node-cache-Linux-x64-{manager}-{found}"
    paths = [told.strip()]
    matched = caches.fetch(use, paths, key)
    use.outputs |= {"cache-primary-key": key, "cache-hit": str(bool(matched)).lower()}
    if matched:
        use.outputs["cache-matched-key"] = matched
    if matched != key:
        use.when_green(lambda: _save(use, paths, key))


def _save(use: Use, paths: list[str], key: str) -> None:
    """src/cache-save.ts: a folder that is not there fails the job."""
    refused = caches.keep(use, paths, key)
    if refused.startswith("Path Validation Error"):
        raise ActionError(refused)
    use.log.append(refused)


def setup_pnpm(use: Use) -> None:
    """Puts pnpm on the path, at the version that is given, or else in `packageManager`.

    src/install-pnpm/run.ts `readTarget`: two different versions fail, and so does none.
    """
    path = use.place.workspace / use.text("package_json_file")
    named = ""
    if path.is_file():
        named = str(json.loads(path.read_text("utf-8")).get("packageManager", ""))
    given = use.text("version")
    if given and named and named.removeprefix("pnpm@") != given:
        raise ActionError("Multiple versions of pnpm specified")
    if not given and not named:
        raise ActionError("No pnpm version is specified.")
    if not given and not named.startswith("pnpm@"):
        raise ActionError("Invalid packageManager field in package.json")
    version = given or named.removeprefix("pnpm@").partition("+")[0]
    try:
        folder = programs.pnpm(version)
    except LookupError as error:
        raise ActionError(f"pnpm: {error}") from error
    own = use.place.tools / "pnpm"
    own.mkdir()
    for name in ("pnpm", "pnpx"):
        (own / name).symlink_to(folder / f"{name}.cjs")
    use.place.prepend(own)
    use.exported["PNPM_HOME"] = str(own)
    use.outputs |= {"dest": str(own), "bin_dest": str(own)}


SETUP_NODE = Action(
    setup_node,
    NODE_INPUTS,
    frozenset(
        (
            "node-version",
            "node-version-file",
            "cache",
            "package-manager-cache",
            "cache-dependency-path",
        )
    ),
)
SETUP_PNPM = Action(setup_pnpm, PNPM_INPUTS, frozenset({"version", "package_json_file"}))
