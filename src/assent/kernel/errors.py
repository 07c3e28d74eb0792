"""What can go wrong, in the words of the domain; each face answers in words of its own."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any, NamedTuple

# A message repeats what was sent, which may be megabytes.
_LONGEST = 2000
_MOST_FAULTS = 100


class AssentError(Exception):
    """The base of every error that a caller may be told about; its text is written for that caller, and clipped."""

    def __init__(self, message: str) -> None:
        self.message = message if len(message) <= _LONGEST else message[:_LONGEST] + "…"
        super().__init__(self.message)


class Invalid(AssentError):
    """The input breaks a rule; the message names the field and what would be right."""


class Fault(NamedTuple):
    """One thing that is wrong in something large: where, as the way to it through names and numbers, and what."""

    at: tuple[str | int, ...]
    message: str


class Faulty(Invalid):
    """Several things are wrong at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = [Fault(fault.at, fault.message[:_LONGEST]) for fault in faults[:_MOST_FAULTS]]
        super().__init__(" ".join(fault.message for fault in self.faults))


class NotFound(AssentError):
    """There is no such thing, or the caller may not know of it."""


class AlreadyExists(AssentError):
    """The name is taken."""


class Conflict(AssentError):
    """Somebody else changed it first."""


class Unavailable(AssentError):
    """The database cannot be reached now; trying again makes sense."""


class Telling(Enum):
    """Whether the audit log is told of a refusal."""

    ALWAYS = auto()
    # So often from one address, and no more: there a stranger decides how often it happens.
    SOMETIMES = auto()
    NEVER = auto()


class Refused(AssentError):
    """An attempt that was turned down, and that the audit log must tell of.

    `kind` and `subject` name what it was aimed at and `details` the reason; they go into the audit event.
    """

    kind = "registered_model"
    telling = Telling.ALWAYS

    def __init__(
        self,
        message: str,
        *,
        kind: str = "",
        subject: str = "",
        details: dict[str, object] | None = None,
        telling: Telling | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind or self.kind
        # PostgreSQL keeps no NUL, and an attempt with one in it must be told of all the same.
        self.subject = subject[:256].replace("\x00", "\ufffd")
        self.details = details or {}
        self.telling = telling or self.telling


class Denied(Refused):
    """The principal lacks the right."""


class Held(Denied):
    """A move that waits for what its gates ask for. What was written about it stands: the request is open.

    `request_id` is that request and `report` what was found, as it is told to programs.
    """

    def __init__(
        self, message: str, *, request_id: int | None, report: Mapping[str, Any], subject: str, version: int | None
    ) -> None:
        details: dict[str, object] = {"request": request_id, "version": version, "report": report}
        super().__init__(message, subject=subject, details=details)
        self.request_id = request_id
        self.report = report


class Unauthenticated(Refused):
    """Nobody, or nobody known, is asking. `name` is who they said they were."""

    kind = "principal"
    telling = Telling.SOMETIMES

    def __init__(
        self,
        message: str,
        *,
        name: str = "",
        details: dict[str, object] | None = None,
        telling: Telling | None = None,
    ) -> None:
        super().__init__(message, subject=name, details=details, telling=telling)
        self.name = name
