"""Runs one of the scripts in this folder: `python3 -I run.py <script> [argument …]`.

Isolated (`-I`), Python imports nothing from this folder, from the working directory or from
PYTHONPATH. The modules below are the only ones that are added, by name and from source: a file
that was put beside them, such as `json.py` or a `__pycache__`, is never imported.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

FOLDER = Path(__file__).resolve().parent
SCRIPTS = (
    "changes",
    "coverage_report",
    "deploy",
    "gates",
    "history",
    "passed",
    "plan",
    "record",
    "smoke",
    "tell",
)
MODULES = (
    "cluster",
    "console",
    "delivery",
    "environment",
    "expectation",
    "gate",
    "json_path",
    "kube_jobs",
    "marks",
    "metrics",
    "pipewright_common",
    "pipewright_completeness",
    "pipewright_coverage",
    "pipewright_doctests",
    "pipewright_findings",
    "pipewright_history",
    "pipewright_patch",
    "pipewright_records",
    "pipewright_shards",
    "pods",
    "port_forward",
    "preflight",
    "restore",
    "settings",
    "smoke_plan",
    "thresholds",
    "traffic",
    "web",
    "workload",
)


class Source(SourceFileLoader):
    """A module's text; a cached `.pyc` is neither read nor written."""

    def get_code(self, fullname: str) -> CodeType:
        """The compiled text."""
        return self.source_to_code(self.get_data(self.path), self.path)


class OwnModules:
    """Finds the modules of this folder, and nothing else."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of this name, if it is one of ours."""
        if fullname not in SCRIPTS and fullname not in MODULES:
            return None
        file = FOLDER / f"{fullname}.py"
        return spec_from_file_location(fullname, file, loader=Source(fullname, str(file)))


def main() -> None:
    """Runs the script that the first argument names, with the arguments after it."""
    script = sys.argv[1] if len(sys.argv) > 1 else ""
    if script not in SCRIPTS:
        sys.exit(f"expected one of {', '.join(SCRIPTS)}, found `{script}`")
    sys.meta_path.insert(0, OwnModules)
    del sys.argv[0]
    runpy.run_module(script, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
