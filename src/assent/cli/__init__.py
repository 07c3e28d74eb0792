"""The `assent` command."""

import sys

import click

from assent.cli.admin import admin
from assent.cli.audit import audit
from assent.cli.card import card
from assent.cli.checks import checks
from assent.cli.comments import comments
from assent.cli.contract import openapi, settings_table
from assent.cli.db import db
from assent.cli.deployments import deployments
from assent.cli.gates import gates
from assent.cli.grant_files import apply, plan
from assent.cli.grants import grants
from assent.cli.groups import groups
from assent.cli.lineage import lineage
from assent.cli.past import at, story
from assent.cli.promoting.delegations import delegations
from assent.cli.promoting.explain import explain
from assent.cli.promoting.promote import promote
from assent.cli.promoting.requests import requests
from assent.cli.publishers import publishers
from assent.cli.serve import serve
from assent.cli.service_accounts import service_accounts
from assent.cli.sessions import sessions
from assent.cli.tokens import tokens
from assent.cli.users import users
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


for _command in (plan, apply):
    grants.add_command(_command)

_OF_THE_SERVER = (serve, worker, db, admin, openapi, settings_table)
_OVER_HTTP = (
    *(users, service_accounts, groups, grants, gates, tokens, sessions, publishers),
    *(lineage, at, story, deployments, audit, checks, comments, card),
    *(promote, explain, requests, delegations),
)
for _command in (*_OF_THE_SERVER, *_OVER_HTTP):
    main.add_command(_command)
