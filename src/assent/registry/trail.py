"""The audit log, asked by somebody who sees more of it or less: see `registry.sight`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from assent.access.credentials.tables import Token
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.audit import queries
from assent.audit.queries import EVENTS, OF_MODELS, Asked, Cut, Named, Position, Question, Walk
from assent.kernel.dialects import Reader, dialect
from assent.kernel.errors import Invalid, NotFound
from assent.registry.history import MODEL_NAMES
from assent.registry.reading import no_model
from assent.registry.sight import mine, sight
from assent.registry.views import ACCOUNTS, MODELS

LONGEST_PAGE = 1000

# Where a page is not found among so few events, the walk goes on to so many, and there it ends: the page is short.
_FEW, _FEW_FOR_A_ROW = 1_000, 20
_MOST = 200_000

_LARGEST_ID = 2**63 - 1

# The owner of a token that there is not.
_NOBODY = 0

# So many of a model's names are minded, the latest first.
_MOST_NAMES = 100


class Event(NamedTuple):
    """An event as it is told. Of one that the caller sees in part `token_id`, `address` and `request_id` are None.

    Where the details name other models, and it is not for the caller to know of these, they are empty.
    """

    id: int
    at: int
    action: str
    outcome: str
    actor_id: int | None
    actor: str
    token_id: int | None
    subject_kind: str
    subject_id: int | None
    subject: str
    model_id: int | None
    version: int | None
    details: dict[str, Any]
    face: str
    address: str | None
    request_id: str | None

    @property
    def position(self) -> Position:
        """Its place in the log."""
        return Position(self.at, self.id)


class Page(NamedTuple):
    """Some events, and where the next page begins; None where there is none. It may be short, and even empty."""

    events: list[Event]
    next: Position | None


def question(session: Reader, asked: Asked, *, by: Principal) -> Question:
    """What is asked, with the ids of what is named. Raises Invalid, and NotFound for a model they may not read."""
    if asked.model is not None and asked.model_id is not None:
        raise Invalid("Say the name of a model or its id, not both.")
    model_id = _model(session, asked, by)
    if asked.version is not None and model_id is None:
        raise Invalid("version: Say of which model.")
    return Question(
        **vars(asked) | {"model_id": model_id},
        actor_id=_acting(session, asked),
        actions=queries.actions(asked.action) if asked.action is not None else None,
        names=_names(session, model_id) if model_id is not None and asked.version is None else (),
        models_called_so=_called(session, asked),
    )


def page(session: Reader, asked: Question, cut: Cut, *, size: int, by: Principal, most: int | None = None) -> Page:
    """One page of what the caller may see, found in so many events at most, in four statements at most."""
    look = _Look(queries.walk(asked), cut, size, by, dialect(session))
    found, end = look.at(_FEW + _FEW_FOR_A_ROW * size, session)
    if len(found) < size and end is not None:
        found, end = look.at(most or _MOST, session)
    return Page(found, end)


def one(session: Reader, event_id: int, *, by: Principal) -> Event:
    """The event of that number, as the caller sees it. Raises NotFound."""
    eyes = sight(EVENTS.c, by, dialect(session))
    in_full, with_details = eyes.in_full.label("in_full"), eyes.with_details.label("with_details")
    wanted = select(*queries.COLUMNS, in_full, with_details).where(EVENTS.c.id == event_id, eyes.seen)
    row = session.execute(wanted).first() if event_id <= _LARGEST_ID else None
    if row is None:
        raise NotFound(f"There is no event {event_id}, or it is not for you to see.")
    return _event(row)


def latest(session: Reader) -> Position | None:
    """Where the log ends now: the event with the highest number. Whose it is to know is the caller's to check."""
    row = session.execute(select(EVENTS.c.at, EVENTS.c.id).order_by(EVENTS.c.id.desc()).limit(1)).first()
    return None if row is None else Position(*row)


