"""The inbox, and requests."""

from functools import partial

from assent.access.policy.levels import Permission
from security.pages.seen import SEE, form, page
from security.row import anyone, on_the_model

_REQUEST = "/requests/<int:request_id>"
# Open, of a move into Production, and opened by somebody else.
_OF_REQUEST = {"request_id": "{request_id}"}
_page = partial(page, in_path=_OF_REQUEST)
_form = partial(form, in_path=_OF_REQUEST)

_READ = on_the_model(Permission.MODEL_READ)
_DECIDE = on_the_model(Permission.REQUEST_DECIDE_PRODUCTION, status=SEE)
_SOMETHING = {"comment": "Seen."}

ROWS = (
    page("/", anyone(SEE)),
    page("/inbox", anyone()),
    page("/inbox/list", anyone()),
    page("/inbox/tabs", anyone()),
    page("/inbox/count", anyone()),
    _page(_REQUEST, _READ),
    _page(f"{_REQUEST}/news", _READ, {"seen": "0"}),
    _form(f"{_REQUEST}/look", on_the_model(Permission.REQUEST_OPEN, status=SEE)),
    _form(f"{_REQUEST}/approve", _DECIDE, {"digest": "{digest}"}),
    _form(f"{_REQUEST}/reject", _DECIDE, _SOMETHING),
    _form(f"{_REQUEST}/withdraw", on_the_model(Permission.MODEL_MANAGE, status=SEE)),
    # Nobody approved it, no gate knows an override of it, and none is owed a review.
    _form(f"{_REQUEST}/take-back", on_the_model(status=409)),
    _form(f"{_REQUEST}/override", on_the_model(status=403), _SOMETHING),
    _form(f"{_REQUEST}/review", on_the_model(status=409), _SOMETHING),
)
