"""The rows, face by face. A call without one is found by a guard."""

from security.row import Row
from security.rows import (
    api,
    audit,
    checks,
    comments,
    databricks,
    deployments,
    grants,
    lineage,
    mlflow,
    mlflow_access,
    oauth,
    operation,
    past,
    principals,
    publishers,
    requests,
    rules,
    snapshots,
)

ROWS: tuple[Row, ...] = (
    *mlflow.ROWS,
    *mlflow_access.ROWS,
    *databricks.ROWS,
    *api.ROWS,
    *principals.ROWS,
    *grants.ROWS,
    *lineage.ROWS,
    *snapshots.ROWS,
    *deployments.ROWS,
    *checks.ROWS,
    *requests.ROWS,
    *comments.ROWS,
    *publishers.ROWS,
    *oauth.ROWS,
    *operation.ROWS,
    *past.ROWS,
    *audit.ROWS,
    *rules.ROWS,
)
