"""Every call, tried by everybody: each gets what the row says, and whoever is not let in gets a 401 in JSON."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from assent.faces import FACES
from security import actors
from security.prepared import Prepared
from security.row import Row
from security.rows import ROWS
from security.words import filled, path_of

PREFIXES = {face.name: face.prefixes[0] for face in FACES}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.key))
def test_everybody_gets_what_the_row_says(row: Row, app: Flask, prepared: Prepared) -> None:
    known = prepared.world
    got = {actor: _try(app, row, known.headers[actor.name], known.words[actor.name]) for actor in actors.LET_IN}
    surprising = {
        actor.name: f"{answer.status_code} instead of {row.expects(actor)}: {answer.text[:300]}"
        for actor, answer in got.items()
        if answer.status_code != row.expects(actor)
    }
    assert surprising == {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.key))
def test_nobody_else_is_let_in(row: Row, still: Flask, prepared: Prepared) -> None:
    words = prepared.world.words["administrator"]
    for shown in actors.SHOWN_IN_VAIN:
        answer = _try(still, row, prepared.world.headers[shown], words)
        assert answer.status_code == row.unknown, f"{shown}: {answer.status}"
        if row.unknown == 401:
            assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
            assert answer.mimetype in ("application/json", "application/problem+json")


def _try(app: Flask, row: Row, headers: Mapping[str, str], words: Mapping[str, Any]) -> TestResponse:
    path = path_of(row.path, row.in_path, words)
    fields = filled(row.fields, words)
    options: dict[str, Any] = {"json": fields}
    if row.method == "GET":
        options = {"query_string": fields}
    elif row.as_form:
        options = {"data": fields}
    return app.test_client().open(PREFIXES[row.face] + path, method=row.method, headers=dict(headers), **options)
