"""actions/cache/restore and actions/cache/save@v6.1.0, and what other actions share with them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ..storage import CacheKeyError
from . import globs
from .use import Action, ActionError, Use

MOST_KEYS = 10
RESTORE_INPUTS = {
    "path": "",
    "key": "",
    "restore-keys": "",
    "enableCrossOsArchive": "false",
    "fail-on-cache-miss": "false",
    "lookup-only": "false",
}
SAVE_INPUTS = {"path": "", "key": "", "upload-chunk-size": "", "enableCrossOsArchive": "false"}


def restore(use: Use) -> None:
    """Unpacks the fitting cache over what is there.

    src/restoreImpl.ts: without a hit `cache-hit` stays empty; it is `true` for the key itself
    alone. A key that is not valid fails the step.
    """
    key = use.text("key")
    use.outputs["cache-primary-key"] = key
    only = use.text("lookup-only").lower() == "true"
    found = fetch(use, use.lines("path"), key, use.lines("restore-keys"), unpack=not only)
    if not found:
        if use.text("fail-on-cache-miss").lower() == "true":
            raise ActionError(
                "Failed to restore cache entry. Exiting as fail-on-cache-miss is set. "
                f"Input key: {key}"
            )
        use.log.append(f"Cache not found for input keys: {key}")
        return
    use.outputs["cache-matched-key"] = found
    use.outputs["cache-hit"] = str(same(found, key)).lower()
    use.log.append(f"Cache restored from key: {found}")


def save(use: Use) -> None:
    """Keeps what the paths match; what cannot be kept is a warning, never a failure.

    src/saveImpl.ts: every refusal ends with the annotation `Cache save failed.`
    """
    refused = keep(use, use.lines("path"), use.text("key"))
    if refused:
        use.log.append(refused)
        use.warn("Cache save failed.")


def both(use: Use) -> None:
    """Restores, and saves at the end of a green job unless the key itself was found.

    action.yml: `post-if: success()`; src/saveImpl.ts: with a hit of the key, nothing is saved.
    """
    restore(use)
    if use.outputs.get("cache-hit") != "true":
        use.when_green(lambda: save(use))


def fetch(
    use: Use, paths: Sequence[str], key: str, prefixes: Sequence[str] = (), *, unpack: bool = True
) -> str:
    """The key of the fitting cache, or an empty text.

    actions/toolkit@main packages/cache/src/cache.ts `restoreCache`: at most ten keys of at most 512
    characters without commas; caches of other paths do not fit (`getCacheVersion`).
    """
    keys = [key, *prefixes]
    if len(keys) > MOST_KEYS:
        raise ActionError("Key Validation Error: Keys are limited to a maximum of 10.")
    place = use.place
    try:
        found = place.caches.find(scopes(use), version(use, paths), keys)
    except CacheKeyError as error:
        raise ActionError(str(error)) from error
    if found is None:
        return ""
    if unpack:
        for source, target in _moved(found.folder, place.folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
            else:
                shutil.copy2(source, target, follow_symlinks=False)
    return found.key


def keep(use: Use, paths: Sequence[str], key: str) -> str:
    """Keeps the paths under a key; why not, or an empty text.

    `saveCache` of the same file: paths that do not exist, a key that is taken in this scope, and a
    token that may only read are refusals.
    """
    place = use.place
    lines = [path.replace("~", str(place.home), 1) if path[0] == "~" else path for path in paths]
    found = globs.files(lines, place.workspace, descend=False)
    found += [
        pattern.search
        for pattern in globs.patterns(lines, place.workspace, descend=False)
        if pattern.search.is_dir() and pattern.matcher.fullmatch(str(pattern.search))
    ]
    if not found:
        return (
            "Path Validation Error: Path(s) specified in the action for caching do(es) not exist, "
            "hence no cache is being saved."
        )
    if not place.may_cache:
        return f"Failed to save: the token may not write the cache {key}"
    outside = [path for path in found if place.folder not in path.parents]
    if outside:
        raise ActionError(f"a cache of {outside[0]}, which jobs share here, is not modelled")
    try:
        kept = place.caches.save(place.ref, key, version(use, paths), found, place.folder)
    except CacheKeyError as error:
        return str(error)
    return "" if kept else f"Failed to save: Unable to reserve cache with key {key}"


def scopes(use: Use) -> list[str]:
    """Where a run may read: its own ref, the base of its pull request, the default branch.

    <https://docs.github.com/actions/reference/dependency-caching-reference>, access restrictions.
    """
    base = use.env.get("GITHUB_BASE_REF", "")
    return [use.place.ref, *([f"refs/heads/{base}"] if base else []), use.place.caches.default]


def version(use: Use, paths: Sequence[str]) -> str:
    """The part of a cache's identity that its paths are; here each job has its own folder."""
    return "|".join(path.replace(str(use.place.folder), "") for path in paths)


def same(one: str, other: str) -> bool:
    """The comparison of keys in src/utils/actionUtils.ts, which ignores case."""
    return one.lower() == other.lower()


def _moved(kept: Path, folder: Path) -> list[tuple[Path, Path]]:
    """Each entry that was kept, and its place in this job."""
    listed = (kept / "entries").read_text("utf-8").splitlines()
    return [(kept / str(number), folder / entry) for number, entry in enumerate(listed)]


RESTORE = Action(restore, RESTORE_INPUTS, frozenset(RESTORE_INPUTS), frozenset({"path", "key"}))
BOTH_INPUTS = {**RESTORE_INPUTS, "upload-chunk-size": "", "save-always": "false"}
BOTH = Action(both, BOTH_INPUTS, frozenset(RESTORE_INPUTS), frozenset({"path", "key"}))
SAVE = Action(save, SAVE_INPUTS, frozenset({"path", "key"}), frozenset({"path", "key"}))
