"""docker/login-action@v4.6.0, docker/setup-qemu-action@v4.2.0, docker/setup-buildx-action@v4.3.0
and docker/build-push-action@v7.3.0.

Nothing is built here: what would be is checked as the action reads it, and recorded.
"""

from __future__ import annotations

import csv
import hashlib
import re

from .use import Action, ActionError, Use

REFERENCE = re.compile(
    r"(?:[\w.-]+(?::\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?"
    r"(?:@sha256:[0-9a-f]{64})?"
)
PLATFORM = re.compile(r"(?:linux|windows|darwin|freebsd|wasi)/[a-z0-9]+(?:/v\d)?")
TEXTS = """
add-hosts allow annotations attests build-args build-contexts builder cache-from cache-to call
cgroup-parent context file labels network no-cache-filters outputs platforms provenance sbom secrets
secret-envs secret-files shm-size ssh tags target ulimit
""".split()
MODELLED = """
build-args cache-from cache-to context file labels load outputs platforms provenance push sbom tags
target
""".split()
BUILD_INPUTS = dict.fromkeys(TEXTS, "") | {
    "load": "false",
    "no-cache": "false",
    "pull": "false",
    "push": "false",
    "github-token": "",
}
BUILDER_INPUTS = {
    "version": "",
    "driver": "docker-container",
    "driver-opts": "",
    "buildkitd-flags": "",
    "buildkitd-config": "",
    "buildkitd-config-inline": "",
    "use": "true",
    "name": "",
    "endpoint": "",
    "platforms": "",
    "append": "",
    "keep-state": "false",
    "cache-binary": "true",
    "cleanup": "true",
}


def log_in(use: Use) -> None:
    """login-action src/docker.ts: a user and a password, for Docker Hub where none is named."""
    if not use.text("username") or not use.text("password"):
        raise ActionError("Username and password required")
    use.place.record("login", registry=use.text("registry") or "docker.io")


def set_up_emulation(use: Use) -> None:
    """docker/setup-qemu-action src/main.ts: the platforms that the image installs."""
    _platforms(use)
    use.place.record("emulation", platforms=use.text("platforms"), image=use.text("image"))


def set_up_builder(use: Use) -> None:
    """docker/setup-buildx-action src/context.ts: options of the driver are `name=value` each."""
    for option in use.lines("driver-opts"):
        if not re.fullmatch(r'"?[\w.-]+=.+', option):
            raise ActionError(f'invalid value "{option}", expecting k=v')
    use.place.record("builder", **{"driver-opts": use.text("driver-opts")})


def build_image(use: Use) -> None:
    """build-push-action src/context.ts, with a digest that follows from what would be built."""
    context = use.path("context")
    dockerfile = use.path("file") if use.text("file") else context / "Dockerfile"
    if not dockerfile.is_file():
        raise ActionError(f"no Dockerfile at {dockerfile}")
    _stage(use, dockerfile.read_text("utf-8"))
    _platforms(use)
    for name in ("cache-from", "cache-to"):
        for line in use.lines(name):
            _cache(line)
    for line in use.lines("build-args"):
        if "=" not in line:
            raise ActionError(f"the build argument {line!r} has no value")
    for tag in use.text("tags").replace(",", "\n").split():
        if not REFERENCE.fullmatch(tag):
            raise ActionError(f'invalid tag "{tag}": invalid reference format')
    if use.flag("push") and not use.text("tags"):
        raise ActionError("tag is needed when pushing to registry")
    for line in use.lines("labels"):
        if "=" not in line:
            raise ActionError(f"the label {line!r} has no value")
    if use.flag("load") and ("," in use.text("platforms") or use.text("provenance")):
        raise ActionError("docker exporter does not currently support exporting manifest lists")
    digest = hashlib.sha256(use.text("platforms").encode() if use.text("outputs") else b"")
    for path in sorted(context.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(context).as_posix().encode() + b"\0" + path.read_bytes())
    use.outputs["digest"] = f"sha256:{digest.hexdigest()}"
    given = {name: value for name, value in use.inputs.items() if value}
    use.place.record("build", **given | {"digest": use.outputs["digest"]})


def _stage(use: Use, dockerfile: str) -> None:
    target = use.text("target")
    stages = re.findall(r"(?im)^\s*FROM\s.*\sAS\s+(\S+)\s*$", dockerfile)
    if target and target not in stages:
        raise ActionError(f'target stage "{target}" could not be found')


def _platforms(use: Use) -> None:
    for platform in use.text("platforms").replace(",", "\n").split():
        if not PLATFORM.fullmatch(platform):
            raise ActionError(f'"{platform}": unknown platform')


def _cache(line: str) -> None:
    """docker/buildx@v0.30 util/buildflags/cache.go: a line of CSV, with `type` among its fields."""
    parts = (part.partition("=") for part in next(csv.reader([line])))
    fields = {name: value for name, _, value in parts}
    kind = fields.pop("type", "")
    known: dict[str, set[str]] = {
        "gha": {"scope", "mode", "ignore-error", "timeout"},
        "registry": {"ref", "mode", "ignore-error", "image-manifest", "oci-mediatypes"},
        "inline": set(),
    }
    if kind not in known:
        raise ActionError(f"the cache {line!r} is not modelled")
    unknown = set(fields) - known[kind]
    if unknown or (kind == "registry" and not fields.get("ref")) or "" in fields.values():
        raise ActionError(f"buildx would not read the cache {line!r}")


LOG_IN = Action(
    log_in,
    {
        "registry": "",
        "username": "",
        "password": "",
        "scope": "",
        "ecr": "auto",
        "logout": "true",
        "registry-auth": "",
    },
    frozenset({"registry", "username", "password"}),
)
SET_UP_EMULATION = Action(
    set_up_emulation,
    {
        "image": "docker.io/tonistiigi/binfmt:latest",
        "platforms": "all",
        "reset": "false",
        "cache-image": "true",
    },
    frozenset({"image", "platforms", "cache-image"}),
)
SET_UP_BUILDER = Action(set_up_builder, BUILDER_INPUTS, frozenset({"driver-opts"}))
BUILD_IMAGE = Action(
    build_image,
    BUILD_INPUTS,
    frozenset(MODELLED),
)
