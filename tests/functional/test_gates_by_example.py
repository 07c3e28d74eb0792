"""The page of worked examples shows what a live registry answers, each example as it is written.

To write it anew: `ASSENT_WRITE_PAGES=yes pytest tests/functional/test_gates_by_example.py`.
"""

import os
import re
from pathlib import Path

from sqlalchemy.orm import Session

from assent.access.credentials import tokens
from assent.access.granting import grants
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.signing_in.sign_in import SignIn
from assent.access.tables import Account
from assent.database import unit_of_work
from assent.registry import models, tags, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from support import told_pages
from support.databases import ADMINISTRATOR, NEW_PASSWORD, TEST, PostgresDatabases, SqliteDatabases, engine_for
from support.server import Server

PAGE = Path(__file__).parents[2] / "docs" / "gates-by-example.md"
FILE = re.compile(r"```yaml\n# ([\w-]+\.yaml)\n(.*?)```", re.DOTALL)
TIMES = re.compile(r"202\d-\d\d-\d\d \d\d:\d\d:\d\d UTC")
REVIEWERS = {"rita": "risk", "linus": "leads", "iris": "oncall"}
MODELS = ("fraud", "credit", "churn", "pricing", "ranking")


def test_the_page_shows_what_the_registry_answers(
    databases: SqliteDatabases | PostgresDatabases, tmp_path: Path
) -> None:
    page = PAGE.read_text()
    for name, content in FILE.findall(page):
        (tmp_path / name).write_text(content)
    with databases.copy() as url:
        shown = _people(url)
        with Server.start(url, tmp_path / "server") as server:
            environment = told_pages.environment(server.url, **shown)
            again = told_pages.Reader(tmp_path, environment).read(page)
    again = TIMES.sub("2026-11-23 17:40:00 UTC", again)
    if os.environ.get("ASSENT_WRITE_PAGES"):
        PAGE.write_text(again)
    assert again == page


def _user(session: Session, name: str) -> Account:
    """Rita is there already."""
    return (
        accounts.named(session, name)
        if name == "rita"
        else accounts.create(session, name, password=NEW_PASSWORD, by=SYSTEM)
    )


def _people(url: str) -> dict[str, str]:
    """The tokens of those whom the page is about, and models with two versions each."""
    engine = engine_for(url)
    shown = {}
    with unit_of_work(engine, TEST) as session:
        ci = accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=SYSTEM)
        grants.give(session, ci, Level.CAN_EDIT, by=SYSTEM)
        shown["CI"] = tokens.create(session, ci, by=SYSTEM).secret
        shown["ADMIN"] = tokens.create(session, accounts.named(session, ADMINISTRATOR), by=SYSTEM).secret
        for name, group in REVIEWERS.items():
            who = _user(session, name)
            grants.give(session, who, Level.CAN_MANAGE_PRODUCTION_VERSIONS, by=SYSTEM)
            groups.add(session, groups.create(session, group, by=SYSTEM), who, by=SYSTEM)
            shown[name.upper()] = tokens.create(session, who, by=SYSTEM).secret
        alice = SignIn().as_if(session, accounts.named(session, "alice"))
        for name in MODELS:
            models.create(session, name, by=alice)
            for _ in range(2):
                versions.register(session, name, Registration("s3://bucket/m"), by=alice, rules=SourceRules())
        tags.set_on_model(session, "ranking", "team", "ranking", by=alice)
        tags.set_on_version(session, "ranking", 1, "risk", "low", by=alice)
    engine.dispose()
    return shown
