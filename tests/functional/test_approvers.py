"""Who could approve a move now, as a page tells it, is whoever brings it nearer by approving."""

import re
from collections.abc import Mapping
from time import time
from typing import Any

import pytest
from flask import Flask

from support.browsing import Browser, signed_in
from support.calling import Caller
from support.counting import counted
from support.databases import ADMINISTRATOR, PASSWORD, PEOPLE
from support.gating import asked, gate, govern

TRY = "/administration/gates/production/try"
SPECS: Mapping[str, Mapping[str, Any]] = {
    "of whoever may decide": {"count": 2},
    "of a group": {"count": 2, "from": ["group:risk"]},
    "one at least of a group": {"count": 2, "at_least": {"group:risk": 1}},
    "excluding nobody": {"count": 3, "exclude": []},
    "excluding somebody": {"count": 2, "exclude": ["user:bob", "requester"]},
}


@pytest.fixture
def admin(app: Flask) -> Browser:
    """The browser of an administrator."""
    return signed_in(app, ADMINISTRATOR)


@pytest.fixture
def world(call: Caller) -> Caller:
    """A version of alice's; petra and stan are of risk through another group, and petra lets rita decide for her."""
    call.model()
    call.version()
    for group in ("risk", "leads"):
        call.by(ADMINISTRATOR).api("POST", "/groups", name=group)
    for name in ("petra", "stan"):
        _join(call, "leads", name)
    _join(call, "risk", "leads", "group")
    call.by("petra").api("POST", "/delegations", delegate="rita", until=round(time() * 1000) + 3_600_000)
    return call


def _join(call: Caller, group: str, name: str, kind: str = "user") -> None:
    call.by(ADMINISTRATOR).api("POST", "/memberships", group=group, kind=kind, name=name)


def _named(admin: Browser) -> set[str]:
    page = admin.ask(TRY, query_string={"model": "m", "version": "1"})
    assert page.status_code == 200, page.text
    part = re.search(r'aria-labelledby="who".*?</section>', page.text, re.DOTALL)
    assert part
    return {" ".join(each.split()) for each in re.findall(r'<li class="pill">([^<]+)', part[0])}


def _who_helps(call: Caller, request: int) -> set[str]:
    """Those whose approval brings the request nearer, each tried and taken back."""
    found = set()
    people = [*PEOPLE, ADMINISTRATOR]
    for name, place in [*((each, None) for each in people), *((each, "petra") for each in people)]:
        before = _told(call, request)
        sent = {"in_place_of": place} if place else {}
        answer = call.by(name).answer("POST", f"/api/v1/requests/{request}/approve", json=sent)
        if answer.status_code != 200:
            continue
        if _told(call, request) != before and "does not count" not in _told(call, request):
            found.add(f"{name} for {place}" if place else name)
        call.by(name).api("POST", f"/requests/{request}/take-back")
    return found


def _told(call: Caller, request: int) -> str:
    report = call.by(ADMINISTRATOR).api("GET", f"/requests/{request}")["report"]
    return next(str(each["why"]) for each in report["findings"] if each["requirement"] == "approvals")


@pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))
def test_those_who_could_approve_are_those_who_bring_it_nearer(
    admin: Browser, world: Caller, spec: Mapping[str, Any]
) -> None:
    govern(world, gate("Production", {"approvals": spec}))
    request = asked(world, "Production")["request"]["id"]
    assert _named(admin) == _who_helps(world, request) != set()


def test_after_one_approval_those_are_left_who_can_give_what_is_missing(admin: Browser, world: Caller) -> None:
    govern(world, gate("Production", {"approvals": SPECS["one at least of a group"]}))
    request = asked(world, "Production")["request"]["id"]
    assert "bob" in _named(admin)
    world.by("bob").api("POST", f"/requests/{request}/approve")
    assert _named(admin) == {"petra", "rita for petra"}


def test_who_may_not_know_who_is_in_which_group_is_told_no_names(app: Flask, world: Caller) -> None:
    govern(world, gate("Production", {"approvals": 1}))
    bob = Browser(app)
    bob.sign_in("bob")
    page = bob.ask(TRY, query_string={"model": "m", "version": "1"}).text
    assert "Administrators and auditors see names here" in page
    assert "petra" not in page


def test_trying_a_gate_is_few_statements_however_many_could_approve(
    admin: Browser, world: Caller, app: Flask
) -> None:
    counts = []
    for many in (0, 12):
        for number in range(many):
            world.by(ADMINISTRATOR).api("POST", "/users", name=f"u{number}", password=PASSWORD)
            _join(world, "leads", f"u{number}")
        govern(world, gate("Production", {"approvals": SPECS["of a group"]}, {"check": "ci"}))
        _named(admin)
        with counted(app) as statements:
            _named(admin)
        counts.append(len([each for each in statements if not each.startswith("BEGIN")]))
    assert counts[0] == counts[1]
    # Most of them judge the move, as explaining does.
    assert counts[0] <= 24
