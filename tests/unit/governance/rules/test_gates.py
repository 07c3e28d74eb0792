"""What a gate may say, which moves it guards, and how faults are told."""

from dataclasses import dataclass
from typing import Any

import pytest

from assent.access.policy.names import Who
from assent.governance.requirements.unreadable import Unreadable
from assent.governance.rules.gates import Gate, Override, Required, kept, read
from assent.governance.targets import DELETION_OF_MODEL, DELETION_OF_VERSION, Target, alias, stage
from assent.kernel.content import Content
from assent.kernel.errors import Faulty


@dataclass(frozen=True)
class Counted:
    """A kind of requirement that is a number of at least one."""

    @staticmethod
    def read(content: Content) -> int:
        return content.whole(1, 9)


KINDS = {"approvals": Counted(), "soak": Counted()}
PRODUCTION = stage("Production")
LEAST: dict[str, Any] = {"name": "production", "target": {"stage": "Production"}, "require": [{"approvals": 2}]}
DAY = 86_400_000


def gate(**more: Any) -> Gate:
    whole = Content({**LEAST, **more})
    found = read(whole, KINDS)
    whole.must_be_right()
    return found


def test_the_least_that_a_gate_says() -> None:
    assert gate() == Gate("production", ("*",), {}, PRODUCTION, (Required("approvals", 2, 2),))


def test_all_that_a_gate_says() -> None:
    found = gate(
        models=["risk-*", "fraud"],
        tags={"pii": "*", "team": "eu/*"},
        require=[{"approvals": "2"}, {"soak": 1}],
        signature="true",
        expires_after="14d",
        rollback={"approvals": "0"},
        override={"by": ["group:oncall", "user:alice", "service_account:ci"], "review_within": "72h"},
    )
    assert found == Gate(
        name="production",
        models=("risk-*", "fraud"),
        tags={"pii": "*", "team": "eu/*"},
        target=PRODUCTION,
        requirements=(Required("approvals", 2, "2"), Required("soak", 1, 1)),
        signature=True,
        expires_after=14 * DAY,
        rollback_approvals=0,
        override=Override(("group:oncall", "user:alice", "service_account:ci"), 3 * DAY),
    )


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ({"stage": "UAT"}, stage("UAT")),
        ({"alias": "champion"}, alias("champion")),
        ({"deletion": "version"}, DELETION_OF_VERSION),
        ({"deletion": "model"}, DELETION_OF_MODEL),
    ],
)
def test_target_is_a_stage_an_alias_or_a_deletion(written: dict[str, str], target: Target) -> None:
    assert gate(target=written).target == target


def test_one_may_be_written_in_the_place_of_a_list() -> None:
    found = gate(models="fraud", override={"by": "user:alice"})
    assert (found.models, found.override) == (("fraud",), Override(("user:alice",), None))


