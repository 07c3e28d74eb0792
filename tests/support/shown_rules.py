"""Who works in the registry that is shown, and by what rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

from assent.access.credentials import tokens
from assent.access.granting import grants
from assent.access.granting.grants import Place
from assent.access.people import accounts, groups
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import SYSTEM, Kind
from assent.access.publishing import publishers
from assent.access.publishing.publishers import Terms
from assent.governance import policy
from assent.governance.requests.records import delegations
from assent.kernel.clock import now
from support.databases import ADMINISTRATOR, NEW_PASSWORD
from support.scenes import DAY, Scene

MEMBERS = {"risk": ["petra", "carol"], "leads": ["bob", "alice"], "oncall": ["stan"]}
LONG_NAME = "Dr. Anna-Katharina von Habsburg-Lothringen"
_APPROVALS = {
    "count": 2,
    "from": ["group:risk", "group:leads"],
    "at_least": {"group:risk": 1},
    "exclude": ["requester"],
}


def _people(then: Scene) -> None:
    session, root = then.session, then.by(ADMINISTRATOR)
    for name, level in (("carol", Level.CAN_MANAGE_PRODUCTION_VERSIONS), (LONG_NAME, Level.CAN_READ)):
        somebody = accounts.create(session, name, password=NEW_PASSWORD, by=root)
        grants.give(session, somebody, level, by=root)
    grants.give(session, accounts.create(session, "iris", password=NEW_PASSWORD, by=root), Level.CAN_AUDIT, by=root)
    left = accounts.create(session, "dan", by=root)
    ci = accounts.create(session, "ci", kind=Kind.SERVICE_ACCOUNT, by=root)
    grants.give(session, ci, Level.CAN_EDIT, by=root)
    for name, members in MEMBERS.items():
        group = groups.create(session, name, by=root)
        for each in members:
            groups.add(session, group, accounts.named(session, each), by=root)
    reviewers = groups.create(session, "reviewers", by=root)
    for name in ("risk", "leads"):
        groups.add(session, reviewers, groups.named(session, name), by=root)
    grants.give(session, groups.named(session, "risk"), Level.CAN_READ, on=Place(pattern="credit-*"), by=root)
    grants.give(session, groups.named(session, "leads"), Level.CAN_EDIT, on=Place(pattern="*-fraud"), by=root)
    accounts.disable(session, left, by=root)
    tokens.create(session, ci, by=SYSTEM, limits=limits(["register"]), label="nightly")
    terms = Terms(
        "https://gitlab.com",
        {"project_path": "bank/fraud", "ref_protected": "true"},
        "ci",
        limits(["read", "register"], pattern="fraud-*"),
    )
    publishers.create(session, "fraud pipeline", terms, by=root)


def _first_rules(then: Scene) -> None:
    policy.apply(then.session, {"gates": _gates(count=1)}, by=then.by(ADMINISTRATOR))


def _rules(then: Scene) -> None:
    policy.apply(then.session, {"gates": _gates(), **_more()}, by=then.by(ADMINISTRATOR))


def _on_leave(then: Scene) -> None:
    until = now() + 9 * DAY * 1000
    delegations.give(then.session, "edith", by=then.by("petra"), until=until, reason="On leave until the 2nd.")


def _gates(count: int = 2) -> list[dict[str, Any]]:
    production = {"stage": "Production"}
    return [
        {
            "name": "production",
            "models": ["fraud-*", "pricing-*"],
            "target": production,
            "require": [
                {"approvals": {**_APPROVALS, "count": count}},
                {"check": {"name": "ci/evaluation", "max_age": "30d"}},
                {"metric": {"key": "auc", "at_least": 0.85}},
                {"metric": {"key": "auc", "against": "incumbent", "may_drop": 0.01}},
                {"annotation": {"description": "required", "tags": ["owner"], "card": ["Intended use"]}},
                {"lineage": ["snapshot", "commit", "dataset"]},
            ],
            "expires_after": "20d",
            "rollback": {"approvals": 1},
            "override": {"by": ["group:oncall"], "review_within": "72h"},
        },
        {
            "name": "signed",
            "models": ["credit-*"],
            "target": production,
            "require": [{"approvals": {"count": 1, "from": ["group:risk"]}}, {"comments_resolved": True}],
            "signature": True,
        },
        {"name": "champion", "models": ["fraud-*"], "target": {"alias": "champion"}, "require": [{"approvals": 1}]},
        {"name": "kept", "models": ["credit-*"], "target": {"deletion": "version"}, "require": [{"approvals": 1}]},
    ]


def _more() -> dict[str, Any]:
    targets = [{"stage": "Production"}]
    quarter = {"name": "quarter-end", "models": ["pricing-*"], "targets": targets, "zone": "Europe/Berlin"}
    year = {"name": "year-end", "targets": targets, "zone": "Europe/Berlin"}
    return {
        "freezes": [
            quarter | {"from": _day(-4), "until": _day(5)},
            year | {"from": "2027-12-20T00:00", "until": "2028-01-04T08:00"},
        ],
        "lifecycles": [
            {
                "name": "risk",
                "models": ["risk-*"],
                "stages": [
                    {"name": "UAT", "tier": "staging"},
                    {"name": "Shadow", "tier": "production"},
                    {"name": "Production", "tier": "production"},
                ],
                "moves": {
                    "None": ["UAT"],
                    "UAT": ["Shadow", "Archived"],
                    "Shadow": ["Production", "UAT", "Archived"],
                    "Production": ["Archived"],
                    "Archived": ["UAT"],
                },
            }
        ],
    }


def _day(from_today: int) -> str:
    return (datetime.now(UTC) + timedelta(days=from_today)).strftime("%Y-%m-%dT00:00")


SCENES = (
    (60, _people),
    (45, _first_rules),
    (40, _rules),
    (1, _on_leave),
)
