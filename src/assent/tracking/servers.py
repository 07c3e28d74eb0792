"""The tracking servers that an administrator listed in a file; no other server is ever asked for a run."""

import base64
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from assent.http.yaml_files import Part, read, secret
from assent.kernel.addresses import is_on_this_machine, is_whole
from assent.kernel.errors import Invalid

_FIELDS = (
    "url",
    "hosts",
    "token_variable",
    "token_file",
    "username",
    "password_variable",
    "password_file",
    "ca_file",
    "unencrypted",
    "connect_seconds",
    "read_seconds",
)
_TOKEN = ("token_variable", "token_file")
_PASSWORD = ("username", "password_variable", "password_file")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class TrackingServer:
    """A server with MLflow's tracking API, and what is shown to it.

    `hosts` are the names by which versions may call it: a host, which is then meant with any port, or `host:port`.
    """

    url: str
    hosts: frozenset[str] = frozenset()
    authorization: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    connect_seconds: int = 5
    read_seconds: int = 10

    def is_at(self, place: str) -> bool:
        """Whether the server is what a `host:port`, or a host alone, names."""
        host = place.rpartition(":")[0] or place
        own = _place(self.url)
        return place in self.hosts or host in self.hosts or place in (own, own.rpartition(":")[0])


def servers(file: Path | None, environment: Mapping[str, str]) -> tuple[TrackingServer, ...]:
    """The servers of a file, in its order. Raises Invalid, naming the line and what would be right."""
    if file is None:
        return ()
    listed = read(file).fields(["servers"], required=["servers"])["servers"]
    found: dict[str, TrackingServer] = {}
    for part in listed.parts():
        server = _server(part, environment)
        if server.url in found:
            raise part.wrong(f"There is a server {server.url} already.")
        found[server.url] = server
    return tuple(found.values())


def named_by(known: Iterable[TrackingServer], *links: str) -> TrackingServer | None:
    """The first of the known servers that one of some URIs names; most URIs name none."""
    places = [place for place in map(_place, links) if place]
    return next((server for place in places for server in known if server.is_at(place)), None)


def _place(link: str) -> str:
    """The host that a URI names and, where it is known, the port: `host:port`; or an empty text."""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ""
    if parts.scheme not in (*_PORTS, "mlflow-artifacts"):
        return ""
    return f"{host}:{port}" if host and port else host


def _server(part: Part, environment: Mapping[str, str]) -> TrackingServer:
    given = part.fields(_FIELDS, required=["url"])
    seconds = {name: given[name].number(1, 120) for name in ("connect_seconds", "read_seconds") if name in given}
    return TrackingServer(
        url=_url(given["url"], unencrypted="unencrypted" in given and given["unencrypted"].flag()),
        hosts=frozenset(map(str.lower, given["hosts"].texts())) if "hosts" in given else frozenset(),
        authorization=_authorization(part, given, environment),
        ca_file=_certificates(given["ca_file"]) if "ca_file" in given else None,
        **seconds,
    )


def _url(part: Part, *, unencrypted: bool) -> str:
    url = part.text().rstrip("/")
    if not is_whole(url):
        raise part.wrong("Write the URL of the server, without credentials, such as https://mlflow.example.com.")
    if url.startswith("http:") and not unencrypted and not is_on_this_machine(url):
        raise part.wrong(
            "Write https://, or beside it `unencrypted: true`: whoever is in between reads the credentials "
            "and can change what runs are said to have been."
        )
    return url


def _authorization(part: Part, given: Mapping[str, Part], environment: Mapping[str, str]) -> str | None:
    by_token, by_password = (any(name in given for name in names) for names in (_TOKEN, _PASSWORD))
    if by_token and by_password:
        raise part.wrong("Name either a token, or a username and a password.")
    if by_token:
        return f"Bearer {_shown(part, secret(part, given, 'token', environment))}"
    if not by_password:
        return None
    if "username" not in given:
        raise part.wrong("username is missing.")
    pair = f"{given['username'].text()}:{secret(part, given, 'password', environment)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _shown(part: Part, token: str) -> str:
    if not token.isascii() or not token.isprintable():
        raise part.wrong("The token holds characters that no header can carry.")
    return token


def _certificates(part: Part) -> Path:
    file = part.file.parent / part.text()
    try:
        ssl.create_default_context(cafile=file)
    except OSError as problem:
        raise Invalid(f"{part.wrong('It is no file of certificates').message}: {problem}.") from problem
    return file
