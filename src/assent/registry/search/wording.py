"""What the errors of a search say: MLflow's prefixes, which its clients and its tests know."""

from collections.abc import Iterable

from assent.kernel.errors import Invalid


def shown(text: str, most: int = 200) -> str:
    """Make a text fit for a message: not endless, and without lone surrogates, which no answer can carry."""
    cut = text if len(text) <= most else f"{text[:most]}…"
    return cut.encode(errors="replace").decode()


def invalid_clause(text: str, hint: str) -> Invalid:
    """Make the error about a part of a filter that breaks the grammar."""
    return Invalid(f"Invalid clause(s) in filter string: {shown(text)} ({hint})")


def unknown(noun: str, spelling: str, known: Iterable[str]) -> Invalid:
    """Make the error about a name that is none of the known ones."""
    names = ", ".join(dict.fromkeys(known))
    return Invalid(f"Invalid {noun} '{shown(spelling)}' specified. Valid keys are {names}")
