"""Trusted publishers as models see them: for a single model, said by who manages it; listed; and exchanged with."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from assent.access.credentials.tables import Publisher
from assent.access.credentials.tokens import NewToken
from assent.access.granting.grants import GRANTS
from assent.access.people.groups import MEMBERSHIPS, holders
from assent.access.policy.levels import Level, Permission, Scope
from assent.access.policy.limits import Limits, limits
from assent.access.policy.names import is_a_name
from assent.access.policy.principals import (
    SYSTEM,
    Kind,
    Principal,
    authorize,
    authorize_administrator,
    authorize_overseer,
)
from assent.access.publishing import exchange, publishers
from assent.access.publishing.exchange import Assertion, Candidate
from assent.access.publishing.publishers import PUBLISHERS, Terms
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import LONGEST_PAGE, Account
from assent.audit.events import Subject
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Denied, Invalid, NotFound, Refused
from assent.registry import permissions
from assent.registry.permissions import Managed
from assent.registry.views import MODELS


class Known(NamedTuple):
    """A publisher as it is told. `model` is the name of the one model that it is for, if it is for one."""

    id: int
    name: str
    issuer: str
    claims: Mapping[str, str]
    service_account: str
    model: str | None
    pattern: str | None
    scopes: list[str]
    targets: list[str] | None
    created_at: int
    created_by: str | None
    revoked_at: int | None


_ACTING = table(Account).alias("acting")
_CREATOR = table(Account).alias("creator")


def for_model(
    session: Session, model: Managed, name: str, terms: Terms, *, issuers: Collection[str], by: Principal
) -> Publisher:
    """Trust a publisher with one model, whatever it will be called.

    `issuers` are those that who is no administrator may name: the server asks them for their keys. Raises Denied,
    Invalid, AlreadyExists for a taken name, and Conflict.
    """
    _may_grant(by, model)
    if not by.limits.are_none:
        raise Denied("A token with limits makes no trusted publishers.", kind="publisher", subject=name)
    if terms.limits.pattern is not None:
        raise Invalid("pattern: A publisher of a model is for that model; leave the pattern out.")
    if not by.is_administrator and terms.issuer not in issuers:
        allowed = ", ".join(sorted(issuers)) or "none"
        message = f"Only administrators trust this issuer. Those that managers of models may name: {allowed}."
        raise Denied(message, kind="publisher", subject=name)
    if Scope.DECIDE in (terms.limits.scopes or ()):
        # A manager could approve what they asked for themselves, in the name of the service account.
        message = f"Only administrators trust a publisher with the scope {Scope.DECIDE}."
        raise Denied(message, kind="publisher", subject=name)
    _pattern_of(model)
    subject = Subject("registered_model", model.id, model.name, model_id=model.id)
    return publishers.put(session, name, terms, _lent(session, terms, model, name), model=subject, by=by)


def every(session: Reader, *, by: Principal, after: int = 0, most: int = LONGEST_PAGE) -> list[Known]:
    """All publishers that are not revoked, oldest first, as they come after an id. Raises Denied."""
    authorize_overseer(by, kind="publisher")
    return _known(session, PUBLISHERS.c.revoked_at.is_(None) & (PUBLISHERS.c.id > after), most)


def of_model(session: Reader, model: Managed, *, by: Principal, after: int = 0) -> list[Known]:
    """The publishers of one model that are not revoked, oldest first, at most 1,000 after an id. Raises Denied."""
    permissions.may_see(by, model)
    return _known(
        session, PUBLISHERS.c.revoked_at.is_(None) & (PUBLISHERS.c.id > after) & (PUBLISHERS.c.model_id == model.id)
    )


def seen(session: Reader, number: int, *, by: Principal) -> Known:
    """A publisher, revoked or not, as administrators and auditors see it. Raises Denied and NotFound."""
    authorize_overseer(by, on=str(number), kind="publisher")
    found = _known(session, PUBLISHERS.c.id == number) if 0 < number < 2**63 else []
    if not found:
        raise publishers.no_publisher(number)
    return found[0]


def known(session: Reader, publisher: Publisher) -> Known:
    """A publisher as it is told to who made it."""
    return _known(session, PUBLISHERS.c.id == publisher.id)[0]


def revoke(session: Session, number: int, *, by: Principal) -> None:
    """Trust a publisher no more, and end its tokens. Raises Denied and NotFound."""
    authorize_administrator(by, on=str(number), kind="publisher")
    publishers.end(session, publishers.numbered(session, number), by=by)


def revoke_of_model(session: Session, model: Managed, number: int, *, by: Principal) -> None:
    """Trust a publisher of one model no more, and end its tokens. Raises Denied and NotFound."""
    _may_grant(by, model)
    publisher = publishers.numbered(session, number)
    if publisher.model_id != model.id:
        raise publishers.no_publisher(number)
    publishers.end(session, publisher, by=by)


def redeem(
    session: Session, shown: Assertion, *, client_id: str | None, scopes: frozenset[Scope] | None, sign_in: SignIn
) -> NewToken:
    """A token in exchange for an issuer's, from the publisher that it fits best and that lets the scopes through.

    Raises Unauthenticated, and Denied for scopes that cannot be had.
    """
    refusal: Refused | None = None
    for candidate in exchange.candidates(session, shown, client_id):
        try:
            allowed = _limits_of(session, candidate, shown, sign_in)
            given = exchange.narrowed(allowed, scopes, **shown.told())
        except Refused as problem:
            refusal = refusal or problem
        else:
            exchange.spend(session, shown)
            return exchange.issue(session, shown, candidate, given)
    assert refusal is not None  # noqa: S101 (there is a candidate, or `candidates` raises)
    raise refusal


def _lent(session: Session, terms: Terms, model: Managed, name: str) -> Account:
    """The service account, where it has to do with the model: nobody lends a stranger's, or learns of it."""
    wanted = select(Account).where(Account.name == terms.service_account, Account.kind == Kind.SERVICE_ACCOUNT)
    account = session.scalar(wanted) if is_a_name(terms.service_account) else None
    if account is None or not _is_granted_something(session, account, model):
        message = f"There is no service account {terms.service_account} with a grant on {model.name}; grant it one."
        raise Denied(message, kind="publisher", subject=name)
    return account


