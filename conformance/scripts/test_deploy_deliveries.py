"""Deliveries by manifests and by commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy_bench import (
    CHANGING,
    COMMIT,
    NEW,
    OLD,
    REPOSITORY,
    RUN,
    Bench,
    deployment,
    http_route,
)

VERSION = f"{COMMIT[:12]}-{RUN}-1"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path) as made:
        made.verified()
        yield made


def write_manifests(bench: Bench, *items: dict[str, Any]) -> None:
    folder = bench.folder / "k8s"
    folder.mkdir()
    for index, item in enumerate(items):
        (folder / f"{index}.json").write_text(json.dumps(item))
    bench.file["workloads"][0]["delivery"] = {
        "kind": "manifests", "folder": "k8s", "target": "deployment/atom", "container": "atom",
    }  # fmt: skip


def test_manifests_are_applied_with_the_digest(bench: Bench) -> None:
    tagged = deployment("atom", f"{REPOSITORY}:main")
    config = {"kind": "ConfigMap", "metadata": {"name": "atom"}, "data": {"key": "new"}}
    write_manifests(bench, tagged, config)
    bench.steps("preflight", "begin")
    assert bench.image() == OLD
    bench.steps("apply")
    assert (bench.image(), bench.label()) == (NEW, VERSION)
    assert bench.object("configmap/atom")["data"] == {"key": "new"}
    assert bench.mark(CHANGING)["run"] == RUN
    bench.steps("roll-back", "verify-rollback")
    assert bench.image() == OLD


def test_manifests_with_a_canary_leave_stable_and_route_alone(bench: Bench) -> None:
    bench.canary()
    route = http_route()
    route["spec"]["rules"][1]["backendRefs"][0]["weight"] = 50
    stable = deployment("atom", "x:1")
    stable["spec"]["template"]["spec"]["dnsPolicy"] = "None"
    write_manifests(bench, stable, deployment("atom-canary", "x:1", 0), route)
    bench.steps("preflight", "begin", "apply")
    assert (bench.image(), bench.image("deployment/atom-canary")) == (OLD, NEW)
    assert "dnsPolicy" not in bench.object("deployment/atom")["spec"]["template"]["spec"]
    assert bench.weights() == {"atom": 51, "atom-canary": 0}
    assert bench.object("deployment/atom-canary")["spec"]["replicas"] == 1
    bench.steps("shift --to 50", "promote", "judge", "verify")
    assert bench.image() == NEW
    assert bench.object("deployment/atom")["spec"]["template"]["spec"]["dnsPolicy"] == "None"
    assert bench.weights() == {"atom": 1, "atom-canary": 0}


def test_manifests_that_the_server_refuses_are_found_before_anything_changes(bench: Bench) -> None:
    write_manifests(bench, deployment("atom", f"{REPOSITORY}:main"))
    refused = 'Error from server (Forbidden): deployments.apps "atom" is forbidden'
    bench.set(fail=[{"match": "apply --dry-run=server", "times": 1, "stderr": refused}])
    ran = bench.deploy("preflight")
    assert ran.code == 1
    assert "cannot apply k8s: Error from server (Forbidden)" in ran.errors()[0]
    unknown = "Error: admission webhook does not support dry run"
    bench.set(fail=[{"match": "apply --dry-run=server", "times": 1, "stderr": unknown}])
    assert "a webhook has no dry run" in bench.steps("preflight").out


def test_manifests_without_the_target_are_refused(bench: Bench) -> None:
    write_manifests(bench, deployment("other", "x:1"))
    assert "k8s holds no deployment/atom" in bench.deploy("preflight").errors()[0]


def commands(bench: Bench) -> Path:
    runs = bench.folder / "runs"
    runs.write_text(OLD)
    bench.file["workloads"][0]["delivery"] = {
        "kind": "commands",
        "apply": f'echo "$VERSION $ENVIRONMENT" > {runs}.said; printf "%s" "$IMAGE" > {runs}',
        "restore": f'printf "%s" "${{IMAGE%@*}}@$DIGEST" > {runs}',
        "current": f"cat {runs}",
    }
    return runs


def test_commands_change_and_restore(bench: Bench) -> None:
    runs = commands(bench)
    bench.steps("preflight", "begin")
    assert bench.mark(CHANGING, "configmap/pipewright-api")["from"]["image"] == OLD
    bench.steps("apply")
    assert runs.read_text() == NEW
    assert (bench.folder / "runs.said").read_text() == f"{VERSION} production\n"
    bench.steps("roll-back", "verify-rollback")
    assert runs.read_text() == OLD
    assert bench.mark(CHANGING, "configmap/pipewright-api") is None


def test_commands_that_fail_or_lie_are_told(bench: Bench) -> None:
    runs = commands(bench)
    delivery = bench.file["workloads"][0]["delivery"]
    bench.steps("preflight", "begin")
    delivery["apply"] = "echo sorry >&2; exit 3"
    ran = bench.deploy("apply")
    assert "ended with status 3" in ran.errors()[0]
    assert "sorry" in ran.out
    delivery["apply"] = "true"
    assert f"api runs {OLD} and not {NEW}" in bench.deploy("apply").errors()[0]
    runs.write_text("nothing")
    assert "did not print" in bench.deploy("apply").errors()[0]
