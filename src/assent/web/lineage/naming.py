"""Nodes as people name them: shorter than the domain does, where it is plain what they mean. Pure."""

import re

from assent.lineage.graph.nodes import NodeKind

_KINDS = {f"{kind}:" for kind in NodeKind}
_VERSION = re.compile(r"[^/:]+/[0-9]+")
_RUN = re.compile(r"[0-9a-f]{32}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOGGED_MODEL = re.compile(r"m-[0-9a-f]{32}")
_SHORTHANDS = {
    NodeKind.VERSION: _VERSION,
    NodeKind.RUN: _RUN,
    NodeKind.COMMIT: _COMMIT,
    NodeKind.LOGGED_MODEL: _LOGGED_MODEL,
}


def meant(text: str) -> str:
    """The reference that somebody means: `fraud/3` is the version, and what has as many digits as a run is one."""
    said = text.strip()
    if any(said.startswith(kind) for kind in _KINDS):
        return said
    return next((f"{kind}:{said}" for kind, form in _SHORTHANDS.items() if form.fullmatch(said)), said)


def version_of(reference: str) -> tuple[str, str] | None:
    """The model and the number of a reference to a version; None where it is of something else."""
    kind, _, rest = reference.partition(":")
    name, _, number = rest.rpartition("/")
    return (name, number) if kind == NodeKind.VERSION and name else None
