"""Where the pages are of what events are about."""

from urllib.parse import quote

from assent.registry.trail import Event

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
    name = quote(event.subject, safe="")
    if event.subject_kind == "transition_request":
        return f"/requests/{event.subject_id}"
    if event.subject_kind in _ADMINISTERED:
        return f"/administration/{_ADMINISTERED[event.subject_kind]}/{name}"
    if event.subject_kind in ("registered_model", "model_card"):
        return f"/models/{name}" if event.model_id is not None else ""
    if event.version is not None and event.model_id is not None:
        return f"/models/{name}/versions/{event.version}"
    return ""
