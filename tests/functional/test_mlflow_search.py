"""Searches over MLflow's protocol: what is found, in what order, page by page."""

import pytest

from support.calling import Caller

RUN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def shop(call: Caller) -> Caller:
    """Two models with three versions between them."""
    call.model("Churn", tags=[{"key": "team", "value": "crm"}])
    call.by("bob").model("demand", tags=[{"key": "team", "value": "Shop"}, {"key": "dotted.key", "value": "x"}])
    call.version("Churn", source="s3://bucket/churn/1", run_id=RUN, tags=[{"key": "auc", "value": "0.9"}])
    call.version("Churn", source="s3://bucket/churn/2", tags=[{"key": "auc", "value": "0.95"}])
    call.by("bob").version("demand", source="s3://bucket/demand/1")
    call.move("1", "Production", name="Churn")
    call.point("champion", "1", name="Churn")
    return call


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"Churn/1", "Churn/2", "demand/1"}),
        ("name = 'Churn'", {"Churn/1", "Churn/2"}),
        ("name != 'Churn'", {"demand/1"}),
        ("name LIKE 'C%'", {"Churn/1", "Churn/2"}),
        ("name LIKE 'c%'", set()),
        ("name ILIKE 'c%'", {"Churn/1", "Churn/2"}),
        ("name LIKE '_emand'", {"demand/1"}),
        ("name IN ('demand', 'nothing')", {"demand/1"}),
        ("name NOT IN ('demand')", {"Churn/1", "Churn/2"}),
        ("attribute.version_number >= 2", {"Churn/2"}),
        ("version_number < '2' AND name = 'Churn'", {"Churn/1"}),
        (f"run_id = '{RUN}'", {"Churn/1"}),
        (f"run_id IN ('{RUN}')", {"Churn/1"}),
        ("source_path LIKE 's3://bucket/churn/%'", {"Churn/1", "Churn/2"}),
        ("tags.auc = '0.9'", {"Churn/1"}),
        ("tag.auc != '0.9'", {"Churn/2"}),
        ("tags.auc LIKE '0.9%'", {"Churn/1", "Churn/2"}),
        ("tags.auc = '0.9' AND tags.auc LIKE '%5'", set()),
        ("tags.none != 'x'", set()),
        ("current_stage = 'Production'", {"Churn/1"}),
        ("stage = 'production'", {"Churn/1"}),
        ("current_stage != 'Production'", {"Churn/2", "demand/1"}),
        ("alias = 'champion'", {"Churn/1"}),
        ("alias != 'champion'", {"Churn/2", "demand/1"}),
        ("alias LIKE 'ch%'", {"Churn/1"}),
        ("user_id = 'bob'", {"demand/1"}),
        ("user_id != 'bob'", {"Churn/1", "Churn/2"}),
        ("creation_timestamp > 0", {"Churn/1", "Churn/2", "demand/1"}),
        ("last_updated_timestamp < 1000", set()),
        ("version_number = 99999999999999999999", set()),
    ],
)
def test_a_filter_finds_versions(shop: Caller, text: str, expected: set[str]) -> None:
    assert set(shop.found(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["Churn", "demand"]),
        ("name ILIKE '%UR%'", ["Churn"]),
        ("tags.team = 'Shop'", ["demand"]),
        ("tags.team ILIKE 'shop'", ["demand"]),
        ("tags.`dotted.key` = 'x'", ["demand"]),
        ('tags."dotted.key" = "x"', ["demand"]),
        ("current_stage = 'Production'", ["Churn"]),
        ("stage != 'Production'", ["demand"]),
        ("stage IN ('None')", ["Churn", "demand"]),
        ("alias = 'champion'", ["Churn"]),
        ("alias NOT IN ('champion')", ["demand"]),
        ("user_id = 'bob'", ["demand"]),
        ("creation_timestamp > 0 AND last_updated_timestamp > 0", ["Churn", "demand"]),
        ("name = 'Churn' AND tag.`mlflow.prompt.is_prompt` != 'true'", ["Churn"]),
    ],
)
def test_a_filter_finds_models(shop: Caller, text: str, expected: list[str]) -> None:
    assert shop.found_models(text) == expected


