"""`assent admin`: accounts and tokens, on the server's own database."""

import sys

import click

from assent.access.policy.levels import Level
from assent.cli.durations import Duration
from assent.cli.local import change, new_password


@click.group()
def admin() -> None:
    """Manage accounts and tokens, as whoever may read the database."""


@admin.group()
def user() -> None:
    """Manage users."""


@user.command("create")
@click.argument("name")
@click.option("--admin", "administrator", is_flag=True, help="An administrator may do everything.")
@click.option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    default=None,
    help="What to grant the user on the whole registry.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_user(name: str, administrator: bool, level: str | None, password_stdin: bool) -> None:
    """Create a user; without --password-stdin a password is made up and shown once."""
    from assent.access.granting import grants
    from assent.access.people import accounts
    from assent.access.policy.principals import SYSTEM

    password = _from_stdin() if password_stdin else accounts.generated_password()
    with change() as session:
        account = accounts.create(
            session, name, password=new_password(password), by=SYSTEM, administrator=administrator
        )
        if level:
            grants.give(session, account, Level(level), by=SYSTEM)
    click.echo(f"Created the {'administrator' if administrator else 'user'} {name}.")
    if not password_stdin:
        click.echo(f"Password, shown this once: {password}")


@user.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
def set_password(name: str, password_stdin: bool) -> None:  # noqa: ARG001 (required, so that nobody types one)
    """Replace a user's password."""
    from assent.access.people import accounts
    from assent.access.policy.principals import SYSTEM

    with change() as session:
        accounts.set_password(session, accounts.named(session, name), new_password(_from_stdin()), by=SYSTEM)
    click.echo(f"The password of {name} is replaced.")


@user.command("level")
@click.argument("name")
@click.argument("level", type=click.Choice([level.value for level in Level]))
def set_level(name: str, level: str) -> None:
    """Grant a user a level on the whole registry, in the place of the one they have there."""
    from assent.access.granting import grants
    from assent.access.people import accounts
    from assent.access.policy.principals import SYSTEM

    with change() as session:
        grants.give(session, accounts.named(session, name), Level(level), by=SYSTEM)
    click.echo(f"{name} has the level {level} on the whole registry.")


@user.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Shut a user out, within seconds."""
    from assent.access.people import accounts
    from assent.access.policy.principals import SYSTEM

    with change() as session:
        accounts.disable(session, accounts.named(session, name), by=SYSTEM)
    click.echo(f"{name} is disabled.")


@user.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Let a disabled user in again."""
    from assent.access.people import accounts
    from assent.access.policy.principals import SYSTEM

    with change() as session:
        accounts.enable(session, accounts.named(session, name), by=SYSTEM)
    click.echo(f"{name} is enabled.")


@user.command("list")
def list_users() -> None:
    """List the users."""
    from assent.access.people import accounts
    from assent.access.policy.principals import SYSTEM

    with change() as session:
        for account in accounts.every(session, by=SYSTEM):
            role = "administrator" if account.is_administrator else account.kind.value
            click.echo(f"{account.name}\t{role}\t{'disabled' if account.disabled_at else 'enabled'}")


@admin.group()
def token() -> None:
    """Manage tokens."""


@token.command("create")
@click.argument("name")
@click.option("--expires", type=Duration(), help="After what time the token ends, such as 90d.")
@click.option("--quiet", is_flag=True, help="Print the token alone.")
def create_token(name: str, expires: int | None, quiet: bool) -> None:
    """Create a token for a user; it is shown once."""
    from assent.access.credentials import tokens
    from assent.access.people import accounts
    from assent.access.policy.principals import SYSTEM

    with change() as session:
        secret = tokens.create(session, accounts.named(session, name), by=SYSTEM, lasts=expires).secret
    click.echo(secret if quiet else f"Token of {name}, shown this once: {secret}")


@token.command("list")
@click.argument("name")
def list_tokens(name: str) -> None:
    """List a user's tokens; their secrets cannot be shown."""
    from assent.access.credentials import tokens
    from assent.access.people import accounts
    from assent.access.policy.principals import SYSTEM

    with change() as session:
        for each in tokens.of(session, accounts.named(session, name), ended=True, by=SYSTEM):
            click.echo(f"{each.id}\t{'ended' if tokens.has_ended(each) else 'good'}")


@token.command("revoke")
@click.argument("number", type=int)
def revoke_token(number: int) -> None:
    """End the token of that number, within seconds."""
    from assent.access.credentials import tokens
    from assent.access.policy.principals import SYSTEM

    with change() as session:
        tokens.revoke(session, tokens.numbered(session, number, by=SYSTEM), by=SYSTEM)
    click.echo(f"The token {number} is revoked.")


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")
