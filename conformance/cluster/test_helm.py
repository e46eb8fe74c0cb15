"""Deploys that upgrade a Helm release, with the real helm"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from control_plane import ADMINISTRATOR, Cluster
from test_rollback import failed
from world import CHANGING, OLD, OLD_VERSION, VERIFIED, World

from conftest import Make
from runner.job import Fault
from service import Image

CHART = {
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "charts/shop/values.yaml": "image: { digest: '' }\npodLabels: {}\ngreeting: hello\n",
    "charts/values-production.yaml": "greeting: good day\n",
    "charts/shop/templates/shop.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata: { name: shop-greeting }
data: { GREETING: {{ .Values.greeting | quote }} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: 2
  progressDeadlineSeconds: 15
  selector: { matchLabels: { app: shop, track: stable } }
  template:
    metadata:
      labels: { app: shop, track: stable, version: {{ .Values.podLabels.version | quote }} }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: shop
          image: ghcr.io/acme/shop@{{ .Values.image.digest }}
          envFrom: [{ configMapRef: { name: shop } }]
""",
}
KEYS = (
    'release = "shop", chart = "charts/shop", values = ["charts/values-$environment.yaml"], '
    'set = { "image.digest" = "$digest", "podLabels.version" = "$version" }'
)


def by_helm(text: str) -> str:
    """The definition with a release, and without a canary."""
    lines = [line for line in text.splitlines() if not line.startswith("traffic ")]
    at = lines.index('container = "shop"')
    lines.insert(at + 1, f"delivery  = {{ helm = {{ {KEYS} }} }}")
    return "\n".join(lines) + "\n"


def helm(cluster: Cluster, namespace: str, *arguments: str) -> str:
    """Output of helm, as an administrator."""
    env = os.environ | {"KUBECONFIG": str(cluster.kubeconfig(ADMINISTRATOR))}
    command = [str(cluster.programs / "helm"), *arguments, f"--namespace={namespace}"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def installed(cluster: Cluster, namespace: str, folder: Path) -> None:
    """Replaces the workload by a release that runs the same version."""
    chart = folder / f"chart-{namespace}"
    for path, text in CHART.items():
        file = chart / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    mark = cluster.object(namespace, "deployment/shop")["metadata"]["annotations"][VERIFIED]
    cluster.kubectl(namespace, "delete", "deployment/shop", "--wait")
    digest = OLD.partition("@")[2]
    helm(
        cluster,
        namespace,
        *("install", "shop", str(chart / "charts/shop")),
        *(
            "--set-string",
            f"image.digest={digest}",
            "--set-string",
            f"podLabels.version={OLD_VERSION}",
        ),
    )
    cluster.kubectl(namespace, "annotate", "deployment/shop", f"{VERIFIED}={mark}")


@pytest.fixture
def shop(make: Make) -> World:
    return make(change=by_helm, files=CHART, prepare=installed)


def history(shop: World) -> list[dict[str, Any]]:
    return list(json.loads(helm(shop.cluster, shop.production, "history", "shop", "-o", "json")))


def greeting(shop: World) -> str:
    return str(shop.object("configmap/shop-greeting")["data"]["GREETING"])


def as_before(shop: World) -> None:
    """The version before serves alone, with its values, by the release's own revision."""
    assert shop.image() == OLD and greeting(shop) == "hello"
    assert shop.mark(CHANGING) is None and shop.mark(VERIFIED)["image"] == OLD
    assert history(shop)[-1]["description"] == "Rollback to 1"
    assert history(shop)[-1]["status"] == "deployed"
    assert set(shop.serving()) == {OLD_VERSION}


@pytest.mark.thorough
def test_a_release_is_upgraded(shop: World) -> None:
    """A good version: one revision more, the values of the environment, and no user sees an
    error."""
    run = shop.deploy()
    assert run.result == "success", run.failures()
    verified = shop.mark(VERIFIED)
    assert verified["image"] == shop.image() != OLD
    assert greeting(shop) == "good day"
    assert [one["revision"] for one in history(shop)] == [1, 2]
    assert set(shop.serving()) == {verified["version"]}
    assert all(one.status == 200 for one in shop.gateway.served)


def test_a_failed_version_is_rolled_back_by_revision(shop: World) -> None:
    """A version with errors: `helm rollback` returns image, labels and values."""
    shop.versions(new=Image(errors=0.5))
    run = shop.deploy()
    assert failed(run) == "Check metrics"
    as_before(shop)
    assert shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_a_runner_is_lost_during_an_upgrade(shop: World) -> None:
    """The recovery on another runner rolls the release back."""
    lost = Fault(
        job="deploy-production",
        step="Apply",
        due=lambda _: shop.image() != OLD,
        machine=True,
    )
    run = shop.deploy(faults=[lost])
    assert run.result == "failure"
    as_before(shop)
    assert shop.told()[-1].startswith("production was rolled back")


@pytest.mark.thorough
def test_a_value_that_the_chart_does_not_read(make: Make) -> None:
    """A digest that no template uses is found before anything is changed."""
    wrong = lambda text: by_helm(text).replace("image.digest", "image.sha")  # noqa: E731
    shop = make(change=wrong, files=CHART, prepare=installed)
    run = shop.deploy()
    assert failed(run) == "Preflight checks"
    assert [one["revision"] for one in history(shop)] == [1]
