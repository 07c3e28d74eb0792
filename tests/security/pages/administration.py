"""The first page of the administration, and the rules, which everybody sees."""

from functools import partial

from security.pages.seen import SEE, form, page
from security.row import administrators, anyone

# Who may not change the rules is told so before anything is looked for.
_nowhere = partial(page, expects=anyone(404), in_path={"name": "nowhere"})
_FREEZE = {
    "name": "freeze-{me}",
    "models": "{model}",
    "targets": "Production",
    "from": "2020-01-01T00:00",
    "until": "2020-01-02T00:00",
    "zone": "UTC",
}

ROWS = (
    page("/administration", anyone()),
    page("/administration/requirements", anyone()),
    page("/administration/gates", anyone()),
    _nowhere("/administration/gates/<name>"),
    _nowhere("/administration/gates/<name>/try"),
    form("/administration/gates/<name>/try/text", anyone(404), {"text": "gates: []"}, in_path={"name": "nowhere"}),
    page("/administration/lifecycles", anyone()),
    page("/administration/freezes", anyone()),
    form("/administration/freezes", administrators(SEE), _FREEZE),
    form("/administration/freezes/<name>/end", administrators(404), {"revision": "1"}, in_path={"name": "nowhere"}),
    page("/administration/rules", anyone()),
    page("/administration/rules.yaml", anyone()),
    form("/administration/rules/plan", administrators(), {"text": "gates: []"}),
    form("/administration/rules/apply", administrators(SEE), {"text": "gates: []", "planned_at": "0"}),
)
