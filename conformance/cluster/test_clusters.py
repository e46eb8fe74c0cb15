"""Environments on several clusters at once"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from control_plane import DEPLOYER, Cluster, cluster
from test_rollback import as_before, failed
from world import CHANGING, OLD, VERIFIED, World, objects, role

from conftest import Make
from runner.job import Fault
from service import Image


@pytest.fixture
def apart(make: Make, control_plane: Cluster, tmp_path: Path) -> Iterator[tuple[World, Cluster]]:
    """Staging on another cluster, in a namespace with the name that production has here."""
    with cluster(control_plane.programs) as other:
        shop = make(staged=True)
        other.kubelet.images = control_plane.kubelet.images
        other.kubectl("default", "create", "namespace", shop.staging)
        other.apply(shop.staging, *role(), *objects())
        jobs = tmp_path / "other-jobs"
        jobs.mkdir()
        other.kubelet.job_folders[shop.staging] = jobs
        secrets, variables = shop.github.environments["staging"]
        reached = secrets | {"KUBECONFIG": other.kubeconfig(DEPLOYER).read_text("utf-8")}
        shop.github.environments["staging"] = (reached, variables)
        # What this cluster has under that name belongs to nothing.
        control_plane.kubectl(shop.staging, "delete", "deployment/shop", "--wait")
        yield shop, other


@pytest.mark.thorough
def test_each_environment_is_changed_in_its_cluster(apart: tuple[World, Cluster]) -> None:
    """A good version passes staging on one cluster, then production on another."""
    shop, other = apart
    run = shop.deploy()
    assert run.result == "success", run.failures()
    staged = other.object(shop.staging, "deployment/shop")
    assert VERIFIED in staged["metadata"]["annotations"]
    image = staged["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == shop.image() == shop.mark(VERIFIED)["image"] != OLD


@pytest.mark.thorough
def test_a_runner_is_lost_on_one_of_two_clusters(apart: tuple[World, Cluster]) -> None:
    """A runner that is lost in production: recovery restores that cluster, and leaves the other."""
    shop, other = apart
    lost = Fault(
        job="deploy-production",
        step="Shift 10% of traffic to the canary",
        due=lambda _: shop.weights()["shop-canary"] > 0,
        machine=True,
    )
    run = shop.deploy(faults=[lost])
    assert run.result == "failure"
    as_before(shop)
    staged = other.object(shop.staging, "deployment/shop")
    assert CHANGING not in staged["metadata"]["annotations"]
    assert staged["spec"]["template"]["spec"]["containers"][0]["image"] != OLD


@pytest.mark.thorough
def test_staging_fails_on_its_cluster(apart: tuple[World, Cluster]) -> None:
    """A version that fails in staging is restored there; production's cluster is not touched."""
    shop, other = apart
    other.kubelet.images = {"a" * 64: Image(), "@": Image(fault="unready")}
    run = shop.begin().wait()
    assert run.result == "failure"
    assert failed(run, "Deploy to staging") == "Apply"
    as_before(shop)
    staged = other.object(shop.staging, "deployment/shop")
    assert staged["spec"]["template"]["spec"]["containers"][0]["image"] == OLD
