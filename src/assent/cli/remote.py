"""A registry over HTTP, for the commands that are its clients. They start fast, and import no server.

What goes wrong is told in one line, and by the code that the command exits with.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import click

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_SECONDS = 60
# While nothing is found, nothing is sent.
_SECONDS_OF_A_STREAM = 600
_CHUNK = 65536
# What the server gives of a list at once.
_PAGE = 1000


class Failure(click.ClickException):
    """Why a command did not do what it was asked to: here something that nobody foresaw.

    `problem` is what the server said, and `status` its answer's. Commands exit with `exit_code`.
    """

    exit_code = 1

    def __init__(self, message: str, problem: Mapping[str, Any] | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.problem = problem or {}
        self.status = status

    def show(self, file: IO[Any] | None = None) -> None:
        """Tell it in one line on standard error."""
        click.echo(f"assent: {' '.join(self.message.split())}", err=True, file=file)


class Mistake(Failure):
    """What was asked for makes no sense, or not as things are: no such name, or one that is taken."""

    exit_code = 2


class Refusal(Failure):
    """Whoever asked is not let in, or lacks the right."""

    exit_code = 5


class Unreachable(Failure):
    """The registry does not answer now; trying again makes sense."""

    exit_code = 6


_FAILURES: Mapping[int, type[Failure]] = {
    400: Mistake,
    401: Refusal,
    403: Refusal,
    404: Mistake,
    409: Mistake,
    413: Mistake,
    503: Unreachable,
}


@dataclass(frozen=True)
class Registry:
    """A running registry, and what lets in there."""

    url: str
    authorization: str = field(repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Registry":
        """The one that `ASSENT_URL` names, with `ASSENT_TOKEN` or `ASSENT_USERNAME` and `ASSENT_PASSWORD`."""
        return cls(address(environment), _authorization(environment))

    def call(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """The answer to a native call; fields that are None are left out. Raises Failure."""
        sent = {name: value for name, value in fields.items() if value is not None}
        return self._asked(method, path, **{"params" if method == "GET" else "json": sent})

    def post(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a native call that takes some content just as it is. Raises Failure."""
        return self._asked("POST", path, json=content)

    def all(self, path: str, of: str, *, after: str = "id", **fields: Any) -> list[dict[str, Any]]:
        """All pages of a list. `after` is the field of an entry with which the next page begins."""
        page = found = list(self.call("GET", path, **fields)[of])
        while len(page) == _PAGE:
            page = self.call("GET", path, **fields, after=page[-1][after])[of]
            found += page
        return found

    def lines(self, path: str, **fields: Any) -> Iterator[bytes]:
        """The lines of a native call that streams, each with its end, while they come. Raises Failure."""
        import requests

        sent = {name: value for name, value in fields.items() if value is not None}
        url = f"{self.url}/api/v1{path}"
        try:
            with requests.get(
                url, params=sent, auth=self._authorize, timeout=_SECONDS_OF_A_STREAM, stream=True
            ) as answer:
                if not answer.ok:
                    self._understood(answer)
                yield from _whole_lines(answer.iter_content(_CHUNK))
        except requests.RequestException as problem:
            raise Unreachable(f"{self.url} does not go on: {cause(problem)}") from None

    def _asked(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        import requests

        try:
            answer = requests.request(
                method, f"{self.url}/api/v1{path}", auth=self._authorize, timeout=_SECONDS, **how
            )
        except requests.RequestException as problem:
            raise Unreachable(f"{self.url} cannot be reached: {cause(problem)}") from None
        return self._understood(answer)

    def _authorize(self, request: "PreparedRequest") -> "PreparedRequest":
        # As a function, or requests would rather believe a .netrc.
        request.headers["Authorization"] = self.authorization
        return request

    def _understood(self, answer: "Response") -> dict[str, Any]:
        try:
            told = answer.json()
        except ValueError:
            told = None
        failure = _FAILURES.get(answer.status_code, Failure)
        if not isinstance(told, dict):
            message = f"{self.url} answers {answer.status_code}, and not as a registry does."
            raise failure(message, status=answer.status_code)
        if not answer.ok:
            message = str(told.get("detail", f"{self.url} answers {answer.status_code}."))
            raise failure(message, told, answer.status_code)
        return told


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)


def address(environment: Mapping[str, str] = os.environ) -> str:
    """Where the registry is that `ASSENT_URL` names. Raises Mistake."""
    url = urlsplit(environment.get("ASSENT_URL", "").rstrip("/"))
    if url.scheme not in ("http", "https") or not url.hostname:
        raise Mistake("Set ASSENT_URL to where the registry is, such as https://models.example.com.")
    if "@" in url.netloc:
        raise Mistake("ASSENT_URL holds no credentials: they go into ASSENT_TOKEN.")
    return url.geturl()


def segment(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="")


def _authorization(environment: Mapping[str, str]) -> str:
    import base64

    if token := environment.get("ASSENT_TOKEN", "").strip():
        # What cannot be sent would be told, with the token in it.
        if not (token.isascii() and token.isprintable()):
            raise Mistake("ASSENT_TOKEN is no token: it holds what no token does.")
        return f"Bearer {token}"
    name, password = environment.get("ASSENT_USERNAME"), environment.get("ASSENT_PASSWORD")
    if not name or not password:
        raise Mistake("Set ASSENT_TOKEN, or ASSENT_USERNAME and ASSENT_PASSWORD, to be let in.")
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def cause(problem: BaseException) -> str:
    """The innermost reason: what lies around it repeats addresses of objects."""
    reason: Any = problem.args[0] if problem.args else problem
    reason = getattr(reason, "reason", reason)
    return str(reason).rpartition(": ")[2] or type(problem).__name__
