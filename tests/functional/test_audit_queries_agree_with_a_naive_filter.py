"""Whatever is asked of the audit log by whomever: the answer is what a naive filter finds, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from assent.access.credentials.tables import Token
from assent.access.granting import grants
from assent.access.granting.grants import GRANTS, Place
from assent.access.people import accounts
from assent.access.policy.levels import Level, Permission
from assent.access.policy.limits import Limits, limits
from assent.access.policy.principals import SYSTEM, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.audit.actions import Action, Outcome
from assent.audit.queries import EVENTS, Asked, Cut, Order
from assent.kernel.errors import NotFound
from assent.registry import trail
from assent.registry.history import MODEL_NAMES
from assent.registry.views import MODELS
from factories.access import account
from support.rules import AUDITING, MAY, WITHIN

# Models by their ids, what they are called and since when they are deleted; and all names that they had, until when.
CALLED: Mapping[int, tuple[str, int | None]] = {71: ("a", None), 72: ("ab", None), 73: ("c", 60), 74: ("c", None)}
NAMES = [(71, "a", 0, None), (72, "b", 0, 40), (72, "ab", 40, None), (73, "c", 0, 60), (74, "c", 70, None)]
SUBJECTS = ("a", "b", "ab", "c", "ann", "x" * 200)
PEOPLE = ("ann", "ben")
NOBODY = ("", "system")
TOKEN, OWNER = 5, "ben"
FACES, ADDRESSES, REQUESTS = ("mlflow", "api"), ("10.0.0.1", "10.0.0.2"), ("r1", "r2")
KINDS = ("registered_model", "model_version", "user", "group", "publisher")
ACTIONS = (
    Action.MODEL_CREATED,
    Action.VERSION_REGISTERED,
    Action.ALIAS_SET,
    Action.ALIAS_DELETED,
    Action.GRANT_GIVEN,
    Action.PUBLISHER_CREATED,
    Action.ACCESS_DENIED,
    Action.USER_CREATED,
    Action.NODE_RECALLED,
    Action.PARENT_DECLARED,
    Action.VERSION_QUARANTINED,
)
TEXTS = ("stage", "Überall", "ü", "ÜBER", '"', "\\", "true", "17", "a\nb", "null", "{", "]", "after")
VALUES = st.recursive(
    st.sampled_from(["Überall", "Stage", 'a "quoted" one', "back\\slash", "a\nb", "", True, False, None, 17, 171]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["after", "ÜB", '"']), inner, max_size=2)
    ),
    max_leaves=4,
)
EVENT = st.fixed_dictionaries(
    {
        "at": st.integers(0, 100) | st.sampled_from([0, 40, 50, 60, 70]),
        "action": st.sampled_from(ACTIONS),
        "outcome": st.sampled_from(list(Outcome)),
        "actor": st.sampled_from(PEOPLE + NOBODY),
        "token_id": st.none() | st.just(TOKEN),
        "subject_kind": st.sampled_from(KINDS),
        "subject": st.sampled_from(SUBJECTS),
        "model_id": st.sampled_from([None, *CALLED]),
        "version": st.none() | st.integers(1, 2),
        "details": st.dictionaries(st.sampled_from(["stage", "Über"]), VALUES, max_size=2),
        "face": st.sampled_from(FACES),
        "address": st.sampled_from(ADDRESSES),
        "request_id": st.sampled_from(REQUESTS),
    }
)
FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "actor": st.sampled_from((*PEOPLE, "system")),
    "subject_kind": st.sampled_from(KINDS),
    "subject": st.sampled_from(SUBJECTS),
    "action": st.sampled_from([*ACTIONS, "alias.*", "grant.*"]).map(str),
    "version": st.integers(1, 2),
    "outcome": st.sampled_from(list(Outcome)),
    "face": st.sampled_from(FACES),
    "address": st.sampled_from(ADDRESSES),
    "request_id": st.sampled_from(REQUESTS),
    "token_id": st.sampled_from((TOKEN, TOKEN + 1)),
    "since": st.integers(0, 100),
    "until": st.integers(0, 100),
    "text": st.sampled_from(TEXTS),
}
# Of few fields, since most questions of many find nothing, and so tell nothing.
QUESTION = st.lists(st.sampled_from(sorted(FIELDS)), max_size=2, unique=True).flatmap(
    lambda fields: st.fixed_dictionaries({field: FIELDS[field] for field in fields})
)
MODEL = st.none() | st.none() | st.sampled_from(sorted(CALLED)) | st.sampled_from(["a", "ab", "b", "c"])
PLACES = ("registry", "a", "?", "*", *CALLED)


def _question(asked: dict[str, Any], model: str | int | None) -> Asked:
    """A question about what was written for this test alone."""
    if model is None:
        asked = {field: value for field, value in asked.items() if field != "version"}
    named: dict[str, Any] = {"model_id": model} if isinstance(model, int) else {"model": model}
    return Asked(**{"until": 101} | asked | named)


@dataclass(frozen=True)
class Eyes:
    """Who looks, told plainly: what they were granted where, and what their token lets through."""

    id: int
    administrator: bool
    granted: tuple[tuple[str | int, Level], ...]
    limits: Limits

    def may(self, permission: Permission, model_id: int) -> bool:
        """Whether they have a right on a model, deleted or not."""
        name = CALLED[model_id][0]
        if not self._let_through(permission) or not self._named(name):
            return False
        if self.administrator:
            return True
        on_registry = [level for place, level in self.granted if place == "registry"]
        if permission in AUDITING and self._audits(on_registry):
            return True
        on_model = [level for place, level in self.granted if place == model_id]
        by_name = [
            level for place, level in self.granted if self._is_pattern(place) and fnmatchcase(name, str(place))
        ]
        for place in (on_model, by_name, on_registry):
            if Level.NO_PERMISSIONS in place:
                return False
            if any(permission in MAY[level] for level in place):
                return True
        return False

    def sees(self, event: Mapping[str, Any]) -> str:
        """`all` or `part` of an event, or nothing of it."""
        model_id = event["model_id"]
        if self._did(event) or self._sees_everything():
            return "all"
        if model_id is None:
            aimed_at = event["outcome"] is Outcome.REFUSED and event["subject_kind"] == "registered_model"
            called = [
                each
                for each, name, since, until in NAMES
                if name == event["subject"] and since <= event["at"] < (until or 1000)
            ]
            return "all" if aimed_at and any(self.may(Permission.AUDIT_READ, each) for each in called) else ""
        if self.may(Permission.AUDIT_READ, model_id):
            return "all"
        told = event["action"].startswith(("registered_model.", "model_version.", "alias.", "lineage_node."))
        done = event["outcome"] is Outcome.DONE
        return "part" if told and done and self.may(Permission.MODEL_READ, model_id) else ""

    def sees_details(self, event: Mapping[str, Any]) -> bool:
        """Whether they see the details of an event that they see: some name other models."""
        if event["action"] not in (Action.NODE_RECALLED, Action.PARENT_DECLARED):
            return True
        return self._sees_everything() or self._did(event)

    def _did(self, event: Mapping[str, Any]) -> bool:
        model_id = event["model_id"]
        named = self.limits.pattern is None or (model_id is not None and self._named(CALLED[model_id][0]))
        elsewhere = event["action"] == Action.VERSION_QUARANTINED
        return bool(event["actor_id"] == self.id) and named and not elsewhere

    def _sees_everything(self) -> bool:
        if self.limits.pattern is not None or not self._let_through(Permission.AUDIT_READ):
            return False
        return self.administrator or self._audits([level for place, level in self.granted if place == "registry"])

    def _let_through(self, permission: Permission) -> bool:
        scopes = self.limits.scopes
        return scopes is None or any(permission in WITHIN[scope] for scope in scopes)

    def _named(self, name: str) -> bool:
        return self.limits.pattern is None or fnmatchcase(name, self.limits.pattern)

    def _audits(self, on_registry: list[Level]) -> bool:
        return Level.CAN_AUDIT in on_registry and Level.NO_PERMISSIONS not in on_registry

    def _is_pattern(self, place: str | int) -> bool:
        return isinstance(place, str) and place != "registry"


@st.composite
def _granted(draw: Any) -> tuple[tuple[str | int, Level], ...]:
    levels = [Level.CAN_READ, Level.CAN_MANAGE, Level.NO_PERMISSIONS, Level.CAN_EDIT, Level.CAN_AUDIT]
    found = {}
    for place in draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=3)):
        found[place] = draw(st.sampled_from(levels if place == "registry" else levels[:-1]))
    return tuple(found.items())


LIMITS = st.builds(
    limits,
    st.sampled_from([None, None, None, ["read"], ["register"], ["manage"]]),
    st.sampled_from([None, None, None, "a*", "c"]),
)


def _mentions(part: Any, sought: str) -> bool:
    if isinstance(part, dict):
        return any(sought in key.lower() or _mentions(value, sought) for key, value in part.items())
    if isinstance(part, list):
        return any(_mentions(value, sought) for value in part)
    return part is not None and sought in str(part).lower()


def _model(asked: Asked, eyes: Eyes) -> int | None:
    """The model that is meant; none where the caller may not read it."""
    mine = [each for each in CALLED if eyes.may(Permission.MODEL_READ, each)]
    if asked.model_id is not None:
        return asked.model_id if asked.model_id in mine else None
    called = [each for each in mine if CALLED[each][0] == asked.model]
    return max(called, key=lambda each: (CALLED[each][1] is None, CALLED[each][1] or 0), default=None)


def _answers(event: Mapping[str, Any], asked: Asked, model_id: int | None) -> bool:
    """Whether an event is asked for."""
    plain = ("actor", "subject_kind", "subject", "outcome", "face", "address", "request_id", "version", "token_id")
    if any(getattr(asked, field) not in (None, event[field]) for field in plain):
        return False
    if asked.action is not None and not fnmatchcase(event["action"], asked.action):
        return False
    if asked.text is not None and not _mentions(event["details"], asked.text.lower()):
        return False
    if not (asked.since or 0) <= event["at"] < (1000 if asked.until is None else asked.until):
        return False
    return model_id is None or _concerns(event, model_id, of_versions=asked.version is not None)


def _concerns(event: Mapping[str, Any], model_id: int, *, of_versions: bool) -> bool:
    if event["model_id"] is not None or of_versions:
        return bool(event["model_id"] == model_id)
    aimed_at = event["outcome"] is Outcome.REFUSED and event["subject_kind"] == "registered_model"
    return aimed_at and any(
        each == model_id and name == event["subject"] and since <= event["at"] < (until or 1000)
        for each, name, since, until in NAMES
    )


@pytest.fixture
def log(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Models, people and no events; and walks that end soon."""
    monkeypatch.setattr(trail, "_FEW", 3)
    monkeypatch.setattr(trail, "_FEW_FOR_A_ROW", 0)
    monkeypatch.setattr(trail, "_MOST", 7)
    ann, ben = [account(session, name=name) for name in PEOPLE]
    session.add(Token(id=TOKEN, principal_id=ben.id, secret_hash="of ben", created_at=0))
    session.flush()
    by = {"created_by_id": ann.id, "last_updated_by_id": ann.id, "created_at": 0, "last_updated_at": 0}
    session.execute(
        MODELS.insert(),
        [{"id": each, "name": name, "description": "", "last_number": 0, "revision": 1, "deleted_at": gone, **by}
         for each, (name, gone) in CALLED.items()],
    )  # fmt: skip
    session.execute(
        MODEL_NAMES.insert(),
        [{"model_id": each, "name": name, "valid_from": since, "valid_until": until, "named_by_id": ann.id}
         for each, name, since, until in NAMES],
    )  # fmt: skip
    return session


