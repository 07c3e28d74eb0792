"""The `assent` command."""

import sys

import click

from assent.cli.admin import admin
from assent.cli.contract import openapi, settings_table
from assent.cli.db import db
from assent.cli.serve import serve
from assent.cli.worker import worker
from assent.kernel.errors import AssentError


class _Telling(click.Group):
    """A group whose commands tell the errors of the domain in one line, and exit with 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AssentError as error:
            click.echo(f"assent: {error.message}", err=True)
            sys.exit(2)


@click.group(cls=_Telling, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="assent")
def main() -> None:
    """A model registry in which nothing reaches production unsigned."""


for _command in (serve, worker, db, admin, openapi, settings_table):
    main.add_command(_command)
