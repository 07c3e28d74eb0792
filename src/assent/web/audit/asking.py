"""What was typed to look for in the audit log, and what it means: fields that make no sense are told one by one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assent.audit import queries
from assent.audit.actions import Action, Outcome
from assent.audit.queries import Asked
from assent.kernel.clock import now
from assent.kernel.errors import Invalid
from assent.web.audit import moments

LONGEST = 256
_DIGITS = 9
FIELDS = ("who", "action", "kind", "name", "outcome", "since", "until", "face", "address", "request", "text")
MODEL, VERSION = "registered_model", "model_version"
_OF_A_MODEL = ("transition_request", "comment", "model_card")
KINDS: Mapping[str, str] = {
    MODEL: "Model, with its versions",
    VERSION: "Version, as MODEL/NUMBER",
    "transition_request": "Request, by its model",
    "comment": "Comment, by its model",
    "model_card": "Card, by its model",
    "user": "User",
    "service_account": "Service account",
    "group": "Group",
    "token": "Token",
    "session": "Session",
    "publisher": "Publisher",
    "gate": "Gate",
    "freeze": "Freeze",
    "lifecycle": "Lifecycle",
    "stage": "Stage",
    "deployment": "Deployment",
    "lineage_node": "Node of the lineage",
    "openlineage_event": "OpenLineage event",
    "principal": "Delegation, by whose it is",
    "grant": "Grant that was refused",
    "key": "Key",
}
FACES: Mapping[str, str] = {
    "web": "the pages",
    "mlflow": "MLflow",
    "mlflow3": "MLflow 3",
    "databricks": "Databricks",
    "api": "the native API",
    "oauth": "the exchange of tokens",
    "worker": "the worker",
    "cli": "assent admin",
    "start": "the start of the server",
}
OUTCOMES: Mapping[str, str] = {Outcome.DONE.value: "Done", Outcome.REFUSED.value: "Refused"}


@dataclass
class Typed:
    """The fields as they were typed, what they ask, and by field why one of them asks nothing."""

    fields: Mapping[str, str]
    asked: Asked = field(default_factory=Asked)
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return any(self.fields.values())

    @property
    def address(self) -> dict[str, str]:
        """The words of an address that asks the same."""
        return {name: text for name, text in self.fields.items() if text}


def read(said: Mapping[str, str]) -> Typed:
    """What was typed."""
    typed = Typed({name: said.get(name, "").strip() for name in FIELDS})
    texts = typed.fields
    known: dict[str, Any] = {
        name: text
        for name, text in {
            "actor": _text(typed, "who"),
            "face": _text(typed, "face"),
            "address": _text(typed, "address"),
            "request_id": _text(typed, "request"),
            "text": _text(typed, "text"),
        }.items()
        if text
    }
    moment = now()
    for name in ("since", "until"):
        if texts[name]:
            known[name] = _kept(typed, name, lambda text: moments.read(text, moment))
    if texts["action"] and _kept(typed, "action", queries.actions):
        known["action"] = texts["action"]
    if texts["outcome"]:
        known["outcome"] = _kept(typed, "outcome", _outcome)
    known |= _on_what(typed)
    if not typed.wrong and texts["since"] and texts["until"] and known["since"] >= known["until"]:
        typed.wrong["until"] = "This is not after the beginning, so nothing lies between them."
    if not typed.wrong:
        typed.asked = Asked(**known)
    return typed


def actions() -> dict[str, list[str]]:
    """The vocabulary, by subject."""
    found: dict[str, list[str]] = {}
    for each in Action:
        found.setdefault(each.partition(".")[0], []).append(each.value)
    return found


def _on_what(typed: Typed) -> dict[str, Any]:
    kind, name = typed.fields["kind"], _text(typed, "name")
    if kind not in KINDS:
        if kind:
            typed.wrong["kind"] = f"“{kind[:40]}” is no kind of thing that events are about."
        elif name:
            typed.wrong["kind"] = "Choose what kind of thing this is the name of."
        return {}
    if not name:
        return {"subject_kind": kind}
    if kind == MODEL:
        return {"model": name}
    if kind == VERSION:
        return _version(typed, name)
    if kind in _OF_A_MODEL:
        return {"model": name, "subject_kind": kind}
    return {"subject_kind": kind, "subject": name}


def _version(typed: Typed, name: str) -> dict[str, Any]:
    model, _, number = name.rpartition("/")
    if model and number.isascii() and number.isdecimal() and len(number) <= _DIGITS:
        return {"model": model, "version": int(number)}
    typed.wrong["name"] = "Write MODEL/NUMBER, such as fraud/3."
    return {}


def _text(typed: Typed, name: str) -> str:
    text = typed.fields[name]
    if len(text) > LONGEST:
        typed.wrong[name] = f"That is {len(text)} characters long; {LONGEST} are the most."
    elif "\0" in text:
        typed.wrong[name] = "It holds a NUL character."
    return text


def _outcome(text: str) -> Outcome:
    try:
        return Outcome(text)
    except ValueError:
        raise Invalid("An event is done or refused.") from None


def _kept(typed: Typed, name: str, reads: Callable[[str], Any]) -> Any:
    try:
        return reads(typed.fields[name])
    except Invalid as wrong:
        typed.wrong[name] = wrong.message
        return None
