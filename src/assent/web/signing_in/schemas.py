"""What forms and addresses of pages may say. Whatever else they say, such as the proof of a form, is passed over."""

from typing import Any

from marshmallow import fields, post_load

from assent.web.frame.inputs import Asked, Day, words
from assent.web.frame.paths import HOME, is_local


class Next(Asked):
    """Where to go after signing in: to a page of this server, or to the first one."""

    next = fields.String(load_default=HOME)

    @post_load
    def _stay_here(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        return loaded | {"next": loaded["next"] if is_local(loaded["next"]) else HOME}


class SignIn(Next):
    """The form to sign in with a password."""

    username = fields.String(load_default="")
    password = fields.String(load_default="", load_only=True)


class OwnPassword(Asked):
    """One's password, and what it is to be."""

    current_password = words(load_only=True)
    new_password = words(load_only=True)


class NewDelegation(Asked):
    """Who shall decide in one's place, and from which day until which, both included."""

    delegate = words()
    since = Day()
    until = Day()
    reason = words()
