"""Native calls on the past: how things stood at a moment, and what happened to one version."""

from typing import Any

from marshmallow import Schema, fields, validate

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.governance.requests.viewing.behind import Behind, Place, behind
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.lineage.past.at import LATEST, Asked, Held, at
from assent.lineage.past.story import story
from assent.lineage.runs.captured import Way
from assent.registry.names import LONGEST_ALIAS, LONGEST_NAME
from assent.registry.tiers import Tier

_LONGEST_TOKEN = 500
_NO_REQUEST = Behind(None, [], None)


def _word(example: str, longest: int) -> fields.String:
    return fields.String(
        load_default=None, validate=[validate.Length(1, longest), storable], metadata={"example": example}
    )


class AfterPage(Schema):
    """Where a page begins, as the page before it said."""

    after = fields.String(load_default="", validate=[validate.Length(max=_LONGEST_TOKEN), storable])


class AtWhatTime(AfterPage):
    """A moment, and of what: one model or a pattern of names, a stage or a tier, an alias; or of everything."""

    time = fields.Integer(required=True, validate=validate.Range(0, LATEST), metadata=AT)
    model = _word("fraud", LONGEST_NAME)
    pattern = _word("fraud*", LONGEST_NAME)
    stage = _word("Production", 40)
    tier = fields.Enum(Tier, by_value=True, load_default=None, metadata={"example": "production"})
    alias = _word("champion", LONGEST_ALIAS)


class DatasetUsed(Schema):
    """A dataset that a run had for input."""

    name = fields.String(required=True, metadata={"example": "train"})
    digest = fields.String(required=True, metadata={"example": "5ad6e8ce"})
    context = fields.String(required=True, metadata={"example": "training"})


class SnapshotTold(Schema):
    """What the snapshot of a version's run says: its own digest, the commit of the code, the datasets."""

    way = fields.String(
        required=True, validate=validate.OneOf([way.value for way in Way]), metadata={"example": "pulled"}
    )
    digest = fields.String(required=True, metadata={"example": f"sha256:{'0123456789abcdef' * 4}"})
    code_commit = fields.String(required=True, metadata={"example": "8d1c5f0a9b1e4c6f8d1c5f0a9b1e4c6f8d1c5f0a"})
    datasets = fields.List(fields.Nested(DatasetUsed), required=True)


class HeldThen(Schema):
    """A version held a stage or an alias then: since when, until when (null: it still does), through whom.

    `model` is what the model was called then, `model_now` what it is called now or was when it was deleted. Where a
    request led there, it is told with those whose approvals it had, and who overrode what it lacked.
    """

    model = fields.String(required=True, metadata={"example": "fraud"})
    model_now = fields.String(required=True, metadata={"example": "fraud-cards"})
    model_id = fields.Integer(required=True, metadata={"example": 7})
    model_deleted = fields.Boolean(required=True, metadata={"example": False})
    version = fields.Integer(required=True, metadata={"example": 3})
    version_deleted = fields.Boolean(required=True, metadata={"example": False})
    kind = fields.String(required=True, validate=validate.OneOf(("stage", "alias")), metadata={"example": "stage"})
    what = fields.String(required=True, metadata={"example": "Production"})
    since = fields.Integer(required=True, metadata=AT)
    until = fields.Integer(required=True, allow_none=True, metadata=AT)
    by = fields.String(required=True, metadata={"example": "alice"})
    run_id = fields.String(required=True, metadata={"example": "0123456789abcdef0123456789abcdef"})
    snapshot = fields.Nested(SnapshotTold, required=True, allow_none=True)
    request = fields.Integer(required=True, allow_none=True, metadata={"example": 12})
    signed_by = fields.List(fields.String(metadata={"example": "rita"}), required=True)
    overridden_by = fields.String(required=True, allow_none=True, metadata={"example": None})


class Then(Schema):
    """Who held what at a moment, by the models' ids, at most 1,000 of a page. The next page begins after `next`."""

    time = fields.Integer(required=True, metadata=AT)
    held = fields.List(fields.Nested(HeldThen), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"example": None})


class Happened(Schema):
    """One thing that happened, through whom and which face: as a sentence, and what the audit log tells of it."""

    at = fields.Integer(required=True, metadata=AT)
    action = fields.String(required=True, metadata={"example": "model_version.transitioned"})
    by = fields.String(required=True, metadata={"example": "alice"})
    face = fields.String(required=True, metadata={"example": "mlflow"})
    line = fields.String(required=True, metadata={"example": "alice moved it from Staging to Production"})
    details = fields.Dict(
        fields.String(),
        required=True,
        metadata={"example": {"before": {"stage": "Staging"}, "after": {"stage": "Production"}}},
    )


class Story(Schema):
    """What happened to a version, oldest first, at most 1,000 of a page. The next page begins after `next`."""

    model = fields.String(required=True, metadata={"example": "fraud"})
    version = fields.Integer(required=True, metadata={"example": 3})
    story = fields.List(fields.Nested(Happened), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"example": None})


@api.call("GET", "/at", takes=AtWhatTime(), gives=Then(), errors=(400,), uses=Uses.READS)
def read_at(session: Reader, time: int, after: str, *, by: Principal, **asked: Any) -> dict[str, Any]:
    """List which versions held which stages and aliases at a moment, in models by their names of then or of now.

    Without a stage, a tier or an alias that is all that was held; the stage None counts only where one asks for it.
    Models and versions that are deleted by now are told of, too.
    """
    page = at(session, time, Asked(**asked), by=by, token=after)
    requests = behind(session, map(_place, page.found))
    held = [_held(each, requests.get(_place(each))) for each in page.found]
    return {"time": time, "held": held, "next": page.next_token or None}


def _place(found: Held) -> Place:
    return Place(found.version_id, found.kind, found.what, found.since)


def _held(found: Held, request: Behind | None) -> dict[str, Any]:
    told = found._asdict()
    del told["version_id"]
    told["snapshot"] = found.snapshot._asdict() if found.snapshot else None
    return told | (request or _NO_REQUEST)._asdict()


@api.call(
    "GET",
    "/models/<name>/versions/<int:number>/story",
    takes=AfterPage(),
    gives=Story(),
    errors=(400, 404),
    uses=Uses.READS,
    redirects=True,
)
@follows_renames
def read_story(session: Reader, name: str, number: int, after: str, *, by: Principal) -> dict[str, Any]:
    """Get what happened to a version, even a deleted one, to its model, and recalls of what it comes from."""
    page = story(session, name, number, by=by, token=after)
    told = [each._asdict() for each in page.found]
    return {"model": name, "version": number, "story": told, "next": page.next_token or None}
