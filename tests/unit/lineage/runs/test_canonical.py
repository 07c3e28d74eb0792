"""Canonical JSON is one text for one value."""

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.kernel.errors import Invalid
from assent.lineage.runs import canonical, facts
from support import runs

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=30,
)


def shuffled(value: Any, order: random.Random) -> Any:
    """The same value, with the names in its objects in another order."""
    if isinstance(value, dict):
        names = list(value)
        order.shuffle(names)
        return {name: shuffled(value[name], order) for name in names}
    return [shuffled(each, order) for each in value] if isinstance(value, list) else value


@given(VALUES, st.randoms(use_true_random=False))
def test_order_of_names_makes_no_difference(value: Any, order: random.Random) -> None:
    assert canonical.written(shuffled(value, order)) == canonical.written(value)


@given(VALUES)
def test_what_is_written_reads_as_the_value(value: Any) -> None:
    assert json.loads(canonical.written(value), parse_int=float) == value


@given(VALUES)
def test_what_is_read_is_written_the_same_way(value: Any) -> None:
    content = canonical.written(value)
    assert canonical.written(json.loads(content)) == content


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_keeps_its_value(value: float) -> None:
    read = float(json.loads(canonical.written(value)))
    assert math.isclose(read, value, rel_tol=0, abs_tol=0)


# The samples of RFC 8785, appendix B, and of its section 3.2.
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992, "9007199254740992"),
        (-9007199254740992, "-9007199254740992"),
        (295147905179352830000, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (1.0000000000000001e23, "1.0000000000000001e+23"),
        (999999999999999700000, "999999999999999700000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.33333329, "333333333.3333333"),
        (4.50, "4.5"),
        (2e-3, "0.002"),
        ('\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
            '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\U0001f600":5,"\ufb33":3}',
        ),
    ],
)
def test_values_are_written_as_the_standard_says(value: Any, text: str) -> None:
    assert canonical.written(value).decode() == text


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53 + 1, "\ud800", {"\ud800": 1}, {1: 1}, object()])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        canonical.written(value)


def test_digest_of_a_run_is_stable() -> None:
    found = facts.of(runs.run(), runs.logged_model(), runs.MLMODEL, runs.REQUIREMENTS)
    assert canonical.digest(canonical.written(found)) == (
        "sha256:dcf067421f5df854c4b488853d58bfd2fcdff1d2f83dd9db422cb6e39eaf7863"
    )
