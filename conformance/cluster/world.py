"""A service with two environments on a real control plane, and the repository that deploys it."""

from __future__ import annotations

import hashlib
import itertools
import json
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from control_plane import DEPLOYER, Cluster
from gateway import Gateway
from programs import KUBECTL
from prometheus import Prometheus
from receivers import GRAFANA_TOKEN, Receivers
from wire import Wire

import fixtures
from runner.bench import Bench, bench
from runner.event import Event
from runner.language import Language
from runner.pace import Pace
from runner.run import Run
from service import LOGIN, Image

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
OLD = f"ghcr.io/acme/shop@sha256:{'a' * 64}"
OLD_VERSION = "old-1"
CHANGING, VERIFIED = "pipewright.dev/changing", "pipewright.dev/verified"
HEADER = {"name": "X-Canary", "value": "always"}
NUMBERS = itertools.count(1)
MEASURED_WITHIN, ENOUGH = 30.0, 40
USERS, REQUESTS_PER_SECOND = 5, 16.0  # Of each user.


@dataclass
class World:
    """One repository, its namespaces, and everything around them."""

    github: Bench
    cluster: Cluster
    prometheus: Prometheus
    receivers: Receivers
    staging: str
    production: str
    gateway: Gateway
    folder: Path
    wire: Wire
    runs: list[Run] = field(default_factory=list)

    # ── what a case does ──────────────────────────────────────────────────────

    def push(self, what: str = "next") -> Event:
        """A push of another version."""
        with self.github.origin.change("main", "main") as tree:
            (tree / "Dockerfile").write_text(f"FROM scratch\n# {what}\n", "utf-8")
        return self.github.push("main")

    def begin(self, event: Event | None = None, **options: Any) -> Run:
        """Starts a deploy of what is pushed."""
        run = self.github.begin("deploy.yml", event or self.push(), **options)
        self.runs.append(run)
        return run

    def deploy(self, event: Event | None = None, **options: Any) -> Run:
        """Deploys, with the approval, to the end."""
        run = self.begin(event, **options)
        return run.wait() if self.approve(run) else run

    def approve(self, run: Run) -> bool:
        """Approves the run's deploy to production; False if the run ends before it asks."""
        try:
            run.until(lambda: bool(run.waiting()))
        except AssertionError:
            return False
        run.review("production-approval", "approved", "lead")
        return True

    def versions(self, **images: Image) -> None:
        """Gives images their behaviour; `new` is that of all but the version before."""
        known = {"a" * 64: images.get("old", Image()), "@": images.get("new", Image())}
        self.cluster.kubelet.images = known

    # ── what a case sees ──────────────────────────────────────────────────────

    def object(self, ref: str, namespace: str = "") -> dict[str, Any]:
        """An object of production."""
        return self.cluster.object(namespace or self.production, ref)

    def mark(self, key: str, ref: str = "deployment/shop", namespace: str = "") -> Any:
        """A mark, or None."""
        text = self.object(ref, namespace)["metadata"].get("annotations", {}).get(key)
        return json.loads(text) if text else None

    def image(self, ref: str = "deployment/shop", namespace: str = "") -> str:
        """The image of a workload's template."""
        template = self.object(ref, namespace)["spec"]["template"]
        return str(template["spec"]["containers"][0]["image"])

    def weights(self) -> dict[str, int]:
        """The weights of the route's last rule."""
        rule = self.object("httproute/shop")["spec"]["rules"][-1]
        return {backend["name"]: backend["weight"] for backend in rule["backendRefs"]}

    def serving(self, seconds: float = 1.0) -> Counter[str]:
        """The versions that answer users now, and how often; failures have no version."""
        began = time.monotonic()
        time.sleep(seconds)
        return Counter(
            one.version if one.status == 200 else "" for one in self.gateway.since(began)
        )

    def told(self) -> list[str]:
        """What Slack was told, without the project's name."""
        return [text.partition(": ")[2] for text in self.receivers.slack.get(self.production, [])]


def definition(staging: str, production: str) -> str:
    """The pipeline; only its durations are shorter than anybody would write them."""
    text = (HERE / "shop.toml").read_text("utf-8")
    if not staging:
        before, _, after = text.partition("[environments.staging]")
        text = before + after[after.index("[environments.production]") :]
        text = text.replace('needs    = "staging"\n', "")
    return text.replace("namespace-of-staging", staging).replace(
        "namespace-of-production", production
    )


def objects(verified: str | None = OLD) -> list[dict[str, Any]]:
    """What an environment holds before the first deploy that a case sees."""
    found = list(yaml.safe_load_all((HERE / "shop.yaml").read_text("utf-8")))
    mark = {
        "image": verified,
        "version": OLD_VERSION,
        "commit": "d" * 40,
        "run": "100",
        "run-number": 1,
        "attempt": 1,
        "workflow": "example/atom/.github/workflows/deploy.yml",
    }
    for item in found:
        if verified and item["kind"] == "Deployment" and item["metadata"]["name"] == "shop":
            item["metadata"]["annotations"] = {VERIFIED: json.dumps(mark)}
    return found


