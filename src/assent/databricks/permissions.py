"""Calls on what is granted on a model."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from assent.access.granting.grants import Given
from assent.access.policy.levels import Level
from assent.access.policy.principals import Principal
from assent.databricks import schemas as s
from assent.databricks.face import databricks
from assent.databricks.schemas import LEVELS, PRINCIPALS, Wanted
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.kernel.errors import NotFound
from assent.registry import permissions
from assent.registry.permissions import Managed

_MODEL = "/permissions/registered-models/<model_id>"
_UNSAID = frozenset(Level) - LEVELS.keys()
_KEYS = {kind: key for key, kind in PRINCIPALS.items()}


@databricks.call("GET", _MODEL, gives=s.ModelPermissions(), errors=(403, 404), uses=Uses.READS)
def get_permissions(session: Reader, model_id: str, *, by: Principal) -> dict[str, Any]:
    """Tell who has which level on a model, where that is granted on the model or by its name."""
    return _told(session, _numbered(session, model_id, by), by)


@databricks.call("PUT", _MODEL, takes=s.AccessControls(), gives=s.ModelPermissions(), errors=(400, 403, 404))
def set_permissions(session: Session, model_id: str, wanted: Sequence[Wanted], *, by: Principal) -> dict[str, Any]:
    """Let these be all levels on the model itself; without any, take all away.

    What this protocol has no word for, NO_PERMISSIONS, stays for those who are not named.
    """
    model = _numbered(session, model_id, by)
    resolved = [(permissions.somebody(session, model, kind, name, by=by), level) for kind, name, level in wanted]
    permissions.replace(session, model, resolved, by=by, but=_UNSAID)
    return _told(session, model, by)


@databricks.call("PATCH", _MODEL, takes=s.AccessControls(), gives=s.ModelPermissions(), errors=(400, 403, 404))
def update_permissions(session: Session, model_id: str, wanted: Sequence[Wanted], *, by: Principal) -> dict[str, Any]:
    """Give some levels on the model, each in the place of the one that is there."""
    model = _numbered(session, model_id, by)
    permissions.must_be_named_once([(kind, name) for kind, name, _ in wanted])
    for kind, name, level in wanted:
        permissions.give(session, model, permissions.somebody(session, model, kind, name, by=by), level, by=by)
    return _told(session, model, by)


@databricks.call("GET", f"{_MODEL}/permissionLevels", gives=s.LevelsTold(), errors=(404,), uses=Uses.READS)
def get_permission_levels(session: Reader, model_id: str, *, by: Principal) -> dict[str, Any]:
    """Tell the levels that can be granted on a model."""
    _numbered(session, model_id, by)
    levels = [{"permission_level": level, "description": told} for level, told in LEVELS.items()]
    return {"permission_levels": levels}


def _numbered(session: Reader, model_id: str, by: Principal) -> Managed:
    if not (model_id.isascii() and model_id.isdecimal() and len(model_id) < 20):
        raise NotFound(f"There is no registered model with the id {model_id}: ids are numbers, and no names.")
    return permissions.numbered(session, int(model_id), by=by)


def _told(session: Reader, model: Managed, by: Principal) -> dict[str, Any]:
    by_grantee: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for given in permissions.listed(session, model, by=by):
        if given.level in LEVELS:
            by_grantee[_KEYS[given.grantee_kind], given.grantee].append(_level(given))
    return {
        "object_id": f"/registered-models/{model.id}",
        "object_type": "registered-model",
        "access_control_list": [
            {key: name, "display_name": name, "all_permissions": levels}
            for (key, name), levels in sorted(by_grantee.items())
        ],
    }


def _level(given: Given) -> dict[str, Any]:
    if given.place.model_id is not None:
        return {"permission_level": given.level, "inherited": False}
    of_names = f"names/{given.place.pattern}" if given.place.pattern is not None else ""
    return {
        "permission_level": given.level,
        "inherited": True,
        "inherited_from_object": [f"/registered-models/{of_names}"],
    }
