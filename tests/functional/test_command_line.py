"""The commands that an administrator runs on the server."""

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from assent.cli import main
from support.calling import Caller

REGISTERED = "/api/2.0/mlflow/registered-models/create"


@pytest.fixture
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that the commands read."""
    monkeypatch.setenv("ASSENT_DATABASE_URL", database_url)


def _assent(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, words, input=stdin)


@pytest.mark.usefixtures("environment")
def test_a_user_is_created_with_a_password_from_standard_input(app: Flask) -> None:
    done = _assent("admin", "user", "create", "carol", "--password-stdin", stdin="a long password\n")
    assert (done.exit_code, done.output) == (0, "Created the user carol.\n")
    me = app.test_client().get("/api/v1/me", auth=("carol", "a long password"))
    assert me.json is not None
    assert (me.json["name"], me.json["kind"], me.json["administrator"]) == ("carol", "user", False)


@pytest.mark.usefixtures("environment")
def test_a_weak_password_is_refused_with_advice() -> None:
    done = _assent("admin", "user", "create", "carol", "--password-stdin", stdin="password12345\n")
    assert done.exit_code == 2
    assert done.output.startswith("assent: The password is too easy to guess.")
    assert "Add another word" in done.output


@pytest.mark.usefixtures("environment")
def test_what_a_password_must_be_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSENT_PASSWORD_STRENGTH", "0")
    assert _assent("admin", "user", "password", "bob", "--password-stdin", stdin="password12345\n").exit_code == 0
    monkeypatch.setenv("ASSENT_SHORTEST_PASSWORD", "14")
    assert _assent("admin", "user", "password", "bob", "--password-stdin", stdin="password12345\n").exit_code == 2


@pytest.mark.usefixtures("environment")
def test_a_password_that_is_made_up_is_shown_once(app: Flask) -> None:
    done = _assent("admin", "user", "create", "root", "--admin")
    password = done.stdout.split("Password, shown this once: ")[1].strip()
    me = app.test_client().get("/api/v1/me", auth=("root", password))
    assert me.json is not None
    assert me.json["administrator"] is True


@pytest.mark.usefixtures("environment")
def test_a_token_is_printed_alone(app: Flask) -> None:
    done = _assent("admin", "token", "create", "bob", "--expires", "90d", "--quiet")
    assert done.exit_code == 0
    secret = done.stdout.removesuffix("\n")
    assert secret.startswith("assent_")
    me = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert me.json is not None
    assert me.json["name"] == "bob"


@pytest.mark.usefixtures("environment")
def test_tokens_are_listed_and_revoked(app: Flask) -> None:
    secret = _assent("admin", "token", "create", "bob", "--quiet").stdout.strip()
    assert _assent("admin", "token", "list", "bob").output == "1\tgood\n"
    assert _assent("admin", "token", "revoke", "1").exit_code == 0
    assert _assent("admin", "token", "list", "bob").output == "1\tended\n"
    me = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert me.status_code == 401
    assert _assent("admin", "token", "revoke", "7").exit_code == 2


@pytest.mark.usefixtures("environment")
def test_a_level_is_given_and_counts_within_seconds(app: Flask) -> None:
    assert _assent("admin", "user", "level", "rita", "CAN_MANAGE").exit_code == 0
    assert Caller(app.test_client(), "rita").model()["user_id"] == "rita"


@pytest.mark.usefixtures("environment")
def test_users_are_listed_disabled_and_enabled(app: Flask) -> None:
    assert _assent("admin", "user", "disable", "rita").exit_code == 0
    assert "rita\tuser\tdisabled\n" in _assent("admin", "user", "list").output
    assert Caller(app.test_client(), "rita").answer("GET", "/api/v1/me").status_code == 401
    assert _assent("admin", "user", "enable", "rita").exit_code == 0
    assert "rita\tuser\tenabled\n" in _assent("admin", "user", "list").output


@pytest.mark.usefixtures("environment")
def test_a_password_is_replaced(app: Flask) -> None:
    done = _assent("admin", "user", "password", "bob", "--password-stdin", stdin="a new password\n")
    assert done.exit_code == 0
    assert app.test_client().get("/api/v1/me", auth=("bob", "a new password")).status_code == 200


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["admin", "user", "create", "alice"], "There is a user or service account alice already."),
        (["admin", "user", "create", "a:b"], "A user's name holds no colon and no control characters."),
        (["admin", "user", "create", ""], "A user's name has 1 to 128 characters"),
        (["admin", "user", "disable", "nobody"], "There is no user or service account nobody."),
        (["admin", "token", "create", "nobody"], "There is no user or service account nobody."),
        (["admin", "token", "create", "bob", "--expires", "soon"], "no length of time such as 90d"),
    ],
)
@pytest.mark.usefixtures("environment")
def test_a_command_that_cannot_be_done_says_why_and_exits_with_2(words: list[str], told: str) -> None:
    done = _assent(*words)
    assert done.exit_code == 2
    assert told in done.output


@pytest.mark.usefixtures("environment")
def test_a_short_password_is_refused() -> None:
    done = _assent("admin", "user", "create", "carol", "--password-stdin", stdin="short\n")
    assert (done.exit_code, done.output) == (2, "assent: A password has 12 to 1024 characters.\n")


@pytest.mark.usefixtures("environment")
def test_the_schema_is_checked_and_upgraded() -> None:
    assert _assent("db", "check").exit_code == 0
    assert _assent("db", "upgrade").output == "The database is up to date.\n"


def test_an_empty_database_fails_the_check(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSENT_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    assert _assent("db", "check").exit_code == 1


@pytest.mark.usefixtures("environment")
def test_the_worker_does_every_job_once() -> None:
    assert _assent("worker", "--once").exit_code == 0


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("ASSENT_PROT", "5000", "There is no setting ASSENT_PROT"),
        ("ASSENT_PORT", "many", "ASSENT_PORT cannot be read"),
        ("ASSENT_PORT", "70000", "give a number from 1 to 65535"),
        ("ASSENT_TRUSTED_PROXIES", "-1", "give a number from 0"),
        ("ASSENT_LOG_LEVEL", "LOUD", "say DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("ASSENT_DATABASE_URL", "mysql://host/name", "the databases are PostgreSQL and SQLite"),
        ("ASSENT_DATABASE_URL", "sqlite://", "SQLite needs a file"),
        ("ASSENT_ALLOW_LOCAL_SOURCES", "maybe", "say true or false"),
        ("ASSENT_SOURCE_PATTERN", "(", "ASSENT_SOURCE_PATTERN cannot be read"),
    ],
)
def test_a_bad_setting_is_named(variable: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    done = _assent("db", "check")
    assert done.exit_code == 2
    assert told in done.output
