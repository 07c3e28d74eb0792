"""The rules as one file: given, edited, planned and applied."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import flask
from flask import Response
from sqlalchemy.orm import Session

from assent.access.policy.principals import Principal
from assent.governance import policy
from assent.governance.rules import whole as rules
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.kernel.errors import Faulty, Invalid
from assent.kernel.yaml_texts import Misread, YamlText, step, written
from assent.web.administration.rule_schemas import File, FromExample, Planned
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from
from assent.web.writing import differences

HERE = "/administration/rules"

_EXAMPLES = files("assent.web.administration") / "examples"
EXAMPLES = {
    "one-approver": "One approver",
    "two-of-which-one-from-risk": "Two, of which one from Risk",
    "against-the-incumbent": "A metric against the incumbent",
    "freeze-and-override": "A freeze, and who breaks the glass",
    "aliases": "A team that knows aliases alone",
}


class Wrong(NamedTuple):
    """What is wrong in a text, and in which line."""

    line: int
    message: str


@web.call("GET", "/administration/rules.yaml", uses=Uses.READS)
def rules_file(session: Reader, *, by: Principal) -> Response:
    """Give all rules as the file that makes them so."""
    answer = Response(written(rules.whole(session, by=by).content), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = 'attachment; filename="rules.yaml"'
    return answer


@web.call("GET", HERE, takes=FromExample(), uses=Uses.READS)
def rules_editor(session: Reader, example: str, *, by: Principal) -> Response:
    """Show the rules as a text to change; with an example added, where one is named."""
    content = rules.whole(session, by=by).content
    if example in EXAMPLES:
        for section, added in YamlText(example_of(example)).mapping().items():
            content[section] = _with(content[section], added)
    return _editor(written(content, plainly=True), by=by, example=EXAMPLES.get(example, ""))


@web.call("POST", f"{HERE}/plan", takes=File(), uses=Uses.READS)
@sent_from(rules_editor)
def plan_rules(session: Reader, text: str, *, by: Principal) -> Response:
    """Show what applying a text would change, or what is wrong in it."""
    standing = rules.whole(session, by=by)
    try:
        content = read(text)
        changes = policy.plan(session, content, by=by)
    except Faults as problem:
        return _editor(text, by=by, faults=problem.wrong, status=400)
    except Faulty as problem:
        return _editor(text, by=by, faults=wrong_in(text, problem), status=400)
    wanted = {section: content.get(section, kept) for section, kept in standing.content.items()}
    return page(
        "administration/rules_plan.html",
        text=text,
        planned_at=standing.revision,
        changes=changes,
        lines=differences.in_lines(written(standing.content, plainly=True), written(wanted, plainly=True)),
    )


@web.call("POST", f"{HERE}/apply", takes=Planned())
@sent_from(rules_editor)
def apply_rules(session: Session, text: str, planned_at: int, *, by: Principal) -> Response:
    """Make the rules as a text says, exactly as it was planned."""
    made = policy.apply(session, read(text), by=by, planned_at=planned_at)
    flask.flash(
        f"{len(made)} rule{'s are' if len(made) != 1 else ' is'} changed." if made else "Nothing was to change."
    )
    return see("/administration/gates")


class Faults(Invalid):
    """What is written is no YAML."""

    def __init__(self, *wrong: Wrong) -> None:
        super().__init__(" ".join(f"Line {each.line}: {each.message}" for each in wrong))
        self.wrong = wrong


def _with(standing: list[dict[str, Any]], added: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some rules with others added, those of the same name in their place."""
    names = {each["name"] for each in standing}
    new = {each["name"]: each for each in added}
    return [new.get(each["name"], each) for each in standing] + [each for each in added if each["name"] not in names]


def example_of(name: str) -> str:
    """One of the examples, as a text."""
    return (_EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")


def read(text: str) -> dict[str, object]:
    """What a text in YAML says. Raises Faults."""
    try:
        return YamlText(text).mapping()
    except Misread as problem:
        raise Faults(Wrong(problem.line, problem.message)) from None


def wrong_in(text: str, problem: Faulty, *, above: int = 0) -> list[Wrong]:
    """What is wrong in a text, each with its line, where the file begins so many steps above the text."""
    places = YamlText(text)
    found = (
        Wrong(places.line("".join(f"/{step(str(each))}" for each in fault.at[above:])), fault.message)
        for fault in problem.faults
    )
    return sorted(found)


def _editor(
    text: str, *, by: Principal, faults: Sequence[Wrong] = (), example: str = "", status: int = 200
) -> Response:
    return page(
        "administration/rules_editor.html",
        status,
        text=text,
        faults=faults,
        example=example,
        examples=EXAMPLES,
        why_not=policy.why_not(by),
    )
