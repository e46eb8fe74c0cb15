"""A bench for the deploy scripts: a cluster in a file, HTTP servers on this machine, one run.

Every script runs as its own process with a scrubbed environment, as the runner would start it, and
after each run the bench looks for the secrets in everything that was printed or passed on.
"""

from __future__ import annotations

import atexit
import json
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE.parents[1] / ".github" / "pipewright"


@cache
def compiled() -> Path:
    """The script's bytecode, made once: as with the source, nothing beside it is imported."""
    path = Path(tempfile.mkdtemp()) / "deploy.pyc"
    py_compile.compile(str(SCRIPTS / "deploy.py"), str(path), doraise=True)
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    return path


REPOSITORY = "registry.example/atom"
OLD = f"{REPOSITORY}@sha256:{'a' * 64}"
NEW = f"{REPOSITORY}@sha256:{'b' * 64}"
OLDER = f"{REPOSITORY}@sha256:{'0' * 64}"
COMMIT = "c0ffee" * 6 + "c0ff"
RUN = "7001"
CHANGING, VERIFIED = "pipewright.dev/changing", "pipewright.dev/verified"
SECRETS = {
    "PIPEWRIGHT_KUBECONFIG": "apiVersion: v1\nclusters: [one]\ntoken: kube-secret-token-1",
    "SMOKE_PASSWORD": "smoke-secret-password",
    "SLACK_WEBHOOK_URL": "",
    "GRAFANA_TOKEN": "grafana-secret-token",
    "GITHUB_TOKEN": "github-secret-token",
}
SESSION_TOKEN = "session-secret-token"


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)


