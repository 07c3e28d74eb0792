"""What the forms and addresses of the pages on rules may say; whatever else they say is passed over."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, pre_load, validate

from assent.web.frame.inputs import Asked, place

LONGEST_GATE = 20_000


class History(Asked):
    """Which part of a history: what came before a revision."""

    before = place()


class FromExample(Asked):
    """What an editor begins with: the rules that stand, or with an example added to them."""

    example = fields.String(load_default="")


class File(Asked):
    """A file of rules."""

    text = fields.String(load_default="")


class Planned(File):
    """A file of rules, and the revision of all rules for which somebody saw the changes."""

    planned_at = fields.Integer(required=True)


class NewFreeze(Asked):
    """The form of a new freeze."""

    name = fields.String(load_default="")
    reason = fields.String(load_default="")
    models = fields.String(load_default="")
    targets = fields.String(load_default="")
    from_ = fields.String(load_default="", data_key="from", attribute="from")
    until = fields.String(load_default="")
    zone = fields.String(load_default="")


class EndedFreeze(Asked):
    """The freeze that shall end, as somebody saw it."""

    revision = fields.Integer(required=True)


class Trial(Asked):
    """Which move a gate is tried on; of none the page asks for one."""

    model = fields.String(load_default="")
    version = fields.Integer(load_default=None, allow_none=True)
    to = fields.String(load_default="")

    @pre_load
    def _nothing_is_none(self, given: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        # An empty field is sent as an empty text.
        return {name: text for name, text in given.items() if name != "version" or text}


class WrittenTrial(Trial):
    """The same, of a gate that is written anew: one, so that nobody spends the server's time on thousands."""

    text = fields.String(load_default="", validate=validate.Length(max=LONGEST_GATE))
