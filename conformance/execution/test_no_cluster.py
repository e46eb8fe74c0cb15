"""deploy.yml of an environment without a cluster: commands change a machine, and keep the marks there"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fixtures import written
from runner.bench import Bench, bench
from runner.job import Fault
from runner.language import Language
from runner.pace import Pace
from runner.run import Run
from seen import errors

DEFINITION = """\
version = 1
[project]
name = "shop"
[components.shop]
checks = { unbroken = "true" }
[images.shop]
repository = "ghcr.io/acme/shop"
[smoke.shop]
public = true
probes = [{ name = "alive", request = "GET /health", expect = { contains = "ok" } }]
[workloads.shop]
image = "shop"
[workloads.shop.delivery.commands]
apply = "bash deploy/machine apply"
restore = "bash deploy/machine apply"
current = "bash deploy/machine current"
[environments.production]
url = { var = "SHOP_URL" }
marks = { read = "bash deploy/machine read", write = "bash deploy/machine write" }
env = { MACHINE = { var = "MACHINE" } }
deploy = ["shop"]
smoke = "shop"
[notify]
issue = { on = ["failure", "rollback"] }
"""
SCRIPT = """\
#!/usr/bin/env bash
set -euo pipefail
case "$1" in
  apply)
    echo "$IMAGE" > "$MACHINE/image"
    test ! -e "$MACHINE/slow" || sleep 30
    ;;
  current) cat "$MACHINE/image" ;;
  read) test ! -e "$MACHINE/marks.json" || cat "$MACHINE/marks.json" ;;
  write) cat > "$MACHINE/marks.partial" && mv "$MACHINE/marks.partial" "$MACHINE/marks.json" ;;
esac
"""
FIRST = f"ghcr.io/acme/shop@sha256:{'a' * 64}"
JOB = "deploy-production"


@dataclass
class Machine:
    """A machine that serves the image of a file; its health is wrong for images that are broken."""

    folder: Path
    broken: bool = False
    served: list[str] = field(default_factory=list)

    def image(self) -> str:
        """The image that runs."""
        return (self.folder / "image").read_text("utf-8").strip()

    def mark(self, key: str) -> Any:
        """A mark, or None."""
        text = json.loads((self.folder / "marks.json").read_text("utf-8"))["shop"]
        return json.loads(text[f"pipewright.dev/{key}"]) if f"pipewright.dev/{key}" in text else None


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[tuple[Machine, str]]:
    made = Machine(tmp_path / "machine")
    made.folder.mkdir()
    (made.folder / "image").write_text(f"{FIRST}\n", "utf-8")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = not made.broken or made.image() == FIRST
            body = b"ok" if good else b"failing"
            made.served.append(made.image())
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Prints nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@dataclass
class Shop:
    """The repository, and its machine."""

    github: Bench
    machine: Machine

    def deploy(self, file: str, **options: Any) -> Run:
        """A push of one more file, to the end of its deploy."""
        with self.github.origin.change("main", "main") as tree:
            (tree / file).write_text("", "utf-8")
        return self.github.begin("deploy.yml", self.github.push("main"), **options).wait()

    def told(self) -> list[str]:
        """Titles of the issues, and comments."""
        return [issue["title"] for issue in self.github.api.issues.all]


@pytest.fixture
def shop(language: Language, tmp_path: Path, machine: tuple[Machine, str]) -> Iterator[Shop]:
    """A service on one machine."""
    files = {
        "pipeline.toml": DEFINITION,
        "Dockerfile": "FROM scratch\n",
        "deploy/machine": SCRIPT,
    }
    installed = Path(os.environ["BENCH_CACHE"]) / "python"
    made, url = machine
    with bench(language, written(files, tmp_path), installed) as github:
        variables = {"SHOP_URL": url, "MACHINE": str(made.folder)}
        github.environments["production"] = ({}, variables)
        github.pace = Pace(minute=60, interrupt=1.0, terminate=1.0, streams=0.5)
        yield Shop(github, made)


def test_the_first_deploy_and_the_next(shop: Shop) -> None:
    """A version is verified, the next one too, and the marks name both."""
    first = shop.deploy("one")
    assert first.result == "success", first.failures()
    before = shop.machine.mark("verified")
    assert before["image"] == shop.machine.image() != FIRST
    second = shop.deploy("two")
    assert second.result == "success", second.failures()
    assert shop.machine.mark("verified")["image"] == shop.machine.image() != before["image"]
    assert [one["image"] for one in shop.machine.mark("history")] == [before["image"]]
    assert shop.machine.mark("changing") is None


def test_a_failed_version_is_restored(shop: Shop) -> None:
    """A version that fails its smoke test: the command restores the one before, and a person is told."""
    shop.machine.broken = True
    run = shop.deploy("one")
    assert run.result == "failure"
    assert shop.machine.image() == FIRST
    assert shop.machine.mark("changing") is None
    (told,) = shop.told()
    assert "production was rolled back" in told


def test_a_runner_is_lost_while_a_command_runs(shop: Shop) -> None:
    """The recovery reads the marks on another runner, and restores the version before."""
    (shop.machine.folder / "slow").touch()

    def applied(_: object) -> bool:
        if shop.machine.image() == FIRST:
            return False
        (shop.machine.folder / "slow").unlink()
        return True

    lost = Fault(job=JOB, step="Apply", due=applied, machine=True)
    run = shop.deploy("one", faults=[lost])
    assert run.result == "failure"
    assert run.job("Recover production").result == "success", run.job("Recover production").log
    assert shop.machine.image() == FIRST
    assert shop.machine.mark("changing") is None
    assert "production was rolled back" in shop.told()[0]


def test_a_rollback_on_demand(shop: Shop) -> None:
    """A person returns the machine to the version that was verified before."""
    for file in ("one", "two"):
        assert shop.deploy(file).result == "success"
    (before,) = shop.machine.mark("history")
    asked = shop.github.dispatch("main", action="roll back", environment="production")
    run = shop.github.begin("deploy.yml", asked).wait()
    assert run.result == "success", run.failures()
    assert shop.machine.image() == before["image"] == shop.machine.mark("verified")["image"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("cat > /dev/null", "the command `marks.read` did not print what was written"),
        ("exit 3", "the command `marks.write` ended with status 3"),
    ],
)
def test_a_store_that_does_not_store(shop: Shop, command: str, told: str) -> None:
    """A store that loses the marks is found before anything is changed."""
    with shop.github.origin.change("main", "main") as tree:
        script = tree / "deploy" / "machine"
        written_by = next(line for line in SCRIPT.splitlines() if line.startswith("  write)"))
        script.write_text(SCRIPT.replace(written_by, f"  write) {command} ;;"), "utf-8")
    run = shop.deploy("one")
    assert run.result == "failure"
    found = [error.message for error in errors(run.job("Deploy to production"))]
    assert found[0].startswith(told), found
    assert shop.machine.image() == FIRST
