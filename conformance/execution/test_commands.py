"""Commands: the files that they leave are executed"""

# A command that writes is right if its workflows run afterwards, and one that reads if nothing
# else has changed: the drift job reports it. Servers on this machine answer `absorb` and `doctor`.

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.bench import Bench
from runner.origin import git
from seen import errors
from settings_api import REPOSITORY, SettingsApi, State
from upstream import NOW, Upstream

CI = ".github/workflows/ci.yml"
DEFINITION = "pipeline.toml"
MANIFEST = ".github/pipewright/manifest.sha256"
COMMIT = "a" * 40


def frame(message: str) -> str:
    """A message of the Language Server Protocol."""
    return f"Content-Length: {len(message)}\r\n\r\n{message}"


# A session of an editor that opens nothing.
SESSION = "".join(
    map(
        frame,
        [
            '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}',
            '{"jsonrpc":"2.0","id":2,"method":"shutdown"}',
            '{"jsonrpc":"2.0","method":"exit"}',
        ],
    )
)


def run(tree: Path, *arguments: str, status: int = 0, **variables: str) -> str:
    """Runs the program as a user does, and returns what it prints."""
    command = [os.environ["BENCH_PROGRAM"], *arguments]
    done = subprocess.run(
        command,
        cwd=tree,
        env=os.environ | variables,
        input=SESSION if arguments == ("lsp",) else "",
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def replace(tree: Path, name: str, before: str, after: str) -> None:
    """Another text in a file, which has the first one."""
    text = (tree / name).read_text("utf-8")
    assert before in text, f"{name} has no {before}"
    (tree / name).write_text(text.replace(before, after), "utf-8")


def generate(tree: Path) -> None:
    """A changed definition, generated."""
    replace(tree, DEFINITION, 'slowest        = "30s"', 'slowest        = "40s"')
    assert f"written: {MANIFEST}" in run(tree, "generate")


def check(tree: Path) -> None:
    """Three mistakes in a definition, which `--fix` fixes; then it is generated."""
    replace(tree, DEFINITION, "skip-unchanged = true", "skip-unchanged = true\ntimeuot = '25m'")
    replace(tree, DEFINITION, "shards     = 2", 'shards     = "2"')
    replace(tree, DEFINITION, 'component  = "backend"', 'component  = "backnd"')
    assert run(tree, "check", "--fix", status=1).count("fixed[") == 3
    run(tree, "generate")
    run(tree, "check")


def migrate(tree: Path) -> None:
    """The names of an earlier version; then the definition is generated."""
    replace(tree, DEFINITION, 'dist       = "loadscope"', 'distribute = "load-scope"')
    replace(tree, DEFINITION, 'coverage   = { source = ["metered"] }', 'measure = ["metered"]')
    run(tree, "generate", status=3)
    assert run(tree, "migrate").count("fixed[") == 2
    run(tree, "generate")


def pins(tree: Path) -> None:
    """A later version of an action, in the lock and in the workflows, and an unused pin."""
    upstream = Upstream(tree.parent / "repositories-of-pins")
    server = {"GITHUB_SERVER_URL": upstream.url}
    old = upstream.release("actions/checkout", "v8.0.0", 300)
    run(tree, "pins", "add", f"actions/checkout@{old} # v8.0.0", f"acme/unused@{COMMIT} # v1.0.0")
    run(tree, "generate")
    new = upstream.release("actions/checkout", "v8.1.0", 20)
    printed = run(tree, "pins", "outdated", "actions/checkout", status=1, **server)
    assert "v8.0.0 -> v8.1.0" in printed
    run(tree, "pins", "update", "actions/checkout", **server)
    run(tree, "pins", "verify", "actions/checkout", **server)
    assert new in (tree / CI).read_text("utf-8")
    run(tree, "pins", "remove", "acme/unused")
    run(tree, "generate")
    listed = run(tree, "pins", "list", SOURCE_DATE_EPOCH=str(NOW))
    assert re.search("actions/checkout +v8.1.0 +20 days old", listed)
    assert "acme/unused" not in listed


def absorb(tree: Path) -> None:
    """A later version of an action, which a bot wrote into the workflows."""
    upstream = Upstream(tree.parent / "repositories")
    old = upstream.release("actions/checkout", "v8.0.0", 300)
    new = upstream.release("actions/checkout", "v8.1.0", 20)
    run(tree, "pins", "add", f"actions/checkout@{old} # v8.0.0")
    run(tree, "generate")
    for file in (tree / CI).parent.glob("*.yml"):
        text = file.read_text("utf-8")
        file.write_text(text.replace(f"{old} # v8.0.0", f"{new} # v8.1.0"), "utf-8")
    printed = run(tree, "absorb", GITHUB_SERVER_URL=upstream.url)
    assert f"absorbed actions/checkout@{new} as v8.1.0\n" in printed
    assert new in (tree / "pipeline.lock").read_text("utf-8")


def init(tree: Path) -> None:
    """A repository without a pipeline, and the first one that fits it."""
    shutil.rmtree(tree / ".github")
    for name in (DEFINITION, "pipeline.lock"):
        (tree / name).unlink()
    run(tree, "init", "--yes")
    run(tree, "check")


WRITING: dict[str, Callable[[Path], None]] = {
    "generate": generate,
    "check": check,
    "migrate": migrate,
    "pins": pins,
    "absorb": absorb,
    "init": init,
}

READING: dict[str, tuple[list[str], str]] = {
    "explain": (["explain", "drift"], "# drift"),
    "plan": (["plan", "--against", "HEAD"], ""),
    "graph": (["graph"], "flowchart"),
    "needs": (["needs"], ""),
    "settings": (["settings"], ""),
    "completions": (["completions", "bash"], "pipewright"),
    "man": (["man"], ".TH pipewright"),
    "schema": (["schema"], '"$schema"'),
    "lsp": (["lsp"], '"hoverProvider":true'),
}


@pytest.mark.parametrize("command", WRITING)
def test_files_that_a_command_writes(github: Bench, command: str) -> None:
    """The drift job and a check of the changed pipeline pass."""
    with github.origin.change(f"command-{command}", "small") as tree:
        WRITING[command](tree)
    event = github.pull_request(f"command-{command}", "small")
    job = github.run("ci.yml", event, only=frozenset({"drift"})).job("Drift")
    assert (job.result, errors(job)) == ("success", [])


@pytest.mark.parametrize("command", READING)
def test_command_that_only_reads(github: Bench, command: str) -> None:
    """It prints its answer, and the drift job finds nothing changed."""
    arguments, printed = READING[command]
    with github.origin.change(f"command-{command}", "small") as tree:
        assert printed in run(tree, *arguments)
        (tree / "read.txt").write_text("a commit needs a change\n", "utf-8")
    event = github.pull_request(f"command-{command}", "small")
    job = github.run("ci.yml", event, only=frozenset({"drift"})).job("Drift")
    assert (job.result, errors(job)) == ("success", [])


def test_settings_that_doctor_reads(github: Bench) -> None:
    """It names the settings that are wrong, changes none of them, and leaves no file."""
    api = SettingsApi(State(branches=("main",)))
    variables = {"GITHUB_API_URL": api.url, "GITHUB_REPOSITORY": REPOSITORY, "GH_TOKEN": "token"}
    with github.origin.change("command-doctor", "small") as tree:
        printed = run(tree, "doctor", status=1, **variables)
        assert "error[required check]: branch `main` does not require `atom passed`" in printed
        assert run(tree, "doctor", status=1, **variables) == printed
        assert git(tree, "status", "--porcelain") == ""
    api.close()
    assert api.state == State(branches=("main",))
    event = github.pull_request("command-doctor", "small")
    assert github.run("ci.yml", event, only=frozenset({"drift"})).job("Drift").result == "success"


def test_eject(github: Bench) -> None:
    """Without Pipewright there is no drift job, and the other jobs run as before."""
    with github.origin.change("command-eject", "small") as tree:
        run(tree, "eject")
        (tree / DEFINITION).unlink()
    event = github.pull_request("command-eject", "small")
    done = github.run("ci.yml", event, only=frozenset({"changes", "manifests"}))
    assert done.result == "success"
    assert "Drift" not in done.results()
