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

from .api import Api
from .event import DEFAULT_BRANCH, FORK, NUMBER, REPOSITORY, Event
from .job import Fault
from .language import Contexts, Language
from .origin import Origin, git
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
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(PARALLEL))
    keep: bool = False
    _parsed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _runs: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    _pulls: Iterator[int] = field(default_factory=lambda: itertools.count(7))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # ── events ────────────────────────────────────────────────────────────────

    def push(self, branch: str) -> Event:
        """A push to a branch."""
        return self._at("push", branch, branch)

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

    def pull_request(self, head: str, base: str = DEFAULT_BRANCH, fork: bool = False) -> Event:
        """A pull request, at the merge that GitHub makes of it."""
        number = next(self._pulls)
        sha = self.origin.merge(number, head, base)
        of = FORK if fork else NUMBER
        return Event("pull_request", f"refs/pull/{number}/merge", sha, head, of, base)

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
        """Runs a workflow that the event starts.

        `broken` names services that never become healthy; a hook is called before its job; `only`
        leaves all other jobs out.
        """
        triggers = self.workflow(event.sha, file)["on"]
        assert event.name in triggers, f"{file} is not started by {event.name}"
        number = number or next(self._runs)
        return Run(self, file, event, number, faults or [], broken, hooks or {}, only).start()

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

    def secrets_of(self, run: Run, job: Mapping[str, Any], called: bool) -> dict[str, str]:
        """What a job can read: none in a fork's run, nor where a call hands none over."""
        if run.event.fork or called:
            return {}
        name = self._environment(job, {"github": {}, "inputs": run.event.inputs})
        return self.secrets | self.environments.get(name, ({}, {}))[0]

    def variables_of(self, run: Run, job: Mapping[str, Any], contexts: Contexts) -> dict[str, str]:
        """The repository's variables, and those of the job's environment."""
        name = self._environment(job, contexts)
        return self.variables | self.environments.get(name, ({}, {}))[1]

    def _environment(self, job: Mapping[str, Any], contexts: Contexts) -> str:
        given = job.get("environment", "")
        name = given.get("name", "") if isinstance(given, dict) and "$" not in given else given
        return str(self.language.text(name, contexts))

    def done(self, place: Place) -> None:
        """Throws a job's machine away."""
        if not self.keep:
            shutil.rmtree(place.folder, ignore_errors=True)

    def close(self) -> None:
        """Ends what the bench has started."""
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
