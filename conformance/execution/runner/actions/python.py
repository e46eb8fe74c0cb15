"""actions/setup-python@v7.0.0."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from .. import pythons
from . import caches, globs
from .use import Action, ActionError, Use

INPUTS = {
    "python-version": "",
    "python-version-file": "",
    "cache": "",
    "architecture": "",
    "check-latest": "false",
    "token": "",
    "cache-dependency-path": "",
    "update-environment": "true",
    "allow-prereleases": "false",
    "freethreaded": "false",
    "pip-version": "",
}
LOCKS = {"pip": "**/requirements.txt", "poetry": "**/poetry.lock"}
INSTALLS = re.compile(r"\binstall\b|\bsync\b")


def setup_python(use: Use) -> None:
    """Puts interpreters on the path, the last one first; `cache` brings what was installed for its
    key.

    src/setup-python.ts `resolveVersionInput`: the version itself before its file, and
    `.python-version` where neither is given. src/find-python.ts: `X.Y` is the newest patch, and
    outputs and variables name the exact one.
    """
    wanted = _versions(use)
    if not wanted:
        use.warn("The `python-version` input is not set, so the version in `PATH` is used.")
        return
    for number, version in enumerate(wanted):
        _install(use, version, last=number + 1 == len(wanted))


def _versions(use: Use) -> list[str]:
    given, file = use.lines("python-version"), use.text("python-version-file")
    if given:
        if file:
            use.warn(
                "Both python-version and python-version-file inputs are specified, "
                "only python-version will be used."
            )
        return given
    path = use.place.workspace / (file or ".python-version")
    if not path.is_file():
        if file:
            raise ActionError(f"The specified python version file at: {file} doesn't exist.")
        return []
    if path.name.endswith(".toml") or path.name in ("Pipfile", ".tool-versions"):
        raise ActionError(f"a version in {path.name} is not modelled")
    lines = path.read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def _install(use: Use, version: str, last: bool) -> None:
    if not re.fullmatch(r"3\.\d+(\.\d+)?", version):
        raise ActionError(f"the Python version {version!r} is not modelled")
    folder = use.place.tools / f"python-{version}"
    if folder.is_dir():
        shutil.rmtree(folder)
    minor = ".".join(version.split(".")[:2])
    key = _installed_key(use, minor) if last else ""
    try:
        exact = pythons.exact(version)
        restored = pythons.install(minor, folder, use.place.installed, key)
    except LookupError as error:
        raise ActionError(f"The version '{version}' was not found: {error}") from error
    use.place.prepend(folder / "bin")
    use.outputs |= {"python-version": exact, "python-path": str(folder / "bin" / "python")}
    for name in ("pythonLocation", "Python_ROOT_DIR", "Python2_ROOT_DIR", "Python3_ROOT_DIR"):
        use.exported[name] = str(folder)
    use.exported["PKG_CONFIG_PATH"] = f"{folder}/lib/pkgconfig"
    if not last or not use.text("cache"):
        return
    if use.text("cache") == "poetry":
        _poetry(use, exact)
        return
    use.outputs["cache-hit"] = str(restored).lower()
    if not restored:
        use.when_green(lambda: pythons.keep(minor, folder, use.place.installed, key))


def _installed_key(use: Use, minor: str) -> str:
    """The key of what a job of this name has installed, with the same files and commands.

    The action keeps downloaded packages, so that no job has what it did not install by itself. Here
    installed ones are kept for speed: the job, and every line of the workflows that installs, are
    part of the key, so that a job never finds what only another one installs.
    """
    if use.text("cache") != "pip":
        return ""
    found = _hash(use, "pip")
    texts = sorted((use.place.workspace / ".github/workflows").glob("*.yml"))
    lines = [line for text in texts for line in text.read_text("utf-8").splitlines()]
    installing = "\n".join(line.strip() for line in lines if INSTALLS.search(line))
    plugins = sorted((use.place.workspace / ".github").rglob("*.txt"))
    pinned = b"".join(path.read_bytes() for path in plugins)
    digest = hashlib.sha256(f"{use.job}\n{found}\n{installing}\n".encode() + pinned)
    return f"{minor}-{digest.hexdigest()[:16]}"


def _hash(use: Use, manager: str) -> str:
    """src/cache-distributions: the hash of every file that matches; none fails the step."""
    lines = use.lines("cache-dependency-path") or [LOCKS[manager]]
    found = globs.digest(lines, use.place.workspace)
    if not found and manager == "pip":
        found = globs.digest(["**/pyproject.toml"], use.place.workspace)
    if not found:
        beside = " or **/pyproject.toml" if manager == "pip" else ""
        raise ActionError(
            f"No file in {use.place.workspace} matched to [{','.join(lines)}{beside}], "
            "make sure you have checked out the target repository"
        )
    return found


def _poetry(use: Use, exact: str) -> None:
    """src/cache-distributions/poetry-cache.ts: Poetry has to be there; environments are kept."""
    found = _hash(use, "poetry")
    lines = use.lines("cache-dependency-path") or [LOCKS["poetry"]]
    projects = [path.parent for path in globs.files(lines, use.place.workspace)]
    paths = [str(_environments(use, project)) for project in projects]
    key = f"setup-python-Linux-x64-python-{exact}-poetry-v2-{found}"
    matched = caches.fetch(use, paths, key)
    use.outputs["cache-hit"] = str(matched == key).lower()
    for project in projects:
        _run(use, project, "env", "use", use.outputs["python-path"])
    if matched != key:
        use.when_green(lambda: use.log.append(caches.keep(use, paths, key)))


def _environments(use: Use, project: Path) -> Path:
    found = _run(use, project, "config", "virtualenvs.path")
    return Path(found or use.place.home / ".cache/pypoetry/virtualenvs")


def _run(use: Use, folder: Path, *command: str) -> str:
    env = {**use.env, "PATH": use.place.path}
    code, told, error = use.place.call(["poetry", *command], folder, env)
    if code != 0:
        raise ActionError(f"poetry {command[0]}: {error.strip()}")
    return told.strip()


SETUP_PYTHON = Action(
    setup_python,
    INPUTS,
    frozenset(
        {
            "python-version",
            "python-version-file",
            "cache",
            "cache-dependency-path",
            "allow-prereleases",
        }
    ),
)
