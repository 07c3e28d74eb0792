"""What pages load: one style sheet and one script, put together from the parts of every room, and a few files.

A part's name begins with its place in the order. What is vendored is loaded as it is.
"""

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_ASSETS = files("assent.web") / "assets"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_PARTS = {"assent.css": "styles", "assent.js": "scripts"}
_FILES = {
    "assent.svg": "assent.svg",
    "htmx.js": "vendor/htmx/htmx.min.js",
    "dagre.js": "vendor/dagre/dagre.min.js",
}


def names() -> tuple[str, ...]:
    """What there is."""
    return (*_PARTS, *_FILES)


@cache
def content_of(name: str) -> bytes:
    """A style sheet, a script or a picture, by one of the names."""
    if name in _PARTS:
        return b"\n".join(part.read_bytes() for part in _parts(_ASSETS / _PARTS[name]))
    return (_ASSETS / _FILES[name]).read_bytes()


@cache
def packed(name: str) -> bytes:
    """The same content, packed with gzip."""
    return gzip.compress(content_of(name), mtime=0)


def type_of(name: str) -> str:
    """Its media type."""
    return _TYPES[name[name.rindex(".") :]]


@cache
def digest_of(name: str) -> str:
    """What changes with the content, and is part of the address."""
    return hashlib.sha256(content_of(name)).hexdigest()[:12]


def _parts(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda part: part.name)
