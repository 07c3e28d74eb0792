"""The exchange of what somebody shows for a token of ours that lasts a quarter of an hour."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.credentials.tables import Publisher, SpentAssertion, Token
from assent.access.credentials.tokens import NewToken
from assent.access.policy.levels import Scope
from assent.access.policy.limits import Limits
from assent.access.policy.principals import Kind, Principal
from assent.access.publishing.claims import as_text, unmatched
from assent.access.tables import Account
from assent.audit.actions import Action
from assent.kernel.clock import now
from assent.kernel.dialects import dialect, insert, table
from assent.kernel.errors import Denied, Telling, Unauthenticated

LASTS = 15 * 60_000

# What auditors want to know of a CI job, in the words of GitHub and of GitLab.
_TELLING = (
    *("repository", "ref", "sha", "workflow_ref", "job_workflow_ref", "environment", "event_name", "actor", "run_id"),
    *("project_path", "ci_config_ref_uri", "pipeline_source", "user_login", "pipeline_id", "job_id"),
)
_LONGEST_TOLD = 256
_MOST_TOLD = 20
# Longer than any two clocks differ.
_KEPT_AFTERWARDS = 24 * 60 * 60_000

_SPENT = table(SpentAssertion)


@dataclass(frozen=True, slots=True)
class Assertion:
    """An issuer's token whose signature, times and audience have been verified. `spent_as` is what it is known by."""

    issuer: str
    claims: Mapping[str, Any]
    spent_as: str

    @classmethod
    def of(cls, token: str, claims: Mapping[str, Any]) -> "Assertion":
        """The token with these verified claims.

        One without a jti is known by what was signed: the signature itself could be written differently.
        """
        told = claims.get("jti")
        known_by = json.dumps(["jti", told]) if isinstance(told, str) and told else token.rpartition(".")[0]
        return cls(claims["iss"], claims, hashlib.sha256(known_by.encode()).hexdigest())

    @property
    def expires_at(self) -> int:
        """When it expires, in milliseconds."""
        return int(self.claims["exp"] * 1000)

    def told(self, *more: str) -> dict[str, object]:
        """What the audit log is told of it: whose it is, and the claims that matter."""
        found = {name: as_text(self.claims.get(name)) for name in dict.fromkeys((*_TELLING, *more))}
        return {
            "issuer": self.issuer,
            "token_subject": (as_text(self.claims.get("sub")) or "")[:_LONGEST_TOLD],
            "claims": {name: text[:_LONGEST_TOLD] for name, text in found.items() if text is not None},
        }

    def refused(self, message: str, *, telling: Telling = Telling.ALWAYS, **why: object) -> Unauthenticated:
        """The error for this token."""
        return Unauthenticated(message, details={**self.told(), **why}, telling=telling)


class Candidate(NamedTuple):
    """A publisher that a token fits, and whom it acts as."""

    publisher: Publisher
    account: Account


def candidates(session: Session, shown: Assertion, client_id: str | None) -> list[Candidate]:
    """The publishers that a token fits, all of one service account; those that ask most of it first.

    What administrators said comes before what managers of a model did. `client_id` chooses among them: the name or
    the id of a service account, or a publisher's name. Their rows are held, so that none is revoked meanwhile.
    Raises Unauthenticated.
    """
    of_issuer = (
        select(Publisher, Account)
        .join(Account, Account.id == Publisher.principal_id)
        .where(Publisher.issuer == shown.issuer, Publisher.revoked_at.is_(None))
        .order_by(Publisher.id)
        .with_for_update(read=True, of=Publisher)
    )
    fitting, others = [], {}
    for publisher, account in session.execute(of_issuer):
        missing = unmatched(publisher.claims, shown.claims)
        if missing:
            others[publisher.name] = missing
        else:
            fitting.append(Candidate(publisher, account))
    if not fitting:
        presented = ", ".join(sorted(filter(str.isprintable, shown.claims))[:_MOST_TOLD])
        message = f"The token fits no trusted publisher of its issuer. It makes these claims: {presented}."
        # Everybody gets tokens of some issuers, as many as they like.
        near = dict(list(others.items())[:_MOST_TOLD])
        raise shown.refused(message, telling=Telling.SOMETIMES, not_as_wanted=near)
    chosen = _called(fitting, client_id)
    if not chosen:
        raise shown.refused("The token fits no trusted publisher that acts as this client_id.", client_id=client_id)
    # Whoever manages some model comes between no job and what an administrator said about it.
    first = [each for each in chosen if each.publisher.model_id is None] or chosen
    if len({each.account.id for each in first}) > 1:
        raise shown.refused("The token fits several service accounts: name one of them as client_id.")
    account = first[0].account
    if account.disabled_at is not None:
        raise shown.refused("The service account is disabled.", service_account=account.name)
    of_account = [each for each in chosen if each.account.id == account.id]
    return sorted(of_account, key=lambda each: (each.publisher.model_id is not None, -len(each.publisher.claims)))


