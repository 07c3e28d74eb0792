"""Requests, checks and rules."""

from assent.audit.actions import Action
from security.way import Reason, beside, by_face
from security.ways.mlflow import LOOKALIKES

_way, _databricks = by_face("api"), by_face("databricks")
_REQUEST = "/requests/<int:request_id>"
_VERSION = {"<name>": "{model}", "<number>": "1"}
# Open, of the version, opened by somebody else: into Production, under @champion, and away.
_EACH = tuple({"<request_id>": f"{{{what}}}"} for what in ("production", "champion", "deletion"))
_SAID = {"comment": "It is fine."}
_PAST = 1
_FAR = 4_000_000_000_000
_BY_STAGE = tuple({"name": "{model}", "version": "1", "stage": stage} for stage in LOOKALIKES)
_IN = {"name": "{model}", "version": "1", "stage": "Production"}
_MINE = {**_IN, "stage": "Staging"}
_REQUESTS = "/mlflow/transition-requests"
# Beside the stage that a gate guards, another of its tier.
_BESIDE = {
    "name": "beside",
    "models": ["guarded-*"],
    "stages": [{"name": "Production", "tier": "production"}, {"name": "Live", "tier": "production"}],
}

WAYS = (
    _way(
        *("POST", "/models/<name>/versions/<int:number>/requests"),
        *({**_VERSION, "to": to} for to in (*LOOKALIKES, "@champion", "deletion", "Deletion")),
        *({**_VERSION, "to": "Production", "not_before": when} for when in (_PAST, _FAR)),
        {**_VERSION, "to": "Production", "archive_existing": True},
    ),
    _way(
        *("POST", "/models/<name>/requests"),
        *({"<name>": "{model}", "to": to} for to in ("deletion", "Production", "@champion")),
    ),
    _way("POST", f"{_REQUEST}/look", *_EACH),
    _way("POST", f"{_REQUEST}/approve", *_EACH, *({**each, "in_place_of": "bob"} for each in _EACH)),
    _way("POST", f"{_REQUEST}/take-back", *_EACH),
    _way("POST", f"{_REQUEST}/reject", *({**each, **_SAID} for each in _EACH)),
    _way("POST", f"{_REQUEST}/withdraw", *_EACH),
    _way("POST", f"{_REQUEST}/override", *({**each, **_SAID} for each in _EACH)),
    _way("POST", f"{_REQUEST}/comments", *({**each, "text": "Approved. @petra"} for each in _EACH)),
    _way("POST", f"{_REQUEST}/review", *({**each, **_SAID} for each in _EACH)),
    _databricks("POST", f"{_REQUESTS}/create", *_BY_STAGE, _MINE),
    _databricks(
        *("POST", f"{_REQUESTS}/approve"),
        *_BY_STAGE,
        *({**_IN, "archive_existing_versions": archive} for archive in (True, False)),
    ),
    _databricks("POST", f"{_REQUESTS}/reject", {**_IN, **_SAID}),
    _databricks("DELETE", f"{_REQUESTS}/delete", *({**_IN, "creator": who} for who in ("rita", "{me}"))),
    _databricks(
        *("POST", "/mlflow/databricks/model-versions/transition-stage"),
        *_BY_STAGE,
        {**_IN, "archive_existing_versions": True, "comment": "Approved."},
    ),
    _way(
        *("POST", "/models/<name>/versions/<int:number>/checks"),
        {**_VERSION, "name": "ci/evaluation", "state": "passed", "metrics": {"auc": 1.0}},
    ),
    _way("POST", "/delegations", *({"delegate": who, "until": "{tomorrow}"} for who in ("alice", "petra", "{me}"))),
    _way("POST", "/delegations/<int:number>/revoke", {"<number>": "1"}),
    beside("api", "POST", "/gates/plan", Reason.READS),
    _way(
        *("POST", "/gates/apply"),
        {"lifecycles": [_BESIDE]},
        {"freezes": []},
        {"gates": []},
        told_by=Action.RULE_REMOVED,
    ),
)
