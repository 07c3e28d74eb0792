"""What happened to a model and to its versions as sentences, seen from the model. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from assent.audit.actions import Action, Outcome
from assent.lineage.past.telling import Event, phrase, quoted, short


class Told(Protocol):
    """An event of the audit log, as somebody sees it: its details are empty where these are not for them."""

    @property
    def action(self) -> str:
        """What was done."""

    @property
    def outcome(self) -> str:
        """Whether it came to pass."""

    @property
    def subject_kind(self) -> str:
        """What it was done to."""

    @property
    def subject(self) -> str:
        """What that was called then."""

    @property
    def version(self) -> int | None:
        """The version of a model, where it was done to one."""

    @property
    def details(self) -> dict[str, Any]:
        """What else there is to say."""


def of_model(told: Told) -> str:
    """What somebody did to a model or to one of its versions, which is `it`, to follow their name."""
    words = told.action.partition(".")[2].replace("_", " ")
    if told.outcome != Outcome.DONE:
        lacking = told.details.get("permission") or told.details.get("reason") or ""
        return f"was refused{f': {short(str(lacking))}' if lacking else ''}"
    if tell := _OF_MODELS.get(told.action):
        return tell(told)
    if not told.details:
        return words
    return phrase(Event(told.action, told.version, told.details, told.version or 0, told.version is not None))


def _model_described(told: Told) -> str:
    text = told.details.get("after", {}).get("description", "")
    return f"described the model: {quoted(text)}" if text else "took the description of the model away"


def _model_tagged(told: Told) -> str:
    before = told.details.get("before")
    instead = "" if before is None else f" instead of {quoted(before)}"
    return f"set the tag {told.details['key']} of the model to {quoted(told.details['after'])}{instead}"


def _model_untagged(told: Told) -> str:
    return f"took the tag {told.details['key']} off the model, which was {quoted(told.details['before'])}"


def _named_otherwise(told: Told) -> str:
    return f"renamed the model from {told.details['before']['name']} to {told.details['after']['name']}"


def _granted(told: Told) -> str:
    return f"granted {told.details.get('after', 'something')} to {told.subject}"


def _taken(told: Told) -> str:
    return f"took {told.details.get('before', 'something')} from {told.subject}"


def _card_written(told: Told) -> str:
    return f"wrote revision {told.details.get('after', {}).get('revision', '')} of the model card"


def _in_words(words: str) -> Callable[[Told], str]:
    return lambda _: words


_OF_MODELS: Mapping[str, Callable[[Told], str]] = {
    Action.MODEL_CREATED: _in_words("created the model"),
    Action.MODEL_UPDATED: _model_described,
    Action.MODEL_RENAMED: _named_otherwise,
    Action.MODEL_DELETED: _in_words("deleted the model"),
    Action.MODEL_RESTORED: _in_words("restored the model"),
    Action.MODEL_TAG_SET: _model_tagged,
    Action.MODEL_TAG_DELETED: _model_untagged,
    Action.GRANT_GIVEN: _granted,
    Action.GRANT_TAKEN: _taken,
    Action.CARD_WRITTEN: _card_written,
    Action.COMMENT_WRITTEN: _in_words("commented"),
    Action.COMMENT_EDITED: _in_words("edited a comment"),
    Action.COMMENT_DELETED: _in_words("deleted a comment"),
    Action.COMMENT_RESOLVED: _in_words("resolved a thread"),
    Action.COMMENT_REOPENED: _in_words("reopened a thread"),
    Action.VERSION_QUARANTINED: _in_words("put it under quarantine, by a recall of what it comes from"),
    Action.PUBLISHER_CREATED: _in_words("trusted a publisher with the model"),
    Action.PUBLISHER_REVOKED: _in_words("trusted a publisher with the model no longer"),
}
