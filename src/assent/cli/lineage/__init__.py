"""`assent lineage`: where versions come from, over HTTP. Each command is a module of its own, and is added here."""

import click

from assent.cli.lineage.graph import descendants, made_from, reach, show
from assent.cli.lineage.recalls import lift, recall, recalls
from assent.cli.lineage.snapshot import retry, snapshot


@click.group()
def lineage() -> None:
    """Ask where versions come from and what comes of them, over HTTP."""


for _command in (show, descendants, made_from, reach, recall, lift, recalls, snapshot, retry):
    lineage.add_command(_command)
