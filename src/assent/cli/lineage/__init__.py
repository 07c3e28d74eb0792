"""`assent lineage`: where versions come from, over HTTP. Each command is a module of its own, and is added here."""

import click

from assent.cli.lineage.capture import capture
from assent.cli.lineage.differ import differ
from assent.cli.lineage.digest import digest
from assent.cli.lineage.graph import descendants, made_from, reach, show
from assent.cli.lineage.openlineage import openlineage
from assent.cli.lineage.parents import declare, parents, withdraw
from assent.cli.lineage.recalls import lift, recall, recalls
from assent.cli.lineage.snapshot import retry, snapshot


@click.group()
def lineage() -> None:
    """Ask where versions come from and what comes of them, over HTTP."""


_OF_THE_GRAPH = (show, differ, descendants, made_from, reach, recall, lift, recalls)
_OF_RUNS = (snapshot, retry, capture, digest)
_SAID = (declare, withdraw, parents, openlineage)
for _command in (*_OF_THE_GRAPH, *_OF_RUNS, *_SAID):
    lineage.add_command(_command)
