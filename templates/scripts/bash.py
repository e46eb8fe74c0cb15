"""Commands of the definition, in bash."""

from __future__ import annotations

import os
import subprocess

from runner import Problem, quote


def run_bash(
    what: str, command: str, values: dict[str, str], timeout: float, stdin: str = ""
) -> str:
    """Returns its standard output; `what` is its name in messages."""
    environment = os.environ | values
    environment["ENVIRONMENT"] = os.environ.get("PIPEWRIGHT_ENVIRONMENT", "")
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Problem(f"the command {what} took too long") from None
    quote(done.stderr)
    if done.returncode != 0:
        quote(done.stdout)
        raise Problem(f"the command {what} ended with status {done.returncode}")
    return done.stdout
