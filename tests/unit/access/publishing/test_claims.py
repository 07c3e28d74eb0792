"""Which claims pick out somebody's tokens, and which tokens make them."""

from typing import Any

import pytest

from assent.access.publishing.claims import must_be_an_issuer, must_tell_who, unmatched
from assent.kernel.errors import Invalid

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
OTHER = "https://issuer.example"


def refusal_of(issuer: str, claims: dict[str, str]) -> str:
    with pytest.raises(Invalid) as refused:
        must_tell_who(issuer, claims)
    return refused.value.message


@pytest.mark.parametrize(
    ("issuer", "claims"),
    [
        (OTHER, {"sub": "system:serviceaccount:ml:trainer"}),
        (OTHER, {"sub": "*", "namespace": "ml"}),
        (OTHER, {"project": "ml*"}),
        (GITHUB, {"repository": "acme/churn"}),
        (GITHUB, {"repository": "acme/*", "environment": "production"}),
        (GITHUB, {"sub": "repo:acme/churn:*"}),
        (GITHUB, {"sub": "repository_id:17"}),
        (f"{GITHUB}/acme", {"repository": "acme/churn"}),
        (GITLAB, {"project_path": "acme/ml/churn", "ref_protected": "true"}),
        (GITLAB, {"sub": "project_path:acme/*"}),
    ],
)
def test_claims_that_tell_who_are_taken(issuer: str, claims: dict[str, str]) -> None:
    must_tell_who(issuer, claims)


@pytest.mark.parametrize("claims", [{}, {f"claim{number}": "x" for number in range(21)}])
def test_no_claims_and_too_many_are_refused(claims: dict[str, str]) -> None:
    assert "1 to 20 claims" in refusal_of(OTHER, claims)


@pytest.mark.parametrize("claims", [{"sub": "*"}, {"sub": "?*", "project": "**"}])
def test_claims_that_match_everything_are_refused(claims: dict[str, str]) -> None:
    assert "match every token" in refusal_of(OTHER, claims)


@pytest.mark.parametrize(
    ("issuer", "claims"),
    [
        (GITHUB, {"environment": "production"}),
        (GITHUB, {"repository": "*/churn"}),
        (GITHUB, {"repository": "acme*"}),
        (GITHUB, {"sub": "repo:*"}),
        (f"{GITHUB}/acme", {"ref": "refs/heads/main"}),
        ("https://token.actions.acme.ghe.com", {"repository": "*a"}),
        ("https://github.acme.example/_services/token", {"ref": "refs/heads/main"}),
        (GITLAB, {"ref": "main"}),
        (GITLAB, {"sub": "project_path:*"}),
    ],
)
def test_an_issuer_of_the_whole_world_needs_a_name_spelled_out(issuer: str, claims: dict[str, str]) -> None:
    assert "say whose are meant" in refusal_of(issuer, claims)


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "nbf", "iat", "jti"])
def test_what_is_checked_of_every_token_is_no_claim_to_name(name: str) -> None:
    assert f"{name} is checked of every token" in refusal_of(OTHER, {"sub": "a", name: "b"})


@pytest.mark.parametrize("claims", [{"": "a"}, {"a\n": "b"}, {"sub": ""}, {"sub": "a\x00"}, {"sub": "a" * 513}])
def test_what_no_token_claims_is_refused(claims: dict[str, str]) -> None:
    assert "printable" in refusal_of(OTHER, claims)


@pytest.mark.parametrize("issuer", ["", "issuer.example", "http://issuer.example", "https://" + "a" * 512])
def test_what_is_no_issuer_is_refused(issuer: str) -> None:
    with pytest.raises(Invalid, match="Give the URL"):
        must_be_an_issuer(issuer)


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("acme/churn", "acme/churn", True),
        ("acme/churn", "acme/churn2", False),
        ("acme/churn", "acme/churn\x00", False),
        ("acme/churn", "ACME/churn", False),
        ("acme/*", "acme/churn", True),
        ("acme/*", "acme/", True),
        ("acme/*", "evil/acme/churn", False),
        ("acme/*", "acme/churn\n", False),
        ("repo:acme/churn:*:main", "repo:acme/churn:ref:refs/heads:main", True),
        ("?", "ab", False),
        ("true", True, True),
        ("17", 17, True),
        ("*", None, False),
        ("*", ["acme/churn"], False),
        ("*", {"acme": "churn"}, False),
        ("*", 1.5, False),
        ("*", "a" * 5000, False),
    ],
)
def test_a_claim_is_as_its_pattern_says(pattern: str, value: Any, matches: bool) -> None:
    assert (unmatched({"claim": pattern}, {"claim": value, "other": "a"}) == []) is matches


def test_a_claim_that_is_not_made_is_not_as_wanted() -> None:
    assert unmatched({"sub": "a", "environment": "*"}, {"sub": "a"}) == ["environment"]
