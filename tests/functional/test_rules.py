"""Gates, freezes and lifecycles as files: planned, applied in one transaction, kept in revisions, and told."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from assent.database import db, unit_of_work
from assent.governance.requests.records.tables import RequestState, TransitionRequest
from assent.governance.rules.standing import POLICY, RULES, seen
from assent.governance.targets import TargetKind, stage
from assent.kernel.dialects import table
from assent.registry import stages
from support.calling import API, Caller
from support.databases import ADMINISTRATOR, TEST

REQUESTS = table(TransitionRequest)

GATE: dict[str, Any] = {
    "name": "production",
    "target": {"stage": "Production"},
    "require": [
        {"approvals": {"count": 2, "from": ["group:risk", "user:alice"], "at_least": {"group:risk": 1}}},
        {"check": {"name": "ci/evaluation", "max_age": "7d"}},
    ],
    "expires_after": "14d",
    "rollback": {"approvals": 1},
    "override": {"by": ["group:risk"], "review_within": "72h"},
}
FREEZE = {
    "name": "year-end",
    "targets": [{"stage": "Production"}],
    "from": "2026-12-20T00:00",
    "until": "2027-01-04T08:00",
    "zone": "Europe/Berlin",
}
LIFECYCLE: dict[str, Any] = {
    "name": "risk",
    "models": ["risk-*"],
    "stages": [{"name": "UAT", "tier": "staging"}, {"name": "Production", "tier": "production"}],
    "moves": {"None": ["UAT"], "UAT": ["Production", "Archived"]},
}
FILE: dict[str, Any] = {"gates": [GATE], "freezes": [FREEZE], "lifecycles": [LIFECYCLE]}
SAID = (
    "on Production of every model: 2 approvals, from group:risk, user:alice, at least 1 of group:risk; "
    "the check ci/evaluation has passed within 7d; requests expire after 14d; a rollback takes 1 approval; "
    "override by group:risk, reviewed within 3d"
)


@pytest.fixture
def admin(call: Caller) -> Caller:
    """Calls as an administrator, of a registry with the group risk."""
    admin = call.by(ADMINISTRATOR)
    admin.api("POST", "/groups", name="risk")
    return admin


def _plan(admin: Caller, **file: Any) -> list[str]:
    return _texts(admin.api("POST", "/gates/plan", **file))


def _apply(admin: Caller, **file: Any) -> list[str]:
    return _texts(admin.api("POST", "/gates/apply", **file))


def _texts(answer: dict[str, Any]) -> list[str]:
    return [f"{each['sign']} {each['text']}" for each in answer["changes"]]


def _faults(admin: Caller, **file: Any) -> dict[str, str]:
    """Where something is wrong, and what; the same for a plan as for what it is of."""
    plan, applied = (admin.api("POST", f"/gates/{verb}", status=400, **file) for verb in ("plan", "apply"))
    assert plan == applied
    return {each["at"]: each["detail"] for each in plan["errors"]}


def _named(admin: Caller, section: str) -> list[tuple[str, int]]:
    return [(each["name"], each["revision"]) for each in admin.api("GET", f"/{section}")[section]]


def _gate(name: str = "production", **more: Any) -> dict[str, Any]:
    return {"name": name, "target": {"stage": "Production"}, "require": [{"approvals": 1}], **more}


def test_a_file_is_planned_and_nothing_is_changed(admin: Caller) -> None:
    planned = _plan(admin, **FILE)
    assert planned == _plan(admin, **FILE)
    assert planned == [
        f"+ gate production {SAID}",
        "+ freeze year-end of Production of every model from 2026-12-20T00:00 until 2027-01-04T08:00 (Europe/Berlin)",
        "+ lifecycle risk of risk-*: None (none), UAT (staging), Production (production), Archived (archived); "
        "moves: None to UAT, UAT to Production or Archived",
    ]


def test_what_is_applied_is_what_was_planned_and_then_nothing_is_left(admin: Caller) -> None:
    planned = _plan(admin, **FILE)
    assert _apply(admin, **FILE) == planned
    assert (_plan(admin, **FILE), _apply(admin, **FILE)) == ([], [])


def test_rules_stand_once_they_are_applied(app: Flask, admin: Caller) -> None:
    _apply(admin, **FILE)
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        standing = seen(session)
        assert [each.name for each in standing.guarding("m", {}, stage("Production"))] == ["production"]
        assert [each.name for each in standing.freezes] == ["year-end"]
        assert standing.lifecycle_of("risk-eu").name == "risk"
        assert [str(each.name) for each in stages.every(session)][-1] == "UAT"


def test_the_same_written_otherwise_is_no_change(admin: Caller) -> None:
    _apply(admin, gates=[_gate(require=[{"approvals": 2}], expires_after="7d", signature=False)])
    same: dict[str, Any] = {
        "models": "*",
        "require": [{"approvals": {"count": "2"}}],
        "expires_after": "168h",
        "signature": "no",
    }
    assert _plan(admin, gates=[_gate(**same)]) == []


@pytest.mark.parametrize(
    ("altered", "told"),
    [
        ({"require": [{"approvals": 2}]}, "1 approval -> 2 approvals"),
        ({"require": [{"approvals": 1}, {"check": "ci"}]}, "also the check ci has passed"),
        ({"require": [{"check": "ci"}]}, "no longer 1 approval; also the check ci has passed"),
        ({"models": ["risk-*", "fraud"]}, "models every model -> risk-*, fraud"),
        ({"tags": {"pii": "y*"}}, "tags none -> pii=y*"),
        ({"target": {"alias": "champion"}}, "target Production -> @champion"),
        ({"target": {"deletion": "model"}}, "target Production -> deletion of a model"),
        ({"signature": True}, "signature no -> yes"),
        ({"expires_after": "36h"}, "expires_after never -> 1d12h"),
        ({"rollback": {"approvals": 0}}, "rollback approvals as many -> 0"),
        ({"override": {"by": "user:alice"}}, "override by nobody -> by user:alice"),
    ],
)
def test_what_a_gate_says_otherwise_is_told(admin: Caller, altered: dict[str, Any], told: str) -> None:
    _apply(admin, gates=[_gate()])
    assert _plan(admin, gates=[_gate(**altered)]) == [f"~ gate production: {told}"]


def test_of_several_requirements_of_a_kind_what_goes_and_what_comes_is_told(admin: Caller) -> None:
    metrics = [{"metric": {"key": key, "at_least": 0.8}} for key in ("auc", "f1")]
    _apply(admin, gates=[_gate(require=metrics)])
    others = [{"metric": {"key": "auc", "at_least": 0.9}}, {"metric": {"key": "recall", "at_least": 0.5}}]
    assert _plan(admin, gates=[_gate(require=others)]) == [
        "~ gate production: no longer metric auc at least 0.8; no longer metric f1 at least 0.8; "
        "also metric auc at least 0.9; also metric recall at least 0.5"
    ]


def test_what_a_file_no_longer_names_goes_and_what_it_does_not_speak_of_stays(admin: Caller) -> None:
    _apply(admin, **FILE)
    assert _apply(admin, gates=[_gate("other")], freezes=[]) == [
        "- gate production",
        "+ gate other on Production of every model: 1 approval",
        "- freeze year-end",
    ]
    assert (_named(admin, "freezes"), _named(admin, "lifecycles")) == ([], [("risk", 1)])


def test_the_revisions_of_a_gate_follow_each_other(admin: Caller) -> None:
    for approvals in (1, 2):
        _apply(admin, gates=[_gate(require=[{"approvals": approvals}])])
    newest, oldest = admin.api("GET", "/gates/production")["revisions"]
    assert (newest["revision"], newest["text"]) == (2, "on Production of every model: 2 approvals")
    assert (newest["valid_until"], newest["set_by"], newest["ended_by"]) == (None, ADMINISTRATOR, None)
    assert (oldest["revision"], oldest["content"]) == (1, _gate())
    assert (oldest["valid_until"], oldest["ended_by"]) == (newest["valid_from"], ADMINISTRATOR)


def test_a_gate_that_comes_back_takes_no_number_again(admin: Caller) -> None:
    for gates in ([_gate()], [], [_gate()]):
        _apply(admin, gates=gates)
    told = admin.api("GET", "/gates/production")
    assert ([each["revision"] for each in told["revisions"]], told["stands"]) == ([2, 1], True)


def test_a_gate_that_was_removed_is_still_told(admin: Caller) -> None:
    _apply(admin, gates=[_gate()])
    _apply(admin, gates=[])
    assert admin.api("GET", "/gates/production")["stands"] is False


@pytest.mark.parametrize("name", ["nothing", "%00", "n" * 200])
def test_a_gate_that_never_was_is_not_found(admin: Caller, name: str) -> None:
    admin.api("GET", f"/gates/{name}", status=404)


def test_who_comes_or_goes_before_a_lifecycle_makes_no_other_of_it(admin: Caller) -> None:
    def named(*names: str) -> list[dict[str, Any]]:
        return [{**LIFECYCLE, "name": name} for name in names]

    _apply(admin, lifecycles=named("a", "b", "c"))
    assert _apply(admin, lifecycles=named("b", "c", "d"))[0] == "- lifecycle a"
    assert _named(admin, "lifecycles") == [("b", 1), ("c", 1), ("d", 1)]


def test_the_order_of_lifecycles_counts(admin: Caller) -> None:
    first, second = ({**LIFECYCLE, "name": name} for name in ("first", "second"))
    _apply(admin, lifecycles=[first, second])
    assert _apply(admin, lifecycles=[second, first]) == ["~ lifecycle first: comes in place 2"]
    assert [name for name, _ in _named(admin, "lifecycles")] == ["second", "first"]


def test_the_order_of_gates_does_not_count(admin: Caller) -> None:
    _apply(admin, gates=[_gate("a"), _gate("b")])
    assert _plan(admin, gates=[_gate("b"), _gate("a")]) == []


def test_who_and_what_is_named_must_be_there(admin: Caller) -> None:
    wrong = {
        "gates": [
            _gate(
                require=[
                    {"approvals": {"count": 1, "from": ["group:rist"]}},
                    {"soak": {"stage": "UAT", "at_least": "1h"}},
                ],
                override={"by": ["service_account:alice", "user:ritta"]},
            ),
            _gate("typo", target={"stage": "Prodution"}),
        ],
        "freezes": [{**FREEZE, "targets": [{"stage": "production"}]}],
    }
    there = "There is no stage {}; there are None, Staging, Production, Archived."
    assert _faults(admin, **wrong) == {
        "/gates/0/require/0/approvals/from/0": (
            "There is no group rist: create it first, or name one that there is."
        ),
        "/gates/0/require/1/soak/stage": there.format("UAT"),
        "/gates/0/override/by/0": ("There is no service account alice: create it first, or name one that there is."),
        "/gates/0/override/by/1": "There is no user ritta: create it first, or name one that there is.",
        "/gates/1/target/stage": there.format("Prodution"),
        "/freezes/0/targets/0/stage": there.format("production"),
    }
    assert _named(admin, "gates") == []


def test_a_gate_may_guard_a_stage_that_comes_with_it(admin: Caller) -> None:
    _apply(admin, gates=[_gate("uat", target={"stage": "UAT"})], lifecycles=[LIFECYCLE])
    _apply(admin, lifecycles=[])
    assert _plan(admin, gates=[_gate("uat", target={"stage": "UAT"})]) == []


def test_a_stage_keeps_its_tier(admin: Caller) -> None:
    _apply(admin, lifecycles=[LIFECYCLE])
    other = {**LIFECYCLE, "stages": [{"name": "UAT", "tier": "production"}], "moves": None}
    assert _faults(admin, lifecycles=[other]) == {
        "/lifecycles/0/stages/0": "The stage UAT has the tier staging, and a stage keeps its tier for ever."
    }


@pytest.mark.parametrize(
    ("file", "at", "told"),
    [
        ({"gate": []}, "/gate", "There is nothing called gate here; there is gates, freezes, lifecycles."),
        ({"gates": None}, "/gates", "Write a list here, such as [one, another]."),
        ({"gates": {}}, "/gates", "Write a list here, such as [one, another]."),
        ({"gates": [_gate(), _gate()]}, "/gates/1", "There are two gates called production."),
        ({"gates": [_gate("a\x00b")]}, "/gates/0/name", "Write no NUL."),
        ({"gates": ["production"]}, "/gates/0", "Write names with a colon after each."),
    ],
)
def test_what_is_no_file_of_rules_is_told_with_its_place(
    admin: Caller, file: dict[str, Any], at: str, told: str
) -> None:
    assert _faults(admin, **file) == {at: told}


def test_what_is_nested_too_deeply_is_refused(admin: Caller) -> None:
    deep: Any = "deep"
    for _ in range(200):
        deep = [deep]
    ((at, told),) = _faults(admin, gates=[deep]).items()
    assert (at.count("/"), told) == (21, "Write what takes at most 20 steps to get to.")


def test_no_version_is_left_behind_in_a_stage_that_goes(admin: Caller) -> None:
    for name in ("risk-eu", "fraud"):
        admin.model(name)
        admin.version(name)
        admin.move("1", "Staging", name)
    assert _faults(admin, lifecycles=[LIFECYCLE]) == {
        "/lifecycles/0": "Version 1 of risk-eu stands in Staging, which is no stage of the lifecycle risk: "
        "move it first, or keep the stage."
    }
    admin.move("1", "Archived", "risk-eu")
    assert _apply(admin, lifecycles=[LIFECYCLE]) != []


def test_every_change_of_rules_is_an_event(admin: Caller) -> None:
    _apply(admin, gates=[_gate()], lifecycles=[LIFECYCLE])
    _apply(admin, gates=[_gate(signature=True)])
    _apply(admin, gates=[])
    events = admin.api("GET", "/audit/events")["events"]
    told = [
        (each["action"], each["subject_kind"], each["subject"], each["details"])
        for each in reversed(events)
        if each["action"].startswith(("rule.", "stage."))
    ]
    signed = _gate(signature=True)
    assert told == [
        ("stage.added", "stage", "UAT", {"tier": "staging"}),
        ("rule.set", "gate", "production", {"before": None, "after": _gate(), "revision": 1}),
        ("rule.set", "lifecycle", "risk", {"before": None, "after": LIFECYCLE, "revision": 1}),
        ("rule.set", "gate", "production", {"before": _gate(), "after": signed, "revision": 2}),
        ("rule.removed", "gate", "production", {"before": signed, "after": None}),
    ]


def test_open_requests_are_looked_at_again(app: Flask, admin: Caller) -> None:
    admin.model()
    admin.version()
    common = {"model_id": 1, "version_id": 1, "kind": TargetKind.STAGE, "comment": "", "opened_at": 1}
    ended = {"closed_at": 2, "state": RequestState.REJECTED}
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        for target, more in (("Production", {"state": RequestState.OPEN}), ("Staging", ended)):
            session.execute(insert(REQUESTS).values(target=target, opened_by_id=1, **common, **more))
    _apply(admin, gates=[_gate()])
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        looked = {row.target: row.look_at for row in session.execute(REQUESTS.select())}
        changed_at = session.scalar(select(POLICY.c.changed_at))
    assert changed_at is not None
    assert (looked["Staging"], looked["Production"] >= changed_at) == (None, True)


def test_the_clock_may_be_put_back_between_changes(app: Flask, admin: Caller) -> None:
    _apply(admin, gates=[_gate()])
    ahead = 4_000_000_000_000
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        session.execute(POLICY.update().values(changed_at=ahead))
    _apply(admin, gates=[_gate(signature=True)])
    with app.app_context(), unit_of_work(db.engine, TEST) as session:
        moments = session.execute(select(RULES.c.valid_from, RULES.c.valid_until).order_by(RULES.c.revision)).all()
    assert (moments[0].valid_until, moments[1].valid_from) == (ahead, ahead)


def test_administrators_alone_plan_and_apply(admin: Caller) -> None:
    for verb in ("plan", "apply"):
        told = admin.by("alice").api("POST", f"/gates/{verb}", status=403, gates="nonsense")
        assert told["detail"] == "alice is no administrator."


def test_everybody_may_read_the_rules(admin: Caller) -> None:
    _apply(admin, **FILE)
    (gate,) = admin.by("rita").api("GET", "/gates")["gates"]
    assert (gate["name"], gate["revision"], gate["set_by"]) == ("production", 1, ADMINISTRATOR)
    assert (gate["content"], gate["text"]) == (GATE, SAID)


def test_a_token_for_some_models_reads_their_rules_alone(admin: Caller) -> None:
    admin.model("risk-eu")
    _apply(admin, gates=[_gate(), _gate("other", models=["secret"])], lifecycles=[LIFECYCLE])
    token = admin.by("alice").api("POST", "/tokens", pattern="risk-*")["secret"]
    shown = {"Authorization": f"Bearer {token}"}
    assert admin.client.get(f"{API}/gates", headers=shown).status_code == 403
    of_model = admin.client.get(f"{API}/models/risk-eu/gates", headers=shown).json
    assert of_model is not None
    assert [each["name"] for each in of_model["gates"]] == ["production"]


def test_the_rules_for_a_model_are_told(admin: Caller) -> None:
    admin.model("risk-eu", tags=[{"key": "pii", "value": "yes"}])
    gates = [
        _gate("all"),
        _gate("tagged", tags={"pii": "y*"}),
        _gate("untagged", tags={"team": "*"}),
        _gate("elsewhere", models=["fraud"]),
        _gate("alias", target={"alias": "champion"}),
    ]
    freezes = [FREEZE, {**FREEZE, "name": "elsewhere", "models": ["fraud"]}]
    _apply(admin, gates=gates, freezes=freezes, lifecycles=[LIFECYCLE])
    told = admin.api("GET", "/models/risk-eu/gates")
    assert [each["name"] for each in told["gates"]] == ["all", "tagged", "alias"]
    assert [each["name"] for each in told["freezes"]] == ["year-end"]
    assert told["lifecycle"] == {
        "name": "risk",
        "stages": [
            {"name": "None", "tier": "none", "moves": ["UAT"]},
            {"name": "UAT", "tier": "staging", "moves": ["Production", "Archived"]},
            {"name": "Production", "tier": "production", "moves": []},
            {"name": "Archived", "tier": "archived", "moves": []},
        ],
    }


def test_the_rules_for_a_model_that_one_may_not_read_are_not_told(admin: Caller) -> None:
    admin.model("secret")
    admin.api("PUT", "/models/secret/permissions", kind="user", name="rita", level="NO_PERMISSIONS")
    admin.by("rita").api("GET", "/models/secret/gates", status=404)


def test_a_former_name_leads_to_the_rules_of_the_model(admin: Caller) -> None:
    admin.model("old")
    admin("POST", "/registered-models/rename", name="old", new_name="new")
    assert admin.answer("GET", f"{API}/models/old/gates").headers["Location"].endswith("/models/new/gates")
