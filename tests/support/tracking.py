"""A live MLflow tracking server, which keeps runs and hands out artifacts, and no registry."""

import subprocess
from pathlib import Path

from support.clients import mlflow_environment
from support.processes import Service, free_port


def start_tracking(python: Path, folder: Path, *, password: str | None = None) -> Service:
    """Run `mlflow server` with its data in the folder, and proxied artifacts. Raises RuntimeError, with the log.

    With a password only users may ask it, of whom `admin` is one; everybody reads everything there.
    """
    port = free_port()
    command: list[str | Path] = [
        *(python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{folder}/tracking.db"),
        *("--artifacts-destination", folder / "artifacts", "--serve-artifacts"),
    ]
    environment = mlflow_environment(python, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false")
    if password:
        command += ["--app-name", "basic-auth"]
        environment |= {"MLFLOW_AUTH_ADMIN_PASSWORD": password, "MLFLOW_FLASK_SERVER_SECRET_KEY": "of the tests"}
    # The first start makes the tables of its database, one migration after the other.
    return Service.start(command, name="mlflow", port=port, environment=environment, folder=folder, within=120)


def collect_garbage(python: Path, server: Service, folder: Path, **login: str) -> None:
    """Erase what was deleted on a server that has its data in the folder, with all files."""
    command: list[str | Path] = [
        *(python, "-m", "mlflow", "gc", "--tracking-uri", server.url),
        *("--backend-store-uri", f"sqlite:///{folder}/tracking.db", "--artifacts-destination", folder / "artifacts"),
    ]
    subprocess.run(
        command, env=mlflow_environment(python, **login), cwd=folder, check=True, capture_output=True, timeout=120
    )
