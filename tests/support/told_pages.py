"""Pages of the docs that show commands, calls and what comes of them: run again, and written anew.

In a block `console` a line that begins with `$ ` is a command of a shell, and what follows is what it prints. In a
block `bash` a line that begins with `curl ` is a call; the block `json` after it is an excerpt of the answer: of
objects the fields that it shows, of lists of objects as many.
"""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import requests

from support.server import installed

_FENCE = re.compile(r"^```(console|bash|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (?:[^\\\n]|\\[^\0])*\n", re.MULTILINE)
_CALL = re.compile(r"^curl (?:[^\\\n]|\\[^\0])*\n", re.MULTILINE)
_WIDEST = 118


class Reader:
    """Somebody who tries what a page tells, in a folder, with these variables."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, dict(environment)
        self._answer: Any = None

    def read(self, page: str) -> str:
        """The page with the outputs and answers of now."""
        return _FENCE.sub(self._block, page)

    def _block(self, block: re.Match[str]) -> str:
        kind, content = block.groups()
        again: Callable[[str], str] = {"console": self._console, "bash": self._calls, "json": self._excerpt}[kind]
        return f"```{kind}\n{again(content)}```"

    def _console(self, content: str) -> str:
        return "".join(command + self._printed(command[2:]) for command in _COMMAND.findall(content))

    def _printed(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self._folder,
            env=self._environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        return done.stdout if not done.stdout or done.stdout.endswith("\n") else f"{done.stdout}\n"

    def _calls(self, content: str) -> str:
        for call in _CALL.findall(content):
            self._answer = self._asked(call)
        return content

    def _asked(self, call: str) -> Any:
        words = iter(shlex.split(call.replace("\\\n", " "))[1:])
        url, headers, fields, in_query, file = "", {}, list[tuple[str, str]](), False, None
        for word in words:
            if word == "-H":
                name, _, value = self._expanded(next(words)).partition(": ")
                headers[name] = value
            elif word in ("-d", "--data-urlencode"):
                name, _, value = next(words).partition("=")
                fields.append((name, value if word != "-d" else parse_qsl(f"v={value}")[0][1]))
            elif word == "-G":
                in_query = True
            elif word == "-o":
                file = self._folder / next(words)
            else:
                url = self._expanded(word)
        assert in_query or not fields, call
        answer = requests.get(url, headers=headers, params=fields, timeout=60)
        assert answer.ok, f"{call}{answer.status_code} {answer.text}"
        if file:
            file.write_bytes(answer.content)
            return None
        return answer.json()

    def _expanded(self, word: str) -> str:
        return re.sub(r"\$(\w+)", lambda name: self._environment[name[1]], word)

    def _excerpt(self, content: str) -> str:
        return f"{written(_cut(json.loads(content), self._answer))}\n"


def environment(url: str, **more: str) -> dict[str, str]:
    """Variables for a reader of pages, and the command `assent` on the path."""
    path = f"{installed().parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "HOME") if name in os.environ}
    return kept | {"PATH": path, "LC_ALL": "C.UTF-8", "ASSENT_URL": url} | more


def written(value: Any, indent: str = "") -> str:
    """JSON in lines that are not too long."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) < _WIDEST or not isinstance(value, dict | list) or not value:
        return line
    inner = f"{indent}  "
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    parts = _parts(value, inner)
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{closing}"


def _parts(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, list):
        yield from (written(each, indent) for each in value)
        return
    line = ""
    for name, each in value.items():
        part = f"{json.dumps(name)}: {written(each, indent)}"
        if line and ("\n" in part or len(indent) + len(line) + len(part) + 3 > _WIDEST):
            yield line
            line = ""
        line = f"{line}, {part}" if line else part
        if "\n" in part:
            yield line
            line = ""
    if line:
        yield line


def _cut(shape: Any, answer: Any) -> Any:
    if isinstance(shape, dict) and isinstance(answer, dict):
        return {name: _cut(each, answer[name]) for name, each in shape.items()} if shape else answer
    if isinstance(shape, list) and isinstance(answer, list) and any(isinstance(each, dict) for each in shape):
        return [_cut(each, found) for each, found in zip(shape, answer, strict=False)]
    return answer
