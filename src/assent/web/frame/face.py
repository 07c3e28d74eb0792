"""The face itself: pages, rendered here, and forms that prove where they were sent from.

It is no part of the OpenAPI document. That promises programs what they may rely on, and no program should rely on
how a page is laid out or what its forms are called; whatever a page can do, the native API can do as well.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask_wtf import CSRFProtect
from marshmallow import ValidationError

from assent.http.browsers import browsers
from assent.http.calls import Call, Face
from assent.http.problems import Problem
from assent.kernel.errors import AssentError
from assent.web.frame import errors, refusals

csrf = CSRFProtect()


def _load(call: Call) -> Mapping[str, Any]:
    """What the page was asked for. No form is read that another site could have sent."""
    browsers().must_work()
    if call.method != "GET":
        csrf.protect()
        refusals.must_not_be_a_preview(call)
    if call.takes is None:
        return {}
    try:
        loaded: dict[str, Any] = call.takes.load(request.args if call.takes_query else request.form)
    except ValidationError as refused:
        wrong = {name: " ".join(told) for name, told in refused.messages_dict.items()}
        raise (errors.WrongAddress(wrong) if call.takes_query else errors.wrong(wrong)) from None
    return loaded


def _tell(error: AssentError) -> Response:
    return errors.domain_error(error, web.calls)


web = Face("web", ("",), _load, _tell, errors.http_error, Problem(), "text/html", shows_pages=True)
