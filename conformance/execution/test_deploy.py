"""deploy.yml as far as no cluster is needed: which jobs run, and which ones the report blames"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures import written
from runner.bench import Bench, bench
from runner.event import Event
from runner.language import Language
from runner.pace import Pace
from runner.run import Run
from seen import errors

DEFINITION = """\
version = 1
[project]
name = "shop"
[components.shop]
checks = { unbroken = "test ! -e broken", quick = "test ! -e slow || sleep 300" }
[images.shop]
repository = "ghcr.io/acme/shop"
[smoke.shop]
public = true
probes = [{ name = "alive", request = "GET /health", expect = { contains = "ok" } }]
[workloads.shop]
image = "shop"
target = "deployment/shop"
container = "shop"
[environments.production]
approval = "production-approval"
url = { var = "SHOP_URL" }
cluster = { kubeconfig = { secret = "KUBECONFIG" }, namespace = "shop" }
deploy = ["shop"]
smoke = "shop"
[notify]
issue = { on = ["rollback"] }
"""
JOBS = (
    *("branch", "ci", "image-shop", "approve-production", "deploy-production"),
    *("roll-back-production", "recover-production", "report"),
)


@pytest.fixture
def shop(language: Language, tmp_path: Path) -> Iterator[Bench]:
    """A service that is deployed to one environment, after an approval."""
    files = {"pipeline.toml": DEFINITION, "Dockerfile": "FROM scratch\n"}
    installed = Path(os.environ["BENCH_CACHE"]) / "python"
    with bench(language, written(files, tmp_path), installed) as made:
        made.environments["production"] = ({"KUBECONFIG": "none"}, {"SHOP_URL": "https://shop"})
        made.protect("production-approval", reviewers=("lead",))
        yield made


def pushed(shop: Bench, file: str = "README.md") -> Event:
    """A push of one more file to the deploying branch."""
    with shop.origin.change("main", "main") as tree:
        (tree / file).write_text("", "utf-8")
    return shop.push("main")


def ended(run: Run, **results: str) -> None:
    """The named jobs ended like this, all others were skipped, and the report blames them alone."""
    given = {name.replace("_", "-"): result for name, result in results.items()}
    assert run.results() == dict.fromkeys(JOBS, "skipped") | given, run.failures()
    report = run.job("shop deployed")
    blamed = {told.message.partition(":")[0] for told in errors(report)}
    bad = {name for name, result in given.items() if result in ("failure", "cancelled")}
    assert blamed == bad - {"report"}, report.log
    assert report.result == ("failure" if bad else "success")


def published(run: Run) -> list[str]:
    """What was pushed or attested."""
    records = [record for record in run.records if record.get("push") != "false"]
    return [one["kind"] for one in records if one["kind"] in ("build", "attestation")]


# ── before anything is deployed ───────────────────────────────────────────────


def test_ci_fails(shop: Bench) -> None:
    """Where CI fails no image is pushed, and the report is red because of CI alone."""
    run = shop.run("deploy.yml", pushed(shop, "broken"))
    assert run.result == "failure"
    ended(run, ci="failure", report="failure")
    assert published(run) == []


def test_cancelled_in_ci(shop: Bench) -> None:
    """Where a run is cancelled in CI no image is pushed, and the report is red."""
    shop.pace = Pace(minute=60, interrupt=0.4, terminate=0.4, streams=0.2)
    run = shop.begin("deploy.yml", pushed(shop, "slow"))
    run.until(lambda: any(step.endswith(": quick") for step in run.running()))
    run.cancel()
    run.wait()
    assert run.result == "cancelled"
    ended(run, ci="failure", report="failure")  # By its required check, which always runs.
    assert published(run) == []


def test_started_from_another_branch(shop: Bench) -> None:
    """A run by hand of another branch is refused before anything is built or tested."""
    with shop.origin.change("feature", "main") as tree:
        (tree / "README.md").write_text("", "utf-8")
    run = shop.run("deploy.yml", shop.dispatch("feature", "feature", environment="production"))
    assert run.result == "failure"
    ended(run, branch="failure", report="failure")
    (told,) = errors(run.job("Branch"))
    assert told.message == "Manual deploys start from main, and this run is of feature"


@pytest.mark.parametrize("digest", ["latest", "ghcr.io/other/shop@sha256:" + "0" * 64])
def test_digest_of_another_image(shop: Bench, digest: str) -> None:
    """A run by hand with what is no digest of the image neither tests, builds, nor deploys."""
    given = {"environment": "production", "shop-digest": digest}
    run = shop.run("deploy.yml", shop.dispatch("main", **given))
    assert run.result == "failure"
    ended(run, image_shop="failure", report="failure")
    (told,) = errors(run.job("Image shop"))
    assert told.message == "The digest must be sha256:..., of ghcr.io/acme/shop"


# ── the approval ──────────────────────────────────────────────────────────────


def asked(shop: Bench) -> Run:
    """A run that has built its image and waits for an approval."""
    run = shop.begin("deploy.yml", pushed(shop))
    run.until(lambda: run.waiting() == ["production-approval"])
    assert published(run) == ["build", "attestation"]
    return run


def test_deploy_is_rejected(shop: Bench) -> None:
    """A rejected deploy has failed without a deployment, and the report blames the approval."""
    run = asked(shop)
    run.review("production-approval", "rejected", "lead")
    run.wait()
    assert run.result == "failure"
    ended(
        run,
        ci="success",
        image_shop="success",
        approve_production="failure",
        report="failure",
    )
    assert shop.protected.deployments == []


def test_approval_without_reviewers(shop: Bench) -> None:
    """An environment without reviewers approves nothing: GitHub makes one that is missing."""
    shop.protect("production-approval")
    run = shop.run("deploy.yml", pushed(shop))
    assert run.result == "failure"
    ended(
        run,
        ci="success",
        image_shop="success",
        approve_production="failure",
        report="failure",
    )
    (told,) = errors(run.job("Approve production"))
    assert told.message.startswith("no reviewer approved this run")


def test_cancelled_before_the_approval(shop: Bench) -> None:
    """A run that is cancelled while reviewers are asked deploys nothing, and the report is red."""
    run = asked(shop)
    run.cancel()
    run.wait()
    assert run.result == "cancelled"
    ended(
        run,
        ci="success",
        image_shop="success",
        approve_production="cancelled",
        report="failure",
    )
    assert shop.protected.deployments == []


def test_program_of_another_checksum(shop: Bench) -> None:
    """A kubectl of another checksum ends the job before it has any secret, and nothing is put back.

    The recovery behind it fails in the same way; the report blames both.
    """
    run = asked(shop)
    run.review("production-approval", "approved", "lead")
    run.wait()
    assert run.result == "failure"
    ended(
        run,
        ci="success",
        image_shop="success",
        approve_production="success",
        deploy_production="failure",
        recover_production="failure",
        report="failure",
    )
    (job,) = [job for job in run.jobs if job.id == "deploy-production"]
    outcomes = [step.outcome for step in job.steps]
    assert outcomes[:3] == ["success", "success", "failure"]
    assert set(outcomes[3:-1]) == {"skipped"}
    assert [deployment.state for deployment in shop.protected.deployments] == ["failure"] * 2
