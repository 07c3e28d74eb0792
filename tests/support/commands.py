"""The commands that are clients of a running registry, as short as a test wants them."""

import json
from typing import Any

from click.testing import CliRunner, Result

from assent.cli import main

PASSWORD = "tall ships at dawn!"


class Assent:
    """The command, with an environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *words: str, stdin: str | None = None, code: int = 0) -> Result:
        done = CliRunner(env=self.environment).invoke(main, words, input=stdin)
        assert done.exit_code == code, done.output
        return done

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json").stdout)

    def told(self, *words: str, code: int) -> str:
        done = self(*words, code=code)
        assert done.stdout == ""
        return done.stderr

    def by(self, name: str, password: str = PASSWORD) -> "Assent":
        return Assent({**self.environment, "ASSENT_TOKEN": "", "ASSENT_USERNAME": name, "ASSENT_PASSWORD": password})
