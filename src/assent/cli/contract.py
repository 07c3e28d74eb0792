"""Commands that write what is generated: the contract and the table of settings."""

import click


@click.command()
def openapi() -> None:
    """Print the OpenAPI document of this release."""
    from assent.faces import FACES
    from assent.http import openapi as contract

    click.echo(contract.as_yaml(FACES), nl=False)


@click.command("settings")
def settings_table() -> None:
    """Print the table of settings, in Markdown."""
    from assent.settings import as_table

    click.echo(as_table(), nl=False)
