"""What a database says it will do for a question."""

import re
from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn


def plans(engine: Engine, ask: Callable[[Session, Principal], object]) -> list[str]:
    """The plan of each statement that it takes to answer what alice asks."""
    seen: list[tuple[str, object]] = []

    def _note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", _note)
    with engine.connect().execution_options(reading=True) as connection, Session(connection) as session:
        by = SignIn().as_if(session, accounts.named(session, "alice"))
        seen.clear()
        ask(session, by)
        event.remove(engine, "before_cursor_execute", _note)
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        found = []
        for statement, values in seen:
            rows = connection.exec_driver_sql(f"{explain} {statement}", values)  # type: ignore[arg-type]  # what the driver was given
            found.append("\n".join(str(row[-1]) for row in rows))
    return found


def whole_tables(plan: str, tables: str) -> list[str]:
    """What a plan reads of tables, given as a regular expression of their names, without any index."""
    return re.findall(r"Seq Scan on .*", plan) + re.findall(rf"^SCAN {tables}\w*$", plan, re.MULTILINE)
