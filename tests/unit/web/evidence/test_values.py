"""Values beside each other: cut where they are long, and by how much metrics differ."""

import math

import pytest

from assent.web.evidence.values import LONGEST_SHOWN, Room, alike, difference, fields_of, verdict


@pytest.mark.parametrize(
    ("value", "base", "told"),
    [(0.93, 0.91, "+0.02"), (0.266, 0.277, "-0.011"), (1e9, 1, "+1e+09"), (1.0, 1.0, ""), (math.inf, 1.0, "")],
)
def test_a_difference_has_a_sign_and_a_few_digits(value: float, base: float, told: str) -> None:
    assert difference(value, base) == told


@pytest.mark.parametrize(
    ("value", "way", "told"),
    [(2.0, 1, "better"), (2.0, -1, "worse"), (0.5, 1, "worse"), (0.5, -1, "better"), (1.0, 1, ""), (2.0, 0, "")],
)
def test_better_is_what_the_way_says(value: float, way: int, told: str) -> None:
    assert verdict(value, 1.0, way) == told


def test_of_long_values_the_place_where_they_differ_is_shown() -> None:
    texts = ["x" * 300 + "first", "x" * 300 + "second"]
    shown = [Room().cell(text, alike(texts)).shown for text in texts]
    assert [text.endswith(end) for text, end in zip(shown, ("first", "second"), strict=True)] == [True, True]
    assert all(len(text) <= LONGEST_SHOWN + 2 for text in shown)


def test_a_page_has_room_for_so_many_characters_and_tells_what_it_leaves_out() -> None:
    room = Room(rest=1000)
    cells = [room.cell("y" * 800) for _ in range(2)]
    assert [(len(cell.whole), cell.left_out) for cell in cells] == [(800, 0), (200, 600)]


def test_fields_of_a_signature_are_told_by_name_or_place() -> None:
    told = [{"name": "age", "type": "long", "required": False}, {"type": "double"}]
    assert fields_of(told) == {"age": "long, optional", "2": "double"}
