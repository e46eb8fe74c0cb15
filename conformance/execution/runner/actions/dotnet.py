"""actions/setup-dotnet@v6.0.0."""

from __future__ import annotations

from . import globs
from .use import Action, ActionError, Use

INPUTS = {
    "dotnet-version": "",
    "dotnet-quality": "",
    "dotnet-channel": "",
    "global-json-file": "",
    "source-url": "",
    "owner": "",
    "config-file": "",
    "cache": "false",
    "cache-dependency-path": "",
    "workloads": "",
    "architecture": "",
}


def setup_dotnet(use: Use) -> None:
    """Ends its job: no registry that is reached here has an SDK.

    src/cache-restore.ts: a cache without a lock file is another error.
    """
    lines = use.lines("cache-dependency-path")
    if use.flag("cache") and not globs.digest(lines, use.place.workspace):
        raise ActionError("Some specified paths were not resolved, unable to cache dependencies.")
    raise ActionError(f".NET: version {use.text('dotnet-version')} is not on this machine")


SETUP_DOTNET = Action(
    setup_dotnet, INPUTS, frozenset({"dotnet-version", "cache", "cache-dependency-path"})
)
