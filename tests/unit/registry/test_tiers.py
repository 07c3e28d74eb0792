"""What a stage may be called, and when two are at odds."""

import pytest

from assent.kernel.errors import Invalid
from assent.registry.tiers import MLFLOWS, Stage, Tier, must_agree, must_be_a_stage_name


@pytest.mark.parametrize("name", ["UAT", "pre-production", "Freigabe (Risiko)", "試験", "x" * 64, "v2", "None"])
def test_a_stage_may_be_called_so(name: str) -> None:
    must_be_a_stage_name(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "1 to 64"),
        ("x" * 65, "1 to 64"),
        (" UAT", "no blank"),
        ("UA\nT", "printable"),
        ("a/b", "holds none of"),
        ("@uat", "holds none of"),
        ("tier:production", "holds none of"),
        ("one,two", "holds none of"),
        ("why?", "holds none of"),
        ("7", "is a version"),
        ("-7", "is a version"),
        ("1_000", "is a version"),
        ("²", "is a version"),
        ("Latest", "highest version"),
        ("Deletion", "what is deleted"),
    ],
)
def test_no_stage_is_called_so(name: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        must_be_a_stage_name(name)


@pytest.mark.parametrize("stage", [Stage("Production", Tier.PRODUCTION), Stage("UAT", Tier.STAGING)])
def test_a_stage_agrees_with_itself_and_with_others(stage: Stage) -> None:
    must_agree(stage, MLFLOWS)


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        (Stage("Production", Tier.STAGING), "has the tier production"),
        (Stage("PRODUCTION", Tier.PRODUCTION), "is called Production"),
    ],
)
def test_a_stage_is_at_odds_with_one_of_another_tier_or_case(stage: Stage, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        must_agree(stage, MLFLOWS)