def role() -> list[dict[str, Any]]:
    """The Role that the documentation lists, for the login of the deploys."""
    page = (DOCS / "deploys.md").read_text("utf-8")
    text = page.partition("kind: Role\n")[2].partition("```")[0]
    (found,) = yaml.safe_load_all(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + textwrap.dedent(text)
    )
    subject = {"kind": "Group", "name": "deployers", "apiGroup": "rbac.authorization.k8s.io"}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "pipewright"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "pipewright"},
        "subjects": [subject],
    }
    del found["metadata"]["namespace"]
    return [found, binding]


@contextmanager
def world(
    language: Language,
    cluster: Cluster,
    prometheus: Prometheus,
    receivers: Receivers,
    folder: Path,
    installed: Path,
    change: Callable[[str], str] = lambda text: text,
    verified: str | None = OLD,
    staged: bool = False,
    adjust: Callable[[dict[str, Any]], None] = lambda item: None,
    users: int = USERS,
    files: dict[str, str] | None = None,
    prepare: Callable[[Cluster, str, Path], None] = lambda cluster, namespace, folder: None,
) -> Iterator[World]:
    """A world for one case, on the cluster that all cases share.

    `change` edits the definition, and `adjust` each object before it is applied; `staged` has an
    environment before production. `files` are more files of the repository, and `prepare` changes a
    namespace once its objects are there.
    """
    number = next(NUMBERS)
    staging, production = f"staging-{number}" if staged else "", f"production-{number}"
    namespaces = [name for name in (staging, production) if name]
    for namespace in namespaces:
        cluster.kubectl("default", "create", "namespace", namespace)
        everything = [*role(), *objects(verified)]
        for item in everything:
            adjust(item)
        cluster.apply(namespace, *everything)
        jobs = folder / namespace
        jobs.mkdir()
        cluster.kubelet.job_folders[namespace] = jobs
    files = (files or {}) | {
        "pipeline.toml": change(definition(staging, production)),
        "Dockerfile": "FROM scratch\n",
    }
    origin = fixtures.written(files, folder, pins=_pins(cluster.programs / "kubectl"))
    gateway = Gateway(cluster.api, production, "shop")
    with bench(language, origin, installed) as github:
        wire = Wire(cluster.port)
        around = (cluster, prometheus, receivers)
        made = World(github, *around, staging, production, gateway, folder, wire)
        made.versions()
        for namespace in namespaces:
            prepare(cluster, namespace, folder)
        # The image of hosted runners has helm.
        (folder / "programs").mkdir()
        (folder / "programs" / "helm").symlink_to(cluster.programs / "helm")
        github.image_path.append(folder / "programs")
        _configure(made)
        for namespace in namespaces:
            for name in ("shop", "shop-canary"):
                cluster.kubectl(
                    namespace, "rollout", "status", f"deployment/{name}", "--timeout=30s"
                )
        for _ in range(users):
            gateway.user(REQUESTS_PER_SECOND)
        _measured(prometheus, production)
        try:
            yield made
        finally:
            for run in made.runs:
                run.abandon()
            gateway.close()
            wire.close()
            for namespace in namespaces:
                cluster.api.call("DELETE", f"/api/v1/namespaces/{namespace}")


def _measured(prometheus: Prometheus, namespace: str) -> None:
    """Waits until the version before has samples, which a deploy asks for before it begins."""
    series = f'http_requests_total{{namespace="{namespace}",version="{OLD_VERSION}"}}'
    until = time.monotonic() + MEASURED_WITHIN
    while prometheus.value(f"sum(increase({series}[3s]))") < ENOUGH:
        assert time.monotonic() < until, "the version before has no samples"
        time.sleep(0.2)


def _pins(kubectl: Path) -> dict[str, str]:
    """kubectl as the control plane has it, in the place of the version that is newest."""
    lock = (fixtures.FIXTURES / "pipeline.lock").read_text("utf-8")
    (line,) = (line for line in lock.splitlines() if line.startswith('"kubectl"'))
    digest = hashlib.sha256(kubectl.read_bytes()).hexdigest()
    platforms = ", ".join(f'{one} = "sha256:{digest}"' for one in ("linux-amd64", "linux-arm64"))
    return {line: f'"kubectl" = {{ version = "{KUBECTL}", {platforms} }}'}


def _kubeconfig(made: World) -> str:
    server = f"https://127.0.0.1:{made.wire.port}"
    return made.cluster.kubeconfig(DEPLOYER, server).read_text("utf-8")


def _configure(made: World) -> None:
    github = made.github
    secrets = {
        "KUBECONFIG": _kubeconfig(made),
        "PROMETHEUS_URL": made.prometheus.url(made.production),
        "SMOKE_USERNAME": LOGIN[0],
        "SMOKE_PASSWORD": LOGIN[1],
        "SLACK_WEBHOOK_URL": made.receivers.slack_url(made.production),
        "GRAFANA_URL": made.receivers.grafana_url(made.production),
        "GRAFANA_TOKEN": GRAFANA_TOKEN,
    }
    github.environments["staging"] = (secrets, {"STAGING_URL": made.gateway.url})
    github.environments["production"] = (secrets, {"PRODUCTION_URL": made.gateway.url})
    github.protect("production-approval", reviewers=("lead",))
    github.pace = Pace(minute=60, interrupt=1.0, terminate=1.0, streams=0.5)
