"""The settings: one frozen value, read from the environment, each documented where it stands.

`docs/settings.md` is made from the fields below.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from assent.access.credentials.passwords import Passwords
from assent.access.credentials.sessions import Lifetime
from assent.access.policy.levels import Level
from assent.access.signing_in.attempts import AttemptLimits
from assent.kernel.errors import Invalid
from assent.registry.sources import SourceRules
from assent.settings import read

PREFIX = "ASSENT_"


def _setting(default: Any, about: str, reader: Callable[[str], Any] = str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"about": about, "reader": reader}, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """Everything that can be configured, as `ASSENT_<NAME>` in the environment."""

    database_url: str = _setting(
        "sqlite:///assent.db",
        "Where the registry is kept: `sqlite:///file.db` or `postgresql://user:password@host/name`.",
        read.database_url,
        secret=True,
    )
    admin_username: str = _setting("admin", "The administrator that a first start creates.")
    admin_password: str | None = _setting(
        None,
        "That administrator's password. Not set: the first start makes one up and shows it once.",
        secret=True,
    )
    shortest_password: int = _setting(
        12, "How many characters a password has at least: 8 to 20.", read.between(8, 20)
    )
    password_strength: int = _setting(
        3,
        "How hard a password must be to guess, from 0, whatever it is, to 4, by the measure of zxcvbn.",
        read.between(0, 4),
    )
    argon2_memory_kib: int = _setting(
        19 * 1024,
        "The memory that hashing a password takes, in KiB. Where hashing is made to take more, in memory, passes or "
        "lanes, everybody's password is hashed again when they next sign in with it.",
        read.between(8 * 1024, 1024 * 1024),
    )
    argon2_passes: int = _setting(2, "How often hashing a password passes over that memory.", read.between(1, 100))
    argon2_lanes: int = _setting(1, "On how many lanes hashing a password runs.", read.between(1, 64))
    attempts_minutes: int = _setting(
        15, "For how long failed attempts to sign in by password are counted, in minutes.", read.between(1, 24 * 60)
    )
    attempts_per_account_and_address: int = _setting(
        10,
        "How many such attempts an account has from one address. The other two limits do not hold for whoever has "
        "signed in to the account from that address before.",
        read.count,
    )
    attempts_per_address: int = _setting(
        100, "How many such attempts one address has, over all accounts.", read.count
    )
    attempts_per_account: int = _setting(25, "How many such attempts an account has, over all addresses.", read.count)
    host: str = _setting("127.0.0.1", "The address that `assent serve` listens on.")
    port: int = _setting(5000, "The port that `assent serve` listens on.", read.between(1, 65535))
    workers: int = _setting(
        1, "Server processes. More than one needs PostgreSQL; SQLite is served by one.", read.count
    )
    threads: int = _setting(8, "Threads of a server process that handle requests.", read.count)
    allow_local_sources: bool = _setting(
        False, "Accept local paths as sources of versions. The server never reads them; clients will.", read.flag
    )
    allowed_source_schemes: frozenset[str] = _setting(
        frozenset(),
        "Schemes to accept as sources although they name a host to connect to, separated by commas: "
        "`http`, `https`, `ftp`, `sftp`, `hdfs`, `viewfs`, `r2`, `b2`, `abfss`, `mlflow-artifacts`.",
        read.schemes,
    )
    source_pattern: re.Pattern[str] | None = _setting(
        None, "A regular expression that every source must match somewhere.", re.compile
    )
    default_level: Level = _setting(
        Level.NO_PERMISSIONS,
        "The level that everybody has on every model, beside what is granted: `NO_PERMISSIONS`, `CAN_READ`, …",
        read.default_level,
    )
    allow_overrides: bool = _setting(
        True, "Let those whom a gate names move versions without what it asks for; that owes a review.", read.flag
    )
    largest_body: int = _setting(4 * 1024 * 1024, "The largest request body that is read, in bytes.", read.count)
    largest_snapshot: int = _setting(
        1024 * 1024, "The largest run snapshot that is kept, in bytes of canonical JSON.", read.count
    )
    recheck_seconds: int = _setting(
        2, "How long a server process trusts credentials that it has verified before it looks again.", read.count
    )
    public_url: str | None = _setting(
        None,
        "Where people and CI jobs reach the registry, such as `https://models.example.com`. Not set: where they ask "
        "for it.",
        read.public_url,
    )
    oidc_file: Path | None = _setting(
        None, "A YAML file that lists identity providers (OpenID Connect) to sign in through.", Path
    )
    tracking_file: Path | None = _setting(
        None, "A YAML file that lists the MLflow tracking servers that the worker reads runs from.", Path
    )
    secret_key: str | None = _setting(
        None,
        "What signs cookies and forms; at least 32 characters. Not set: made once, and kept in the database.",
        read.secret_key,
        secret=True,
    )
    oidc_audiences: frozenset[str] = _setting(
        frozenset(),
        "For whom the tokens of CI jobs must be meant that are exchanged here, separated by commas. Not set: for "
        "`ASSENT_PUBLIC_URL`, or its token endpoint. Where neither is set, none is exchanged.",
        read.words,
    )
    publisher_issuers: frozenset[str] = _setting(
        frozenset({"https://token.actions.githubusercontent.com", "https://gitlab.com"}),
        "Issuers that the managers of a model may name for its trusted publishers, separated by commas; the server "
        "asks them for their keys. Administrators may name any.",
        read.words,
    )
    session_idle_minutes: int = _setting(
        12 * 60, "After how long without use a browser is signed out, in minutes.", read.count
    )
    session_longest_hours: int = _setting(
        7 * 24, "How long after signing in a browser is signed out, however it is used; in hours.", read.count
    )
    trusted_proxies: int = _setting(
        0, "How many proxies stand before the server and may say for whom they ask.", read.proxies
    )
    log_level: str = _setting("INFO", "The least severe log line that is written.", read.log_level)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings. Raises Invalid, naming the variable; a variable nobody knows is such an error."""
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        given = {}
        for variable, text in environment.items():
            if (
                not variable.startswith(PREFIX)
                or variable in _OF_THE_CLIENT
                or variable.startswith(_OF_TESTS + _OF_FILES + _OF_JOBS)
            ):
                continue
            if variable not in known:
                raise Invalid(f"There is no setting {variable}; they are {', '.join(sorted(known))}.")
            setting = known[variable]
            try:
                given[setting.name] = setting.metadata["reader"](text)
            except (ValueError, re.error) as problem:
                raise Invalid(f"{variable} cannot be read: {problem}.") from problem
        return cls(**given)

    @property
    def url(self) -> URL:
        """The database's URL, parsed; a file is named from the top, since libraries differ on where else it lies."""
        url = make_url(read.database_url(self.database_url))
        if url.get_backend_name() == "sqlite" and url.database:
            return url.set(database=str(Path(url.database).absolute()))
        return url

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of this machine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def lifetime(self) -> Lifetime:
        """For how long a browser stays signed in."""
        return Lifetime(idle=self.session_idle_minutes * 60_000, longest=self.session_longest_hours * 3_600_000)

    @property
    def passwords(self) -> Passwords:
        """How passwords are judged and hashed."""
        return Passwords(
            shortest=self.shortest_password,
            strength=self.password_strength,
            memory_kib=self.argon2_memory_kib,
            passes=self.argon2_passes,
            lanes=self.argon2_lanes,
        )

    @property
    def attempt_limits(self) -> AttemptLimits:
        """How often somebody may fail to sign in."""
        return AttemptLimits(
            stretch=self.attempts_minutes * 60_000,
            per_account_and_address=self.attempts_per_account_and_address,
            per_address=self.attempts_per_address,
            per_account=self.attempts_per_account,
        )

    @property
    def source_rules(self) -> SourceRules:
        """What sources versions may have."""
        return SourceRules(self.allow_local_sources, self.allowed_source_schemes, self.source_pattern)


# Variables that share the prefix and are not for the server.
_OF_THE_CLIENT = frozenset(
    {
        "ASSENT_URL",
        "ASSENT_TOKEN",
        "ASSENT_USERNAME",
        "ASSENT_PASSWORD",
        "ASSENT_PLUGIN_SECONDS",
    }
)
# Where a CI puts the tokens of a job.
_OF_JOBS = ("ASSENT_ID_TOKEN",)
# Where the files of identity providers and of tracking servers may say that their secrets are.
_OF_FILES = ("ASSENT_OIDC_SECRET", "ASSENT_TRACKING_SECRET")
_OF_TESTS = ("ASSENT_TEST_", "ASSENT_PG_", "ASSENT_BENCH_")


def as_table() -> str:
    """The table of all settings in Markdown, as the documentation has it."""
    lines = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for each in fields(Settings):
        default = ", ".join(sorted(each.default)) if isinstance(each.default, frozenset) else each.default
        shown = f"`{str(default).lower() if isinstance(default, bool) else default}`" if default else "none"
        if default is False or default == 0:
            shown = f"`{str(default).lower()}`"
        lines.append(f"| `{PREFIX}{each.name.upper()}` | {shown} | {each.metadata['about']} |")
    return "\n".join(lines) + "\n"
