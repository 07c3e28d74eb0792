"""Where a version may come from. The server never fetches a source: these rules protect the clients that will."""

import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from assent.kernel.errors import Invalid
from assent.registry import names

# Schemes by which a client connects to a host that whoever registers could choose.
_HOSTED = frozenset({"ftp", "sftp", "hdfs", "viewfs", "http", "https", "r2", "b2", "abfss"})

_LOGGED_MODEL = re.compile(r"models:/+(?P<id>m-[^/@]+)/?")
# Clients read the scheme in any case, and what stands before the run as the name of a tracking server.
_RUN = re.compile(r"runs:(//[^/]+(?=/))?/+(?P<id>[^/]+)(/.*)?", re.DOTALL | re.IGNORECASE)

_NO_RELATIVE_PARTS = (
    "If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, "
    "an absolute path must be provided without relative path references present. Please provide an absolute path."
)


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What the administrator allows, from the settings."""

    allow_local: bool = False
    allowed_schemes: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that names another version: by number, or by a word (a stage, or `latest`), or by an alias."""

    name: str
    version: str = ""
    alias: str = ""


def reference(source: str) -> Reference | None:
    """The registered version that a source names, if it is of the scheme `models`; read as MLflow's client reads it.

    Raises Invalid for one that names neither a version nor an alias.
    """
    scheme, _, path = source.partition(":/")
    if scheme.lower() != "models":
        return None
    parts = path.strip("/").split("/")
    name, at, alias = parts[0].rpartition("@")
    if len(parts) == 2 and all(parts):
        return Reference(parts[0], version=parts[1])
    if len(parts) == 1 and name and at and alias:
        return Reference(name, alias=alias)
    return refuse(source, "A version is named models:/<name>/<version> or models:/<name>@<alias>.")


def named_run(source: str) -> str:
    """The run that a `runs:/` source names, or an empty text."""
    found = _RUN.fullmatch(source)
    return found["id"] if found and len(found["id"]) <= names.LONGEST_RUN_ID else ""


def named_logged_model(source: str) -> str:
    """The logged model that a `models:/m-…` source names, or an empty text."""
    found = _LOGGED_MODEL.fullmatch(source)
    return found["id"] if found else ""


def must_be_a_source(source: str, *, run_id: str, logged_model_id: str, rules: SourceRules) -> None:
    """Raise Invalid unless a version may have that source."""
    names.must_be_text("source", source, names.LONGEST_SOURCE)
    plain = _decoded(source)
    if source != source.strip() or not source or any(ord(character) < 32 for character in plain):
        refuse(source, "It is blank, or holds control characters or blanks at its ends.")
    if rules.pattern is not None and not rules.pattern.search(source):
        refuse(
            source,
            f"It does not match the pattern '{rules.pattern.pattern}' that ASSENT_SOURCE_PATTERN sets.",
        )
    _must_name_its_run(source, run_id, logged_model_id)

    try:
        parts = urlsplit(source)
    except ValueError:
        refuse(source, "It is not a well-formed URI.")
    scheme = parts.scheme.lower()
    if _is_local(source, scheme):
        _must_be_allowed_locally(source, parts.netloc, rules)
    elif scheme not in rules.allowed_schemes and (
        scheme in _HOSTED or (scheme == "mlflow-artifacts" and parts.netloc)
    ):
        refuse(
            source,
            f"'source' cannot use the '{scheme}' scheme: it names a host to connect to. "
            f"An administrator can allow it in ASSENT_ALLOWED_SOURCE_SCHEMES.",
        )
    if not {".", ".."}.isdisjoint(re.split(r"[/\\?#&=:]", plain)):
        refuse(source, _NO_RELATIVE_PARTS)


def _must_name_its_run(source: str, run_id: str, logged_model_id: str) -> None:
    run = named_run(source)
    if run and run_id and run != run_id:
        refuse(source, f"It names the run '{run}', and run_id is '{run_id}'.")
    logged_model = named_logged_model(source)
    if logged_model and logged_model_id and logged_model != logged_model_id:
        refuse(source, f"It names the logged model '{logged_model}', and model_id is '{logged_model_id}'.")


def _is_local(source: str, scheme: str) -> bool:
    # One letter before a colon is a drive.
    return scheme in ("", "file") or len(scheme) == 1 or source.startswith(("/", "\\"))


def _must_be_allowed_locally(source: str, host: str, rules: SourceRules) -> None:
    if host not in ("", "localhost", "127.0.0.1"):
        refuse(source, "A file URI cannot name another host.")
    if not source.removeprefix("file:").startswith(("/", "\\")):
        refuse(source, _NO_RELATIVE_PARTS)
    if not rules.allow_local:
        refuse(
            source,
            "To use a local path as a model version source, the run_id request parameter has to be specified and "
            "the local path has to be contained within the artifact directory of the run specified by the run_id. "
            "This registry cannot see that directory; an administrator can allow local paths with "
            "ASSENT_ALLOW_LOCAL_SOURCES=true.",
        )


def _decoded(source: str) -> str:
    """The source without percent-encoding, however often it was encoded."""
    while (decoded := unquote(source)) != source:
        source = decoded
    return source


def refuse(source: str, reason: str) -> NoReturn:
    """Raise Invalid, naming the source and why."""
    raise Invalid(f"Invalid model version source: '{source}'. {reason}")
