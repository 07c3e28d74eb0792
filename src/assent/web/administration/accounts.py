"""Users and service accounts: listed, made, and each on a page of its own."""

from flask import Response, flash, url_for
from sqlalchemy.orm import Session

from assent.access.credentials import last_use, sessions, tokens
from assent.access.credentials.passwords import NewPassword
from assent.access.people import accounts, memberships
from assent.access.people.accounts import Known
from assent.access.policy.principals import Kind, Principal, authorize_overseer
from assent.access.signing_in import identities
from assent.access.signing_in.sign_in import SignIn
from assent.http.browsers import browsers
from assent.http.calls import Uses
from assent.http.passwords import chosen
from assent.kernel.dialects import Reader
from assent.kernel.errors import Invalid
from assent.registry import holdings
from assent.web.administration import schemas as s
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from
from assent.web.frame.tokens import shown_once

_USERS, _SERVICE_ACCOUNTS = "/administration/users", "/administration/service-accounts"
_PAGE = 50
_MOST_HOLDINGS = 100


@web.call("GET", _USERS, takes=s.Beginning(), uses=Uses.READS)
def users_page(session: Reader, beginning: str, after: str, *, by: Principal) -> Response:
    """Show the users by name."""
    return _listed(session, Kind.USER, beginning, after, by)


@web.call("GET", _SERVICE_ACCOUNTS, takes=s.Beginning(), uses=Uses.READS)
def service_accounts_page(session: Reader, beginning: str, after: str, *, by: Principal) -> Response:
    """Show the service accounts by name."""
    return _listed(session, Kind.SERVICE_ACCOUNT, beginning, after, by)


@web.call("POST", _USERS, takes=s.NewUser())
@sent_from(users_page)
def create_user(
    session: Session, name: str, way: str, password: str, administrator: bool, *, by: Principal
) -> Response:
    """Create a user; a password that is made up is shown this once."""
    given, made_up = password_of(way, password)
    account = accounts.create(session, name, password=given, administrator=administrator, by=by)
    if made_up is None:
        flash(f"The user {name} is created.")
        return see(address_of(account.name, account.kind))
    return shown_once(
        title=f"The user {name} is created",
        what="Password",
        secret=made_up,
        told=f"Give it to {name} on a way that only {name} can read. They can replace it on their account's page.",
        on=address_of(account.name, account.kind),
    )


@web.call("POST", _SERVICE_ACCOUNTS, takes=s.Named())
@sent_from(service_accounts_page)
def create_service_account(session: Session, name: str, *, by: Principal) -> Response:
    """Create a service account, which signs in by tokens alone."""
    account = accounts.create(session, name, kind=Kind.SERVICE_ACCOUNT, by=by)
    flash(f"The service account {name} is created. Give it a token, or trust a publisher to act as it.")
    return see(address_of(account.name, account.kind))


@web.call("GET", f"{_USERS}/<whole:name>", takes=s.Tokens(), uses=Uses.READS)
def user_page(session: Reader, name: str, tokens_after: int, *, by: Principal) -> Response:
    """Show all that there is to know of somebody."""
    return _shown(session, accounts.seen(session, name, by=by), tokens_after, by)


@web.call("GET", f"{_SERVICE_ACCOUNTS}/<whole:name>", takes=s.Tokens(), uses=Uses.READS)
def service_account_page(session: Reader, name: str, tokens_after: int, *, by: Principal) -> Response:
    """Show all that there is to know of a service account."""
    return _shown(session, accounts.seen(session, name, Kind.SERVICE_ACCOUNT, by=by), tokens_after, by)


def address_of(name: str, kind: Kind) -> str:
    """Where the page of an account is."""
    endpoint = "web.user_page_get" if kind is Kind.USER else "web.service_account_page_get"
    return url_for(endpoint, name=name)


def password_of(way: str, typed: str) -> tuple[NewPassword | None, str | None]:
    """The password that a form asks for, and its text where it was made up."""
    if typed and way != s.TYPED:
        raise Invalid("password: You typed one, and chose another way: choose “The one below”, or leave it empty.")
    if way == s.NONE:
        return None, None
    made_up = accounts.generated_password() if way == s.GENERATED else None
    return chosen(made_up or typed), made_up


def _listed(session: Reader, kind: Kind, beginning: str, after: str, by: Principal) -> Response:
    found = accounts.every(session, kind=kind, beginning=beginning, after=after, most=_PAGE + 1, by=by)
    shown, last = cut(found, _PAGE)
    return page(
        "administration/accounts.html",
        accounts=shown,
        beginning=beginning,
        after=after,
        next_after=last.name if last else None,
        are_users=kind is Kind.USER,
        ways=((s.GENERATED, "Make one up, and show it once"), (s.TYPED, "The one below"), (s.NONE, "None")),
    )


def _shown(session: Reader, account: Known, tokens_after: int, by: Principal) -> Response:
    # What is one's own is told elsewhere.
    authorize_overseer(by, on=account.name)
    them = SignIn().as_if(session, account)
    # Only administrators see what lets others in.
    listed = tokens.of(session, account, after=tokens_after, most=_PAGE + 1, by=by) if by.administers else []
    opened = sessions.of(session, account.id, by=by, lifetime=browsers().lifetime) if by.administers else []
    shown, last = cut(listed, _PAGE)
    held = holdings.of(session, account.id, them.groups, most=_MOST_HOLDINGS + 1, by=by)
    ways = memberships.ways(session, them, None)
    return page(
        "administration/account.html",
        account=account,
        is_user=account.kind is Kind.USER,
        groups=sorted(ways.items()),
        held=held[:_MOST_HOLDINGS],
        holds_more=len(held) > _MOST_HOLDINGS,
        tokens=shown,
        tokens_next=last.id if last else None,
        sessions=opened,
        identities=identities.of(session, account.id, by=by),
        last_used_at=last_use.of(session, account.id, by=by),
    )
