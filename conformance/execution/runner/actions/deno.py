"""denoland/setup-deno@v2.0.4."""

from __future__ import annotations

from .. import programs
from . import caches, globs
from .use import Action, ActionError, Use

INPUTS = {
    "deno-version": "2.x",
    "deno-version-file": "",
    "deno-binary-name": "deno",
    "cache": "false",
    "cache-hash": "",
}


def setup_deno(use: Use) -> None:
    """Puts Deno on the path; what it downloads travels from run to run.

    src/main.ts: a range of versions. src/cache.ts: the key has the job and the hash of every
    deno.lock, and any cache of Deno is better than none; the post step keeps it.
    """
    wanted = use.text("deno-version").removesuffix(".x")
    try:
        version, program = programs.deno(wanted)
    except LookupError as error:
        raise ActionError(f"Deno: {error}") from error
    own = use.place.tools / "deno"
    own.mkdir()
    (own / "deno").symlink_to(program)
    use.place.prepend(own)
    use.outputs |= {"deno-version": version, "release-channel": "stable"}
    if use.text("cache") != "true":
        return
    paths, prefix = [str(use.place.home / ".cache/deno")], "deno-cache-Linux-X64"
    key = f"{prefix}-{use.job}-{globs.digest(['**/deno.lock'], use.place.workspace)}"
    hit = caches.fetch(use, paths, key, [prefix])
    use.outputs["cache-hit"] = str(hit == key).lower()
    if hit != key:
        use.after.append(lambda _: use.log.append(caches.keep(use, paths, key)))


SETUP_DENO = Action(setup_deno, INPUTS, frozenset({"deno-version", "cache"}))
