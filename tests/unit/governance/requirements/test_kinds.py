"""Kinds by their words: ours, those that plug-ins bring, and what becomes of what a plug-in does wrong."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assent.governance.requirements.asking import NOTHING, Demands
from assent.governance.requirements.findings import State
from assent.governance.requirements.kinds import GROUP, demands, judge, kinds, words
from assent.governance.requirements.unreadable import Unreadable
from assent.governance.rules import gates
from assent.kernel.content import Content
from support.moves import GATE, HOUR, NOON, facts, of_version, read, result
from support.plugins import installed

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "requirement"
WRITTEN = {"check": "ci/evaluation", "at_least": "2h"}

# A plug-in that goes wrong in a way of its own.
BROKEN = """
from assent.governance.requirements.asking import Demands
from assent.governance.requirements.findings import Finding, State, satisfied, waiting
from assent.governance.requirements.kinds import Kind

class Unspeakable(Exception):
    def __str__(self):
        raise ValueError

def fine(spec, facts, asking):
    return satisfied("fine", "All is well.")

def raising(*_):
    raise {raised}

KIND = Kind("brought", lambda content: content.value, {judge}, lambda spec: "words", {demands})
"""
NONE_DEMANDED = "lambda spec: Demands()"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example of the guide, installed by what its pyproject.toml says."""
    entries = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]["entry-points"][GROUP]
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    with installed(tmp_path, monkeypatch, entries):
        yield
    sys.modules.pop("assent_cooling_off", None)


@pytest.mark.usefixtures("example")
def test_a_plug_in_brings_a_word() -> None:
    written = {"name": "g", "target": {"stage": "Production"}, "require": [{"cooling_off": WRITTEN}]}
    content = Content(written)
    (required,) = gates.read(content, kinds()).requirements
    content.must_be_right()
    about = of_version(checks={"ci/evaluation": result(ago=HOUR)})
    finding = judge(required.kind, required.spec, about, GATE)
    assert (finding.requirement, finding.state, finding.since) == ("cooling_off", State.WAITING, NOON + HOUR)


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(
    ("state", "ago", "found"),
    [("passed", 2, "satisfied"), ("passed", 1, "waiting"), ("failed", 9, "failed"), ("pending", 9, "missing")],
)
def test_the_example_is_judged_in_each_state(state: str, ago: int, found: str) -> None:
    spec, _ = read("cooling_off", WRITTEN)
    about = of_version(checks={"ci/evaluation": result(state, ago=ago * HOUR)})
    assert judge("cooling_off", spec, about, GATE).state == found


@pytest.mark.usefixtures("example")
def test_faults_of_the_example_are_told_with_their_place() -> None:
    _, faults = read("cooling_off", {"check": "c", "at_least": "soon"})
    assert [fault.at for fault in faults] == [("at_least",)]


@pytest.mark.usefixtures("example")
def test_the_example_is_told_in_words() -> None:
    assert words("cooling_off", read("cooling_off", WRITTEN)[0]) == "2h after the check ci/evaluation passed"


@pytest.mark.usefixtures("example")
def test_what_the_example_demands_is_reviewed() -> None:
    spec, _ = read("cooling_off", WRITTEN)
    assert demands("cooling_off", spec) == Demands(checks=frozenset({"ci/evaluation"}))


@pytest.mark.parametrize(
    ("judging", "why"),
    [
        ("raising", "RuntimeError: out of order"),
        ("lambda *_: None", "TypeError: judge gave a NoneType that is no finding"),
        ("lambda *_: True", "TypeError: judge gave a bool that is no finding"),
        ("lambda *_: Finding('brought', 'satisfied', 'ok')", "TypeError: judge gave a Finding that is no finding"),
        (
            "lambda *_: Finding('brought', State.SATISFIED, None)",
            "TypeError: judge gave a Finding that is no finding",
        ),
        ("lambda *_: waiting('brought', 'ok', 10**30)", f"ValueError: {10**30} is no moment in milliseconds"),
        ("lambda spec: None", "TypeError: <lambda>() takes 1 positional argument but 3 were given"),
    ],
)
def test_what_cannot_be_judged_has_failed(
    judging: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    code = BROKEN.format(raised="RuntimeError('out of\\norder')", judge=judging, demands=NONE_DEMANDED)
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, code):
        finding = judge("brought", None, facts(), GATE)
    assert (finding.state, finding.why) == (State.FAILED, f"The requirement brought could not be judged: {why}.")
    assert [record.message for record in caplog.records] == ["a requirement could not be judged"]


