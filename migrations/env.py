"""Runs migrations on the connection that `assent.migrations` hands over."""

from alembic import context
from sqlalchemy import Connection, text

import assent.access.credentials
import assent.access.tables
import assent.annotations.tables
import assent.audit.events
import assent.governance.evidence.tables
import assent.governance.requests.records.tables
import assent.governance.rules.tables
import assent.kernel.outbox
import assent.lineage.graph.tables
import assent.lineage.runs.captured
import assent.registry.tables  # noqa: F401 (each tells the metadata of its tables)
from assent.kernel.orm import Base

# Any number that nobody else locks on: servers that start together migrate one after the other.
ONE_AT_A_TIME = 4215302788


def run(connection: Connection) -> None:
    """Run what is missing, all of it in one transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    context.run_migrations()


run(context.config.attributes["connection"])
