"""Whatever is sent, the answer is a clear 4xx in MLflow's form, and nothing is changed."""

import base64
import json
from typing import Any

import pytest

from support.calling import MLFLOW, Caller

CREATE_MODEL = ("POST", "/registered-models/create")
CREATE_VERSION = ("POST", "/model-versions/create")


@pytest.fixture
def call(sqlite_call: Caller) -> Caller:
    """No database has a part in most refusals."""
    sqlite_call.model("m")
    sqlite_call.version("m")
    return sqlite_call


def _refusal(call: Caller, method: str, path: str, **options: Any) -> str:
    answer = call.answer(method, MLFLOW + path, **options)
    assert answer.json is not None, answer.text
    assert (answer.status_code, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    message: str = answer.json["message"]
    return message


@pytest.mark.parametrize(
    ("method", "path", "fields", "missing"),
    [
        ("POST", "/registered-models/create", {}, "name"),
        ("POST", "/registered-models/create", {"name": ""}, "name"),
        ("POST", "/registered-models/create", {"name": None}, "name"),
        ("GET", "/registered-models/get", {}, "name"),
        ("PATCH", "/registered-models/update", {"description": "d"}, "name"),
        ("POST", "/registered-models/rename", {"name": "m"}, "new_name"),
        ("DELETE", "/registered-models/delete", {}, "name"),
        ("POST", "/registered-models/get-latest-versions", {}, "name"),
        ("POST", "/registered-models/set-tag", {"name": "m", "value": "v"}, "key"),
        ("DELETE", "/registered-models/delete-tag", {"name": "m"}, "key"),
        ("POST", "/registered-models/alias", {"name": "m", "alias": "a"}, "version"),
        ("DELETE", "/registered-models/alias", {"name": "m"}, "alias"),
        ("GET", "/registered-models/alias", {"name": "m"}, "alias"),
        ("POST", "/model-versions/create", {"name": "m"}, "source"),
        ("GET", "/model-versions/get", {"name": "m"}, "version"),
        ("PATCH", "/model-versions/update", {"version": "1"}, "name"),
        ("POST", "/model-versions/transition-stage", {"name": "m", "version": "1"}, "stage"),
        ("DELETE", "/model-versions/delete", {"name": "m"}, "version"),
        ("GET", "/model-versions/get-download-uri", {"version": "1"}, "name"),
        ("POST", "/model-versions/set-tag", {"name": "m", "version": "1"}, "key"),
        ("DELETE", "/model-versions/delete-tag", {"name": "m", "key": "k"}, "version"),
    ],
)
def test_a_missing_parameter_is_named(
    call: Caller, method: str, path: str, fields: dict[str, Any], missing: str
) -> None:
    assert call.refused(method, path, **fields) == (
        400,
        "INVALID_PARAMETER_VALUE",
        f"Missing value for required parameter '{missing}'. "
        "See the API docs for more information about request parameters.",
    )


@pytest.mark.parametrize(
    ("path", "fields", "shown", "kind"),
    [
        ("/registered-models/create", {"name": 5}, "5", "int"),
        ("/registered-models/create", {"name": "x", "tags": {}}, "{}", "dict"),
        ("/registered-models/create", {"name": "x", "tags": ["a"]}, "['a']", "list"),
        ("/registered-models/create", {"name": "x", "tags": [{"key": "k", "value": 1}]}, "1", "int"),
        ("/registered-models/create", {"name": "x", "description": ["d"]}, "['d']", "list"),
        ("/model-versions/transition-stage", {"name": "m", "version": 1, "stage": "Staging"}, "1", "int"),
        (
            "/model-versions/transition-stage",
            {"name": "m", "version": "1", "stage": "Staging", "archive_existing_versions": 1},
            "1",
            "int",
        ),
        ("/registered-models/get-latest-versions", {"name": "m", "stages": "Staging"}, "'Staging'", "str"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(
    call: Caller, path: str, fields: dict[str, Any], shown: str, kind: str
) -> None:
    status, _, message = call.refused("POST", path, **fields)
    assert status == 400
    assert message.startswith(f"Invalid value {shown} for parameter '")
    assert f"Hint: Value was of type '{kind}'." in message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a/b", "Invalid model name 'a/b'. Names cannot contain '/' or ':'."),
        ("a:b", "Invalid model name 'a:b'. Names cannot contain '/' or ':'."),
        (".", "Invalid model name '.'."),
        ("..", "Invalid model name '..'."),
        ("..a", "Invalid model name '..a'."),
        ("   ", "Registered model name cannot be empty."),
        ("a\x00b", "Invalid value for parameter 'name' supplied: it holds a NUL character."),
        ("a\nb", "Invalid model name 'a\\nb'. Names cannot contain control characters."),
        ("a" * 257, "'name' exceeds the maximum length of 256 characters"),
    ],
)
def test_a_bad_name_is_refused(call: Caller, name: str, message: str) -> None:
    status, code, told = call.refused(*CREATE_MODEL, name=name)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert told.startswith(message)
    assert call.found_models() == ["m"]


@pytest.mark.parametrize(
    "name", ["a'b", 'a"b', "ü ber", "a%b", "100%", "a\\b", "…", "a.b", " a ", "'; DROP TABLE x", "é" * 256]
)
def test_any_other_name_is_taken_as_it_is(call: Caller, name: str) -> None:
    assert call.model(name)["name"] == name
    assert call("GET", "/registered-models/get", name=name)["registered_model"]["name"] == name
    assert call.version(name)["name"] == name


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("a?b", "Invalid value \"a?b\" for parameter 'key' supplied: Names may only contain alphanumerics"),
        ("../a", "Invalid value \"../a\" for parameter 'key' supplied: Names may be treated as files"),
        ("/a", "Invalid value \"/a\" for parameter 'key' supplied: Names may be treated as files"),
        ("a//b", "Invalid value \"a//b\" for parameter 'key' supplied: Names may be treated as files"),
        (".", "Invalid value \".\" for parameter 'key' supplied: Names may be treated as files"),
        ("k" * 251, "'key' exceeds the maximum length of 250 characters"),
    ],
)
@pytest.mark.parametrize("path", ["/registered-models/set-tag", "/model-versions/set-tag"])
def test_a_bad_key_is_refused(call: Caller, path: str, key: str, message: str) -> None:
    status, _, told = call.refused("POST", path, name="m", version="1", key=key, value="v")
    assert (status, told[: len(message)]) == (400, message)


