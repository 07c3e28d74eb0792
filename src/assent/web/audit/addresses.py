"""Where the pages are of what events are about."""

from urllib.parse import quote

from assent.registry.trail import Event
from assent.web.frame import addresses

_ADMINISTERED = {
    "user": "users",
    "service_account": "service-accounts",
    "group": "groups",
    "gate": "gates",
    "freeze": "freezes",
    "lifecycle": "lifecycles",
}


def address_of(event: Event) -> str:
    """The page of what an event is about, and empty where it has none."""
    if event.subject_kind == "transition_request" and event.subject_id is not None:
        return addresses.of_request(event.subject_id)
    if event.subject_kind in _ADMINISTERED:
        return f"/administration/{_ADMINISTERED[event.subject_kind]}/{quote(event.subject, safe='')}"
    if event.subject_kind in ("registered_model", "model_card"):
        return addresses.of_model(event.subject) if event.model_id is not None else ""
    if event.version is not None and event.model_id is not None:
        return addresses.of_version(event.subject, event.version)
    return ""
