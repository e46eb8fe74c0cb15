"""A job's matrix, as GitHub expands it.

Source: <https://github.com/actions/runner>, `src/Sdk/WorkflowParser/Conversion/`:
`MatrixBuilder.cs`, and `ConvertToStrategy` of `WorkflowTemplateConverter.cs`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

LIMIT = 256


class MatrixError(Exception):
    """GitHub cannot evaluate the job's strategy."""


def cells(given: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Every cell; the first axis changes slowest, and cells that `include` adds come last."""
    if given is None:
        return [{}]
    axes = {name: values for name, values in given.items() if name not in ("include", "exclude")}
    include, exclude = given.get("include") or [], given.get("exclude") or []
    for name, values in axes.items():
        if not isinstance(values, list):
            raise MatrixError(f"Matrix vector '{name}' is not a sequence")
        if not values:
            raise MatrixError(f"Matrix vector '{name}' does not contain any values")
    if not axes and not include:
        raise MatrixError("Matrix must define at least one vector")
    for filter_ in exclude:
        for name in filter_:
            if name not in axes:
                message = f"Matrix exclude key '{name}' does not match any key within the matrix"
                raise MatrixError(message)
    found = _expanded(axes, include, exclude)
    if len(found) > LIMIT:
        raise MatrixError(f"the matrix has {len(found)} cells, more than {LIMIT}")
    return found


def _expanded(
    axes: Mapping[str, list[Any]], include: list[dict[str, Any]], exclude: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    matched = [False] * len(include)
    found = []
    for values in itertools.product(*axes.values()) if axes else ():
        cell = dict(zip(axes, values, strict=True))
        if any(_fits(cell, filter_) for filter_ in exclude):
            continue
        extra: dict[str, Any] = {}
        for index, item in enumerate(include):
            if _fits(cell, {name: value for name, value in item.items() if name in axes}):
                matched[index] = True
                extra |= {name: value for name, value in item.items() if name not in axes}
        found.append(cell | extra)
    return found + [dict(item) for item, was in zip(include, matched, strict=True) if not was]


def _fits(cell: Any, filter_: Any) -> bool:
    """Whether every leaf of a filter equals the cell's, as expressions compare them."""
    if isinstance(filter_, dict):
        return all(
            isinstance(cell, dict) and name in cell and _fits(cell[name], value)
            for name, value in filter_.items()
        )
    if isinstance(cell, str) and isinstance(filter_, str):
        return cell.lower() == filter_.lower()
    return type(cell) is type(filter_) and bool(cell == filter_)
