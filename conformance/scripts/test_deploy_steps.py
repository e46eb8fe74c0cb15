"""Every step of a deploy, and what each refuses."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy_bench import (
    CHANGING,
    COMMIT,
    NEW,
    OLD,
    OLDER,
    RUN,
    VERIFIED,
    Bench,
    deployment,
    http_route,
    secret,
    var,
)

VERSION = f"{COMMIT[:12]}-{RUN}-1"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path) as made:
        made.verified()
        yield made


def test_all_at_once_from_preflight_to_verified(bench: Bench) -> None:
    first = bench.steps("preflight")
    assert first.outputs == {"first": "false", "version": VERSION}
    assert bench.image() == OLD
    bench.steps("begin")
    mark = bench.mark(CHANGING)
    assert (mark["from"]["image"], mark["to"]["image"]) == (OLD, NEW)
    assert (mark["run"], mark["run-number"], mark["attempt"]) == (RUN, 50, 1)
    assert bench.image() == OLD
    bench.steps("apply")
    assert (bench.image(), bench.label()) == (NEW, VERSION)
    assert bench.mark(VERIFIED)["image"] == OLD
    bench.steps("promote", "judge", "verify")
    assert bench.mark(CHANGING) is None
    verified = bench.mark(VERIFIED)
    assert (verified["image"], verified["version"]) == (NEW, VERSION)
    assert (verified["commit"], verified["run"]) == (COMMIT, RUN)
    assert bench.object("deployment/atom")["metadata"]["annotations"]["kept"] == "yes"
    proxy = bench.object("deployment/atom")["spec"]["template"]["spec"]["containers"][0]
    assert proxy["image"] == "registry.example/proxy:1"


def test_canary_moves_only_the_canary_until_it_is_promoted(bench: Bench) -> None:
    bench.canary()
    bench.steps("preflight", "begin", "apply")
    assert (bench.image(), bench.image("deployment/atom-canary")) == (OLD, NEW)
    assert bench.object("deployment/atom-canary")["spec"]["replicas"] == 1
    assert bench.weights() == {"atom": 1, "atom-canary": 0}
    bench.steps("shift --to 10")
    assert bench.weights() == {"atom": 90, "atom-canary": 10}
    bench.steps("shift --to 100%")
    assert bench.object("deployment/atom-canary")["spec"]["replicas"] == 2
    assert bench.image() == OLD
    bench.steps("promote")
    assert (bench.image(), bench.label()) == (NEW, VERSION)
    assert bench.weights() == {"atom": 1, "atom-canary": 0}
    assert bench.object("deployment/atom-canary")["spec"]["replicas"] == 0
    asked_for = bench.object("httproute/atom")["spec"]["rules"][0]["backendRefs"]
    assert asked_for == [{"name": "atom-canary", "port": 80}]
    bench.steps("judge", "verify")


def test_stable_is_complete_before_the_canary_loses_its_traffic(bench: Bench) -> None:
    bench.canary()
    bench.steps("preflight", "begin", "apply", "shift --to 50")
    bench.forget()
    bench.steps("promote")
    said = [" ".join(call[1:4]) for call in bench.calls()]
    rolled = next(i for i, call in enumerate(said) if call.startswith("rollout status"))
    weighed = next(i for i, call in enumerate(said) if call.startswith("patch httproute/atom"))
    assert rolled < weighed


def test_a_rule_without_both_services_is_refused(bench: Bench) -> None:
    bench.canary()
    state = bench.state()
    route = http_route()
    route["spec"]["rules"].pop()
    state["objects"]["httproute/atom"] = route
    bench.write_state(state)
    ran = bench.deploy("preflight")
    assert ran.code == 1
    assert "httproute/atom has no rule whose backends are both atom and atom-canary" in ran.out


def test_a_weight_is_patched_again_when_the_route_moved(bench: Bench) -> None:
    bench.canary()
    bench.steps("preflight", "begin", "apply")
    said = "the object has been modified; please apply your changes"
    bench.set(fail=[{"match": "patch httproute", "times": 2, "stderr": said}])
    bench.steps("shift --to 10")
    assert bench.weights()["atom-canary"] == 10


def test_transient_faults_are_tried_again_and_others_are_not(bench: Bench) -> None:
    refused = "Unable to connect to the server: dial tcp: i/o timeout"
    bench.set(fail=[{"match": "get deployment", "times": 1, "stderr": refused}])
    bench.steps("preflight")
    forbidden = "Error from server (Forbidden): deployments is forbidden"
    bench.set(fail=[{"match": "patch deployment", "times": 1, "stderr": forbidden}])
    ran = bench.deploy("begin")
    assert ran.code == 1
    assert "cannot patch deployment/atom: Error from server (Forbidden)" in ran.errors()[0]


def test_everything_that_is_missing_is_named_at_once(bench: Bench) -> None:
    bench.secrets["PIPEWRIGHT_KUBECONFIG"] = "  "
    bench.secrets["SMOKE_PASSWORD"] = ""
    bench.file["url"] = var("STAGING_URL")
    body = {"password": {"$value": secret("SMOKE_PASSWORD")}}
    bench.file["smoke"] = {
        "login": {"method": "POST", "path": "/login", "json": body, "token": ".t"},
        "probes": [{"name": "alive", "path": "/"}],
    }
    ran = bench.deploy("preflight")
    assert ran.code == 1
    (told,) = ran.errors()
    for name in (
        "secret KUBECONFIG", "secret SMOKE_PASSWORD", "variable STAGING_URL",
        "gh secret set KUBECONFIG --env production", "gh variable set STAGING_URL --env production",
    ):  # fmt: skip
        assert name in told
    assert bench.calls() == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "PIPEWRIGHT_DIGEST_API is empty"),
        ("latest", "is not a digest"),
        ("sha256:abc", "is not a digest"),
        (f"registry.example/other@sha256:{'b' * 64}", "names registry.example/other"),
    ],
)
def test_a_digest_that_is_none_of_this_image(bench: Bench, given: str, said: str) -> None:
    bench.env["PIPEWRIGHT_DIGEST_API"] = given
    ran = bench.deploy("preflight")
    assert ran.code == 1
    assert said in ran.errors()[0]


def test_the_kubeconfig_is_private_and_must_be_one(bench: Bench) -> None:
    bench.steps("preflight")
    path = bench.folder / "kube" / "config"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    bench.secrets["PIPEWRIGHT_KUBECONFIG"] = "bm90IGEga3ViZWNvbmZpZw=="
    ran = bench.deploy("preflight")
    assert "secret KUBECONFIG is not a kubeconfig" in ran.errors()[0]


def test_a_cloud_log_in_must_have_written_the_kubeconfig(bench: Bench) -> None:
    del bench.file["cluster"]["kubeconfig"]
    ran = bench.deploy("preflight")
    assert "KUBECONFIG names no file" in ran.errors()[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["objects"].pop("deployment/atom"), "deployment/atom does not exist"),
        (lambda s: s.update(forbidden=["patch deployment/atom"]), "does not allow this login"),
        (
            lambda s: s["objects"]["deployment/atom"]["spec"]["selector"]["matchLabels"].update(
                version="1"
            ),
            "selects its pods by the label version",
        ),
        (
            lambda s: s["objects"]["deployment/atom"]["spec"]["template"]["spec"].update(
                containers=[{"name": "other", "image": OLD}]
            ),
            "has no container atom (it has other)",
        ),
    ],
)
def test_a_workload_that_could_not_be_changed(bench: Bench, change: Any, said: str) -> None:
    state = bench.state()
    change(state)
    bench.write_state(state)
    ran = bench.deploy("preflight")
    assert ran.code == 1
    assert said in "\n".join(ran.errors())


def test_an_older_commit_is_refused_unless_by_hand(bench: Bench) -> None:
    bench.run_number = 39
    ran = bench.deploy("preflight")
    assert ran.code == 1
    assert "newer than this run 39" in ran.errors()[0]
    bench.env["PIPEWRIGHT_MANUAL"] = "true"
    bench.steps("preflight")
    # Another workflow counts its own runs.
    bench.env["PIPEWRIGHT_MANUAL"] = ""
    bench.verified(workflow="o/r/.github/workflows/older.yml")
    bench.steps("preflight")


def test_first_deploy_by_tag_returns_to_what_the_pods_run(bench: Bench) -> None:
    state = bench.state()
    state["objects"]["deployment/atom"] = deployment("atom", "registry.example/atom:v1")
    state["rolled"]["deployment/atom"] = "registry.example/atom:v1"
    state["tags"] = {"registry.example/atom:v1": f"docker-pullable://{OLDER}"}
    bench.write_state(state)
    ran = bench.steps("preflight")
    assert ran.outputs["first"] == "true"
    assert "this is its first deploy" in ran.out
    bench.steps("begin")
    assert bench.mark(CHANGING)["from"] == {"image": OLDER, "version": None}
    bench.steps("apply", "roll-back", "verify-rollback")
    assert bench.image() == OLDER
    assert bench.label() is None


def test_first_deploy_without_one_running_digest_is_refused(bench: Bench) -> None:
    state = bench.state()
    state["objects"]["deployment/atom"] = deployment("atom", "local:1")
    state["rolled"]["deployment/atom"] = "local:1"
    state["tags"] = {"local:1": "sha256:" + "1" * 64}
    bench.write_state(state)
    assert "no registry holds" in bench.deploy("preflight").errors()[0]


def test_an_image_changed_by_hand_is_said(bench: Bench) -> None:
    bench.verified(OLDER)
    ran = bench.steps("preflight")
    assert "which no deploy verified" in ran.warnings()[0]
    bench.steps("begin")
    assert bench.mark(CHANGING)["from"]["image"] == OLDER


@pytest.mark.parametrize("step", ["apply", "shift --to 10", "promote", "judge", "verify"])
def test_nothing_is_changed_without_the_mark(bench: Bench, step: str) -> None:
    bench.canary()
    bench.steps("preflight")
    before = bench.state()
    ran = bench.deploy(*step.split())
    assert ran.code == 1
    assert "is not marked as changed by this run" in ran.errors()[0]
    assert bench.state() == before


def test_a_rollout_that_stalls_fails_with_the_reason(bench: Bench) -> None:
    bench.set(never_ready=["b" * 64])
    bench.steps("preflight", "begin")
    ran = bench.deploy("apply")
    assert ran.code == 1
    assert "exceeded its progress deadline" in ran.errors()[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "are of schema 2"),
        ({"colour": "red"}, "unknown keys colour"),
        ({"workloads": []}, "name no workload"),
        ({"workloads": [{"name": 3}]}, "`workloads[0].name` must be a text"),
        ({"cluster": {"namespace": "x", "timeout": "5"}}, "`cluster.timeout` must be a duration"),
        ({"limits": {"x": {"max": {"literal": "1%"}}}}, "limits of undefined metrics x"),
    ],
)
def test_wrong_settings_are_one_clear_error(
    bench: Bench, change: dict[str, Any], said: str
) -> None:
    bench.file |= change
    ran = bench.deploy("preflight")
    assert ran.code == 1
    assert len(ran.errors()) == 1
    assert said in ran.errors()[0]


def test_two_workloads_are_marked_and_verified_together(bench: Bench) -> None:
    state = bench.state()
    state["objects"]["deployment/worker"] = deployment("worker", OLDER)
    state["rolled"]["deployment/worker"] = OLDER
    bench.write_state(state)
    worker = json.loads(json.dumps(bench.file["workloads"][0]))
    worker["name"], worker["delivery"]["target"] = "worker", "deployment/worker"
    bench.file["workloads"].append(worker)
    bench.steps("preflight", "begin", "apply")
    assert (bench.image(), bench.image("deployment/worker")) == (NEW, NEW)
    half = "Error from server (Forbidden): no"
    bench.set(fail=[{"match": "patch deployment/worker.*verified", "times": 1, "stderr": half}])
    assert bench.deploy("verify").code == 1
    # One was verified, so all had passed: the other is not taken back.
    bench.steps("roll-back", "verify-rollback")
    assert bench.image("deployment/worker") == NEW
    assert bench.mark(VERIFIED, "deployment/worker")["image"] == NEW
    assert bench.mark(CHANGING, "deployment/worker") is None
