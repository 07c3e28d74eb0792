"""The page about oneself: who am I, where am I signed in, which tokens have I."""

from flask import Response, current_app, flash
from sqlalchemy.orm import Session

from assent.access.credentials import sessions, tokens
from assent.access.people import accounts, groups
from assent.access.policy.principals import Principal
from assent.governance.requests.records import delegations
from assent.http.browsers import browsers
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.web.frame.face import web
from assent.web.frame.pages import page, see

HERE = "/account"


@web.call("GET", HERE, uses=Uses.READS)
def account(session: Reader, *, by: Principal) -> Response:
    """Show who one is."""
    owner = accounts.seen(session, by.name, by=by)
    opened = sessions.of(session, owner.id, by=by, lifetime=browsers().lifetime)
    return page(
        "signing_in/account.html",
        groups=[name for _, name in groups.holding(session, by)],
        sessions=sorted(opened, key=lambda each: each.id != by.session_id),
        titles={provider.issuer: provider.title for provider in current_app.config["PROVIDERS"]},
        tokens=tokens.of(session, owner, by=by),
        has_password=owner.has_password,
        delegations=delegations.listed(session, by=by, mine=True),
    )


@web.call("POST", f"{HERE}/sessions/<int:number>/end")
def end_session(session: Session, number: int, *, by: Principal) -> Response:
    """Sign another browser out."""
    sessions.end(session, sessions.numbered(session, number, by=by), by=by)
    flash("That browser is signed out.")
    return see(HERE)


@web.call("POST", f"{HERE}/sessions/end-others")
def end_other_sessions(session: Session, *, by: Principal) -> Response:
    """Sign all other browsers out."""
    ended = sessions.end_all(session, accounts.numbered(session, by.id or 0), by=by, but=by.session_id)
    flash(f"{ended} other browsers are signed out." if ended != 1 else "The other browser is signed out.")
    return see(HERE)


@web.call("POST", f"{HERE}/tokens/<int:number>/revoke")
def revoke_token(session: Session, number: int, *, by: Principal) -> Response:
    """End a token."""
    revoked = tokens.numbered(session, number, by=by)
    tokens.revoke(session, revoked, by=by)
    flash(f"The token {revoked.label or revoked.id} is revoked.")
    return see(HERE)