def test_an_error_that_cannot_be_told_is_one_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = BROKEN.format(raised="Unspeakable", judge="raising", demands=NONE_DEMANDED)
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, code):
        assert judge("brought", None, facts(), GATE).state is State.FAILED


@pytest.mark.parametrize("demanding", ["raising", "lambda spec: None", "lambda spec: {'checks': ['c']}"])
def test_what_does_not_tell_what_it_demands_has_failed(
    demanding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = BROKEN.format(raised="RuntimeError", judge="fine", demands=demanding)
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, code):
        assert (demands("brought", None), judge("brought", None, facts(), GATE).state) == (NOTHING, State.FAILED)


def test_a_finding_goes_by_the_word_that_the_gate_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = BROKEN.format(raised="RuntimeError", judge="fine", demands=NONE_DEMANDED)
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, code):
        assert judge("brought", None, facts(), GATE).requirement == "brought"


def test_what_a_plug_in_says_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judging = "lambda *_: satisfied('brought', 'a' + chr(0) + chr(0xD800) + 'b' * 9000)"
    code = BROKEN.format(raised="RuntimeError", judge=judging, demands=NONE_DEMANDED)
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, code):
        why = judge("brought", None, facts(), GATE).why
    assert (why[:4], len(why)) == ("a\ufffd?b", 2000)


@pytest.mark.parametrize(
    ("code", "entry"),
    [
        ("raise ImportError('no such thing')", "brought:KIND"),
        ("", "brought:KIND"),
        ("", "nowhere:KIND"),
        ("KIND = 7", "brought:KIND"),
        ("class KIND:\n    word = 'brought'", "brought:KIND"),
        ("class KIND:\n    word = 'Brought It'\n    read = judge = words = print", "brought:KIND"),
        ("class KIND:\n    word = 7\n    read = judge = words = print", "brought:KIND"),
        # A finding of that name is ours.
        ("class KIND:\n    word = 'right'\n    read = judge = words = print", "brought:KIND"),
    ],
)
def test_what_cannot_be_loaded_is_left_out(
    code: str, entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = set(kinds())
    with installed(tmp_path, monkeypatch, {"brought": entry}, code):
        assert set(kinds()) == before
    assert [record.message for record in caplog.records] == ["a requirement could not be loaded"]


def test_a_plug_in_takes_no_word_away_from_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ours = kinds()["check"]
    code = "class KIND:\n    word = 'check'\n    read = judge = words = print"
    with installed(tmp_path, monkeypatch, {"check": "brought:KIND"}, code):
        assert kinds()["check"] is ours
    assert [record.message for record in caplog.records] == ["a requirement is known already"]


def test_what_cannot_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "class KIND:\n    word = 'brought'\n    judge = words = print\n    read = lambda content: content.value['x']"
    )
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, code):
        _, faults = read("brought", 7)
    assert [fault.message for fault in faults] == [
        "The requirement brought cannot be read as it is written: TypeError: 'int' object is not subscriptable."
    ]


def test_what_cannot_be_told_goes_by_its_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "class KIND:\n    word = 'brought'\n    read = judge = print\n    words = 7"
    with installed(tmp_path, monkeypatch, {"brought": "brought:KIND"}, code):
        assert words("brought", None) == "brought"


def test_a_requirement_whose_plug_in_is_gone_fails() -> None:
    finding = judge("brought", None, facts(), GATE)
    assert (finding.state, finding.why) == (
        State.FAILED,
        "The requirement brought could not be judged: nothing here knows it.",
    )


def test_a_requirement_that_cannot_be_read_any_more_fails() -> None:
    finding = judge("check", Unreadable("check", "It is written otherwise."), facts(), GATE)
    assert (finding.state, finding.why) == (State.FAILED, "It is written otherwise.")
