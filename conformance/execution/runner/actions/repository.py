"""actions/checkout@v7.0.1."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ..origin import WHO
from .use import Action, ActionError, Use


def checkout(use: Use) -> None:
    """Fetches the run's own commit into its ref, as deep as it is asked for, and checks the ref
    out.

    src/input-helper.ts: a depth that is no number, or below 0, is 0; `submodules` is `true`,
    `recursive`, or nothing. src/ref-helper.ts `getRefSpec`: one ref and no tags, unless
    `fetch-tags`; `getRefSpecForAllHistory`: every branch and tag, for a depth of 0.
    src/git-source-provider.ts: submodules with the same depth; credentials are removed unless they
    are to stay. The event's ref is checked out: a branch by its name, a pull request detached.
    """
    if use.text("persist-credentials").upper() == "TRUE":
        raise ActionError("credentials that stay in the workspace are not modelled")
    folder = (use.place.workspace / (use.text("path") or ".")).resolve()
    if not folder.is_relative_to(use.place.workspace.resolve()):
        raise ActionError(
            f"Repository path '{folder}' is not under '{use.place.workspace.resolve()}'"
        )
    folder.mkdir(parents=True, exist_ok=True)
    depth = _depth(use.text("fetch-depth"))
    ref, commit = use.place.ref, use.place.sha
    _git(use, folder, "init", "--quiet")
    _git(use, folder, "remote", "add", "origin", f"file://{use.place.origin.bare}")
    _git(use, folder, "config", "--local", "gc.auto", "0")
    shallow = [f"--depth={depth}"] if depth else []
    tags = use.text("fetch-tags").upper() == "TRUE"
    specs = _specs(ref, commit, tags) if depth else _history(ref, commit)
    fetch = ["fetch", "--quiet", "--no-tags", "--prune", *shallow, "origin"]
    _git(use, folder, *fetch, *specs)
    if not depth and ref.startswith("refs/heads/"):
        # The branch may have moved since the event; then its commit is fetched by itself.
        _git(use, folder, *fetch, *_specs(ref, commit, False))
    _git(use, folder, "checkout", "--quiet", "--force", *_start(ref, commit))
    _submodules(use, folder, shallow)
    # The real remote is GitHub's, which no step may fetch from without credentials.
    _git(use, folder, "remote", "set-url", "origin", "https://github.com/example/atom")
    use.outputs |= {"ref": ref, "commit": commit}


def _depth(text: str) -> int:
    try:
        return max(0, int(float(text or "1")))
    except ValueError:
        return 0


def _specs(ref: str, commit: str, tags: bool) -> list[str]:
    found = ["+refs/tags/*:refs/tags/*"] if tags else []
    if ref.startswith("refs/heads/"):
        return [*found, f"+{commit}:refs/remotes/origin/{ref.removeprefix('refs/heads/')}"]
    if ref.startswith("refs/pull/"):
        return [*found, f"+{commit}:refs/remotes/pull/{ref.removeprefix('refs/pull/')}"]
    if ref.startswith("refs/tags/"):
        return found or [f"+{ref}:{ref}"]
    return [*found, commit]


def _history(ref: str, commit: str) -> list[str]:
    found = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
    if ref.startswith("refs/pull/"):
        found.append(f"+{commit}:refs/remotes/pull/{ref.removeprefix('refs/pull/')}")
    return found


def _start(ref: str, commit: str) -> list[str]:
    if ref.startswith("refs/heads/"):
        branch = ref.removeprefix("refs/heads/")
        return ["-B", branch, f"refs/remotes/origin/{branch}"]
    if ref.startswith("refs/pull/"):
        return [f"refs/remotes/pull/{ref.removeprefix('refs/pull/')}"]
    return [ref if ref.startswith("refs/tags/") else commit]


def _submodules(use: Use, folder: Path, shallow: list[str]) -> None:
    wanted = use.text("submodules").lower()
    if wanted not in ("true", "recursive"):
        return
    deep = ["--recursive"] if wanted == "recursive" else []
    _git(use, folder, "submodule", "sync", *deep)
    _git(use, folder, "submodule", "update", "--init", "--force", *shallow, *deep)


def _git(use: Use, folder: Path, *command: str) -> None:
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "-C", folder, *command],
        env={"PATH": use.place.path, "HOME": str(use.place.home)} | WHO,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise ActionError(f"git {command[0]}: {done.stderr.strip()}")


CHECKOUT = Action(
    checkout,
    {
        "repository": "",
        "ref": "",
        "token": "",
        "ssh-key": "",
        "ssh-known-hosts": "",
        "ssh-strict": "true",
        "ssh-user": "git",
        "persist-credentials": "true",
        "path": "",
        "clean": "true",
        "filter": "",
        "sparse-checkout": "",
        "sparse-checkout-cone-mode": "true",
        "fetch-depth": "1",
        "fetch-tags": "false",
        "show-progress": "true",
        "lfs": "false",
        "submodules": "false",
        "set-safe-directory": "true",
        "github-server-url": "",
        "allow-unsafe-pr-checkout": "false",
    },
    frozenset(
        ("persist-credentials", "path", "fetch-depth", "fetch-tags", "submodules", "show-progress")
    ),
)
