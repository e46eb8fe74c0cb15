"""Service containers, replaced by the real programs on this machine's own ports.

`image` chooses the program, `env`, `ports` and the health options are obeyed as the runner obeys
them: a job starts when every service is healthy, and fails when one turns unhealthy. Between two
looks at the health a tenth of the interval passes.

Sources: actions/runner@v2.336.0 src/Runner.Worker/ContainerOperationProvider.cs and
Container/DockerCommandManager.cs `DockerCreate`, which writes `options` and `command` into one
line.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import arguments

PACE = 0.1
UNLIMITED: AbstractContextManager[None] = nullcontext()
PAUSE = 0.2  # Seconds between two tries to get the ports of a job.
START = 60  # Seconds until a program listens, at most.
OPTIONS = {
    *(f"--health-{name}" for name in ("cmd", "interval", "timeout", "retries", "start-period")),
    # What follows changes the container alone, which is not there.
    "--shm-size",
    "--tmpfs",
}
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to be run by root.


class Unhealthy(Exception):
    """A service did not become healthy; the job fails before its first step."""


@dataclass
class Service:
    """One service of one job."""

    name: str
    image: str
    env: Mapping[str, str]
    ports: list[int]
    options: Mapping[str, str]
    command: list[str]
    folder: Path
    broken: bool = False
    process: subprocess.Popen[bytes] | None = None
    log: str = ""

    @staticmethod
    def of(name: str, given: Mapping[str, Any], folder: Path, broken: bool) -> Service:
        """Reads a service of a workflow."""
        _known(given)
        ports = []
        for pair in given.get("ports", []):
            outside, _, inside = str(pair).partition(":")
            assert inside in ("", outside), f"{pair}: only equal ports are modelled"
            ports.append(int(outside))
        options = _options(arguments.split(given.get("options", "")))
        entry = [given["entrypoint"]] if given.get("entrypoint") else []
        command = [*entry, *arguments.split(given.get("command", ""))]
        folder.mkdir(parents=True)
        env = given.get("env", {})
        return Service(name, given["image"], env, ports, options, command, folder, broken)

    def start(self) -> None:
        """Starts the program and waits until it is healthy."""
        for port in self.ports:
            if taken(port):
                raise RuntimeError(f"port {port}, which the service {self.name} needs, is taken")
        self.process = program(self.image)(self)
        self._listen()
        self._wait()

    def _listen(self) -> None:
        """Waits for the program's own start, which takes longer where this machine is busy.

        The health checks that follow are as many as in the workflow, at a faster pace.
        """
        deadline = time.monotonic() + START
        waits = bool(self.ports) and not self.broken
        while waits and time.monotonic() < deadline and not taken(self.ports[0]):
            if self.process and self.process.poll() is not None:
                return
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends the program, and keeps what it logged."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log = (self.folder / "log").read_text("utf-8", errors="replace")
        shutil.rmtree(self.folder, ignore_errors=True)

    def option(self, name: str, default: str) -> str:
        """The value of an option."""
        return self.options.get(name, default)

    def _wait(self) -> None:
        command = self.option("--health-cmd", "")
        if not command:
            return
        interval = _seconds(self.option("--health-interval", "30s"))
        timeout = _seconds(self.option("--health-timeout", "30s"))
        retries = int(self.option("--health-retries", "3"))
        told = ""
        for _ in range(retries):
            time.sleep(interval * PACE)
            if self.process and self.process.poll() is not None:
                log = (self.folder / "log").read_text("utf-8", errors="replace")
                raise Unhealthy(f"service {self.name} ended: {log[-500:]}")
            try:
                done = subprocess.run(
                    ["/bin/sh", "-c", command],
                    env={"PATH": _path(), "PGHOST": "localhost", **self.env},
                    capture_output=True,
                    timeout=timeout,
                    text=True,
                )
            except subprocess.TimeoutExpired:
                told = f"took longer than {timeout:g} s"
                continue
            if done.returncode == 0:
                return
            told = (done.stdout + done.stderr).strip()
        raise Unhealthy(f"service {self.name} is unhealthy: {told}")


@contextmanager
def reserved(ports: list[int], slot: AbstractContextManager[Any] = UNLIMITED) -> Iterator[None]:
    """Waits until a machine is free, and no other job here, of any bench, has one of the ports.

    A job that waits holds neither, so that jobs of other benches do not wait for its machine.
    """
    while True:
        with ExitStack() as held:
            held.enter_context(slot)
            if all(_locked(held, port) for port in ports):
                yield
                return
        time.sleep(PAUSE)


def _locked(held: ExitStack, port: int) -> bool:
    path = Path(tempfile.gettempdir()) / f"pipewright-port-{port}"
    file = held.enter_context(path.open("w"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def taken(port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _known(given: Mapping[str, Any]) -> None:
    known = {"image", "env", "ports", "options", "command", "entrypoint"}
    assert set(given) <= known, f"{set(given) - known} of a service is not modelled"


def _options(words: list[str]) -> dict[str, str]:
    """The options of `docker create`, by their names; an unknown one, or a stray word, fails.

    Source: docker/cli@v28 cli/command/container/opts.go; a word that is no option would be the
    image.
    """
    found: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        assert name in OPTIONS, f"docker create: the option {word!r} is not modelled"
        found[name] = value if equals else next(rest, "")
        assert found[name], f"docker create: flag needs an argument: {name}"
    return found


def _seconds(text: str) -> float:
    assert text.endswith("s"), f"{text}: only seconds are modelled"
    return float(text.removesuffix("s"))


# ── the programs ──────────────────────────────────────────────────────────────


def program(image: str) -> Callable[[Service], subprocess.Popen[bytes]]:
    """What stands in for an image."""
    name = image.partition("@")[0].partition(":")[0]
    found = {"postgres": postgres, "redis": redis, "rustfs/rustfs": object_store}.get(name)
    assert found, f"there is no stand-in for the image {image}"
    return found


def postgres_programs() -> Path:
    """The folder of PostgreSQL's own programs, which Debian keeps out of the path."""
    beside = shutil.which("initdb")
    folders = [Path(beside).resolve().parent] if beside else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").is_file():
            return folder
    raise RuntimeError("PostgreSQL's server is not installed: Debian's package is `postgresql`")


