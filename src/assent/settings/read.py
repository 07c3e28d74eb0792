"""From the text of a variable to a setting's value. Each raises ValueError, saying what would be right."""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from assent.access.policy.levels import Level


def flag(text: str) -> bool:
    """Whether it says yes."""
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    try:
        return known[text.strip().lower()]
    except KeyError:
        raise ValueError("say true or false") from None


def database_url(text: str) -> str:
    """A database's URL, with the driver that it takes."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("give a URL such as postgresql://user@host/name or sqlite:///file.db") from None
    # Platforms hand out the bare forms; with psycopg2 SQLAlchemy wants the driver named.
    driver = {"postgres": "postgresql+psycopg2", "postgresql": "postgresql+psycopg2"}.get(url.drivername)
    url = url.set(drivername=driver) if driver else url
    if url.drivername not in ("sqlite", "postgresql+psycopg2"):
        raise ValueError("the databases are PostgreSQL and SQLite")
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("SQLite needs a file: several connections share it")
    return url.render_as_string(hide_password=False)


def words(text: str) -> frozenset[str]:
    """Words between commas."""
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def schemes(text: str) -> frozenset[str]:
    """Schemes of URLs, in small letters."""
    return words(text.lower())


def count(text: str) -> int:
    """A number from 1."""
    if (number := int(text)) < 1:
        raise ValueError("give a number from 1")
    return number


def between(least: int, most: int) -> Callable[[str], int]:
    """A reader of numbers within bounds, which are among them."""

    def within(text: str) -> int:
        if not least <= (number := int(text)) <= most:
            raise ValueError(f"give a number from {least} to {most}")
        return number

    return within


def proxies(text: str) -> int:
    """A number from 0."""
    if (number := int(text)) < 0:
        raise ValueError("give a number from 0")
    return number


def public_url(text: str) -> str:
    """A URL without a path."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("give a URL without a path, such as https://models.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def secret_key(text: str) -> str:
    """A key that is long enough."""
    if len(text) < 32:
        raise ValueError("give at least 32 characters, such as those that `openssl rand -hex 32` prints")
    return text


def default_level(text: str) -> Level:
    """A permission level that everybody may have: auditors are named."""
    levels = [level for level in Level if level is not Level.CAN_AUDIT]
    if (word := text.strip().upper()) not in levels:
        raise ValueError(f"the levels are {', '.join(levels)}")
    return Level(word)


def log_level(text: str) -> str:
    """A level of log lines."""
    if (level := text.strip().upper()) not in logging.getLevelNamesMapping():
        raise ValueError("say DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return level
