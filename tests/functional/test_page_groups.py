"""The pages of groups, grants and trusted publishers, without a script."""

import re

import pytest
from flask import Flask

from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.publishing import publishers
from assent.access.publishing.publishers import Terms
from assent.access.signing_in.sign_in import SignIn
from assent.database import db, unit_of_work
from assent.registry import models
from support.browsing import Browser, message_of, signed_in
from support.counting import counted
from support.databases import TEST

GROUPS, GRANTS, PUBLISHERS = "/administration/groups", "/administration/grants", "/administration/publishers"
RISK = f"{GROUPS}/risk"


@pytest.fixture
def admins(app: Flask) -> Browser:
    """The administrator's browser."""
    return signed_in(app, "admin")


def _told(admins: Browser, action: str, on: str, **typed: str) -> str:
    answer = admins.submit(action, on=on, **typed)
    return message_of(answer if answer.status_code != 303 else admins.ask(answer.headers["Location"]))


def test_a_group_is_created_filled_emptied_renamed_and_dissolved(admins: Browser) -> None:
    assert "Nobody is in it" in _told(admins, GROUPS, GROUPS, name="risk")
    _told(admins, GROUPS, GROUPS, name="a/b & c")
    assert _told(admins, f"{RISK}/add", RISK, kind="user", who="alice") == "alice is in the group risk."
    _told(admins, f"{RISK}/add", RISK, kind="group", who="a/b & c")
    assert _members(admins) == ["alice", "a/b &amp; c"]
    assert _told(admins, f"{RISK}/remove", RISK, kind="user", who="alice") == "alice is in the group risk no more."
    assert _members(admins) == ["a/b &amp; c"]
    assert _told(admins, f"{RISK}/rename", RISK, new_name="risks") == "The group risk is called risks now."
    dissolving = f"{GROUPS}/risks/dissolve"
    assert _told(admins, dissolving, f"{GROUPS}/risks") == "The group risks is dissolved."
    assert admins.ask(f"{GROUPS}/risks").status_code == 404


def _members(browser: Browser) -> list[str]:
    page = browser.ask(RISK).text
    return re.findall(r'<p class="what"><a[^>]*>(.*?)</a>', page)


def test_who_is_in_a_group_through_others_is_told_with_the_way(admins: Browser) -> None:
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        risk, leads, inner = (groups.create(session, name, by=SYSTEM) for name in ("risk", "leads", "inner"))
        groups.add(session, risk, leads, by=SYSTEM)
        groups.add(session, leads, inner, by=SYSTEM)
        groups.add(session, inner, accounts.named(session, "alice"), by=SYSTEM)
        groups.add(session, leads, accounts.named(session, "bob"), by=SYSTEM)
    found = re.findall(r"<li data-row><a[^>]*>(\w+)</a> .*?through</span> <a[^>]*>(\w+)</a>", admins.ask(RISK).text)
    assert found == [("alice", "inner"), ("bob", "leads")]


def test_what_cannot_be_is_told_with_what_was_typed(admins: Browser) -> None:
    _told(admins, GROUPS, GROUPS, name="risk")
    nobody = admins.submit(f"{RISK}/add", on=RISK, kind="group", who="nobody <b>")
    assert (nobody.status_code, message_of(nobody)) == (404, "There is no group nobody <b>.")
    assert 'value="nobody &lt;b&gt;"' in nobody.text
    assert 'value="group" selected' in nobody.text
    itself = admins.submit(f"{RISK}/add", on=RISK, kind="group", who="risk")
    assert itself.status_code == 409


def test_a_grant_is_given_and_taken(admins: Browser) -> None:
    said = {"kind": "user", "who": "rita", "level": "CAN_EDIT", "pattern": "churn-*"}
    assert _told(admins, GRANTS, GRANTS, **said) == "rita has CAN_EDIT on models named churn-*."
    assert "<code>churn-*</code>" in admins.ask(GRANTS).text
    assert _told(admins, f"{GRANTS}/take", GRANTS, **said) == "rita has CAN_EDIT on models named churn-* no more."
    assert "<code>churn-*</code>" not in admins.ask(GRANTS).text


