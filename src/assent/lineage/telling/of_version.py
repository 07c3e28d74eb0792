"""What happened to a version as sentences: from the action and the details of an event. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from assent.audit.actions import Action
from assent.lineage.telling import words
from assent.lineage.telling.words import quoted, short

_OF_DIGEST = 19


class Event(NamedTuple):
    """An event, seen from the version of that `number`; a recall `is_own` where it is of the version itself."""

    action: str
    version: int | None
    details: Mapping[str, Any]
    number: int
    is_own: bool


def phrase(event: Event) -> str:
    """What somebody did, to follow their name; the version is `it`."""
    tell = _PHRASES.get(event.action)
    return tell(event) if tell else words.plainly(event.action)


def _registered(event: Event) -> str:
    told = event.details
    known = [f"{what} {told[key]}" for what, key in _ORIGINS.items() if told.get(key)]
    return f"registered it from {', '.join([short(told.get('source', '')), *known])}"


_ORIGINS = {"run": "run_id", "logged model": "logged_model_id"}


def _described(event: Event) -> str:
    text = event.details["after"]["description"]
    return f"described it: {quoted(text)}" if text else "took its description away"


def _moved(event: Event) -> str:
    before, after = event.details["before"]["stage"], event.details["after"]["stage"]
    if "archived_for" in event.details:
        return f"moved it from {before} to {after}, to make room for version {event.details['archived_for']}"
    if before == after:
        return f"moved it to {after}, where it stood"
    archived = _versions(event.details.get("archived", []))
    return f"moved it from {before} to {after}" + (f", and archived {archived}" if archived else "")


def _deleted(event: Event) -> str:
    return f"deleted it{_left(event.details['before']['stage'], event.details['before']['aliases'])}"


def _restored(_: Event) -> str:
    return "restored it, in no stage"


def _tagged(event: Event) -> str:
    return words.tagged(event.details)


def _untagged(event: Event) -> str:
    return words.untagged(event.details)


def _pointed(event: Event) -> str:
    alias, before = event.details["alias"], event.details["before"]
    if event.version != event.number:
        return f"pointed @{alias} to version {event.version} instead of it"
    return f"pointed @{alias} to it" + ("" if before is None else f" instead of version {before}")


def _pointed_nowhere(event: Event) -> str:
    return f"took the alias @{event.details['alias']} off it"


def _model_renamed(event: Event) -> str:
    return f"renamed the model from {event.details['before']['name']} to {event.details['after']['name']}"


def _model_deleted(event: Event) -> str:
    before = event.details.get("before", {"versions": {}, "aliases": {}})
    stage = before["versions"].get(str(event.number))
    if stage is None:
        return "deleted the model"
    aliases = [alias for alias, number in before["aliases"].items() if number == event.number]
    return f"deleted the model with all its versions{_left(stage, aliases)}"


def _model_restored(event: Event) -> str:
    with_it = " with it" if event.number in event.details.get("versions", []) else ""
    return f"restored the model{with_it}"


def _recalled(event: Event) -> str:
    return f"recalled {_node(event)}: {quoted(event.details['reason'])}"


def _lifted(event: Event) -> str:
    return f"lifted the recall of {_node(event)}: {quoted(event.details['reason'])}"


def _pushed(event: Event) -> str:
    return f"pushed the snapshot of its run {event.details['run_id']}, {_digest(event)}"


def _pulled(event: Event) -> str:
    return f"took the snapshot of its run {event.details['run_id']} from {event.details['server']}, {_digest(event)}"


def _contradicted(event: Event) -> str:
    return f"found its snapshots to contradict each other, in {', '.join(event.details['differences'][:5])}"


def _asked_for(_: Event) -> str:
    return "asked for the snapshot of its run to be taken again"


def _digest_given(event: Event) -> str:
    return f"gave the digest of its artifacts, {_digest(event)}"


def _declared(event: Event) -> str:
    relation = _RELATIONS[event.details["relation"]]
    return f"declared that it is {relation} {event.details.get('parent') or 'something'}"


def _withdrawn(event: Event) -> str:
    return _declared(event).replace("declared", "withdrew", 1)


_RELATIONS = {"fine_tuned": "fine-tuned from", "distilled": "distilled from", "ensembled": "an ensemble of"}


def _served(event: Event) -> str:
    return f"told that {event.details['deployment']} serves it"


def _no_longer_served(event: Event) -> str:
    return f"{_served(event)} no longer"


def _checked(event: Event) -> str:
    told = event.details
    summary = f": {quoted(told['summary'])}" if told["summary"] else ""
    return f"posted that its check {told['check']} {_STATES[told['state']]}{summary}"


def _request(verb: str) -> Callable[[Event], str]:
    """A phrase about a transition request, with what was said."""

    def tell(event: Event) -> str:
        told = event.details
        said = told.get("comment") or told.get("reason") or ""
        place = f" in the place of {told['in_place_of']}" if told.get("in_place_of") else ""
        how = " without what it lacked" if told.get("overridden") else ""
        return f"{verb} request {told['request']}, to {told['target']}{place}{how}" + (
            f": {quoted(said)}" if said else ""
        )

    return tell


_STATES = {"pending": "is pending", "passed": "passed", "failed": "failed"}

_PHRASES: Mapping[str, Callable[[Event], str]] = {
    Action.VERSION_REGISTERED: _registered,
    Action.VERSION_UPDATED: _described,
    Action.VERSION_TRANSITIONED: _moved,
    Action.VERSION_DELETED: _deleted,
    Action.VERSION_RESTORED: _restored,
    Action.VERSION_TAG_SET: _tagged,
    Action.VERSION_TAG_DELETED: _untagged,
    Action.ALIAS_SET: _pointed,
    Action.ALIAS_DELETED: _pointed_nowhere,
    Action.MODEL_RENAMED: _model_renamed,
    Action.MODEL_DELETED: _model_deleted,
    Action.MODEL_RESTORED: _model_restored,
    Action.NODE_RECALLED: _recalled,
    Action.RECALL_LIFTED: _lifted,
    Action.SNAPSHOT_PUSHED: _pushed,
    Action.SNAPSHOT_PULLED: _pulled,
    Action.SNAPSHOT_CONTRADICTED: _contradicted,
    Action.SNAPSHOT_ASKED_FOR: _asked_for,
    Action.DIGEST_GIVEN: _digest_given,
    Action.PARENT_DECLARED: _declared,
    Action.PARENT_WITHDRAWN: _withdrawn,
    Action.VERSION_SERVED: _served,
    Action.VERSION_NO_LONGER_SERVED: _no_longer_served,
    Action.CHECK_POSTED: _checked,
    **{action: _request(verb) for action, verb in words.OF_REQUESTS.items()},
}


def _left(stage: str, aliases: list[str]) -> str:
    held = [*([] if stage == "None" else [stage]), *(f"@{alias}" for alias in aliases)]
    return f", which took it out of {' and '.join(held)}" if held else ""


def _node(event: Event) -> str:
    if event.is_own:
        return "it"
    return f"{event.details.get('node') or 'something'}, which it comes from"


def _versions(numbers: list[int]) -> str:
    if not numbers:
        return ""
    return f"version{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _digest(event: Event) -> str:
    return str(event.details["digest"])[:_OF_DIGEST]
