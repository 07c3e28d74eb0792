"""What holds for templates: nothing lies about in them that no page needs."""

from pathlib import Path

from jinja2 import Environment, meta, nodes

WEB = Path(__file__).parents[2] / "src" / "assent" / "web"
READ = {
    path.relative_to(WEB / "templates").as_posix(): Environment(autoescape=True).parse(path.read_text())
    for path in (WEB / "templates").rglob("*.html")
}
IMPORTED = {
    (statement.template.value, names[0] if isinstance(names, tuple) else names)
    for tree in READ.values()
    for statement in tree.find_all(nodes.FromImport)
    if isinstance(statement.template, nodes.Const)
    for names in statement.names
}


def _said(tree: nodes.Template) -> set[str]:
    return {name.name for name in tree.find_all(nodes.Name)}


def test_templates_use_all_that_they_import() -> None:
    unused = {
        (name, imported)
        for name, tree in READ.items()
        for statement in tree.find_all(nodes.FromImport)
        for names in statement.names
        if (imported := names[1] if isinstance(names, tuple) else names) not in _said(tree)
    }
    assert unused == set()


def test_every_macro_is_used() -> None:
    unused = {
        (name, macro.name)
        for name, tree in READ.items()
        for macro in tree.find_all(nodes.Macro)
        if macro.name not in _said(tree) and (name, macro.name) not in IMPORTED
    }
    assert unused == set()


def test_every_template_is_shown_or_is_a_part_of_one_that_is() -> None:
    parts = {part for tree in READ.values() for part in meta.find_referenced_templates(tree)}
    views = "".join(path.read_text() for path in WEB.rglob("*.py"))
    assert {name for name in READ if f'"{name}"' not in views} <= parts
