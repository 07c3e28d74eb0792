"""Events of the audit log as sentences: who did what, to what. Pure; details may leave out anything."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from assent.access.policy.words import RIGHTS
from assent.audit.actions import Action, Outcome
from assent.lineage.telling import words
from assent.lineage.telling.told import Told
from assent.lineage.telling.words import said, short

Tell = Callable[[Mapping[str, Any]], str]


class Sentence(NamedTuple):
    """What somebody did, to follow their name: the verb, what it was done to, and the rest."""

    does: str
    kind: str
    thing: str
    rest: str


def sentence(event: Told) -> Sentence:
    """An event as a sentence."""
    kind, thing = _thing(event)
    if event.outcome == Outcome.REFUSED:
        return Sentence(_refused(event), kind, thing, said(event.details.get("message")))
    if event.action == Action.SESSION_STARTED:
        return Sentence("signed in", "", "", _with("through ", "issuer")(event.details))
    does, rest = _SAID.get(event.action, (words.plainly(event.action), ""))
    details = event.details
    return Sentence(_told(does, details), kind, thing, _told(rest, details))


def _told(what: str | Tell, details: Mapping[str, Any]) -> str:
    return what if isinstance(what, str) else what(details)


def _refused(event: Told) -> str:
    if event.action == Action.SIGN_IN_REFUSED:
        return "was not let in as"
    wanted = event.details.get("permission")
    if wanted is None:
        return "was refused something on"
    return f"was refused the right {RIGHTS[wanted]} on" if wanted in RIGHTS else f"was refused {wanted} on"


def _thing(event: Told) -> tuple[str, str]:
    """Of what kind it is, in our words, and what it is called."""
    name = event.subject
    if event.subject_kind == "transition_request":
        of = f"{name} {event.version}" if event.version is not None else name
        return "request", f"{event.subject_id} for {of}"
    if event.version is not None:
        return _KINDS.get(event.subject_kind, "version"), f"{name} {event.version}"
    return _KINDS.get(event.subject_kind, event.subject_kind.replace("_", " ")), name


_KINDS = {
    "registered_model": "model",
    "model_version": "version",
    "model_card": "the card of",
    "lineage_node": "",
    "principal": "",
    "openlineage_event": "OpenLineage event",
}


def _from_to(key: str) -> Tell:
    def tell(details: Mapping[str, Any]) -> str:
        before, after = (_of(details.get(side), key) for side in ("before", "after"))
        return " ".join(part for part in (before and f"from {before}", after and f"to {after}") if part)

    return tell


def _with(before: str, key: str, after: str = "") -> Tell:
    """Words around what the details say of a key; nothing where they say nothing of it."""

    def tell(details: Mapping[str, Any]) -> str:
        value = short(details.get(key))
        return f"{before}{value}{after}" if value else ""

    return tell


def _verb(pattern: str, key: str, otherwise: str) -> Tell:
    """A verb around what the details say of a key."""

    def tell(details: Mapping[str, Any]) -> str:
        value = short(details.get(key))
        return pattern.format(value) if value else otherwise

    return tell


def _moved(details: Mapping[str, Any]) -> str:
    where, room = _from_to("stage")(details), details.get("archived_for")
    return f"{where}, to make room for version {room}" if room else where


def _request(details: Mapping[str, Any]) -> str:
    to, place = _with("to ", "target")(details), _with(", in the place of ", "in_place_of")(details)
    how = ", without what it lacked" if details.get("overridden") else ""
    why = said(details.get("comment") or details.get("reason"))
    return f"{to}{place}{how}{': ' if why else ''}{why}"


def _member(verb: str, towards: str) -> Tell:
    def tell(details: Mapping[str, Any]) -> str:
        who = next((short(value) for key, value in details.items() if key != "issuer" and value), "somebody")
        return f"{verb} {who} {towards}"

    return tell


def _checked(details: Mapping[str, Any]) -> str:
    parts = (_STATES.get(short(details.get("state")), ""), said(details.get("summary")))
    return " ".join(part for part in parts if part)


def _because(details: Mapping[str, Any]) -> str:
    return said(details.get("reason"))


def _renamed(details: Mapping[str, Any]) -> str:
    return _from_to("name")(details)


_STATES = {"pending": "which is pending", "passed": "which passed", "failed": "which failed"}

_SAID: Mapping[str, tuple[str | Tell, str | Tell]] = {
    Action.MODEL_CREATED: ("created", ""),
    Action.MODEL_UPDATED: ("described", ""),
    Action.MODEL_RENAMED: ("renamed", _renamed),
    Action.MODEL_DELETED: ("deleted", ""),
    Action.MODEL_RESTORED: ("restored", ""),
    Action.MODEL_TAG_SET: (_verb("set the tag {} of", "key", "set a tag of"), _with("to ", "after")),
    Action.MODEL_TAG_DELETED: (_verb("took the tag {} off", "key", "took a tag off"), ""),
    Action.VERSION_REGISTERED: ("registered", _with("from run ", "run_id")),
    Action.VERSION_UPDATED: ("described", ""),
    Action.VERSION_TRANSITIONED: ("moved", _moved),
    Action.VERSION_DELETED: ("deleted", ""),
    Action.VERSION_RESTORED: ("restored", ""),
    Action.VERSION_TAG_SET: (_verb("set the tag {} of", "key", "set a tag of"), _with("to ", "after")),
    Action.VERSION_TAG_DELETED: (_verb("took the tag {} off", "key", "took a tag off"), ""),
    Action.VERSION_QUARANTINED: ("quarantined", _with("by a recall: ", "reason")),
    Action.SNAPSHOT_PUSHED: ("pushed the snapshot of the run of", ""),
    Action.SNAPSHOT_PULLED: ("took the snapshot of the run of", _with("from ", "server")),
    Action.SNAPSHOT_CONTRADICTED: ("found contradicting snapshots of", ""),
    Action.SNAPSHOT_ASKED_FOR: ("asked for another snapshot of the run of", ""),
    Action.DIGEST_GIVEN: ("gave the digest of the artifacts of", ""),
    Action.VERSION_SERVED: (_verb("told that {} serves", "deployment", "told that something serves"), ""),
    Action.VERSION_NO_LONGER_SERVED: (
        _verb("told that {} no longer serves", "deployment", "told that something no longer serves"),
        "",
    ),
    Action.PARENT_DECLARED: ("declared what the model was made from:", _with("", "relation")),
    Action.PARENT_WITHDRAWN: ("withdrew what was declared a parent of", ""),
    Action.ALIAS_SET: (
        _verb("pointed @{} to", "alias", "pointed an alias to"),
        _with("instead of version ", "before"),
    ),
    Action.ALIAS_DELETED: (_verb("took the alias @{} off", "alias", "took an alias off"), ""),
    Action.NODE_RECALLED: ("recalled", _because),
    Action.RECALL_LIFTED: ("lifted the recall of", _because),
    Action.USER_UPDATED: ("changed", ""),
    Action.USER_PASSWORD_SET: ("set the password of", ""),
    Action.USER_LINKED: ("linked", ""),
    Action.GROUP_RENAMED: ("renamed", _renamed),
    Action.GROUP_MEMBER_ADDED: (_member("added", "to"), ""),
    Action.GROUP_MEMBER_REMOVED: (_member("took", "out of"), ""),
    Action.GRANT_GIVEN: (_verb("gave {} to", "after", "gave a right to"), _with("on ", "place")),
    Action.GRANT_TAKEN: (_verb("took {} from", "before", "took a right from"), _with("on ", "place")),
    Action.SESSION_ENDED: ("ended", ""),
    Action.RULE_SET: ("set", ""),
    Action.RULE_REMOVED: ("removed", ""),
    Action.STAGE_ADDED: ("added", ""),
    **{action: (verb, _request) for action, verb in words.OF_REQUESTS.items()},
    Action.DELEGATION_GIVEN: (_verb("let {} decide in the place of", "delegate", "delegated the decisions of"), ""),
    Action.DELEGATION_REVOKED: (
        _verb("no longer let {} decide in the place of", "delegate", "ended a delegation of"),
        "",
    ),
    Action.MOVE_HELD: ("could not move", ""),
    Action.CHECK_POSTED: (_verb("posted the check {} of", "check", "posted a check of"), _checked),
    **{action: (f"{verb} on", "") for action, verb in words.OF_COMMENTS.items()},
    Action.CARD_WRITTEN: ("wrote", ""),
}


def _of(side: Any, key: str) -> str:
    return short(side.get(key)) if isinstance(side, Mapping) else ""
