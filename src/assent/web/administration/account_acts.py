"""What administrators do with one user or service account."""

from flask import Response, flash
from sqlalchemy.orm import Session

from assent.access.credentials import sessions, tokens
from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.kernel.errors import NotFound
from assent.web.administration import schemas as s
from assent.web.administration.accounts import address_of, password_of, user_page
from assent.web.frame.face import web
from assent.web.frame.limited import NewToken, Said, limits_of
from assent.web.frame.pages import see
from assent.web.frame.refusals import sent_from
from assent.web.frame.tokens import new_token_shown, shown_once

# Their names are unique among all accounts, so that one form does for both kinds.
_ONE = "/administration/users/<whole:name>"


@web.call("POST", f"{_ONE}/rename", takes=s.Renamed())
@sent_from(user_page)
def rename_account(session: Session, name: str, new_name: str, *, by: Principal) -> Response:
    """Give somebody another name."""
    account = accounts.administered(session, name, by=by)
    accounts.rename(session, account, new_name, by=by)
    flash(f"{name} is called {new_name} now.")
    return see(address_of(account.name, account.kind))


@web.call("POST", f"{_ONE}/password", takes=s.Password())
@sent_from(user_page)
def set_password(session: Session, name: str, way: str, password: str, *, by: Principal) -> Response:
    """Replace somebody's password; one that is made up is shown this once."""
    account = accounts.administered(session, name, by=by)
    given, made_up = password_of(s.GENERATED if way == s.NONE else way, password)
    assert given is not None  # noqa: S101 (one way is excluded just here)
    accounts.set_password(session, account, given, by=by)
    if made_up is None:
        flash(f"The password of {name} is replaced, and all their sessions are over.")
        return see(address_of(account.name, account.kind))
    return shown_once(
        title=f"{name} has a new password",
        what="Password",
        secret=made_up,
        told=f"All sessions of {name} are over. Give it to {name} on a way that only {name} can read.",
        on=address_of(account.name, account.kind),
    )


@web.call("POST", f"{_ONE}/administrator", takes=s.Administrator())
@sent_from(user_page)
def set_administrator(session: Session, name: str, administrator: bool, *, by: Principal) -> Response:
    """Make somebody an administrator, or no longer."""
    account = accounts.administered(session, name, by=by)
    accounts.set_administrator(session, account, administrator, by=by)
    flash(f"{name} is an administrator now." if administrator else f"{name} is no administrator any more.")
    return see(address_of(account.name, account.kind))


@web.call("POST", f"{_ONE}/disable")
@sent_from(user_page)
def disable_account(session: Session, name: str, *, by: Principal) -> Response:
    """Shut an account out."""
    account = accounts.administered(session, name, by=by)
    accounts.disable(session, account, by=by)
    flash(f"{name} is disabled: all tokens and sessions have ended.")
    return see(address_of(account.name, account.kind))


@web.call("POST", f"{_ONE}/enable")
@sent_from(user_page)
def enable_account(session: Session, name: str, *, by: Principal) -> Response:
    """Let a disabled account in again."""
    account = accounts.administered(session, name, by=by)
    accounts.enable(session, account, by=by)
    flash(f"{name} may come in again. Tokens and sessions from before stay ended.")
    return see(address_of(account.name, account.kind))


@web.call("POST", f"{_ONE}/tokens", takes=NewToken())
@sent_from(user_page)
def create_token(
    session: Session, name: str, label: str, lasts: int | None, limited: Said, *, by: Principal
) -> Response:
    """Make a token for somebody, which is shown this once."""
    account = accounts.administered(session, name, by=by)
    made = tokens.create(session, account, label=label, lasts=lasts, limits=limits_of(session, limited), by=by)
    return new_token_shown(made, name, on=address_of(account.name, account.kind))


@web.call("POST", f"{_ONE}/tokens/<int:number>/revoke")
@sent_from(user_page)
def revoke_token_of(session: Session, name: str, number: int, *, by: Principal) -> Response:
    """End a token of somebody."""
    account, token = accounts.administered(session, name, by=by), tokens.numbered(session, number, by=by)
    if token.principal_id != account.id:
        raise NotFound(f"{name} has no token {number}.")
    tokens.revoke(session, token, by=by)
    flash(f"The token {token.label or number} is revoked, with all that it was exchanged for.")
    return see(address_of(account.name, account.kind))


@web.call("POST", f"{_ONE}/sessions/<int:number>/end")
@sent_from(user_page)
def end_session_of(session: Session, name: str, number: int, *, by: Principal) -> Response:
    """Sign a browser of somebody out."""
    account, ended = accounts.administered(session, name, by=by), sessions.numbered(session, number, by=by)
    if ended.principal_id != account.id:
        raise NotFound(f"{name} has no session {number}.")
    sessions.end(session, ended, by=by)
    flash("That browser is signed out.")
    return see(address_of(account.name, account.kind))


@web.call("POST", f"{_ONE}/sessions/end")
@sent_from(user_page)
def end_sessions_of(session: Session, name: str, *, by: Principal) -> Response:
    """Sign somebody out everywhere."""
    account = accounts.administered(session, name, by=by)
    ended = sessions.end_all(session, account, by=by)
    flash(f"{name} is signed out everywhere: {ended} session{'' if ended == 1 else 's'} ended.")
    return see(address_of(account.name, account.kind))