@pytest.mark.parametrize(
    ("wrong", "at", "told"),
    [
        ({"name": None}, ("name",), "Write a text here."),
        ({"name": "a/b"}, ("name",), "A rule's name holds no '/', is printable, and is neither '.' nor '..'."),
        ({"name": ".."}, ("name",), "A rule's name holds no '/', is printable, and is neither '.' nor '..'."),
        ({"name": "n" * 129}, ("name",), "Write at most 128 characters, and no NUL."),
        ({"models": []}, ("models",), "Write 1 at least."),
        ({"models": ["a/b"]}, ("models", 0), "A pattern of names holds no '/' and no ':', as no name does."),
        ({"tags": ["pii"]}, ("tags",), "Write names with a colon after each."),
        ({"tags": {"pii": ""}}, ("tags", "pii"), "Write a text here."),
        ({"tags": {"pii": "*" * 13}}, ("tags", "pii"), "A pattern holds at most 12 wild cards '*'."),
        ({"target": "Production"}, ("target",), "Write names with a colon after each."),
        ({"target": {}}, ("target",), "Write one of stage: NAME, alias: NAME and deletion: version or model."),
        (
            {"target": {"stage": "UAT", "alias": "champion"}},
            ("target",),
            "Write one of stage: NAME, alias: NAME and deletion: version or model.",
        ),
        (
            {"target": {"stage": "deletion"}},
            ("target", "stage"),
            "No stage can be called 'deletion': a gate of that target guards what is deleted.",
        ),
        ({"target": {"alias": "v1"}}, ("target", "alias"), "Version alias name 'v1' is reserved."),
        (
            {"target": {"deletion": "alias"}},
            ("target", "deletion"),
            "Write one of version, model in the place of alias.",
        ),
        ({"require": []}, ("require",), "Write 1 at least."),
        ({"require": {"approvals": 1}}, ("require",), "Write a list here, such as [one, another]."),
        ({"require": ["approvals"]}, ("require", 0), "Write names with a colon after each."),
        (
            {"require": [{"approvals": 1, "soak": 1}]},
            ("require", 0),
            "Write one word after each dash, of approvals, soak.",
        ),
        (
            {"require": [{"aprovals": 1}]},
            ("require", 0, "aprovals"),
            "There is no requirement aprovals; there are approvals, soak.",
        ),
        ({"require": [{"approvals": 0}]}, ("require", 0, "approvals"), "Write a whole number from 1 to 9."),
        ({"signature": "maybe"}, ("signature",), "Write true or false."),
        (
            {"expires_after": "14"},
            ("expires_after",),
            "Write a stretch of time, such as 7d, 24h, 90m or 1h30m.",
        ),
        ({"rollback": {}}, ("rollback",), "approvals is missing."),
        ({"rollback": {"approvals": -1}}, ("rollback", "approvals"), "Write a whole number from 0 to 100."),
        ({"override": {"review_within": "1h"}}, ("override",), "by is missing."),
        (
            {"override": {"by": ["oncall"]}},
            ("override", "by", 0),
            "Write user:NAME, service_account:NAME or group:NAME in the place of oncall.",
        ),
        (
            {"override": {"by": ["group:"]}},
            ("override", "by", 0),
            "A group's name has 1 to 128 characters and no blank at either end.",
        ),
        (
            {"requires": []},
            ("requires",),
            "There is nothing called requires here; there is name, models, tags, target, require, signature, "
            "expires_after, rollback, override.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(wrong: dict[str, Any], at: tuple[object, ...], told: str) -> None:
    with pytest.raises(Faulty) as refused:
        gate(**wrong)
    assert refused.value.faults == [(at, told)]


@pytest.mark.parametrize("field", ["name", "target", "require"])
def test_no_gate_goes_without(field: str) -> None:
    whole = Content({name: value for name, value in LEAST.items() if name != field})
    read(whole, KINDS)
    assert whole.faults == [((), f"{field} is missing.")]


def test_what_names_somebody_or_a_stage_is_noted_with_its_place() -> None:
    whole = Content({**LEAST, "override": {"by": ["group:oncall"]}})
    read(whole, KINDS)
    assert whole.notes == [(("target", "stage"), PRODUCTION), (("override", "by", 0), Who("group", "oncall"))]


@pytest.mark.parametrize(
    ("written", "name", "tags", "target", "guarded"),
    [
        ({}, "anything", {}, PRODUCTION, True),
        ({}, "anything", {}, stage("Staging"), False),
        ({}, "anything", {}, alias("Production"), False),
        ({"models": ["risk-*"]}, "risk-eu", {}, PRODUCTION, True),
        ({"models": ["risk-*"]}, "fraud", {}, PRODUCTION, False),
        ({"tags": {"pii": "*"}}, "m", {"pii": ""}, PRODUCTION, True),
        ({"tags": {"pii": "*"}}, "m", {}, PRODUCTION, False),
        ({"tags": {"pii": "y*", "team": "eu"}}, "m", {"pii": "yes", "team": "eu"}, PRODUCTION, True),
        ({"tags": {"pii": "y*", "team": "eu"}}, "m", {"pii": "yes", "team": "us"}, PRODUCTION, False),
        ({"target": {"deletion": "version"}}, "m", {}, DELETION_OF_VERSION, True),
        ({"target": {"deletion": "version"}}, "m", {}, DELETION_OF_MODEL, True),
        ({"target": {"deletion": "model"}}, "m", {}, DELETION_OF_MODEL, True),
        ({"target": {"deletion": "model"}}, "m", {}, DELETION_OF_VERSION, False),
    ],
)
def test_which_moves_a_gate_guards(
    written: dict[str, Any], name: str, tags: dict[str, str], target: Target, guarded: bool
) -> None:
    assert gate(**written).matches(name, tags, target) is guarded


def test_a_gate_that_was_kept_is_read_with_its_revision() -> None:
    assert kept(LEAST, KINDS, 3) == Gate(
        "production", ("*",), {}, PRODUCTION, (Required("approvals", 2, 2),), revision=3
    )


def test_a_requirement_whose_plug_in_is_gone_stays() -> None:
    found = kept({**LEAST, "require": [{"bias_audit": {"by": "us"}}, {"soak": 1}]}, KINDS, 1)
    gone = Unreadable("bias_audit", "The plug-in that knows the requirement bias_audit is not installed.")
    assert found.requirements == (Required("bias_audit", gone, {"by": "us"}), Required("soak", 1, 1))


def test_a_requirement_that_is_read_otherwise_by_now_stays() -> None:
    found = kept({**LEAST, "require": [{"soak": 10}]}, KINDS, 1)
    unread = Unreadable("soak", "It cannot be judged as it is written: Write a whole number from 1 to 9.")
    assert found.requirements == (Required("soak", unread, 10),)
