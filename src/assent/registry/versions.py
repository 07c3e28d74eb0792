"""Model versions: registered, described, deleted, restored. Their stages are the business of `transitions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from assent.access.granting.visibility import Granted, Guarded
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal, authorize
from assent.audit.actions import Action
from assent.audit.events import Subject, record
from assent.kernel.clock import now
from assent.registry import models, names, origins, prompts, reading
from assent.registry.origins import Given
from assent.registry.sources import SourceRules
from assent.registry.tiers import NO_STAGE
from assent.registry.views import (
    MODELS,
    VERSION_COLUMNS,
    VERSION_TAGS,
    VERSIONS,
    Version,
    is_model,
    is_version,
    not_before_the_last,
    version,
)

# Built once: building a statement costs more than running it.
_INSERT = VERSIONS.insert().returning(VERSIONS.c.id)
_INSERT_TAGS = VERSION_TAGS.insert()
_NUMBER = Guarded(
    update(MODELS)
    .where(is_model(bindparam("named")))
    .values(
        last_number=MODELS.c.last_number + 1,
        last_updated_at=not_before_the_last(),
        last_updated_by_id=bindparam("by"),
    )
    .returning(MODELS.c.id, MODELS.c.last_number, MODELS.c.last_updated_at),
    MODELS.c.id,
)
_LOCK = Guarded(
    select(*VERSION_COLUMNS)
    .where(is_version(bindparam("name"), bindparam("number")))
    .with_for_update(of=VERSIONS, key_share=True),
    VERSIONS.c.model_id,
)


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody registers. A text that is not given is empty."""

    source: str
    run_id: str = ""
    run_link: str = ""
    logged_model_id: str = ""
    description: str = ""
    tags: Mapping[str, str] | None = None


def subject(found: Version) -> Subject:
    """A version, as an audit event names it."""
    return Subject("model_version", found.id, found.name, model_id=found.model_id, version=found.number)


def register(session: Session, name: str, what: Registration, *, by: Principal, rules: SourceRules) -> Version:
    """Give a model its next version.

    One atomic statement on the model's row numbers it, so any number of clients may register at once.
    Raises Invalid, Denied, and NotFound for an unknown model or for a version that the source names.
    """
    names.must_be_a_model_name(name)
    tags = dict(what.tags or {})
    _must_be_registrable(what, tags)
    model_id, number, at = _next_number(session, name, by)
    given = Given(what.source, what.run_id, what.logged_model_id)
    found = origins.of(session, given, tags, rules=rules, by=by)
    origin = found.as_columns()

    version_id: int = session.scalars(
        _INSERT,
        {
            "model_id": model_id,
            "model_name": name,
            "number": number,
            "created_at": at,
            "created_by_id": by.id,
            "last_updated_at": at,
            "last_updated_by_id": by.id,
            "description": what.description,
            "stage": NO_STAGE,
            "run_link": what.run_link,
            "copied_from_id": found.copied_from_id,
            **origin,
        },
    ).one()
    if tags:
        owner = {"version_id": version_id, "model_id": model_id, "last_updated_at": at}
        session.execute(_INSERT_TAGS, [owner | {"key": k, "value": v} for k, v in tags.items()])

    on = Subject("model_version", version_id, name, model_id=model_id, version=number)
    details = {**origin, "run_link": what.run_link, "description": what.description, "tags": tags}
    record(session, Action.VERSION_REGISTERED, by=by, on=on, details=details, at=at)
    return Version(
        id=version_id,
        model_id=model_id,
        name=name,
        number=number,
        created_at=at,
        last_updated_at=at,
        description=what.description,
        stage=NO_STAGE,
        run_link=what.run_link,
        user=by.name,
        revision=1,
        tags=tags,
        aliases=[],
        **origin,
    )


def describe(
    session: Session,
    name: str,
    number: int,
    description: str,
    *,
    by: Principal,
    revision: int | None = None,
) -> Version:
    """Replace the description. Raises Conflict when `revision` is given and somebody changed it since."""
    names.must_be_a_model_name(name)
    names.must_be_text("description", description, names.LONGEST_DESCRIPTION)
    found, granted = lock(session, name, number, by=by)
    authorize(by, Permission.VERSION_EDIT, on=name, granted=granted)
    models.must_be_revision(revision, found.revision, f"The description of version {number} of {name}")
    at = max(now(), found.last_updated_at)
    changed: dict[str, Any] = {"description": description, "last_updated_at": at, "revision": found.revision + 1}
    session.execute(update(VERSIONS).where(VERSIONS.c.id == found.id).values(**changed, last_updated_by_id=by.id))
    details = {"before": {"description": found.description}, "after": {"description": description}}
    record(session, Action.VERSION_UPDATED, by=by, on=subject(found), details=details, at=at)
    return found._replace(**changed)


def lock(session: Session, name: str, number: int, *, by: Principal) -> tuple[Version, Granted]:
    """A live version that the caller may read, whose row this transaction holds from now on, and what is granted.

    Raises NotFound, and Invalid for a bad name.
    """
    names.must_be_a_model_name(name)
    reading.must_be_possible(name, number)
    found = _LOCK.first(session, by, {"name": name, "number": number})
    if found is None or not by.may(Permission.MODEL_READ, name, found.granted):
        raise reading.no_version(name, number)
    return version(found.row), found.granted


def _next_number(session: Session, name: str, by: Principal) -> tuple[int, int, int]:
    """The model's id, the number of its next version, and the moment. Raises NotFound and Denied."""
    found = _NUMBER.first(session, by, {"named": name, "at": now(), "by": by.id})
    if found is None or not by.may(Permission.MODEL_READ, name, found.granted):
        raise reading.no_model(name)
    authorize(by, Permission.VERSION_REGISTER, on=name, granted=found.granted)
    model_id, number, at = found.row
    return model_id, number, at


def _must_be_registrable(what: Registration, tags: Mapping[str, str]) -> None:
    names.must_be_text("description", what.description, names.LONGEST_DESCRIPTION)
    names.must_be_text("run_id", what.run_id, names.LONGEST_RUN_ID)
    names.must_be_text("run_link", what.run_link, names.LONGEST_SOURCE)
    names.must_be_text("model_id", what.logged_model_id, names.LONGEST_NAME)
    for key, value in tags.items():
        names.must_be_a_key(key)
        # A prompt's text is a tag with a limit, and a message, of its own.
        if not (key == prompts.TEXT and prompts.is_prompt(tags)):
            names.must_be_text("value", value, names.LONGEST_VALUE)
