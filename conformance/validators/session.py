"""One run: what is checked, what came out of it, and the exit status."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import exceptions
from exceptions import Exemption
from installation import install
from model import Broken, Finding, Report
from subjects import WORKFLOWS
from validation import Validation


def main(here: Path, arguments: list[str]) -> int:
    started = time.monotonic()
    validators, cache = here / "validators", here / ".cache"
    try:
        roots = [Path(name) for name in arguments] or _default_roots(here.parent, cache)
        for root in roots:
            if not any((root / WORKFLOWS).glob("*.y*ml")):
                print(f"validate: {root} has no workflow in {WORKFLOWS}", file=sys.stderr)
                return 2
        exemptions = exceptions.read(validators / "exceptions.toml")
        installation = install(validators, cache)
        with tempfile.TemporaryDirectory() as work:
            reports = Validation(validators, cache, Path(work), installation).reports(roots)
    except Broken as error:
        print(f"validate: {error}", file=sys.stderr)
        return 1
    for report in reports:
        exceptions.apply(exemptions, report)
    # Only a full run shows that nothing needs an exception any more.
    unneeded = [] if arguments else [one for one in exemptions if not one.used]
    _print(reports, unneeded)
    print(f"\n{len(roots)} folders in {time.monotonic() - started:.0f} s")
    return int(bool(unneeded) or any(report.broken or report.findings for report in reports))


def _default_roots(repository: Path, cache: Path) -> list[Path]:
    folders = sorted(path for path in (cache / "rendered").glob("*") if path.is_dir())
    if not folders:
        raise Broken("conformance/.cache/rendered holds no rendered pipeline")
    return [repository, *folders]


def _print(reports: list[Report], unneeded: list[Exemption]) -> None:
    for report in reports:
        outcome = "BROKEN" if report.broken else f"{len(report.findings)} findings"
        note = f", {report.excepted} excepted" if report.excepted else ""
        print(f"{report.validator:<17} {report.checked:>5} files  {outcome}{note}")
    for report in reports:
        if report.broken:
            print(f"\n{report.validator} is broken: {report.broken}")
        for finding in sorted(report.findings, key=_place):
            path, line = _place(finding)
            print(f"{path}:{line or ''}: {report.validator}: {finding.message}")
    for exemption in unneeded:
        print(f"exceptions.toml: `{exemption.name}` excepts nothing any more; remove it")


def _place(finding: Finding) -> tuple[str, int]:
    path, here = finding.path, Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return str(shown), finding.line or 0
