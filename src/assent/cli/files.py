"""Files in YAML whose content a registry is asked to make so; what is wrong in one is told with its line."""

from typing import TYPE_CHECKING, Any

import click

from assent.cli.remote import Failure, Mistake

if TYPE_CHECKING:
    from assent.kernel.yaml_texts import Misread, YamlText


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
        self._text = self._read()
        self.content = self._text.content

    def mapping(self) -> dict[str, Any]:
        """What is in the file: names with something after each, of which there may be none. Raises Wrong."""
        from assent.kernel.yaml_texts import Misread

        try:
            return self._text.mapping()
        except Misread as problem:
            raise self._wrong(problem) from None

    def faults_of(self, failure: Failure) -> Failure:
        """The failure in the words of this file, where the server says what is wrong in it."""
        faults = failure.problem.get("errors")
        if not faults:
            return failure
        told = sorted((self._text.line(fault["at"]), fault["detail"]) for fault in faults)
        return Wrong([f"{self._path}:{line}: {detail}" for line, detail in told])

    def _read(self) -> "YamlText":
        from assent.kernel.yaml_texts import TOO_DEEP, Misread, YamlText

        try:
            with click.open_file(self._path, encoding="utf-8") as opened:
                return YamlText(opened)
        except (OSError, UnicodeDecodeError) as problem:
            raise Mistake(f"{self._path} cannot be read: {problem}.") from None
        except Misread as problem:
            if problem.message == TOO_DEEP:
                raise Mistake(f"{self._path} is nested too deeply.") from None
            raise self._wrong(problem) from None

    def _wrong(self, problem: "Misread") -> Wrong:
        return Wrong([f"{self._path}:{problem.line}: {problem.message}"])