def test_versions_come_last_updated_first_unless_asked_otherwise(shop: Caller) -> None:
    assert shop.found()[0] == "Churn/1"
    assert shop.found(order_by=["name ASC", "version_number DESC"]) == ["Churn/2", "Churn/1", "demand/1"]
    assert shop.found(order_by="creation_timestamp ASC") == ["Churn/1", "Churn/2", "demand/1"]
    assert shop.found(order_by="version_number") == ["Churn/1", "demand/1", "Churn/2"]


def test_models_are_ordered_by_name_or_time(shop: Caller) -> None:
    assert shop.found_models(order_by="name DESC") == ["demand", "Churn"]
    assert shop.found_models(order_by="timestamp DESC") == ["Churn", "demand"]


def test_names_sort_by_code_point(call: Caller) -> None:
    for name in ("b", "A", "é", "a", "_", "B"):
        call.model(name)
    assert call.found_models() == ["A", "B", "_", "a", "b", "é"]


@pytest.mark.parametrize("order", [[], ["name"], ["version_number DESC"], ["creation_timestamp"]])
@pytest.mark.parametrize("text", ["", "tags.k = 'v'"])
def test_pages_give_everything_once_and_in_order(call: Caller, order: list[str], text: str) -> None:
    for name in ("a", "b", "c"):
        call.model(name)
        for _ in range(3):
            call.version(name, tags=[{"key": "k", "value": "v"}])
    whole = call.found(text, order_by=order)
    assert len(whole) == 9
    paged, token = [], ""
    for expected in (4, 4, 1):
        answer = call("GET", "/model-versions/search", filter=text, order_by=order, max_results=4, page_token=token)
        found = [f"{each['name']}/{each['version']}" for each in answer["model_versions"]]
        assert len(found) == expected
        paged += found
        token = answer.get("next_page_token", "")
    assert (paged, token) == (whole, "")


def test_the_last_page_has_no_token_also_when_it_is_full(call: Caller) -> None:
    for name in "ab":
        call.model(name)
    assert "next_page_token" not in call("GET", "/registered-models/search", max_results=2)


def test_what_comes_in_between_shifts_no_page(call: Caller) -> None:
    for name in "bcd":
        call.model(name)
    first = call("GET", "/registered-models/search", max_results=2)
    call.model("a")
    second = call("GET", "/registered-models/search", max_results=2, page_token=first["next_page_token"])
    assert [each["name"] for each in second["registered_models"]] == ["d"]


def test_a_token_belongs_to_its_query(shop: Caller) -> None:
    token = shop("GET", "/model-versions/search", max_results=1)["next_page_token"]
    for wanted in ({"filter": "name = 'Churn'"}, {"order_by": "name"}):
        _, code, message = shop.refused("GET", "/model-versions/search", page_token=token, **wanted)
        assert (code, message) == (
            "INVALID_PARAMETER_VALUE",
            "Invalid page token, it belongs to another query",
        )
    assert shop.refused("GET", "/registered-models/search", page_token=token)[0] == 400


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("%%%", "Invalid page token, could not base64-decode"),
        ("é", "Invalid page token, could not base64-decode"),
        ("eyJvZmZzZXQiOiAxMH0=", "Invalid page token, "),
        ("WyJ4Iiwx", "Invalid page token, "),
        ("MTIz", "Invalid page token, "),
    ],
)
def test_what_is_no_token_is_refused(sqlite_call: Caller, token: str, message: str) -> None:
    status, _, told = sqlite_call.refused("GET", "/model-versions/search", page_token=token)
    assert (status, told[: len(message)]) == (400, message)