class Server:
    """Answers with what `answer` gives, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.requests: list[Request] = []
        self.answer = answer
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {key.lower(): value for key, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                outer.requests.append(request)
                reply = outer.answer(request)
                text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
                data = text.encode()
                self.send_response(reply.status)
                for key, value in reply.headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Ran:
    code: int
    out: str
    summary: str
    outputs: dict[str, str]

    def errors(self) -> list[str]:
        return self._annotations("error")

    def warnings(self) -> list[str]:
        return self._annotations("warning")

    def _annotations(self, kind: str) -> list[str]:
        return [
            line.removeprefix(f"::{kind}::").replace("%0A", "\n").replace("%25", "%")
            for line in self.out.splitlines()
            if line.startswith(f"::{kind}::")
        ]


def deployment(name: str, image: str, replicas: int = 2) -> dict[str, Any]:
    container = {
        "name": "atom",
        "image": image,
        "env": [{"name": "ENVIRONMENT", "value": "production"}],
        "envFrom": [{"secretRef": {"name": "atom-db"}}],
        "volumeMounts": [{"name": "ca", "mountPath": "/ca"}, {"name": "d", "mountPath": "/d"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "annotations": {"kept": "yes"}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {
                    "serviceAccountName": "atom",
                    "imagePullSecrets": [{"name": "pull"}],
                    "volumes": [
                        {"name": "ca", "configMap": {"name": "ca"}},
                        {"name": "d", "persistentVolumeClaim": {"claimName": "d"}},
                    ],
                    "containers": [
                        {"name": "proxy", "image": "registry.example/proxy:1"},
                        container,
                    ],
                },
            },
        },
    }


def service(name: str) -> dict[str, Any]:
    return {"kind": "Service", "metadata": {"name": name}, "spec": {"selector": {"app": name}}}


def http_route() -> dict[str, Any]:
    backends = [
        {"name": "atom-canary", "port": 80, "weight": 0},
        {"name": "atom", "port": 80, "weight": 1},
    ]
    # The first rule is for requests that ask for the canary, and no business of a deploy.
    rules = [{"backendRefs": [{"name": "atom-canary", "port": 80}]}, {"backendRefs": backends}]
    return {"kind": "HTTPRoute", "metadata": {"name": "atom"}, "spec": {"rules": rules}}


def secret(env: str, **more: Any) -> dict[str, Any]:
    return {"env": env, "source": "secret", **more}


def var(env: str, **more: Any) -> dict[str, Any]:
    return {"env": env, "source": "var", **more}


GATEWAY = {
    "kind": "gateway-api",
    "route": "httproute/atom",
    "stable": "service/atom",
    "canary": "service/atom-canary",
    "canary-target": "deployment/atom-canary",
    "hold": "10ms",
}


Itself = TypeVar("Itself", bound="Bench")


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = folder / "cluster"
        self.cluster.mkdir()
        self.servers: list[Server] = []
        self.summary, self.output = folder / "summary.md", folder / "output"
        self.secrets = dict(SECRETS)
        self.variables: dict[str, str] = {}
        self.run_id, self.run_number, self.attempt = RUN, 50, 1
        self.commit = COMMIT
        self.env: dict[str, str] = {"PIPEWRIGHT_DIGEST_API": NEW}
        self.file: dict[str, Any] = {
            "schema": 1,
            "environment": "production",
            "project": "atom",
            "cluster": {
                "namespace": "production",
                "kubeconfig": secret("PIPEWRIGHT_KUBECONFIG", name="KUBECONFIG"),
                "timeout": "5s",
            },
            "workloads": [
                {
                    "name": "api",
                    "image": {"repository": REPOSITORY, "digest-env": "PIPEWRIGHT_DIGEST_API"},
                    "delivery": {
                        "kind": "image",
                        "target": "deployment/atom",
                        "container": "atom",
                    },
                    "traffic": {"kind": "all-at-once"},
                }
            ],
        }
        binaries = folder / "bin"
        binaries.mkdir()
        wrapper = binaries / "kubectl"
        fake = HERE / "deploy_fakes" / "kubectl.py"
        wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -SE "{fake}" "$@"\n')
        wrapper.chmod(0o755)
        self.write_state(
            {
                "namespace": "production",
                "objects": {
                    "deployment/atom": deployment("atom", OLD),
                    "deployment/atom-canary": deployment("atom-canary", OLD, 0),
                    "service/atom": service("atom"),
                    "service/atom-canary": service("atom-canary"),
                    "httproute/atom": http_route(),
                },
                "rolled": {"deployment/atom": OLD, "deployment/atom-canary": OLD},
            }
        )

    def __enter__(self: Itself) -> Itself:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self.servers:
            server.close()

    # ── the cluster ──

    def state(self) -> dict[str, Any]:
        return dict(json.loads((self.cluster / "state.json").read_text()))

    def write_state(self, state: dict[str, Any]) -> None:
        (self.cluster / "state.json").write_text(json.dumps(state))

    def set(self, **values: Any) -> None:
        self.write_state({**self.state(), **values})

    def object(self, ref: str) -> dict[str, Any]:
        return dict(self.state()["objects"][ref])

    def mark(self, key: str, ref: str = "deployment/atom") -> Any:
        text = self.object(ref)["metadata"].get("annotations", {}).get(key)
        return json.loads(text) if text else None

    def annotate(self, key: str, value: Any, ref: str = "deployment/atom") -> None:
        state = self.state()
        annotations = state["objects"][ref]["metadata"].setdefault("annotations", {})
        annotations[key] = value if isinstance(value, str) else json.dumps(value)
        self.write_state(state)

    def verified(self, image: str = OLD, **more: Any) -> None:
        run = {"run": "6000", "run-number": 40, "attempt": 1, "workflow": "o/r/deploy.yml"}
        mark = {"image": image, "version": "old-1", "commit": "d" * 40, **run, **more}
        self.annotate(VERIFIED, mark)
        state = self.state()
        template = state["objects"]["deployment/atom"]["spec"]["template"]
        template["metadata"]["labels"]["version"] = "old-1"
        self.write_state(state)

    def image(self, ref: str = "deployment/atom") -> str:
        return str(self.object(ref)["spec"]["template"]["spec"]["containers"][-1]["image"])

    def label(self, ref: str = "deployment/atom") -> Any:
        return self.object(ref)["spec"]["template"]["metadata"]["labels"].get("version")

    def weights(self) -> dict[str, int]:
        rule = self.object("httproute/atom")["spec"]["rules"][1]
        return {backend["name"]: backend["weight"] for backend in rule["backendRefs"]}

    def calls(self) -> list[list[str]]:
        path = self.cluster / "calls.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def forget(self) -> None:
        (self.cluster / "calls.jsonl").unlink(missing_ok=True)
        shutil.rmtree(self.cluster / "after", ignore_errors=True)

    def snapshots(self) -> list[Path]:
        return sorted((self.cluster / "after").glob("*.json"))

    # ── what is run ──

    def serve(self, answer: Callable[[Request], Reply]) -> Server:
        server = Server(answer)
        self.servers.append(server)
        return server

    def canary(self, **more: Any) -> None:
        self.file["workloads"][0]["traffic"] = {**GATEWAY, **more}

    def blue_green(self) -> None:
        """Gives the cluster a second workload and a Service that selects the first one."""
        state = self.state()
        objects = state["objects"]
        green = deployment("atom-green", OLD, 0)
        for color, item in (("blue", objects["deployment/atom"]), ("green", green)):
            labels = item["spec"]["template"]["metadata"]["labels"]
            labels |= {"app": "atom", "color": color}
            item["spec"]["selector"]["matchLabels"] = {"color": color}
        objects["deployment/atom-green"] = green
        objects["service/atom"]["spec"] = {
            "selector": {"app": "atom", "color": "blue"},
            "ports": [{"port": 80, "targetPort": 8000}],
        }
        state["rolled"]["deployment/atom-green"] = OLD
        self.write_state(state)
        self.file["workloads"][0]["traffic"] = {
            "kind": "blue-green",
            "service": "service/atom",
            "green-target": "deployment/atom-green",
            "hold": "10ms",
        }

    def active(self) -> str:
        """The workload that the Service selects."""
        color = self.object("service/atom")["spec"]["selector"]["color"]
        return {"blue": "deployment/atom", "green": "deployment/atom-green"}[str(color)]

    def deploy(self, *arguments: str) -> Ran:
        """Runs a step that must leave no secret behind."""
        for path in (self.summary, self.output):
            path.write_text("")
        process = self.start(*arguments)
        try:
            out = process.communicate(timeout=60)[0]
        finally:
            process.kill()
        outputs = dict(line.partition("=")[::2] for line in self.output.read_text().splitlines())
        ran = Ran(process.returncode, out, self.summary.read_text(), outputs)
        self._no_secret(ran, arguments[0])
        assert "Traceback" not in ran.out, ran.out
        return ran

    def steps(self, *steps: str) -> Ran:
        """Runs steps that must all succeed."""
        for step in steps:
            ran = self.deploy(*step.split())
            assert ran.code == 0, f"{step}: {ran.out}"
        return ran

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A step's process, with the environment that the runner gives it and nothing else."""
        own = dict(self.file)
        whole = {key: own.pop(key) for key in ("schema", "project")}
        name = own.pop("environment")
        settings = self.folder / "settings.json"
        settings.write_text(json.dumps({**whole, "environments": {name: own}}))
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "FAKE_CLUSTER": str(self.cluster),
            "KUBECONFIG": str(self.folder / "kube" / "config"),
            "PIPEWRIGHT_SETTINGS": str(settings),
            "PIPEWRIGHT_ENVIRONMENT": name,
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_RUN_ID": self.run_id,
            "GITHUB_RUN_NUMBER": str(self.run_number),
            "GITHUB_RUN_ATTEMPT": str(self.attempt),
            "GITHUB_SHA": self.commit,
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_ACTOR": "octo",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_WORKFLOW_REF": "o/r/deploy.yml@refs/heads/main",
            **self.secrets,
            **self.variables,
            **self.env,
        }
        return subprocess.Popen(
            [sys.executable, "-I", str(compiled()), *arguments],
            env=environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _no_secret(self, ran: Ran, name: str) -> None:
        printed = "\n".join(
            line for line in ran.out.splitlines() if not line.startswith("::add-mask::")
        )
        passed_on = json.dumps(self.calls())
        values = [line for value in self.secrets.values() for line in value.splitlines()]
        for value in [*values, SESSION_TOKEN]:
            # A short one, such as a limit, is nothing that could be looked for.
            if len(value) >= 8 and value != "apiVersion: v1":
                assert value not in printed, f"{name} printed {value}"
                assert value not in ran.summary, f"{name} wrote {value} to the summary"
                assert value not in passed_on, f"{name} passed {value} to kubectl"
