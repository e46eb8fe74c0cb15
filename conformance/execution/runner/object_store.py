"""An S3 server for one job, by moto, that answers `/health` as RustFS does and logs each request.

Usage: object_store.py PORT healthy|broken
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple


def main(port: int, state: str) -> None:
    """Serves until it is interrupted."""
    logging.getLogger("werkzeug").setLevel(logging.INFO)
    buckets = DomainDispatcherApplication(create_backend_app)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/health":
            start("200 OK" if state == "healthy" else "503 Service Unavailable", [])
            return [b""]
        found: Iterable[bytes] = buckets(environ, start)
        return found

    run_simple("localhost", port, answer, threaded=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
