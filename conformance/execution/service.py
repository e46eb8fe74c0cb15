"""The example service as its README starts it, and an HTTP proxy before it that can do harm.

The service is the project's own: uvicorn, PostgreSQL, the migrations, a user made by its command.
"""

from __future__ import annotations

import functools
import hashlib
import http.client
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from runner import pythons
from runner.services import Service, reserved, taken
from small import BACKEND

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = "3.12"
USERNAME = "smoke"
# Every character that a shell, a table, JSON or Python's own notation would write otherwise.
PASSWORD = """pass|word's <"quoted"> \\ $HOME & 100%"""
LONGEST_START = 60.0  # Seconds.


# ── the service ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Installation:
    """The service's folder, and an interpreter that has what it requires."""

    folder: Path
    python: Path
    env: Mapping[str, str]

    def run(self, *arguments: str, told: str = "") -> None:
        """Runs `python -m …` to its end; `told` is its standard input."""
        done = subprocess.run(
            [self.python, "-m", *arguments],
            cwd=self.folder,
            env=self.env,
            input=told,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"


@contextmanager
def running() -> Iterator[str]:
    """The address of the service, with its database migrated and the user added."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="pipewright-service-")))
        folder.chmod(0o755)  # PostgreSQL's user has to reach its folder.
        port = held.enter_context(free_port())
        database = Service.of("postgres", postgres(port), folder / "postgres", broken=False)
        held.callback(database.stop)
        database.start()
        installed = install(folder, f"postgresql://test:test@localhost:{port}/atom")
        installed.run("alembic", "upgrade", "head")
        installed.run("core.users", "add", USERNAME, told=f"{PASSWORD}\n")
        yield held.enter_context(serving(installed))


def postgres(port: int) -> dict[str, object]:
    """A service as a workflow describes it."""
    health = f'--health-cmd "pg_isready -U test -p {port}" --health-interval 1s'
    return {
        "image": "postgres:16-alpine",
        "env": {"POSTGRES_USER": "test", "POSTGRES_PASSWORD": "test", "POSTGRES_DB": "atom"},
        "ports": [port],
        "options": f"{health} --health-timeout 5s --health-retries 200",
    }


def install(folder: Path, database_url: str) -> Installation:
    """An interpreter with exactly the locked packages, kept for the next session."""
    kept, lock = Path(os.environ["BENCH_CACHE"]) / "python", PROJECT / BACKEND / "requirements.txt"
    kept.mkdir(parents=True, exist_ok=True)
    key = f"{PYTHON}-service-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    there = pythons.install(PYTHON, folder / "python", kept, key)
    made = Installation(
        PROJECT / BACKEND,
        folder / "python" / "bin" / "python",
        {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "ENVIRONMENT": "staging",
            "DATABASE_URL": database_url,
            "LANCEDB_URI": str(folder / "episodes"),
        },
    )
    if not there:
        quiet = ("--quiet", "--disable-pip-version-check")
        made.run("pip", "install", *quiet, "--require-hashes", "--requirement", str(lock))
        pythons.keep(PYTHON, folder / "python", kept, key)
    return made


@contextmanager
def serving(installed: Installation) -> Iterator[str]:
    """The address at which uvicorn serves the service."""
    with free_port() as port, tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [installed.python, "-m", "uvicorn", "main:app", "--port", str(port)],
            cwd=installed.folder,
            env=installed.env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            until = time.monotonic() + LONGEST_START
            while not taken(port):
                if process.poll() is not None or time.monotonic() > until:
                    log.seek(0)
                    raise RuntimeError(f"the service does not start: {log.read().decode()}")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def free_port() -> Iterator[int]:
    """A port that nobody has, for as long as the `with` lasts."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = int(tried.getsockname()[1])
    with reserved([port]):
        yield port


# ── the proxy ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Asked:
    """A request that reached the proxy."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answer:
    """An answer of the service, on its way through the proxy."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Harm:
    """What becomes of the answers for a path, or of the first so many of them."""

    status: int | None = None
    body: bytes | None = None
    location: str = ""
    after: float = 0.0  # Seconds before the answer.
    during: float = 0.0  # Seconds over which its body comes.
    dropped: bool = False  # The connection, instead of an answer.
    cut: bool = False  # The connection, before the last byte.
    times: int | None = None


@dataclass
class Proxy:
    """Lets everything through to the service and back, but for what is to be harmed; notes it all.

    What the service answered, and the tokens that it gave, are noted as they were before the harm.
    """

    service: str
    harms: dict[str, Harm] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    answered: list[Answer] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked, in their order."""
        return [asked.path for asked in self.asked]

    def harm(self, path: str) -> Harm:
        """What is to become of the answer to the request that was noted last."""
        harm = self.harms.get(path, Harm())
        return harm if harm.times is None or self.paths.count(path) <= harm.times else Harm()

    def passed_on(self, asked: Asked) -> Answer:
        """What the service answers."""
        address = urllib.parse.urlsplit(self.service)
        connection = http.client.HTTPConnection(address.netloc, timeout=60)
        try:
            connection.request(asked.method, asked.path, asked.body, dict(asked.headers))
            answered = connection.getresponse()
            found = Answer(answered.status, dict(answered.getheaders()), answered.read())
        finally:
            connection.close()
        self.answered.append(found)
        if asked.path.endswith("/login") and found.status == 200:
            self.tokens.append(json.loads(found.body)["access_token"])
        return found

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answers one request."""
        size = int(handler.headers.get("Content-Length", "0"))
        asked = Asked(
            handler.command, handler.path, dict(handler.headers), handler.rfile.read(size)
        )
        self.asked.append(asked)
        harm = self.harm(asked.path)
        answer = self.passed_on(asked)
        time.sleep(harm.after)
        if harm.dropped:
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        body = answer.body if harm.body is None else harm.body
        handler.send_response_only(harm.status or answer.status)
        for name, value in answer.headers.items():
            if name.lower() != "content-length":
                handler.send_header(name, value)
        if harm.location:
            handler.send_header("Location", harm.location)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if harm.during:
            for byte in body:
                handler.wfile.write(bytes([byte]))
                time.sleep(harm.during / len(body))
        else:
            handler.wfile.write(body[:-1] if harm.cut else body)


@contextmanager
def proxy(service: str) -> Iterator[Proxy]:
    """A proxy that runs."""
    made = Proxy(service)

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            # Whoever asked may be gone before a slow answer is written.
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

        def do_GET(self) -> None:
            made.answer(self)

        do_POST = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.block_on_close = False
    made.port = server.server_address[1]
    threading.Thread(target=functools.partial(server.serve_forever, 0.05), daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
