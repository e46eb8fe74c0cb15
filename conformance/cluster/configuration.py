"""A configuration repository at a server of git, and a controller that follows it.

The server is git's own, `git http-backend`, behind a token:
<https://git-scm.com/docs/git-http-backend>.
The controller does what Argo CD does with automated sync, where it matters here: it applies the
branch's last commit when that has changed, and marks its objects. Sources:
<https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/> and `…/resource_tracking/`.
"""

from __future__ import annotations

import base64
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import yaml
from control_plane import Cluster

from runner.origin import WHO, git
from service import Server

REPOSITORY, BRANCH = "acme/config", "main"
WRITES, READS = "token-that-writes", "token-that-reads"
POLL = 0.3  # Seconds; Argo CD's default is three minutes, or at once by a webhook.
TRACKED = "argocd.argoproj.io/tracking-id"


@dataclass
class Configuration:
    """The repository, and what happens to it."""

    folder: Path
    path: str
    before_push: list[Callable[[], None]] = field(default_factory=list)
    url: str = ""

    @property
    def bare(self) -> Path:
        """The repository as the server has it."""
        return self.folder / f"{REPOSITORY}.git"

    def text(self) -> str:
        """The file in the last commit."""
        return git(self.bare, "show", f"{BRANCH}:{self.path}")

    def log(self) -> list[str]:
        """Authors and titles of the commits, the newest first."""
        return git(self.bare, "log", "--format=%an: %s", BRANCH).splitlines()

    def commit(self, path: str, text: str, title: str) -> None:
        """A commit of another service."""
        work = self.folder / f"work-{time.monotonic_ns()}"
        git(self.folder, "clone", "--quiet", self.bare, work)
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text, "utf-8")
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--message", title)
        git(work, "push", "--quiet", "origin", f"HEAD:{BRANCH}")


@contextmanager
def served(folder: Path, path: str, text: str) -> Iterator[Configuration]:
    """A repository with one file."""
    made = Configuration(folder, path)
    made.bare.mkdir(parents=True)
    git(made.bare, "init", "--quiet", "--bare", "--initial-branch", BRANCH)
    made.commit(path, text, "The configuration")
    handler = type("Bound", (Handler,), {"configuration": made})
    server = Server(("127.0.0.1", 0), handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Passes a request on to git, by the rules of CGI."""

    configuration: Configuration

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        path, _, query = self.path.partition("?")
        token = self._token()
        pushes = "git-receive-pack" in self.path
        if token not in (WRITES, READS):
            self._refuse(401, 'Basic realm="GitHub"')
        elif pushes and token == READS:
            self._refuse(403)
        else:
            if pushes and self.command == "POST":
                while self.configuration.before_push:
                    self.configuration.before_push.pop()()
            self._answer(path, query)

    def _token(self) -> str:
        kind, _, text = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return ""
        user, _, token = base64.b64decode(text).decode().partition(":")
        return token if user == "x-access-token" else ""

    def _refuse(self, status: int, challenge: str = "") -> None:
        self.send_response(status)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, path: str, query: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.configuration.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": "deployer",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        command = ["git", "http-backend"]
        done = subprocess.run(command, input=body, env=env | WHO, capture_output=True, check=True)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Prints nothing."""


class Controller:
    """Applies the last commit's file, unless it is suspended."""

    def __init__(self, cluster: Cluster, namespace: str, configuration: Configuration) -> None:
        self.suspended = False
        self._ended = threading.Event()
        self._given = (cluster, namespace, configuration)
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it."""
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        cluster, namespace, configuration = self._given
        applied = ""
        while not self._ended.wait(POLL):
            head = git(configuration.bare, "rev-parse", BRANCH)
            if self.suspended or head == applied:
                continue
            items = list(yaml.safe_load_all(configuration.text()))
            for item in items:
                name = item["metadata"]["name"]
                tracked = {TRACKED: f"shop:{item['kind']}:{namespace}/{name}"}
                item["metadata"].setdefault("annotations", {}).update(tracked)
            cluster.apply(namespace, *items)
            applied = head
