"""The policy, as a table."""

from itertools import pairwise

import pytest

from assent.access.policy.levels import LEVELS, SCOPES, Level, Permission, Scope, adding_up, highest, lowest_with
from assent.access.policy.limits import limits
from assent.access.policy.principals import Principal, authorize
from assent.access.policy.reach import ByName, Reach
from assent.kernel.errors import Denied

READ, EDIT, MANAGE = Level.CAN_READ, Level.CAN_EDIT, Level.CAN_MANAGE
CREATE, NONE, AUDIT = Level.CAN_CREATE_REGISTERED_MODEL, Level.NO_PERMISSIONS, Level.CAN_AUDIT

TABLE = {
    Permission.MODEL_READ: Level.CAN_READ,
    Permission.MODEL_CREATE: Level.CAN_CREATE_REGISTERED_MODEL,
    Permission.MODEL_EDIT: Level.CAN_EDIT,
    Permission.VERSION_REGISTER: Level.CAN_EDIT,
    Permission.VERSION_EDIT: Level.CAN_EDIT,
    Permission.ALIAS_SET: Level.CAN_EDIT,
    Permission.SNAPSHOT_PUSH: Level.CAN_EDIT,
    Permission.LINEAGE_DECLARE: Level.CAN_EDIT,
    Permission.DEPLOYMENT_REPORT: Level.CAN_READ,
    Permission.REQUEST_OPEN: Level.CAN_READ,
    Permission.COMMENT_WRITE: Level.CAN_READ,
    Permission.CHECK_POST: Level.CAN_EDIT,
    Permission.CARD_WRITE: Level.CAN_EDIT,
    Permission.REQUEST_DECIDE: Level.CAN_MANAGE_STAGING_VERSIONS,
    Permission.REQUEST_DECIDE_PRODUCTION: Level.CAN_MANAGE_PRODUCTION_VERSIONS,
    Permission.VERSION_MOVE: Level.CAN_MANAGE_STAGING_VERSIONS,
    Permission.VERSION_MOVE_PRODUCTION: Level.CAN_MANAGE_PRODUCTION_VERSIONS,
    Permission.MODEL_MANAGE: Level.CAN_MANAGE,
    Permission.MODEL_GRANT: Level.CAN_MANAGE,
    Permission.VERSION_DELETE: Level.CAN_MANAGE,
    Permission.LINEAGE_RECALL: Level.CAN_MANAGE,
    Permission.AUDIT_READ: Level.CAN_MANAGE,
}

# What counts, of what is granted on a model, on patterns that match its name, and on the whole registry.
PRECEDENCE = [
    ([], [], [], NONE),
    ([READ], [], [], READ),
    ([], [EDIT], [], EDIT),
    ([], [], [MANAGE], MANAGE),
    ([READ], [EDIT], [MANAGE], MANAGE),  # grants add up,
    ([MANAGE], [READ], [], MANAGE),
    ([READ, EDIT], [], [], EDIT),
    ([NONE], [EDIT], [MANAGE], NONE),  # and NO_PERMISSIONS shuts out what is wider,
    ([NONE, MANAGE], [], [], NONE),  # and what is granted at the same place,
    ([READ], [NONE], [MANAGE], READ),  # but nothing that is narrower
    ([], [NONE, EDIT], [MANAGE], NONE),
    ([], [EDIT], [NONE], EDIT),
    ([READ], [], [NONE, MANAGE], READ),
]


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_has_its_lowest_level(permission: Permission) -> None:
    assert lowest_with(permission) is TABLE[permission]


def test_each_level_on_a_model_includes_those_before_it() -> None:
    held = [LEVELS[level] for level in Level if level not in (NONE, CREATE, AUDIT)]
    assert all(lower < higher for lower, higher in pairwise(held))


@pytest.mark.parametrize(("on_model", "by_pattern", "on_registry", "level"), PRECEDENCE)
def test_precedence(on_model: list[Level], by_pattern: list[Level], on_registry: list[Level], level: Level) -> None:
    assert highest(adding_up(on_model, by_pattern, on_registry)) is level


@pytest.mark.parametrize(("on_model", "by_pattern", "on_registry", "level"), PRECEDENCE)
def test_a_reach_keeps_to_the_same_table(
    on_model: list[Level], by_pattern: list[Level], on_registry: list[Level], level: Level
) -> None:
    by_name = [ByName(granted, "m*") for granted in by_pattern] + [ByName(granted) for granted in on_registry]
    assert highest(Reach(by_name).levels("mine", on_model)) is level


