"""`assent serve`: the server."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

_PROMETHEUS = "PROMETHEUS_MULTIPROC_DIR"


@click.command()
@click.option("--host", help="The address to listen on, instead of ASSENT_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port, instead of ASSENT_PORT.")
@click.option("--workers", type=click.IntRange(1), help="Server processes, instead of ASSENT_WORKERS.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the registry. An embedded database is migrated first, and its worker runs along."""
    from dataclasses import replace

    from assent.settings import Settings

    given: dict[str, Any] = {"host": host, "port": port, "workers": workers}
    settings = Settings.from_environment()
    chosen = replace(settings, **{name: value for name, value in given.items() if value is not None})
    with _metrics_of_all(chosen.workers):
        from assent import server

        server.run(chosen)


@contextmanager
def _metrics_of_all(workers: int) -> Iterator[None]:
    """Let several processes count together, in files. prometheus-client decides how to count when it is imported."""
    if workers == 1 or _PROMETHEUS in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="assent-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[_PROMETHEUS] = folder
        yield
