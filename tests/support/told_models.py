"""What the pages about models say, as text."""

from support.browsing import Browser, message_of, text_of
from support.calling import Caller


def shown(browser: Browser, path: str) -> str:
    """What the page at an address says."""
    answer = browser.ask(path)
    assert answer.status_code == 200, message_of(answer)
    return text_of(answer)


def measured(call: Caller, number: int, **metrics: float) -> None:
    """Push what the run of a version of the model `m` measured."""
    values = {key: {"value": value} for key, value in metrics.items()}
    told = {"schema": "assent.run-snapshot/1", "run": {"id": f"{number:032x}"}, "metrics": values}
    call.api("PUT", f"/models/m/versions/{number}/snapshot", facts=told)
