"""Findings that are known to be wrong, because a validator is older than GitHub's syntax."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from model import Broken, Report


@dataclass
class Exemption:
    name: str
    validator: str
    message: re.Pattern[str]
    since: date
    reason: str
    used: int = 0


def read(path: Path) -> list[Exemption]:
    exemptions = []
    with path.open("rb") as file:
        tables = tomllib.load(file).get("exception", [])
    for table in tables:
        try:
            message = re.compile(table.pop("message"))
            exemptions.append(Exemption(message=message, **table))
        except (KeyError, TypeError, re.error) as error:
            raise Broken(f"{path.name}: {table.get('name', 'an exception')}: {error}") from error
    return exemptions


def apply(exemptions: list[Exemption], report: Report) -> None:
    """Takes the excepted findings out of a report, and counts what excepted them."""
    kept = []
    for finding in report.findings:
        exemption = next(
            (
                exemption
                for exemption in exemptions
                if exemption.validator == report.validator
                and exemption.message.fullmatch(finding.message)
            ),
            None,
        )
        if exemption is None:
            kept.append(finding)
        else:
            exemption.used += 1
            report.excepted += 1
    report.findings = kept
