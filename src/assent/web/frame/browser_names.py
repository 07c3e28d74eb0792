"""What people call a browser, from what it calls itself."""

import re

# In this order: most say that they are Mozilla, Chrome and Safari, too.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
_LONGEST = 40


def name_of(user_agent: str) -> str:
    """Such as `Firefox on Linux`; what is no known browser, by the first word that it says."""
    browser = next((name for word, name in _BROWSERS.items() if f"{word}/" in user_agent), None)
    system = next((name for word, name in _SYSTEMS.items() if word in user_agent), None)
    if browser is None:
        said = re.match(r"[\w.\-]+", user_agent)
        return said[0][:_LONGEST] if said else "Unknown browser"
    return f"{browser} on {system}" if system else browser
