"""Stages that are added to MLflow's four."""

import pytest
from sqlalchemy.orm import Session

from assent.kernel.errors import Invalid
from assent.registry import stages
from assent.registry.tiers import MLFLOWS, Stage, Tier

UAT = Stage("UAT", Tier.STAGING)


def test_a_registry_begins_with_mlflows_stages(session: Session) -> None:
    assert stages.every(session) == list(MLFLOWS)


def test_a_stage_that_is_added_comes_last(session: Session) -> None:
    stages.add(session, *UAT)
    assert stages.every(session) == [*MLFLOWS, UAT]


def test_a_stage_that_is_there_is_not_added_again(session: Session) -> None:
    stages.add(session, *UAT)
    stages.add(session, *UAT)
    assert stages.every(session) == [*MLFLOWS, UAT]


@pytest.mark.parametrize(("name", "tier"), [("UAT", Tier.PRODUCTION), ("uat", Tier.STAGING)])
def test_a_stage_keeps_its_tier_and_the_case_of_its_name(session: Session, name: str, tier: Tier) -> None:
    stages.add(session, *UAT)
    with pytest.raises(Invalid):
        stages.add(session, name, tier)


def test_a_name_that_no_stage_can_have_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="is a version"):
        stages.add(session, "7", Tier.STAGING)
