"""What a warning tells of an error."""

import pytest

from assent.plugin.reasons import reason


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("No run r1"), "No run r1."),
        (ValueError("No run r1."), "No run r1."),
        (ValueError("No run\n  r1"), "No run r1."),
        (ValueError(), "ValueError."),
        (OSError("http://ada:secret@lab:5000/api does not answer"), "http://lab:5000/api does not answer."),
        (OSError("postgresql://ada:s:e@lab/runs, http://bob@lab/"), "postgresql://lab/runs, http://lab/."),
        (OSError("mysql://ada:s/ecret@lab/runs, http://bob:s@ecret@lab"), "mysql://lab/runs, http://lab."),
        (ValueError("x" * 1000), "x" * 500 + "."),
    ],
)
def test_reason_is_one_short_line_without_passwords(error: Exception, told: str) -> None:
    assert reason(error) == told
