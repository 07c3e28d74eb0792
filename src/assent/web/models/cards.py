"""Model cards: read, written, and what each revision changed."""

import flask
from flask import Response, url_for
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.annotations import cards
from assent.governance import noticing
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.registry import rights
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from, typed
from assent.web.models import forms as f
from assent.web.models.asked import MODEL
from assent.web.writing import differences

_REVISIONS = 50


@web.call("GET", f"{MODEL}/card", takes=f.Before(), uses=Uses.READS)
@follows_renames
def card_page(session: Reader, name: str, before: int | None, *, by: Principal) -> Response:
    """Show the card of a model, as a form to whoever may write it, and who wrote it when."""
    card = cards.seen(session, name, by=by)
    mine = rights.of(session, name, by=by)
    written = cards.written(session, name, before=before, size=_REVISIONS + 1, by=by)
    shown, last = cut(written, _REVISIONS)
    text = card.text if card else ""
    return page(
        "models/card.html",
        name=name,
        card=card,
        text=text,
        why_not=mine.why_not(Permission.CARD_WRITE),
        changes=differences.between(text, typed(url_for("web.write_card_post", name=name), "text", text)),
        written=shown,
        next_before=last.revision if last else None,
    )


@web.call("POST", f"{MODEL}/card", takes=f.CardText())
@sent_from(card_page)
def write_card(session: Session, name: str, text: str, revision: int, *, by: Principal) -> Response:
    """Write the card of a model."""
    noticing.write_card(session, name, text, revision=revision, by=by)
    flask.flash("The model card is saved.")
    return see(url_for("web.card_page_get", name=name))


@web.call("GET", f"{MODEL}/card/<int:revision>", uses=Uses.READS)
@follows_renames
def card_revision_page(session: Reader, name: str, revision: int, *, by: Principal) -> Response:
    """Show a card that a model had, and what it changed."""
    found = cards.revisions(session, name, after=revision - 2, size=2, by=by)
    card = next((each for each in found if each.revision == revision), None)
    if card is None:
        raise cards.no_card(name, revision)
    before = next((each.text for each in found if each.revision == revision - 1), "")
    return page("models/card_revision.html", name=name, card=card, changes=differences.between(before, card.text))
