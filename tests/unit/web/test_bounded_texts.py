"""Texts cost no more than so much to be shown, whoever wrote them."""

from assent.web.frame import markdown
from assent.web.writing.differences import Kind, Part, between, in_lines


def test_no_more_of_a_text_is_read_than_can_be_kept() -> None:
    assert markdown.rendered("a" * (markdown.LONGEST + 1)) == f"<p>{'a' * markdown.LONGEST}</p>\n"


def test_only_so_much_of_two_texts_is_compared_word_by_word() -> None:
    def text(word: str) -> str:
        return "".join(f"{number}\n{'same ' * 100}{word}\n" for number in range(30))

    parts = between(text("one"), text("two"))
    assert Part(Kind.REMOVED, "one") in parts
    assert Part(Kind.REMOVED, f"{'same ' * 100}one\n") in parts


def test_of_large_files_lines_that_come_again_and_again_are_nothing_to_go_by() -> None:
    def rules(sign: str, many: int) -> str:
        return "\n".join(f"- name: {sign}{each}\n  approvals: 2" for each in range(many))

    small, large = (in_lines(rules("a", many), rules("b", many)) for many in (10, 1000))
    assert (" ", "  approvals: 2") in small
    assert {line.sign for line in large} == {"-", "+"}
