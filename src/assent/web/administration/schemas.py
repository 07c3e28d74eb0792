"""What addresses and forms of the administration may say."""

from marshmallow import fields, validate

from assent.access.policy.levels import Level
from assent.web.frame.inputs import Asked, name_of_somebody, place, words

KINDS = ("user", "service_account", "group")
GENERATED, TYPED, NONE = "generated", "typed", "none"


class Beginning(Asked):
    """Which of a list by names: those that begin so, as they come after a name."""

    beginning = name_of_somebody(load_default="")
    after = name_of_somebody(load_default="")


class AfterNumber(Asked):
    """Where a page of a list begins."""

    after = place(0)


class Tokens(Asked):
    """Where the tokens of an account begin on its page."""

    tokens_after = place(0)


class Password(Asked):
    """A password: made up, typed, or none at all."""

    way = fields.String(load_default=GENERATED, validate=validate.OneOf((GENERATED, TYPED, NONE)))
    password = words(load_only=True)


class NewUser(Password):
    """A new user."""

    name = words()
    administrator = fields.Boolean(load_default=False)


class Named(Asked):
    """What somebody or something new is called."""

    name = words()


class Renamed(Asked):
    """What somebody or something is to be called."""

    new_name = words()


class Administrator(Asked):
    """Whether somebody is to be an administrator."""

    administrator = fields.Boolean(required=True)


class Somebody(Asked):
    """A user, a service account or a group."""

    kind = fields.String(load_default="user", validate=validate.OneOf(KINDS))
    who = words()


class WhichMembers(Asked):
    """Where the members of a group begin on its page: those in it, and those in it through others."""

    after = place(0)
    through_after = name_of_somebody(load_default="")


class WhatToExplain(Asked):
    """Whom to explain, and with which model; nothing where no model is named."""

    after = place(0)
    kind = fields.String(load_default="user", validate=validate.OneOf(KINDS))
    who = words()
    model = words()


class NewGrant(Somebody):
    """A level for somebody on a pattern of names or, without one, on the whole registry."""

    level = fields.Enum(Level, by_value=True, required=True)
    pattern = words()
