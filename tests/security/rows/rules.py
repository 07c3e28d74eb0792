"""Gates, freezes and lifecycles, in the native API."""

from functools import partial

from assent.access.policy.levels import Permission
from security import actors
from security.actors import Actor
from security.row import Row, administrators, on_the_model

_row = partial(Row, "api")


def _not_of_some_models(actor: Actor, status: int = 200) -> int:
    """Everybody who is let in, but with a token that is for some models alone."""
    return 403 if actor is actors.ELSEWHERE else status


ROWS = (
    _row("POST", "/gates/plan", administrators(), {"gates": []}),
    _row("POST", "/gates/apply", administrators(), {"gates": []}),
    _row("GET", "/gates", _not_of_some_models),
    _row("GET", "/freezes", _not_of_some_models),
    _row("GET", "/lifecycles", _not_of_some_models),
    # There is none, or it would guard what others try.
    _row("GET", "/gates/<name>", partial(_not_of_some_models, status=404), in_path={"name": "production"}),
    _row("GET", "/models/<name>/gates", on_the_model(Permission.MODEL_READ), in_path={"name": "{model}"}),
)
