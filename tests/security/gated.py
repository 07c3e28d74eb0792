"""A registry whose gates stand, attackers with a model each, and what of theirs is where nothing may be unasked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.people import accounts, groups
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.annotations import comments
from assent.audit.actions import Outcome
from assent.audit.events import AuditEvent
from assent.database import unit_of_work
from assent.governance import moves, policy, targets
from assent.governance.requests.acting import opening
from assent.governance.requests.evaluation.moving import Wish
from assent.governance.rules import standing
from assent.governance.targets import DELETION_OF_VERSION, Target
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.lineage.graph import recalls
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from assent.registry.views import ALIASES, MODEL_TAGS, MODELS, VERSIONS
from support import browsing
from support.databases import ADMINISTRATOR, TEST, engine_for, prepare

# A manager; continuous integration, which edits; a reviewer alone; and last who may change the rules themselves.
ATTACKERS = ("alice", "edith", "petra", ADMINISTRATOR)

PRODUCTION, CHAMPION = targets.stage("Production"), targets.alias("champion")
_TWO = {"approvals": {"count": 2, "from": ["group:reviewers"]}}
GATES: tuple[Mapping[str, Any], ...] = (
    {
        "name": "production",
        "models": ["guarded-*"],
        "target": {"stage": "Production"},
        "require": [_TWO, {"check": "ci/evaluation"}],
    },
    {"name": "critical", "tags": {"tier": "crit*"}, "target": {"stage": "Production"}, "require": [{"approvals": 1}]},
    {"name": "champion", "models": ["guarded-*"], "target": {"alias": "champion"}, "require": [_TWO]},
    {"name": "kept", "models": ["guarded-*"], "target": {"deletion": "version"}, "require": [_TWO]},
)
_EVENTS = table(AuditEvent)


@dataclass
class Gated:
    """What each attacker shows, what their things are called, and the ids of their models and versions."""

    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, Any]] = field(default_factory=dict)
    models: set[int] = field(default_factory=set)
    kept_models: set[int] = field(default_factory=set)
    kept_versions: set[int] = field(default_factory=set)

    def faults(self, engine: Engine) -> list[str]:
        """What is not as it should be while nobody has approved anything twice."""
        with engine.connect().execution_options(reading=True) as session:
            return [*self._standing(session), *self._gone(session), *self._unguarded(session)]

    def _standing(self, session: Reader) -> Iterator[str]:
        ours = VERSIONS.c.model_id.in_(self.models)
        for row in session.execute(select(VERSIONS).where(ours, VERSIONS.c.stage == PRODUCTION.name)):
            yield f"version {row.number} of {row.model_name} stands in {row.stage}"
        called = ALIASES.c.model_id.in_(self.models) & (ALIASES.c.alias == CHAMPION.name)
        for row in session.execute(select(ALIASES).where(called, ALIASES.c.valid_until.is_(None))):
            yield f"a version of the model {row.model_id} is called {CHAMPION}"

    def _gone(self, session: Reader) -> Iterator[str]:
        for called, rows, ours in (
            ("model", MODELS, self.kept_models),
            ("version", VERSIONS, self.kept_versions),
        ):
            deleted = select(rows.c.id).where(rows.c.id.in_(ours), rows.c.deleted_at.is_not(None))
            yield from (f"the {called} {each} is deleted" for each in session.scalars(deleted))

    def _unguarded(self, session: Reader) -> Iterator[str]:
        rules = standing.seen(session)
        live = select(MODELS.c.id, MODELS.c.name).where(MODELS.c.id.in_(self.models), MODELS.c.deleted_at.is_(None))
        for model_id, name in session.execute(live).all():
            tagged = select(MODEL_TAGS.c.key, MODEL_TAGS.c.value).where(MODEL_TAGS.c.model_id == model_id)
            tags = {row.key: row.value for row in session.execute(tagged)}
            guarded = {gate.name for target in _TARGETS for gate in rules.guarding(name, tags, target)}
            left = (each["name"] for each in GATES if each["name"] not in guarded)
            yield from (f"{name} is guarded no more by {gate}" for gate in left)

    def told(self, engine: Engine, action: str, by: str) -> bool:
        """Whether the audit log tells that somebody did something."""
        wanted = _EVENTS.c.action == action, _EVENTS.c.actor == by, _EVENTS.c.outcome == Outcome.DONE
        with engine.connect().execution_options(reading=True) as session:
            return session.scalar(select(_EVENTS.c.id).where(*wanted).limit(1)) is not None


_TARGETS: tuple[Target, ...] = (PRODUCTION, CHAMPION, DELETION_OF_VERSION)


def build(url: str) -> Gated:
    """Fill a database that is new."""
    prepare(url)
    gated = Gated()
    engine = engine_for(url)
    with unit_of_work(engine, TEST) as session:
        root, stan = _as(session, ADMINISTRATOR), _as(session, "stan")
        groups.create(session, "reviewers", by=root)
        for name in ("petra", "bob"):
            groups.add(session, groups.named(session, "reviewers"), accounts.named(session, name), by=root)
        for name in (*ATTACKERS, "bob"):
            secret = tokens.create(session, accounts.named(session, name), by=SYSTEM).secret
            gated.headers[name] = {"Authorization": f"Bearer {secret}"}
            gated.sessions[name] = browsing.begin(session, name)
        for name in ATTACKERS:
            gated.words[name] = _things(session, gated, name, root, stan)
        policy.apply(session, {"gates": [dict(each) for each in GATES]}, by=root)
        for name in ATTACKERS:
            gated.words[name] |= _requests(session, name)
    engine.dispose()
    return gated


def _things(session: Session, gated: Gated, me: str, root: Principal, stan: Principal) -> dict[str, Any]:
    """Two models of an attacker, which neither they nor who approves registered; of one a version is deleted."""
    name = f"guarded-{me}"
    created = models.create(session, name, tags={"tier": "critical"}, by=root)
    first = versions.register(session, name, Registration("s3://bucket/first"), by=stan, rules=SourceRules())
    versions.register(session, name, Registration("s3://bucket/second"), by=stan, rules=SourceRules())
    moves.delete_version(session, name, 2, by=root)
    gone = models.create(session, f"{name}-gone", tags={"tier": "critical"}, by=root)
    versions.register(session, gone.name, Registration("s3://bucket/gone"), by=stan, rules=SourceRules())
    moves.delete_model(session, gone.name, by=root)
    other = models.create(session, f"other-{me}", by=root)
    versions.register(session, other.name, Registration("s3://bucket/other"), by=stan, rules=SourceRules())
    recall = recalls.flag(session, f"version:{other.name}/1", "bad", by=root)
    written = comments.write(session, name, 1, "Not yet.", by=stan)
    gated.models |= {created.id, gone.id}
    gated.kept_models.add(created.id)
    gated.kept_versions.add(first.id)
    return {
        "me": me,
        "model": name,
        "model_id": created.id,
        "gone_id": gone.id,
        "other": other.name,
        "free": f"free-{me}",
        "recall_id": recall.id,
        "comment_id": written.id,
        "tomorrow": now() + 86_400_000,
        "next_day": (datetime.now(UTC) + timedelta(days=1)).date().isoformat(),
    }


def _requests(session: Session, me: str) -> dict[str, Any]:
    """Open requests for all that is guarded, by somebody who may only read, and what reviewers see of each."""
    rita, name = _as(session, "rita"), f"guarded-{me}"
    wishes = {
        "production": Wish(name, 1, PRODUCTION),
        "champion": Wish(name, 1, CHAMPION),
        "deletion": Wish(name, 1, DELETION_OF_VERSION),
    }
    opened = {what: opening.request(session, wish, by=rita) for what, wish in wishes.items()}
    seen = {f"digest_of_{what}": asked.judged.report.digest for what, asked in opened.items()}
    return {what: asked.request.id for what, asked in opened.items()} | seen


def _as(session: Session, name: str) -> Principal:
    return SignIn().as_if(session, accounts.named(session, name))
