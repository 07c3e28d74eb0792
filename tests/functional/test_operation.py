"""What operators see: health, readiness, metrics, logs, request ids, the page of the contract."""

import json
import logging
import re
from pathlib import Path

import pytest
from flask import Flask

from assent.app import create_app
from assent.http.logs import JsonLines
from support.calling import Caller
from support.databases import settings_for


def test_a_service_on_an_unmigrated_database_is_not_ready(tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path}/empty.db"))
    answer = app.test_client().get("/ready")
    assert answer.json is not None
    assert answer.status_code == 503
    assert "assent db upgrade" in answer.json["detail"]
    assert app.test_client().get("/health").status_code == 200


def test_a_database_that_is_gone_is_told_as_such() -> None:
    app = create_app(settings_for("postgresql://nobody@127.0.0.1:1/nothing"))
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    refused = app.test_client().get("/api/2.0/mlflow/registered-models/get", auth=("alice", "x"))
    assert refused.json is not None
    assert (refused.status_code, refused.json["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")


def test_requests_are_counted_by_route(call: Caller) -> None:
    call.model()
    call("GET", "/registered-models/get", name="m")
    text = call.answer("GET", "/metrics").text
    series = 'assent_requests_total{method="GET",route="/api/2.0/mlflow/registered-models/get",status="200"}'
    counted = re.search(rf"{re.escape(series)} (\S+)", text)
    assert counted is not None
    assert float(counted[1]) >= 1


def test_a_method_that_nobody_knows_makes_no_series_of_its_own(call: Caller) -> None:
    assert call.answer("BREW", "/api/v1/me").status_code == 405
    assert "BREW" not in call.answer("GET", "/metrics").text


@pytest.mark.parametrize("given", ["build-7", "a.b_c"])
def test_a_request_id_comes_back(sqlite_call: Caller, given: str) -> None:
    answer = sqlite_call.answer("GET", "/api/v1/me", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a;b"])
def test_a_request_without_a_usable_id_gets_one(sqlite_call: Caller, given: str) -> None:
    answer = sqlite_call.answer("GET", "/api/v1/me", headers={"X-Request-Id": given})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_a_request_is_one_line_of_json(sqlite_call: Caller, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="assent.requests"):
        sqlite_call.answer("GET", "/api/v1/me", headers={"X-Request-Id": "build-7"})
    line = JsonLines().format(caplog.records[-1])
    assert "\n" not in line
    told = json.loads(line)
    assert {
        "request_id": "build-7",
        "path": "/api/v1/me",
        "status": 200,
        "principal": "alice",
    }.items() <= told.items()


def test_a_fault_of_ours_is_told_by_its_request_id_alone(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("assent.api.registry.history.deleted_models", lambda *_, **__: 1 / 0)
    answer = Caller(sqlite_app.test_client()).answer(
        "GET", "/api/v1/deleted-models", headers={"X-Request-Id": "build-7"}
    )
    assert answer.status_code == 500
    assert "build-7" in answer.text
    assert "division" not in answer.text
    assert "ZeroDivisionError" in JsonLines().format(caplog.records[-1]) + caplog.text


def test_the_page_of_the_contract_loads_nothing_from_elsewhere(sqlite_call: Caller) -> None:
    page = sqlite_call.answer("GET", "/docs")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded == ["data:,", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/docs.js"]
    for path in loaded[1:]:
        assert sqlite_call.answer("GET", path).status_code == 200
    assert sqlite_call.answer("GET", "/docs/nothing.js").status_code == 404


def test_clients_that_ask_for_workspaces_are_told_that_there_are_none(sqlite_call: Caller) -> None:
    answer = sqlite_call.answer("GET", "/api/3.0/mlflow/server-info")
    assert answer.json == {"store_type": "SqlStore", "workspaces_enabled": False}
    assert sqlite_call.answer("GET", "/version").text.startswith("3.")
