"""Pages of commits at the forges that are known."""

import pytest

from assent.web.evidence.forges import commit_page, compare_page

OLD, NEW = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("repository", "page"),
    [
        ("https://github.com/example/fraud.git", f"https://github.com/example/fraud/compare/{OLD}...{NEW}"),
        ("https://gitlab.example.com/a/b/fraud", f"https://gitlab.example.com/a/b/fraud/-/compare/{OLD}...{NEW}"),
        ("https://bitbucket.org/a/fraud/", f"https://bitbucket.org/a/fraud/branches/compare/{NEW}%0D{OLD}"),
        ("https://git.example.com/a/fraud", ""),
        ("git@github.com:example/fraud.git", ""),
        ("javascript://github.com/a/b", ""),
        ("https://user:secret@github.com/a/b", ""),
        ("https://github.com/a/b?x=1", ""),
        ("https://github.com", ""),
    ],
)
def test_what_changed_is_at_the_forge_of_the_repository(repository: str, page: str) -> None:
    assert compare_page(repository, OLD, NEW) == page


@pytest.mark.parametrize("commit", ["main", "../..", "a" * 6, ""])
def test_what_is_no_commit_has_no_page(commit: str) -> None:
    assert commit_page("https://github.com/a/b", commit) == ""


def test_nothing_changed_between_a_commit_and_itself() -> None:
    assert compare_page("https://github.com/a/b", OLD, OLD) == ""
