"""Calls on who is asking."""

from typing import Any

from assent.access.people import groups
from assent.access.policy.principals import Principal
from assent.databricks import schemas as s
from assent.databricks.face import databricks
from assent.http.calls import Uses
from assent.kernel.dialects import Reader

_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"


@databricks.call("GET", "/preview/scim/v2/Me", gives=s.ScimUser(), uses=Uses.READS)
def me(session: Reader, *, by: Principal) -> dict[str, Any]:
    """Tell who is asking, and all groups that hold them."""
    looks_like_one = by.name.count("@") == 1 and " " not in by.name
    return {
        "schemas": [_SCHEMA],
        "id": str(by.id),
        "userName": by.name,
        "displayName": by.name,
        "active": True,
        "emails": [{"value": by.name, "type": "work", "primary": True}] if looks_like_one else [],
        "groups": [{"value": str(number), "display": name} for number, name in groups.holding(session, by)],
    }