def every(
    reading: Callable[[], AbstractContextManager[Reader]], asked: Question, cut: Cut, *, by: Principal
) -> Iterator[list[Event]]:
    """All pages, each read when it is wanted and with a connection of its own: whoever reads slowly holds none."""
    following: Position | None = cut.after
    while True:
        with reading() as session:
            found, following = page(session, asked, Cut(cut.order, following), size=LONGEST_PAGE, by=by)
        yield found
        if following is None:
            return


@dataclass(frozen=True)
class _Look:
    """A look along a way, with somebody's eyes, for a page's worth."""

    walk: Walk
    cut: Cut
    size: int
    by: Principal
    on: str

    def at(self, walked: int, session: Reader) -> tuple[list[Event], Position | None]:
        """What is seen among the first so many events, and where that ends; None where nothing follows."""
        rows = session.execute(self._seen(walked)).all()
        found = [_event(row) for row in rows[: self.size]]
        if len(rows) > self.size:
            return found, found[-1].position
        last = session.execute(self.walk.end(walked, self.cut)).first()
        return found, Position(*last) if last is not None else None

    def _seen(self, walked: int) -> Select[Any]:
        events, asked = self.walk.first(walked, self.cut), self.walk.asked
        eyes = sight(events.c, self.by, self.on)
        conditions = [*self.walk.rest(events.c, self.on), eyes.in_full if asked.asks_what_is_private else eyes.seen]
        if asked.text is not None:
            conditions.append(eyes.with_details)
        in_full, with_details = eyes.in_full.label("in_full"), eyes.with_details.label("with_details")
        wanted = select(*events.c, in_full, with_details).where(*conditions)
        return wanted.order_by(*self.cut.clauses(events.c)).limit(self.size + 1)


def _model(session: Reader, asked: Asked, by: Principal) -> int | None:
    """The model asked for, of those that the caller may read: the live one, else the one that was deleted last."""
    if asked.model is None and asked.model_id is None:
        return None
    which = MODELS.c.name == asked.model if asked.model is not None else MODELS.c.id == asked.model_id
    readable = select(MODELS.c.id).where(which, *mine(by, Permission.MODEL_READ, dialect(session)))
    live_first = MODELS.c.deleted_at.is_not(None), MODELS.c.deleted_at.desc(), MODELS.c.id.desc()
    found: int | None = session.scalar(readable.order_by(*live_first).limit(1))
    if found is None and asked.model is not None:
        raise no_model(asked.model)
    if found is None:
        raise NotFound(f"There is no registered model with the id {asked.model_id}.")
    return found


def _acting(session: Reader, asked: Asked) -> int | None:
    """The account of the actor or, where nobody is named, of the token: only its owner acts with it."""
    if asked.actor is not None:
        return session.scalar(select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == asked.actor))
    if asked.token_id is None:
        return None
    return session.scalar(select(Token.principal_id).where(Token.id == asked.token_id)) or _NOBODY


def _names(session: Reader, model_id: int) -> tuple[Named, ...]:
    of = select(MODEL_NAMES.c.name, MODEL_NAMES.c.valid_from, MODEL_NAMES.c.valid_until)
    latest = of.where(MODEL_NAMES.c.model_id == model_id).order_by(MODEL_NAMES.c.valid_from.desc())
    return tuple(Named(*row) for row in session.execute(latest.limit(_MOST_NAMES)))


def _called(session: Reader, asked: Asked) -> tuple[int, ...]:
    if asked.subject is None or asked.subject_kind not in OF_MODELS:
        return ()
    ids = select(MODEL_NAMES.c.model_id).where(MODEL_NAMES.c.name == asked.subject).distinct()
    return tuple(session.execute(ids.limit(queries.MOST_MODELS + 1)).scalars())


def _event(row: Any) -> Event:
    *columns, in_full, with_details = row
    event = Event(*columns)
    if not in_full:
        event = event._replace(token_id=None, address=None, request_id=None)
    return event if with_details else event._replace(details={})
