"""Where a version comes from: its source as it is stored, and what that leads to."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, desc, select
from sqlalchemy.orm import Session

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.dialects import dialect
from assent.kernel.errors import Denied, NotFound
from assent.registry import names, prompts, reading, sources
from assent.registry.sources import Reference, SourceRules
from assent.registry.stages import canonical
from assent.registry.views import VERSIONS, Version


@dataclass(frozen=True, slots=True)
class Origin:
    """A source, where its artifacts are, and the run and logged model they are of; empty where unknown."""

    source: str
    download_uri: str
    run_id: str
    logged_model_id: str
    # The version that the source names.
    copied_from_id: int | None = None

    def as_columns(self) -> dict[str, str]:
        """The columns of a version's row."""
        return {
            "source": self.source,
            "download_uri": self.download_uri,
            "run_id": self.run_id,
            "logged_model_id": self.logged_model_id,
        }


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever registers says of the origin; empty where they do not say."""

    source: str
    run_id: str
    logged_model_id: str


def of(session: Session, given: Given, tags: Mapping[str, str], *, rules: SourceRules, by: Principal) -> Origin:
    """The origin of a version. A source that names another version leads to where that one's artifacts are.

    Raises Invalid for a source that is not allowed, NotFound for one that names nothing `by` may read, and Denied for
    one that only versions have which `by` may not read.
    """
    if prompts.is_prompt(tags):
        prompts.must_be_a_prompt_version(given.source, tags)
        return Origin(given.source, given.source, given.run_id, given.logged_model_id)
    names.must_be_text("source", given.source, names.LONGEST_SOURCE)
    logged_model = sources.named_logged_model(given.source)
    found = Origin(
        given.source,
        given.source,
        given.run_id or sources.named_run(given.source),
        given.logged_model_id or logged_model,
    )
    names.must_be_text("source: The id of the logged model", logged_model, names.LONGEST_NAME)
    sources.must_be_a_source(given.source, run_id=found.run_id, logged_model_id=found.logged_model_id, rules=rules)
    # `models:/m-…` is a logged model of the client's tracking server, which no version here is called.
    named = None if logged_model else sources.reference(given.source)
    if named:
        return _of_copy(given, _referenced(session, named, by))
    _must_be_a_readable_origin(session, found, by)
    return found


def must_be_a_readable_run(session: Session, run_id: str, by: Principal) -> None:
    """Raise Denied where versions come from that run, and the caller may read none of them.

    Whoever names a run sees what is known of it.
    """
    _must_be_readable(session, {"run": VERSIONS.c.run_id == run_id} if run_id else {}, {"run_id": run_id}, by)


def _must_be_a_readable_origin(session: Session, origin: Origin, by: Principal) -> None:
    """The same, of a source or a folder around it too, and of a logged model, which leads to its run."""
    same: dict[str, ColumnElement[bool]] = {"source": VERSIONS.c.source.in_(_folders(origin.source))}
    told = {"source": origin.source, "run_id": origin.run_id}
    if origin.run_id:
        same["run"] = VERSIONS.c.run_id == origin.run_id
    if origin.logged_model_id:
        same["logged model"] = VERSIONS.c.logged_model_id == origin.logged_model_id
        told["logged_model_id"] = origin.logged_model_id
    _must_be_readable(session, same, told, by)


def _must_be_readable(
    session: Session, same: Mapping[str, ColumnElement[bool]], told: Mapping[str, str], by: Principal
) -> None:
    mine = reachable(
        by,
        Permission.MODEL_READ,
        model_id=VERSIONS.c.model_id,
        name=VERSIONS.c.model_name,
        on=dialect(session),
    )
    if not (mine and same):
        return
    known = select(and_(*mine).label("readable")).where(VERSIONS.c.deleted_at.is_(None))
    asked = [known.where(each).order_by(desc("readable")).limit(1).scalar_subquery() for each in same.values()]
    # A text of no version is nobody's secret; what is in somebody's storage is not for this registry to say.
    for what, readable in zip(same, session.execute(select(*asked)).one(), strict=True):
        if readable is not None and not readable:
            why = f"The {what} is that of a version that you may not read."
            raise Denied(why, subject=next(iter(told.values())), details=dict(told))


def _folders(source: str) -> set[str]:
    """A source and the folders that it lies in, each with a slash at its end and without."""
    scheme, separator, path = source.rstrip("/").rpartition("://")
    parts = path.split("/")
    folders = {f"{scheme}{separator}{'/'.join(parts[:count])}" for count in range(1, len(parts) + 1)}
    return folders | {f"{folder}/" for folder in folders} | {source}


def _of_copy(given: Given, original: Version) -> Origin:
    if prompts.is_prompt(original.tags):
        sources.refuse(given.source, "Prompt versions cannot be used as model version sources.")
    for field, claimed, kept in (
        ("run_id", given.run_id, original.run_id),
        ("model_id", given.logged_model_id, original.logged_model_id),
    ):
        if claimed and claimed != kept:
            sources.refuse(given.source, f"The {field} '{claimed}' is not that of the version, '{kept}'.")
    source = f"models:/{original.name}/{original.number}"
    return Origin(source, original.download_uri, original.run_id, original.logged_model_id, original.id)


def _referenced(session: Session, named: Reference, by: Principal) -> Version:
    """The version that a source names, which the caller must be able to read."""
    if named.alias:
        return reading.version_by_alias(session, named.name, named.alias, by=by)
    if named.version.isdecimal():
        return reading.version_numbered(session, named.name, int(named.version), by=by)
    if named.version.lower() == "latest":
        return reading.version_by_alias(session, named.name, "latest", by=by)
    found = reading.latest_versions(session, named.name, [canonical(session, named.version)], by=by)
    if not found:
        raise NotFound(f"No version of {named.name} stands in the stage {named.version}.")
    return found[0]
