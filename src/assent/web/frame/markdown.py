"""Markdown that people wrote, as HTML that cannot do harm: it is made without any HTML of theirs, and cleaned then.

Pictures become links, since a page loads nothing from elsewhere. Headings begin below those of the page.
"""

import re
from collections.abc import Collection

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from assent.web.frame.weighing import weight

_TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_SCHEMES = {"http", "https", "mailto"}
# The page has the first, and the section the second.
_ABOVE = 2
_DEEPEST = 6
# Characters that are read: nothing that is kept has more, and a preview of what cannot be kept costs no more.
LONGEST = 100_000
# So much is laid out on a page: a text beyond that stands there as it was written.
MOST_WEIGHT = 6_000

_AS_WRITTEN = Markup(
    '<p class="soft">There is too much in this text to lay it out: here it is as it was written.</p>'
    '<div class="as-written">{}</div>'
)

_reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


class Room:
    """What is left of the weight that one page may lay out."""

    def __init__(self) -> None:
        self.left = MOST_WEIGHT

    def rendered(self, text: str, mentioned: Collection[str] = ()) -> Markup:
        """What a text in Markdown looks like, as long as there is room; the names of whom it mentions stand out."""
        text = text[:LONGEST]
        taken = weight(text)
        if taken > self.left:
            return _AS_WRITTEN.format(text)
        self.left -= taken
        return _laid_out(text, mentioned)


def rendered(text: str, mentioned: Collection[str] = ()) -> Markup:
    """The same, with a page of its own."""
    return Room().rendered(text, mentioned)


def _laid_out(text: str, mentioned: Collection[str]) -> Markup:
    tokens = _reader.parse(text)
    names = _mentions(mentioned) if mentioned else None
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + _ABOVE, _DEEPEST)}"
        if token.children:
            token.children = [part for child in token.children for part in _without_pictures(child)]
        if token.children and names:
            token.children = [part for child in token.children for part in _with_mentions(child, names)]
    html = _reader.renderer.render(tokens, _reader.options, {})
    return Markup(  # noqa: S704 (it was cleaned just now)
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer nofollow",
        )
    )


def _without_pictures(token: Token) -> list[Token]:
    if token.type != "image":
        return [token]
    opening = Token("link_open", "a", 1, attrs={"href": token.attrs.get("src", "")})
    words = Token("text", "", 0, content=token.content or "a picture")
    return [opening, words, Token("link_close", "a", -1)]


def _mentions(names: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    ways = [f"@{name}" for name in longest_first] + [f'@"{name}"' for name in longest_first]
    return re.compile(f"({'|'.join(map(re.escape, ways))})")


def _with_mentions(token: Token, names: re.Pattern[str]) -> list[Token]:
    if token.type != "text":
        return [token]
    parts: list[Token] = []
    for place, words in enumerate(names.split(token.content)):
        named = Token("text", "", 0, content=words)
        is_name = place % 2 == 1
        parts += (
            [Token("strong_open", "strong", 1), named, Token("strong_close", "strong", -1)] if is_name else [named]
        )
    return parts
