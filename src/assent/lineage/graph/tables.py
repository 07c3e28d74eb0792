"""The tables of the graph: its edges, what was recalled, who serves what, and events that came in.

A node has no table: it is a text, such as `run:4f2c` (see `nodes`), since all that is known of one is its edges.
"""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from assent.kernel.orm import Base, Id, Millis, Name, at_most, stored_by_value

LONGEST_REASON = 5000
LONGEST_NODE = 500


class EdgeType(StrEnum):
    """How the source of an edge made its target."""

    INPUT = "input"
    OUTPUT = "output"
    CODE = "code"
    LOGGED = "logged"
    REGISTERED = "registered"
    COPIED = "copied"
    FINE_TUNED = "fine_tuned"
    DISTILLED = "distilled"
    ENSEMBLED = "ensembled"
    SERVES = "serves"


class Through(StrEnum):
    """What told of an edge."""

    REGISTRATION = "registration"
    SNAPSHOT = "snapshot"
    DECLARATION = "declaration"
    DEPLOYMENT = "deployment"
    OPENLINEAGE = "openlineage"


_STANDING = text("withdrawn_at IS NULL")
_ACTIVE = text("lifted_at IS NULL")
_NOW = text("valid_until IS NULL")


class LineageEdge(Base):
    """The source made the target, or went into it. Edges are withdrawn, never deleted.

    A trigger writes those from a run, a logged model or a copied version to a version, whoever registers it.
    """

    __tablename__ = "lineage_edges"

    id: Mapped[Id]
    source: Mapped[Name]
    target: Mapped[Name]
    type: Mapped[EdgeType] = mapped_column(stored_by_value(EdgeType))
    through: Mapped[Through] = mapped_column(stored_by_value(Through))
    stated_at: Mapped[Millis]
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("principals.id"))
    withdrawn_at: Mapped[Millis | None]

    __table_args__ = (
        Index(
            "uq_lineage_edges_standing",
            *("source", "target", "type"),
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_lineage_edges_target", "target", "source", sqlite_where=_STANDING, postgresql_where=_STANDING),
        at_most("source", LONGEST_NODE),
        at_most("target", LONGEST_NODE),
        {"sqlite_autoincrement": True},
    )


class Recall(Base):
    """A flag on a node: what descends from it is quarantined until the recall is lifted."""

    __tablename__ = "recalls"

    id: Mapped[Id]
    node: Mapped[Name]
    reason: Mapped[str]
    recalled_at: Mapped[Millis]
    recalled_by_id: Mapped[int | None] = mapped_column(ForeignKey("principals.id"))
    lifted_at: Mapped[Millis | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("principals.id"))
    lift_reason: Mapped[str | None]

    __table_args__ = (
        Index("uq_recalls_one_active", "node", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
        Index(None, "node"),
        at_most("reason", LONGEST_REASON),
        at_most("lift_reason", LONGEST_REASON),
        {"sqlite_autoincrement": True},
    )


class Deployment(Base):
    """Something that serves versions, and reports which."""

    __tablename__ = "deployments"

    id: Mapped[Id]
    name: Mapped[Name]
    environment: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    # Who reported it first, and may go on.
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))
    first_seen_at: Mapped[Millis]
    last_seen_at: Mapped[Millis]

    __table_args__ = (
        UniqueConstraint("name"),
        at_most("name", 256),
        at_most("environment", 256),
        at_most("url", 2000),
        {"sqlite_autoincrement": True},
    )


class Serving(Base):
    """A deployment served a version for a while; the rows without `valid_until` are what it serves."""

    __tablename__ = "servings"

    id: Mapped[Id]
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"))
    valid_from: Mapped[Millis]
    last_seen_at: Mapped[Millis]
    valid_until: Mapped[Millis | None]

    __table_args__ = (
        Index(
            "uq_servings_one_at_a_time",
            *("deployment_id", "version_id"),
            unique=True,
            sqlite_where=_NOW,
            postgresql_where=_NOW,
        ),
        Index(None, "version_id", "valid_from"),
        Index(None, "deployment_id", "valid_from"),
        {"sqlite_autoincrement": True},
    )


class OpenLineageEvent(Base):
    """A run event of the OpenLineage standard, as it came in."""

    __tablename__ = "openlineage_events"

    id: Mapped[Id]
    digest: Mapped[Name]
    run_id: Mapped[Name]
    event_type: Mapped[str]
    event_time: Mapped[Millis]
    received_at: Mapped[Millis]
    received_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))
    content: Mapped[str]

    __table_args__ = (
        UniqueConstraint("digest"),
        Index(None, "run_id"),
        {"sqlite_autoincrement": True},
    )
