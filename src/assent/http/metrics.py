"""What Prometheus reads, added up over all processes of one server."""

import os
from functools import cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

# Set before this module is imported where several processes serve: see `cli.serve`.
MULTIPROCESS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"

_REQUESTS = Counter("assent_requests", "Requests answered.", ["method", "route", "status"])
_SECONDS = Histogram("assent_request_seconds", "How long requests took.", ["method", "route"])
_PULLS = Counter("assent_pulls", "Runs that were asked of tracking servers.", ["outcome"])

# Whoever sends others must not be able to make a series of each.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@cache
def _of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The two series of such requests; there are few, and to look them up by labels takes longer than to count."""
    return _REQUESTS.labels(method, route, status), _SECONDS.labels(method, route)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request."""
    requests, durations = _of(method if method in _METHODS else "OTHER", route, status)
    requests.inc()
    durations.observe(seconds)


def count_pull(outcome: str) -> None:
    """Count one run that was asked for: `captured`, `unknown`, `failed`, or `put_off` since the server was busy."""
    _PULLS.labels(outcome).inc()


def exposition() -> tuple[bytes, str]:
    """The metrics in Prometheus' text format, and its content type."""
    if MULTIPROCESS_DIRECTORY not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # theirs
    return generate_latest(together), CONTENT_TYPE_LATEST
