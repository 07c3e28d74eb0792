"""A face: a set of calls in one protocol. Each call says what it takes and gives, and the document says the same."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeAlias, TypeVar

import orjson
from flask import Blueprint, Flask, Response, g, request
from marshmallow import Schema
from werkzeug.routing import BaseConverter

from assent import database
from assent.access.policy.principals import Principal
from assent.http.by_password import by_password
from assent.kernel.dialects import Reader
from assent.kernel.errors import AssentError

Load: TypeAlias = Callable[["Call"], Mapping[str, Any]]
Confirmation: TypeAlias = Callable[[Principal, Mapping[str, Any]], str]
View: TypeAlias = Callable[..., Any]
Opening: TypeAlias = Callable[[], AbstractContextManager[Reader]]
V = TypeVar("V", bound=View)


class Whole(BaseConverter):
    """The rest of a path, whatever is in it: groups of identity providers have names with slashes."""

    regex = ".+?"
    part_isolating = False
    weight = 300


class Uses(Enum):
    """What a call does with the database, and so what session its view is given."""

    NOTHING = auto()
    READS = auto()
    # What opens connections, in the place of a session: for a view that waits, and holds none meanwhile.
    LOOKS = auto()
    WRITES = auto()


@dataclass(frozen=True)
class Call:
    """One operation: how it is reached, what it takes and gives, and what can go wrong.

    `confirmed_by` gives what of the input has to be the caller's password; nothing where none is asked for.
    What `streams` answers in one of these media types, text that is made while it is sent.
    """

    name: str
    method: str
    path: str
    view: View
    takes: Schema | None = None
    gives: Schema | None = None
    errors: tuple[int, ...] = ()
    uses: Uses = Uses.WRITES
    needs_credentials: bool = True
    media_type: str = "application/json"
    body_media_type: str = "application/json"
    streams: tuple[str, ...] = ()
    redirects: bool = False
    confirmed_by: Confirmation | None = None

    @property
    def takes_query(self) -> bool:
        """Whether the input comes in the query string."""
        return self.method == "GET"


@dataclass
class Face:
    """The calls of one protocol, under the prefixes where its clients look for them.

    `load` reads the input; `tell` and `tell_status` answer what went wrong in the protocol's own form, which is
    `error`. Where other faces have paths below the same prefixes, this one's are `only_below` these.
    A face that `shows_pages` is for people: they sign in with their browser, and with nothing else.
    """

    name: str
    prefixes: tuple[str, ...]
    load: Load
    tell: Callable[[AssentError], Response]
    tell_status: Callable[[int, str], Response]
    error: Schema
    error_media_type: str = "application/json"
    only_below: tuple[str, ...] = ()
    shows_pages: bool = False
    calls: list[Call] = field(default_factory=list)

    @property
    def area(self) -> tuple[str, ...]:
        """The beginnings of the paths that are answered in this face's words."""
        return self.only_below or self.prefixes

    def call(self, method: str, path: str, **contract: Any) -> Callable[[V], V]:
        """Declare a view: a function of a session, `by=` and the input, that gives the answer."""

        def declare(view: V) -> V:
            self.calls.append(Call(view.__name__, method, path, view, **contract))
            return view

        return declare

    def mount(self, app: Flask) -> None:
        """Route every call, under every prefix."""
        app.url_map.converters["whole"] = Whole
        for name, prefix in zip(self.blueprints, self.prefixes, strict=True):
            blueprint = Blueprint(name, __name__, url_prefix=prefix)
            for call in self.calls:
                # Flask would answer OPTIONS by itself, outside every contract.
                blueprint.add_url_rule(
                    call.path,
                    f"{call.name}_{call.method.lower()}",
                    self._route(call),
                    methods=[call.method],
                    provide_automatic_options=False,
                )
            app.register_blueprint(blueprint)

    @property
    def blueprints(self) -> list[str]:
        """What Flask calls the face, under each prefix."""
        return [f"{self.name}{number or ''}" for number, _ in enumerate(self.prefixes)]

    def open_endpoints(self) -> set[str]:
        """Flask's names of the calls that answer without credentials."""
        return {
            f"{blueprint}.{call.name}_{call.method.lower()}"
            for blueprint in self.blueprints
            for call in self.calls
            if not call.needs_credentials
        }

    def _route(self, call: Call) -> Callable[..., Response]:
        def route(**in_path: str) -> Response:
            asked = {**self.load(call), **in_path}
            if call.confirmed_by and (password := call.confirmed_by(g.principal, asked)):
                by_password().confirm(g.principal, password, g.origin)
            if call.uses is Uses.NOTHING:
                answer = call.view(**asked)
            elif call.uses is Uses.LOOKS:
                answer = call.view(reading(), by=g.principal, **asked)
            else:
                with _session(call) as session:
                    answer = call.view(session, by=g.principal, **asked)
            return answer if isinstance(answer, Response) else json_response(answer)

        return route


def json_response(answer: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    """An answer in JSON."""
    return Response(orjson.dumps(answer), status=status, mimetype=mimetype)


def body_is_json() -> bool:
    """Whether the request says that its body is JSON."""
    return request.mimetype == "application/json"


def reading() -> Opening:
    """What opens connections for reading, in the caller's name, for an answer that takes its time."""
    engine, origin, by = database.db.engines[database.READING], g.origin, g.principal
    return lambda: database.reading(engine, origin, by=by)


def _session(call: Call) -> AbstractContextManager[Reader]:
    engines = database.db.engines
    if call.uses is Uses.READS:
        return database.reading(engines[database.READING], g.origin, by=g.principal)
    return database.unit_of_work(engines[None], g.origin, by=g.principal)
