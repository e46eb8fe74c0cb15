"""Stand-ins for the actions that the emitted workflows use.

Each does on this machine what the action does on GitHub, as far as that can be done; what cannot,
a docker build, is recorded. An action without a stand-in fails its job.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import pythons
from .origin import WHO
from .place import Place
from .storage import StorageError


class ActionError(Exception):
    """The action fails with this message."""


@dataclass
class Use:
    """One use of an action: its inputs, and what it may touch."""

    inputs: Mapping[str, str]
    env: Mapping[str, str]
    place: Place
    outputs: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        """An input."""
        return self.inputs.get(name, default).strip()

    def flag(self, name: str, default: bool) -> bool:
        """An input that is `true` or `false`."""
        return self.text(name, str(default).lower()) == "true"

    def lines(self, name: str) -> list[str]:
        """An input of several lines."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def path(self, name: str) -> Path:
        """An input that is a path."""
        return self.place.workspace / self.text(name, ".")


Action = Callable[[Use], None]


def find(reference: str) -> Action:
    """The stand-in of an action, whatever commit it is pinned to."""
    name = reference.partition("@")[0]
    if name not in STAND_INS:
        raise ActionError(f"there is no stand-in for {name}")
    return STAND_INS[name]


# ── the repository ────────────────────────────────────────────────────────────


