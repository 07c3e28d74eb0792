"""The tables of the registry: ids inside, names outside.

A deleted model or version keeps its row (`deleted_at`). What holds for a while, a name, a stage, an alias, is a
row with `valid_from` and `valid_until`; the one that holds now has no `valid_until`.
"""

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    desc,
    func,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from assent.kernel.orm import BIG, Base, Id, Millis, Name, at_most
from assent.registry.tiers import LONGEST_STAGE

# Values are up to 100,000 characters; an index entry holds 2,700 bytes. Whoever looks for a
# value compares this much of it through the index, and then the whole.
INDEXED_CHARACTERS = 128

_LIVE = text("deleted_at IS NULL")
_NOW = text("valid_until IS NULL")
_PROMPT = text("key = 'mlflow.prompt.is_prompt' AND value = 'true'")


def _live(name: str, *columns: object, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=_LIVE, postgresql_where=_LIVE)  # type: ignore[arg-type]  # columns and texts alike


def _current(name: str, *columns: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=_NOW, postgresql_where=_NOW)


class Stage(Base):
    """A stage that versions can stand in. It keeps its tier for ever, and no stage goes."""

    __tablename__ = "stages"

    # Of the collation that the stages of versions have, or no index on those could be asked for one of these.
    name: Mapped[str] = mapped_column(primary_key=True)
    # The name in lower case: whoever means a stage may write it in any case.
    folded: Mapped[str] = mapped_column(unique=True)
    tier: Mapped[str]
    # Each has its own, and one that is added comes last: the order of those that there are never changes.
    position: Mapped[int] = mapped_column(unique=True)

    __table_args__ = (at_most("name", LONGEST_STAGE),)


class RegisteredModel(Base):
    """A name with versions under it."""

    __tablename__ = "registered_models"

    id: Mapped[Id]
    name: Mapped[Name]
    description: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Millis]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))
    last_updated_at: Mapped[Millis]
    last_updated_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))
    # When an alias was set or deleted last. To MLflow's clients that is no update of the model; to its history it is.
    aliased_at: Mapped[Millis] = mapped_column(default=0, server_default=text("0"))
    # The highest number given so far; one atomic statement on it numbers the next version.
    last_number: Mapped[int] = mapped_column(default=0)
    # Counts the changes of the description, so that two people who edit it at once are told.
    revision: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[Millis | None]

    __table_args__ = (
        _live("uq_registered_models_live_name", "name", unique=True),
        UniqueConstraint("id", "name"),
        _live("ix_registered_models_last_updated_at", "last_updated_at", "name"),
        _live("ix_registered_models_created_at", "created_at"),
        _live("ix_registered_models_created_by_id", "created_by_id", "name"),
        at_most("name", 256),
        at_most("description", 5000),
        {"sqlite_autoincrement": True},
    )


class ModelName(Base):
    """A name that a model had for a while."""

    __tablename__ = "model_names"

    id: Mapped[Id]
    model_id: Mapped[int] = mapped_column(ForeignKey("registered_models.id"))
    name: Mapped[Name]
    valid_from: Mapped[Millis]
    valid_until: Mapped[Millis | None]
    named_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))

    __table_args__ = (
        _current("uq_model_names_one_at_a_time", "model_id", unique=True),
        Index(None, "name", "valid_until"),
        Index(None, "model_id", "valid_from"),
        {"sqlite_autoincrement": True},
    )


class ModelVersion(Base):
    """One numbered registration of an artifact.

    `model_name` repeats the model's name, so that a version is found, filtered and sorted by name through one
    index; the foreign key carries a rename over, so the two cannot differ. A trigger writes `stage_history` whenever
    `stage` or `deleted_at` changes, whoever changes it.
    """

    __tablename__ = "model_versions"

    id: Mapped[Id]
    model_id: Mapped[int] = mapped_column(BIG)
    model_name: Mapped[Name]
    number: Mapped[int]
    created_at: Mapped[Millis]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))
    last_updated_at: Mapped[Millis]
    last_updated_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))
    description: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="None")
    source: Mapped[Name]
    # Where the artifacts are: the source, unless that names another version.
    download_uri: Mapped[str]
    run_id: Mapped[Name] = mapped_column(default="")
    run_link: Mapped[str] = mapped_column(default="")
    # What MLflow 3 calls `model_id`: the logged model of a tracking server.
    logged_model_id: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[Millis | None]
    # Set when the version went with its model, and comes back with it.
    deleted_with_model: Mapped[bool] = mapped_column(default=False)
    # The version that the source named.
    copied_from_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("model_versions.id"))

    __table_args__ = (
        ForeignKeyConstraint(
            ["model_id", "model_name"],
            ["registered_models.id", "registered_models.name"],
            name="fk_model_versions_model_name",
            onupdate="CASCADE",
        ),
        UniqueConstraint("model_id", "number"),
        UniqueConstraint("id", "model_id", "last_updated_at", name="uq_model_versions_seen_by_tags"),
        _live("uq_model_versions_live_number", "model_name", desc("number"), unique=True),
        _live("ix_model_versions_newest", desc("last_updated_at"), "model_name", desc("number")),
        _live("ix_model_versions_name_newest", "model_name", desc("last_updated_at"), desc("number")),
        _live("ix_model_versions_created_at", desc("created_at")),
        _live("ix_model_versions_number", "number"),
        _live("ix_model_versions_run", "run_id", desc("last_updated_at")),
        _live("ix_model_versions_logged_model", "logged_model_id"),
        _live("ix_model_versions_source", "source", desc("last_updated_at")),
        _live("ix_model_versions_stage", "stage", desc("last_updated_at")),
        _live("ix_model_versions_created_by", "created_by_id", desc("last_updated_at")),
        _live("ix_model_versions_model_stage", "model_id", "stage", desc("number")),
        at_most("description", 5000),
        at_most("source", 500),
        at_most("run_id", 32),
        at_most("run_link", 500),
        {"sqlite_autoincrement": True},
    )


