"""Questions to the audit log: conditions, order and place. Who may see what of the answer is for `registry.trail`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    ColumnElement,
    GenerativeSelect,
    Select,
    String,
    Subquery,
    and_,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.sql.base import ColumnCollection

from assent.audit.actions import Action, Outcome
from assent.audit.events import INDEXED_SUBJECT, AuditEvent
from assent.kernel.dialects import mentions, table
from assent.kernel.errors import Invalid

EVENTS = table(AuditEvent)
MODEL = "registered_model"

# Whatever an event of another release says, it can be told.
_WORDS = ("action", "outcome")
COLUMNS = [type_coerce(each, String).label(each.name) if each.name in _WORDS else each for each in EVENTS.c]
_POSITION = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)
_INDEXED = 128
# Of more models that were called the same the events are not merged, but looked for among all.
MOST_MODELS = 100
OF_MODELS = (MODEL, "model_version")
# What is told of somebody, or of a publisher, and of a model at once.
_ON_MODELS = (Action.GRANT_GIVEN, Action.GRANT_TAKEN, Action.PUBLISHER_CREATED, Action.PUBLISHER_REVOKED)

Columns: TypeAlias = ColumnCollection[str, ColumnElement[Any]]
Conditions: TypeAlias = Sequence[ColumnElement[bool]]


class Order(StrEnum):
    """In which order events are told."""

    NEWEST = "newest"
    OLDEST = "oldest"


class Position(NamedTuple):
    """The place of an event in the log, which goes by the moment and then by the number."""

    at: int
    id: int

    def __str__(self) -> str:
        return f"{self.at}-{self.id}"

    @classmethod
    def read(cls, text: str) -> "Position":
        """The position that a text says. Raises Invalid."""
        found = _POSITION.fullmatch(text)
        if found is None:
            raise Invalid(f"A position is written like 1795408000000-12, and not {text[:40]!r}.")
        return cls(int(found[1]), int(found[2]))


class Named(NamedTuple):
    """A name that a model had from a moment on, until another or until now (None)."""

    name: str
    valid_from: int
    valid_until: int | None


@dataclass(frozen=True)
class Asked:
    """What somebody asks, in their words; what is None is not asked for.

    `since` is the first moment, `until` the one after the last.
    """

    actor: str | None = None
    subject_kind: str | None = None
    subject: str | None = None
    action: str | None = None
    model: str | None = None
    model_id: int | None = None
    version: int | None = None
    token_id: int | None = None
    outcome: Outcome | None = None
    face: str | None = None
    address: str | None = None
    request_id: str | None = None
    since: int | None = None
    until: int | None = None
    text: str | None = None


@dataclass(frozen=True)
class Question(Asked):
    """What is asked of the log, with what its words stand for.

    `actor_id` is None, too, for an actor who has no account of that name now. `names` are those that the model had:
    attempts that were refused tell what they were aimed at by its name alone. `models_called_so` are the models that
    ever had the name of the subject, or so many of them that they are no way to it any more.
    """

    actor_id: int | None = None
    actions: tuple[Action, ...] | None = None
    names: tuple[Named, ...] = ()
    models_called_so: tuple[int, ...] = ()

    @property
    def asks_what_is_private(self) -> bool:
        """Whether the answer would betray what only those may know who see an event in full."""
        return any(each is not None for each in (self.address, self.request_id, self.token_id))


def actions(word: str) -> tuple[Action, ...]:
    """The actions that a word means: one, or with `.*` at its end all of a subject. Raises Invalid."""
    found = tuple(each for each in Action if each == word or (word.endswith(".*") and each.startswith(word[:-1])))
    if not found:
        subjects = sorted({each.partition(".")[0] for each in Action})
        raise Invalid(f"There is no action {word[:100]!r}; those of a subject are {'.*, '.join(subjects)}.*")
    return found


@dataclass(frozen=True)
class Cut:
    """Where a page of events begins, and in which order it goes on."""

    order: Order
    after: Position | None = None

    def clauses(self, columns: Columns) -> list[ColumnElement[Any]]:
        """What to sort by."""
        keys = columns["at"], columns["id"]
        return [key.desc() if self.order is Order.NEWEST else key.asc() for key in keys]

    def within(self, since: int | None, until: int | None) -> Iterator[ColumnElement[bool]]:
        """The conditions for what was not on the pages before, and lies between two moments.

        Of two bounds on one side the narrower alone is said: an index may begin at the other, a million events away.
        """
        at, newest, after = EVENTS.c.at, self.order is Order.NEWEST, self.after
        if after is not None and not _is_beyond(after.at, until if newest else since, newest=newest):
            place = tuple_(at, EVENTS.c.id)
            last = tuple_(*after, types=[at.type, EVENTS.c.id.type])
            yield place < last if newest else place > last
            since, until = (since, None) if newest else (None, until)
        if since is not None:
            yield at >= since
        if until is not None:
            yield at < until


def _is_beyond(at: int, bound: int | None, *, newest: bool) -> bool:
    return bound is not None and (at >= bound if newest else at < bound)


@dataclass(frozen=True)
class Walk:
    """The narrowest way to the events that an index offers, and what remains to be asked of each on it.

    Several ways are merged, each along its index: no event is on two of them.
    """

    ways: Sequence[Conditions]
    asked: Question
    covered: frozenset[str]

    def first(self, most: int, cut: Cut) -> Subquery:
        """So many events, in order."""
        return self._ordered(COLUMNS, cut, most).limit(most).subquery("walked")

    def end(self, most: int, cut: Cut) -> Select[Any]:
        """Where the last of so many is, if there are as many."""
        ordered = self._ordered([EVENTS.c.at, EVENTS.c.id], cut, most)
        return select(ordered.offset(most - 1).limit(1).subquery("last"))

    def rest(self, e: Columns, on: str) -> list[ColumnElement[bool]]:
        """What remains to be asked of the events that have these columns, in the dialect `on`."""
        asked = self.asked
        conditions = {
            "actor_id": asked.actor_id is not None and e["actor_id"] == asked.actor_id,
            "actor": asked.actor_id is None and asked.actor is not None and e["actor"] == asked.actor,
            "subject_kind": asked.subject_kind is not None and e["subject_kind"] == asked.subject_kind,
            "subject": asked.subject is not None and e["subject"] == asked.subject,
            "actions": asked.actions is not None and e["action"].in_(sorted(asked.actions)),
            "outcome": asked.outcome is not None and e["outcome"] == asked.outcome.value,
            "face": asked.face is not None and e["face"] == asked.face,
            "address": asked.address is not None and e["address"] == asked.address,
            "model_id": asked.model_id is not None and _of_model(e, asked),
            "token_id": asked.token_id is not None and e["token_id"] == asked.token_id,
            "version": asked.version is not None and e["version"] == asked.version,
            "text": asked.text is not None and mentions(e["details"], asked.text, on=on),
        }
        return [
            condition
            for field, condition in conditions.items()
            if not isinstance(condition, bool) and field not in self.covered
        ]

    def _ordered(self, columns: Sequence[ColumnElement[Any]], cut: Cut, most: int) -> GenerativeSelect:
        within = list(cut.within(self.asked.since, self.asked.until))
        each = [select(*columns).where(*way, *within).order_by(*cut.clauses(EVENTS.c)) for way in self.ways]
        if len(each) == 1:
            return each[0]
        # Each in order and with an end of its own: only then does PostgreSQL merge them along their indexes.
        parts = [select(part.limit(most).subquery()) for part in each]
        merged = union_all(*parts)
        return merged.order_by(*cut.clauses(merged.selected_columns))


def walk(asked: Question) -> Walk:
    """The way to the answer."""
    return next(_walks(asked))


def _walks(asked: Question) -> Iterator[Walk]:
    """Every way that there is, the narrowest first."""
    e = EVENTS.c
    if asked.request_id is not None:
        yield _walk(asked, [e.request_id == asked.request_id], covers="request_id")
    if asked.model_id is not None and asked.version is not None:
        yield _walk(asked, [e.model_id == asked.model_id, e.version == asked.version], covers="model_id version")
    if asked.model_id is not None:
        aimed_at = [[*_of_no_model(MODEL, each.name), *_aimed_at(e, each)] for each in asked.names]
        yield _walk(asked, [e.model_id == asked.model_id], *aimed_at, covers="model_id")
    if asked.subject_kind is not None and asked.subject is not None:
        on_models: list[Conditions] = [[e.action == action, e.model_id.is_not(None)] for action in _ON_MODELS]
        if asked.subject_kind in OF_MODELS:
            on_models = [[e.model_id == model_id] for model_id in asked.models_called_so]
        if len(asked.models_called_so) <= MOST_MODELS:
            yield _walk(asked, _of_no_model(asked.subject_kind, asked.subject), *on_models)
    if asked.actor_id is not None:
        yield _walk(asked, [e.actor_id == asked.actor_id], covers="actor_id")
    if asked.actions is not None:
        yield _walk(asked, *([e.action == action] for action in asked.actions), covers="actions")
    if asked.outcome is Outcome.REFUSED:
        yield _walk(asked, [e.outcome == literal_column("'refused'")], covers="outcome")
    yield _walk(asked, [])


def _walk(asked: Question, *ways: Conditions, covers: str = "") -> Walk:
    return Walk(ways, asked, frozenset(covers.split()))


def _of_model(e: Columns, asked: Question) -> ColumnElement[bool]:
    aimed_at = [and_(e["model_id"].is_(None), *_aimed_at(e, each)) for each in asked.names]
    return or_(e["model_id"] == asked.model_id, *aimed_at)


def _aimed_at(e: Columns, model: Named) -> Iterator[ColumnElement[bool]]:
    """An attempt on what was called so then."""
    yield e["outcome"] == Outcome.REFUSED.value
    yield e["subject_kind"] == MODEL
    yield e["subject"] == model.name
    yield e["at"] >= model.valid_from
    if model.valid_until is not None:
        yield e["at"] < model.valid_until


def _of_no_model(kind: str, subject: str) -> list[ColumnElement[bool]]:
    e, indexed = EVENTS.c, INDEXED_SUBJECT
    return [e.model_id.is_(None), e.subject_kind == kind, indexed == subject[:_INDEXED]]
