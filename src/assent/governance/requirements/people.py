"""How gates name people: `user:alice`, `service_account:ci`, `group:risk`. Pure."""

from assent.access.names import must_be_a_name
from assent.kernel.content import Content

KINDS = ("user", "service_account", "group")


def reference(content: Content, written: str | None = None) -> str:
    """A user, service account or group that a part names, or that is `written` before it; noted with its place."""
    reference = content.text() if written is None else written
    kind, _, name = reference.partition(":")
    if kind not in KINDS:
        content.fault(f"Write user:NAME, service_account:NAME or group:NAME in the place of {reference[:100]}.")
    else:
        content.must(must_be_a_name, name, kind.replace("_", " "))
        content.note(reference)
    return reference
