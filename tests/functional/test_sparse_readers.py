"""Who may read one model among many gets full pages, however many versions lie between."""

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.registry import models
from assent.registry.search import finding
from assent.registry.tiers import NO_STAGE
from assent.registry.views import VERSIONS
from factories.access import account

# More than are walked past for a page.
BETWEEN = 2500


@pytest.fixture
def carol(session: Session, alice: Principal) -> Principal:
    """Reads `mine`, whose 30 versions came before and after thousands of `other`, and nothing else."""
    ids = {name: models.create(session, name, by=alice).id for name in ("mine", "other")}
    rows = [_version(ids["mine"], "mine", number, number, alice) for number in range(1, 16)]
    rows += [_version(ids["other"], "other", number, 100 + number, alice) for number in range(1, BETWEEN)]
    rows += [_version(ids["mine"], "mine", number, BETWEEN + 100 + number, alice) for number in range(16, 31)]
    session.execute(insert(VERSIONS), rows)
    somebody = account(session, name="carol")
    grants.give(session, somebody, Level.CAN_READ, on=Place(pattern="mine"), by=SYSTEM)
    return SignIn().as_if(session, somebody)


def _version(model_id: int, name: str, number: int, at: int, by: Principal) -> dict[str, object]:
    return {
        "model_id": model_id,
        "model_name": name,
        "number": number,
        "created_at": at,
        "created_by_id": by.id,
        "last_updated_at": at,
        "last_updated_by_id": by.id,
        "description": "",
        "stage": NO_STAGE,
        "source": "s3://b/1",
        "download_uri": "s3://b/1",
        "run_id": "",
        "run_link": "",
        "logged_model_id": "",
        "deleted_with_model": False,
    }


@pytest.mark.parametrize(
    "order", ["last_updated_timestamp DESC", "last_updated_timestamp ASC", "name ASC", "version_number ASC"]
)
def test_pages_are_full_and_hold_everything_once(session: Session, carol: Principal, order: str) -> None:
    found, token = [], ""
    while True:
        page = finding.versions(session, "", [order], size=7, token=token, by=carol)
        found += [version.number for version in page.found]
        token = page.next_token
        assert len(page.found) == 7 or not token
        if not token:
            break
    assert sorted(found) == list(range(1, 31))
    if "name" not in order:
        assert found == sorted(found, reverse="DESC" in order)


def test_a_filter_finds_what_lies_far_along_the_way(session: Session, carol: Principal) -> None:
    page = finding.versions(session, "version_number < 4", ["last_updated_timestamp DESC"], size=10, by=carol)
    assert [version.number for version in page.found] == [3, 2, 1]
