"""An event of the audit log as it is told."""

from typing import Any, Protocol


class Told(Protocol):
    """An event of the audit log, as somebody sees it: its details are empty where these are not for them."""

    @property
    def action(self) -> str:
        """What was done."""

    @property
    def outcome(self) -> str:
        """Whether it came to pass."""

    @property
    def subject_kind(self) -> str:
        """What it was done to."""

    @property
    def subject_id(self) -> int | None:
        """Its number, where it has one."""

    @property
    def subject(self) -> str:
        """What that was called then."""

    @property
    def version(self) -> int | None:
        """The version of a model, where it was done to one."""

    @property
    def details(self) -> dict[str, Any]:
        """What else there is to say."""
