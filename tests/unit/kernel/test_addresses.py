"""Which addresses are near, which are no more than a server and a path, and which may be shown to others."""

import pytest

from assent.kernel.addresses import is_a_link, is_on_this_machine, is_plain


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://127.0.0.1:80/a", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost:80", True),
        ("http://127.0.0.1@issuer.example", False),
        ("http://localhost.issuer.example", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
    ],
)
def test_which_hosts_are_this_machine(url: str, is_here: bool) -> None:
    assert is_on_this_machine(url) is is_here


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://issuer.example", True),
        ("https://issuer.example:8443/a/b/", True),
        ("http://127.0.0.1:80", True),
        ("http://issuer.example", False),
        ("http://127.0.0.1.example", False),
        ("ftp://127.0.0.1", False),
        ("https://issuer.example?a", False),
        ("https://issuer.example/#a", False),
        ("https://user@issuer.example", False),
        ("HTTPS://issuer.example", False),
        ("https://issuer.example/a b", False),
        ("https://issuer.example/\n", False),
        ("https://issuer.example:port", False),
        ("https://[issuer", False),
        ("https://", False),
        ("issuer.example", False),
        ("", False),
    ],
)
def test_what_is_a_plain_and_safe_address(url: str, is_one: bool) -> None:
    assert is_plain(url) is is_one


@pytest.mark.parametrize(
    ("url", "may_be_shown"),
    [
        ("https://ci.example.com/runs/17?attempt=2#log", True),
        ("http://10.0.0.1:8080/a%20b", True),
        ("HTTPS://ci.example.com", True),
        ("https://ci.example.com/@ada", True),
        ("https://ada@ci.example.com", False),
        ("https://ada:secret@ci.example.com", False),
        ("https://ci.example.com/?a=1&access_token=secret", False),
        ("https://ci.example.com/a b", False),
        ("https://ci.example.com/\n", False),
        ("https://ci.example.com\\@evil.example", False),
        ("https://ci.example.com:port", False),
        ("https://", False),
        ("https://[::1", False),
        ("ci.example.com", False),
        ("javascript:alert(1)", False),
        ("ftp://ci.example.com", False),
    ],
)
def test_which_links_may_be_shown(url: str, may_be_shown: bool) -> None:
    assert is_a_link(url) is may_be_shown
