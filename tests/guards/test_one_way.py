"""What gates go by, and what they guard, is changed in one place: whoever comes past it comes past the gates."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "assent"
FILES = {str(file.relative_to(SOURCE)): file.read_text() for file in SOURCE.rglob("*.py")}


def _writing(*tables: str) -> set[str]:
    """The files in which statements that change one of these tables are written."""
    names = "|".join(tables)
    written = re.compile(rf"\b(?:update|insert|delete)\((?:{names})\b|\b(?:{names})\.(?:insert|update|delete)\(")
    return {name for name, code in FILES.items() if written.search(code)}


def _rooms(files: set[str]) -> set[str]:
    return {name.partition("/")[0] for name in files}


def test_models_and_their_tags_are_written_by_the_registry() -> None:
    assert _rooms(_writing("MODELS", "MODEL_TAGS", "ALIASES")) == {"registry"}


def test_versions_are_written_by_the_registry_and_where_their_run_is_found_out() -> None:
    elsewhere = {name for name in _writing("VERSIONS") if not name.startswith("registry/")}
    assert elsewhere == {"lineage/runs/snapshots.py"}
    assert "stage" not in FILES["lineage/runs/snapshots.py"]


def test_requests_decisions_and_rules_are_written_by_governance() -> None:
    tables = ("REQUESTS", "_REQUESTS", "DECISIONS", "DELEGATIONS", "RULES", "POLICY")
    assert _rooms(_writing(*tables)) == {"governance"}


def test_names_and_tags_are_changed_in_one_place() -> None:
    changing = re.compile(r"\bmodels\.rename\(|\b(?:set_on_model|delete_from_model)\(|import rename\b")
    calling = {name for name, code in FILES.items() if changing.search(code)}
    assert calling == {"registry/tags.py", "governance/naming.py"}


def test_commands_that_open_the_database_move_nothing() -> None:
    opening = re.compile(r"assent\.database|create_engine|cli\.local")
    commands = {name for name, code in FILES.items() if name.startswith("cli/") and opening.search(code)}
    # The worker looks at what was asked for, as anybody may: see `governance.requests.due`.
    assert commands == {"cli/admin.py", "cli/db.py", "cli/local.py", "cli/worker.py"}
    assert {name for name in commands if re.search(r"assent\.(?:registry|governance)", FILES[name])} == set()