@pytest.mark.parametrize("size", ["0", "-1", "1001", "x", "1.5", ""])
def test_a_page_has_a_size_within_bounds(sqlite_call: Caller, size: str) -> None:
    status, code, message = sqlite_call.refused("GET", "/registered-models/search", max_results=size)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert message.startswith(f"Invalid value \"{size}\" for parameter 'max_results' supplied")


def test_an_empty_result_is_an_empty_object(call: Caller) -> None:
    assert call("GET", "/model-versions/search", filter="name = 'x'") == {}
    assert call("GET", "/registered-models/search", filter="name = 'x'") == {}


PROMPT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]


def test_prompts_are_left_out_of_searches_unless_asked_for(call: Caller) -> None:
    call.model("model")
    call.version("model")
    call.model("prompt", tags=PROMPT)
    call.version("prompt", source="dummy-source", tags=[*PROMPT, {"key": "mlflow.prompt.text", "value": "Hi"}])
    call.version("prompt", source="prompt-template", tags=PROMPT)
    is_prompt = "tags.`mlflow.prompt.is_prompt`"
    assert call.found_models() == ["model"]
    assert call.found_models(f"{is_prompt} = 'true'") == ["prompt"]
    assert call.found_models(f"{is_prompt} != 'false'") == ["prompt"]
    assert call.found_models(f"{is_prompt} = 'false'") == ["model"]
    assert call.found_models(f"{is_prompt} != 'true'") == ["model"]
    assert call.found() == ["model/1"]
    prompts = f"name = 'prompt' AND {is_prompt} = 'true'"
    assert call.found(prompts, order_by="version_number DESC") == ["prompt/2", "prompt/1"]


def test_every_version_of_a_name_with_a_prompt_version_is_left_out(call: Caller) -> None:
    call.model("mixed")
    call.version("mixed")
    call.version("mixed", source="dummy-source", tags=PROMPT)
    assert call.found() == []
    call("DELETE", "/model-versions/delete", name="mixed", version="2")
    assert call.found() == ["mixed/1"]


def test_models_and_prompts_share_their_names(call: Caller) -> None:
    call.model("model")
    call.model("prompt", tags=PROMPT)
    path = "/registered-models/create"
    assert call.refused("POST", path, name="prompt", tags=PROMPT)[2] == "Prompt (name=prompt) already exists."
    assert call.refused("POST", path, name="model", tags=PROMPT)[2].startswith(
        "Tried to create a prompt with name 'model', but the name is already taken by a registered model."
    )
    assert call.refused("POST", path, name="prompt")[2].startswith(
        "Tried to create a registered model with name 'prompt', but the name is already taken by a prompt."
    )


def test_a_prompt_version_has_a_placeholder_for_a_source(call: Caller) -> None:
    call.model("prompt", tags=PROMPT)
    wanted = {"name": "prompt", "tags": PROMPT}
    assert call.refused("POST", "/model-versions/create", source="s3://b/m", **wanted)[2] == (
        "Invalid prompt source: 's3://b/m'. Prompt sources must use an MLflow placeholder."
    )


def test_a_prompt_is_no_source_of_a_version(call: Caller) -> None:
    call.model("prompt", tags=PROMPT)
    call.version("prompt", source="dummy-source", tags=PROMPT)
    call.model("model")
    message = call.refused("POST", "/model-versions/create", name="model", source="models:/prompt/1")[2]
    assert message.endswith("Prompt versions cannot be used as model version sources.")


def test_a_prompt_has_room_for_a_long_text_and_no_more(sqlite_call: Caller) -> None:
    sqlite_call.model("prompt", tags=PROMPT)
    tags = [*PROMPT, {"key": "mlflow.prompt.text", "value": "x" * 100_001}]
    wanted = {"name": "prompt", "source": "dummy-source", "tags": tags}
    assert sqlite_call.refused("POST", "/model-versions/create", **wanted)[2] == (
        "Prompt text exceeds max length of 100000 characters."
    )
