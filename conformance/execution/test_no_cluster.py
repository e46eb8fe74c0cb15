"""deploy.yml of an environment without a cluster: commands change a machine, which has the marks"""

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
apply = "bash deploy/shop apply"
restore = "bash deploy/shop apply"
current = "bash deploy/shop current"
[environments.production]
url = { var = "SHOP_URL" }
marks = { read = "bash deploy/shop read", write = "bash deploy/shop write" }
env = { HOST = "machine", SSH_KEY = { secret = "SSH_KEY" } }
deploy = ["shop"]
smoke = "shop"
[notify]
issue = { on = ["failure", "rollback"] }
"""
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "without-kubernetes.md"
# The guide's script for virtual machines.
SCRIPT = GUIDE.read_text("utf-8").partition("```bash\n")[2].partition("```")[0]
# A shell on the machine: https://man.openbsd.org/ssh.1 joins the words of a command by blanks.
SSH = """\
#!/usr/bin/env bash
while [ "$1" = -o ]; do shift 2; done
test "$1" = deploy@machine || exit 255
shift
cd "$MACHINE" && exec bash -c "$*"
"""
AGENT = "#!/usr/bin/env bash\necho 'SSH_AGENT_PID=1; export SSH_AGENT_PID;'\n"
KEY = '#!/usr/bin/env bash\nread -r key && test "$key" = the-key\n'
RESTART = "#!/usr/bin/env bash\ntest ! -e slow || sleep 30\n"
PROGRAMS = {
    "ssh": SSH,
    "ssh-agent": AGENT,
    "ssh-add": KEY,
    "docker": "#!/bin/sh\n",
    "systemctl": RESTART,
}
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
        return json.loads(text.get(f"pipewright.dev/{key}", "null"))


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
        "deploy/shop": SCRIPT,
    }
    installed = Path(os.environ["BENCH_CACHE"]) / "python"
    made, url = machine
    with bench(language, written(files, tmp_path), installed) as github:
        github.environments["production"] = ({"SSH_KEY": "the-key"}, {"SHOP_URL": url})
        github.image_env["MACHINE"] = str(made.folder)
        programs = tmp_path / "programs"
        programs.mkdir()
        for name, text in PROGRAMS.items():
            (programs / name).write_text(text, "utf-8")
            (programs / name).chmod(0o755)
        github.image_path.insert(0, programs)
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
    """A version that fails its smoke test: the one before is restored, and a person knows."""
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


@pytest.mark.thorough
def test_a_rollback_on_demand(shop: Shop) -> None:
    """A person returns the machine to the version that was verified before."""
    for file in ("one", "two"):
        assert shop.deploy(file).result == "success"
    (before,) = shop.machine.mark("history")
    asked = shop.github.dispatch("main", action="roll back", environment="production")
    run = shop.github.begin("deploy.yml", asked).wait()
    assert run.result == "success", run.failures()
    assert shop.machine.image() == before["image"] == shop.machine.mark("verified")["image"]


@pytest.mark.thorough
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
        script = tree / "deploy" / "shop"
        written_by = next(line for line in SCRIPT.splitlines() if line.startswith("  write)"))
        script.write_text(SCRIPT.replace(written_by, f"  write) {command} ;;"), "utf-8")
    run = shop.deploy("one")
    assert run.result == "failure"
    found = [error.message for error in errors(run.job("Deploy to production"))]
    assert found[0].startswith(told), found
    assert shop.machine.image() == FIRST