def test_texts_have_a_length(call: Caller) -> None:
    for method, path, fields, what, longest in (
        ("PATCH", "/registered-models/update", {"name": "m"}, "description", 5000),
        ("PATCH", "/model-versions/update", {"name": "m", "version": "1"}, "description", 5000),
        ("POST", "/model-versions/set-tag", {"name": "m", "version": "1", "key": "k"}, "value", 100_000),
        ("POST", "/registered-models/set-tag", {"name": "m", "key": "k"}, "value", 100_000),
        ("POST", "/model-versions/create", {"name": "m", "source": "s3://b/m"}, "run_id", 32),
        ("POST", "/model-versions/create", {"name": "m", "source": "s3://b/m"}, "run_link", 500),
        ("POST", "/model-versions/create", {"name": "m"}, "source", 500),
    ):
        too_long = {what: ("s3://" if what == "source" else "") + "x" * (longest + 1)}
        message = f"'{what}' exceeds the maximum length of {longest} characters"
        assert call.refused(method, path, **fields, **too_long) == (400, "INVALID_PARAMETER_VALUE", message)
        longest_text = ("s3://" + "x" * (longest - 5)) if what == "source" else "x" * longest
        call(method, path, **fields, **{what: longest_text})


@pytest.mark.parametrize(
    "source",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "file://elsewhere/etc/passwd",
        "relative/path",
        "C:\\models",
        "http://host/model",
        "https://host/model",
        "ftp://host/model",
        "mlflow-artifacts://host/1/2",
        "s3://bucket/../other",
        "s3://bucket/a/%2e%2e/b",
        "s3://bucket/a/%252e%252e/b",
        "s3://bucket/a?x=/../b",
        "s3://bucket/a#../b",
        "s3://bucket/a%00b",
        "mlflow-artifacts:/1/../2",
        "http://[::1",
        "  ",
        " s3://bucket/model",
        "s3://bucket/\x01",
        "s3://bucket/.%09./x",
        "dbfs:../x",
        "models:/m",
        "models:/m/1/x",
        "models:/@champion",
        "Models:/",
        f"runs:/{'a' * 32}/../x",
    ],
)
def test_a_bad_source_is_refused(call: Caller, source: str) -> None:
    status, code, message = call.refused(*CREATE_VERSION, name="m", source=source)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert message.startswith(f"Invalid model version source: '{source}'.")
    assert call.found() == ["m/1"]


@pytest.mark.parametrize(
    "source",
    [
        "s3://bucket/a//b/",
        "s3://bucket/....",
        "s3://bucket/",
        "gs://b/m",
        "wasbs://c@a.host/m",
        "dbfs:/m",
        "unknown://x/y",
        "mlflow-artifacts:/1/2/artifacts/model",
        f"models:/m-{'0' * 32}",
        f"runs:/{'a' * 32}/model",
    ],
)
def test_other_sources_are_taken_without_looking_anything_up(call: Caller, source: str) -> None:
    assert call.version(source=source)["source"] == source


def test_a_runs_source_names_its_run(call: Caller) -> None:
    wanted = {"name": "m", "source": f"runs:/{'a' * 32}/model", "run_id": "b" * 32}
    assert call.refused(*CREATE_VERSION, **wanted)[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"7",
        b"\xff\xfe",
        b'{"name": "\\ud800"}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"name": NaN}',
    ],
)
def test_a_body_that_is_no_json_object_is_refused(call: Caller, body: bytes) -> None:
    _refusal(call, *CREATE_MODEL, data=body, content_type="application/json")


