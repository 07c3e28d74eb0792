"""A live Assent: the real command, as a process, on a port of its own."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from support.databases import ADMINISTRATOR, PASSWORD
from support.processes import Service, free_port, plain_environment


@dataclass(frozen=True)
class Server:
    """A running `assent serve`, and how a client signs in to it."""

    service: Service
    _environment: dict[str, str] = field(repr=False)
    _program: Sequence[str | Path]
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def start(
        cls,
        database_url: str,
        folder: Path,
        *,
        port: int | None = None,
        program: Sequence[str | Path] = (),
        **settings: str,
    ) -> Self:
        """Serve a database, on a port that is free or was found free before; one of PostgreSQL is migrated first.

        `settings` are those of the environment, such as `workers="2"`; `program` runs in the place of `assent`.
        Raises RuntimeError, with the log.
        """
        program = program or [installed()]
        environment = _environment(database_url, settings)
        folder.mkdir(parents=True, exist_ok=True)
        if not database_url.startswith("sqlite"):
            _run([*program, "db", "upgrade"], environment)
        port = port or free_port()
        command: list[str | Path] = [*program, "serve", "--port", str(port)]
        service = Service.start(
            command, name="assent", port=port, environment=environment, folder=folder, ready="/ready"
        )
        return cls(service, environment, program)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.service.url

    def token(self, name: str = ADMINISTRATOR) -> str:
        """A token of somebody's, the same whenever it is asked for: the command takes longer than many a test."""
        if name not in self._tokens:
            self._tokens[name] = self.command("admin", "token", "create", name, "--quiet").strip()
        return self._tokens[name]

    def command(self, *words: str, **settings: str) -> str:
        """What a command of the server's own machine prints, with the settings of this server and with others."""
        return _run([*self._program, *words], self._environment | _set(settings))

    def password_login(self) -> dict[str, str]:
        """What an MLflow client has in its environment to use this registry with a name and a password."""
        return {
            "MLFLOW_REGISTRY_URI": self.url,
            "MLFLOW_TRACKING_USERNAME": ADMINISTRATOR,
            "MLFLOW_TRACKING_PASSWORD": PASSWORD,
        }

    def token_login(self) -> dict[str, str]:
        """What an MLflow client has in its environment to use this registry with a token."""
        return {"MLFLOW_REGISTRY_URI": self.url, "MLFLOW_TRACKING_TOKEN": self.token()}

    def stop(self) -> None:
        """Let it finish what it does, and end."""
        self.service.stop()

    def kill(self) -> None:
        """End all its processes at once, whatever they are doing."""
        self.service.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _environment(database_url: str, settings: dict[str, str]) -> dict[str, str]:
    ours = {
        "ASSENT_DATABASE_URL": database_url,
        "ASSENT_ADMIN_USERNAME": ADMINISTRATOR,
        "ASSENT_ADMIN_PASSWORD": PASSWORD,
    }
    return plain_environment(**ours, **_set(settings))


def _set(settings: dict[str, str]) -> dict[str, str]:
    return {f"ASSENT_{name.upper()}": value for name, value in settings.items()}


def _run(command: Sequence[str | Path], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def installed() -> Path:
    """The command of the environment that the tests run in, whatever PATH says."""
    return Path(sys.executable).parent / "assent"