def postgres(service: Service) -> subprocess.Popen[bytes]:
    """A PostgreSQL server of its own, with the user and database that the image would make."""
    (port,) = service.ports
    assert not service.command, "another command for PostgreSQL is not modelled"
    name, password = service.env.get("POSTGRES_USER", "postgres"), service.env["POSTGRES_PASSWORD"]
    arguments_of = service.env.get("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --no-locale")
    made = initialised(name, password, service.env.get("POSTGRES_DB", name), arguments_of)
    data = service.folder / "data"
    subprocess.run(["cp", "--archive", made, data], check=True)
    _hand_over(service.folder)
    settings = {
        "port": 1 if service.broken else port,
        "listen_addresses": "localhost",
        "unix_socket_directories": service.folder,
        "fsync": "off",
    }
    options = [f"--{key}={value}" for key, value in settings.items()]
    return subprocess.Popen(
        [str(postgres_programs() / "postgres"), "-D", str(data), *options],
        cwd=service.folder,
        user=_unprivileged(),
        stdout=(service.folder / "log").open("wb"),
        stderr=subprocess.STDOUT,
    )


@functools.cache
def initialised(name: str, password: str, database: str, options: str) -> Path:
    """A server's files, made once; as in the image, the database is there before it answers."""
    folder = Path(tempfile.mkdtemp(prefix="pipewright-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    data, secret = folder / "data", folder / "password"
    secret.write_text(password)
    _hand_over(folder)
    programs, at = str(postgres_programs()), str(data)
    who = ["--username", name, "--pwfile", str(secret), "--auth", "scram-sha-256"]
    how = [*options.split(), "--no-sync"]
    _quietly([f"{programs}/initdb", *who, *how, "-D", at], folder, "")
    single = [f"{programs}/postgres", "--single", "-D", at, "postgres"]
    if database != "postgres":
        _quietly(single, folder, f'CREATE DATABASE "{database}"\n')
    return data


def _quietly(command: list[str], folder: Path, told: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        user=_unprivileged(),
        input=told.encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}"


def _unprivileged() -> str | None:
    """Whom PostgreSQL is run by: not by root."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def object_store(service: Service) -> subprocess.Popen[bytes]:
    """An S3 server, by moto; healthy where the image would be."""
    (port,) = service.ports
    script = Path(__file__).with_name("object_store.py")
    command = [sys.executable, str(script), str(port), "broken" if service.broken else "healthy"]
    log = (service.folder / "log").open("wb")
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


def redis(service: Service) -> subprocess.Popen[bytes]:
    """Redis, with the command line that the workflow gives: its own parser reads the quotes."""
    command = service.command or ["redis-server"]
    if command[0].endswith("docker-entrypoint.sh"):
        del command[0]
    assert command[0] == "redis-server", f"{command} is not modelled"
    port = 1 if service.broken else service.ports[0]
    where = ["--port", str(port), "--dir", str(service.folder), "--bind", "127.0.0.1"]
    found = shutil.which("redis-server")
    assert found, "Redis is not installed: Debian's package is `redis-server`"
    log = (service.folder / "log").open("wb")
    return subprocess.Popen([found, *command[1:], *where], stdout=log, stderr=subprocess.STDOUT)


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in [folder, *folder.iterdir()]:
            shutil.chown(path, UNPRIVILEGED)


def _path() -> str:
    return os.pathsep.join([str(postgres_programs()), "/usr/local/bin", "/usr/bin", "/bin"])
