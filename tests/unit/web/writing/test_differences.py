"""What changed from one text to another."""

from assent.web.writing.differences import Kind, Part, between


def _of(parts: list[Part], *kinds: Kind) -> str:
    return "".join(part.text for part in parts if part.kind in kinds)


def test_a_word_is_replaced_in_its_line() -> None:
    assert between("one two three\n", "one two four\n") == [
        Part(Kind.SAME, "one two "),
        Part(Kind.REMOVED, "three"),
        Part(Kind.ADDED, "four"),
        Part(Kind.SAME, "\n"),
    ]


def test_both_texts_are_in_the_parts() -> None:
    before, after = "a\nb\nc d e\n\nf", "a\nB\nc d\n\ng\nf"
    parts = between(before, after)
    assert _of(parts, Kind.SAME, Kind.REMOVED) == before
    assert _of(parts, Kind.SAME, Kind.ADDED) == after


def test_lines_far_from_any_change_are_counted() -> None:
    same = "".join(f"line {number}\n" for number in range(50))
    parts = between(same + "old\n", same + "new\n")
    assert _of(parts, Kind.LEFT_OUT) == "46 lines that are the same"


def test_of_texts_that_have_nothing_in_common_as_much_is_told_as_fits_on_a_page() -> None:
    parts = between("ab\n" * 30_000, "ba\n" * 30_000)
    assert sum(len(part.text) for part in parts) < 41_000
    assert parts[-1].kind is Kind.LEFT_OUT
