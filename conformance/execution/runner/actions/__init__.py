"""Stand-ins for the actions that the emitted workflows use.

Each does on this machine what the action does on GitHub, read in its source at the version that is
named, as far as that can be done; what cannot, a docker build, is recorded. An action without a
stand-in, an undeclared input, and a value that is not modelled fail their job.
"""

from __future__ import annotations

from . import (
    artifacts,
    bun,
    caches,
    deno,
    deploying,
    docker,
    dotnet,
    go,
    java,
    node,
    python,
    reporting,
    repository,
    ruby,
    rust,
    uv,
)
from .use import Action, ActionError, Use

__all__ = ["Action", "ActionError", "Use", "find"]

STAND_INS: dict[str, Action] = {
    "actions/attest": deploying.ATTEST,
    "actions/cache": caches.BOTH,
    "actions/cache/restore": caches.RESTORE,
    "actions/cache/save": caches.SAVE,
    "actions/checkout": repository.CHECKOUT,
    "actions/download-artifact": artifacts.DOWNLOAD,
    "actions/setup-dotnet": dotnet.SETUP_DOTNET,
    "actions/setup-go": go.SETUP_GO,
    "actions/setup-java": java.SETUP_JAVA,
    "actions/setup-node": node.SETUP_NODE,
    "actions/setup-python": python.SETUP_PYTHON,
    "actions/upload-artifact": artifacts.UPLOAD,
    "astral-sh/setup-uv": uv.SETUP_UV,
    "azure/setup-kubectl": deploying.SETUP_KUBECTL,
    "codecov/codecov-action": reporting.CODECOV,
    "denoland/setup-deno": deno.SETUP_DENO,
    "docker/build-push-action": docker.BUILD_IMAGE,
    "docker/login-action": docker.LOG_IN,
    "docker/setup-buildx-action": docker.SET_UP_BUILDER,
    "docker/setup-qemu-action": docker.SET_UP_EMULATION,
    "oven-sh/setup-bun": bun.SETUP_BUN,
    "pnpm/action-setup": node.SETUP_PNPM,
    "ruby/setup-ruby": ruby.SETUP_RUBY,
    "Swatinem/rust-cache": rust.RUST_CACHE,
    "taiki-e/install-action": rust.INSTALL_TOOL,
}


def find(reference: str) -> Action:
    """The stand-in of an action, whatever commit it is pinned to."""
    name = reference.partition("@")[0]
    if name not in STAND_INS:
        raise ActionError(f"there is no stand-in for {name}")
    return STAND_INS[name]