def test_a_default_adds_up_and_is_shut_out() -> None:
    assert highest(Reach(default=READ).levels("m")) is READ
    assert highest(Reach([ByName(EDIT, "m")], default=READ).levels("m")) is EDIT
    assert highest(Reach([ByName(NONE)], default=READ).levels("m")) is NONE


def test_the_right_to_create_reads_nothing() -> None:
    reach = Reach([ByName(CREATE, "team-*")])
    assert reach.gives(Permission.MODEL_CREATE, "team-a")
    assert not reach.gives(Permission.MODEL_READ, "team-a")
    assert not reach.gives(Permission.MODEL_CREATE, "other")


@pytest.mark.parametrize("elsewhere", [ByName(NONE, "m"), ByName(EDIT, "m"), ByName(MANAGE)])
def test_nothing_that_is_granted_more_narrowly_shuts_an_auditor_out(elsewhere: ByName) -> None:
    auditor = Principal(1, "ada", reach=Reach([ByName(AUDIT), elsewhere]))
    assert auditor.may(Permission.MODEL_READ, "m", [NONE])
    assert auditor.may(Permission.AUDIT_READ, "m", [NONE])
    assert not auditor.may(Permission.MODEL_EDIT, "m", [NONE])


def test_an_auditor_changes_nothing() -> None:
    auditor = Principal(1, "ada", reach=Reach([ByName(AUDIT)]))
    assert {right for right in Permission if auditor.may(right, "m")} == {
        Permission.MODEL_READ,
        Permission.AUDIT_READ,
    }


def test_an_auditor_is_shut_out_of_the_registry_on_the_registry() -> None:
    somebody = Principal(1, "ada", reach=Reach([ByName(AUDIT), ByName(NONE)]))
    assert not somebody.audits
    assert not somebody.may(Permission.MODEL_READ, "m")


def test_the_limits_of_a_token_hold_for_an_auditor() -> None:
    reach = Reach([ByName(AUDIT)])
    assert Principal(1, "ada", reach=reach).reads_everything
    assert not Principal(1, "ada", reach=reach, limits=limits(pattern="a*")).reads_everything
    assert not Principal(1, "ada", reach=reach, limits=limits(["register"])).may(Permission.AUDIT_READ, "m")


def test_a_refusal_names_the_right_and_the_level_that_gives_it() -> None:
    rita = Principal(1, "rita", reach=Reach([ByName(READ)]))
    with pytest.raises(Denied, match="takes the level CAN_MANAGE, and rita has CAN_READ") as refused:
        authorize(rita, Permission.MODEL_MANAGE, on="m")
    assert refused.value.subject == "m"


def test_an_administrator_may_do_everything() -> None:
    root = Principal(1, "root", is_administrator=True)
    assert all(root.may(permission, "m") for permission in Permission)


@pytest.mark.parametrize("scope", Scope)
def test_a_token_lets_its_scopes_through_and_no_more(scope: Scope) -> None:
    root = Principal(1, "root", is_administrator=True, limits=limits([scope], pattern="a*"))
    assert {permission for permission in Permission if root.may(permission, "abc")} == SCOPES[scope]
    assert not any(root.may(permission, "bcd") for permission in Permission)
    assert not root.administers


def test_a_token_with_targets_goes_nowhere_else() -> None:
    root = Principal(1, "root", is_administrator=True, limits=limits(targets=["Staging", "@champion"]))
    authorize(root, Permission.VERSION_MOVE, on="m", target="Staging")
    with pytest.raises(Denied, match="is limited to moves to @champion, Staging"):
        authorize(root, Permission.VERSION_MOVE_PRODUCTION, on="m", target="Production")


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("abc", "has no scope for the right model_version:edit; its scopes are read, request"),
        ("bcd", "is limited to models whose names match a"),
    ],
)
def test_a_token_that_holds_a_right_back_is_told_by_what(on: str, why: str) -> None:
    held = limits(["request", "read"] if on == "abc" else None, pattern="a*")
    with pytest.raises(Denied, match=why):
        authorize(Principal(1, "root", is_administrator=True, limits=held), Permission.VERSION_EDIT, on=on)
