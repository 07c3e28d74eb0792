"""The servers that are measured, each as its users start it, in processes of their own."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

WORKERS = 2
THREADS = 8

USER = "admin"
PASSWORD = "a password for measuring"  # noqa: S105 (of servers that are gone with the measurement)

_ROOT = Path(__file__).parent.parent
_LONGEST_START = 120


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    port: int
    pid: int
    headers: Mapping[str, str]


def basic() -> dict[str, str]:
    """The header that shows name and password."""
    return {"Authorization": "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}


@contextmanager
def assent(url: str, folder: Path, *, workers: int = WORKERS) -> Iterator[Server]:
    """Assent on a database; its clients show a token."""
    command = str(Path(sys.executable).with_name("assent"))
    port = _free_port()
    given = {
        "ASSENT_DATABASE_URL": url,
        "ASSENT_ADMIN_USERNAME": USER,
        "ASSENT_ADMIN_PASSWORD": PASSWORD,
        "ASSENT_WORKERS": str(workers),
        "ASSENT_THREADS": str(THREADS),
        "ASSENT_PORT": str(port),
    }
    _finish([command, "db", "upgrade"], given)
    with _running([command, "serve"], given, port, folder / f"assent-{port}.log") as server:
        token = _finish([command, "admin", "token", "create", USER, "--quiet"], given)
        yield replace(server, headers={"Authorization": f"Bearer {token}"})


@contextmanager
def bare(url: str, folder: Path) -> Iterator[Server]:
    """The views of `bench.bare`, on Assent's database."""
    port = _free_port()
    given = {"ASSENT_DATABASE_URL": url, "ASSENT_BENCH_PORT": str(port), "PYTHONPATH": str(_ROOT)}
    with _running([sys.executable, "-m", "bench.bare"], given, port, folder / f"bare-{port}.log") as server:
        yield server


@contextmanager
def mlflow(url: str, folder: Path, *, login: bool = False, cache_seconds: int = 0) -> Iterator[Server]:
    """An MLflow server on a database; with `login` it asks for name and password.

    It is spared what has nothing to do with a registry: its job runners, which hold memory, and its telemetry.
    """
    port = _free_port()
    given = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    url = url.replace("postgresql:", "postgresql+psycopg2:")
    command = [str(mlflow_python()), "-m", "mlflow", "server", "--backend-store-uri", url]
    command += ["--workers", str(WORKERS), "--port", str(port)]
    if login:
        given |= _login(folder, port, cache_seconds)
        command += ["--app-name", "basic-auth"]
    with _running(command, given, port, folder / f"mlflow-{port}.log") as server:
        yield replace(server, headers=basic()) if login else server


def mlflow_python() -> Path:
    """The interpreter that has MLflow."""
    named = os.environ.get("ASSENT_TEST_MLFLOW_PYTHON")
    return Path(named) if named else _ROOT / ".venv-mlflow" / "bin" / "python"


def mlflow_version() -> str:
    """Which MLflow it is."""
    return _finish([str(mlflow_python()), "-c", "import mlflow; print(mlflow.__version__)"], {})


def _login(folder: Path, port: int, cache_seconds: int) -> dict[str, str]:
    settings = {
        "default_permission": "READ",
        "database_uri": f"sqlite:///{folder}/login-{port}.db",
        "admin_username": USER,
        "admin_password": PASSWORD,
        "authorization_function": "mlflow.server.auth:authenticate_request_basic_auth",
        "auth_cache_ttl_seconds": cache_seconds,
    }
    file = folder / f"login-{port}.ini"
    file.write_text("\n".join(["[mlflow]", *(f"{name} = {value}" for name, value in settings.items())]))
    return {"MLFLOW_AUTH_CONFIG_PATH": str(file), "MLFLOW_FLASK_SERVER_SECRET_KEY": "a key for measuring"}


@contextmanager
def _running(command: list[str], given: Mapping[str, str], port: int, log: Path) -> Iterator[Server]:
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 (commands of our own)
            command,
            cwd=log.parent,
            env=_environment(given),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(process, port, log)
        yield Server(port, process.pid, headers={})
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _LONGEST_START
    while not _is_healthy(port):
        if process.poll() is not None or time.monotonic() > deadline:
            end = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise RuntimeError(f"{process.args!r} did not start:\n{end}")
        time.sleep(0.2)


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _finish(command: list[str], given: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=_environment(given), check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    # Settings of the person who measures are not settings of what is measured.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASSENT_", "MLFLOW_"))}
    return {**kept, **given}


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
