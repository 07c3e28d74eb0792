"""Trusted publishers over the native API: said, listed, revoked, by administrators and by who manages a model."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.calling import Caller
from support.databases import PostgresDatabases, SqliteDatabases
from support.serving import serving

GITHUB = "https://token.actions.githubusercontent.com"
SAID: dict[str, Any] = {
    "name": "release",
    "issuer": GITHUB,
    "claims": {"repository": "acme/fraud"},
    "service_account": "ci",
    "scopes": ["read", "register"],
}


@pytest.fixture(scope="module")
def call(databases: SqliteDatabases | PostgresDatabases) -> Iterator[Caller]:
    """A registry with the model fraud, of which alice and ci manage what they may."""
    with databases.copy() as url, serving(url) as app:
        call = Caller(app.test_client())
        call.by("admin").api("POST", "/service-accounts", name="ci")
        call.model("fraud")
        call.api("PUT", "/models/fraud/permissions", kind="service_account", name="ci", level="CAN_EDIT")
        yield call


def test_an_administrators_publisher_is_told_until_it_is_revoked(call: Caller) -> None:
    admin = call.by("admin")
    made = admin.api("POST", "/publishers", **SAID, pattern="fraud-*", targets=["staging", "@next"])
    assert {name: value for name, value in made.items() if name not in ("id", "created_at")} == {
        **SAID,
        "model": None,
        "pattern": "fraud-*",
        "targets": ["@next", "Staging"],
        "created_by": "admin",
        "revoked_at": None,
    }
    assert admin.api("GET", "/publishers")["publishers"] == [made]
    admin.api("DELETE", f"/publishers/{made['id']}")
    assert admin.api("GET", "/publishers")["publishers"] == []
    assert admin.api("GET", f"/publishers/{made['id']}")["revoked_at"] is not None


def test_a_managers_publisher_is_of_their_model(call: Caller) -> None:
    made = call.api("POST", "/models/fraud/publishers", **SAID)
    assert (made["model"], made["pattern"], made["targets"], made["created_by"]) == ("fraud", None, None, "alice")
    assert call.api("GET", "/models/fraud/publishers")["publishers"] == [made]
    assert call.by("admin").api("GET", "/publishers", after=made["id"] - 1)["publishers"] == [made]
    call.api("DELETE", f"/models/fraud/publishers/{made['id']}")
    assert call.api("GET", "/models/fraud/publishers")["publishers"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"claims": {}}, "claims"),
        ({"claims": {"environment": "production"}}, "say whose are meant"),
        ({"claims": {"repository": 7}}, "claims"),
        ({"issuer": "http://issuer.example"}, "issuer"),
        ({"scopes": []}, "scope"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"targets": []}, "targets"),
        ({"targets": ["Nowhere"]}, "Nowhere"),
        ({"pattern": "a/b"}, "pattern"),
        ({"pattern": None}, "pattern"),
        ({"name": ""}, "name"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_wrong_is_named(call: Caller, change: dict[str, Any], said: str) -> None:
    refused = call.by("admin").api("POST", "/publishers", status=400, **{**SAID, "pattern": "*", **change})
    assert said in refused["detail"]


def test_whom_it_acts_as_must_be_a_service_account(call: Caller) -> None:
    unknown = SAID | {"service_account": "alice", "pattern": "*"}
    assert "no service account alice" in call.by("admin").api("POST", "/publishers", status=404, **unknown)["detail"]


def test_managers_name_no_issuer_that_the_server_is_not_set_up_with(call: Caller) -> None:
    strange = SAID | {"issuer": "https://issuer.example"}
    refused = call.api("POST", "/models/fraud/publishers", status=403, **strange)
    assert GITHUB in refused["detail"]


def test_a_name_is_taken_once(call: Caller) -> None:
    call.by("admin").api("POST", "/publishers", **SAID | {"name": "twice", "pattern": "*"})
    call.by("admin").api("POST", "/publishers", status=409, **SAID | {"name": "twice", "pattern": "*"})
