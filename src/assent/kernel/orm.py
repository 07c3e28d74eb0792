"""The base of all tables."""

from enum import StrEnum
from typing import Annotated

from sqlalchemy import BigInteger, CheckConstraint, Enum, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

# SQLite counts rowids only in a column declared INTEGER; PostgreSQL needs 64 bits.
BIG = BigInteger().with_variant(Integer(), "sqlite")

# Names sort by code point on both databases, whatever the locale of the cluster; SQLite does so by itself.
CODE_POINTS = Text().with_variant(Text(collation="C"), "postgresql")

Id = Annotated[int, mapped_column(BIG, primary_key=True)]
Millis = Annotated[int, mapped_column(BigInteger)]
Name = Annotated[str, mapped_column(CODE_POINTS)]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every mapped class; the domain needs no Flask to use it."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING), type_annotation_map={str: Text(), int: Integer()}
    )


def at_most(column: str, characters: int) -> CheckConstraint:
    """Hold the length of a text in the schema, since SQLite ignores the length of a type."""
    return CheckConstraint(f"length({column}) <= {characters}", name=f"{column}_length")


def stored_by_value(words: type[StrEnum], length: int = 40) -> Enum:
    """Store an enum by its values: by default SQLAlchemy stores names, which breaks partial indexes."""
    return Enum(
        words,
        native_enum=False,
        length=length,
        create_constraint=False,
        values_callable=lambda chosen: [word.value for word in chosen],
    )
