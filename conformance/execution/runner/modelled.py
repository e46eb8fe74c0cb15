"""Every key of GitHub's workflow syntax: obeyed here, shown alone, or refused.

A run that meets a refused key ends with an error, so that nothing passes because it was left out.
A case compares this list with GitHub's own schema.

Source: <https://github.com/actions/languageservices>, `workflow-v1.0.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OBEYED, SHOWN, REFUSED = "obeyed", "shown", "refused"


class NotModelled(AssertionError):
    """The bench cannot run this as GitHub would."""


def _keys(obeyed: str, shown: str = "", refused: str = "") -> dict[str, str]:
    found = dict.fromkeys(obeyed.split(), OBEYED)
    return found | dict.fromkeys(shown.split(), SHOWN) | dict.fromkeys(refused.split(), REFUSED)


_FILTERS = "types branches branches-ignore"
_STEP = "name id if timeout-minutes continue-on-error env"

KEYS: dict[str, dict[str, str]] = {
    "workflow-root-strict": _keys(
        "on defaults env permissions concurrency jobs name", "description run-name"
    ),
    "push-mapping": _keys("branches branches-ignore tags tags-ignore", "", "paths paths-ignore"),
    "pull-request-mapping": _keys(_FILTERS, "", "paths paths-ignore"),
    "workflow-call-mapping": _keys("inputs outputs secrets"),
    "workflow-call-input-definition": _keys("type required default", "description"),
    "workflow-call-output-definition": _keys("value", "description"),
    "workflow-dispatch-mapping": _keys("inputs"),
    "workflow-dispatch-input": _keys("type required default options", "description"),
    "cron-mapping": _keys("", "cron timezone"),
    "workflow-defaults": _keys("run"),
    "workflow-defaults-run": _keys("shell working-directory"),
    "job-factory": _keys(
        "needs if strategy name runs-on timeout-minutes cancel-timeout-minutes continue-on-error "
        "services env environment permissions concurrency outputs defaults steps",
        "",
        "container snapshot",
    ),
    "workflow-job": _keys("name uses with secrets needs if permissions concurrency strategy"),
    "strategy": _keys("fail-fast max-parallel matrix"),
    "matrix": _keys("include exclude"),
    "runs-on-mapping": _keys("group labels"),
    "concurrency-mapping": _keys("group cancel-in-progress queue"),
    "job-environment-mapping": _keys("name url deployment"),
    "job-defaults": _keys("run"),
    "job-defaults-run": _keys("shell working-directory"),
    "run-step": _keys(f"{_STEP} run working-directory shell", "", "background"),
    "regular-step": _keys(f"{_STEP} uses with", "", "background"),
    "wait-step": _keys("name id continue-on-error", "", "wait"),
    "wait-all-step": _keys("name id continue-on-error", "", "wait-all"),
    "cancel-step": _keys("name id continue-on-error", "", "cancel"),
    "parallel-step": _keys("", "", "parallel"),
    "service-container-mapping": _keys(
        "image options env ports entrypoint command", "", "volumes credentials"
    ),
}
# Events that the bench does not send, a job's own container and image, and permissions by name.
ELSEWHERE = ("container-mapping", "container-registry-credentials", "snapshot-mapping")
OTHER_STEPS = {"wait": "wait-step", "wait-all": "wait-all-step", "cancel": "cancel-step"}
SHELLS = ("", "bash", "python", "sh")


def check_workflow(workflow: Mapping[str, Any], file: str) -> None:
    """Refuses what a workflow says above its jobs."""
    _check("workflow-root-strict", workflow, file)
    triggers = workflow["on"] if isinstance(workflow["on"], dict) else {}
    for event in ("push", "pull_request", "workflow_call", "workflow_dispatch"):
        _check(f"{event.replace('_', '-')}-mapping", triggers.get(event), f"{file}: {event}")
    _defaults("workflow-defaults", workflow, file)
    _check("concurrency-mapping", workflow.get("concurrency"), file)


def check_job(job: Mapping[str, Any], where: str) -> None:
    """Refuses what a job says that is about to run."""
    if "uses" in job:
        _check("workflow-job", job, where)
        _check("strategy", job.get("strategy"), where)
        if job.get("secrets") == "inherit":
            raise NotModelled(f"{where}: `secrets: inherit` is not modelled")
        _check("concurrency-mapping", job.get("concurrency"), where)
        return
    _check("job-factory", job, where)
    _check("strategy", job.get("strategy"), where)
    _check("concurrency-mapping", job.get("concurrency"), where)
    _check("job-environment-mapping", job.get("environment"), where)
    _check("runs-on-mapping", job["runs-on"], where)
    _defaults("job-defaults", job, where)
    for name, service in _mapping(job.get("services")).items():
        _check("service-container-mapping", service, f"{where}: service {name}")
    for index, step in enumerate(job["steps"]):
        check_step(step, f"{where}: step {index + 1}")


def check_step(step: Mapping[str, Any], where: str) -> None:
    """Refuses a step of a kind that is not modelled, and keys of the others."""
    kind = "run-step" if "run" in step else "regular-step"
    if "parallel" in step:
        kind = "parallel-step"
    for key, other in OTHER_STEPS.items():
        if key in step:
            kind = other
    _check(kind, step, where)
    if step.get("shell", "") not in SHELLS:
        raise NotModelled(f"{where}: the shell {step['shell']!r} is not modelled")


def check_labels(given: Any, where: str) -> None:
    """Refuses machines that this one cannot be."""
    labels = given.get("labels", []) if isinstance(given, dict) else given
    for label in [labels] if isinstance(labels, str) else labels:
        if str(label).lower().startswith(("macos", "windows")):
            raise NotModelled(f"{where}: a machine {label!r} is not modelled")


def _defaults(kind: str, given: Mapping[str, Any], where: str) -> None:
    defaults = given.get("defaults", {})
    _check(kind, defaults, where)
    _check(f"{kind}-run", defaults.get("run"), where)
    if defaults.get("run", {}).get("shell", "") not in SHELLS:
        raise NotModelled(f"{where}: the shell {defaults['run']['shell']!r} is not modelled")


def _check(kind: str, given: Any, where: str) -> None:
    for key in _mapping(given):
        if KEYS[kind].get(key) not in (OBEYED, SHOWN):
            raise NotModelled(f"{where}: `{key}` is not modelled")


def _mapping(given: Any) -> Mapping[str, Any]:
    """A mapping's keys; an expression and a scalar have none."""
    return given if isinstance(given, dict) and "$" not in given else {}
