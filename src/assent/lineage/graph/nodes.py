"""Nodes of the graph, each a text: what kind of thing it is, and which one. Pure."""

import hashlib
import re
from enum import StrEnum
from typing import NamedTuple

from assent.kernel.errors import Invalid

# An entry of an index holds 2,700 bytes, and those of edges hold two nodes.
LONGEST_PART = 160
# The ids of versions' logged models are in the graph as they are: a trigger puts them there.
LONGEST_LOGGED_MODEL = 256
_KEPT = 120
_SHORTEST_COMMIT = 7
# Of SHA-1 and of SHA-256.
_WHOLE_COMMITS = (40, 64)
_COMMIT = re.compile(r"[0-9a-f]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class NodeKind(StrEnum):
    """What a node is."""

    DATASET = "dataset"
    RUN = "run"
    COMMIT = "commit"
    LOGGED_MODEL = "logged_model"
    EXTERNAL_MODEL = "external_model"
    VERSION = "version"
    DEPLOYMENT = "deployment"


class Range(NamedTuple):
    """The nodes from `first` to `last`, in the order of code points."""

    first: str
    last: str


class Reference(NamedTuple):
    """How people name a node: of a version they say `MODEL/NUMBER`, of a commit the beginning."""

    kind: NodeKind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.text}"


def run(run_id: str) -> str:
    """The run of that id."""
    return _node(NodeKind.RUN, plain_run_id(run_id))


def plain_run_id(run_id: str) -> str:
    """The id of a run as MLflow writes it: OpenLineage writes the same number as a UUID with dashes."""
    return run_id.replace("-", "").lower() if _UUID.fullmatch(run_id) else run_id


def commit(sha: str) -> str:
    """The code commit of that hash."""
    return _node(NodeKind.COMMIT, sha.lower())


def logged_model(logged_model_id: str) -> str:
    """The logged model of that id, `m-…`."""
    return f"{NodeKind.LOGGED_MODEL}:{_short(logged_model_id, LONGEST_LOGGED_MODEL)}"


def external_model(reference: str) -> str:
    """A model that no registry of ours holds, by whatever its users call it."""
    return _node(NodeKind.EXTERNAL_MODEL, reference)


def version(version_id: int) -> str:
    """The model version of that id."""
    return f"{NodeKind.VERSION}:{version_id}"


def deployment(deployment_id: int) -> str:
    """The deployment of that id."""
    return f"{NodeKind.DEPLOYMENT}:{deployment_id}"


def dataset(name: str, digest: str) -> str:
    """The dataset of that content and name; a digest alone is too short to be one dataset's."""
    return f"{NodeKind.DATASET}:{_digest(digest)}:{_short(name)}"


_EXACT = {NodeKind.RUN: run, NodeKind.LOGGED_MODEL: logged_model}


def kind_of(node: str) -> NodeKind:
    """What kind of node a text is."""
    return NodeKind(node.partition(":")[0])


def id_of(node: str) -> int:
    """The id of a version or of a deployment."""
    return int(node.partition(":")[2])


def told(node: str) -> dict[str, str]:
    """What there is to tell of a node: `kind`, and `id`, of a dataset `digest` and `name`."""
    kind, _, rest = node.partition(":")
    if kind != NodeKind.DATASET:
        return {"kind": kind, "id": rest}
    digest, _, name = rest.partition(":")
    return {"kind": kind, "digest": _unescaped(digest), "name": name}


def reference(text: str) -> Reference:
    """What somebody named. Raises Invalid, saying how nodes are named."""
    kind, _, rest = text.partition(":")
    if kind not in set(NodeKind) or not rest.strip() or "\x00" in rest:
        kinds = ", ".join(f"{each}:…" for each in NodeKind)
        raise Invalid(f"{text!r} names no node; nodes are named {kinds}, a version by version:MODEL/NUMBER.")
    found = Reference(NodeKind(kind), rest)
    if found.kind is NodeKind.COMMIT:
        _must_be_a_commit(found.text)
    return found


def range_of(named: Reference) -> Range:
    """The nodes that a reference may mean, where it is of no version and no deployment, which have names of ours."""
    if named.kind is NodeKind.COMMIT:
        return _beginning_with(commit(named.text))
    if named.kind is not NodeKind.DATASET:
        exact = _EXACT.get(named.kind)
        node = exact(named.text) if exact else _node(named.kind, named.text)
        return Range(node, node)
    digest, separator, name = named.text.partition(":")
    # As nodes are shown: a colon within the digest is written %3A.
    digest = _unescaped(digest)
    if separator and name:
        return Range(dataset(name, digest), dataset(name, digest))
    return _beginning_with(f"{NodeKind.DATASET}:{_digest(digest)}:")


def exact(named: Reference) -> str | None:
    """The one node that a reference means whatever else there is; None where it may mean several."""
    if named.kind is NodeKind.COMMIT and len(named.text) in _WHOLE_COMMITS:
        return commit(named.text)
    first, last = range_of(named)
    return first if first == last else None


def _must_be_a_commit(text: str) -> None:
    if len(text) < _SHORTEST_COMMIT or not _COMMIT.fullmatch(text.lower()):
        raise Invalid(f"{text!r} is no commit: give at least {_SHORTEST_COMMIT} of its hexadecimal digits.")


def _beginning_with(prefix: str) -> Range:
    return Range(prefix, f"{prefix}\U0010ffff")


def _node(kind: NodeKind, text: str) -> str:
    return f"{kind}:{_short(text)}"


def _digest(digest: str) -> str:
    return _short(digest.replace("%", "%25").replace(":", "%3A"))


def _unescaped(digest: str) -> str:
    return digest.replace("%3A", ":").replace("%25", "%")


def _short(text: str, longest: int = LONGEST_PART) -> str:
    """A text that fits into an index; of a long one its beginning and a hash, so that it stays apart from others."""
    if len(text) <= longest:
        return text
    return f"{text[:_KEPT]}…{hashlib.sha256(text.encode()).hexdigest()[:32]}"
