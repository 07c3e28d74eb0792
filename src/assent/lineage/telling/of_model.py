"""What happened to a model and to its versions as sentences, seen from the model. Pure."""

from collections.abc import Callable, Mapping

from assent.audit.actions import Action, Outcome
from assent.lineage.telling import of_version, words
from assent.lineage.telling.of_version import Event
from assent.lineage.telling.told import Told
from assent.lineage.telling.words import quoted, short


def phrase(told: Told) -> str:
    """What somebody did to a model or to one of its versions, which is `it`, to follow their name."""
    if told.outcome != Outcome.DONE:
        lacking = told.details.get("permission") or told.details.get("reason") or ""
        return f"was refused{f': {short(lacking)}' if lacking else ''}"
    if tell := _OF_MODELS.get(told.action):
        return tell(told)
    if not told.details:
        return words.plainly(told.action)
    of_it = told.version is not None
    return of_version.phrase(Event(told.action, told.version, told.details, told.version or 0, of_it))


def _model_described(told: Told) -> str:
    text = told.details.get("after", {}).get("description", "")
    return f"described the model: {quoted(text)}" if text else "took the description of the model away"


def _model_tagged(told: Told) -> str:
    return words.tagged(told.details, " of the model")


def _model_untagged(told: Told) -> str:
    return words.untagged(told.details, " the model")


def _granted(told: Told) -> str:
    return f"granted {told.details.get('after', 'something')} to {told.subject}"


def _taken(told: Told) -> str:
    return f"took {told.details.get('before', 'something')} from {told.subject}"


def _card_written(told: Told) -> str:
    return f"wrote revision {told.details.get('after', {}).get('revision', '')} of the model card"


def _always(sentence: str) -> Callable[[Told], str]:
    return lambda _: sentence


_OF_MODELS: Mapping[str, Callable[[Told], str]] = {
    Action.MODEL_CREATED: _always("created the model"),
    Action.MODEL_UPDATED: _model_described,
    Action.MODEL_DELETED: _always("deleted the model"),
    Action.MODEL_RESTORED: _always("restored the model"),
    Action.MODEL_TAG_SET: _model_tagged,
    Action.MODEL_TAG_DELETED: _model_untagged,
    Action.GRANT_GIVEN: _granted,
    Action.GRANT_TAKEN: _taken,
    Action.CARD_WRITTEN: _card_written,
    **{action: _always(sentence) for action, sentence in words.OF_COMMENTS.items()},
    Action.VERSION_QUARANTINED: _always("put it under quarantine, by a recall of what it comes from"),
    Action.PUBLISHER_CREATED: _always("trusted a publisher with the model"),
    Action.PUBLISHER_REVOKED: _always("trusted a publisher with the model no longer"),
}
