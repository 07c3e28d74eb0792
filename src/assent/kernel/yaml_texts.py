"""YAML as its writer sees it: every value is a text, a list, a mapping or nothing, and has a line."""

import re
from collections.abc import Iterator
from typing import IO, Any

import yaml
from yaml import Node

from assent.kernel.errors import Invalid

_MOST_NODES = 200_000
TOO_DEEP = "It is nested too deeply."


class Misread(Invalid):
    """What is no YAML, or comes to too much, with its line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class YamlText:
    """A text and where everything in it stands. Raises Misread."""

    def __init__(self, text: str | IO[str]) -> None:
        self._lines: dict[str, int] = {}
        self._nodes = 0
        self.content = self._read(text)

    def mapping(self) -> dict[str, Any]:
        """What it says: names with something after each, of which there may be none. Raises Misread."""
        if self.content is None:
            return {}
        if not isinstance(self.content, dict):
            raise Misread(self.line(""), "Write names with a colon after each.")
        return self.content

    def line(self, pointer: str) -> int:
        """The line of a place, as a JSON pointer, or, of what is left out, of what is around it."""
        while pointer not in self._lines and pointer:
            pointer = pointer.rpartition("/")[0]
        return self._lines.get(pointer, 1)

    def _read(self, text: str | IO[str]) -> Any:
        try:
            top = yaml.compose(text, Loader=yaml.SafeLoader)
            return None if top is None else self._value(top, "", [])
        except yaml.MarkedYAMLError as problem:
            line = problem.problem_mark.line + 1 if problem.problem_mark else 1
            raise Misread(line, f"This is no YAML: {problem.problem}.") from None
        except yaml.YAMLError as problem:
            raise Misread(1, f"This is no YAML: {problem}.") from None
        except RecursionError:
            raise Misread(1, TOO_DEEP) from None

    def _value(self, node: Node, at: str, around: list[Node]) -> Any:
        self._nodes += 1
        # Names for parts of a text may make it as large as one likes, or endless.
        if self._nodes > _MOST_NODES or node in around:
            raise _misread(node, "The file comes to too much: a part of it is repeated over and over.")
        self._lines.setdefault(at, node.start_mark.line + 1)
        within = [*around, node]
        if isinstance(node, yaml.MappingNode):
            return {key: self._value(value, f"{at}/{step(key)}", within) for key, value in self._entries(node, at)}
        if isinstance(node, yaml.SequenceNode):
            return [self._value(each, f"{at}/{number}", within) for number, each in enumerate(node.value)]
        return _text(node)

    def _entries(self, node: Node, at: str) -> Iterator[tuple[str, Node]]:
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _misread(key, "Write a name before the colon.")
            if key.value in seen:
                raise _misread(key, f"{key.value} is there twice.")
            seen.add(key.value)
            self._lines[f"{at}/{step(key.value)}"] = key.start_mark.line + 1
            yield key.value, value


def written(content: object, *, in_ascii: bool = False, plainly: bool = False) -> str:
    """What somebody could have written to say this; `plainly` as people write numbers and truths."""
    writer = _Plainly if plainly else _Writer
    text: str = yaml.dump(content, Dumper=writer, sort_keys=False, allow_unicode=not in_ascii, width=110)
    return text


class _Writer(yaml.SafeDumper):
    """Writes as people do: dashes further in than what they belong to."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (yaml's own)
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (yaml's own)
        return True


class _Plainly(_Writer):
    """The same, and numbers and truths without quotes."""


def _plain(writer: _Plainly, text: str) -> yaml.ScalarNode:
    # What is a number or a truth to others is the same text to us.
    if re.fullmatch(r"0|[1-9]\d{0,14}", text):
        return writer.represent_scalar("tag:yaml.org,2002:int", text)
    if re.fullmatch(r"(0|[1-9]\d{0,8})\.\d{0,8}[1-9]", text):
        return writer.represent_scalar("tag:yaml.org,2002:float", text)
    if text in ("true", "false"):
        return writer.represent_scalar("tag:yaml.org,2002:bool", text)
    return writer.represent_str(text)


_Plainly.add_representer(str, _plain)


def step(name: str) -> str:
    """A name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _misread(node: Node, message: str) -> Misread:
    return Misread(node.start_mark.line + 1, message)


def _text(node: Node) -> str | None:
    # As it is written: a group may be called 007, or no.
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
