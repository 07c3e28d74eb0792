"""Native calls on run snapshots and digests of artifacts."""

from typing import Any

import orjson
from flask import current_app
from marshmallow import Schema, fields, post_load, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT
from assent.api.schemas import EmptyObject
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.lineage.runs import captures, digests, pushes, reading
from assent.lineage.runs.captured import CaptureState, Way
from assent.lineage.runs.digesting import Digest
from assent.lineage.runs.reading import Capture
from assent.lineage.runs.snapshots import Snapshot

_SNAPSHOT = "/models/<name>/versions/<int:number>/snapshot"
_DIGEST = "/models/<name>/versions/<int:number>/artifact-digest"

_SHA256 = "sha256:204aab0a107c4418fe9d87c839814b64f76d743fe97bda01764a73ad54e191e9"
_RUN_ID = "15ddce229300493699aff8f9468480e1"
_FACTS = {
    "schema": "assent.run-snapshot/1",
    "run": {"id": _RUN_ID, "user": "ada", "status": "FINISHED", "started_at": 1795435730983},
    "params": {"C": "1.0"},
    "metrics": {"auc": {"value": 0.93, "step": 2, "at": 1795435731235}},
    "datasets": [{"name": "train", "digest": "b247ca65", "context": "training"}],
    "code": {"commit": "97830ba29261f02d3337cd4588720b62ca959b68", "dirty": False},
}
_STATE = {"enum": [*(state.value for state in CaptureState), None], "example": "captured"}
_WAYS = [way.value for way in Way]


class TheDigest(Schema):
    """The hash over all files of a version's artifacts, and of how many files and bytes."""

    digest = fields.String(required=True, validate=validate.Length(max=200), metadata={"example": _SHA256})
    files = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, digests.MOST_FILES), metadata={"example": 7}
    )
    bytes = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, digests.MOST_BYTES), metadata={"example": 12154}
    )


class PushedDigest(TheDigest):
    """The digest, handed in together with the facts."""

    @post_load
    def as_value(self, loaded: dict[str, Any], **_: Any) -> Digest:
        """The digest as a value."""
        return Digest(**loaded)


class GivenDigest(TheDigest):
    """The digest, with who gave it and when."""

    given_at = fields.Integer(required=True, metadata=AT)
    given_by = fields.String(required=True, metadata={"example": "ada"})


class Push(Schema):
    """The facts of a version's run, as `docs/lineage.md` describes them, and the digest of its artifacts."""

    facts = fields.Raw(required=True, metadata={"type": "object", "example": _FACTS})
    artifact_digest = fields.Nested(PushedDigest, load_default=None, allow_none=True)


class OneSnapshot(Schema):
    """A snapshot. `taken_by` is who pushed it, `server` where it was pulled from. The digest is of canonical JSON."""

    way = fields.String(required=True, metadata={"enum": _WAYS, "example": "pulled"})
    digest = fields.String(required=True, metadata={"example": _SHA256})
    taken_at = fields.Integer(required=True, metadata=AT)
    taken_by = fields.String(required=True, allow_none=True, metadata={"example": "ada"})
    server = fields.String(required=True, metadata={"example": "http://tracking.example:5000"})
    facts = fields.Dict(required=True, metadata={"example": _FACTS})


class Difference(Schema):
    """What was pushed and what was pulled at one place; `pulled` is left out where the server knows of nothing."""

    path = fields.String(required=True, metadata={"example": "params.C"})
    pushed = fields.Raw(required=True, metadata={"example": "1.0"})
    pulled = fields.Raw(metadata={"example": "2.0"})


class TheCapture(Schema):
    """How far the capture of a version's run got; `state` is null where there is no run to capture.

    `counts` is the way of the snapshot that counts, null where there is none or where they contradict each other.
    """

    state = fields.String(required=True, allow_none=True, metadata=_STATE)
    counts = fields.String(required=True, allow_none=True, metadata={"enum": [*_WAYS, None], "example": "pulled"})
    attempts = fields.Integer(required=True, metadata={"example": 0})
    next_attempt_at = fields.Integer(required=True, allow_none=True, metadata=AT)
    problem = fields.String(required=True, metadata={"example": ""})
    differences = fields.List(fields.Nested(Difference), required=True)
    artifact_digest = fields.Nested(GivenDigest, required=True, allow_none=True)
    snapshots = fields.List(fields.Nested(OneSnapshot), required=True)


@api.call("PUT", _SNAPSHOT, takes=Push(), gives=TheCapture(), errors=(403, 404, 409))
def push_snapshot(
    session: Session, name: str, number: int, facts: object, artifact_digest: Digest | None, *, by: Principal
) -> dict[str, Any]:
    """Keep the facts of a version's run. The same again changes nothing; other facts are refused."""
    largest = current_app.config["LARGEST_SNAPSHOT"]
    pushes.push(session, name, number, facts, artifact_digest=artifact_digest, largest=largest, by=by)
    return _told(reading.capture(session, name, number, by=by))


@api.call("GET", _SNAPSHOT, gives=TheCapture(), errors=(400, 404), uses=Uses.READS, redirects=True)
@follows_renames
def read_snapshot(session: Reader, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Get how far the capture of a version's run got, and every snapshot of it."""
    return _told(reading.capture(session, name, number, by=by))


@api.call("POST", f"{_SNAPSHOT}/retry", takes=EmptyObject(), gives=TheCapture(), errors=(403, 404, 409))
def retry_snapshot(session: Session, name: str, number: int, *, by: Principal) -> dict[str, Any]:
    """Let the run of a version be pulled from the tracking server now, however often that failed."""
    captures.retry(session, name, number, by=by)
    return _told(reading.capture(session, name, number, by=by))


@api.call("PUT", _DIGEST, takes=TheDigest(), gives=GivenDigest(), errors=(403, 404, 409))
def give_artifact_digest(session: Session, name: str, number: int, *, by: Principal, **given: Any) -> dict[str, Any]:
    """Say what the artifacts of a version are. The same again changes nothing; another digest is refused."""
    return digests.give(session, name, number, Digest(**given), by=by)._asdict()


def _told(found: Capture) -> dict[str, Any]:
    counts = found.counts
    return {
        "state": found.state,
        "counts": counts.way if counts else None,
        "attempts": found.attempts,
        "next_attempt_at": found.next_attempt_at,
        "problem": found.problem,
        "differences": found.differences,
        "artifact_digest": found.artifact_digest._asdict() if found.artifact_digest else None,
        "snapshots": [_snapshot(each) for each in found.snapshots],
    }


def _snapshot(found: Snapshot) -> dict[str, Any]:
    return {
        "way": found.way,
        "digest": found.digest,
        "taken_at": found.taken_at,
        "taken_by": found.taken_by,
        "server": found.server,
        # As it is kept, to the byte: that is what the digest is of.
        "facts": orjson.Fragment(found.content),
    }
