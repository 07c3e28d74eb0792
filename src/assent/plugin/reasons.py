"""Why something went wrong, as a warning can tell it."""

import re

from assent.kernel.addresses import without_credentials

_LONGEST = 500
# The rest of what an address says of somebody.
_USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")


def reason(error: BaseException) -> str:
    """What an error says, in one line of no great length and without passwords."""
    told = _USER_INFO.sub("", without_credentials(" ".join(str(error).split())))
    return (told or type(error).__name__)[:_LONGEST].rstrip(".") + "."
