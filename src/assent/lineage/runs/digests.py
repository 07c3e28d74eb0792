"""Digests of artifacts: given once for a version, and never changed. How one is made, `digesting` tells."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import record
from assent.kernel.clock import now
from assent.kernel.dialects import Reader, table
from assent.kernel.errors import Conflict, Invalid
from assent.lineage.runs.captured import ArtifactDigest
from assent.lineage.runs.digesting import Digest, is_digest
from assent.lineage.runs.snapshots import Of
from assent.registry import versions
from assent.registry.views import ACCOUNTS

DIGESTS = table(ArtifactDigest)
MOST_FILES = 10_000_000
# A petabyte.
MOST_BYTES = 2**50


class Given(NamedTuple):
    """The digest of a version's artifacts, who gave it and when."""

    digest: str
    files: int
    bytes: int
    given_at: int
    given_by: str


_INSERT = DIGESTS.insert()
_OF_VERSION = select(
    DIGESTS.c.digest,
    DIGESTS.c.files,
    DIGESTS.c.bytes,
    DIGESTS.c.given_at,
    select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == DIGESTS.c.given_by_id).scalar_subquery(),
).where(DIGESTS.c.version_id == bindparam("version_id"))
_OF_EACH = select(DIGESTS.c.version_id, DIGESTS.c.digest).where(
    DIGESTS.c.version_id.in_(bindparam("wanted", expanding=True))
)


def give(session: Session, name: str, number: int, what: Digest, *, by: Principal) -> Given:
    """Say what the artifacts of a version are. The same again changes nothing.

    Raises Invalid, Denied, NotFound, and Conflict for another digest than the one that was given.
    """
    found, granted = versions.lock(session, name, number, by=by)
    authorize(by, Permission.SNAPSHOT_PUSH, on=name, granted=granted)
    version = Of(found.id, found.model_id, name, number, found.run_id, found.logged_model_id)
    return given_to(session, version, what, by=by)


def given_to(session: Session, version: Of, what: Digest, *, by: Principal) -> Given:
    """The same for somebody who may, and a version whose row the transaction holds."""
    must_be_a_digest(what)
    known = of(session, version.id)
    if known is None:
        return _first(session, version, what, by)
    if known[:3] != (what.digest, what.files, what.bytes):
        raise Conflict(
            f"The artifacts of version {version.number} of {version.name} have another digest, and keep it: "
            f"{known.digest}."
        )
    return known


def of(session: Reader, version_id: int) -> Given | None:
    """The digest of a version's artifacts, where one was given. Access is the caller's to check."""
    row = session.execute(_OF_VERSION, {"version_id": version_id}).first()
    return Given._make(row) if row is not None else None


def of_each(session: Reader, version_ids: Iterable[int]) -> dict[int, str]:
    """The digests of the artifacts of some versions, of those that have one. Access is the caller's to check."""
    wanted = sorted(set(version_ids))
    return {row.version_id: row.digest for row in session.execute(_OF_EACH, {"wanted": wanted})} if wanted else {}


def must_be_a_digest(what: Digest) -> None:
    """Raise Invalid unless that can be a digest over files."""
    if not is_digest(what.digest):
        raise Invalid("artifact_digest.digest must be sha256: and 64 hexadecimal digits, a to f in lower case.")
    if not 0 < what.files <= MOST_FILES:
        raise Invalid(f"artifact_digest.files must be between 1 and {MOST_FILES}.")
    if not 0 <= what.bytes <= MOST_BYTES:
        raise Invalid(f"artifact_digest.bytes must be between 0 and {MOST_BYTES}.")


def _first(session: Session, version: Of, what: Digest, by: Principal) -> Given:
    at = now()
    values = {"digest": what.digest, "files": what.files, "bytes": what.bytes}
    session.execute(_INSERT, {"version_id": version.id, **values, "given_at": at, "given_by_id": by.id})
    record(session, Action.DIGEST_GIVEN, by=by, on=version.subject, details=values, at=at)
    return Given(what.digest, what.files, what.bytes, at, by.name)
