"""Where the pages are of what events are about."""

from flask import url_for

from assent.registry.trail import Event
from assent.web.frame import addresses

# By kind the view of one by its name, or of all of them together.
_OF_ONE = {
    "user": "web.user_page_get",
    "service_account": "web.service_account_page_get",
    "group": "web.group_page_get",
    "gate": "web.gate_page_get",
}
_OF_ALL = {"freeze": "web.freezes_page_get", "lifecycle": "web.lifecycles_page_get"}


def address_of(event: Event) -> str:
    """The page of what an event is about, and empty where it has none."""
    if event.subject_kind == "transition_request" and event.subject_id is not None:
        return addresses.of_request(event.subject_id)
    if event.subject_kind in _OF_ONE:
        return url_for(_OF_ONE[event.subject_kind], name=event.subject)
    if event.subject_kind in _OF_ALL:
        return url_for(_OF_ALL[event.subject_kind])
    if event.subject_kind in ("registered_model", "model_card"):
        return addresses.of_model(event.subject) if event.model_id is not None else ""
    if event.version is not None and event.model_id is not None:
        return addresses.of_version(event.subject, event.version)
    return ""
