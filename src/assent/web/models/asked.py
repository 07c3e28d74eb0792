"""What the addresses of the pages about models and versions may say."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, pre_load, validate
from werkzeug.datastructures import MultiDict

from assent.kernel.errors import Invalid
from assent.registry.names import LARGEST_NUMBER
from assent.web.frame.inputs import Asked

MODEL = "/models/<name>"
VERSION = f"{MODEL}/versions/<int:number>"

_LONGEST = 2_000
_LONGEST_QUERY = 20_000
_MOST_DIGITS = 20


def _text(longest: int = _LONGEST) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=longest))


class _Search(Asked):
    """A search in the words of the API, in simple boxes, or both; and where a page begins."""

    query = _text(_LONGEST_QUERY)
    stage = _text()
    alias = _text()
    tag = _text()
    value = _text()
    after = _text()


class WhichModels(_Search):
    """Which models, and in which order."""

    name = _text()
    owner = _text()
    quarantined = fields.String(load_default="")
    kind = fields.String(load_default="models")
    sort = fields.String(load_default="name")


class WhichVersions(_Search):
    """Which versions of a model, and the metric of the chart."""

    metric = _text()


class ComparedVersions(Asked):
    """Versions to compare, each as `MODEL/NUMBER`, and the one section that is to be shown whole."""

    version = fields.List(fields.String(), load_default=list)
    section = fields.String(load_default="")

    @pre_load
    def _all_of_them(self, asked: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        if not isinstance(asked, MultiDict):
            return dict(asked)
        return {**asked.to_dict(), "version": [each.strip() for each in asked.getlist("version") if each.strip()]}


class WhichEvents(Asked):
    """Where a page of the activity begins."""

    after = _text()


class WhoseAccess(Asked):
    """Whose rights are to be explained."""

    kind = fields.String(load_default="user")
    who = _text()


class WhichMove(Asked):
    """The move that is to be explained."""

    version = fields.String(load_default="")
    to = _text()


def number(text: str) -> int:
    """A version that somebody named by its number. Raises Invalid."""
    if not text.isdecimal() or len(text) > _MOST_DIGITS or not 0 < int(text) <= LARGEST_NUMBER:
        raise Invalid(f"A version is named by its number, such as 3, and not by {text[:40]!r}.")
    return int(text)