def test_a_grant_that_cannot_be_keeps_what_was_typed(admins: Browser) -> None:
    refused = admins.submit(GRANTS, on=GRANTS, kind="user", who="rita", level="CAN_AUDIT", pattern="churn-*")
    assert refused.status_code == 400
    assert "granted on the whole registry" in message_of(refused)
    assert 'value="CAN_AUDIT" selected' in refused.text
    assert 'value="churn-*"' in refused.text


def test_explain_tells_what_counts_and_what_is_shut_out(admins: Browser) -> None:
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        models.create(session, "churn secret", by=SignIn().as_if(session, accounts.named(session, "bob")))
        interns = groups.create(session, "interns", by=SYSTEM)
        groups.add(session, interns, accounts.named(session, "rita"), by=SYSTEM)
        grants.give(session, interns, Level.NO_PERMISSIONS, on=Place(pattern="churn*"), by=SYSTEM)
    page = admins.ask(GRANTS, query_string={"kind": "user", "who": "rita", "model": "churn secret"}).text
    verdict = re.sub(r"<[^>]+>|\s+", " ", page[page.index('class="verdict"') : page.index('id="list"')])
    said = re.sub(r" +", " ", verdict)
    assert "rita may do nothing with churn secret" in said
    assert "counts NO_PERMISSIONS on models named churn* , given to the group interns" in said
    assert "shut out CAN_READ on the whole registry, given to rita" in said
    nothing = admins.ask(GRANTS, query_string={"kind": "user", "who": "rita", "model": "no such"})
    assert "no such not found" in message_of(nothing)


def test_a_publisher_is_trusted_and_revoked(admins: Browser) -> None:
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
    said = {
        "name": "release",
        "issuer": "https://token.actions.githubusercontent.com",
        "claims": "repository = acme/churn\nenvironment=prod*",
        "service_account": "ci",
        "pattern": "churn-*",
    }
    refused = admins.submit(PUBLISHERS, on=PUBLISHERS, **said)
    assert (refused.status_code, message_of(refused)) == (400, "scopes: Name what its tokens may be used for.")
    assert "repository = acme/churn" in refused.text
    leads_to = admins.submit(PUBLISHERS, on=PUBLISHERS, scope_register="true", **said).headers["Location"]
    page = admins.ask(leads_to).text
    assert "<code>environment=prod*</code> and <code>repository=acme/churn</code>" in page
    assert "ended within seconds" in page
    admins.submit(f"{leads_to}/revoke", on=leads_to)
    assert "revoked</span>" in admins.ask(leads_to).text
    assert "No publisher is trusted yet." in admins.ask(PUBLISHERS).text


def test_a_claim_that_is_no_pair_is_refused(admins: Browser) -> None:
    refused = admins.submit(PUBLISHERS, on=PUBLISHERS, claims="acme/churn")
    assert message_of(refused) == "claims: Write acme/churn as NAME=PATTERN."


@pytest.mark.parametrize("path", [GROUPS, RISK, GRANTS, PUBLISHERS])
def test_a_page_takes_as_many_statements_whatever_there_is(admins: Browser, path: str) -> None:
    counts = set()
    with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
        groups.create(session, "risk", by=SYSTEM)
        accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
    for batch in range(2):
        with counted(admins.app) as statements:
            assert admins.ask(path).status_code == 200
        counts.add(len(statements))
        with admins.app.app_context(), unit_of_work(db.engine, TEST) as session:
            risk = groups.named(session, "risk")
            for number in range(10):
                inner = groups.create(session, f"inner {batch} {number}", by=SYSTEM)
                groups.add(session, inner, accounts.named(session, "alice"), by=SYSTEM)
                groups.add(session, risk, inner, by=SYSTEM)
                grants.give(session, risk, Level.CAN_READ, on=Place(pattern=f"{batch}{number}-*"), by=SYSTEM)
                terms = Terms("https://gitlab.com", {"project_path": "acme/x"}, "ci", limits(["read"], "x-*"))
                publishers.create(session, f"publisher {batch} {number}", terms, by=SYSTEM)
    assert len(counts) == 1
    assert max(counts) <= 12
