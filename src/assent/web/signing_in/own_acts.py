"""What one does with one's own account: another password, another token, somebody who decides in one's place."""

import flask
from flask import Response, flash
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.governance.requests.records import delegations
from assent.http.passwords import chosen
from assent.kernel.errors import Invalid
from assent.web.frame.face import web
from assent.web.frame.inputs import DAY
from assent.web.frame.limited import NewToken, Said, limits_of
from assent.web.frame.pages import see
from assent.web.frame.refusals import sent_from
from assent.web.frame.tokens import new_token_shown
from assent.web.signing_in import schemas as s
from assent.web.signing_in.account import HERE, account


@web.call(
    "POST",
    f"{HERE}/password",
    takes=s.OwnPassword(),
    confirmed_by=lambda _, asked: asked["current_password"],
)
@sent_from(account)
def change_own_password(session: Session, current_password: str, new_password: str, *, by: Principal) -> Response:
    """Replace one's own password, for which the current one is shown. All one's sessions end, this one too."""
    accounts.change_own_password(session, current_password, chosen(new_password), by=by)
    flask.session.clear()
    flash("Your password is replaced, and you are signed out everywhere. Sign in with the new one.")
    return see(flask.url_for("web.sign_in_page_get"))


@web.call("POST", f"{HERE}/tokens", takes=NewToken())
@sent_from(account)
def create_own_token(session: Session, label: str, lasts: int | None, limited: Said, *, by: Principal) -> Response:
    """Make a token for oneself, which is shown this once."""
    owner = accounts.own_or_administered(session, by=by)
    made = tokens.create(session, owner, label=label, lasts=lasts, limits=limits_of(session, limited), by=by)
    return new_token_shown(made, by.name, on=HERE)


@web.call("POST", f"{HERE}/delegations", takes=s.NewDelegation())
@sent_from(account)
def give_delegation(
    session: Session, delegate: str, since: int | None, until: int | None, reason: str, *, by: Principal
) -> Response:
    """Let somebody decide in one's own place for some days."""
    if until is None:
        raise Invalid("until: Name the last day.")
    given = delegations.give(session, delegate, since=since, until=until + DAY, reason=reason, by=by)
    flash(f"{given.delegate} decides in your place as well.")
    return see(HERE)


@web.call("POST", f"{HERE}/delegations/<int:number>/revoke")
@sent_from(account)
def revoke_delegation(session: Session, number: int, *, by: Principal) -> Response:
    """End a delegation now, one that was given or one that was received."""
    ended = delegations.revoke(session, number, by=by)
    flash(f"{ended.delegate} decides in the place of {ended.principal} no more.")
    return see(HERE)
