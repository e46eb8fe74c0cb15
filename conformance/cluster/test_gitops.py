"""Deploys by a commit to the repository that a GitOps controller follows"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from configuration import READS, REPOSITORY, WRITES, Configuration, Controller, served
from control_plane import Cluster
from test_rollback import failed
from world import CHANGING, OLD, OLD_VERSION, VERIFIED, World

from conftest import Make
from runner.job import Fault
from runner.run import Run
from seen import errors
from service import Image

MARKED = "configmap/pipewright-shop"
PATH = "production/shop.yaml"
FILE = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: shop }}
spec:
  replicas: 2
  progressDeadlineSeconds: 15
  selector: {{ matchLabels: {{ app: shop, track: stable }} }}
  template:
    metadata:
      labels:
        app: shop
        track: stable
        version: "{OLD_VERSION}" # pipewright: shop.version
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: shop
          image: {OLD}   # pipewright: shop.image
          envFrom: [{{ configMapRef: {{ name: shop }} }}]
"""
KEYS = (
    f'repository = "{REPOSITORY}", path = "$environment/shop.yaml", '
    'token = { secret = "CONFIG_TOKEN" }'
)


def by_gitops(text: str) -> str:
    """The definition with a configuration repository, and without a canary."""
    lines = [line for line in text.splitlines() if not line.startswith("traffic ")]
    at = lines.index('container = "shop"')
    lines.insert(at + 1, f"delivery  = {{ gitops = {{ {KEYS} }} }}")
    return "\n".join(lines) + "\n"


def marked(cluster: Cluster, namespace: str, folder: Path) -> None:
    """Moves the mark to the object that carries it beside a GitOps controller."""
    mark = cluster.object(namespace, "deployment/shop")["metadata"]["annotations"][VERIFIED]
    cluster.kubectl(namespace, "annotate", "deployment/shop", f"{VERIFIED}-")
    cluster.kubectl(namespace, "create", *MARKED.split("/"))
    cluster.kubectl(namespace, "annotate", MARKED, f"{VERIFIED}={mark}")


@dataclass
class Followed:
    """A world, and the configuration that its controller follows."""

    shop: World
    configuration: Configuration
    controller: Controller

    def deploy(self, **options: object) -> Run:
        return self.shop.deploy(**options)

    def mark(self, key: str) -> object:
        return self.shop.mark(key, MARKED)

    def as_before(self) -> None:
        """The version before serves alone, by a commit that restores the file."""
        assert self.configuration.text() == FILE.rstrip("\n")
        assert self.shop.image() == OLD
        assert self.mark(CHANGING) is None
        assert json.loads(json.dumps(self.mark(VERIFIED)))["image"] == OLD
        assert set(self.shop.serving()) == {OLD_VERSION}


@pytest.fixture
def world(make: Make, tmp_path: Path) -> Iterator[Followed]:
    with ExitStack() as held:
        configuration = held.enter_context(served(tmp_path / "served", PATH, FILE))
        shop = make(change=by_gitops, prepare=marked)
        shop.github.server_url = configuration.url
        shop.github.environments["production"][0]["CONFIG_TOKEN"] = WRITES
        controller = Controller(shop.cluster, shop.production, configuration)
        held.callback(controller.close)
        yield Followed(shop, configuration, controller)


@pytest.mark.thorough
def test_a_commit_deploys(world: Followed) -> None:
    """A good version: one commit with its digest and label, which the controller applies; no user
    sees an error."""
    run = world.deploy()
    assert run.result == "success", run.failures()
    verified = world.mark(VERIFIED)
    assert isinstance(verified, dict)
    assert verified["image"] == world.shop.image() != OLD
    text = FILE.replace(OLD, verified["image"]).replace(OLD_VERSION, verified["version"])
    assert world.configuration.text() == text.rstrip("\n")
    author, title = world.configuration.log()[0].split(": ")
    assert author == "github-actions[bot]" and title == f"Deploy shop {verified['version']}"
    assert set(world.shop.serving()) == {verified["version"]}
    assert all(one.status == 200 for one in world.shop.gateway.served)


def test_a_failed_version_is_rolled_back_by_a_commit(world: Followed) -> None:
    """A version with errors: a second commit restores the file, byte by byte."""
    world.shop.versions(new=Image(errors=0.5))
    run = world.deploy()
    assert failed(run) == "Check metrics"
    world.as_before()
    assert len(world.configuration.log()) == 3
    assert world.shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_a_runner_is_lost_after_its_commit(world: Followed) -> None:
    """The recovery on another runner restores the file."""
    lost = Fault(
        job="deploy-production",
        step="Apply",
        due=lambda _: len(world.configuration.log()) > 1,
        machine=True,
    )
    run = world.deploy(faults=[lost])
    assert run.result == "failure"
    world.as_before()
    assert world.shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_a_controller_does_not_follow(world: Followed) -> None:
    """A controller that is suspended: the deploy ends at its limit, and takes its commit back."""
    world.controller.suspended = True
    run = world.deploy()
    assert failed(run) == "Apply"
    (told, *_) = errors(run.job("Deploy to production"))
    assert told.message.startswith(f"the controller of deployment/shop has not applied {PATH}")
    world.as_before()


@pytest.mark.thorough
def test_another_commit_comes_first(world: Followed) -> None:
    """A push that another one came before is made again on top of it, and both stay."""
    other = lambda: world.configuration.commit("other.yaml", "{}\n", "Another service")  # noqa: E731
    world.configuration.before_push.append(other)
    run = world.deploy()
    assert run.result == "success", run.failures()
    titles = [line.partition(": ")[2] for line in world.configuration.log()]
    assert titles[0].startswith("Deploy shop ") and titles[1] == "Another service"


@pytest.mark.thorough
def test_a_token_that_only_reads(world: Followed) -> None:
    """A token without the permission to push is found before anything is changed."""
    world.shop.github.environments["production"][0]["CONFIG_TOKEN"] = READS
    run = world.deploy()
    assert failed(run) == "Preflight checks"
    (told, *_) = errors(run.job("Deploy to production"))
    assert told.message.startswith(f"the secret CONFIG_TOKEN may not push to {REPOSITORY}")
    assert len(world.configuration.log()) == 1


@pytest.mark.thorough
def test_a_file_without_the_comment(world: Followed) -> None:
    """A file in which no line takes the digest is found, with the comment to add."""
    plain = FILE.replace("# pipewright: shop.image", "")
    world.configuration.commit(PATH, plain, "Without a comment")
    run = world.deploy()
    assert failed(run) == "Preflight checks"
    (told, *_) = errors(run.job("Deploy to production"))
    assert "End the line with `# pipewright: shop.digest`" in told.message
    assert len(world.configuration.log()) == 2
