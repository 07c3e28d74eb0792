"""Many requests beside many models: some are opened as people open them, the others are copies of these."""

from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM
from assent.database import unit_of_work
from assent.governance import policy
from assent.governance.requests.acting import deciding, withdrawing
from assent.governance.rules import whole
from bench.questions import fill
from bench.shape import Shape, model_name
from support.databases import ADMINISTRATOR, TEST
from support.scenes import DAY, Scene

FEW = "nina"
_GROUP, _MODELS = "board", "model-*"
# Somebody reviews the models of a pattern, and some more, each by a grant of its own.
_GRANTED = 20
# Opened as people do: of five, four are open, and one was closed.
_OPENED = 100

# Copies belong to other models and are older; of twenty, one is soon over, and one is over, though nobody looked.
_COPIES = """
SET session_replication_role = replica;

CREATE TEMP TABLE copies AS
SELECT r.id AS was, nextval(pg_get_serial_sequence('transition_requests', 'id')) AS id, copy, w.id AS model_id,
       w.name AS model, v.id AS version_id,
       CASE copy % 20 WHEN 3 THEN {day}::bigint * 39 / 2 WHEN 5 THEN {day}::bigint * 25 ELSE copy * 600000 END
           AS older
FROM transition_requests AS r
JOIN registered_models AS m ON m.id = r.model_id AND m.name LIKE 'model-%'
JOIN model_versions AS o ON o.id = r.version_id
CROSS JOIN generate_series(1, {copies}) AS copy
JOIN registered_models AS w
    ON w.name = 'model-' || lpad((substr(m.name, 7)::int + copy * {opened})::text, 5, '0')
JOIN model_versions AS v ON v.model_id = w.id AND v.number = o.number
ORDER BY copy DESC, r.id;

INSERT INTO transition_requests
SELECT (jsonb_populate_record(r, to_jsonb(r) || jsonb_build_object(
    'id', c.id, 'model_id', c.model_id, 'version_id', c.version_id,
    'opened_at', r.opened_at - older, 'closed_at', r.closed_at - older, 'expires_at', r.expires_at - older,
    'look_at', r.look_at + {day}, 'report', r.report || jsonb_build_object('model', c.model)
))).*
FROM copies AS c JOIN transition_requests AS r ON r.id = c.was;

INSERT INTO decisions
SELECT (jsonb_populate_record(d, to_jsonb(d) || jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('decisions', 'id')), 'request_id', c.id, 'decided_at', d.decided_at - older
))).*
FROM copies AS c JOIN decisions AS d ON d.request_id = c.was;

INSERT INTO request_awaits (request_id, principal_id, group_id)
SELECT c.id, principal_id, group_id FROM copies AS c JOIN request_awaits AS a ON a.request_id = c.was;

INSERT INTO request_bars (request_id, principal_id)
SELECT c.id, principal_id FROM copies AS c JOIN request_bars AS b ON b.request_id = c.was;
"""


def fill_inboxes(url: str, engine: Engine, shape: Shape, requests: int) -> None:
    """Add rules, a reviewer of few models, and about so many open requests, with a quarter as many closed ones."""
    with unit_of_work(engine, TEST) as session:
        _appoint(session, shape)
    with unit_of_work(engine, TEST) as session:
        _guard(session)
    for begin in range(0, _OPENED, 50):
        with unit_of_work(engine, TEST) as session:
            _open(Scene(session), shape, range(begin, begin + 50))
    given = {"copies": requests * 5 // 4 // _OPENED - 1, "opened": _OPENED, "day": 1000 * DAY}
    fill(url, _COPIES.format(**given))


def _appoint(session: Session, shape: Shape) -> None:
    board = groups.create(session, _GROUP, by=SYSTEM)
    for name in ("petra", "bob"):
        groups.add(session, board, accounts.named(session, name), by=SYSTEM)
    few = accounts.create(session, FEW, by=SYSTEM)
    level = Level.CAN_MANAGE_PRODUCTION_VERSIONS
    grants.give(session, few, level, on=Place(pattern=f"{model_name(200)[:-1]}*"), by=SYSTEM)
    for number in range(_GRANTED):
        grants.put(session, few, level, on=Place(shape.large_models + 1 + number), by=SYSTEM)


def _guard(session: Session) -> None:
    root = Scene(session).by(ADMINISTRATOR)
    gates = whole.whole(session, by=root).content["gates"]
    session.flush()
    policy.apply(session, {"gates": [*gates, *_gates()]}, by=root)


def _gates() -> Iterator[dict[str, object]]:
    approvals = {"count": 2, "from": [f"group:{_GROUP}"], "exclude": ["requester"]}
    yield {
        "name": "board",
        "models": [_MODELS],
        "target": {"stage": "Production"},
        "require": [{"approvals": approvals}, {"check": {"name": "ci/evaluation"}}],
        "expires_after": "20d",
    }
    staging = {"stage": "Staging"}
    yield {"name": "anybody", "models": [_MODELS], "target": staging, "require": [{"approvals": 1}]}


def _open(then: Scene, shape: Shape, which: range) -> None:
    for number in which:
        name = model_name(shape.large_models + number)
        to = "Staging" if number % 7 == 0 else "Production"
        asked = then.ask("edith" if number % 3 else "alice", name, 1 + number % 4, to, comment=f"Wish {number}.")
        if number % 5 == 0:
            withdrawing.withdraw(then.session, asked, by=then.by("alice"), reason="Not this one.")
        elif number % 35 == 1:
            deciding.reject(then.session, asked, "Fit it again.", by=then.by("petra"))
        elif number % 4 == 1 and to == "Production":
            then.approve(asked, "petra", comment="Fine.")
