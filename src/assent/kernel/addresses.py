"""Addresses of other servers. Pure."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

# Of other schemes a name before the @ may be part of the address, as the container of `abfss://container@account` is.
_WEB_USER = re.compile(r"(?<=http://)[^/\s\"]*@|(?<=https://)[^/\s\"]*@")
# Not every program that takes a URL minds a slash in the password; but what follows a port is a path.
_PASSWORD = re.compile(r"(://[^/@\s:\[\"]*):(?:[^/\s\"]*|(?![0-9]*/)[^@\s\"]{1,200})(?=@)")
_SIGNATURE = re.compile(
    r"([?&](?:sig|signature|token|access_token|x-(?:amz|goog)-[a-z-]+)=)[^&#\s\"]*", re.IGNORECASE
)


def without_credentials(text: str) -> str:
    """A text without the passwords and signatures of the URLs in it."""
    return _SIGNATURE.sub(r"\1", _WEB_USER.sub("", _PASSWORD.sub(r"\1", text)))


def is_on_this_machine(url: str) -> bool:
    """Whether a URL's host is the loopback interface, where nobody listens in. What is no URL is not there."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_whole(url: str) -> bool:
    """Whether a URL is a server of the web and a path, and nothing more."""
    try:
        parts = urlsplit(url)
        is_server = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_server = is_server and url == f"{parts.scheme}://{parts.netloc}{parts.path}" and "@" not in parts.netloc
    return is_server and parts.scheme in ("http", "https") and url.isprintable() and " " not in url


def is_plain(url: str) -> bool:
    """Whether a URL is a server and a path, and nothing more; and encrypted, or on this machine."""
    return is_whole(url) and (url.startswith("https:") or is_on_this_machine(url))


def is_a_link(url: str) -> bool:
    """Whether a URL is an address of the web that may be shown to others: no user, password or signature is in it."""
    try:
        parts = urlsplit(url)
        is_server = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_said_plainly = url.isprintable() and " " not in url and "\\" not in url
    holds_nothing = "@" not in parts.netloc and url == without_credentials(url)
    return is_server and parts.scheme in ("http", "https") and is_said_plainly and holds_nothing
