"""A registry in which everybody who could try a call is somebody, with a model and other things of their own."""

import base64
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from assent.access.credentials import sessions, tokens
from assent.access.credentials.sessions import Lifetime
from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level, Scope
from assent.access.policy.limits import UNLIMITED, Limits, limits
from assent.access.policy.principals import SYSTEM, Kind, Principal
from assent.access.publishing.publishers import Terms
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import Account
from assent.annotations import comments
from assent.database import unit_of_work
from assent.governance import moves, targets
from assent.governance.requests.acting import opening
from assent.governance.requests.evaluation.moving import Wish
from assent.governance.requests.records import delegations
from assent.kernel.clock import now
from assent.lineage.graph import recalls
from assent.lineage.reports import deployments
from assent.lineage.reports.deployments import Report
from assent.registry import models, permissions, publishing, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from security import actors
from security.actors import Actor
from support import browsing
from support.databases import ADMINISTRATOR, PASSWORD, TEST, engine_for, prepare


@dataclass
class World:
    """What everybody shows, and what the things of each are called: words for a row to be filled in with."""

    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, dict[str, Any]] = field(default_factory=dict)
    # The secrets of sessions, for browsers to keep.
    sessions: dict[str, str] = field(default_factory=dict)


def build(url: str) -> World:
    """Fill a database that is new. Raises nothing; what it needs it makes."""
    prepare(url)
    world = World()
    engine = engine_for(url)
    with unit_of_work(engine, TEST) as session:
        root = SignIn().as_if(session, accounts.named(session, ADMINISTRATOR))
        models.create(session, "other", by=root)
        for number, actor in enumerate(actors.LET_IN):
            world.words[actor.name] = _things(session, actor, number, root)
            world.headers[actor.name] = _bearer(_token(session, actor, root))
        for actor in actors.WITH_BROWSERS:
            name = actor.name if _is_somebody_new(actor) else ADMINISTRATOR
            world.sessions[actor.name] = browsing.begin(session, name)
        _shown_in_vain(session, world)
    engine.dispose()
    return world


