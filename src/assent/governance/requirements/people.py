"""How gates name people: `user:alice`, `service_account:ci`, `group:risk`. Pure."""

from assent.access.declaring.declarations import who
from assent.kernel.content import Content


def reference(content: Content, written: str | None = None) -> str:
    """A user, service account or group that a part names, or that is `written` before it; noted with its place."""
    reference = content.text() if written is None else written
    if reference:
        who(content, reference)
    return reference
