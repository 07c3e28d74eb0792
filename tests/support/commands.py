"""The commands that are clients of a running registry, as short as a test wants them."""

import json
import signal
import subprocess
import threading
import time
from typing import Any, Self

from click.testing import CliRunner, Result

from assent.cli import main
from support.processes import plain_environment
from support.server import installed

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

    def start(self, *words: str) -> "Running":
        return Running(words, self.environment)


class Running:
    """A command in a process of its own, for one that takes its time. It ends with its `with` block."""

    def __init__(self, words: tuple[str, ...], environment: dict[str, str]) -> None:
        self.told = ""
        self._process = subprocess.Popen(
            [installed(), *words],
            env=plain_environment(PYTHONUNBUFFERED="1", **environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def until_told(self, what: str) -> None:
        """Wait until standard error tells something. Raises AssertionError where it does not within half a minute."""
        deadline = time.monotonic() + 30
        while what not in self.told:
            assert self._process.poll() is None or what in self.told, self.told
            assert time.monotonic() < deadline, self.told
            time.sleep(0.02)

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def ended(self, code: int) -> str:
        """What it printed, once it ended by itself, with this code."""
        assert self._process.stdout is not None
        printed = self._process.stdout.read()
        self._listening.join()
        assert self._process.wait(60) == code, self.told
        return printed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.told += line
