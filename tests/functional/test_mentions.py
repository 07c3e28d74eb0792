"""Whom a comment mentions: users who may read the model, and nobody learns of any others."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Kind, Principal
from assent.access.signing_in.sign_in import SignIn
from assent.annotations import comments, threads
from assent.governance import moves
from assent.registry import models, permissions, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from support.calling import Caller
from support.serving import serving


@pytest.fixture(autouse=True)
def model(session: Session, alice: Principal) -> int:
    """A model with a version."""
    created = models.create(session, "m", by=alice)
    versions.register(session, "m", Registration("s3://b/m"), by=alice, rules=SourceRules())
    return created.id


def _mentions(session: Session, alice: Principal, text: str) -> list[str]:
    session.flush()
    return comments.write(session, "m", 1, text, by=alice).mentions


def _add(session: Session, name: str, *levels: tuple[Level, Place], kind: Kind = Kind.USER) -> None:
    somebody = accounts.create(session, name, by=SYSTEM, kind=kind)
    for level, on in levels:
        grants.put(session, somebody, level, on=on, by=SYSTEM)


def test_who_is_named_is_mentioned_once_and_by_name(session: Session, alice: Principal) -> None:
    assert _mentions(session, alice, "@rita, @bob: see (@rita) and **@stan**!") == ["bob", "rita", "stan"]


def test_who_is_nobody_is_text(session: Session, alice: Principal) -> None:
    assert _mentions(session, alice, "@nobody, rita@bob.example, `@rita` and @ rita") == []


@pytest.mark.parametrize("name", ["ann@example.org", "Ann Lee", "Åse", "a.b.", "d'Arc", "x" * 128])
def test_any_name_can_be_mentioned(session: Session, alice: Principal, name: str) -> None:
    _add(session, name, (Level.CAN_READ, Place()))
    assert _mentions(session, alice, f'Ask @"{name}".') == [name]
    if " " not in name:
        assert _mentions(session, alice, f"Ask @{name}.") == [name]


@pytest.mark.parametrize(
    ("granted", "is_mentioned"),
    [
        ([], False),
        ([(Level.CAN_READ, Place())], True),
        ([(Level.CAN_READ, Place(pattern="m*"))], True),
        ([(Level.CAN_READ, Place(pattern="n*"))], False),
        ([(Level.CAN_READ, Place()), (Level.NO_PERMISSIONS, Place(pattern="m"))], False),
        ([(Level.CAN_CREATE_REGISTERED_MODEL, Place())], False),
        ([(Level.CAN_AUDIT, Place()), (Level.NO_PERMISSIONS, Place(pattern="m"))], True),
    ],
)
def test_who_may_read_the_model_by_its_name_is_mentioned(
    session: Session, alice: Principal, granted: list[tuple[Level, Place]], is_mentioned: bool
) -> None:
    _add(session, "ann", *granted)
    assert _mentions(session, alice, "@ann") == (["ann"] if is_mentioned else [])


def test_a_grant_on_the_model_itself_counts_first(session: Session, alice: Principal, model: int) -> None:
    _add(session, "ann", (Level.CAN_READ, Place(model)))
    _add(session, "ben", (Level.CAN_MANAGE, Place()), (Level.NO_PERMISSIONS, Place(model)))
    models.create(session, "other", by=alice)
    other = permissions.named(session, "other", by=alice).id
    _add(session, "cem", (Level.CAN_READ, Place(other)))
    assert _mentions(session, alice, "@ann @ben @cem") == ["ann"]


def test_who_reads_through_a_group_in_a_group_is_mentioned(session: Session, alice: Principal) -> None:
    _add(session, "ann")
    _add(session, "ben")
    outer, inner = (groups.create(session, name, by=SYSTEM) for name in ("outer", "inner"))
    groups.add(session, outer, inner, by=SYSTEM)
    groups.add(session, inner, accounts.named(session, "ann"), by=SYSTEM)
    grants.put(session, outer, Level.CAN_READ, on=Place(), by=SYSTEM)
    assert _mentions(session, alice, "@ann @ben") == ["ann"]


def test_administrators_are_mentioned(session: Session, alice: Principal) -> None:
    assert _mentions(session, alice, "@admin") == ["admin"]


def test_service_accounts_and_the_disabled_are_not(session: Session, alice: Principal) -> None:
    _add(session, "robot", (Level.CAN_READ, Place()), kind=Kind.SERVICE_ACCOUNT)
    accounts.disable(session, accounts.named(session, "rita"), by=SYSTEM)
    assert _mentions(session, alice, "@robot @rita") == []


def test_the_level_that_everybody_has_counts(session: Session) -> None:
    _add(session, "ann")
    by = SignIn(Level.CAN_READ).as_if(session, accounts.named(session, "alice"))
    assert _mentions(session, by, "@ann") == ["ann"]


def test_an_edit_mentions_whom_the_new_text_does(session: Session, alice: Principal) -> None:
    written = comments.write(session, "m", 1, "@rita @bob", by=alice)
    assert comments.edit(session, written.id, "@bob @stan", by=alice).mentions == ["bob", "stan"]
    assert comments.delete(session, written.id, by=alice).mentions == []


def _mentioning(session: Session, name: str, **which: Any) -> list[str]:
    by = SignIn().as_if(session, accounts.named(session, name))
    return [each.text for each in threads.mentioning(session, by=by, **which)]


def test_everybody_sees_where_they_are_mentioned(session: Session, alice: Principal) -> None:
    first, _, last = (comments.write(session, "m", 1, text, by=alice) for text in ("1 @rita", "2 @bob", "3 @rita"))
    assert _mentioning(session, "rita") == ["3 @rita", "1 @rita"]
    assert _mentioning(session, "rita", before=last.id) == ["1 @rita"]
    comments.delete(session, first.id, by=alice)
    assert _mentioning(session, "rita") == ["3 @rita"]


def test_what_is_deleted_or_out_of_a_tokens_names_mentions_nobody(session: Session, alice: Principal) -> None:
    comments.write(session, "m", 1, "1 @rita", by=alice)
    rita = SignIn().as_if(session, accounts.named(session, "rita"))
    elsewhere = Principal(rita.id, "rita", reach=rita.reach, limits=limits(pattern="n*"))
    assert threads.mentioning(session, by=elsewhere) == []
    moves.delete_version(session, "m", 1, by=alice)
    assert _mentioning(session, "rita") == []


def test_what_one_may_not_read_any_more_mentions_nobody(session: Session, alice: Principal, model: int) -> None:
    comments.write(session, "m", 1, "1 @rita", by=alice)
    grants.put(session, accounts.named(session, "rita"), Level.NO_PERMISSIONS, on=Place(model), by=SYSTEM)
    session.flush()
    assert _mentioning(session, "rita") == []


def test_mentions_are_told_over_http(call: Caller) -> None:
    call.model()
    call.version()
    written = call.api("POST", "/models/m/versions/1/comments", text="See @rita.")
    assert written["mentions"] == ["rita"]
    assert call.by("rita").api("GET", "/mentions") == {"mentions": [written]}
    assert call.by("bob").api("GET", "/mentions") == {"mentions": []}
    assert call.by("rita").api("GET", "/mentions", before=written["id"]) == {"mentions": []}


def test_the_default_level_of_the_service_counts(database_url: str) -> None:
    with serving(database_url, default_level=Level.CAN_READ) as app:
        assert _mentions_of_a_newcomer(app) == ["ann"]
    with serving(database_url) as app:
        assert _mentions_of_a_newcomer(app, "ben") == []


def _mentions_of_a_newcomer(app: Flask, name: str = "ann") -> list[str]:
    call = Caller(app.test_client())
    call.by("admin").api("POST", "/users", name=name)
    call.model(f"of {name}")
    call.version(f"of {name}")
    written = call.api("POST", f"/models/of {name}/versions/1/comments", text=f"@{name}")
    told: list[str] = written["mentions"]
    return told
