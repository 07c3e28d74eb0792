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


def is_plain(url: str) -> bool:
    """Whether a URL is a server and a path, and nothing more; and encrypted, or on this machine."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_whole = is_whole and url == f"{parts.scheme}://{parts.netloc}{parts.path}" and "@" not in parts.netloc
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_on_this_machine(url))
    return is_whole and is_safe and url.isprintable() and " " not in url
