"""Plug-ins that lie on the path as installed ones do: a module, and metadata that name its entry points."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import invalidate_caches
from pathlib import Path
from shutil import rmtree

import pytest

from assent.governance.requirements.kinds import GROUP, kinds


@contextmanager
def installed(
    where: Path, monkeypatch: pytest.MonkeyPatch, entries: Mapping[str, str], code: str = ""
) -> Iterator[None]:
    """With those kinds, by the names of their entry points, that a package brings; `code` is its module `brought`."""
    metadata = where / "brought-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: brought\nVersion: 1.0\n")
    lines = (f"{name} = {value}" for name, value in entries.items())
    (metadata / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]))
    (where / "brought.py").write_text(code)
    monkeypatch.syspath_prepend(str(where))
    kinds.cache_clear()
    try:
        yield
    finally:
        rmtree(metadata)
        invalidate_caches()
        kinds.cache_clear()
        sys.modules.pop("brought", None)
