"""Simple boxes of a search, as the comparisons of a filter; and a filter as it is written for the API. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assent.registry.prompts import IS_PROMPT
from assent.registry.search.entities import Entity, Operator
from assent.registry.search.grammar import Comparison, Filter, Prompts, parse_filter

_OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Boxes:
    """What stands in the boxes; what is empty asks for nothing."""

    query: str = ""
    name: str = ""
    stage: str = ""
    alias: str = ""
    owner: str = ""
    tag: str = ""
    value: str = ""

    @property
    def are_used(self) -> bool:
        """Whether anything is asked for beside the query."""
        return self != Boxes(query=self.query)

    def filter(self, of: Entity, *, of_model: str | None = None, prompts: bool = False) -> Filter:
        """The whole search, of the versions of one model where it is named. Raises Invalid for a bad query."""
        asked = parse_filter(self.query, of)
        whole = replace(asked, comparisons=(*asked.comparisons, *self._comparisons(of_model)))
        if prompts and of_model is None:
            is_prompt = Comparison("tag", IS_PROMPT, Operator.EQ, "true")
            whole = replace(whole, comparisons=(is_prompt, *whole.comparisons))
        return replace(whole, prompts=Prompts.AS_ASKED) if prompts else whole

    def _comparisons(self, of_model: str | None) -> Iterator[Comparison]:
        if of_model is not None:
            yield Comparison("attribute", "name", Operator.EQ, of_model)
        if name := self.name.strip():
            yield Comparison("attribute", "name", Operator.ILIKE, f"%{_literal(name)}%")
        if stage := self.stage.strip():
            yield Comparison("attribute", "current_stage", Operator.EQ, stage)
        if alias := self.alias.strip().removeprefix("@"):
            yield Comparison("attribute", "alias", Operator.EQ, alias)
        if owner := self.owner.strip():
            yield Comparison("tag", _OWNER, Operator.EQ, owner)
        if tag := self.tag.strip():
            value = self.value.strip()
            if value:
                yield Comparison("tag", tag, Operator.EQ, value)
            else:
                yield Comparison("tag", tag, Operator.LIKE, "%")


def as_written(whole: Filter) -> str:
    """A filter in the words of the API; empty where it is, and where a value has no way to be written."""
    parts = [_written(each) for each in whole.comparisons]
    return " AND ".join(parts) if all(parts) else ""


def _written(comparison: Comparison) -> str:
    value = comparison.value
    written = f"({', '.join(map(_quoted, value))})" if isinstance(value, tuple) else _quoted(value)
    if "`" in comparison.key or "''" in written:
        return ""
    key = comparison.key if comparison.kind == "attribute" else f"tags.`{comparison.key}`"
    return f"{key} {comparison.operator} {written}"


def _quoted(value: str | int) -> str:
    """A value in quotes; an empty one, which is never asked for, where it holds both kinds of them."""
    if isinstance(value, int):
        return str(value)
    return next((f"{quote}{value}{quote}" for quote in ("'", '"') if quote not in value), "''")


def _literal(text: str) -> str:
    return "".join(f"\\{each}" if each in "%_\\" else each for each in text)
