"""`assent gates`, over HTTP: gates, freezes and lifecycles as a file, and as they stand."""

from collections.abc import Mapping
from typing import Any

import click

from assent.cli.changes import a_file, an_exit_code, in_lines, told
from assent.cli.files import YamlFile
from assent.cli.printing import Shown, over_http, printable, table, when
from assent.cli.remote import Registry, segment

SECTIONS = ("gates", "freezes", "lifecycles")


@click.group()
def gates() -> None:
    """Plan, apply and read gates, freezes and lifecycles, over HTTP."""


@gates.command("plan")
@a_file
@an_exit_code
@over_http
def plan(registry: Registry, file: str, exit_code: bool) -> Shown:
    """Tell what applying a file would change: + comes, - goes, ~ is replaced."""
    return _sent(registry, "plan", file, exit_code=exit_code)


@gates.command("apply")
@a_file
@over_http
def apply(registry: Registry, file: str) -> Shown:
    """Make the rules as a file says: all of it or, when anything is wrong, nothing."""
    return _sent(registry, "apply", file)


@gates.command("list")
@over_http
def list_gates(registry: Registry) -> Shown:
    """List the gates, freezes and lifecycles that stand."""
    found = {section: _standing(registry, section) for section in SECTIONS}
    return Shown(_told(found), found)


@gates.command("show")
@click.argument("name")
@over_http
def show(registry: Registry, name: str) -> Shown:
    """Show what a gate says and said before, the newest first, and who made it say so."""
    found = registry.call("GET", f"/gates/{segment(name)}")
    text = "\n".join(_rule(each) for each in found["revisions"])
    return Shown(text if found["stands"] else f"{text}\n\n{name} was removed, and guards nothing.", found)


@gates.command("for")
@click.argument("model")
@over_http
def for_model(registry: Registry, model: str) -> Shown:
    """Show which gates and freezes there are for a model, whatever the move, and its lifecycle."""
    found = registry.call("GET", f"/models/{segment(model)}/gates")
    stages = table(found["lifecycle"]["stages"], stage="name", tier="tier", moves_to="moves")
    rules = _told({section: found[section] for section in SECTIONS[:2]})
    return Shown(f"{rules}\n\nLIFECYCLE {found['lifecycle']['name']}\n{stages}", found)


@gates.command("export")
@over_http
def export(registry: Registry) -> Shown:
    """Write the file that makes the rules as they stand."""
    file = {section: [each["content"] for each in _standing(registry, section)] for section in SECTIONS}
    return Shown(as_yaml(file).rstrip(), file)


def _sent(registry: Registry, verb: str, path: str, *, exit_code: bool = False) -> Shown:
    opened = YamlFile(path)
    return told(registry, f"/gates/{verb}", opened.mapping(), of=opened, exit_code=exit_code)


def _standing(registry: Registry, section: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = registry.call("GET", f"/{section}")[section]
    return found


def _told(found: Mapping[str, list[dict[str, Any]]]) -> str:
    return "\n\n".join(
        "\n".join([section.upper(), *map(_rule, rules)] if rules else [section.upper(), "There are none."])
        for section, rules in found.items()
    )


def _rule(rule: Mapping[str, Any]) -> str:
    said = in_lines(f"{rule['name']} {rule['text']}")
    held = f"since {when(rule['valid_from'])} by {rule['set_by'] or 'the system'}"
    if rule.get("valid_until"):
        held += f", until {when(rule['valid_until'])} by {rule['ended_by'] or 'the system'}"
    return f"{said}\n    (revision {rule['revision']}, {held})"


def as_yaml(file: object) -> str:
    """Rules as a file."""
    from assent.kernel.yaml_texts import written

    text = written(file)
    # What a terminal must not be sent is written as an escape.
    return text if printable(text) == text else written(file, in_ascii=True)
