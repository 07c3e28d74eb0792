"""Native calls on the declared parents of versions: what they were fine-tuned or distilled from, or ensemble."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.api.face import api
from assent.api.fields import AT, storable
from assent.api.lineage import SeenVersion, seen_version
from assent.api.schemas import EmptyObject
from assent.http.calls import Uses
from assent.http.renames import follows_renames
from assent.kernel.dialects import Reader
from assent.lineage.graph.tables import EdgeType
from assent.lineage.reports import parents
from assent.lineage.reports.parents import LONGEST_REFERENCE, RELATIONS, Declared, Parent
from assent.registry.names import LARGEST_NUMBER, LONGEST_NAME

_PARENTS = "/models/<name>/versions/<int:number>/parents"
_RELATION = {"example": "fine_tuned"}
_EXTERNAL = {"example": "hf://mistralai/Mistral-7B@main"}


class ParentNamed(Schema):
    """How something is a parent, and what: a version by its model and number, or a model elsewhere by its name."""

    relation = fields.String(
        required=True, validate=validate.OneOf([each.value for each in RELATIONS]), metadata=_RELATION
    )
    model = fields.String(load_default=None, allow_none=True, validate=[validate.Length(1, LONGEST_NAME), storable])
    version = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, LARGEST_NUMBER))
    external = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(1, LONGEST_REFERENCE), storable],
        metadata=_EXTERNAL,
    )


class DeclaredParent(Schema):
    """A declared parent, either a version or external; when by whom, and since when it is said no longer."""

    relation = fields.String(required=True, metadata=_RELATION)
    version = fields.Nested(SeenVersion, required=True, allow_none=True)
    external = fields.String(required=True, allow_none=True, metadata=_EXTERNAL)
    stated_at = fields.Integer(required=True, metadata=AT)
    stated_by = fields.String(required=True, allow_none=True, metadata={"example": "alice"})
    withdrawn_at = fields.Integer(required=True, allow_none=True, metadata={"example": None})


class DeclaredParents(Schema):
    """Declared parents in the order they were declared."""

    parents = fields.List(fields.Nested(DeclaredParent), required=True)


class WhichParents(Schema):
    """Those that are said or, with `withdrawn`, also those that are said no longer."""

    withdrawn = fields.Boolean(load_default=False)


@api.call(
    "GET",
    _PARENTS,
    takes=WhichParents(),
    gives=DeclaredParents(),
    errors=(400, 404),
    uses=Uses.READS,
    redirects=True,
)
@follows_renames
def list_parents(session: Reader, name: str, number: int, withdrawn: bool, *, by: Principal) -> dict[str, Any]:
    """List the declared parents of a version, of those that one may read."""
    found = parents.listed(session, name, number, by=by, withdrawn=withdrawn)
    return {"parents": [_answer(each) for each in found]}


@api.call("POST", _PARENTS, takes=ParentNamed(), gives=EmptyObject(), errors=(400, 403, 404, 409))
def declare_parent(session: Session, name: str, number: int, *, by: Principal, **said: Any) -> dict[str, Any]:
    """Declare what a version comes from. What is declared already stays; what would close a circle is refused."""
    parents.declare(session, name, number, _parent(**said), by=by)
    return {}


@api.call("DELETE", _PARENTS, takes=ParentNamed(), gives=EmptyObject(), errors=(400, 403, 404, 409))
def withdraw_parent(session: Session, name: str, number: int, *, by: Principal, **said: Any) -> dict[str, Any]:
    """Declare no longer that a version comes from something. What is not declared is no error."""
    parents.withdraw(session, name, number, _parent(**said), by=by)
    return {}


def _parent(relation: str, **named: Any) -> Parent:
    return Parent(EdgeType(relation), **named)


def _answer(found: Declared) -> dict[str, Any]:
    return {**found._asdict(), "version": seen_version(found.version) if found.version else None}
