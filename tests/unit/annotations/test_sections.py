"""Sections of a text in Markdown: which are there, and say something."""

import pytest

from assent.annotations.sections import lacking

WANTED = ("Intended use", "Limitations")


@pytest.mark.parametrize(
    "card",
    [
        pytest.param("# Intended use\nfraud\n# Limitations\nnone", id="headings"),
        pytest.param("## intended USE ##\nfraud\n###### Limitations\nnone", id="case, depth and closing marks"),
        pytest.param("## **Intended use**:\nfraud\n## _Limitations_\nnone", id="emphasis and a colon"),
        pytest.param("#\tIntended  use\nfraud\n   # Limitations\nnone", id="blanks"),
        pytest.param("Intended use\n===\nfraud\n\nLimitations\n---\nnone", id="underlined"),
        pytest.param("# Limitations\n## Intended use\nfraud", id="within another"),
        pytest.param("# Intended use\n## For whom\nbanks\n# Limitations\n- at night", id="with sections of its own"),
        pytest.param("# Intended use\n```\n# fraud\n```\n# Limitations\n| a | b |", id="code and tables"),
        pytest.param("# Intended use\r\nfraud\r\n# Limitations\r\nnone", id="lines as Windows ends them"),
        pytest.param(
            "# Intended use\n<!-- how? -->fraud\n# Limitations\n```\n<!-- not one\n```\nnone", id="comments"
        ),
        pytest.param("# Intended use\n```inline``` is code\n# Limitations\nnone", id="backticks in a line"),
        pytest.param("# Intended use\nlast\n# Limitations\nlast", id="at the end"),
        pytest.param(
            "# Intended use\n- fraud\n---\nmore\n# Limitations\n* none\n---", id="a list above a line across"
        ),
        pytest.param("# Intended use\n    ## indented\n# Limitations\nnone", id="indented code"),
    ],
)
def test_a_card_has_what_it_says(card: str) -> None:
    assert lacking(card, WANTED) == []


@pytest.mark.parametrize(
    "card",
    [
        pytest.param("", id="nothing"),
        pytest.param("Intended use", id="no heading"),
        pytest.param("#Intended use\nfraud", id="no blank"),
        pytest.param("####### Intended use\nfraud", id="too deep"),
        pytest.param("# Intended use", id="the heading alone"),
        pytest.param("# Intended use\n \n\t\n", id="blanks"),
        pytest.param("# Intended use\n# Other\nfraud", id="another section"),
        pytest.param("## Intended use\n# Other\nfraud", id="one above"),
        pytest.param("# Intended use\n## For whom\n", id="empty sections within"),
        pytest.param("# Intended use\n\n---\n* * *\n___\n# Other\nfraud", id="lines across"),
        pytest.param("# Intended use\n<!-- tell what it is for -->\n", id="a comment"),
        pytest.param("# Intended use\n<!-- tell\n# what\nit is for -->\n", id="a long comment"),
        pytest.param("# Intended use\n```\n```\n", id="empty code"),
        pytest.param("```\n# Intended use\nfraud\n```", id="in code"),
        pytest.param("````\n```\n# Intended use\nfraud\n````", id="in code that shows code"),
        pytest.param("~~~\n```\n# Intended use\nfraud", id="in code that never ends"),
        pytest.param("    # Intended use\nfraud", id="indented"),
        pytest.param("<!-- # Intended use\nfraud -->", id="commented out"),
        pytest.param("Intended use\n---\n\nOther\n---\nfraud", id="underlined and empty"),
        pytest.param("- Intended use\n---\nfraud", id="a list above a line across"),
    ],
)
def test_a_card_lacks_what_it_does_not_say(card: str) -> None:
    assert "Intended use" in lacking(card, WANTED)


def test_what_is_lacking_is_told_in_the_order_that_it_is_wanted_in() -> None:
    assert lacking("# Limitations\nnone", ("Evaluation", "Limitations", "A")) == ["Evaluation", "A"]


def test_a_section_that_comes_twice_may_say_it_once() -> None:
    assert lacking("# A\n# B\nb\n# A\na", ("A",)) == []


def test_long_lines_are_read_once() -> None:
    # Each of these took a second and more where a pattern was tried from every place of the line.
    card = "\n".join(["# x" + " " * 30_000 + "x", "# " + "# " * 30_000 + "x", "<!--" * 20_000, "-" * 30_000 + "x"])
    assert lacking(card, ("A",)) == ["A"]
