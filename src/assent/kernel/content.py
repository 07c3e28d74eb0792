"""What somebody wrote, as JSON or YAML has it, asked part by part; every fault is told with its place. Pure.

The command line sends every value of a file as a text, programs send numbers and truths: both are read.
"""

import math
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias

from assent.kernel.errors import Fault, Faulty, Invalid

Path: TypeAlias = tuple[str | int, ...]

LONGEST_TEXT = 5000
LARGEST = 2**53

_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_DURATION = re.compile(r"(?:\d{1,9}[wdhms])+")
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Content:
    """A part of what somebody wrote. What is asked of it and is something else becomes a fault, and reading goes on.

    A question that finds a fault answers with something harmless, which nobody uses: `must_be_right` raises first.
    """

    def __init__(
        self,
        value: object,
        at: Path = (),
        faults: list[Fault] | None = None,
        notes: list[tuple[Path, object]] | None = None,
    ) -> None:
        self.value = value
        self.at = at
        self.faults: list[Fault] = [] if faults is None else faults
        self.notes: list[tuple[Path, object]] = [] if notes is None else notes

    def fault(self, message: str) -> None:
        """Say what is wrong with this part, and what would be right."""
        self.faults.append(Fault(self.at, message))

    def note(self, named: object) -> None:
        """Remember with its place what this part names, for whoever can look up whether it is there."""
        self.notes.append((self.at, named))

    def must_be_right(self) -> None:
        """Raise Faulty, with all that is wrong, unless nothing is."""
        if self.faults:
            raise Faulty(self.faults)

    def must(self, rule: Callable[..., object], *values: object) -> None:
        """Make what a rule raises Invalid for a fault of this part."""
        try:
            rule(*values)
        except Invalid as problem:
            self.fault(problem.message)

    def fields(self, known: Collection[str], required: Sequence[str] = ()) -> "dict[str, Content]":
        """The parts that are there by their names, of which there are no others than those known."""
        found = self.named()
        for name in sorted(found.keys() - set(known)):
            there = ", ".join(known)
            found.pop(name).fault(f"There is nothing called {name} here; there is {there}.")
        for name in required:
            if name not in found and isinstance(self.value, dict):
                self.fault(f"{name} is missing.")
        return found

    def named(self) -> "dict[str, Content]":
        """The parts by their names, whatever these are."""
        if not isinstance(self.value, dict):
            self.fault("Write names with a colon after each.")
            return {}
        return {str(name): self._part(str(name), value) for name, value in self.value.items()}

    def each(self, *, or_one: bool = False, at_least: int = 0) -> "list[Content]":
        """The parts of a list; with `or_one` something else is the only part of one."""
        if not isinstance(self.value, list):
            if or_one:
                return [self]
            self.fault("Write a list here, such as [one, another].")
            return []
        if len(self.value) < at_least:
            self.fault(f"Write {at_least} at least.")
        return [self._part(number, value) for number, value in enumerate(self.value)]

    def text(self, longest: int = LONGEST_TEXT) -> str:
        """A text that is not empty."""
        written = str(self.value) if isinstance(self.value, str | int | float) else ""
        if isinstance(self.value, bool) or not written.strip():
            self.fault("Write a text here.")
        elif len(written) > longest or "\x00" in written:
            self.fault(f"Write at most {longest} characters, and no NUL.")
        return written.strip()

    def one_of(self, words: Collection[str]) -> str:
        """One of some words."""
        written = self.text()
        if written not in words:
            self.fault(f"Write one of {', '.join(words)} in the place of {written[:100] or 'nothing'}.")
        return written

    def whole(self, least: int, most: int = LARGEST) -> int:
        """A whole number within bounds."""
        number = self._number()
        if number is None or number != int(number) or not least <= number <= most:
            self.fault(f"Write a whole number from {least} to {most}.")
            return least
        return int(number)

    def number(self) -> float:
        """A finite number."""
        number = self._number()
        if number is None:
            self.fault("Write a number here, such as 0.85.")
            return 0.0
        return number

    def truth(self) -> bool:
        """Yes or no."""
        if isinstance(self.value, bool):
            return self.value
        known = _TRUTHS.get(str(self.value).lower())
        if known is None:
            self.fault("Write true or false.")
        return bool(known)

    def duration(self) -> int:
        """A stretch of time such as `7d`, `24h`, `90m` or `1h30m`, in milliseconds; more than none."""
        written = str(self.value)
        if not _DURATION.fullmatch(written):
            self.fault("Write a stretch of time, such as 7d, 24h, 90m or 1h30m.")
            return 1
        length = sum(int(part[:-1]) * _UNITS[part[-1]] for part in re.findall(r"\d+[wdhms]", written))
        if not 0 < length <= LARGEST:
            self.fault("Write a stretch of time that is longer than none, and ends.")
        return length

    def _number(self) -> float | None:
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            return None
        try:
            number = float(self.value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def _part(self, name: str | int, value: Any) -> "Content":
        return Content(value, (*self.at, name), self.faults, self.notes)
