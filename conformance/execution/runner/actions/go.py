"""actions/setup-go@v7.0.0."""

from __future__ import annotations

from .. import programs
from . import caches, globs
from .use import Action, ActionError, Use

INPUTS = {
    "go-version": "",
    "go-version-file": "",
    "check-latest": "false",
    "token": "",
    "cache": "true",
    "cache-dependency-path": "",
    "architecture": "",
    "go-download-base-url": "",
}


def setup_go(use: Use) -> None:
    """Puts Go on the path, which downloads no other version; its caches travel from run to run.

    src/main.ts: `X.Y` is the newest patch, GOTOOLCHAIN is `local`, and what goes wrong with the
    cache is a warning. src/cache-restore.ts: the key has the version and the hash of the files.
    """
    wanted = use.text("go-version")
    if not wanted:
        raise ActionError("setup-go without `go-version` is not modelled")
    try:
        version, home = programs.go(wanted)
    except LookupError as error:
        raise ActionError(f"Go: {error}") from error
    use.exported["GOTOOLCHAIN"] = "local"
    use.place.prepend(home / "bin")
    use.place.prepend(use.place.home / "go" / "bin")
    use.outputs["go-version"] = version
    if not use.flag("cache"):
        return
    workspace = use.place.workspace
    found = globs.digest(use.lines("cache-dependency-path") or ["go.mod"], workspace)
    if not found:
        use.warn(
            "Restore cache failed: Some specified paths were not resolved, "
            "unable to cache dependencies."
        )
        return
    paths = [str(use.place.home / "go/pkg/mod"), str(use.place.home / ".cache/go-build")]
    key = f"setup-go-Linux-x64-ubuntu24-go-{version}-{found}"
    hit = caches.fetch(use, paths, key)
    use.outputs["cache-hit"] = str(bool(hit)).lower()
    if not hit:
        use.when_green(lambda: use.log.append(caches.keep(use, paths, key)))


SETUP_GO = Action(setup_go, INPUTS, frozenset({"go-version", "cache", "cache-dependency-path"}))
