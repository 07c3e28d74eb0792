"""Rules as they are kept: every revision of each gate, freeze and lifecycle, and one row that all changes touch."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assent.governance.rules.parts import LONGEST_NAME, RuleKind
from assent.kernel.orm import BIG, Base, Id, Millis, Name, at_most, stored_by_value

_NOW = text("valid_until IS NULL")


class RuleRevision(Base):
    """What a rule said for a while. `content` is as it was written; `position` is its place in the file."""

    __tablename__ = "rule_revisions"

    id: Mapped[Id]
    kind: Mapped[RuleKind] = mapped_column(stored_by_value(RuleKind))
    name: Mapped[Name]
    # Goes on where a rule comes back after it was removed.
    revision: Mapped[int]
    position: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    valid_from: Mapped[Millis]
    valid_until: Mapped[Millis | None]
    set_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))
    ended_by_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("principals.id"))

    __table_args__ = (
        UniqueConstraint("kind", "name", "revision"),
        Index(
            "uq_rule_revisions_one_at_a_time",
            "kind",
            "name",
            unique=True,
            sqlite_where=_NOW,
            postgresql_where=_NOW,
        ),
        at_most("name", LONGEST_NAME),
        {"sqlite_autoincrement": True},
    )


class Policy(Base):
    """All rules together: the one row that whoever changes one of them holds, and whoever judges by them shares.

    `stamp` is another one with every change, even one that is undone: what a process remembers goes by it.
    """

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    changed_at: Mapped[Millis]
    stamp: Mapped[str]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