def checkout(use: Use) -> None:
    """Fetches one commit, as deep as it is asked for, and keeps no credentials."""
    if use.flag("persist-credentials", True):
        raise ActionError("credentials that stay in the workspace are not modelled")
    workspace, depth = use.place.workspace, use.text("fetch-depth", "1")
    deep = [] if depth == "0" else ["--depth", depth]
    revision = use.place.sha
    for command in (
        ["init", "--quiet"],
        ["remote", "add", "origin", f"file://{use.place.origin.bare}"],
        ["fetch", "--quiet", "--no-tags", *deep, "origin", revision],
        ["checkout", "--quiet", "--force", "--detach", revision],
        ["config", "--unset", "remote.origin.url"],
    ):
        done = subprocess.run(
            ["git", "-C", workspace, *command],
            env={"PATH": use.place.path, "HOME": str(use.place.home)} | WHO,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise ActionError(f"git {command[0]}: {done.stderr.strip()}")


# ── languages and tools ───────────────────────────────────────────────────────


def setup_python(use: Use) -> None:
    """Puts an interpreter of its own on the path; `cache` brings what was installed for the key."""
    version = use.text("python-version")
    key = ""
    if use.text("cache"):
        files = [use.place.workspace / line for line in use.lines("cache-dependency-path")]
        missing = [str(file) for file in files if not file.is_file()]
        if missing:
            raise ActionError(f"no file matches {', '.join(missing)}")
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
        key = f"{version}-{digest[:16]}"
    folder = use.place.tools / "python"
    try:
        restored = pythons.install(version, folder, use.place.installed, key)
    except LookupError as error:
        raise ActionError(str(error)) from error
    use.place.prepend(folder / "bin")
    use.outputs["python-version"] = version
    use.outputs["cache-hit"] = str(restored).lower()
    if key and not restored:
        use.after.append(lambda: pythons.keep(version, folder, use.place.installed, key))


def rust_cache(use: Use) -> None:
    """Restores the build folder of an earlier run; only the default branch keeps it."""
    target = use.path("workspaces") / "target"
    key = f"rust-{use.text('shared-key')}"
    found = use.place.caches.restore(use.place.ref, key, [], target)
    use.outputs["cache-hit"] = str(bool(found)).lower()
    if not found and target.parent.is_dir():
        use.after.append(lambda: _keep_build(use, key, target))


def _keep_build(use: Use, key: str, target: Path) -> None:
    if use.place.may_cache and target.is_dir():
        use.place.caches.save(use.place.ref, key, target)


def install_tool(use: Use) -> None:
    """Offers tools at exactly the version that is asked for."""
    for tool in use.text("tool").split(","):
        name, _, version = tool.partition("@")
        found = shutil.which(name, path=use.place.path)
        told = (
            _output([found, *(["nextest"] * (name == "cargo-nextest")), "--version"])
            if found
            else ""
        )
        if version not in told.split():
            raise ActionError(f"{name} {version} is not on this machine, but {told or 'none'}")


def _output(command: list[str | None]) -> str:
    given = [part for part in command if part]
    return subprocess.run(given, capture_output=True, text=True).stdout


# ── caches and artifacts ──────────────────────────────────────────────────────


def restore_cache(use: Use) -> None:
    """actions/cache/restore."""
    path, key = use.path("path"), use.text("key")
    found = use.place.caches.restore(use.place.ref, key, use.lines("restore-keys"), path)
    use.outputs["cache-hit"] = str(found == key).lower()
    use.outputs["cache-matched-key"] = found
    use.log.append(f"restored {found}" if found else f"no cache for {key}")


def save_cache(use: Use) -> None:
    """actions/cache/save: what cannot be kept is a warning in the log, never a failure."""
    path, key = use.path("path"), use.text("key")
    if not use.place.may_cache:
        use.log.append("the token may not write the cache")
    elif not path.exists():
        use.log.append(f"{path} does not exist, so nothing is kept")
    elif not use.place.caches.save(use.place.ref, key, path):
        use.log.append(f"the key {key} is taken")


def upload_artifact(use: Use) -> None:
    """actions/upload-artifact: one folder, whose files keep their places below it."""
    name, root = use.text("name", "artifact"), use.path("path")
    hidden = use.flag("include-hidden-files", False)
    files = [
        (path, path.relative_to(root).as_posix())
        for path in sorted(root.rglob("*"))
        if path.is_file() and (hidden or not _is_hidden(path.relative_to(root)))
    ]
    if not files:
        message = f"no files were found with the path {root}; no artifact is uploaded"
        if use.text("if-no-files-found", "warn") == "error":
            raise ActionError(message)
        use.log.append(message)
        return
    place = use.place
    try:
        kept = place.artifacts.add(
            files,
            run=place.run,
            attempt=place.attempt,
            name=name,
            branch=place.branch,
            repository=place.head_repository,
            overwrite=use.flag("overwrite", False),
        )
    except StorageError as error:
        raise ActionError(str(error)) from error
    use.outputs["artifact-id"] = str(kept.number)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def download_artifact(use: Use) -> None:
    """actions/download-artifact: by name into the folder, by pattern into a folder each."""
    target, name = use.path("path"), use.text("name")
    kept = use.place.artifacts.of(use.place.run)
    if name:
        found = [artifact for artifact in kept if artifact.name == name]
        if not found:
            raise ActionError(f"artifact not found for name: {name}")
        shutil.copytree(found[0].folder, target, dirs_exist_ok=True)
        return
    pattern = use.text("pattern", "*")
    for artifact in kept:
        if fnmatch.fnmatchcase(artifact.name, pattern):
            folder = target if use.flag("merge-multiple", False) else target / artifact.name
            shutil.copytree(artifact.folder, folder, dirs_exist_ok=True)
            use.log.append(f"downloaded {artifact.name}")


# ── images ────────────────────────────────────────────────────────────────────


def log_in(use: Use) -> None:
    """docker/login-action: recorded."""
    if not use.text("username") or not use.text("password"):
        raise ActionError("username and password are required")
    use.place.record("login", registry=use.text("registry"))


def set_up_builder(use: Use) -> None:
    """docker/setup-buildx-action: recorded."""
    use.place.record("builder", **{key: str(value) for key, value in use.inputs.items()})


def build_image(use: Use) -> None:
    """docker/build-push-action: recorded, with a digest that follows from what would be built."""
    context = use.path("context")
    dockerfile = context / "Dockerfile" if not use.text("file") else use.path("file")
    if not dockerfile.is_file():
        raise ActionError(f"no Dockerfile at {dockerfile}")
    for line in use.lines("cache-from") + use.lines("cache-to"):
        if not re.fullmatch(r"type=\w+(,[\w-]+=[^,\s]+)*", line):
            raise ActionError(f"buildx would not read the cache {line!r}")
    digest = hashlib.sha256()
    for path in sorted(context.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(context).as_posix().encode() + b"\0" + path.read_bytes())
    use.outputs["digest"] = f"sha256:{digest.hexdigest()}"
    use.place.record("build", **dict(use.inputs), digest=use.outputs["digest"])


STAND_INS: dict[str, Action] = {
    "actions/cache/restore": restore_cache,
    "actions/cache/save": save_cache,
    "actions/checkout": checkout,
    "actions/download-artifact": download_artifact,
    "actions/setup-python": setup_python,
    "actions/upload-artifact": upload_artifact,
    "docker/build-push-action": build_image,
    "docker/login-action": log_in,
    "docker/setup-buildx-action": set_up_builder,
    "Swatinem/rust-cache": rust_cache,
    "taiki-e/install-action": install_tool,
}
