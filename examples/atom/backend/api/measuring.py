"""Counts and times every request that a user could have made."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.metrics import Metrics


class MeasuringMiddleware:
    """Plain ASGI, so that it also sees an answer that breaks off and an error no handler took.

    The kubelet's probes and Prometheus' own scrapes are left out: they always succeed, and would
    thin out the error rate of a version that few users have reached yet.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_probe(scope["path"]):
            await self._app(scope, receive, send)
            return
        code = 500

        async def send_noting_the_status(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, send_noting_the_status)
        except Exception:
            code = 500
            raise
        finally:
            self._metrics.observe(code, time.perf_counter() - started)


def _is_probe(path: str) -> bool:
    return path == "/metrics" or path.startswith("/health/")
