"""The example environment files are read whole, and every value from outside is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy_bench import HERE, Bench

EXAMPLES = sorted((HERE / "examples").glob("deploy-*.json"))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path) as made:
        made.secrets["PIPEWRIGHT_KUBECONFIG"] = ""
        made.secrets["SMOKE_PASSWORD"] = ""
        made.secrets["GRAFANA_TOKEN"] = ""
        made.env["PIPEWRIGHT_DIGEST_SITE"] = "sha256:" + "1" * 64
        yield made


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(bench: Bench, path: Path) -> None:
    bench.file = json.loads(path.read_text())
    bench.env["PIPEWRIGHT_DIGEST_API"] = "sha256:" + "2" * 64
    ran = bench.deploy("preflight")
    (told,) = ran.errors()
    if path.stem == "deploy-staging":
        # Nothing but the log-in that this bench does not have: `url` is used by smoke tests alone.
        assert "KUBECONFIG names no file" in told
        return
    for name in (
        "secret KUBECONFIG", "secret PROMETHEUS_URL", "secret SMOKE_USERNAME",
        "secret SMOKE_PASSWORD", "variable PRODUCTION_URL", "secret SLACK_WEBHOOK_URL",
        "secret GRAFANA_URL", "secret GRAFANA_TOKEN",
    ):  # fmt: skip
        assert name in told
    assert "MAX_ERROR_RATE" not in told
