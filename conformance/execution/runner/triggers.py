"""Whether an event starts a workflow, and which inputs the run has.

Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>, `on`, and
its filter pattern cheat sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .event import Event
from .modelled import NotModelled

EMPTY: dict[str, Any] = {"boolean": False, "number": 0}


def starts(workflow: Mapping[str, Any], event: Event) -> bool:
    """Whether the event starts the workflow."""
    triggers = workflow["on"]
    if isinstance(triggers, str):
        triggers = [triggers]
    if event.name not in triggers:
        return False
    given = triggers[event.name] if isinstance(triggers, dict) else None
    if not isinstance(given, dict):
        return True
    if event.name == "pull_request":
        types = _list(given.get("types", ["opened", "synchronize", "reopened"]))
        return "opened" in types and _filtered(given, "branches", event.base)
    if event.name == "push":
        if event.ref.startswith("refs/tags/"):
            asked = {"tags", "tags-ignore"} & set(given)
            only_branches = not asked and {"branches", "branches-ignore"} & set(given)
            return not only_branches and _filtered(given, "tags", event.head)
        if not {"branches", "branches-ignore"} & set(given):
            return not {"tags", "tags-ignore"} & set(given)
        return _filtered(given, "branches", event.head)
    return True


def _filtered(given: Mapping[str, Any], key: str, name: str) -> bool:
    if f"{key}-ignore" in given:
        return not _matches(_list(given[f"{key}-ignore"]), name)
    return key not in given or _matches(_list(given[key]), name)


def _matches(patterns: list[str], name: str) -> bool:
    """Whether the last pattern that fits is one without `!`."""
    found = False
    for pattern in patterns:
        if re.fullmatch(_expression(pattern.removeprefix("!")), name):
            found = not pattern.startswith("!")
    return found


def _expression(pattern: str) -> str:
    if set(pattern) & set("?+[]\\"):
        raise NotModelled(f"the filter {pattern!r}: only `*` and `**` are modelled")
    parts = re.split(r"(\*\*?)", pattern)
    return "".join({"*": "[^/]*", "**": ".*"}.get(part, re.escape(part)) for part in parts)


def _list(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def dispatched(workflow: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The inputs of a run by hand, as their types say."""
    triggers = workflow["on"]
    declared = (triggers["workflow_dispatch"] or {}) if isinstance(triggers, dict) else {}
    of = declared.get("inputs") or {}
    options = {name: input_.get("options", []) for name, input_ in of.items()}
    for name, value in given.items():
        if options.get(name):
            assert value in options[name], f"{value!r} is no option of the input {name}"
    return inputs(of, given)


def inputs(declared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every input that is declared: what was given, its default, or its type's empty value."""
    unknown = set(given) - set(declared)
    assert not unknown, f"there is no input {sorted(unknown)}"
    found = {}
    for name, input_ in declared.items():
        input_ = input_ or {}
        kind = input_.get("type", "string")
        missing = name not in given and "default" not in input_
        assert not (missing and input_.get("required")), f"the input {name} is required"
        value = given.get(name, input_.get("default", EMPTY.get(kind, "")))
        found[name] = _typed(kind, value, name)
    return found


def called_inputs(declared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a call, which have to be of their types: a text is no number and no boolean."""
    for name, value in given.items():
        kind = (declared.get(name) or {}).get("type")
        right = {
            "boolean": isinstance(value, bool),
            "number": isinstance(value, int | float) and not isinstance(value, bool),
        }
        assert right.get(kind, True), f"the input {name} is no {kind}: {value!r}"
    return inputs(declared, given)


def _typed(kind: str, value: Any, name: str) -> Any:
    if kind == "boolean":
        assert value in (True, False, "true", "false"), f"the input {name} is no boolean: {value!r}"
        return value in (True, "true")
    if kind == "number":
        return float(value) if float(value) % 1 else int(float(value))
    return str(value)
