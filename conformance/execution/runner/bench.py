"""GitHub on this machine: one repository, its runs, and what they keep."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import triggers
from .api import Api
from .environments import Protection
from .event import DEFAULT_BRANCH, FORK, NUMBER, REPOSITORY, Event
from .job import Fault
from .language import Language
from .origin import Origin, git
from .repository import Repository
from .run import Run
from .storage import Artifacts, Caches

NETWORK = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "PIP_CERT", "CURL_CA_BUNDLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
TOOLS = Path(__file__).parents[1] / "tools"


@dataclass
class Bench(Repository):
    """A repository, and what happens in it."""

    begun: list[Run] = field(default_factory=list)
    _runs: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    _pulls: Iterator[int] = field(default_factory=lambda: itertools.count(7))

    # ── events ────────────────────────────────────────────────────────────────

    def push(self, branch: str) -> Event:
        """A push to a branch."""
        return self._at("push", branch, branch)

    def tag(self, name: str, state: str = DEFAULT_BRANCH) -> Event:
        """A push of a tag to the head of a branch."""
        self.api.tags.append(name)
        sha = self.origin.head(state)
        git(self.origin.bare, "tag", name, sha)
        return Event("push", f"refs/tags/{name}", sha, name)

    def schedule(self, state: str) -> Event:
        """The nightly run of the default branch, in the state that a branch has."""
        return self._at("schedule", DEFAULT_BRANCH, state)

    def dispatch(self, state: str, branch: str = DEFAULT_BRANCH, **inputs: str) -> Event:
        """A run by hand of a branch, in the state that another one has."""
        return self._at("workflow_dispatch", branch, state, inputs)

    def _at(
        self, name: str, branch: str, state: str, inputs: Mapping[str, str] | None = None
    ) -> Event:
        sha = self.origin.head(state)
        return Event(name, f"refs/heads/{branch}", sha, branch, inputs=inputs or {})

    def pull_request(
        self,
        head: str,
        base: str = DEFAULT_BRANCH,
        fork: bool = False,
        number: int = 0,
        labels: tuple[str, ...] = (),
    ) -> Event:
        """A pull request at the merge that GitHub makes of it; by its number, one that is there."""
        number = number or next(self._pulls)
        self.api.issues.pulls.add(number)
        sha = self.origin.merge(number, head, base)
        of = FORK if fork else NUMBER
        ref = f"refs/pull/{number}/merge"
        return Event("pull_request", ref, sha, head, of, base, labels=labels)

    # ── settings ──────────────────────────────────────────────────────────────

    def protect(
        self,
        environment: str,
        *,
        reviewers: tuple[str, ...] = (),
        branches: tuple[str, ...] | None = None,
        prevent_self_review: bool = False,
        wait_minutes: int = 0,
    ) -> None:
        """Gives an environment protection rules."""
        self.environments.setdefault(environment, ({}, {}))
        self.protected.protections[environment] = Protection(
            reviewers, branches, prevent_self_review, wait_minutes
        )

    # ── runs ──────────────────────────────────────────────────────────────────

    def run(
        self,
        file: str,
        event: Event,
        *,
        number: int | None = None,
        faults: list[Fault] | None = None,
        broken: frozenset[str] = frozenset(),
        hooks: Mapping[str, Callable[[Run], None]] | None = None,
        only: frozenset[str] = frozenset(),
    ) -> Run:
        """Runs a workflow that the event starts, to its end.

        `broken` names services that never become healthy; a hook is called before its job, or
        under `after …` when its job has ended; `only` leaves all other jobs out.
        """
        return self.begin(
            file, event, number=number, faults=faults, broken=broken, hooks=hooks, only=only
        ).wait()

    def begin(
        self,
        file: str,
        event: Event,
        *,
        number: int | None = None,
        faults: list[Fault] | None = None,
        broken: frozenset[str] = frozenset(),
        hooks: Mapping[str, Callable[[Run], None]] | None = None,
        only: frozenset[str] = frozenset(),
    ) -> Run:
        """Starts such a run, and does not wait for it."""
        workflow = self.workflow(event.sha, file)
        assert triggers.starts(workflow, event), f"{file} is not started by {event.name}"
        number = number or next(self._runs)
        run = Run(self, file, event, number, faults or [], broken, hooks or {}, only)
        self.begun.append(run)
        return run.begin()

    def attested(self, digest: str) -> list[dict[str, Any]]:
        """What runs have attested of a digest, in the names that certificates use."""
        return [
            {
                "name": record["subject-name"],
                "certificate": {
                    "buildSignerURI": f"https://github.com/{REPOSITORY}/.github/workflows/"
                    f"{run.file}@{record['ref']}",
                    "sourceRepositoryRef": record["ref"],
                    "sourceRepositoryDigest": record["sha"],
                },
            }
            for run in self.begun
            for record in run.records
            if record["kind"] == "attestation" and record["subject-digest"] == digest
        ]

    def close(self) -> None:
        """Ends what the bench has started."""
        for run in self.begun:
            run.abandon()
        self.api.close()


@contextmanager
def bench(
    language: Language, project: Path | Origin, installed: Path, keep: bool = False
) -> Iterator[Bench]:
    """A bench in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="pipewright-"))
    folder.chmod(0o755)  # PostgreSQL's user has to reach its folder.
    try:
        origin = project if isinstance(project, Origin) else Origin.of(project, folder)
        artifacts = Artifacts(folder / "artifacts")
        work = folder / "jobs"
        work.mkdir()
        installed.mkdir(parents=True, exist_ok=True)
        made = Bench(
            language,
            origin,
            work,
            installed,
            artifacts,
            Caches(folder / "caches", f"refs/heads/{DEFAULT_BRANCH}"),
            Api(artifacts, REPOSITORY, NUMBER),
            image_path(folder / "bin"),
            image_env(),
            keep=keep,
        )
        made.api.approvals = lambda run: made.protected.history(run, made.environments)
        made.api.attestations = made.attested
        try:
            yield made
        finally:
            made.close()
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def image_path(own: Path) -> list[Path]:
    """What GitHub's image brings: a python3, Rust, and the system's programs."""
    own.mkdir()
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    (own / "python3").symlink_to(base)
    for tool in sorted(TOOLS.glob("*")):
        (own / tool.name).symlink_to(tool)
    cargo = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "bin"
    system = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    return [own, cargo, *map(Path, system)]


def image_env() -> dict[str, str]:
    """Where the image keeps cargo's registry, and how this machine reaches others at all."""
    network = {name: os.environ[name] for name in NETWORK if name in os.environ}
    return network | {"CARGO_HOME": os.environ.get("CARGO_HOME", str(Path.home() / ".cargo"))}
