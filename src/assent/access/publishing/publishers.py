"""Trusted publishers: whose tokens are exchanged for ours, said by administrators.

Those for a single model are the business of `registry.publishing`, which knows models.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.credentials.tables import Publisher, Token
from assent.access.people import accounts
from assent.access.policy.limits import Limits
from assent.access.policy.names import must_be_a_name
from assent.access.policy.principals import Kind, Principal, authorize_letting_in
from assent.access.publishing.claims import as_text, must_be_an_issuer, must_tell_who
from assent.access.tables import Account
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, dialect, insert, table
from assent.kernel.errors import AlreadyExists, Conflict, Invalid, NotFound

PUBLISHERS = table(Publisher)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a publisher says: tokens of this issuer that claim this act as a service account, within limits."""

    issuer: str
    claims: Mapping[str, str]
    service_account: str
    limits: Limits


def create(session: Session, name: str, terms: Terms, *, by: Principal) -> Publisher:
    """Trust a publisher with all models whose names match the pattern of its limits.

    Raises Denied, Invalid, NotFound, AlreadyExists for a taken name, and Conflict for a disabled service account.
    """
    authorize_letting_in(by, on=name, kind="publisher")
    if terms.limits.pattern is None:
        raise Invalid("pattern: Say which models it is for, by a pattern of names; * is all of them.")
    return put(session, name, terms, accounts.named(session, terms.service_account, Kind.SERVICE_ACCOUNT), by=by)


def numbered(session: Session, number: int) -> Publisher:
    """The publisher with that id, revoked or not. Raises NotFound."""
    publisher = session.get(Publisher, number) if 0 < number < 2**63 else None
    if publisher is None:
        raise no_publisher(number)
    return publisher


def are_trusted(session: Reader, issuer: str) -> bool:
    """Whether tokens of an issuer are exchanged for anybody: nobody else is asked for keys."""
    if as_text(issuer) is None:
        return False
    live = exists().where(PUBLISHERS.c.issuer == issuer, PUBLISHERS.c.revoked_at.is_(None))
    return bool(session.scalar(select(live)))


def put(
    session: Session, name: str, terms: Terms, account: Account, *, by: Principal, model: Subject | None = None
) -> Publisher:
    """Write a publisher, for one model or for those that its pattern matches; whoever calls has authorized it."""
    must_be_a_name(name, "publisher")
    must_be_an_issuer(terms.issuer)
    must_tell_who(terms.issuer, terms.claims)
    if account.disabled_at is not None:
        raise Conflict(f"{account.name} is disabled.")
    limits = terms.limits
    if limits.scopes is None:
        raise Invalid("scopes: Name what its tokens may be used for.")
    told = {
        "issuer": terms.issuer,
        "claims": dict(terms.claims),
        "pattern": None if model else limits.pattern,
        "scopes": sorted(limits.scopes),
        "targets": None if limits.targets is None else sorted(limits.targets),
    }
    values = {
        **told,
        "name": name,
        "principal_id": account.id,
        "model_id": model.model_id if model else None,
        "created_at": now(),
        "created_by_id": by.id,
    }
    into = insert(dialect(session), PUBLISHERS).values(values)
    added = session.scalar(into.on_conflict_do_nothing().returning(PUBLISHERS.c.id))
    if added is None:
        raise AlreadyExists(f"There is a trusted publisher {name} already.")
    publisher = session.get_one(Publisher, added)
    details = {**told, "service_account": account.name, "model": model and model.name}
    record(session, Action.PUBLISHER_CREATED, by=by, on=subject(publisher), details=details)
    return publisher


def end(session: Session, publisher: Publisher, *, by: Principal) -> None:
    """Revoke a publisher and its tokens; whoever calls has authorized it."""
    if publisher.revoked_at is None:
        publisher.revoked_at = now()
        # Whoever is exchanging holds the row, and has the token written before this goes on.
        session.flush()
        ended = tokens.end_all(session, Token.publisher_id == publisher.id)
        record(session, Action.PUBLISHER_REVOKED, by=by, on=subject(publisher), details={"tokens_ended": ended})


def subject(publisher: Publisher) -> Subject:
    """A publisher, as an audit event names it."""
    return Subject("publisher", publisher.id, publisher.name, model_id=publisher.model_id)


def no_publisher(number: int) -> NotFound:
    """The error for a publisher that is not there."""
    return NotFound(f"There is no trusted publisher {number}.")
