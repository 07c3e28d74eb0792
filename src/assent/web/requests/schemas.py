"""What the forms and addresses of requests may say. Whatever else they say is passed over."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load, pre_load, validate

from assent.governance.requests.records.tables import RequestState
from assent.governance.requests.viewing.inbox import Role
from assent.web.frame.inputs import Asked

_LARGEST_ID = 2**63 - 1
_LONGEST_WORD = 300
_PRINTABLE = validate.Predicate("isprintable", error="Write what can be printed.")


class _Sought(Asked):
    """What is left empty in a form is not sought."""

    @pre_load
    def _without_blanks(self, asked: Mapping[str, str], **_: Any) -> dict[str, str]:
        return {name: text.strip() for name, text in asked.items() if text.strip()}


def _word() -> fields.String:
    return fields.String(load_default=None, validate=[validate.Length(max=_LONGEST_WORD), _PRINTABLE])


class Which(_Sought):
    """Which requests the inbox shows; those before an id."""

    show = fields.Enum(
        Role,
        by_value=True,
        load_default=Role.WAITING,
        validate=validate.OneOf([Role.WAITING, Role.MINE, Role.WATCHING, Role.OVERDUE, Role.ALL]),
    )
    state = fields.Enum(RequestState, by_value=True, load_default=None)
    models = _word()
    to = _word()
    opened_by = _word()
    stuck = fields.Boolean(load_default=None)
    in_place_of = _word()
    before = fields.Integer(load_default=None, validate=validate.Range(1, _LARGEST_ID))


class News(Asked):
    """What the page showed: how much had become of the request by then, what was reviewed. It may be judged anew."""

    seen = fields.Integer(load_default=0, validate=validate.Range(0, _LARGEST_ID))
    digest = fields.String(load_default="", validate=validate.Length(max=100))
    anew = fields.Boolean(load_default=False)


class Remark(Asked):
    """A comment, or none."""

    comment = fields.String(load_default="")


class Decision(Remark):
    """What a reviewer says of what they saw, in somebody's place or in their own name."""

    in_place_of = fields.String(load_default="", validate=[validate.Length(max=_LONGEST_WORD), _PRINTABLE])

    @post_load
    def _or_nobody(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        return loaded | {"in_place_of": loaded["in_place_of"] or None}


class Approval(Decision):
    """An approval of what has that review digest, with a password where one signs."""

    digest = fields.String(required=True, validate=validate.Length(min=1, max=100))
    password = fields.String(load_default="", validate=validate.Length(max=1000), load_only=True)
