"""Files in YAML whose content a registry is asked to make so; what is wrong in one is told with its line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from assent.cli.remote import Failure, Mistake

if TYPE_CHECKING:
    from yaml import Node

_MOST_NODES = 200_000


class Wrong(Mistake):
    """What is wrong in a file: one line for each fault, with where it is."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults[0])
        self.faults = faults

    def show(self, file: Any = None) -> None:
        """Tell it on standard error."""
        for fault in self.faults:
            click.echo(" ".join(fault.split()), err=True, file=file)


class YamlFile:
    """A file as its writer sees it: every value is a text, a list, a mapping or nothing, and has a line.

    Raises Mistake and Wrong.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lines: dict[str, int] = {}
        self._nodes = 0
        self.content = self._read()

    def mapping(self) -> dict[str, Any]:
        """What is in the file: names with something after each, of which there may be none. Raises Wrong."""
        if self.content is None:
            return {}
        if not isinstance(self.content, dict):
            raise Wrong([f"{self._path}:{self._line('')}: Write names with a colon after each."])
        return self.content

    def faults_of(self, failure: Failure) -> Failure:
        """The failure in the words of this file, where the server says what is wrong in it."""
        faults = failure.problem.get("errors")
        if not faults:
            return failure
        told = sorted((self._line(fault["at"]), fault["detail"]) for fault in faults)
        return Wrong([f"{self._path}:{line}: {detail}" for line, detail in told])

    def _read(self) -> Any:
        import yaml

        try:
            with click.open_file(self._path, encoding="utf-8") as opened:
                top = yaml.compose(opened, Loader=yaml.SafeLoader)
            return None if top is None else self._value(top, "", [])
        except (OSError, UnicodeDecodeError) as problem:
            raise Mistake(f"{self._path} cannot be read: {problem}.") from None
        except yaml.MarkedYAMLError as problem:
            line = problem.problem_mark.line + 1 if problem.problem_mark else 1
            raise Wrong([f"{self._path}:{line}: This is no YAML: {problem.problem}."]) from None
        except yaml.YAMLError as problem:
            raise Wrong([f"{self._path}:1: This is no YAML: {problem}."]) from None
        except RecursionError:
            raise Mistake(f"{self._path} is nested too deeply.") from None

    def _value(self, node: "Node", at: str, around: list["Node"]) -> Any:
        import yaml

        self._nodes += 1
        # Names for parts of a file may make it as large as one likes, or endless.
        if self._nodes > _MOST_NODES or node in around:
            raise self._wrong(node, "The file comes to too much: a part of it is repeated over and over.")
        self._lines.setdefault(at, node.start_mark.line + 1)
        within = [*around, node]
        if isinstance(node, yaml.MappingNode):
            return {key: self._value(value, f"{at}/{_step(key)}", within) for key, value in self._entries(node, at)}
        if isinstance(node, yaml.SequenceNode):
            return [self._value(each, f"{at}/{number}", within) for number, each in enumerate(node.value)]
        return _text(node)

    def _entries(self, node: "Node", at: str) -> Iterator[tuple[str, "Node"]]:
        import yaml

        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._wrong(key, "Write a name before the colon.")
            if key.value in seen:
                raise self._wrong(key, f"{key.value} is there twice.")
            seen.add(key.value)
            self._lines[f"{at}/{_step(key.value)}"] = key.start_mark.line + 1
            yield key.value, value

    def _wrong(self, node: "Node", message: str) -> Wrong:
        return Wrong([f"{self._path}:{node.start_mark.line + 1}: {message}"])

    def _line(self, at: str) -> int:
        """The line of a place or, of what the file leaves out, of what is around it."""
        while at not in self._lines and at:
            at = at.rpartition("/")[0]
        return self._lines.get(at, 1)


def _text(node: "Node") -> str | None:
    # As it is written: a group may be called 007, or no.
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def _step(name: str) -> str:
    """A name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
