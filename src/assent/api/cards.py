"""Native calls on model cards."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.annotations import cards
from assent.annotations.cards import Card
from assent.annotations.tables import LONGEST_CARD
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.api.schemas import After
from assent.governance import noticing
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader

_CARD = "/models/<name>/card"
_TEXT = {"example": "# Intended use\n\nTells who buys.\n"}
_LARGEST_REVISION = 2**31 - 1


class NewCard(Schema):
    """A text in Markdown, of the revision that its writer saw: 0 where there was none, null whichever there was."""

    text = fields.String(required=True, validate=[validate.Length(max=LONGEST_CARD), storable], metadata=_TEXT)
    revision = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, _LARGEST_REVISION),
        metadata={"example": 0},
    )


class TheCard(Schema):
    """The card of a model. Where nobody wrote one the text is empty, the revision 0, and nobody wrote it."""

    revision = fields.Integer(required=True, metadata={"example": 1})
    text = fields.String(required=True, metadata=_TEXT)
    written_at = fields.Integer(required=True, allow_none=True, metadata=AT)
    written_by = fields.String(required=True, allow_none=True, metadata={"example": "alice"})


class FormerCard(TheCard):
    """A card that a model had, and until when; null where it has it now."""

    valid_until = fields.Integer(required=True, allow_none=True, metadata={"example": None})


class Cards(Schema):
    """Cards that a model had, the oldest first, at most 100 of a page."""

    revisions = fields.List(fields.Nested(FormerCard), required=True)


@api.call("GET", _CARD, gives=TheCard(), errors=(400, 404), uses=Uses.READS, redirects=True)
@follows_renames
def read_card(session: Reader, name: str, *, by: Principal) -> dict[str, Any]:
    """Get the card of a model."""
    return _told(cards.seen(session, name, by=by))


@api.call("PUT", _CARD, takes=NewCard(), gives=TheCard(), errors=(403, 404, 409))
def write_card(session: Session, name: str, text: str, revision: int | None, *, by: Principal) -> dict[str, Any]:
    """Write the card of a model; the one before is kept. The same text again changes nothing."""
    return _told(noticing.write_card(session, name, text, revision=revision, by=by))


@api.call("GET", f"{_CARD}/revisions", takes=After(), gives=Cards(), errors=(404,), uses=Uses.READS, redirects=True)
@follows_renames
def list_cards(session: Reader, name: str, after: int, *, by: Principal) -> dict[str, Any]:
    """List every card that a model had, after a revision."""
    return {"revisions": [each._asdict() for each in cards.revisions(session, name, after=after, by=by)]}


def _told(card: Card | None) -> dict[str, Any]:
    if card is None:
        return {"revision": 0, "text": "", "written_at": None, "written_by": None}
    return {name: value for name, value in card._asdict().items() if name != "valid_until"}
