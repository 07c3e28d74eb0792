"""How many statements a call takes: one for a hot read, and never more for a longer list."""

import pytest
from flask import Flask

from support.calling import Caller
from support.counting import counted


@pytest.fixture
def filled(call: Caller) -> Caller:
    """A model with a version, an alias and a tag; alice's credentials are known already."""
    call.model()
    call.version(tags=[{"key": "k", "value": "v"}])
    call.point("champion", "1")
    call.move("1", "Production")
    return call


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/model-versions/get", {"name": "m", "version": "1"}),
        ("/model-versions/get-download-uri", {"name": "m", "version": "1"}),
        ("/registered-models/alias", {"name": "m", "alias": "champion"}),
        ("/registered-models/get-latest-versions", {"name": "m", "stages": "Production"}),
        ("/registered-models/get", {"name": "m"}),
        ("/model-versions/search", {"filter": "tags.k = 'v'"}),
        ("/registered-models/search", {"filter": "name LIKE 'm%'"}),
    ],
)
def test_a_read_is_one_statement_and_no_transaction(
    app: Flask, filled: Caller, path: str, fields: dict[str, str]
) -> None:
    with counted(app) as statements:
        filled("GET", path, **fields)
    assert len(statements) == 1
    assert statements[0].startswith(("SELECT", "WITH"))


def test_the_statements_of_a_list_do_not_grow_with_its_rows(app: Flask, filled: Caller) -> None:
    counts = set()
    for _ in range(3):
        for path in ("/model-versions/search", "/registered-models/search"):
            with counted(app) as statements:
                filled("GET", path)
            counts.add(len(statements))
        for _ in range(5):
            filled.version(tags=[{"key": "k", "value": "v"}, {"key": "l", "value": "w"}])
    assert counts == {1}


@pytest.mark.parametrize(
    ("path", "fields", "most"),
    [
        ("/model-versions/set-tag", {"name": "m", "version": "1", "key": "k", "value": "w"}, 4),
        # And the rules, of which one may go by the tag.
        ("/registered-models/set-tag", {"name": "m", "key": "k", "value": "w"}, 5),
        # And the rules, whether it is quarantined, and whether a request for it is open.
        ("/registered-models/alias", {"name": "m", "version": "1", "alias": "new"}, 7),
        ("/registered-models/alias", {"name": "m", "version": "2", "alias": "champion"}, 7),
        (
            "/model-versions/transition-stage",
            {"name": "m", "version": "2", "stage": "Production", "archive_existing_versions": True},
            7,
        ),
    ],
)
def test_a_write_with_its_audit_event_is_a_few_statements(
    app: Flask, filled: Caller, path: str, fields: dict[str, object], most: int
) -> None:
    filled.version()
    filled("POST", "/registered-models/set-tag", name="m", key="seen", value="the rules, which are remembered")
    with counted(app) as statements:
        filled("POST", path, **fields)
    assert len([each for each in statements if not each.startswith("BEGIN")]) <= most


def test_registering_with_tags_is_five_statements(app: Flask, filled: Caller) -> None:
    tags = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    with counted(app) as statements:
        filled("POST", "/model-versions/create", name="m", source="s3://b/m", tags=tags)
    # One of them asks whether somebody else's version has the source.
    assert len([each for each in statements if not each.startswith("BEGIN")]) <= 5


def test_credentials_that_are_known_cost_no_statement(app: Flask, filled: Caller) -> None:
    with counted(app) as statements:
        filled("GET", "/model-versions/get", name="m", version="1")
        filled("GET", "/model-versions/get", name="m", version="1")
    assert len(statements) == 2
