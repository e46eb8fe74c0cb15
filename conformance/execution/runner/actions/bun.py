"""oven-sh/setup-bun@v2.2.0."""

from __future__ import annotations

from .. import programs
from .use import Action, ActionError, Use

INPUTS = {
    "bun-version": "",
    "bun-version-file": "",
    "bun-download-url": "",
    "registries": "",
    "registry-url": "",
    "scope": "",
    "no-cache": "false",
    "token": "",
}


def setup_bun(use: Use) -> None:
    """Puts Bun on the path, as `bun` and as `bunx`.

    src/action.ts: the program is its own folder's, and `bunx` is a link to it.
    """
    wanted = use.text("bun-version")
    if not wanted:
        raise ActionError("setup-bun without `bun-version` is not modelled")
    try:
        version, program = programs.bun(wanted)
    except LookupError as error:
        raise ActionError(f"Bun: {error}") from error
    own = use.place.tools / "bun"
    own.mkdir()
    for name in ("bun", "bunx"):
        (own / name).symlink_to(program)
    use.place.prepend(own)
    use.outputs |= {"bun-version": version, "bun-path": str(own / "bun"), "cache-hit": "false"}


SETUP_BUN = Action(setup_bun, INPUTS, frozenset({"bun-version", "no-cache"}))
