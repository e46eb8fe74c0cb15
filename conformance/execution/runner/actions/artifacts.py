"""actions/upload-artifact@v7.0.1 and actions/download-artifact@v8.0.1."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
from pathlib import Path

from ..storage import Artifact, StorageError
from . import globs
from .use import Action, ActionError, Use

MAX_DAYS = 90  # GITHUB_RETENTION_DAYS, of a repository that has not changed it.
UPLOAD_INPUTS = {
    "name": "artifact",
    "path": "",
    "if-no-files-found": "warn",
    "retention-days": "",
    "compression-level": "6",
    "overwrite": "false",
    "include-hidden-files": "false",
    "archive": "true",
}
DOWNLOAD_INPUTS = {
    "name": "",
    "artifact-ids": "",
    "path": "",
    "pattern": "",
    "merge-multiple": "false",
    "github-token": "",
    "repository": "",
    "run-id": "",
    "skip-decompress": "false",
    "digest-mismatch": "error",
}


def upload(use: Use) -> None:
    """Keeps the files that the patterns match, below the root that they share.

    src/shared/search.ts: the root is the search path, the folder of a file that is named alone, or
    the least common ancestor of several search paths; hidden files and folders are left out unless
    they are asked for. src/upload/input-helper.ts: `if-no-files-found` is `warn`, `error` or
    `ignore`.
    """
    missing = use.text("if-no-files-found")
    if missing not in ("warn", "error", "ignore"):
        raise ActionError(
            f"Unrecognized if-no-files-found input. Provided: {missing}. "
            "Available options: warn,error,ignore"
        )
    days = retention(use)
    overwrite = use.flag("overwrite")
    root, files = found_files(use)
    if not files:
        message = (
            f"No files were found with the provided path: {use.text('path')}. "
            "No artifacts will be uploaded."
        )
        if missing == "error":
            raise ActionError(message)
        if missing == "warn":
            use.warn(message)
        return
    place = use.place
    try:
        kept = place.artifacts.add(
            [(path, path.relative_to(root).as_posix()) for path in files],
            run=place.run,
            attempt=place.attempt,
            name=use.text("name"),
            branch=place.branch,
            repository=place.head_repository,
            overwrite=overwrite,
            days=days,
        )
    except StorageError as error:
        raise ActionError(str(error)) from error
    use.outputs |= {"artifact-id": str(kept.number), "artifact-digest": kept.digest}


def retention(use: Use) -> int:
    """Days that the artifact is kept: 0 is the repository's own number, more is cut to it.

    actions/toolkit@main packages/artifact/src/internal/upload/retention.ts.
    """
    text = use.text("retention-days")
    if not text:
        return MAX_DAYS
    found = re.match(r"[+-]?\d+", text)
    if not found:
        raise ActionError("Invalid retention-days")
    days = int(found.group())
    if days < 0:
        raise ActionError("retention-days below 0 are not modelled")
    if days > MAX_DAYS:
        use.warn(
            "Retention days cannot be greater than the maximum allowed retention set within the "
            f"repository. Using {MAX_DAYS} instead."
        )
    return min(days, MAX_DAYS) or MAX_DAYS


def found_files(use: Use) -> tuple[Path, list[Path]]:
    """The root of the artifact, and its files."""
    workspace, lines = use.place.workspace, use.lines("path")
    hidden = use.flag("include-hidden-files")
    files = globs.files(lines, workspace, hidden=hidden)
    roots = globs.searched(globs.patterns(lines, workspace, descend=True))
    if len(roots) > 1:
        return Path(os.path.commonpath(roots)), files
    if files == roots:
        return files[0].parent, files
    return (roots[0] if roots else workspace), files


def download(use: Use) -> None:
    """Takes artifacts of the run, of each name the newest.

    src/download-artifact.ts: `name` before `pattern`; straight into `path` by name, with
    `merge-multiple`, or where exactly one artifact fits the pattern; otherwise a folder each. An
    artifact whose bytes are not those that were uploaded fails unless `digest-mismatch` allows it.
    """
    allowed = use.text("digest-mismatch") or "error"
    if allowed not in ("ignore", "info", "warn", "error"):
        raise ActionError(
            f"Unable to download artifact(s): Invalid value for 'digest-mismatch': '{allowed}'. "
            "Valid options are: ignore, info, warn, error"
        )
    kept = use.place.artifacts.of(use.place.run)
    name, pattern = use.text("name"), use.text("pattern")
    if name:
        found = [artifact for artifact in kept if artifact.name == name]
        if not found:
            raise ActionError(
                f"Unable to download artifact(s): Artifact not found for name: {name}"
            )
    else:
        found = [artifact for artifact in kept if not pattern or fits(artifact.name, pattern)]
    target = use.path("path")
    flat = bool(name) or use.flag("merge-multiple") or len(found) == 1
    for artifact in found:
        folder = target if flat else target / artifact.name
        shutil.copytree(artifact.folder, folder, dirs_exist_ok=True)
        use.log.append(f"downloaded {artifact.name}")
    use.log.append(f"Total of {len(found)} artifact(s) downloaded")
    _compare(use, found, allowed)
    use.outputs["download-path"] = str(target)


def _compare(use: Use, found: list[Artifact], allowed: str) -> None:
    changed = [artifact.name for artifact in found if not artifact.whole()]
    if changed and allowed == "error":
        raise ActionError(
            "Unable to download artifact(s): Digest validation failed for artifact(s): "
            f"{', '.join(changed)}. Use 'digest-mismatch: warn' to continue on mismatch."
        )
    if allowed == "warn":
        for name in changed:
            use.warn(
                f"Artifact '{name}' digest validation failed. "
                "Please verify the integrity of the artifact."
            )


def fits(name: str, pattern: str) -> bool:
    """A name under a pattern of minimatch, without its braces, extended globs and negation."""
    if pattern[0] in "!#" or re.search(r"[{}\\]|[?*+@!]\(", pattern):
        raise ActionError(f"the pattern {pattern!r} is not modelled")
    if name.startswith(".") and not pattern.startswith("."):
        return False
    return fnmatch.fnmatchcase(name, pattern)


UPLOAD = Action(
    upload,
    UPLOAD_INPUTS,
    frozenset(UPLOAD_INPUTS) - {"archive", "compression-level"},
    frozenset({"path"}),
)
DOWNLOAD = Action(
    download,
    DOWNLOAD_INPUTS,
    frozenset({"name", "path", "pattern", "merge-multiple", "digest-mismatch"}),
)
