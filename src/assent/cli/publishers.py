"""`assent publishers`, over HTTP."""

from typing import Any

import click

from assent.access.policy.levels import Scope
from assent.cli.printing import Shown, over_http, table
from assent.cli.remote import Mistake, Registry, segment

_ISSUERS = {"github": "https://token.actions.githubusercontent.com", "gitlab": "https://gitlab.com"}
_MODEL = click.option("--model", help="Those of one model, for whoever manages it.")


class Claim(click.ParamType[tuple[str, str]]):
    """A claim of a token and the pattern that its value must match, as NAME=PATTERN."""

    name = "claim"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The name and the pattern."""
        claim, equals, pattern = str(value).partition("=")
        if not claim or not equals:
            self.fail(f"{value!r} is no claim such as repository=acme/fraud", param, ctx)
        return claim, pattern


@click.group()
def publishers() -> None:
    """Say which CI jobs act as which service account, over HTTP: trusted publishers."""


@publishers.command("list")
@_MODEL
@over_http
def list_publishers(registry: Registry, model: str | None) -> Shown:
    """List the trusted publishers; with --model those of that model."""
    found = registry.all(_path(model), "publishers")
    return Shown(_table(found), found)


@publishers.command("show")
@click.argument("number", type=int)
@over_http
def show_publisher(registry: Registry, number: int) -> Shown:
    """Show a trusted publisher."""
    found = registry.call("GET", f"/publishers/{number}")
    return Shown(_table([found]), found)


@publishers.command("create")
@click.argument("name")
@click.option("--issuer", required=True, help="Who signs the tokens: github, gitlab, or an address.")
@click.option("--claim", "claims", multiple=True, required=True, type=Claim(), help="What they claim: NAME=PATTERN.")
@click.option("--service-account", required=True, help="Whom they act as.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice([scope.value for scope in Scope]))
@click.option(
    "--target", "targets", multiple=True, help="Where versions may be moved to: a stage, or @ and an alias."
)
@click.option("--pattern", help="For the models whose names match; by an administrator.")
@click.option("--model", help="For this model alone; by whoever manages it.")
@over_http
def create_publisher(
    registry: Registry, name: str, issuer: str, pattern: str | None, model: str | None, **said: Any
) -> Shown:
    """Trust the CI jobs whose tokens make some claims."""
    if (pattern is None) == (model is None):
        raise Mistake("Say --pattern or --model.")
    fields = {
        "name": name,
        "issuer": _ISSUERS.get(issuer, issuer),
        "claims": dict(said["claims"]),
        "service_account": said["service_account"],
        "scopes": list(said["scopes"]),
        "targets": list(said["targets"]) or None,
        "pattern": pattern,
    }
    made = registry.call("POST", _path(model), **fields)
    return Shown(f"The publisher {made['id']}, {name}, is trusted to act as {made['service_account']}.", made)


@publishers.command("revoke")
@click.argument("number", type=int)
@_MODEL
@over_http
def revoke_publisher(registry: Registry, number: int, model: str | None) -> Shown:
    """Trust a publisher no more, and end the tokens that were got through it."""
    answer = registry.call("DELETE", f"{_path(model)}/{number}")
    return Shown(f"The publisher {number} is revoked.", answer)


def _path(model: str | None) -> str:
    return "/publishers" if model is None else f"/models/{segment(model)}/publishers"


def _table(found: list[dict[str, Any]]) -> str:
    return table(
        found,
        id="id",
        name="name",
        claims=lambda publisher: ", ".join(f"{claim}={value}" for claim, value in publisher["claims"].items()),
        acts_as="service_account",
        models=lambda publisher: publisher["model"] or publisher["pattern"],
        scopes="scopes",
        targets="targets",
        revoked=lambda publisher: "yes" if publisher["revoked_at"] else "",
    )
