"""GitHub on this machine: one repository, its runs, and what they keep."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import triggers
from .api import Api
from .concurrency import Groups
from .environments import Environments, Protection
from .event import DEFAULT_BRANCH, FORK, NUMBER, REPOSITORY, Event
from .job import Fault
from .language import Language
from .origin import Origin, git
from .pace import Pace
from .run import Run
from .storage import Artifacts, Caches

if TYPE_CHECKING:
    from .place import Place

PARALLEL = 2
NETWORK = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "PIP_CERT", "CURL_CA_BUNDLE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
TOOLS = Path(__file__).parents[1] / "tools"


@dataclass
class Bench:
    """A repository with its settings."""

    language: Language
    origin: Origin
    work: Path
    installed: Path
    artifacts: Artifacts
    caches: Caches
    api: Api
    image_path: list[Path]
    image_env: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    environments: dict[str, tuple[dict[str, str], dict[str, str]]] = field(default_factory=dict)
    protected: Environments = field(default_factory=Environments)
    groups: Groups = field(default_factory=Groups)
    pace: Pace = field(default_factory=Pace)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(PARALLEL))
    server_url: str = "https://github.com"
    keep: bool = False
    begun: list[Run] = field(default_factory=list)
    _parsed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _runs: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    _pulls: Iterator[int] = field(default_factory=lambda: itertools.count(7))
    _lock: threading.Lock = field(default_factory=threading.Lock)

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

    def workflow(self, sha: str, file: str) -> dict[str, Any]:
        """A workflow at a commit."""
        with self._lock:
            if (sha, file) not in self._parsed:
                content = git(self.origin.bare, "show", f"{sha}:.github/workflows/{file}")
                path = self.work / "parsed.yml"
                path.write_text(content + "\n", "utf-8")
                self._parsed[sha, file] = self.language.parse(path, file)
            return self._parsed[sha, file]

    def token(self, permissions: Mapping[str, str]) -> str:
        """A token for one job."""
        token = f"ghs_{secrets.token_hex(18)}"
        self.api.tokens[token] = dict(permissions)
        return token

    def secrets_of(self, run: Run, environment: str) -> dict[str, str]:
        """What a job can read, if no call hands its secrets over: none in a fork's run.

        Sources: <https://docs.github.com/actions/reference/security/secrets>,
        <https://github.com/actions/runner/issues/1490>.
        """
        if run.event.fork:
            return {}
        return self.secrets | self.environments.get(environment, ({}, {}))[0]

    def variables_of(self, environment: str) -> dict[str, str]:
        """The repository's variables, and those of the job's environment."""
        return self.variables | self.environments.get(environment, ({}, {}))[1]

    def done(self, place: Place) -> None:
        """Throws a job's machine away."""
        if not self.keep:
            shutil.rmtree(place.folder, ignore_errors=True)

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
