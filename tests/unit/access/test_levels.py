"""The policy, as a table."""

from itertools import pairwise

import pytest

from assent.access.levels import LEVELS, Level, Permission, lowest_with
from assent.access.principals import Principal, authorize
from assent.kernel.errors import Denied

TABLE = {
    Permission.MODEL_READ: Level.CAN_READ,
    Permission.MODEL_CREATE: Level.CAN_EDIT,
    Permission.MODEL_EDIT: Level.CAN_EDIT,
    Permission.VERSION_REGISTER: Level.CAN_EDIT,
    Permission.VERSION_EDIT: Level.CAN_EDIT,
    Permission.ALIAS_SET: Level.CAN_EDIT,
    Permission.VERSION_MOVE: Level.CAN_MANAGE_STAGING_VERSIONS,
    Permission.VERSION_MOVE_PRODUCTION: Level.CAN_MANAGE_PRODUCTION_VERSIONS,
    Permission.MODEL_MANAGE: Level.CAN_MANAGE,
    Permission.VERSION_DELETE: Level.CAN_MANAGE,
}


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_has_its_lowest_level(permission: Permission) -> None:
    assert lowest_with(permission) is TABLE[permission]


def test_each_level_includes_those_before_it() -> None:
    held = [LEVELS[level] for level in Level]
    assert all(lower < higher for lower, higher in pairwise(held))


def test_a_refusal_names_the_right_and_the_level_that_gives_it() -> None:
    rita = Principal(1, "rita", Level.CAN_READ)
    with pytest.raises(Denied, match="takes the level CAN_MANAGE, and rita has CAN_READ") as refused:
        authorize(rita, Permission.MODEL_MANAGE, on="m")
    assert refused.value.subject == "m"


def test_an_administrator_may_do_everything() -> None:
    root = Principal(1, "root", Level.CAN_READ, is_administrator=True)
    assert all(root.may(permission) for permission in Permission)