def test_json_nested_ten_thousand_deep_is_refused(call: Caller) -> None:
    deep = b'{"name": "x", "tags": ' + b'{"a": ' * 10_000 + b"1" + b"}" * 10_000 + b"}"
    _refusal(call, *CREATE_MODEL, data=deep, content_type="application/json")


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_post_must_say_that_it_is_json(call: Caller, content_type: str) -> None:
    message = _refusal(call, *CREATE_MODEL, data=json.dumps({"name": "x"}), content_type=content_type)
    assert "Content-Type" in message
    assert call.found_models() == ["m"]


def test_a_content_type_may_have_parameters(call: Caller) -> None:
    body = json.dumps({"name": "x", "nobody": "knows"})
    answer = call.answer(
        "POST", f"{MLFLOW}/registered-models/create", data=body, content_type="application/json; charset=utf-8"
    )
    assert answer.status_code == 200


def test_a_body_that_is_too_large_is_refused_unread(call: Caller) -> None:
    body = json.dumps({"name": "x", "description": "d" * 5_000_000})
    answer = call.answer("POST", f"{MLFLOW}/registered-models/create", data=body, content_type="application/json")
    assert answer.json is not None
    assert (answer.status_code, answer.json["error_code"]) == (413, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("query", ["name=%ff", "name=%c3%28", "name=m&" + "&".join(f"x{n}=1" for n in range(2000))])
def test_a_query_that_is_not_utf_8_is_refused(call: Caller, query: str) -> None:
    _refusal(call, "GET", "/registered-models/get", query_string=query)


@pytest.mark.parametrize(
    "text",
    [
        "name = 'm' OR 1 = 1",
        "name = 'm'; DROP TABLE registered_models",
        "name = 'm' UNION SELECT 1",
        "description = 'x'",
        "name > 'a'",
        "(name = 'm')",
        "name = m",
        "name == 'm'",
        "   ",
        "params.x = '1'",
        "name IN ()",
        "name = 'a\x00'",
        "name LIKE" + " '%a" + "%a" * 5000 + "'",
    ],
)
def test_a_filter_outside_the_grammar_is_refused(call: Caller, text: str) -> None:
    for path in ("/registered-models/search", "/model-versions/search"):
        _refusal(call, "GET", path, query_string={"filter": text})


@pytest.mark.parametrize("pattern", ["%" + "a" * 59_000, "_" * 5000, "*" * 4001])
def test_a_pattern_that_is_too_long_is_refused(call: Caller, pattern: str) -> None:
    for operator in ("LIKE", "ILIKE"):
        _refusal(call, "GET", "/model-versions/search", query_string={"filter": f"name {operator} '{pattern}'"})


@pytest.mark.parametrize("number", [2**63, -(2**63), 2**64])
def test_a_number_that_no_column_holds_is_no_page_token(call: Caller, number: int) -> None:
    call.version()
    token = call("GET", "/model-versions/search", max_results=1)["next_page_token"]
    query, _, *rest = json.loads(base64.urlsafe_b64decode(token))
    forged = base64.urlsafe_b64encode(json.dumps([query, number, *rest]).encode()).decode()
    _refusal(call, "GET", "/model-versions/search", query_string={"page_token": forged})


def test_an_order_outside_the_grammar_is_refused(call: Caller) -> None:
    for path, order, message in (
        ("/registered-models/search", "x", "Invalid order by key 'x' specified."),
        ("/model-versions/search", "x", "Invalid attribute key 'x' specified."),
        ("/model-versions/search", "name DESC blah", "Invalid order_by clause 'name DESC blah'."),
        ("/registered-models/search", "creation_timestamp", "Invalid order by key 'creation_timestamp' specified."),
    ):
        assert _refusal(call, "GET", path, query_string={"order_by": order}).startswith(message)
    twice = {"order_by": ["name", "name DESC"]}
    assert _refusal(call, "GET", "/registered-models/search", query_string=twice).startswith(
        "`order_by` contains duplicate fields"
    )


def test_sql_in_a_value_is_only_a_value(call: Caller) -> None:
    assert call.found("name = \"' OR '1'='1\"") == []
    call("POST", "/model-versions/set-tag", name="m", version="1", key="k", value="'); DROP TABLE x; --")
    assert call.found('tags.k = "\'); DROP TABLE x; --"') == ["m/1"]


def test_an_unknown_path_is_told_in_the_faces_form(call: Caller) -> None:
    for method, path, status in (
        ("GET", "/registered-models/get/", 404),
        ("GET", "/nothing", 404),
        ("POST", "/registered-models/get", 405),
        ("OPTIONS", "/registered-models/get", 405),
    ):
        answer = call.answer(method, MLFLOW + path)
        assert answer.json is not None
        assert (answer.status_code, answer.json["error_code"]) == (status, "ENDPOINT_NOT_FOUND")
