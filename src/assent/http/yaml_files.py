"""YAML files that people write: what is wrong with one is told with its line, its field and what would be right."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from assent.kernel.errors import Invalid

_TEXTS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_BOOLEAN = "tag:yaml.org,2002:bool"
_TRUE = ("true", "yes", "on")


@dataclass(frozen=True)
class Part:
    """A part of a file; what is asked of it raises Invalid where it is something else."""

    file: Path
    where: str
    node: yaml.Node

    def wrong(self, why: str) -> Invalid:
        """The error that tells what is wrong with this part."""
        place = f"{self.file}, line {self.node.start_mark.line + 1}"
        return Invalid(f"{place}: {self.where}: {why}" if self.where else f"{place}: {why}")

    def fields(self, known: Collection[str], required: Collection[str] = ()) -> dict[str, "Part"]:
        """The values of a mapping, by their names, which are all known."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong(f"Write fields here: {', '.join(known)}.")
        found: dict[str, Part] = {}
        for key, value in self.node.value:
            name = str(key.value)
            part = Part(self.file, f"{self.where}.{name}" if self.where else name, value)
            if name not in known:
                raise Part(self.file, self.where, key).wrong(
                    f"There is no field {name!r}; the fields are {', '.join(known)}."
                )
            if name in found:
                raise Part(self.file, self.where, key).wrong(f"{name} is there twice.")
            found[name] = part
        if missing := [name for name in required if name not in found]:
            raise self.wrong(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
        return found

    def parts(self) -> list["Part"]:
        """The values of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong("Write a list here.")
        return [Part(self.file, f"{self.where}[{number}]", each) for number, each in enumerate(self.node.value)]

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag not in _TEXTS or not self.node.value.strip():
            raise self.wrong("Write a text here.")
        return str(self.node.value).strip()

    def texts(self) -> tuple[str, ...]:
        """A list of texts, or one text alone."""
        if isinstance(self.node, yaml.SequenceNode):
            return tuple(each.text() for each in self.parts())
        return (self.text(),)

    def number(self, least: int, most: int) -> int:
        """A whole number within bounds, which are among them."""
        text = self.text()
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise self.wrong(f"Write a whole number from {least} to {most}.")
        return int(text)

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != _BOOLEAN:
            raise self.wrong("Write true or false here.")
        return self.node.value.lower() in _TRUE


def secret(part: Part, given: Mapping[str, Part], name: str, environment: Mapping[str, str]) -> str:
    """What one of two fields says where it is: a variable of the environment, or a file beside this one."""
    by_variable, by_file = f"{name}_variable", f"{name}_file"
    named = [each for each in (by_variable, by_file) if each in given]
    if len(named) != 1:
        raise part.wrong(f"Name either {by_variable} or {by_file}; the secret itself is not for this file.")
    where = given[named[0]]
    found = _content(where) if named[0] == by_file else environment.get(where.text(), "").strip()
    if not found:
        raise where.wrong(f"There is no secret in {where.text()}.")
    return found


def _content(where: Part) -> str:
    try:
        return (where.file.parent / where.text()).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise Invalid(f"{where.wrong('It cannot be read').message}: {problem}.") from problem


def read(file: Path) -> Part:
    """The whole of a file. Raises Invalid where it cannot be read or is no YAML."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as problem:
        raise Invalid(f"{file} cannot be read: {problem}.") from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        why = " ".join(str(getattr(problem, "problem", None) or problem).split())
        raise Invalid(f"{file}{line}: This is no YAML: {why}.") from problem
    if node is None:
        raise Invalid(f"{file} is empty.")
    return Part(file, "", node)
