"""How gates name people: `user:alice`, `service_account:ci`, `group:risk`. Pure."""

from assent.kernel.errors import Invalid

KINDS = ("user", "service_account", "group")


def must_be_a_reference(text: str) -> None:
    """Raise Invalid unless the text names a user, a service account or a group."""
    kind, _, name = text.partition(":")
    if kind not in KINDS or not name.strip():
        raise Invalid(f"Write user:NAME, service_account:NAME or group:NAME in the place of {text[:100]}.")
