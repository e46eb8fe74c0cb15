"""Upkeep: bots, a year of updates, a merge and wrong settings, from start to green"""

# Each walk begins with a repository in which something is wrong or old, does what the messages say,
# and ends when the drift job passes, or `doctor` has nothing to report.

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.bench import Bench
from runner.origin import git
from seen import errors
from settings_api import GIGABYTE, REPOSITORY, Environment, SettingsApi, State
from settings_gh import install
from upstream import Upstream

WORKFLOWS = ".github/workflows"
LOCK = "pipeline.lock"
ACTION = "actions/checkout"
OTHERS = ("acme/one", "acme/two", "acme/three", "acme/four")
PART = re.compile(r"`pipewright (settings --only [a-z-]+)` prints")


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    """Repositories of actions in the place of GitHub's."""
    return Upstream(tmp_path / "repositories")


def run(tree: Path, *arguments: str, status: int = 0, **variables: str) -> str:
    """Runs the program as a user does, and returns what it prints."""
    command = [os.environ["BENCH_PROGRAM"], *arguments]
    done = subprocess.run(
        command, cwd=tree, env=os.environ | variables, capture_output=True, text=True
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def drift(github: Bench, branch: str, base: str = "upkeep") -> tuple[str, list[str]]:
    """The drift job's result on a pull request, and the messages of its annotations."""
    event = github.pull_request(branch, base)
    job = github.run("ci.yml", event, only=frozenset({"drift"})).job("Drift")
    return job.result, [error.message for error in errors(job)]


def adopted(github: Bench, upstream: Upstream, branch: str = "upkeep") -> str:
    """A branch whose pin is the first release of an action, and the pin's commit."""
    commit = upstream.release(ACTION, "v8.0.0", 300)
    with github.origin.change(branch, "small") as tree:
        run(tree, "pins", "add", f"{ACTION}@{commit} # v8.0.0")
        run(tree, "generate")
    return commit


def workflows(tree: Path) -> dict[str, str]:
    """The text of every workflow, without the checksum in its first line."""
    files = sorted((tree / WORKFLOWS).glob("*.yml"))
    texts = {file.name: file.read_text("utf-8") for file in files}
    return {name: re.sub(r"(?<=Checksum: )[0-9a-f]+", "", text) for name, text in texts.items()}


def test_dependabot(github: Bench, upstream: Upstream) -> None:
    """A bot moves a pin in every workflow: drift is reported, and `absorb` makes it the lock's."""
    old = adopted(github, upstream)
    new = upstream.release(ACTION, "v8.1.0", 1)
    with github.origin.change("dependabot", "upkeep") as tree:
        for file in (tree / WORKFLOWS).glob("*.yml"):
            text = file.read_text("utf-8")
            file.write_text(text.replace(f"{old} # v8.0.0", f"{new} # v8.1.0"), "utf-8")
        edited = workflows(tree)
        assert "edited by hand, pins only" in run(tree, "check", status=1)
    result, messages = drift(github, "dependabot")
    assert result == "failure"
    assert all("`pipewright absorb` if a bot moved pins" in message for message in messages)
    with github.origin.change("dependabot", "dependabot") as tree:
        run(tree, "absorb", GITHUB_SERVER_URL=upstream.url)
        assert workflows(tree) == edited
        assert f'"{ACTION}" = {{ version = "v8.1.0", sha = "{new}"' in (tree / LOCK).read_text()
        run(tree, "check")
        run(tree, "pins", "verify", ACTION, GITHUB_SERVER_URL=upstream.url)
    assert drift(github, "dependabot") == ("success", [])


def test_renovate(github: Bench, upstream: Upstream, tmp_path: Path) -> None:
    """Renovate's manager of `init` moves a pin of the lock, and `generate` follows."""
    adopted(github, upstream)
    new = upstream.release(ACTION, "v8.1.0", 9)
    with github.origin.change("renovate", "upkeep") as tree:
        move(tree / LOCK, manager(tmp_path / "adopted"), "v8.1.0", new)
    result, messages = drift(github, "renovate")
    assert result == "failure"
    assert any(message.startswith(f"{LOCK} has changed") for message in messages)
    with github.origin.change("renovate", "renovate") as tree:
        assert "is stale" in run(tree, "check", status=1)
        run(tree, "generate")
        run(tree, "check")
        run(tree, "pins", "verify", ACTION, GITHUB_SERVER_URL=upstream.url)
        assert f"{ACTION}@{new} # v8.1.0" in (tree / WORKFLOWS / "ci.yml").read_text("utf-8")
    assert drift(github, "renovate") == ("success", [])


def manager(folder: Path) -> dict[str, Any]:
    """The custom manager that `init` proposes to a repository with Renovate."""
    (folder / ".git").mkdir(parents=True)
    (folder / "renovate.json").write_text("{}\n", "utf-8")
    (folder / "go.mod").write_text("module example.com/one\n\ngo 1.25\n", "utf-8")
    (folder / "one.go").write_text("package one\n", "utf-8")
    (folder / "one_test.go").write_text("package one\n", "utf-8")
    printed = run(folder, "init", "--yes")
    start = printed.index("{", printed.index("add to `renovate.json`"))
    config, _ = json.JSONDecoder().raw_decode(printed[start:])
    (found,) = config["customManagers"]
    return dict(found)


def move(lock: Path, manager: dict[str, Any], version: str, commit: str) -> None:
    """Moves a pin as Renovate's custom manager does.

    Source: <https://docs.renovatebot.com/modules/manager/regex/>, `autoReplaceStringTemplate`.
    """
    (pattern,) = manager["matchStrings"]
    expression = re.compile(pattern.replace("(?<", "(?P<"))
    text = lock.read_text("utf-8")
    found = next(one for one in expression.finditer(text) if one["depName"] == ACTION)
    replaced = found[0].replace(found["currentValue"], version)
    replaced = replaced.replace(found["currentDigest"], commit)
    template = manager.get("autoReplaceStringTemplate")
    if isinstance(template, str):
        replaced = template
        values = {"depName": ACTION, "newValue": version, "newDigest": commit}
        for name, value in values.items():
            replaced = replaced.replace("{{{" + name + "}}}", value)
    lock.write_text(text.replace(found[0], replaced), "utf-8")


def test_a_year_of_updates(github: Bench, upstream: Upstream) -> None:
    """Ten rounds move five pins each: every state is whole, and the drift job passes at the end."""
    names = (ACTION, *OTHERS)
    first = [f"{name}@{upstream.release(name, 'v9.0.0', 400)} # v9.0.0" for name in names]
    moved = 0
    with github.origin.change("upkeep", "small") as tree:
        steps = ", ".join(f'{{ uses = "{name}" }}' for name in OTHERS)
        with (tree / "pipeline.toml").open("a") as definition:
            definition.write(f"\n[jobs.other]\nsteps = [{steps}]\n")
        run(tree, "pins", "add", *first)
        run(tree, "generate")
        git(tree, "add", "--all")
        for number in range(1, 11):
            commits = {n: upstream.release(n, f"v9.{number}.0", 400 - 36 * number) for n in names}
            run(tree, "pins", "update", *names, GITHUB_SERVER_URL=upstream.url)
            run(tree, "check")
            text = (tree / WORKFLOWS / "ci.yml").read_text("utf-8")
            moved += sum(f"{n}@{commit} # v9.{number}.0" in text for n, commit in commits.items())
        run(tree, "pins", "verify", *names, GITHUB_SERVER_URL=upstream.url)
    assert moved == 50
    assert drift(github, "upkeep", "small") == ("success", [])


def test_merge_of_two_regenerated_branches(github: Bench) -> None:
    """Both conflict in what is generated; after the merge, one command makes it right."""
    for branch in ("one", "two"):
        with github.origin.change(branch, "small") as tree:
            definition = tree / "pipeline.toml"
            text = definition.read_text("utf-8")
            own = f'[components.{branch}]\npath = "{branch}"\nchecks = {{ lint = "true" }}\n\n'
            if branch == "one":
                text = text.replace("[components.backend]", f"{own}[components.backend]")
            else:
                text = f"{text}\n{own}"
            definition.write_text(text, "utf-8")
            (tree / branch).mkdir()
            (tree / branch / "file").write_text("one\n", "utf-8")
            run(tree, "generate")
    with github.origin.change("merged", "one") as tree:
        with pytest.raises(AssertionError, match="git"):
            git(tree, "merge", "--quiet", github.origin.head("two"))
        assert "is in conflict after a merge" in run(tree, "check", status=1)
        run(tree, "generate")
        run(tree, "check")
        text = (tree / WORKFLOWS / "ci.yml").read_text("utf-8")
        assert "\n  one:\n" in text
        assert "\n  two:\n" in text
    assert drift(github, "merged", "small") == ("success", [])


def wrong() -> State:
    """A repository whose settings are all wrong for the reference pipeline."""
    state = State(private=True, plan="team", caches=int(9.8 * GIGABYTE))
    state.actions = {"enabled": False, "allowed_actions": "selected", "sha_pinning_required": False}
    state.selected = {
        "github_owned_allowed": True,
        "verified_allowed": False,
        "patterns_allowed": [],
    }
    state.token = {
        "default_workflow_permissions": "write",
        "can_approve_pull_request_reviews": True,
    }
    state.names = {"secrets": {"GRAFANA_TOKEN", "OLD_TOKEN"}, "variables": {"PROMETHEUS_URL"}}
    state.shared["secrets"] = {"SLACK_WEBHOOK_URL"}
    protected = {"protected_branches": True, "custom_branch_policies": False}
    custom = {"protected_branches": False, "custom_branch_policies": True}
    state.environments = {
        "staging": Environment(policy=protected),
        "production": Environment([{"id": 1}], 5, custom, [{"name": "develop", "type": "branch"}]),
        "release": Environment(),
    }
    state.environments["staging"].names["secrets"] = {"UNUSED"}
    state.policies = [
        {
            "name": "no schedule",
            "enforcement": "active",
            "conditions": {"workflow_path": {"include": ["~ALL"], "exclude": []}},
            "rules": [
                {"type": "restrict_action_events", "parameters": {"allowed_events": ["push"]}},
            ],
        }
    ]
    state.rulesets = [
        {
            "name": "old",
            "enforcement": "active",
            "conditions": {"ref_name": {"include": ["refs/heads/main"]}},
            "rules": [
                {
                    "type": "required_status_checks",
                    "parameters": {"required_status_checks": [{"context": "Drift"}]},
                },
            ],
        }
    ]
    return state


def by_hand(state: State, message: str) -> None:
    """Changes what the page of a setting alone can change."""
    if "does not allow actions" in message:
        state.actions["allowed_actions"] = "all"
    elif "a rollback waits, too" in message:
        state.environments["production"].reviewers = []
        state.environments["production"].minutes = 0
    elif "branch `develop` can use environment `production`" in message:
        state.environments["production"].patterns.remove({"name": "develop", "type": "branch"})
    elif "requires the job `Drift`" in message:
        del state.rulesets[0]
    elif "policy `no schedule` blocks" in message:
        state.policies = [one for one in state.policies if one["name"] != "no schedule"]
    elif "needs GitHub Enterprise Cloud" in message:
        state.private = False
    elif "one of the organization" in message:
        state.shared["secrets"].clear()
    elif "GB of 10 GB" in message:
        state.caches = GIGABYTE


def commands(message: str, text: str) -> Iterator[str]:
    """The commands of `gh` in a help; one with an environment may be meant for several of them."""
    named = re.findall(r"`([^`]+)`", message.partition(": jobs of environment ")[2])
    for command in re.findall(r"`(gh (?:secret|variable) [^`]+)`", text):
        start, option, _ = command.partition(" --env ")
        several = named if option and "for each environment" in text else []
        yield from [f"{start} --env {name}" for name in several] or [command]


def owner(api: SettingsApi, programs: Path) -> dict[str, str]:
    """The variables of an owner's shell, whose `gh` asks this API."""
    install(programs)
    return {
        "GITHUB_API_URL": api.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GH_TOKEN": "token",
        "PATH": f"{programs}:{os.environ['PATH']}",
        "REVIEWER": "octocat",
    }


def shell(tree: Path, script: str, variables: dict[str, str]) -> None:
    """Runs commands, none of which fails or complains."""
    done = subprocess.run(
        ["sh", "-ec", script], cwd=tree, env=os.environ | variables, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, ""), f"{done.stderr}\n{script}"


def test_settings_that_are_applied_twice(github: Bench, tmp_path: Path) -> None:
    """A second run of the printed commands changes nothing, and one after an edit undoes it."""
    api = SettingsApi(State())
    variables = owner(api, tmp_path)
    with github.origin.change("twice", "main") as tree:
        printed = run(tree, "settings")
        shell(tree, printed, variables)
        made = copy.deepcopy(api.state)
        assert made.environments["production-approval"].reviewers
        assert made.environments["release"].patterns == [{"name": "v*", "type": "tag"}]
        assert len(made.rulesets) == 1
        assert len(made.policies) > 1
        shell(tree, printed, variables)
        assert api.state == made
        api.state.rulesets[0]["enforcement"] = "disabled"
        api.state.policies[-1]["rules"] = []
        api.state.environments["staging"].patterns.clear()
        shell(tree, printed, variables)
        assert api.state == made
    api.close()


def test_repository_with_wrong_settings(github: Bench, tmp_path: Path) -> None:
    """Its owner runs the commands that `doctor` and `settings` print until nothing is reported."""
    api = SettingsApi(wrong())
    variables = owner(api, tmp_path)
    seen: set[str] = set()
    with github.origin.change("settings", "main") as tree:
        for _ in range(9):
            command = [os.environ["BENCH_PROGRAM"], "doctor", "--format", "json"]
            done = subprocess.run(
                command, cwd=tree, env=os.environ | variables, capture_output=True, text=True
            )
            document = json.loads(done.stdout)
            assert document["unread"] == [], document
            if not document["findings"]:
                break
            for finding in document["findings"]:
                message, text = finding["message"], finding["help"]
                assert message not in seen, f"what its help says was done: {finding}"
                seen.add(message)
                for part in sorted(set(PART.findall(text))):
                    shell(tree, run(tree, *part.split()), variables)
                for line in commands(message, text):
                    shell(tree, line, variables)
                by_hand(api.state, message)
        printed = run(tree, "doctor", "--deny-warnings", **variables)
    api.close()
    assert printed == f"{REPOSITORY}: the settings are those that the pipeline relies on\n"
    assert len(seen) > 30
