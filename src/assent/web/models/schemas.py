"""What forms and addresses of the pages about models may say. Whatever else they say is passed over."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, pre_load
from werkzeug.datastructures import MultiDict


class _Page(Schema):
    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE


class WhichVersions(_Page):
    """Versions to compare, each as `MODEL/NUMBER`, and the one section that is to be shown whole."""

    version = fields.List(fields.String(), load_default=list)
    section = fields.String(load_default="")

    @pre_load
    def _all_of_them(self, asked: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        if not isinstance(asked, MultiDict):
            return dict(asked)
        return {**asked.to_dict(), "version": [each.strip() for each in asked.getlist("version") if each.strip()]}
