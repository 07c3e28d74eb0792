"""What forms and addresses of the pages about lineage may say."""

from marshmallow import fields, validate

from assent.lineage.graph.walks import DEEPEST
from assent.web.frame.inputs import Asked, Text, place

# As deep as most lineages are, and yet a drawing that one can read.
USUAL_DEPTH = 5


class OfWhat(Asked):
    """What somebody asks about, as they name it, and how many steps away at most."""

    of = fields.String(load_default="")
    depth = fields.Integer(load_default=USUAL_DEPTH, validate=validate.Range(1, DEEPEST))


class WhichPart(OfWhat):
    """The part of what is known: `graph`, `production` or `versions`; and the page of its table."""

    show = fields.String(load_default="graph")
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))


class WhichRecalls(Asked):
    """What somebody means to recall; else the recalls that stand, or all of them, and where the page goes on."""

    of = fields.String(load_default="")
    lifted = fields.Boolean(load_default=False)
    before = place()


class Why(Asked):
    """Why something is recalled, or a recall lifted."""

    reason = Text(load_default="")


class NewRecall(Why):
    """What is recalled, and why."""

    of = fields.String(load_default="")
