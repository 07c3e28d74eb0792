"""The digest of a model's artifacts: one hash over all its files, computed where they are, by the client."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

# Clients write it beside the files that they download from a registry.
ADDED_BY_CLIENTS = frozenset({"registered_model_meta"})
_AT_ONCE = 1024 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, of how many files and bytes."""

    digest: str
    files: int
    bytes: int


def of(folder: str | Path) -> Digest:
    """The digest of all files below a folder, or of one file: the sha256 over sorted lines, one for each file.

    A line is `<sha256 of the file>  <path below the folder, with slashes>`, as `sha256sum` writes it, and ends with a
    line feed; lines are sorted by their bytes. Links to files are followed, links to folders are not. Raises OSError,
    and ValueError where no file is, or where the name of one holds a line feed.
    """
    start = Path(folder)
    lines, total = [], 0
    for path in _files(start):
        hashed, size = _hashed(path)
        name = path.name if path == start else path.relative_to(start).as_posix()
        if "\n" in name:
            raise ValueError(f"The name of the file {name!r} holds a line feed.")
        lines.append(f"{hashed}  {name}\n".encode("utf-8", "surrogateescape"))
        total += size
    if not lines:
        raise ValueError(f"There is no file in {folder}.")
    return Digest(f"sha256:{sha256(b''.join(sorted(lines))).hexdigest()}", len(lines), total)


def is_digest(text: str) -> bool:
    """Whether a text has the form of such a digest."""
    return _DIGEST.fullmatch(text) is not None


def _files(start: Path) -> Iterator[Path]:
    if start.is_file():
        yield start
        return
    for path in start.rglob("*"):
        if path.is_file() and path.relative_to(start).as_posix() not in ADDED_BY_CLIENTS:
            yield path


def _hashed(path: Path) -> tuple[str, int]:
    hashing, size = sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_AT_ONCE):
            hashing.update(block)
            size += len(block)
    return hashing.hexdigest(), size
