"""Passwords that somebody chooses, as calls take them."""

from typing import Any

from flask import current_app
from marshmallow import fields

from assent.access.credentials.passwords import NewPassword, Passwords


def chosen(text: str) -> NewPassword:
    """A new password, with the rules that this server judges it by."""
    rules: Passwords = current_app.config["PASSWORDS"]
    return rules.new(text)


class ChosenPassword(fields.String):
    """A new password in the input of a call."""

    def _deserialize(self, *loaded: Any, **options: Any) -> NewPassword:  # type: ignore[override]  # it gives no text
        return chosen(super()._deserialize(*loaded, **options))