def _things(session: Session, actor: Actor, number: int, root: Principal) -> dict[str, Any]:
    """Two models, one of them deleted, and something of every kind that hangs on them or on a user."""
    created = models.create(session, actor.model, tags={"key": "value"}, by=root)
    # Not by those who try the calls: nobody approves what is their own.
    alice = SignIn().as_if(session, accounts.named(session, "alice"))
    for _ in range(3):
        versions.register(session, actor.model, Registration(f"s3://bucket/{number}"), by=alice, rules=SourceRules())
    asked = opening.request(session, Wish(actor.model, 1, targets.stage("Production")), by=alice)
    moves.point_alias(session, actor.model, "champion", 1, by=root)
    moves.delete_version(session, actor.model, 2, by=root)
    gone = models.create(session, f"gone-{actor.name}", by=root)
    victim = accounts.create(session, f"user-{actor.name}", password=None, by=SYSTEM)
    groups.create(session, f"group-{actor.name}", by=SYSTEM)
    bot = accounts.create(session, f"bot-{actor.name}", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
    token = tokens.create(session, victim, by=SYSTEM).token
    session.flush()
    grants.put(session, bot, Level.CAN_READ, on=Place(created.id), by=root)
    terms = Terms("https://gitlab.com", {"project_path": "acme/fraud"}, bot.name, limits(["read"]))
    model = permissions.named(session, actor.model, by=root)
    publisher = publishing.for_model(session, model, f"of {actor.name}", terms, issuers=(), by=root)
    _grant(session, actor, (created.id, gone.id), root)
    petra = SignIn().as_if(session, accounts.named(session, "petra"))
    standin = delegations.give(session, "edith", until=now() + 86_400_000, by=petra)
    recall = recalls.flag(session, f"version:{actor.model}/2", "bad", by=root)
    deployments.report(session, f"deployment-{actor.name}", Report("", "", [(actor.model, 1)]), by=root)
    comment = comments.write(session, actor.model, 1, "Why?", by=root)
    moves.delete_model(session, gone.name, by=root)
    return {
        "me": actor.name,
        "model": actor.model,
        "model_id": created.id,
        "gone_id": gone.id,
        "new": f"new-{actor.name}",
        "user": victim.name,
        "bot": bot.name,
        "group": f"group-{actor.name}",
        "token_id": token.id,
        "publisher_id": publisher.id,
        "recall_id": recall.id,
        "request_id": asked.request.id,
        "digest": asked.judged.report.digest,
        "delegation_id": standin.id,
        "comment_id": comment.id,
        "comment": str(comment.id),
        "session_id": sessions.start(
            session, by=SignIn().as_if(session, victim), lifetime=Lifetime(), user_agent="Firefox"
        ).session.id,
    }


def _grant(session: Session, actor: Actor, model_ids: tuple[int, ...], root: Principal) -> None:
    if not _is_somebody_new(actor):
        return
    somebody = accounts.create(session, actor.name, by=SYSTEM)
    level = next((level for level, each in actors.OF_A_LEVEL.items() if each is actor), None)
    if actor is actors.SHUT_OUT:
        grants.give(session, somebody, Level.CAN_READ, by=SYSTEM)
        level = Level.NO_PERMISSIONS
    if actor is actors.AUDITOR:
        grants.give(session, somebody, Level.CAN_AUDIT, by=SYSTEM)
        level = Level.NO_PERMISSIONS
    if actor is actors.CREATOR:
        grants.give(session, somebody, Level.CAN_CREATE_REGISTERED_MODEL, by=SYSTEM)
    if actor is actors.OTHER_MANAGER:
        other = permissions.named(session, "other", by=root)
        permissions.give(session, other, somebody, Level.CAN_MANAGE, by=root)
    for model_id in model_ids if level else ():
        grants.put(session, somebody, level or Level.CAN_READ, on=Place(model_id), by=root)


def _is_somebody_new(actor: Actor) -> bool:
    """Whether this is a user of their own, and no administrator with some token."""
    return not actor.name.startswith(("scope-", "pattern-", "targets-")) and actor is not actors.ADMINISTRATOR


def _token(session: Session, actor: Actor, root: Principal) -> str:
    name = actor.name if _is_somebody_new(actor) else root.name
    return tokens.create(session, accounts.named(session, name), by=SYSTEM, limits=_limits(actor)).secret


def _limits(actor: Actor) -> Limits:
    scope = next((scope for scope, each in actors.OF_A_SCOPE.items() if each is actor), None)
    if scope is not None:
        return limits([Scope(scope)])
    if actor is actors.ELSEWHERE:
        return limits(pattern="other*")
    return limits(targets=["Nowhere"]) if actor is actors.AIMLESS else UNLIMITED


def _shown_in_vain(session: Session, world: World) -> None:
    alice = accounts.named(session, "alice")
    revoked = tokens.create(session, alice, by=SYSTEM)
    tokens.revoke(session, revoked.token, by=SYSTEM)
    expired = tokens.create(session, alice, by=SYSTEM, lasts=1)
    expired.token.expires_at = now() - 1
    disabled: Account = accounts.named(session, "bob")
    theirs = tokens.create(session, disabled, by=SYSTEM)
    for shown, name in (("an ended session", "alice"), ("the session of somebody disabled", "bob")):
        world.sessions[shown] = browsing.begin(session, name)
    sessions.end_all(session, alice, by=SYSTEM)
    accounts.disable(session, disabled, by=SYSTEM)
    world.headers |= {
        "nothing": {},
        "a wrong password": _basic("alice", "wrong" + PASSWORD),
        "an unknown user": _basic("nobody", PASSWORD),
        "an unknown token": _bearer(tokens.new_secret()),
        "a revoked token": _bearer(revoked.secret),
        "an expired token": _bearer(expired.secret),
        "the token of somebody disabled": _bearer(theirs.secret),
        "the password of somebody disabled": _basic("bob", PASSWORD),
        "a scheme that nobody speaks": {"Authorization": "Digest username=alice"},
    }


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
