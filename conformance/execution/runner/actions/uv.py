"""astral-sh/setup-uv@v10.0.1."""

from __future__ import annotations

from .. import programs, pythons
from . import caches, globs
from .use import Action, ActionError, Use

# SHA-256 of the archives that uv is published as, for 64-bit x86 and Arm; the program comes from
# elsewhere, and jobs on either machine run on this one.
ARCHIVES = {
    "0.12.5": (
        "68a509da24b06b4223a1c0175fb5eb5bc79342b76cbeff0cfe51ac3f5b17b6b2",
        "9bf43b4d1a07665bf64d4c4e710930b382321a785e0eb10aac07f46471f86a31",
    )
}
GLOB = """\
**/*requirements*.txt
**/*requirements*.in
**/*constraints*.txt
**/*constraints*.in
**/pyproject.toml
**/uv.lock
**/*.py.lock
"""
INPUTS = {
    "version": "",
    "version-file": "",
    "python-version": "",
    "activate-environment": "false",
    "venv-path": "",
    "no-project": "false",
    "working-directory": "",
    "checksum": "",
    "github-token": "",
    "enable-cache": "auto",
    "cache-dependency-glob": GLOB.strip(),
    "restore-cache": "true",
    "save-cache": "true",
    "cache-suffix": "",
    "cache-local-path": "",
    "prune-cache": "false",
    "cache-python": "false",
    "ignore-nothing-to-cache": "false",
    "ignore-empty-workdir": "false",
    "tool-dir": "",
    "tool-bin-dir": "",
    "manifest-file": "",
    "download-from-astral-mirror": "true",
    "add-problem-matchers": "true",
    "quiet": "false",
    "resolution-strategy": "highest",
}


def setup_uv(use: Use) -> None:
    """Puts uv on the path and chooses its interpreter; its cache travels from run to run.

    src/setup-uv.ts: UV_PYTHON, UV_PYTHON_INSTALL_DIR, UV_CACHE_DIR. src/utils/inputs.ts: a glob is
    below the working directory; both folders are in the runner's temporary one.
    src/download/checksum/checksum.ts: another archive than the checksum's fails. An interpreter
    that uv would download is this machine's own.
    """
    version = use.text("version")
    try:
        program = programs.uv(version)
    except LookupError as error:
        raise ActionError(f"uv: {error}") from error
    checksum = use.text("checksum")
    if checksum and checksum not in ARCHIVES[version]:
        raise ActionError(f"Checksum for uv {version} did not match {checksum}.")
    folder = use.place.tools / "uv"
    folder.mkdir()
    for name in ("uv", "uvx"):
        (folder / name).symlink_to(program.with_name(name))
    use.place.prepend(folder)
    use.place.prepend(use.place.home / ".local" / "bin")
    _python(use)
    use.outputs |= {"uv-version": version, "uv-path": str(folder / "uv")}
    if _caches(use):
        _cache(use)


def _python(use: Use) -> None:
    managed = use.place.temp / "uv-python-dir"
    managed.mkdir()
    use.exported["UV_PYTHON_INSTALL_DIR"] = str(managed)
    use.place.prepend(managed)
    wanted = use.text("python-version")
    if not wanted:
        return
    use.exported["UV_PYTHON"] = wanted
    use.outputs["python-version"] = wanted
    try:
        exact = pythons.exact(wanted)
    except LookupError:
        return  # uv itself reports that it cannot be had.
    home = pythons.interpreter(wanted).resolve().parent.parent
    own = managed / f"cpython-{exact}-linux-x86_64-gnu"  # uv follows no link to a whole folder.
    own.mkdir()
    for name in ("bin", "lib", "include"):
        (own / name).symlink_to(home / name)


def _caches(use: Use) -> bool:
    enabled = use.text("enable-cache")
    if enabled not in ("auto", "true", "false"):
        raise ActionError("enable-cache must be one of 'auto', 'true' or 'false'")
    return enabled != "false"


def _cache(use: Use) -> None:
    """src/cache/restore-cache.ts, src/save-cache.ts: an exact hit is not saved; no folder fails."""
    folder = use.place.temp / "setup-uv-cache"
    use.exported["UV_CACHE_DIR"] = str(folder)
    lines = use.lines("cache-dependency-glob")
    found = globs.digest(lines, use.place.workspace)
    if not found:
        use.warn(
            f"No file matched to [{','.join(lines)}]. The cache will never get invalidated. Make "
            "sure you have checked out the target repository and configured the "
            "cache-dependency-glob input correctly."
        )
    python = use.text("python-version") or "unknown"
    key = f"setup-uv-2-x86_64-unknown-linux-gnu-{python}-{found or 'no-dependency-glob'}"
    hit = caches.fetch(use, [str(folder)], key)
    use.outputs |= {"cache-key": key, "cache-hit": str(bool(hit)).lower()}
    if hit:
        return

    def finish() -> None:
        if not folder.is_dir():
            raise ActionError(
                f"Cache path {folder} does not exist on disk. This likely indicates that there are "
                "no dependencies to cache. Consider disabling the cache input if it is not needed."
            )
        use.log.append(caches.keep(use, [str(folder)], key))

    use.when_green(finish)


SETUP_UV = Action(
    setup_uv,
    INPUTS,
    frozenset({"version", "python-version", "checksum", "enable-cache", "cache-dependency-glob"}),
    frozenset({"version"}),
)
