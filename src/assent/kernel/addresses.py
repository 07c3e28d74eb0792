"""Addresses of other servers. Pure."""

from ipaddress import ip_address
from urllib.parse import urlsplit


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
