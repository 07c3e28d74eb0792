"""The commands that are clients of a running registry: one story, told against a live server."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from support.commands import PASSWORD, Assent
from support.databases import PostgresDatabases, SqliteDatabases
from support.server import Server

EXAMPLE = Path(__file__).parents[2] / "docs/examples/grants.yaml"


@pytest.fixture(scope="module")
def server(
    databases: SqliteDatabases | PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A live registry."""
    with databases.copy() as url, Server.start(url, tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module")
def environment(server: Server) -> dict[str, str]:
    """What an administrator has in the environment."""
    return {"ASSENT_URL": server.url, "ASSENT_TOKEN": server.token()}


@pytest.fixture
def assent(environment: dict[str, str]) -> Assent:
    """The command, in an administrator's hands."""
    return Assent(environment)


def test_users_are_managed(assent: Assent) -> None:
    made = assent("users", "create", "carol").stdout
    found = re.search("Password, shown this once: (.*)", made)
    assert found is not None
    assert assent.by("carol", found[1]).json("users", "show", "carol")["name"] == "carol"
    assent("users", "password", "carol", "--password-stdin", stdin=f"{PASSWORD}\n")
    assent.by("carol")("users", "own-password", "--password-stdin", stdin=f"{PASSWORD}\ncalm seas at dusk!\n")
    assert assent.by("carol", "calm seas at dusk!").json("users", "show", "carol")["has_password"] is True
    assent("users", "administrator", "carol", "yes")
    assert assent.json("users", "show", "carol")["administrator"] is True
    assent("users", "administrator", "carol", "no")
    assent("users", "rename", "carol", "caroline")
    assent("users", "disable", "caroline")
    (caroline,) = [each for each in assent.json("users", "list") if each["name"] == "caroline"]
    assert caroline["disabled_at"] is not None
    assent("users", "enable", "caroline")


def test_groups_are_managed(assent: Assent) -> None:
    assent("groups", "create", "risk")
    assent("groups", "create", "leads")
    assent("service-accounts", "create", "scorer")
    done = assent("groups", "add", "risk", "--user", "rita", "--group", "leads", "--service-account", "scorer")
    assert done.stdout.splitlines()[0] == "user:rita is in the group risk."
    assent("groups", "remove", "risk", "--user", "rita")
    members = assent.json("groups", "show", "risk")["members"]
    assert [f"{each['kind']}:{each['name']}" for each in members] == ["group:leads", "service_account:scorer"]
    assert "holds leads" in assent.told("groups", "add", "leads", "--group", "risk", code=2)
    assent("groups", "rename", "leads", "team leads")
    assent("groups", "delete", "team leads")
    assert [each["name"] for each in assent.json("groups", "list")] == ["risk"]


def test_service_accounts_work_by_tokens(assent: Assent) -> None:
    assent("service-accounts", "create", "ci")
    made = assent("tokens", "create", "--for", "ci", "--scope", "read", "--expires", "90d", "--quiet").stdout
    ci = Assent({**assent.environment, "ASSENT_TOKEN": made})
    assert ci.json("service-accounts", "show", "ci")["name"] == "ci"
    (token,) = assent.json("tokens", "list", "--for", "ci")
    assert (token["scopes"], token["last_used_at"] is not None) == (["read"], True)
    assent("tokens", "revoke", str(token["id"]))
    assert assent("tokens", "list", "--for", "ci").stdout == "There are none.\n"
    assert "ended" in assent("tokens", "show", str(token["id"])).stdout
    assent("service-accounts", "rename", "ci", "builds")
    assent("service-accounts", "disable", "builds")
    assent("service-accounts", "enable", "builds")
    assert "builds" in assent("service-accounts", "list").stdout


def test_grants_are_given_taken_and_explained(assent: Assent) -> None:
    assent("users", "create", "dora", "--no-password")
    assent("grants", "give", "CAN_READ", "--user", "dora", "--pattern", "churn-*")
    _create_model(assent, "churn-eu")
    assent("grants", "give", "CAN_EDIT", "--user", "dora", "--model", "churn-eu")
    told = assent("grants", "explain", "churn-eu", "--user", "dora").stdout.splitlines()
    assert told[0] == "user:dora has CAN_EDIT on churn-eu."
    assert [line.split()[1] for line in told[4:]] == ["CAN_EDIT", "CAN_READ"]
    assent("grants", "take", "--user", "dora", "--model", "churn-eu")
    assert assent.json("grants", "explain", "churn-eu", "--user", "dora")["level"] == "CAN_READ"
    assert "the pattern churn-*" in assent("grants", "list", "--model", "churn-eu").stdout
    assent("grants", "take", "--user", "dora", "--pattern", "churn-*")
    assert "dora" not in assent("grants", "list").stdout
    assert "user:admin is an administrator." in assent("grants", "explain", "churn-eu").stdout


def test_publishers_are_trusted_and_revoked(assent: Assent) -> None:
    assent("service-accounts", "create", "releases")
    said = ("--issuer", "github", "--claim", "repository=acme/fraud", "--claim", "environment=production")
    limits = ("--service-account", "releases", "--scope", "read", "--scope", "register", "--target", "Staging")
    assent("publishers", "create", "release", *said, *limits, "--pattern", "fraud*")
    (publisher,) = assent.json("publishers", "list")
    assert publisher["issuer"] == "https://token.actions.githubusercontent.com"
    assert publisher["claims"] == {"repository": "acme/fraud", "environment": "production"}
    assert (publisher["pattern"], publisher["targets"]) == ("fraud*", ["Staging"])
    assert "repository=acme/fraud" in assent("publishers", "show", str(publisher["id"])).stdout
    assent("publishers", "revoke", str(publisher["id"]))
    assert assent("publishers", "list").stdout == "There are none.\n"


def test_whoever_manages_a_model_trusts_a_publisher_with_it(assent: Assent) -> None:
    assent("service-accounts", "create", "of one model")
    _create_model(assent, "sales")
    assent("grants", "give", "CAN_EDIT", "--service-account", "of one model", "--model", "sales")
    said = ("--issuer", "gitlab", "--claim", "project_path=acme/sales", "--service-account", "of one model")
    assent("publishers", "create", "sales", *said, "--scope", "read", "--model", "sales")
    (publisher,) = assent.json("publishers", "list", "--model", "sales")
    assert publisher["model"] == "sales"
    assent("publishers", "revoke", str(publisher["id"]), "--model", "sales")
    assert "Say --pattern or --model." in assent.told("publishers", "create", "x", *said, "--scope", "read", code=2)
    assent("publishers", "create", "x", "--issuer", "github", "--claim", "repository", code=2)


def test_sessions_are_listed_and_ended(assent: Assent) -> None:
    assert assent.json("sessions", "list") == []
    assert "There is no session 7." in assent.told("sessions", "end", "7", code=2)
    assert assent("sessions", "end-all", "--for", "rita").stdout == "All sessions of rita are ended.\n"


def test_the_example_of_a_grants_file_is_planned_and_applied(assent: Assent) -> None:
    for user in ("ada", "grace", "linus"):
        assent("users", "create", user, "--no-password")
    assent("service-accounts", "create", "churn-pipeline")
    _create_model(assent, "Ecommerce Model")
    assent("grants", "plan", str(EXAMPLE), "--exit-code", code=10)
    planned = assent("grants", "plan", str(EXAMPLE)).stdout
    assert "+ user:ada in the group data-science\n" in planned
    assert "+ group:data-science: NO_PERMISSIONS on the pattern secret-*\n" in planned
    assert assent("grants", "apply", str(EXAMPLE)).stdout == planned
    assert assent("grants", "plan", str(EXAMPLE), "--exit-code").stdout == "Nothing to change.\n"
    assert assent.json("grants", "plan", str(EXAMPLE)) == {"changes": []}


def test_what_is_wrong_in_a_file_is_told_line_by_line_and_changes_nothing(assent: Assent, tmp_path: Path) -> None:
    file = tmp_path / "grants.yaml"
    file.write_text("groups:\n  wrong:\n    - user:rita\n    - user:ritta\n    - nobody\n")
    for verb in ("plan", "apply"):
        assert assent.told("grants", verb, str(file), code=2).splitlines() == [
            f"{file}:5: Write user:NAME, service_account:NAME or group:NAME in the place of nobody."
        ]
    file.write_text("groups:\n  wrong:\n    - user:rita\n    - user:ritta\ngrants:\n  models:\n    Nothing:\n")
    assert assent.told("grants", "apply", str(file), code=2).splitlines() == [
        f"{file}:4: There is no user ritta: create it first, or name one that there is.",
        f"{file}:7: There is no registered model Nothing.",
    ]
    assert "wrong" not in assent("groups", "list").stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["users", "show", "nobody"], 2, "assent: There is no user nobody.\n"),
        (["users", "create", "rita"], 2, "assent: There is a user or service account rita already.\n"),
        (["groups", "add", "risk"], 2, "assent: Name somebody: --user, --group or --service-account.\n"),
        (["grants", "explain", "m", "--user", "a", "--group", "b"], 2, "assent: Name one: a user, a group"),
        (["grants", "take", "--user", "a", "--model", "m", "--pattern", "p"], 2, "assent: Say --pattern or --model"),
        (["tokens", "create", "--target", "Nowhere"], 2, "assent: Invalid Model Version stage: Nowhere."),
    ],
)
def test_a_mistake_is_told_in_one_line(assent: Assent, words: list[str], code: int, told: str) -> None:
    said = assent.told(*words, code=code)
    assert said.startswith(told)
    assert said.count("\n") == 1


def test_who_is_not_let_in_is_refused(assent: Assent) -> None:
    assert "wrong credentials" in assent.by("rita", "a wrong password").told("users", "list", code=5)


def test_who_lacks_the_right_is_refused(assent: Assent) -> None:
    rita = assent.by("rita", "correct horse battery")
    assert rita.told("users", "list", code=5) == "assent: rita is no administrator.\n"


def test_client_commands_import_no_server() -> None:
    code = "import sys; from assent.cli import main; main(['users', 'list', '--help'], standalone_mode=False); "
    heavy = "{'flask', 'sqlalchemy', 'marshmallow', 'werkzeug', 'alembic', 'requests'}"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}assert not {heavy} & set(sys.modules)"],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
    )
    assert done.returncode == 0, done.stderr


def _create_model(assent: Assent, name: str) -> None:
    answer = requests.post(
        f"{assent.environment['ASSENT_URL']}/api/2.0/mlflow/registered-models/create",
        json={"name": name},
        headers={"Authorization": f"Bearer {assent.environment['ASSENT_TOKEN']}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
