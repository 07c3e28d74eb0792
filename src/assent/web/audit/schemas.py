"""What addresses of the pages about the audit log may say. All is kept as typed: the pages tell what is wrong."""

from marshmallow import fields

from assent.web.frame.inputs import Asked


def _word() -> fields.String:
    return fields.String(load_default="")


class Filters(Asked):
    """What to look for in the audit log."""

    who = _word()
    action = _word()
    kind = _word()
    name = _word()
    outcome = _word()
    since = _word()
    until = _word()
    face = _word()
    address = _word()
    request = _word()
    text = _word()


class PageOfEvents(Filters):
    """The same, and where a page begins: `before` an event, which is older, or `after` one."""

    before = _word()
    after = _word()


class Export(Filters):
    """The same, and how to write it."""

    written_as = fields.String(data_key="format", load_default="csv")


class Moment(Asked):
    """A moment, of what, and another to compare it with."""

    moment = _word()
    model = _word()
    held = _word()
    against = _word()
    after = _word()