class StageHistory(Base):
    """A version stood in a stage for a while. Written by a trigger alone."""

    __tablename__ = "stage_history"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"))
    model_id: Mapped[int] = mapped_column(BIG)
    stage: Mapped[str]
    valid_from: Mapped[Millis]
    valid_until: Mapped[Millis | None]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))

    __table_args__ = (
        _current("uq_stage_history_one_at_a_time", "version_id", unique=True),
        Index(None, "version_id", "valid_from"),
        Index(None, "model_id", "stage", "valid_from"),
        # All that it takes to say who held a stage at a moment, in the order of its pages.
        Index(
            "ix_stage_history_held",
            *("stage", "model_id", "version_id", "valid_from", "valid_until", "entered_by_id"),
        ),
        {"sqlite_autoincrement": True},
    )


class Alias(Base):
    """A name pointed to a version of a model for a while; the row without `valid_until` is where it points."""

    __tablename__ = "aliases"

    id: Mapped[Id]
    model_id: Mapped[int] = mapped_column(ForeignKey("registered_models.id"))
    alias: Mapped[Name]
    version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"))
    valid_from: Mapped[Millis]
    valid_until: Mapped[Millis | None]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("principals.id"))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("principals.id"))

    __table_args__ = (
        _current("uq_aliases_one_version", "model_id", "alias", unique=True),
        _current("ix_aliases_alias", "alias", "version_id"),
        _current("ix_aliases_version", "version_id", "alias"),
        Index(None, "model_id", "alias", "valid_from"),
        # Likewise.
        Index("ix_aliases_held", *("alias", "model_id", "valid_from", "valid_until", "version_id", "set_by_id")),
        at_most("alias", 255),
        {"sqlite_autoincrement": True},
    )


class ModelTag(Base):
    """A key and a value on a model."""

    __tablename__ = "model_tags"

    model_id: Mapped[int] = mapped_column(ForeignKey("registered_models.id"), primary_key=True)
    key: Mapped[Name] = mapped_column(primary_key=True)
    value: Mapped[Name]

    __table_args__ = (at_most("key", 250), at_most("value", 100_000))


class VersionTag(Base):
    """A key and a value on a version.

    `last_updated_at` repeats the version's, so that "tagged so, newest first" walks one index however common the tag
    is; the foreign key carries every change over, so the two cannot differ.
    """

    __tablename__ = "version_tags"

    version_id: Mapped[int] = mapped_column(BIG, primary_key=True)
    key: Mapped[Name] = mapped_column(primary_key=True)
    value: Mapped[Name]
    model_id: Mapped[int] = mapped_column(BIG)
    last_updated_at: Mapped[Millis]

    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "model_id", "last_updated_at"],
            ["model_versions.id", "model_versions.model_id", "model_versions.last_updated_at"],
            name="fk_version_tags_version",
            onupdate="CASCADE",
        ),
        Index("ix_version_tags_prompts", "model_id", sqlite_where=_PROMPT, postgresql_where=_PROMPT),
        at_most("key", 250),
        at_most("value", 100_000),
    )


def indexed(value: ColumnElement[str]) -> ColumnElement[str]:
    """The part of a tag's value that its index holds; a query must say it in just these words to use it."""
    # Literals, not parameters: SQLite uses an index on an expression only for the same expression.
    return func.substr(value, literal_column("1"), literal_column(str(INDEXED_CHARACTERS)))


Index("ix_model_tags_value", ModelTag.key, indexed(ModelTag.value), ModelTag.model_id)  # type: ignore[arg-type]  # columns and texts alike
Index(
    "ix_version_tags_value",
    VersionTag.key,
    indexed(VersionTag.value),  # type: ignore[arg-type]  # columns and texts alike
    desc(VersionTag.last_updated_at),  # type: ignore[arg-type]  # columns and texts alike
)
