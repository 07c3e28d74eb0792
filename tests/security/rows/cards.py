"""Model cards in the native API."""

from functools import partial

from assent.access.policy.levels import Permission
from security.row import Row, on_the_model

_CARD = "/models/<name>/card"
_row = partial(Row, "api", in_path={"name": "{model}"})

ROWS = (
    _row("GET", _CARD, on_the_model(Permission.MODEL_READ)),
    _row("PUT", _CARD, on_the_model(Permission.CARD_WRITE), {"text": "# Intended use"}),
    _row("GET", f"{_CARD}/revisions", on_the_model(Permission.MODEL_READ)),
)
