"""What the forms of comments say."""

from typing import Any

from marshmallow import INCLUDE, Schema, fields, post_load

from assent.web.frame.inputs import Asked, Text, place
from assent.web.frame.paths import is_local


class Back(Asked):
    """The page that a form is on, and that it leads back to; empty where it names none of this server."""

    back = fields.String(load_default="")

    @post_load
    def _stay_here(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        return loaded | {"back": loaded["back"] if is_local(loaded["back"]) else ""}


class NewText(Back):
    """A comment to be written."""

    text = Text(load_default="")


class EditedText(NewText):
    """Another text for a comment, of which the one who wrote it saw a revision."""

    revision = fields.Integer(required=True)


class Before(Asked):
    """Which page of a list: what is before an id."""

    before = place()


class PreviewOf(Schema):
    """A form with a text in one of its fields, and which field that is."""

    class Meta:
        """marshmallow's options."""

        unknown = INCLUDE

    preview = fields.String(load_default="")
