"""Migrations and models agree, and there is one way forward."""

import ast
import warnings
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from assent import migrations
from assent.kernel.orm import Base

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def test_each_migration_follows_the_one_before() -> None:
    revisions = list(ScriptDirectory(str(migrations.folder())).walk_revisions())
    numbers = [revision.revision for revision in reversed(revisions)]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert [revision.down_revision for revision in reversed(revisions)] == [None, *numbers[:-1]]


def test_models_and_migrations_do_not_differ(shared_engine: Engine) -> None:
    # Alembic cannot reflect indexes on expressions of SQLite; those of PostgreSQL come from the same lines.
    left_out = {"sqlite": {"index"}, "postgresql": set[str]()}[shared_engine.dialect.name]
    options = {"include_object": lambda _object, _name, kind, *_: kind not in left_out}
    with shared_engine.connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection")
        warnings.filterwarnings("ignore", "autogenerate skipping")
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


@pytest.mark.parametrize("file", sorted(VERSIONS.glob("*.py")), ids=lambda file: file.name)
def test_a_migration_is_numbered_says_why_and_goes_forward_only(file: Path) -> None:
    tree = ast.parse(file.read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert ast.get_docstring(tree)
    assert "upgrade" in names
    assert "downgrade" not in names
    assert f'revision = "{file.name[:4]}"' in file.read_text()


def test_a_migrated_database_is_not_migrated_again(shared_engine: Engine) -> None:
    with shared_engine.connect() as connection:
        assert not migrations.pending(connection)


def test_an_empty_database_is_pending(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/empty.db")
    with engine.connect() as connection:
        assert migrations.pending(connection)
    engine.dispose()
