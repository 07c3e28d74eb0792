"""What the forms say by which models and versions are edited and moved."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load

from assent.web.frame.inputs import Asked, Text, place


class WhichTags(Asked):
    """Where a page of tags begins, and the one that is about to be changed."""

    after = fields.String(load_default="")
    key = fields.String(load_default="")


class Description(Asked):
    """A description in the place of the one that somebody saw."""

    description = Text(load_default="")
    revision = fields.Integer(required=True)


class CardText(Asked):
    """A card in the place of the one that somebody saw; 0 where there was none."""

    text = Text(load_default="")
    revision = fields.Integer(required=True)


class Tag(Asked):
    """A tag."""

    key = fields.String(load_default="")
    value = Text(load_default="")


class Key(Asked):
    """The key of a tag."""

    key = fields.String(load_default="")


class NewName(Asked):
    """Another name."""

    new_name = fields.String(load_default="")


class Before(Asked):
    """Where a page of a list begins, the newest first."""

    before = place()


class After(Asked):
    """Where a page of a list begins."""

    after = place(0)


class Alias(Asked):
    """The name of an alias, with or without its sign."""

    alias = fields.String(load_default="")

    @post_load
    def _plain(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"alias": loaded["alias"].strip().removeprefix("@")}


class Where(Asked):
    """Where a version is to go: a stage, `@` and an alias, or `deletion`; or an alias in a field of its own."""

    to = fields.String(load_default="")
    alias = fields.String(load_default="")
    archive_existing = fields.Boolean(load_default=False)

    @post_load
    def _one_word(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        alias = loaded.pop("alias").strip().removeprefix("@")
        return loaded | {"to": f"@{alias}" if alias else loaded["to"].strip()}


class Moment(fields.Field[Any]):
    """A minute in UTC, as browsers send it; in milliseconds."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int | None:
        if not value:
            return None
        try:
            minute = datetime.fromisoformat(str(value))
        except ValueError:
            raise ValidationError("Write it like 2026-05-31T08:00.") from None
        return int(minute.replace(tzinfo=minute.tzinfo or UTC).timestamp() * 1000)


class Remark(Asked):
    """Why somebody wants it, and from when on."""

    comment = Text(load_default="")
    not_before = Moment(load_default=None, allow_none=True)


class Move(Remark, Where):
    """A move of a version."""
