"""Values beside each other: as text, cut where they are long, and by how much metrics differ. Pure."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile
from typing import Any

LONGEST_SHOWN = 120
# Of all values of a page together, so that it stays light however long they are.
_MOST_CHARACTERS = 40_000
_MOST_OF_ONE = 5_000
_BEFORE = 20
_DIGITS = 4

BETTER = "better"
WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one version says. Nothing of it where it `is_there` not.

    Where `shown` is cut, `whole` is all of it but for so many characters as are `left_out`. `difference` and
    `verdict` (`better`, `worse` or empty) hold a metric against the first version's. `link` leads on, in `words`.
    """

    shown: str = ""
    whole: str = ""
    left_out: int = 0
    is_there: bool = True
    difference: str = ""
    verdict: str = ""
    link: str = ""
    words: str = ""
    state: str = ""


NOTHING = Cell(is_there=False)


@dataclass(slots=True)
class Room:
    """How many characters a page still has for values that are cut, and are there to open."""

    rest: int = field(default=_MOST_CHARACTERS)

    def cell(self, text: str, alike: int = 0, **more: Any) -> Cell:
        """A text, cut where it is long; so many of its first characters are like those of the others."""
        if len(text) <= LONGEST_SHOWN:
            return Cell(text, **more)
        # What is shown holds the place from which on it differs.
        begin = alike - _BEFORE if alike > LONGEST_SHOWN - _BEFORE else 0
        begin = min(begin, len(text) - LONGEST_SHOWN)
        whole = text[: min(self.rest, _MOST_OF_ONE)]
        self.rest -= len(whole)
        shown = "…" * (begin > 0) + text[begin : begin + LONGEST_SHOWN] + "…" * (begin + LONGEST_SHOWN < len(text))
        return Cell(shown, whole, len(text) - len(whole), **more)


def alike(texts: Sequence[str]) -> int:
    """How many of their first characters are the same in all of several texts; of less than two, none."""
    if len(texts) < 2:
        return 0
    # What these two share, all between them share.
    pairs = zip(min(texts), max(texts), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def as_text(value: Any) -> str:
    """A fact as people read it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def number(value: float) -> str:
    """A number with all that decides, and no more: 0.85 and 0.8499999999 must not look alike."""
    return repr(float(value)).removesuffix(".0") if isinstance(value, float) else str(value)


def measured(told: Any) -> float:
    """What a metric of the facts is: a number, or the name of one that is not finite."""
    return float(told["value"] if isinstance(told, Mapping) else told)


def difference(value: float, base: float) -> str:
    """How much more or less it is than what it is held against, with a sign; empty where it is the same."""
    if value == base or not (math.isfinite(value) and math.isfinite(base)):
        return ""
    exact = Decimal(repr(float(value))) - Decimal(repr(float(base)))
    return f"{float(exact):+.{_DIGITS}g}"


def verdict(value: float, base: float, way: int) -> str:
    """Whether it is better or worse than what it is held against, where one way is; empty where nobody can say."""
    if not way or value == base or not (math.isfinite(value) and math.isfinite(base)):
        return ""
    return BETTER if (value > base) == (way > 0) else WORSE


def fields_of(side: Any) -> dict[str, str]:
    """The fields of one side of a model's signature, by their names, or by their places where they have none."""
    if not isinstance(side, list):
        return {"": as_text(side)} if side else {}
    return dict(_field(each, place) for place, each in enumerate(side, start=1))


def _field(told: Any, place: int) -> tuple[str, str]:
    if not isinstance(told, Mapping):
        return f"{place}", as_text(told)
    rest = {name: value for name, value in told.items() if name not in ("name", "required")}
    plain = rest.pop("type", "")
    words = [as_text(plain)] if plain else []
    words += [as_text(rest)] if rest else []
    words += ["optional"] if told.get("required") is False else []
    return str(told.get("name") or place), ", ".join(words)
