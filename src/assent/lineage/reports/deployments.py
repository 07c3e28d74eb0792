"""Deployments report in: each says all that it serves now, and goes on saying so as a sign of life."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import BigInteger, bindparam, case, select, update
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.audit.actions import Action
from assent.audit.events import Subject, record, record_each
from assent.kernel.clock import now
from assent.kernel.dialects import dialect, insert
from assent.kernel.errors import Conflict, Denied, Invalid, NotFound
from assent.lineage.graph import edges, named, nodes
from assent.lineage.graph.edges import Edge
from assent.lineage.graph.named import Named
from assent.lineage.graph.questions import SERVINGS
from assent.lineage.graph.references import DEPLOYMENTS
from assent.lineage.graph.tables import EdgeType, Through
from assent.registry.names import must_be_text
from assent.registry.views import ACCOUNTS, later

LONGEST_NAME = 256
LONGEST_URL = 2000
MOST_SERVED = 200
_RIGHT = Permission.DEPLOYMENT_REPORT


class Report(NamedTuple):
    """What a deployment says of itself. `serves` are the names of models and the numbers of versions, all of them."""

    environment: str
    url: str
    serves: Sequence[tuple[str, int]]


class Served(NamedTuple):
    """A version that a deployment serves or, where `valid_until` is set, served. Milliseconds."""

    model: str
    version: int
    valid_from: int
    last_seen_at: int
    valid_until: int | None


class Deployed(NamedTuple):
    """A deployment, and what it serves that its reader may see."""

    id: int
    name: str
    environment: str
    url: str
    reported_by: str
    first_seen_at: int
    last_seen_at: int
    serves: list[Served]


class _Row(NamedTuple):
    id: int
    environment: str
    url: str
    reported_by_id: int
    first_seen_at: int
    last_seen_at: int


def report(session: Session, name: str, said: Report, *, by: Principal) -> Deployed:
    """Take down what a deployment serves; what it served before and does not name any more has ended.

    It belongs to whoever reported it first, and to administrators. A report that tells nothing new moves only the
    moment when it was seen last. Raises Invalid, Denied, and NotFound for versions that the caller may not read.
    """
    _must_be_reportable(name, said)
    versions = named.versions(session, said.serves, _RIGHT, by=by)
    _must_be_in_scope(name, by)
    found = _seen_again(session, name) or _seen_first(session, name, said, by) or _seen_again(session, name)
    if found is None:
        raise Conflict(f"The deployment {name} changed at the same time; report again.")
    _must_be_theirs(found, name, by)
    if (found.environment, found.url) != (said.environment, said.url):
        _describe(session, name, found, said, by)
    since = _serve(session, found, name, {each.id: each for each in versions}, by)
    serves = [Served(each.model, each.number, since[each.id], found.last_seen_at, None) for each in versions]
    return Deployed(
        found.id,
        name,
        said.environment,
        said.url,
        by.name if found.reported_by_id == by.id else _account(session, found.reported_by_id),
        found.first_seen_at,
        found.last_seen_at,
        sorted(serves),
    )


def must_be_a_deployment(name: str) -> None:
    """Raise Invalid unless a deployment may be called so."""
    if not name or name != name.strip() or len(name) > LONGEST_NAME or name in (".", ".."):
        raise Invalid(f"A deployment's name has 1 to {LONGEST_NAME} characters and no blank at either end.")
    _must_be_plain("name", name)


def _must_be_theirs(found: _Row, name: str, by: Principal) -> None:
    if found.reported_by_id != by.id and not by.administers:
        raise _denied(f"The deployment {name} is reported by somebody else: they and administrators may.", name)


def _must_be_in_scope(name: str, by: Principal, models: Iterable[str] = ()) -> None:
    """Raise Denied unless the token that was shown lets reports through, and those of some models."""
    in_scope = by.limits.permissions is None or _RIGHT in by.limits.permissions
    held_back = [model for model in models if not by.limits.allow(_RIGHT, model)]
    if not in_scope or held_back:
        why = by.limits.why_not(_RIGHT, held_back[0] if held_back else "")
        raise _denied(f"The token that {by.name} showed {why}.", name, limited_by_token=by.token_id)


def _denied(why: str, name: str, **details: object) -> Denied:
    return Denied(why, kind="deployment", subject=name, details={"permission": _RIGHT.value, **details})


def _must_be_reportable(name: str, said: Report) -> None:
    must_be_a_deployment(name)
    for what, text, longest in (("environment", said.environment, LONGEST_NAME), ("url", said.url, LONGEST_URL)):
        _must_be_plain(what, text)
        must_be_text(what, text, longest)
    if said.url:
        _must_be_an_address(said.url)
    if len(said.serves) > MOST_SERVED:
        raise Invalid(f"serves: A deployment serves {MOST_SERVED} versions at most.")


def _must_be_plain(what: str, text: str) -> None:
    if any(unicodedata.category(character).startswith("C") for character in text):
        raise Invalid(f"{what}: It holds control characters.")


def _must_be_an_address(url: str) -> None:
    # Pages make a link of it, and a link is no place for a password.
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https", "grpc", "grpcs") or not parts.netloc or "@" in parts.netloc:
        raise Invalid("url: Write an address such as https://fraud.example.com, with no credentials in it.")


# This holds the row: whoever reports the same deployment waits. The moment runs forward, whatever the clocks say.
_SEEN_AGAIN = (
    update(DEPLOYMENTS)
    .where(DEPLOYMENTS.c.name == bindparam("named"))
    .values(last_seen_at=later(DEPLOYMENTS.c.last_seen_at, bindparam("at", type_=BigInteger())))
    .returning(*(DEPLOYMENTS.c[each] for each in _Row._fields))
)


def _seen_again(session: Session, name: str) -> _Row | None:
    row = session.execute(_SEEN_AGAIN, {"named": name, "at": now()}).first()
    return None if row is None else _Row._make(row)


def _seen_first(session: Session, name: str, said: Report, by: Principal) -> _Row | None:
    """The deployment, new; None where there is one of that name, which somebody else just reported."""
    if not said.serves:
        # Of nothing nobody has a right, and so everybody could take any name.
        raise NotFound(f"There is no deployment {name}; the first report names a version that it serves.")
    at = now()
    told = {"environment": said.environment, "url": said.url}
    new: dict[str, Any] = {**told, "reported_by_id": by.id, "first_seen_at": at, "last_seen_at": at}
    into = insert(dialect(session), DEPLOYMENTS).values(name=name, **new)
    deployment_id = session.scalar(into.on_conflict_do_nothing().returning(DEPLOYMENTS.c.id))
    if deployment_id is None:
        return None
    record(session, Action.DEPLOYMENT_CREATED, by=by, on=_subject(deployment_id, name), details=told, at=at)
    return _Row(id=deployment_id, **new)


def _describe(session: Session, name: str, found: _Row, said: Report, by: Principal) -> None:
    after = {"environment": said.environment, "url": said.url}
    session.execute(update(DEPLOYMENTS).where(DEPLOYMENTS.c.id == found.id).values(after))
    details = {"before": {"environment": found.environment, "url": found.url}, "after": after}
    on = _subject(found.id, name)
    record(session, Action.DEPLOYMENT_UPDATED, by=by, on=on, details=details, at=found.last_seen_at)


_IS_NAMED = SERVINGS.c.version_id.in_(bindparam("wanted", expanding=True))
_SERVE_ON = (
    update(SERVINGS)
    .where(SERVINGS.c.deployment_id == bindparam("deployment"), SERVINGS.c.valid_until.is_(None))
    .values(
        last_seen_at=case((_IS_NAMED, bindparam("at", type_=BigInteger())), else_=SERVINGS.c.last_seen_at),
        valid_until=case((_IS_NAMED, None), else_=bindparam("at", type_=BigInteger())),
    )
    .returning(SERVINGS.c.version_id, SERVINGS.c.valid_from, SERVINGS.c.valid_until)
)


def _serve(
    session: Session, deployment: _Row, name: str, wanted: Mapping[int, Named], by: Principal
) -> dict[int, int]:
    """Let these be all versions that a deployment serves; gives since when each of them is served."""
    at = deployment.last_seen_at
    rows = session.execute(_SERVE_ON, {"deployment": deployment.id, "wanted": list(wanted), "at": at}).all()
    since = {row.version_id: row.valid_from for row in rows if row.valid_until is None}
    ended = {row.version_id: row.valid_from for row in rows if row.valid_until is not None}
    begun = [version for version_id, version in wanted.items() if version_id not in since]
    told = {"deployment": name, "deployment_id": deployment.id}
    if ended:
        gone = named.known(session, ended)
        _must_be_in_scope(name, by, [version.model for version in gone])
        for version in gone:
            edges.withdraw(session, _edge(version, deployment))
        each = [(version.as_subject(), {**told, "since": ended[version.id]}) for version in gone]
        record_each(session, Action.VERSION_NO_LONGER_SERVED, by=by, on=each, at=at)
    if begun:
        seen = {"deployment_id": deployment.id, "valid_from": at, "last_seen_at": at}
        session.execute(SERVINGS.insert(), [{**seen, "version_id": version.id} for version in begun])
        edges.link(session, (_edge(version, deployment) for version in begun), through=Through.DEPLOYMENT, by=by)
        on = [(version.as_subject(), told) for version in begun]
        record_each(session, Action.VERSION_SERVED, by=by, on=on, at=at)
    return {**since, **{version.id: at for version in begun}}


def _edge(version: Named, deployment: _Row) -> Edge:
    return Edge(nodes.version(version.id), nodes.deployment(deployment.id), EdgeType.SERVES)


def _account(session: Session, account_id: int) -> str:
    return str(session.scalar(select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == account_id)))


def _subject(deployment_id: int, name: str) -> Subject:
    return Subject("deployment", deployment_id, name)
