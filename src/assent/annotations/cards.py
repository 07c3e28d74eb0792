"""Model cards: one text in Markdown for each registered model. Every one that there was is kept."""

from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from assent.access.levels import Permission
from assent.access.principals import Principal, authorize
from assent.annotations.tables import LONGEST_CARD, ModelCard
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.dialects import Reader, table
from assent.registry import models, reading
from assent.registry.names import must_be_text
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
    row = session.execute(_STANDING, {"model": model_id}).first()
    return None if row is None else Card._make(row)


def seen(session: Reader, name: str, *, by: Principal) -> Card | None:
    """The same for whoever may read the model. Raises NotFound."""
    return of(session, reading.model_id(session, name, by=by))


def revisions(session: Reader, name: str, *, by: Principal, after: int = 0) -> list[Card]:
    """Every card that a model had, the oldest first: at most 100 after a revision. Raises NotFound."""
    model_id = reading.model_id(session, name, by=by)
    wanted = _CARDS.where(CARDS.c.revision > after).order_by(CARDS.c.revision).limit(LONGEST_PAGE)
    return [Card._make(row) for row in session.execute(wanted, {"model": model_id})]


def _told(revision: int, text: str) -> dict[str, object]:
    """What the audit log is told of a text, which is kept with the cards."""
    return {"revision": revision, "digest": f"sha256:{sha256(text.encode()).hexdigest()}"}


# Built once: building a statement costs more than running it.
_CARDS = (
    select(CARDS.c.revision, CARDS.c.text, CARDS.c.written_at, ACCOUNTS.c.name, CARDS.c.valid_until)
    .join_from(CARDS, ACCOUNTS, ACCOUNTS.c.id == CARDS.c.written_by_id)
    .where(CARDS.c.model_id == bindparam("model"))
)
_STANDING = _CARDS.where(CARDS.c.valid_until.is_(None))
_END = (
    update(CARDS)
    .where(CARDS.c.model_id == bindparam("model"), CARDS.c.valid_until.is_(None))
    .values(valid_until=bindparam("at"))
)
_INSERT = CARDS.insert().returning(CARDS.c.id)
