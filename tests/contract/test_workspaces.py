"""Workspaces, which newer clients ask for when a user sets one, and which this registry does not have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.databases import SqliteDatabases
from support.server import Server


def test_a_client_with_a_workspace_is_told_that_there_are_none(
    sqlite_databases: SqliteDatabases, tell: Callable[..., Any], tmp_path: Path
) -> None:
    with sqlite_databases.copy() as url, Server.start(url, tmp_path) as registry:
        told = tell("workspaces", registry.password_login() | {"MLFLOW_WORKSPACE": "research"})
    assert told["code"] == "FEATURE_DISABLED"
    assert "Active workspace 'research' cannot be used because the remote server does not support" in told["message"]
