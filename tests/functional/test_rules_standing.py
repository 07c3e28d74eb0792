"""The rules that stand are read once, and as long as nobody changes them recognised by one statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert, update
from sqlalchemy.orm import Session

from assent.governance.requirements.unreadable import Unreadable
from assent.governance.rules.parts import RuleKind
from assent.governance.rules.standing import POLICY, RULES, Standing, held, seen
from assent.governance.targets import stage
from assent.registry.tiers import MLFLOWS

PRODUCTION = stage("Production")
GATE = {"name": "two", "models": ["risk-*"], "target": {"stage": "Production"}, "require": [{"approvals": "2"}]}
FREEZE = {
    "name": "year-end",
    "targets": [{"stage": "Production"}],
    "from": "2026-12-20",
    "until": "2027-01-04",
    "zone": "UTC",
}
LIFECYCLE = {"name": "short", "models": ["risk-*"], "stages": [{"name": "Production", "tier": "production"}]}


def set_rule(session: Session, kind: RuleKind, content: dict[str, Any], stamp: str, **more: int) -> None:
    values = {"kind": kind, "name": content["name"], "revision": 1, "position": 0, "valid_from": 1, **more}
    session.execute(insert(RULES).values(content=content, **values))
    session.execute(update(POLICY).values(revision=POLICY.c.revision + 1, changed_at=5, stamp=stamp))


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def remember(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", remember)
    yield statements
    event.remove(session.get_bind(), "before_cursor_execute", remember)


def test_at_first_there_are_no_rules(session: Session) -> None:
    assert seen(session) == held(session) == Standing()


def test_rules_are_told_by_what_they_hold(session: Session) -> None:
    set_rule(session, RuleKind.GATE, GATE, "told", revision=3)
    set_rule(session, RuleKind.FREEZE, FREEZE, "told too")
    set_rule(session, RuleKind.LIFECYCLE, LIFECYCLE, "told at last")
    rules = held(session)
    assert (rules.revision, rules.changed_at) == (3, 5)
    assert [(gate.name, gate.revision) for gate in rules.guarding("risk-eu", {}, PRODUCTION)] == [("two", 3)]
    assert rules.guarding("fraud", {}, PRODUCTION) == ()
    frozen = rules.freezes[0]
    assert rules.frozen_by("fraud", PRODUCTION, frozen.from_) == (frozen,)
    assert rules.frozen_by("fraud", PRODUCTION, frozen.until) == ()
    assert [stage.name for stage in rules.lifecycle_of("risk-eu").stages] == ["None", "Production", "Archived"]
    assert rules.lifecycle_of("fraud").stages == MLFLOWS


def test_a_rule_that_ended_stands_no_more(session: Session) -> None:
    set_rule(session, RuleKind.GATE, GATE, "ended", valid_until=2)
    assert seen(session).gates == ()


def test_rules_stand_in_their_order(session: Session) -> None:
    for place, name in enumerate(["c", "a", "b"]):
        set_rule(session, RuleKind.GATE, GATE | {"name": name}, f"in order {place}", position=2 - place)
    assert [gate.name for gate in seen(session).gates] == ["b", "a", "c"]


@pytest.mark.parametrize("ask", [seen, held])
def test_rules_that_are_known_take_one_statement(session: Session, ask: Any) -> None:
    set_rule(session, RuleKind.GATE, GATE, f"known to {ask.__name__}")
    first = ask(session)
    with counting(session) as statements:
        assert ask(session) is first
    assert len(statements) == 1


def test_a_change_that_was_undone_is_not_remembered(session: Session) -> None:
    session.begin_nested()
    set_rule(session, RuleKind.GATE, GATE, "undone")
    assert len(seen(session).gates) == 1
    session.rollback()
    assert seen(session).gates == ()


def test_a_gate_whose_plug_in_is_gone_still_guards(session: Session) -> None:
    set_rule(session, RuleKind.GATE, GATE | {"require": [{"bias_audit": {"by": "us"}}]}, "gone")
    (gate,) = held(session).guarding("risk-eu", {}, PRODUCTION)
    (required,) = gate.requirements
    assert required.spec == Unreadable(
        "bias_audit", "The plug-in that knows the requirement bias_audit is not installed."
    )
