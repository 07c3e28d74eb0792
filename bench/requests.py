"""What is asked of the servers: MLflow's protocol, which both speak."""

import base64
import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from urllib.parse import urlencode

from bench.shape import FEW, HOST, Shape

PREFIX = "/api/2.0/mlflow"
PAGE = 100


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    method: str
    path: str
    body: bytes | None = None


# The request of a turn; turns are numbered, and what is asked differs from one to the next.
Ask = Callable[[int], Request]


class Kind(Enum):
    """What sort of operation it is."""

    HOT_READ = auto()
    READ = auto()
    SEARCH = auto()
    DEEP_SEARCH = auto()
    WRITE = auto()


@dataclass(frozen=True)
class Operation:
    """Something that is asked again and again."""

    key: str
    title: str
    kind: Kind
    ask: Ask


def operations(shape: Shape) -> list[list[Operation]]:
    """Everything that is measured on one shape of data; what is compared with each other stands together."""
    return [*_hot_reads(shape), *_reads(shape), *_searches(shape), *_writes(shape)]


def _hot_reads(shape: Shape) -> Iterator[list[Operation]]:
    few = shape.few_model
    hot: dict[str, tuple[str, Ask]] = {
        "by_alias": (
            "version by alias",
            lambda turn: get("/registered-models/alias", name=few(turn), alias="champion"),
        ),
        "by_number": (
            "version by number",
            lambda turn: get("/model-versions/get", name=few(turn), version=1 + turn % FEW),
        ),
        "download_uri": (
            "download URI",
            lambda turn: get("/model-versions/get-download-uri", name=few(turn), version=1 + turn % FEW),
        ),
    }
    for key, (title, ask) in hot.items():
        yield [Operation(key, title, Kind.HOT_READ, ask)]


def _reads(shape: Shape) -> Iterator[list[Operation]]:
    yield _small_and_large(shape, "model", "model", Kind.READ, partial(_named, "/registered-models/get"))
    latest = partial(_named, "/registered-models/get-latest-versions")
    yield _small_and_large(shape, "latest", "latest versions", Kind.READ, latest)


def _searches(shape: Shape) -> Iterator[list[Operation]]:
    runs = shape.versions // 4
    tickets = shape.versions // 5
    step = 7919  # spreads the turns over the whole
    source = f"{HOST}/{shape.large_model()}"
    searches: dict[str, tuple[str, Callable[[int], str]]] = {
        "by_run": ("versions of a run", lambda turn: f"run_id = '{_run(turn * step % runs)}'"),
        "by_rare_tag": (
            "versions by a tag that 5 carry",
            lambda turn: f"tags.ticket = 'T-{turn * step % tickets}'",
        ),
        "by_common_tag": ("versions by a tag that a tenth carries", lambda _turn: "tags.reviewed = 'yes'"),
        "of_model": (f"versions {_of('large', shape)}", lambda _turn: f"name = '{shape.large_model()}'"),
        "by_source": ("versions by source", lambda turn: f"source_path = '{source}/{1 + turn * step % shape.large}'"),
    }
    for key, (title, wanted) in searches.items():
        yield [Operation(key, title, Kind.SEARCH, _search(wanted))]
    newest = _search(lambda _turn: "")
    yield [
        Operation("newest", "versions, newest first", Kind.SEARCH, newest),
        Operation("newest_deep", f"versions, page {deep_page(shape):,}", Kind.DEEP_SEARCH, newest),
    ]
    models = get("/registered-models/search", max_results=PAGE)
    yield [Operation("models", "models by name", Kind.SEARCH, lambda _turn: models)]


def _writes(shape: Shape) -> Iterator[list[Operation]]:
    few = shape.few_model
    yield _small_and_large(shape, "set_tag", "set tag, model", Kind.WRITE, _set_tag)
    yield _small_and_large(shape, "set_alias", "set alias", Kind.WRITE, _set_alias)
    yield [Operation("set_version_tag", "set tag, version", Kind.WRITE, _set_version_tag(few))]
    yield [Operation("transition", "transition", Kind.WRITE, _transition(few))]
    yield [Operation("create_version", "create version", Kind.WRITE, _create_version(few))]


def _small_and_large(
    shape: Shape, key: str, title: str, kind: Kind, ask_of: Callable[[Callable[[int], str]], Ask]
) -> list[Operation]:
    return [
        Operation(f"{key}_few", f"{title} {_of('few', shape)}", kind, ask_of(shape.few_model)),
        Operation(f"{key}_large", f"{title} {_of('large', shape)}", kind, ask_of(lambda _turn: shape.large_model())),
    ]


def deep_page(shape: Shape) -> int:
    """The number of the page that is compared with the first: 1,000 where there are as many."""
    return min(1_000, shape.versions // PAGE - 10)


def with_token(ask: Ask, token: str) -> Ask:
    """The same, from a page's token on."""
    added = "&" + urlencode({"page_token": token}) if token else ""

    def ask_on(turn: int) -> Request:
        first = ask(turn)
        return replace(first, path=first.path + added)

    return ask_on


def offset_token(offset: int) -> str:
    """A page's token as MLflow makes it."""
    return base64.b64encode(json.dumps({"offset": offset}).encode()).decode()


def get(path: str, **parameters: object) -> Request:
    """A read."""
    return Request("GET", f"{PREFIX}{path}?{urlencode(parameters)}")


def post(path: str, **values: object) -> Request:
    """A change."""
    return Request("POST", PREFIX + path, json.dumps(values).encode())


# A value that no request before has set, so that each makes a difference.
_fresh = itertools.count()


def _named(path: str, name: Callable[[int], str]) -> Ask:
    return lambda turn: get(path, name=name(turn))


def _search(wanted: Callable[[int], str]) -> Ask:
    return lambda turn: get("/model-versions/search", filter=wanted(turn), max_results=PAGE)


def _set_tag(name: Callable[[int], str]) -> Ask:
    return lambda turn: post("/registered-models/set-tag", name=name(turn), key="owner", value=f"{next(_fresh)}")


def _set_alias(name: Callable[[int], str]) -> Ask:
    return lambda turn: post(
        "/registered-models/alias", name=name(turn), alias="canary", version=str(1 + next(_fresh) % FEW)
    )


def _set_version_tag(name: Callable[[int], str]) -> Ask:
    return lambda turn: post(
        "/model-versions/set-tag", name=name(turn), version="1", key="owner", value=f"{next(_fresh)}"
    )


def _transition(name: Callable[[int], str]) -> Ask:
    return lambda turn: post(
        "/model-versions/transition-stage",
        name=name(turn),
        version="2",
        stage=("Staging", "Archived")[next(_fresh) % 2],
    )


def _create_version(name: Callable[[int], str]) -> Ask:
    return lambda turn: post(
        "/model-versions/create", name=name(turn), source=f"{HOST}/new/{next(_fresh)}", run_id=_run(turn)
    )


def _run(number: int) -> str:
    return hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()


def _of(size: str, shape: Shape) -> str:
    return f"of {shape.large:,} versions" if size == "large" else f"of {FEW} versions"
