"""Model cards: one text in Markdown for each registered model. Every one that there was is kept."""

from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, literal, select, update
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.annotations.tables import LONGEST_CARD, ModelCard
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import NotFound
from assent.registry import models, reading
from assent.registry.names import LARGEST_NUMBER, must_be_text
from assent.registry.views import ACCOUNTS

CARDS = table(ModelCard)
# A card may be long.
LONGEST_PAGE = 100


class Card(NamedTuple):
    """A card as it is kept. It counts until `valid_until`, and now where that is None. Milliseconds."""

    revision: int
    text: str
    written_at: int
    written_by: str
    valid_until: int | None


def write(session: Session, name: str, text: str, *, by: Principal, revision: int | None = None) -> Card:
    """Let a text be the card of a model, in the place of the one before. The same text again changes nothing.

    `revision` is the one that the writer saw, and 0 is that there was none. Raises Invalid, NotFound, Denied, and
    Conflict where somebody else wrote one since.
    """
    must_be_text("text", text, LONGEST_CARD)
    # The model first, as everybody who changes what gates judge takes it.
    model = models.lock(session, name, by=by)
    authorize(by, Permission.CARD_WRITE, on=name, granted=model.granted)
    before = of(session, model.id)
    seen = before.revision if before else 0
    models.must_be_revision(revision, seen, f"The card of {name}")
    if before and before.text == text:
        return before
    at = max(model.moment(), before.written_at if before else 0)
    session.execute(_END, {"model": model.id, "at": at})
    row = {"model_id": model.id, "revision": seen + 1, "text": text, "written_at": at, "written_by_id": by.id}
    card_id = session.scalars(_INSERT, row).one()
    details = {"before": before and _told(seen, before.text), "after": _told(seen + 1, text)}
    on = Subject("model_card", card_id, name, model_id=model.id)
    record(session, Action.CARD_WRITTEN, by=by, on=on, details=details, at=at)
    return Card(seen + 1, text, at, by.name, None)


def of(session: Reader, model_id: int) -> Card | None:
    """The card of a model, whoever asks; None where nobody wrote one."""
    row = session.execute(STANDING, {"model": model_id}).first()
    return None if row is None else Card._make(row)


def seen(session: Reader, name: str, *, by: Principal) -> Card | None:
    """The same for whoever may read the model. Raises NotFound."""
    return of(session, reading.model_id(session, name, by=by))


def revisions(session: Reader, name: str, *, by: Principal, after: int = 0, size: int = LONGEST_PAGE) -> list[Card]:
    """Every card that a model had, the oldest first: so many after a revision. Raises NotFound."""
    model_id = reading.model_id(session, name, by=by)
    later = CARDS.c.revision > min(after, LARGEST_NUMBER)
    wanted = _CARDS.where(later).order_by(CARDS.c.revision).limit(size)
    return [Card._make(row) for row in session.execute(wanted, {"model": model_id})]


def written(session: Reader, name: str, *, by: Principal, before: int | None = None, size: int) -> list[Card]:
    """Who wrote which card when, without the texts: the newest first, so many before a revision. Raises NotFound."""
    model_id = reading.model_id(session, name, by=by)
    earlier = CARDS.c.revision < min(LARGEST_NUMBER if before is None else before, LARGEST_NUMBER)
    wanted = _WRITTEN.where(earlier).order_by(CARDS.c.revision.desc()).limit(size)
    return [Card._make(row) for row in session.execute(wanted, {"model": model_id})]


def no_card(name: str, revision: int) -> NotFound:
    """The error for a card that there never was."""
    return NotFound(f"The card of {name} has no revision {revision}.")


def _told(revision: int, text: str) -> dict[str, object]:
    """What the audit log is told of a text, which is kept with the cards."""
    return {"revision": revision, "digest": f"sha256:{sha256(text.encode()).hexdigest()}"}


# Built once: building a statement costs more than running it.
def _of_model(text: ColumnElement[str]) -> Select[Any]:
    return (
        select(CARDS.c.revision, text, CARDS.c.written_at, ACCOUNTS.c.name, CARDS.c.valid_until)
        .join_from(CARDS, ACCOUNTS, ACCOUNTS.c.id == CARDS.c.written_by_id)
        .where(CARDS.c.model_id == bindparam("model"))
    )


_CARDS, _WRITTEN = _of_model(CARDS.c.text), _of_model(literal(""))
# Of a `model` by its id: a row of what Card holds, or none.
STANDING = _CARDS.where(CARDS.c.valid_until.is_(None))
_END = (
    update(CARDS)
    .where(CARDS.c.model_id == bindparam("model"), CARDS.c.valid_until.is_(None))
    .values(valid_until=bindparam("at"))
)
_INSERT = CARDS.insert().returning(CARDS.c.id)
