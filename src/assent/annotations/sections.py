"""Sections of a text in Markdown, such as a model card, and which of them say something. Pure.

Read line by line and once: a card is as long as somebody makes it, and is read while a model is locked.
"""

from collections.abc import Iterator, Sequence

# What a complete model card says.
SECTIONS = ("Intended use", "Limitations", "Training data", "Evaluation")

_DEEPEST = 6
_FENCES = ("```", "~~~")
# A line that begins so is no text that a line of dashes below it would make a heading.
_NO_TEXT = ("-", "*", "+", ">", "|", "<")


def lacking(card: str, wanted: Sequence[str]) -> list[str]:
    """The sections that a card has not, or that are empty. A section within one belongs to it.

    Headings are compared without upper case, emphasis and a colon at the end. Comments and lines across say nothing.
    """
    filled: set[str] = set()
    within: list[tuple[int, str]] = []
    for depth, text in _parts(card):
        if depth:
            within = [(above, name) for above, name in within if above < depth]
            within.append((depth, _plain(text)))
        else:
            filled.update(name for _, name in within)
    return [section for section in wanted if _plain(section) not in filled]


def _parts(card: str) -> Iterator[tuple[int, str]]:
    """Each heading with its depth, and each line that says something with 0."""
    fence = before = ""
    for line in _without_comments(card.splitlines()):
        text = line.strip()
        if fence:
            fence = "" if _ends(text, fence) else fence
            if fence and text:
                yield 0, text
            continue
        depth, name = _heading(line)
        if before and _underlines(line):
            depth, name = 1 if text[0] == "=" else 2, before
        elif before:
            yield 0, before
        is_text = bool(text) and not depth and not _is_indented(line) and not _crosses(text)
        before = text if is_text and not text.startswith(_NO_TEXT) and not _fence(line) else ""
        fence = _fence(line)
        if depth:
            yield depth, name
        elif text and not before and not fence and not _crosses(text):
            yield 0, text
    if before:
        yield 0, before


def _heading(line: str) -> tuple[int, str]:
    """The depth and the name of a heading; 0 of anything else."""
    text = line.strip()
    name = text.lstrip("#")
    depth = len(text) - len(name)
    if _is_indented(line) or not 1 <= depth <= _DEEPEST or name[:1] not in ("", " ", "\t"):
        return 0, ""
    closed = name.rstrip("#")
    return depth, (closed if closed[-1:] in ("", " ", "\t") else name).strip()


def _underlines(line: str) -> bool:
    text = line.strip()
    return bool(text) and not _is_indented(line) and (text.strip("=") == "" or text.strip("-") == "")


def _crosses(text: str) -> bool:
    marks = text.replace(" ", "").replace("\t", "")
    return len(marks) >= 3 and len(set(marks)) == 1 and marks[0] in "-_*"


def _fence(line: str) -> str:
    """What opens a block of code; nothing of another line."""
    text = line.strip()
    if _is_indented(line) or not text.startswith(_FENCES):
        return ""
    rest = text.lstrip(text[0])
    return "" if text[0] == "`" and "`" in rest else text[: len(text) - len(rest)]


def _ends(text: str, fence: str) -> bool:
    return len(text) >= len(fence) and text.strip(fence[0]) == ""


def _is_indented(line: str) -> bool:
    expanded = line[:4].expandtabs(4)
    return expanded[:4].isspace() and len(expanded) >= 4


def _without_comments(lines: Sequence[str]) -> Iterator[str]:
    """The lines as they are shown; those of blocks of code, where a comment is none, as they are written."""
    fence = ""
    hidden = False
    for line in lines:
        if fence:
            fence = "" if _ends(line.strip(), fence) else fence
            yield line
            continue
        shown, hidden = _shown(line, hidden)
        fence = _fence(shown)
        yield shown


def _shown(line: str, hidden: bool) -> tuple[str, bool]:
    """What of a line is in no comment, and whether one goes on after it."""
    shown = []
    rest = line
    while rest:
        part, mark, rest = rest.partition("-->" if hidden else "<!--")
        if not hidden:
            shown.append(part)
        if mark:
            hidden = not hidden
    return "".join(shown), hidden


def _plain(name: str) -> str:
    return " ".join(name.strip(" \t*_`:").split()).casefold()
