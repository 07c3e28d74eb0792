"""What filters mean for models and versions."""

import pytest

from assent.kernel.errors import Invalid
from assent.registry.search.entities import MODELS, VERSIONS, Entity, Operator
from assent.registry.search.grammar import MAX_LENGTH, MAX_LISTED, Comparison, Filter, Prompts, parse_filter

PROMPT = "mlflow.prompt.is_prompt"


def only(text: str, entity: Entity) -> Comparison:
    (comparison,) = parse_filter(text, entity).comparisons
    return comparison


@pytest.mark.parametrize("entity", [MODELS, VERSIONS])
def test_an_empty_filter_has_no_conditions(entity: Entity) -> None:
    assert parse_filter("", entity) == Filter((), Prompts.EXCLUDED)


def test_all_conditions_are_kept_in_their_order() -> None:
    read = parse_filter("name LIKE 'a%' and tags.team = \"x\" AND version_number>'3'", VERSIONS)
    assert read.comparisons == (
        Comparison("attribute", "name", Operator.LIKE, "a%"),
        Comparison("tag", "team", Operator.EQ, "x"),
        Comparison("attribute", "version_number", Operator.GT, 3),
    )


@pytest.mark.parametrize(
    ("entity", "names", "operators"),
    [
        (MODELS, "name alias user_id", "= != LIKE ILIKE IN NOT-IN"),
        (MODELS, "current_stage stage", "= != IN NOT-IN"),
        (MODELS, "creation_timestamp last_updated_timestamp", "= != < <= > >="),
        (VERSIONS, "name run_id alias user_id", "= != LIKE ILIKE IN NOT-IN"),
        (VERSIONS, "source_path", "= != LIKE ILIKE"),
        (VERSIONS, "current_stage stage", "= != IN NOT-IN"),
        (VERSIONS, "version_number creation_timestamp last_updated_timestamp", "= != < <= > >="),
    ],
)
def test_an_attribute_has_its_operators(entity: Entity, names: str, operators: str) -> None:
    expected = {operator.replace("-", " ") for operator in operators.split()}
    assert {name: entity.attribute(name).operators for name in names.split()} == dict.fromkeys(
        names.split(), expected
    )


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("attribute.name = 'x'", Comparison("attribute", "name", Operator.EQ, "x")),
        ("stage != 'None'", Comparison("attribute", "current_stage", Operator.NE, "None")),
        ("alias ilike 'champ%'", Comparison("attribute", "alias", Operator.ILIKE, "champ%")),
        ("user_id not in ('a','b')", Comparison("attribute", "user_id", Operator.NOT_IN, ("a", "b"))),
        ("last_updated_timestamp >= 17", Comparison("attribute", "last_updated_timestamp", Operator.GE, 17)),
        ("creation_timestamp < '7'", Comparison("attribute", "creation_timestamp", Operator.LT, 7)),
    ],
)
@pytest.mark.parametrize("entity", [MODELS, VERSIONS])
def test_an_attribute_is_compared(entity: Entity, text: str, comparison: Comparison) -> None:
    assert only(text, entity) == comparison


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("tag.a", "a"),
        ("tags.a.b.c", "a.b.c"),
        ("tags.name", "name"),
        ("tags.select", "select"),
        ("tags.`a b/c:d`", "a b/c:d"),
        ('tags."a-b"', "a-b"),
        ("tags.'a-b'", "a-b"),
        ("tags.`it's`", "it's"),
        ("tags.größe", "größe"),
    ],
)
def test_the_key_of_a_tag_is_plain_or_quoted(key: str, name: str) -> None:
    assert only(f"{key} = 'x'", MODELS) == Comparison("tag", name, Operator.EQ, "x")


@pytest.mark.parametrize("key", ["tags.a-b", "tags.a/b", "tags.", "tags..a", "tags.a.", "tags.*"])
def test_any_other_key_of_a_tag_is_refused(key: str) -> None:
    with pytest.raises(Invalid, match=r"^Invalid clause\(s\) in filter string: tags\..*in backticks\)$"):
        parse_filter(f"{key} = 'x'", MODELS)


