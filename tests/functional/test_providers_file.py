"""The file of identity providers: what it may say, and what is told of a mistake in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from assent.http.providers import providers
from assent.kernel.errors import Invalid
from assent.settings import Settings
from support.processes import free_port, plain_environment

WHOLE = """\
providers:
  - name: company
    title: The Company
    issuer: https://login.example.com
    client_id: assent
    client_secret_variable: COMPANY_SECRET
    scopes: [openid, profile]
    username_claim: upn
    groups_claim: roles
    link_existing: true
    sign_out: no
"""
LEAST = """\
providers:
  - name: company
    issuer: https://login.example.com
    client_id: 12345
    client_secret_variable: COMPANY_SECRET
"""
ENVIRONMENT = {"COMPANY_SECRET": "s3cr3t-of-the-company\n"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "oidc.yaml"


def refusal(file: Path, text: str | bytes) -> str:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Invalid) as refused:
        providers(file, ENVIRONMENT)
    return refused.value.message.removeprefix(f"{file}")


def test_without_a_file_there_are_none() -> None:
    assert providers(None, ENVIRONMENT) == ()


def test_everything_that_can_be_said(file: Path) -> None:
    file.write_text(WHOLE)
    (company,) = providers(file, ENVIRONMENT)
    assert (company.name, company.title, company.issuer, company.client_id) == (
        "company",
        "The Company",
        "https://login.example.com",
        "assent",
    )
    assert company.client_secret == "s3cr3t-of-the-company"
    assert (company.scopes, company.username_claims, company.groups_claim) == (
        ("openid", "profile"),
        ("upn",),
        "roles",
    )
    assert (company.link_existing, company.sign_out) == (True, False)


def test_what_is_left_out(file: Path) -> None:
    file.write_text(LEAST)
    (company,) = providers(file, ENVIRONMENT)
    assert (company.title, company.client_id, company.scopes) == ("company", "12345", ("openid", "profile", "email"))
    assert (company.username_claims, company.groups_claim) == (("preferred_username", "email"), None)
    assert (company.link_existing, company.sign_out) == (False, True)


def test_a_secret_may_lie_in_a_file_beside_it(file: Path) -> None:
    (file.parent / "secret").write_text("of a file\n")
    file.write_text(LEAST.replace("client_secret_variable: COMPANY_SECRET", "client_secret_file: secret"))
    assert providers(file, {})[0].client_secret == "of a file"


def test_no_secret_is_shown(file: Path) -> None:
    file.write_text(WHOLE)
    assert "s3cr3t" not in repr(providers(file, ENVIRONMENT))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "title:",
            "titel:",
            ", line 3: providers[0]: There is no field 'titel'; the fields are name, title, issuer,",
        ),
        ("client_secret_variable: COMPANY_SECRET", "client_secret: x", ", line 6: providers[0]: There is no field"),
        ("title: The Company", "name: other", ", line 3: providers[0]: name is there twice."),
        ("    client_id: assent\n", "", ", line 2: providers[0]: client_id is missing."),
        ("assent", "''", ", line 5: providers[0].client_id: Write a text here."),
        ("assent", "[a]", ", line 5: providers[0].client_id: Write a text here."),
        ("assent", "true", ", line 5: providers[0].client_id: Write a text here."),
        ("link_existing: true", "link_existing: maybe", ", line 10: providers[0].link_existing: Write true or false"),
        ("https://login", "http://login", ", line 4: providers[0].issuer: Write the https URL"),
        ("example.com", "example.com/?a=b", ", line 4: providers[0].issuer: Write the https URL"),
        ("name: company", "name: Com pany", ", line 2: providers[0].name: Write at most 40 small letters"),
        ("[openid, profile]", "[profile]", ", line 7: providers[0].scopes: openid must be among the scopes"),
        ("[openid, profile]", "[openid, {a: b}]", ", line 7: providers[0].scopes[1]: Write a text here."),
        (
            "COMPANY_SECRET",
            "NO_SUCH_VARIABLE",
            ", line 6: providers[0].client_secret_variable: There is no secret in NO",
        ),
        (
            "    client_secret_variable: COMPANY_SECRET\n",
            "",
            ", line 2: providers[0]: Name either client_secret_variable",
        ),
        (
            "client_secret_variable: COMPANY_SECRET",
            "client_secret_file: gone",
            ", line 6: providers[0].client_secret_file: ",
        ),
        ("  - name", "    name", ", line 2: providers: Write a list here."),
        ("providers:", "provider:", ", line 1: There is no field 'provider'; the fields are providers."),
        ("[openid, profile]", "[openid, profile", ", line 8: This is no YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(
    file: Path, before: str, after: str, said: str
) -> None:
    assert before in WHOLE
    assert refusal(file, WHOLE.replace(before, after)).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", " is empty."),
        ("7", ", line 1: Write fields here"),
        ("providers: [7]", ", line 1: providers[0]: Write fields"),
        (b"\xff", " cannot be read"),
        ("a: \x01", ": This is no YAML: unacceptable character"),
    ],
)
def test_a_file_that_is_none_is_refused(file: Path, text: str | bytes, said: str) -> None:
    assert refusal(file, text).startswith(said)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        providers(tmp_path / "gone.yaml", {})


def test_two_providers_differ_in_name_and_in_issuer(file: Path) -> None:
    second = LEAST.removeprefix("providers:\n")
    assert "There is a provider company already." in refusal(file, LEAST + second)
    assert "There is a provider with the issuer" in refusal(
        file, LEAST + second.replace("name: company", "name: other")
    )


def test_the_variable_of_a_secret_may_be_called_like_a_setting() -> None:
    given = {"ASSENT_OIDC_FILE": "oidc.yaml", "ASSENT_OIDC_SECRET_COMPANY": "x"}
    assert Settings.from_environment(given).oidc_file == Path("oidc.yaml")


def test_the_server_does_not_start_with_a_mistake_in_the_file(file: Path) -> None:
    file.write_text(LEAST)
    environment = plain_environment(ASSENT_OIDC_FILE=str(file), ASSENT_DATABASE_URL=f"sqlite:///{file.parent}/a.db")
    command: list[str | Path] = [Path(sys.executable).parent / "assent", "serve", "--port", str(free_port())]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"assent: {file}, line 5: providers[0].client_secret_variable: There is no secret in COMPANY_SECRET.\n"
    )
