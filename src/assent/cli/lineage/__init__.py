"""`assent lineage`: where versions come from, over HTTP. Each command is a module of its own, and is added here."""

import click


@click.group()
def lineage() -> None:
    """Ask where versions come from and what comes of them, over HTTP."""
