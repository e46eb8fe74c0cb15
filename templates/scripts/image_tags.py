"""Chooses the names of a released image.

`latest`, and the names of a major and a minor version, belong to the newest release:
a fix of an older one does not take them, and neither does a pre-release.

Environment:
  PIPEWRIGHT_TAG           the git tag, as `v1.4.2` or `backend-v1.4.2`
  PIPEWRIGHT_AS            JSON list of `semver`, `latest`, `ref` and `sha`
  PIPEWRIGHT_REPOSITORIES  JSON list of the repositories that get each name
  GH_TOKEN                 token with `contents: read`
  GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_SHA

Output: `tags`, separated by commas, the fixed ones first.

Exit status 1 if there is none.
"""

from __future__ import annotations

import json
import re
from http.client import HTTPException

from history import api
from parameters import parsed, text
from runner import Problem, output

VERSION = re.compile(
    r"(?P<prefix>(?:.*[^0-9A-Za-z])?v?)(?P<core>\d+\.\d+\.\d+)"
    r"(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)
PAGE = 100
PAGES = 20

Core = tuple[int, int, int]


def choose_tags() -> int:
    """Writes the names of the image."""
    tag, kinds = text("PIPEWRIGHT_TAG"), json_texts("PIPEWRIGHT_AS")
    found = image_names(tag, kinds, text("GITHUB_SHA"))
    lines = [
        f"{repository}:{name}"
        for repository in json_texts("PIPEWRIGHT_REPOSITORIES")
        for name in found
    ]
    output("tags", ",".join(lines))
    print("\n".join(lines))
    return 0


def json_texts(name: str) -> list[str]:
    """A JSON list of texts."""
    found = parsed(name)
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise Problem(f"{name} must be a JSON list of strings")
    return found


def image_names(tag: str, kinds: list[str], sha: str) -> list[str]:
    """The names of an image, the fixed ones first."""
    version = VERSION.fullmatch(tag)
    if version is None and {"semver", "latest"} & set(kinds):
        raise Problem(f"the tag `{tag}` ends in no version like 1.4.2")
    fixed = {"ref": re.sub(r"[^0-9A-Za-z_.-]", "-", tag)[:128], "sha": sha}
    found, moving = [fixed[kind] for kind in kinds if kind in fixed], []
    if version is not None and {"semver", "latest"} & set(kinds):
        core, pre = version["core"], version["pre"]
        if "semver" in kinds:
            found.insert(0, f"{core}-{pre}" if pre else core)
        if not pre:
            moving = moving_names(version, kinds)
    if not found + moving:
        raise Problem(f"`{tag}` is a pre-release, which is never `latest`")
    return found + moving


def moving_names(version: re.Match[str], kinds: list[str]) -> list[str]:
    """The names that the newest release has."""
    own = core_of(version["core"])
    others = released_versions(version["prefix"])
    found = []
    if "semver" in kinds:
        if all(other <= own for other in others if other[:2] == own[:2]):
            found.append(f"{own[0]}.{own[1]}")
        if own[0] and all(other <= own for other in others if other[0] == own[0]):
            found.append(str(own[0]))
    if "latest" in kinds and all(other <= own for other in others):
        found.append("latest")
    return found


def core_of(written: str) -> Core:
    """The three numbers of a version."""
    major, minor, patch = (int(number) for number in written.split("."))
    return major, minor, patch


def released_versions(prefix: str) -> list[Core]:
    """The versions of all tags that begin like this one, without pre-releases."""
    place = f"/repos/{text('GITHUB_REPOSITORY')}/tags?per_page={PAGE}&page="
    found = []
    try:
        for page in range(1, PAGES + 1):
            tags = [entry["name"] for entry in json.loads(api(f"{place}{page}"))]
            found += [match for tag in tags if (match := VERSION.fullmatch(tag))]
            if len(tags) < PAGE:
                break
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise Problem(f"the tags could not be listed: {error}; re-run") from error
    return [
        core_of(match["core"])
        for match in found
        if match["prefix"] == prefix and not match["pre"]
    ]
