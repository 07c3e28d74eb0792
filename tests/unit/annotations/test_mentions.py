"""What in a text may be a name."""

import pytest

from assent.annotations.mentions import MOST_MENTIONS, written_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ada", [("ada",)]),
        ("See @ada.", [("ada.", "ada")]),
        ("@ada,@linus;@bob", [("ada",), ("linus",), ("bob",)]),
        ("(@ada)", [("ada)", "ada")]),
        ("**@ada**:", [("ada**:", "ada**", "ada*", "ada")]),
        ("_@ada_", [("ada_", "ada")]),
        ('@"Ada Lovelace", see', [("Ada Lovelace",)]),
        ('@"ada\nlinus"', []),
        ("ada@example.org", []),
        ("@ada@example.org", [("ada@example.org",)]),
        ("`@ada`", []),
        ("@ ada", []),
        ("@", []),
        ("@@ada", [("@ada",)]),
        ("@...", [("...", "..", ".")]),
        ("@" + "x" * 129, []),
        ('@"' + "x" * 129 + '"', []),
        ("@" + "x" * 128 + ".", [("x" * 128,)]),
    ],
)
def test_names_that_are_written(text: str, names: list[tuple[str, ...]]) -> None:
    assert written_in(text) == names


def test_so_many_are_looked_for() -> None:
    assert len(written_in(" ".join(f"@user-{number}" for number in range(100)))) == MOST_MENTIONS