def spend(session: Session, shown: Assertion) -> None:
    """Note that a token was exchanged. Raises Unauthenticated for one that was exchanged before."""
    # The primary key decides between two who show it at once: the second waits for the first.
    spent = {"issuer": shown.issuer, "jti": shown.spent_as, "expires_at": shown.expires_at}
    into = insert(dialect(session), _SPENT).values(spent).on_conflict_do_nothing()
    if session.scalar(into.returning(_SPENT.c.jti)) is None:
        raise shown.refused("The token was exchanged before; each is good for one exchange.")


def issue(session: Session, shown: Assertion, to: Candidate, limits: Limits) -> NewToken:
    """A token for whoever a publisher acts as, in exchange for one that is spent."""
    publisher, account = to
    return tokens.issue(
        session,
        account,
        Action.TOKEN_EXCHANGED,
        by=Principal(account.id, account.name, account.kind),
        label=publisher.name,
        lasts=LASTS,
        limits=limits,
        publisher_id=publisher.id,
        details={"publisher": publisher.name, "publisher_id": publisher.id, **shown.told(*publisher.claims)},
    )


def narrowed(within: Limits, scopes: frozenset[Scope] | None, **told: object) -> Limits:
    """The same limits with only some of the scopes. Raises Denied where these are not among them."""
    if scopes is None:
        return within
    if within.scopes is not None and not scopes <= within.scopes:
        missing = ", ".join(sorted(scopes - within.scopes))
        details = {**told, "scopes": sorted(scopes)}
        raise Denied(f"These scopes cannot be had: {missing}.", kind="token", details=details)
    return Limits(scopes, within.pattern, within.targets)


def of_token(session: Session, by: Principal, *, client_id: str, scopes: frozenset[Scope] | None) -> NewToken:
    """A token for a service account that showed one of its own: with its limits or fewer, and no longer than it.

    Raises Unauthenticated, and Denied for scopes that it does not have.
    """
    # The row is held, so that it is not revoked meanwhile; and not shared, or two could wait for each other below.
    shown = session.get(Token, by.token_id or 0, with_for_update={"key_share": True})
    if shown is None or tokens.has_ended(shown) or by.kind is not Kind.SERVICE_ACCOUNT:
        raise Unauthenticated("The client_secret is no service account's token.", name=client_id)
    if client_id not in (by.name, str(by.id)):
        raise Unauthenticated("The client_secret is another service account's token.", name=client_id)
    if shown.parent_id is not None or shown.publisher_id is not None:
        raise Unauthenticated(
            "The client_secret was got by an exchange; show the token of the account.", name=by.name
        )
    tokens.touch(session, shown.id)
    return tokens.issue(
        session,
        session.get_one(Account, by.id),
        Action.TOKEN_EXCHANGED,
        by=by,
        label=shown.label,
        lasts=LASTS,
        until=shown.expires_at,
        limits=narrowed(by.limits, scopes),
        parent_id=shown.id,
    )


def forget_what_is_over(session: Session) -> None:
    """Delete the tokens that were exchanged, and what was exchanged for them, some time after they expired."""
    long_ago = now() - _KEPT_AFTERWARDS
    session.execute(delete(SpentAssertion).where(SpentAssertion.expires_at < long_ago))
    exchanged = Token.publisher_id.is_not(None) | Token.parent_id.is_not(None)
    session.execute(delete(Token).where(exchanged, Token.expires_at < long_ago))


def _called(fitting: list[Candidate], client_id: str | None) -> list[Candidate]:
    """Those that act as who is named, or else those that are called so: anybody may call theirs as an account is."""
    if client_id is None:
        return fitting
    acting = [each for each in fitting if client_id in (each.account.name, str(each.account.id))]
    return acting or [each for each in fitting if each.publisher.name == client_id]
