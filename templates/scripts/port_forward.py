"""A Service of the cluster, forwarded to a local port."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from contextlib import ExitStack
from types import TracebackType

from cluster import Cluster
from runner import Problem

READY = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) ->")
PATIENCE = 30.0


class PortForward:
    """The system chooses the port, so two jobs on one machine do not collide."""

    def __init__(self, cluster: Cluster, ref: str, port: int) -> None:
        self._ref = ref
        self._command = cluster.arguments(
            "port-forward",
            ref,
            f":{port}",
            "--address=127.0.0.1",
            "--pod-running-timeout=20s",
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._open = ExitStack()

    def __enter__(self) -> str:
        # A file, not a pipe: kubectl prints a line for every connection and must never
        # block on it.
        self._log = self._open.enter_context(tempfile.TemporaryFile())
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
            )
        except FileNotFoundError:
            raise Problem("kubectl is not installed on this runner") from None
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            printed = self._read()
            ready = READY.search(printed)
            if ready is not None:
                return f"http://127.0.0.1:{ready[1]}"
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        self._stop()
        raise Problem(
            f"cannot reach {self._ref} by port-forward: "
            f"{' '.join(printed.split())[-300:]}"
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _read(self) -> str:
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")

    def _stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._open.close()