@pytest.mark.parametrize(
    ("entity", "key"),
    [
        (MODELS, "NAME"),
        (MODELS, "run_id"),
        (MODELS, "source_path"),
        (MODELS, "version_number"),
        (MODELS, "timestamp"),
        (VERSIONS, "Version_number"),
        (VERSIONS, "status"),
        (VERSIONS, "description"),
        (VERSIONS, "`name`"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "attribute."])
def test_an_unknown_attribute_is_refused(entity: Entity, prefix: str, key: str) -> None:
    with pytest.raises(Invalid, match=f"^Invalid attribute key '{key}' specified. Valid keys are name, "):
        parse_filter(f"{prefix}{key} = 'x'", entity)


@pytest.mark.parametrize("kind", ["params", "attributes", "ATTRIBUTE", "Tag", "metrics"])
def test_an_unknown_kind_of_key_is_refused(kind: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_filter(f"{kind}.x = 'x'", MODELS)
    assert refusal.value.message == (
        f"Invalid entity type '{kind}'. Valid entity types are ('attribute', 'tag', 'tags')"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name > 'x'", "Invalid comparator for attribute: >"),
        ("name == 'x'", "Invalid comparator for attribute: =="),
        ("name <> 'x'", "Invalid comparator for attribute: <>"),
        ("name not like 'x'", "Invalid comparator for attribute: NOT LIKE"),
        ("stage LIKE 'Prod%'", "Invalid comparator for attribute: LIKE"),
        ("version_number LIKE '1'", "Invalid comparator for attribute version_number: LIKE"),
        ("tags.a >= 'x'", "Invalid comparator for tag: >="),
        (
            "source_path IN ('x')",
            "Only ['alias', 'current_stage', 'name', 'run_id', 'user_id'] attributes support comparison with "
            "a list of quoted string values.",
        ),
        (
            "version_number NOT IN ('1')",
            "Only ['alias', 'current_stage', 'name', 'run_id', 'user_id'] attributes support comparison with "
            "a list of quoted string values.",
        ),
        ("tags.a IN ('x')", "Expected a quoted string value for tag (e.g. 'my-value'). Got value ('x')"),
        ("name = 5", "Expected a quoted string value for attributes (e.g. 'my-value'). Got value 5"),
        ("version_number = 'x'", "Invalid value for numeric attribute 'version_number': 'x'"),
    ],
)
def test_a_comparison_that_the_key_does_not_allow_is_refused(text: str, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_filter(text, VERSIONS)
    assert refusal.value.message == message


def test_the_syntax_is_judged_before_the_words() -> None:
    with pytest.raises(Invalid, match=r"^Invalid clause\(s\) in filter string: evilhax"):
        parse_filter("unknown = 'x' AND evilhax = true", MODELS)


@pytest.mark.parametrize("character", ["\x00", "\udfff"])
def test_a_character_that_cannot_be_stored_is_refused(character: str) -> None:
    with pytest.raises(Invalid, match=r"^The filter holds a character that no stored text can have"):
        parse_filter(f"name = '{character}'", MODELS)


def test_the_longest_filter_is_read() -> None:
    text = "name = ''"
    filled = "x" * (MAX_LENGTH - len(text))
    assert only(f"name = '{filled}'", MODELS).value == filled


def test_a_longer_filter_is_refused() -> None:
    with pytest.raises(Invalid, match=r"^The filter has 60001 characters; at most 60000 are allowed$"):
        parse_filter("x" * (MAX_LENGTH + 1), MODELS)


def test_lists_that_are_too_long_together_are_refused() -> None:
    listing = ",".join(["'a'"] * (MAX_LISTED // 2 + 1))
    with pytest.raises(Invalid, match=r"^The lists in the filter have 10002 values; at most 10000 are allowed$"):
        parse_filter(f"name IN ({listing}) AND alias NOT IN ({listing})", MODELS)


@pytest.mark.parametrize("condition", ["= 'true'", "!= 'false'", '= "TRUE"'])
@pytest.mark.parametrize("key", [f"tag.`{PROMPT}`", f"tags.{PROMPT}"])
@pytest.mark.parametrize("entity", [MODELS, VERSIONS])
def test_prompts_are_found_by_those_who_ask(entity: Entity, key: str, condition: str) -> None:
    read = parse_filter(f"name = 'x' AND {key} {condition}", entity)
    assert read.prompts is Prompts.AS_ASKED
    assert [comparison.key for comparison in read.comparisons] == ["name", PROMPT]


@pytest.mark.parametrize("condition", ["= 'false'", "!= 'true'", "= 'x'", "LIKE 'true'", "!= 'TRUE'"])
@pytest.mark.parametrize("entity", [MODELS, VERSIONS])
def test_any_other_condition_on_the_tag_of_prompts_means_models(entity: Entity, condition: str) -> None:
    read = parse_filter(f"tag.`{PROMPT}` {condition} AND name = 'x'", entity)
    assert read == Filter((Comparison("attribute", "name", Operator.EQ, "x"),), Prompts.EXCLUDED)


def test_a_question_for_prompts_holds_wherever_it_stands() -> None:
    read = parse_filter(f"tag.`{PROMPT}` != 'true' AND tag.`{PROMPT}` = 'true'", MODELS)
    assert (read.prompts, len(read.comparisons)) == (Prompts.AS_ASKED, 2)
