"""The audit log as somebody may see it.

In full: auditors and administrators all of it, everybody what they did themselves, and whoever has the right to read
the audit of a model what concerns that model. Who may read a model sees what became of it, of its versions and its
aliases, and by whom; but not from where, in which request or with which token, and neither grants nor refusals.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal, or_, select, true

from assent.access.levels import Permission
from assent.access.principals import Principal
from assent.access.visibility import reachable
from assent.audit import queries
from assent.audit.actions import Action, Outcome
from assent.audit.queries import MODEL, OF_MODELS, Columns, Cut, Named, Position, Question, Walk
from assent.kernel.dialects import Reader, dialect, is_among
from assent.kernel.errors import Invalid, NotFound
from assent.registry.history import MODEL_NAMES
from assent.registry.reading import no_model
from assent.registry.views import ACCOUNTS, MODELS

LONGEST_PAGE = 1000

# What is told to whoever may read the model: of grants, publishers and refusals nothing.
TOLD_TO_READERS = frozenset(
    action
    for action in Action
    if action.partition(".")[0] in ("registered_model", "model_version", "alias")
)  # fmt: skip

# What tells of other models, too, and so only to who sees everything: what a recall touches.
_OF_MANY_MODELS = frozenset(action for action in Action if action.startswith("lineage_node."))

# Where a page is not found among so few events, the walk goes on to so many, and there it ends: the page is short.
_FEW, _FEW_FOR_A_ROW = 1_000, 20
_MOST = 200_000

# So many of a model's names are minded, the latest first, and of the models that were called the same.
_MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks, in their words; what is None is not asked for."""

    actor: str | None = None
    subject_kind: str | None = None
    subject: str | None = None
    action: str | None = None
    model: str | None = None
    model_id: int | None = None
    version: int | None = None
    outcome: Outcome | None = None
    face: str | None = None
    address: str | None = None
    request_id: str | None = None
    since: int | None = None
    until: int | None = None
    text: str | None = None


class Event(NamedTuple):
    """An event as it is told. Of one that the caller sees in part `token_id`, `address` and `request_id` are None."""

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
    """What is asked, with ids in the place of names. Raises Invalid, and NotFound for a model they may not read."""
    if asked.model is not None and asked.model_id is not None:
        raise Invalid("Say the name of a model or its id, not both.")
    model_id = _model(session, asked, by)
    if asked.version is not None and model_id is None:
        raise Invalid("version: Say of which model.")
    return Question(
        actor=asked.actor,
        actor_id=_account(session, asked.actor) if asked.actor is not None else None,
        subject_kind=asked.subject_kind,
        subject=asked.subject,
        actions=queries.actions(asked.action) if asked.action is not None else None,
        model_id=model_id,
        names=_names(session, model_id) if model_id is not None and asked.version is None else (),
        models_called_so=_called(session, asked.subject)
        if asked.subject is not None and asked.subject_kind in OF_MODELS
        else (),
        version=asked.version,
        outcome=asked.outcome,
        face=asked.face,
        address=asked.address,
        request_id=asked.request_id,
        since=asked.since,
        until=asked.until,
        text=asked.text or None,
    )


def page(session: Reader, asked: Question, cut: Cut, *, size: int, by: Principal) -> Page:
    """One page of what the caller may see, in some five statements at most."""
    look = _Look(queries.walk(asked), cut, size, by, dialect(session))
    found, end = look.at(_FEW + _FEW_FOR_A_ROW * size, session)
    if len(found) < size and end is not None:
        found, end = look.at(_MOST, session)
    return Page(found, end)


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


def sees_all(by: Principal) -> bool:
    """Whether the caller sees the whole log in full."""
    return by.reads_everything and by.limits.allow(Permission.AUDIT_READ, "")


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
        events = self.walk.first(walked, self.cut)
        in_full = true() if sees_all(self.by) else _in_full(events.c, self.by, self.on)
        is_seen = in_full
        if not (sees_all(self.by) or self.walk.asked.asks_what_is_private):
            is_seen = or_(in_full, _in_part(events.c, self.by, self.on))
        wanted = select(*events.c, in_full.label("in_full")).where(*self.walk.rest(events.c, self.on), is_seen)
        return wanted.order_by(*self.cut.clauses(events.c)).limit(self.size + 1)


