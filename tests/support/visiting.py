"""Where the pages are: an address for each GET of them, in a registry in which something is called so."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from assent.faces import PAGES
from security.words import path_of
from support.databases import ADMINISTRATOR
from support.shown_models import CREDIT, FRAUD, ODD, TAGGER, UPLIFT
from support.shown_rules import LONG_NAME

# Parts of pages that are fetched into others, and files.
PARTS = {
    "/assets/<name>",
    "/audit/export",
    "/administration/rules.yaml",
    "/inbox/count",
    "/inbox/list",
    "/inbox/tabs",
    "/lineage/graph",
    "/requests/<int:request_id>/news",
}
# What leads on to another page, for who is signed in.
LEADING_ON = {"/", "/sign-in", "/sign-in/with/<name>", "/sign-in/with/<name>/back"}

# What the places of a path stand for, below the longest beginning that is here.
Named = Mapping[str, Mapping[str, str]]

SHOWN: Named = {
    "/administration/gates": {"name": "production"},
    "/administration/freezes": {"name": "quarter-end"},
    "/administration/lifecycles": {"name": "risk"},
    "/administration/users": {"name": "bob"},
    "/administration/service-accounts": {"name": "ci"},
    "/administration/groups": {"name": "risk"},
    "/administration/publishers": {"name": "fraud pipeline", "number": "1"},
    "/assets": {"name": "assent.css"},
    "/audit": {"number": "100"},
    "/comments": {"comment_id": "1"},
    "/lineage": {"name": FRAUD, "number": "8"},
    "/models": {"name": FRAUD, "number": "8", "revision": "1"},
    "/recalls": {"number": "1", "recall_id": "1"},
    "/requests": {"request_id": "9"},
}

# What an address must ask.
ASKING = {"/lineage/graph": "?of=version:{name}/{number}"}

# More of the same, where what is there looks otherwise.
MORE = (
    *(f"/requests/{number}" for number in (1, 5, 7, 10, 13, 14, 15, 16, 17)),
    *(f"/inbox?show={which}" for which in ("mine", "watching", "overdue", "all")),
    f"/compare?version={FRAUD}/7&version={FRAUD}/8&version={CREDIT}/1",
    f"/administration/users/{quote(LONG_NAME)}",
    *(f"/models/{quote(name, safe='')}" for name in (ODD, TAGGER, UPLIFT, "empty")),
    f"/models/{TAGGER}/versions/2",
    *(f"/models/{FRAUD}/versions/8/move?to={to}" for to in ("Production", "@champion", "Archived")),
    *(f"/models/{FRAUD}/gates?version=8&to={to}" for to in ("Production", "@champion", "deletion")),
    f"/lineage?of={TAGGER}/2",
    "/audit?text=fraud",
)


_PLACE = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Visit:
    """An address, and who goes there."""

    address: str
    by: str
    call: str = ""

    def __str__(self) -> str:
        return self.address


def visits(named: Named, more: Iterable[str] = ()) -> list[Visit]:
    """Every GET of the pages, once, and more addresses. Raises ValueError for one that no page answers to."""
    paths = {call.path for call in PAGES.calls if call.method == "GET"} - LEADING_ON
    derived = {path: address_of(path, named) for path in sorted(paths)}
    known = re.compile("|".join(_PLACE.sub("[^/?]+", re.escape(path)) for path in paths))
    also = list(more)
    lost = [each for each in also if not known.fullmatch(each.partition("?")[0])]
    if lost:
        raise ValueError(f"No page answers to {', '.join(lost)}.")
    return [*(_visit(address, path) for path, address in derived.items()), *(_visit(each) for each in also)]


def whole(named: Named, more: Iterable[str] = ()) -> list[Visit]:
    """The same without the parts of pages."""
    parts = {address_of(path, named) for path in PARTS}
    return [each for each in visits(named, more) if each.address not in parts]


def address_of(path: str, named: Named) -> str:
    """The address of a call. Raises KeyError for a place that nothing is named for: write it into `SHOWN`."""
    begins = max((each for each in named if path.startswith(each)), key=len, default="")
    words = {place: quote(word, safe="") for place, word in named.get(begins, {}).items()}
    return path_of(path, words, {}) + ASKING.get(path, "").format_map(words)


def _visit(address: str, call: str = "") -> Visit:
    return Visit(address, ADMINISTRATOR if address.startswith("/administration") else "alice", call)
