"""What rows and ways are written in: words in braces, which are somebody's own, and places in a path."""

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def filled(value: Any, words: Mapping[str, Any]) -> Any:
    """The value with somebody's words in it; a whole `{word}` keeps its type."""
    if isinstance(value, Mapping):
        return {name: filled(each, words) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, words) for each in value]
    if isinstance(value, str):
        whole = re.fullmatch(r"\{(\w+)\}", value)
        return words[whole[1]] if whole else value.format_map(words)
    return value


def path_of(path: str, in_path: Mapping[str, str], words: Mapping[str, Any]) -> str:
    """A path with its places filled in."""
    return _PLACE.sub(lambda found: str(filled(in_path[found[1]], words)), path)
