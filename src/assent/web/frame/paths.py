"""Which addresses lead to pages of this server."""

import re

HOME = "/"

# Browsers read a backslash as a slash, and pass over tabs and line ends: `//host`, `/\host` and `/<tab>/host` all
# lead elsewhere.
_LOCAL = re.compile(r"/(?:[^/\\\x00-\x20\x7f][^\\\x00-\x1f\x7f]{0,2000})?")


def is_local(path: str) -> bool:
    """Whether a browser stays on this server when it is sent there."""
    return _LOCAL.fullmatch(path) is not None
