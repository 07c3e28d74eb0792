"""Pages of code commits at the forges that we know by the address of a repository: GitHub, GitLab and Bitbucket."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from assent.kernel.addresses import is_a_link

_COMMIT = re.compile(r"[0-9a-f]{7,64}")


class Forge(NamedTuple):
    """Where the pages of a forge are, below the address of a repository."""

    commit: str
    compare: str


_GITHUB = Forge("commit/{0}", "compare/{0}...{1}")
_GITLAB = Forge("-/commit/{0}", "-/compare/{0}...{1}")
# The later one comes first here, and what is between is a line end.
_BITBUCKET = Forge("commits/{0}", "branches/compare/{1}%0D{0}")
_FORGES = {"github": _GITHUB, "gitlab": _GITLAB, "bitbucket": _BITBUCKET}


def commit_page(repository: str, commit: str) -> str:
    """The page of a commit; empty where we know of none."""
    return _page(repository, "commit", commit)


def compare_page(repository: str, before: str, after: str) -> str:
    """The page of what changed between two commits; empty where we know of none, or they are the same."""
    return _page(repository, "compare", before, after) if before != after else ""


def _page(repository: str, what: str, *commits: str) -> str:
    address = repository.removesuffix("/").removesuffix(".git")
    if not is_a_link(address) or not all(_COMMIT.fullmatch(each) for each in commits):
        return ""
    parts = urlsplit(address)
    if parts.query or parts.fragment or parts.path.count("/") < 2:
        return ""
    # Those that companies run for themselves are mostly called so: `gitlab.example.com`.
    labels = set((parts.hostname or "").split("."))
    forge = next((forge for name, forge in _FORGES.items() if name in labels), None)
    path = getattr(forge, what).format(*commits) if forge else ""
    return f"{address}/{path}" if path else ""
