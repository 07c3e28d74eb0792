"""`assent serve`: the server."""

from typing import Any

import click


@click.command()
@click.option("--host", help="The address to listen on, instead of ASSENT_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port, instead of ASSENT_PORT.")
@click.option("--workers", type=click.IntRange(1), help="Server processes, instead of ASSENT_WORKERS.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the registry. An embedded database is migrated first, and its worker runs along."""
    from dataclasses import replace

    from assent import server
    from assent.settings import Settings

    given: dict[str, Any] = {"host": host, "port": port, "workers": workers}
    settings = Settings.from_environment()
    server.run(replace(settings, **{name: value for name, value in given.items() if value is not None}))