def _limits_of(session: Session, candidate: Candidate, shown: Assertion, sign_in: SignIn) -> Limits:
    """What a publisher's tokens may be used for: those of a single model for that model, as it is called now."""
    publisher = candidate.publisher
    allowed = limits(publisher.scopes, publisher.pattern, publisher.targets)
    if publisher.model_id is None:
        return allowed
    model = _managed(session, publisher.model_id, SYSTEM)
    if model is None:
        raise shown.refused("The model of the trusted publisher is deleted.", publisher=publisher.name)
    if not _may_still_be(session, publisher, candidate.account, sign_in):
        message = "Whoever made the trusted publisher could not make it now."
        raise shown.refused(message, publisher=publisher.name)
    try:
        return replace(allowed, pattern=_pattern_of(model))
    except Invalid as problem:
        raise shown.refused(problem.message, publisher=publisher.name) from None


def _may_still_be(session: Session, publisher: Publisher, account: Account, sign_in: SignIn) -> bool:
    """Whether whoever made the publisher of a model may still grant on it, and its service account has its grant."""
    by = _creator(session, publisher, sign_in)
    model = _managed(session, publisher.model_id or 0, by) if by else None
    if by is None or model is None:
        return False
    return by.may(Permission.MODEL_GRANT, model.name, model.granted) and _is_granted_something(
        session, account, model
    )


def _creator(session: Session, publisher: Publisher, sign_in: SignIn) -> Principal | None:
    if publisher.created_by_id is None:
        return SYSTEM
    creator = session.get_one(Account, publisher.created_by_id)
    return sign_in.as_if(session, creator) if creator.disabled_at is None else None


def _managed(session: Session, model_id: int, by: Principal) -> Managed | None:
    try:
        return permissions.numbered(session, model_id, by=by)
    except NotFound:
        return None


def _is_granted_something(session: Session, account: Account, model: Managed) -> bool:
    groups = select(holders(MEMBERSHIPS.c.principal_id == account.id).c.group_id)
    granted = exists().where(
        GRANTS.c.model_id == model.id,
        GRANTS.c.level != Level.NO_PERMISSIONS,
        or_(GRANTS.c.principal_id == account.id, GRANTS.c.group_id.in_(groups)),
    )
    return bool(session.scalar(select(granted)))


def _pattern_of(model: Managed) -> str:
    """The pattern that matches the name of a model and no other. Raises Invalid where there is none."""
    if "*" in model.name or "?" in model.name or not model.name.isprintable():
        raise Invalid(f"The name of {model.name} is a pattern of other names, too; rename it first.")
    return model.name


def _known(session: Reader, which: ColumnElement[bool], most: int = LONGEST_PAGE) -> list[Known]:
    told: Select[Any] = (
        select(
            PUBLISHERS.c.id,
            PUBLISHERS.c.name,
            PUBLISHERS.c.issuer,
            PUBLISHERS.c.claims,
            _ACTING.c.name,
            MODELS.c.name,
            PUBLISHERS.c.pattern,
            PUBLISHERS.c.scopes,
            PUBLISHERS.c.targets,
            PUBLISHERS.c.created_at,
            _CREATOR.c.name,
            PUBLISHERS.c.revoked_at,
        )
        .select_from(PUBLISHERS)
        .join(_ACTING, _ACTING.c.id == PUBLISHERS.c.principal_id)
        .outerjoin(_CREATOR, _CREATOR.c.id == PUBLISHERS.c.created_by_id)
        .outerjoin(MODELS, MODELS.c.id == PUBLISHERS.c.model_id)
    )
    wanted = told.where(which).order_by(PUBLISHERS.c.id).limit(most)
    return [Known._make(row) for row in session.execute(wanted)]


def _may_grant(by: Principal, model: Managed) -> None:
    authorize(by, Permission.MODEL_GRANT, on=model.name, granted=model.granted)
