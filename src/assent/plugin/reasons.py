"""Why something went wrong, as a warning can tell it."""

import re

_LONGEST = 500
# An address may hold a password.
_USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")


def reason(error: BaseException) -> str:
    """What an error says, in one line of no great length and without passwords."""
    told = _USER_INFO.sub("", " ".join(str(error).split()))
    return (told or type(error).__name__)[:_LONGEST].rstrip(".") + "."
