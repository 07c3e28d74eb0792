"""Gates for tests, and requests for what they guard."""

from collections.abc import Mapping, Sequence
from typing import Any

from support.calling import Caller
from support.databases import ADMINISTRATOR


def gate(target: Mapping[str, str] | str = "Production", *require: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A gate on a stage, or on what is named; with one approval unless something is asked for."""
    where = {"stage": target} if isinstance(target, str) else dict(target)
    return {"name": "production", "target": where, "require": list(require) or [{"approvals": 1}], **more}


def govern(call: Caller, *gates: Mapping[str, Any], freezes: Sequence[Mapping[str, Any]] = ()) -> None:
    """Let these be all gates and freezes from now on, as an administrator would."""
    call.by(ADMINISTRATOR).api("POST", "/gates/apply", gates=list(gates), freezes=list(freezes))


def asked(call: Caller, to: str = "Production", name: str = "m", number: int = 1, **fields: Any) -> dict[str, Any]:
    """Ask for a move, as whoever calls."""
    return call.api("POST", f"/models/{name}/versions/{number}/requests", to=to, **fields)


def states(report: Mapping[str, Any]) -> dict[str, str]:
    """How each requirement of a report stands."""
    return {finding["requirement"]: finding["state"] for finding in report["findings"]}
