"""What Prometheus reads: requests and their durations by version, to judge a canary by."""

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0)

# The series of creation times would double the output and nothing reads them.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """One app's metrics, in a registry of their own so that apps in one process do not mix."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        self._version = version
        self._requests = Counter(
            "http_requests",
            "Requests answered, by status code.",
            ("code", "version"),
            registry=self.registry,
        )
        self._durations = Histogram(
            "http_request_duration_seconds",
            "Time until the answer was complete.",
            ("version",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        # A series that begins at its first event hides that event from `increase` and `rate`.
        for code in (200, 500):
            self._requests.labels(str(code), version)
        self._durations.labels(version)

    def observe(self, code: int, seconds: float) -> None:
        self._requests.labels(str(code), self._version).inc()
        self._durations.labels(self._version).observe(seconds)

    def exposition(self) -> bytes:
        return generate_latest(self.registry)