def _filled(session: Session, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = {name: accounts.named(session, name).id for name in PEOPLE}
    # Beyond all that were written before, so that what the fixtures did is told apart by its moment.
    rows = [
        event
        | {"id": 1_000_000 + number, "actor_id": ids.get(event["actor"]), "subject_id": None}
        # With a token only its owner acts.
        | ({} if event["actor"] == OWNER else {"token_id": None})
        for number, event in enumerate(events)
    ]
    if rows:
        session.execute(EVENTS.insert(), rows)
    return rows


def _signed_in(session: Session, eyes: Eyes) -> Principal:
    session.execute(delete(GRANTS).where(GRANTS.c.principal_id == eyes.id))
    ann = accounts.named(session, "ann")
    for place, level in eyes.granted:
        model_id = place if isinstance(place, int) else None
        pattern = None if isinstance(place, int) or place == "registry" else place
        grants.put(session, ann, level, on=Place(model_id, pattern), by=SYSTEM)
    session.flush()
    reach = SignIn().as_if(session, ann).reach
    return Principal(ann.id, "ann", is_administrator=eyes.administrator, reach=reach, limits=eyes.limits)


@dataclass(frozen=True)
class Case:
    """A log, a question, and who asks it how."""

    events: list[dict[str, Any]]
    asked: Asked
    granted: tuple[tuple[str | int, Level], ...]
    administrator: bool
    limits: Limits
    order: Order
    size: int


CASE = st.builds(
    Case,
    st.lists(EVENT, min_size=5, max_size=30),
    st.builds(_question, QUESTION, MODEL),
    _granted(),
    st.sampled_from([False, False, False, True]),
    LIMITS,
    st.sampled_from(list(Order)),
    st.integers(1, 5),
)


def _all(session: Session, case: Case, by: Principal) -> list[trail.Event]:
    question = trail.question(session, case.asked, by=by)
    found: list[trail.Event] = []
    cut: Cut | None = Cut(case.order)
    while cut:
        page = trail.page(session, question, cut, size=case.size, by=by)
        assert len(page.events) <= case.size
        found += page.events
        cut = page.next and Cut(case.order, page.next)
    return found


def _expected(
    case: Case, rows: list[dict[str, Any]], model_id: int | None, eyes: Eyes
) -> list[tuple[int, bool, Any]]:
    """The events that are to be found, whether in full, and with what details."""
    private = any(each is not None for each in (case.asked.address, case.asked.request_id, case.asked.token_id))
    enough = ("all",) if private else ("all", "part")
    found = [row for row in rows if eyes.sees(row) in enough and _answers(row, case.asked, model_id)]
    found.sort(key=lambda row: (row["at"], row["id"]), reverse=case.order is Order.NEWEST)
    if case.asked.text is not None:
        found = [row for row in found if eyes.sees_details(row)]
    return [(row["id"], eyes.sees(row) == "all", row["details"] if eyes.sees_details(row) else {}) for row in found]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=CASE)
def test_an_answer_is_what_a_naive_filter_finds(log: Session, case: Case) -> None:
    with log.begin_nested() as example:
        eyes = Eyes(accounts.named(log, "ann").id, case.administrator, case.granted, case.limits)
        by, rows = _signed_in(log, eyes), _filled(log, case.events)
        asks_of_a_model = case.asked.model is not None or case.asked.model_id is not None
        model_id = _model(case.asked, eyes) if asks_of_a_model else None
        if asks_of_a_model and model_id is None:
            with pytest.raises(NotFound):
                _all(log, case, by)
        else:
            found = _all(log, case, by)
            seen = [(event.id, event.address is not None, event.details) for event in found]
            assert seen == _expected(case, rows, model_id, eyes)
        example.rollback()
