"""The identity providers that people sign in through, as a file says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assent.http.yaml_files import Part, read, secret
from assent.kernel.addresses import is_plain

_FIELDS = (
    "name",
    "title",
    "issuer",
    "client_id",
    "client_secret_variable",
    "client_secret_file",
    "scopes",
    "username_claim",
    "groups_claim",
    "link_existing",
    "sign_out",
)
_REQUIRED = ("name", "issuer", "client_id")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider, and what is asked of it.

    The first of `username_claims` that somebody has is what they are called here.
    """

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    username_claims: tuple[str, ...] = ("preferred_username", "email")
    groups_claim: str | None = None
    link_existing: bool = False
    sign_out: bool = True


def providers(file: Path | None, environment: Mapping[str, str]) -> tuple[Provider, ...]:
    """The providers of a file, in its order. Raises Invalid, naming the line and what would be right."""
    if file is None:
        return ()
    listed = read(file).fields(["providers"], required=["providers"])["providers"]
    found: dict[str, Provider] = {}
    for part in listed.parts():
        provider = _provider(part, environment)
        if provider.name in found:
            raise part.wrong(f"There is a provider {provider.name} already.")
        if provider.issuer in {each.issuer for each in found.values()}:
            raise part.wrong(f"There is a provider with the issuer {provider.issuer} already.")
        found[provider.name] = provider
    return tuple(found.values())


def _provider(part: Part, environment: Mapping[str, str]) -> Provider:
    given = part.fields(_FIELDS, required=_REQUIRED)
    chosen: dict[str, object] = {name: given[name].text() for name in ("client_id", "groups_claim") if name in given}
    chosen |= {name: given[name].flag() for name in ("link_existing", "sign_out") if name in given}
    if "username_claim" in given:
        chosen["username_claims"] = given["username_claim"].texts()
    if "scopes" in given:
        chosen["scopes"] = _scopes(given["scopes"])
    name = _name(given["name"])
    return Provider(
        name=name,
        title=given["title"].text() if "title" in given else name,
        issuer=_issuer(given["issuer"]),
        client_secret=secret(part, given, "client_secret", environment),
        **chosen,  # type: ignore[arg-type]  # each field was read as its own kind
    )


def _name(part: Part) -> str:
    name = part.text()
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise part.wrong(
            f"Write at most {_LONGEST_NAME} small letters, digits and hyphens, such as company: "
            "it is in the address that the provider sends people back to."
        )
    return name


def _issuer(part: Part) -> str:
    issuer = part.text()
    if not is_plain(issuer):
        raise part.wrong("Write the https URL that the provider calls itself, such as https://login.example.com.")
    return issuer


def _scopes(part: Part) -> tuple[str, ...]:
    scopes = part.texts()
    if "openid" not in scopes:
        raise part.wrong("openid must be among the scopes: without it nobody is told who signed in.")
    return scopes