def _in_full(e: Columns, by: Principal, on: str) -> ColumnElement[bool]:
    names = by.limits.names
    mine = e["actor_id"] == by.id if by.id is not None else false()
    if names is not None:
        mine = and_(mine, exists().where(MODELS.c.id == e["model_id"], is_among(MODELS.c.name, names, on=on)))
    # Joined in so many words: what is false altogether would leave the two tables beside each other.
    bearers = select(literal(1)).join_from(MODEL_NAMES, MODELS, MODELS.c.id == MODEL_NAMES.c.model_id)
    aimed_at = bearers.where(
        MODEL_NAMES.c.name == e["subject"],
        MODEL_NAMES.c.valid_from <= e["at"],
        or_(MODEL_NAMES.c.valid_until.is_(None), MODEL_NAMES.c.valid_until > e["at"]),
        *_mine(by, Permission.AUDIT_READ, on),
    ).exists()
    of_no_model = [e["model_id"].is_(None), e["outcome"] == Outcome.REFUSED.value, e["subject_kind"] == MODEL]
    of_mine = and_(e["action"].not_in(sorted(_OF_MANY_MODELS)), _of_a_model_with(Permission.AUDIT_READ, e, by, on))
    return or_(mine, of_mine, and_(*of_no_model, aimed_at))


def _in_part(e: Columns, by: Principal, on: str) -> ColumnElement[bool]:
    told = e["action"].in_(sorted(TOLD_TO_READERS))
    done = e["outcome"] == Outcome.DONE.value
    return and_(done, told, _of_a_model_with(Permission.MODEL_READ, e, by, on))


def _of_a_model_with(permission: Permission, e: Columns, by: Principal, on: str) -> ColumnElement[bool]:
    return exists().where(MODELS.c.id == e["model_id"], *_mine(by, permission, on))


def _mine(by: Principal, permission: Permission, on: str) -> tuple[ColumnElement[bool], ...]:
    return reachable(by, permission, model_id=MODELS.c.id, name=MODELS.c.name, on=on)


def _model(session: Reader, asked: Asked, by: Principal) -> int | None:
    """The model asked for, of those that the caller may read: the live one, else the one that was deleted last."""
    if asked.model is None and asked.model_id is None:
        return None
    which = MODELS.c.name == asked.model if asked.model is not None else MODELS.c.id == asked.model_id
    mine = select(MODELS.c.id).where(which, *_mine(by, Permission.MODEL_READ, dialect(session)))
    live_first = MODELS.c.deleted_at.is_not(None), MODELS.c.deleted_at.desc(), MODELS.c.id.desc()
    found: int | None = session.scalar(mine.order_by(*live_first).limit(1))
    if found is None and asked.model is not None:
        raise no_model(asked.model)
    if found is None:
        raise NotFound(f"There is no registered model with the id {asked.model_id}.")
    return found


def _account(session: Reader, name: str) -> int | None:
    found: int | None = session.scalar(select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == name))
    return found


def _names(session: Reader, model_id: int) -> tuple[Named, ...]:
    of = select(MODEL_NAMES.c.name, MODEL_NAMES.c.valid_from, MODEL_NAMES.c.valid_until)
    latest = of.where(MODEL_NAMES.c.model_id == model_id).order_by(MODEL_NAMES.c.valid_from.desc())
    return tuple(Named(*row) for row in session.execute(latest.limit(_MOST_NAMES)))


def _called(session: Reader, name: str) -> tuple[int, ...]:
    ids = select(MODEL_NAMES.c.model_id).where(MODEL_NAMES.c.name == name).distinct()
    return tuple(session.execute(ids.order_by(MODEL_NAMES.c.model_id.desc()).limit(_MOST_NAMES)).scalars())


def _event(row: Any) -> Event:
    *columns, in_full = row
    event = Event(*columns)
    return event if in_full else event._replace(token_id=None, address=None, request_id=None)
