"""What somebody is not shown of the audit log, case by case."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.access.policy.reach import ByName, Reach
from assent.audit import queries
from assent.audit.actions import Action, Outcome
from assent.audit.queries import EVENTS, Asked, Cut, Order
from assent.governance import moves
from assent.registry import models, trail

MANAGER = Principal(700, "mona", reach=Reach([ByName(Level.CAN_MANAGE, "m")]))
READER = Principal(701, "rita", reach=Reach([ByName(Level.CAN_READ, "m")]))


@pytest.fixture
def model_id(session: Session, alice: Principal) -> int:
    """A model that two people have to do with, and that others did things to."""
    return models.create(session, "m", by=alice).id


def _written(session: Session, **fields: Any) -> None:
    event = {
        "at": 2_000_000_000_000,
        "action": Action.MODEL_UPDATED,
        "outcome": Outcome.DONE,
        "actor": "somebody",
        "subject_kind": "registered_model",
        "subject": "m",
        "details": {"after": {"description": "new"}},
        "face": "api",
        "address": "10.0.0.1",
        "request_id": "r1",
    }
    session.execute(EVENTS.insert(), event | fields)


def _found(session: Session, by: Principal, **asked: Any) -> list[trail.Event]:
    question = trail.question(session, Asked(since=1_999_999_999_999, **asked), by=by)
    return trail.page(session, question, Cut(Order.OLDEST), size=10, by=by).events


@pytest.mark.usefixtures("model_id")
@pytest.mark.parametrize(("at", "found"), [(2_000_000_000_000, 1), (1_000, 0)])
def test_a_refusal_is_told_to_who_manages_what_was_called_so_then(session: Session, at: int, found: int) -> None:
    _written(session, action=Action.ACCESS_DENIED, outcome=Outcome.REFUSED, at=at)
    question = trail.question(session, Asked(action="access.denied"), by=MANAGER)
    assert len(trail.page(session, question, Cut(Order.OLDEST), size=10, by=MANAGER).events) == found


def test_a_refusal_is_not_told_to_readers(session: Session, model_id: int) -> None:
    _written(session, action=Action.ACCESS_DENIED, outcome=Outcome.REFUSED, model_id=model_id)
    assert _found(session, READER) == []


@pytest.mark.parametrize("most", [1, 2])
def test_what_became_of_all_models_of_a_name_is_found_however_many_they_are(
    session: Session, model_id: int, alice: Principal, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_MODELS", most)
    moves.delete_model(session, "m", by=alice)
    for each in (model_id, models.create(session, "m", by=alice).id):
        _written(session, model_id=each)
    found = _found(session, MANAGER, subject_kind="registered_model", subject="m")
    assert len({event.model_id for event in found}) == 2


def test_a_reader_sees_neither_address_nor_request(session: Session, model_id: int) -> None:
    _written(session, model_id=model_id, token_id=5)
    (event,) = _found(session, READER)
    assert (event.address, event.request_id, event.token_id) == (None, None, None)


@pytest.mark.parametrize("asked", [{"address": "10.0.0.1"}, {"request_id": "r1"}])
def test_a_reader_does_not_find_by_what_is_hidden_from_them(
    session: Session, model_id: int, asked: dict[str, str]
) -> None:
    _written(session, model_id=model_id)
    assert _found(session, READER, **asked) == []
    assert len(_found(session, MANAGER, **asked)) == 1


@pytest.mark.parametrize("by", [MANAGER, READER], ids=["manager", "reader"])
def test_details_that_name_others_are_neither_told_nor_found(session: Session, model_id: int, by: Principal) -> None:
    _written(session, model_id=model_id, action=Action.PARENT_DECLARED, details={"parent": "secret/3"})
    assert [event.details for event in _found(session, by)] == [{}]
    assert _found(session, by, text="secret") == []
