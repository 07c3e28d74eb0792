"""Comments on versions: threads, edits that keep what was, deletions that keep the place."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InternalError, ProgrammingError
from sqlalchemy.orm import Session

from assent.access.people import accounts
from assent.access.policy.levels import Level
from assent.access.policy.limits import limits
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.annotations import comments, threads
from assent.audit.events import AuditEvent
from assent.database import db
from assent.governance import moves
from assent.governance.requests.records.tables import TransitionRequest
from assent.kernel.dialects import table
from assent.kernel.errors import Denied, Invalid, NotFound
from assent.kernel.outbox import OutboxMessage
from assent.registry import models, versions
from assent.registry.sources import SourceRules
from assent.registry.versions import Registration
from support.calling import API, Caller
from support.counting import counted

ON_1 = "/models/m/versions/1/comments"
REQUESTS = table(TransitionRequest)


@pytest.fixture
def versioned(call: Caller) -> Caller:
    """A model with a version."""
    call.model()
    call.version()
    return call


@pytest.fixture
def registered(session: Session, alice: Principal) -> Principal:
    """Alice, who has a model with a version."""
    models.create(session, "m", by=alice)
    versions.register(session, "m", Registration("s3://b/m"), by=alice, rules=SourceRules())
    return alice


@pytest.fixture
def rita(session: Session) -> Principal:
    """Somebody who may read."""
    return SignIn().as_if(session, accounts.named(session, "rita"))


def _write(call: Caller, text: str = "Why?", **more: Any) -> dict[str, Any]:
    return call.api("POST", ON_1, text=text, **more)


def _listed(call: Caller, **which: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call.api("GET", ON_1, **which)["comments"]
    return found


def _revisions(call: Caller, comment: dict[str, Any]) -> list[tuple[int, str]]:
    found = call.api("GET", f"/comments/{comment['id']}/revisions")["revisions"]
    return [(each["revision"], each["text"]) for each in found]


def _events(app: Flask) -> list[tuple[str, str, int | None, Any]]:
    with app.app_context(), db.engine.connect() as connection:
        found = select(AuditEvent.action, AuditEvent.subject, AuditEvent.version, AuditEvent.details)
        found = found.where(AuditEvent.subject_kind == "comment").order_by(AuditEvent.id)
        return [(row.action.value, row.subject, row.version, row.details) for row in connection.execute(found)]


def test_a_comment_is_told_as_it_was_written(versioned: Caller) -> None:
    written = _write(versioned.by("rita"), "Why did\nrecall drop?")
    assert written == written | {
        "model": "m",
        "version": 1,
        "request": None,
        "thread": written["id"],
        "text": "Why did\nrecall drop?",
        "revision": 1,
        "author": "rita",
        "edited_at": None,
        "resolved_at": None,
        "deleted_at": None,
        "mentions": [],
    }
    assert _listed(versioned) == [written]


def test_a_reply_to_a_reply_hangs_on_the_first_of_the_thread(versioned: Caller) -> None:
    first = _write(versioned)
    reply = _write(versioned.by("bob"), "Because.", reply_to=first["id"])
    again = _write(versioned, "Really?", reply_to=reply["id"])
    assert [each["thread"] for each in (reply, again)] == [first["id"]] * 2


def test_a_reply_is_on_the_version_of_its_thread(versioned: Caller) -> None:
    first = _write(versioned)
    versioned.version()
    refused = versioned.api("POST", "/models/m/versions/2/comments", text="No.", reply_to=first["id"], status=404)
    assert refused["detail"] == f"There is no comment {first['id']}."
    versioned.api("POST", ON_1, text="No.", reply_to=2**63 - 1, status=404)


def test_a_reply_to_a_deleted_thread_is_refused(versioned: Caller) -> None:
    first = _write(versioned)
    reply = _write(versioned, reply_to=first["id"])
    versioned.api("DELETE", f"/comments/{first['id']}")
    for each in (first, reply):
        assert "begin another" in versioned.api("POST", ON_1, text="But", reply_to=each["id"], status=404)["detail"]


def test_a_list_goes_on_after_a_comment(versioned: Caller) -> None:
    written = [_write(versioned, str(number)) for number in range(3)]
    assert _listed(versioned, after=written[0]["id"]) == written[1:]


def test_a_former_name_leads_to_the_comments(versioned: Caller) -> None:
    _write(versioned)
    versioned("POST", "/registered-models/rename", name="m", new_name="n")
    led = versioned.answer("GET", API + ON_1, follow_redirects=True).json
    assert led is not None
    assert [each["model"] for each in led["comments"]] == ["n"]


def test_an_edit_keeps_what_was(versioned: Caller) -> None:
    written = _write(versioned)
    edited = versioned.api("PATCH", f"/comments/{written['id']}", text="Why not?", revision=1)
    assert (edited["text"], edited["revision"]) == ("Why not?", 2)
    assert edited["edited_at"] >= written["written_at"]
    assert _revisions(versioned.by("rita"), written) == [(1, "Why?"), (2, "Why not?")]


def test_of_two_edits_at_once_the_second_is_told(versioned: Caller) -> None:
    path = f"/comments/{_write(versioned)['id']}"
    versioned.api("PATCH", path, text="Why not?", revision=1)
    assert "revision 2" in versioned.api("PATCH", path, text="What?", revision=1, status=409)["detail"]
    assert _listed(versioned)[0]["text"] == "Why not?"


def test_the_same_text_again_is_no_edit(app: Flask, versioned: Caller) -> None:
    written = _write(versioned)
    assert versioned.api("PATCH", f"/comments/{written['id']}", text="Why?", revision=1) == written
    assert len(_events(app)) == 1


@pytest.mark.parametrize("name", ["rita", "bob", "admin"])
def test_only_the_author_edits(versioned: Caller, name: str) -> None:
    written = _write(versioned.by("edith"))
    refused = versioned.by(name).api("PATCH", f"/comments/{written['id']}", text="I agree.", revision=1, status=403)
    assert "only its author" in refused["detail"]
    assert _listed(versioned) == [written]


@pytest.mark.parametrize("name", ["rita", "alice", "admin"])
def test_its_author_and_who_manages_the_model_delete_it(versioned: Caller, name: str) -> None:
    written = _write(versioned.by("rita"), "A secret.")
    reply = _write(versioned, "Hush.", reply_to=written["id"])
    gone = versioned.by(name).api("DELETE", f"/comments/{written['id']}")
    assert (gone["text"], gone["deleted_by"]) == (None, name)
    assert _listed(versioned) == [gone, reply]


@pytest.mark.parametrize("name", ["edith", "petra"])
def test_nobody_else_deletes_it(versioned: Caller, name: str) -> None:
    written = _write(versioned.by("rita"))
    assert (
        "registered_model:manage"
        in (versioned.by(name).api("DELETE", f"/comments/{written['id']}", status=403)["detail"])
    )
    assert _listed(versioned) == [written]


def test_what_is_deleted_stays_so(app: Flask, versioned: Caller) -> None:
    path = f"/comments/{_write(versioned)['id']}"
    gone = versioned.api("DELETE", path)
    assert versioned.api("DELETE", path) == gone
    assert "is deleted" in versioned.api("PATCH", path, text="No!", revision=1, status=404)["detail"]
    for what in ("resolve", "reopen"):
        versioned.api("POST", f"{path}/{what}", status=404)
    assert [action for action, *_ in _events(app)] == ["comment.written", "comment.deleted"]


def test_a_deleted_text_is_kept_for_its_author_and_for_who_audits(versioned: Caller) -> None:
    written = _write(versioned.by("rita"), "A secret.")
    versioned.api("DELETE", f"/comments/{written['id']}")
    for name in ("rita", "alice", "admin"):
        assert _revisions(versioned.by(name), written) == [(1, "A secret.")]
    for name in ("edith", "petra"):
        versioned.by(name).api("GET", f"/comments/{written['id']}/revisions", status=403)


def test_whoever_may_comment_resolves_and_reopens_a_thread(app: Flask, versioned: Caller) -> None:
    first = _write(versioned)
    reply = _write(versioned, "Because.", reply_to=first["id"])
    resolved = versioned.by("rita").api("POST", f"/comments/{reply['id']}/resolve")
    assert (resolved["id"], resolved["resolved_by"]) == (first["id"], "rita")
    assert resolved["resolved_at"] >= reply["written_at"]
    reopened = versioned.by("bob").api("POST", f"/comments/{first['id']}/reopen")
    assert reopened == first
    assert [action for action, *_ in _events(app)][-2:] == ["comment.resolved", "comment.reopened"]


def test_what_is_resolved_or_open_already_is_no_error(app: Flask, versioned: Caller) -> None:
    path = f"/comments/{_write(versioned)['id']}"
    versioned.api("POST", f"{path}/reopen")
    resolved = versioned.api("POST", f"{path}/resolve")
    assert versioned.by("rita").api("POST", f"{path}/resolve") == resolved
    assert [action for action, *_ in _events(app)] == ["comment.written", "comment.resolved"]


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", ON_1, {}),
        ("POST", ON_1, {"text": "Why?"}),
        ("PATCH", "/comments/{id}", {"text": "Why not?", "revision": 1}),
        ("DELETE", "/comments/{id}", {}),
        ("POST", "/comments/{id}/resolve", {}),
        ("POST", "/comments/{id}/reopen", {}),
        ("GET", "/comments/{id}/revisions", {}),
    ],
)
@pytest.mark.parametrize("deleted", [("/model-versions/delete", {"version": "1"}), ("/registered-models/delete", {})])
def test_comments_on_what_is_deleted_are_not_there(
    sqlite_call: Caller, method: str, path: str, fields: dict[str, Any], deleted: tuple[str, dict[str, str]]
) -> None:
    sqlite_call.model()
    sqlite_call.version()
    written = _write(sqlite_call)
    sqlite_call("DELETE", deleted[0], name="m", **deleted[1])
    sqlite_call.api(method, path.format(**written), status=404, **fields)


@pytest.mark.parametrize("comment", [0, 7, 2**63, 10**30])
@pytest.mark.parametrize(("method", "what"), [("GET", "/revisions"), ("POST", "/resolve"), ("DELETE", "")])
def test_a_comment_that_never_was_is_not_found(versioned: Caller, comment: int, method: str, what: str) -> None:
    assert "There is no comment" in versioned.api(method, f"/comments/{comment}{what}", status=404)["detail"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("text", "", "text"),
        ("text", " \n\t", "says something"),
        ("text", "x" * 20_001, "text"),
        ("text", "a\x00b", "NUL"),
        ("text", None, "text"),
        ("text", 7, "text"),
        ("reply_to", 0, "reply_to"),
        ("reply_to", "7", "reply_to"),
        ("reply_to", 2**63, "reply_to"),
        ("mood", "good", "mood"),
    ],
)
def test_what_is_no_comment_is_refused(sqlite_call: Caller, field: str, value: object, said: str) -> None:
    sqlite_call.model()
    sqlite_call.version()
    fields = {"text": "Why?", field: value}
    assert said in sqlite_call.api("POST", ON_1, status=400, **fields)["detail"]
    assert _listed(sqlite_call) == []


def test_the_audit_log_is_told_of_every_change_and_of_no_text(app: Flask, versioned: Caller) -> None:
    first = _write(versioned, "One secret.")
    _write(versioned, "Another secret.", reply_to=first["id"])
    path = f"/comments/{first['id']}"
    versioned.api("PATCH", path, text="A third secret, @rita.", revision=1)
    for what in ("resolve", "reopen"):
        versioned.api("POST", f"{path}/{what}")
    versioned.api("DELETE", path)
    told = _events(app)
    assert [action for action, *_ in told] == [
        f"comment.{verb}" for verb in ("written", "written", "edited", "resolved", "reopened", "deleted")
    ]
    assert {(subject, version) for _, subject, version, _ in told} == {("m", 1)}
    assert "secret" not in str(told)
    edited = told[2][3]
    assert (edited["revision"], edited["mentions"]) == (2, ["rita"])
    assert edited["digest"].startswith("sha256:")


def test_a_comment_is_queued_for_those_who_are_told(app: Flask, versioned: Caller) -> None:
    first = _write(versioned, "See @rita.")
    with app.app_context(), db.engine.connect() as connection:
        (message,) = connection.execute(select(OutboxMessage.topic, OutboxMessage.content)).all()
        rita = connection.scalar(text("SELECT id FROM principals WHERE name = 'rita'"))
    assert message.topic == "comment.written"
    told = {"comment_id": first["id"], "thread": first["id"], "model": "m", "version": 1, "mentioned": [rita]}
    assert message.content == message.content | told
    assert "See" not in str(message.content)


def test_an_edit_is_queued_for_those_whom_it_mentions_first(app: Flask, versioned: Caller) -> None:
    path = f"/comments/{_write(versioned, 'See @rita.')['id']}"
    versioned.api("PATCH", path, text="See @rita!", revision=1)
    versioned.api("PATCH", path, text="See @rita and @bob.", revision=2)
    with app.app_context(), db.engine.connect() as connection:
        queued = connection.execute(select(OutboxMessage.topic, OutboxMessage.content)).all()
        bob = connection.scalar(text("SELECT id FROM principals WHERE name = 'bob'"))
    assert [(each.topic, each.content["mentioned"] == [bob]) for each in queued] == [
        ("comment.written", False),
        ("comment.edited", True),
    ]


def test_statements_do_not_grow_with_comments_and_mentions(app: Flask, versioned: Caller) -> None:
    counts = set()
    for names in ("@rita", "@rita @bob", "@rita @bob @stan @petra @edith @nobody"):
        with counted(app) as statements:
            _write(versioned, names)
        counts.add(("write", len(statements)))
        with counted(app) as statements:
            _listed(versioned)
        counts.add(("list", len(statements)))
        with counted(app) as statements:
            versioned.by("rita").api("GET", "/mentions")
        versioned.by("rita").api("GET", "/mentions")
        with counted(app) as statements:
            versioned.by("rita").api("GET", "/mentions")
        counts.add(("mentions", len(statements)))
    assert dict(counts) == {"write": dict(counts)["write"], "list": 2, "mentions": 1}
    assert len(counts) == 3


@pytest.fixture
def request_of_1(session: Session, registered: Principal) -> int:
    """A request for the version, as governance opens one."""
    return _request(session, "m", registered)


def _request(session: Session, name: str, by: Principal, of_version: int | None = 1) -> int:
    model = models.lock(session, name, by=by)
    version_id = None
    if of_version is not None:
        version_id = versions.lock(session, name, of_version, by=by)[0].id
    row: dict[str, Any] = {
        "model_id": model.id,
        "version_id": version_id,
        "kind": "stage" if of_version else "deletion",
        "target": "Production" if of_version else "model",
        "archive_existing": False,
        "comment": "",
        "state": "open",
        "opened_at": 1,
        "opened_by_id": by.id,
        "digest": "",
        "report": {},
    }
    return int(session.scalars(REQUESTS.insert().returning(REQUESTS.c.id), row).one())


def test_comments_on_a_request_are_on_its_version_too(
    session: Session, registered: Principal, request_of_1: int
) -> None:
    comments.write(session, "m", 1, "On the version.", by=registered)
    asked = comments.write(session, "m", 1, "On the request.", by=registered, request_id=request_of_1)
    assert asked.request_id == request_of_1
    assert threads.of_request(session, request_of_1) == [asked]
    assert threads.listed(session, "m", 1, request_id=request_of_1, by=registered) == [asked]
    assert len(threads.listed(session, "m", 1, by=registered)) == 2


def test_a_reply_is_on_the_request_of_its_thread(session: Session, registered: Principal, request_of_1: int) -> None:
    asked = comments.write(session, "m", 1, "On the request.", by=registered, request_id=request_of_1)
    said = comments.write(session, "m", 1, "On the version.", by=registered)
    assert comments.write(session, "m", 1, "Yes.", by=registered, reply_to=asked.id).request_id == request_of_1
    with pytest.raises(NotFound):
        comments.write(session, "m", 1, "No.", by=registered, reply_to=said.id, request_id=request_of_1)


def test_a_request_for_a_whole_model_is_commented_on(session: Session, registered: Principal) -> None:
    request_id = _request(session, "m", registered, None)
    first = comments.write(session, "m", None, "Must it go?", by=registered, request_id=request_id)
    assert (first.version, first.request_id) == (None, request_id)
    reply = comments.write(session, "m", None, "Yes.", by=registered, request_id=request_id, reply_to=first.id)
    assert comments.resolve(session, reply.id, by=registered).id == first.id
    with pytest.raises(NotFound):
        comments.write(session, "m", None, "No.", by=registered, reply_to=first.id)
    with pytest.raises(Invalid, match="on a version, or on a request"):
        comments.write(session, "m", None, "Anything.", by=registered)


def test_threads_that_are_open_are_counted(session: Session, registered: Principal, request_of_1: int) -> None:
    version_id = versions.lock(session, "m", 1, by=registered)[0].id
    first, second, third = (comments.write(session, "m", 1, "Why?", by=registered) for _ in range(3))
    comments.write(session, "m", 1, "On the request.", by=registered, request_id=request_of_1)
    comments.write(session, "m", 1, "Because.", by=registered, reply_to=first.id)
    assert comments.unresolved(session, version_id) == 4
    comments.resolve(session, second.id, by=registered)
    comments.delete(session, third.id, by=registered)
    assert comments.unresolved(session, version_id) == 2
    comments.reopen(session, second.id, by=registered)
    assert comments.unresolved(session, version_id) == 3


def test_a_token_without_the_scope_writes_nothing(session: Session, registered: Principal) -> None:
    account = accounts.named(session, "alice")
    limited = SignIn().as_if(session, account)
    reader = Principal(**{name: getattr(limited, name) for name in limited.__slots__} | {"limits": limits(["read"])})
    written = comments.write(session, "m", 1, "Why?", by=registered)
    for refused in _attempts(session, written.id, reader):
        with pytest.raises(Denied, match="no scope"):
            refused()


def _attempts(session: Session, comment_id: int, by: Principal) -> list[Callable[[], object]]:
    return [
        lambda: comments.write(session, "m", 1, "Why?", by=by),
        lambda: comments.edit(session, comment_id, "What?", by=by),
        lambda: comments.delete(session, comment_id, by=by),
        lambda: comments.resolve(session, comment_id, by=by),
    ]


def test_who_lost_the_right_to_read_finds_nothing(session: Session, registered: Principal, rita: Principal) -> None:
    written = comments.write(session, "m", 1, "Why? @rita", by=rita)
    nobody = SignIn(Level.NO_PERMISSIONS).as_if(session, accounts.add(session, "nobody"))
    stripped = Principal(rita.id, "rita", reach=nobody.reach)
    for attempt in _attempts(session, written.id, stripped):
        with pytest.raises(NotFound):
            attempt()
    assert threads.mentioning(session, by=stripped) == []
    assert threads.mentioning(session, by=rita) == [written]
    assert registered.id != rita.id


def test_moments_run_forward_whatever_the_clock_says(
    session: Session, registered: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = 2_000_000_000_000

    def _back() -> int:
        nonlocal time
        time -= 60_000
        return time

    monkeypatch.setattr("assent.registry.models.now", _back)
    written = comments.write(session, "m", 1, "Why?", by=registered)
    comments.edit(session, written.id, "What?", by=registered)
    comments.resolve(session, written.id, by=registered)
    gone = comments.delete(session, written.id, by=registered)
    assert gone.written_at <= (gone.edited_at or 0) <= (gone.resolved_at or 0) <= (gone.deleted_at or 0)


def test_comments_of_a_restored_version_are_there_again(session: Session, registered: Principal) -> None:
    written = comments.write(session, "m", 1, "Why?", by=registered)
    moves.delete_version(session, "m", 1, by=registered)
    moves.restore_version(session, "m", 1, by=registered)
    assert threads.listed(session, "m", 1, by=registered) == [written]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comment_revisions SET body = 'Nothing.'",
        "DELETE FROM comment_revisions",
        "DELETE FROM comments",
    ],
)
def test_the_database_keeps_what_was_said(session: Session, registered: Principal, statement: str) -> None:
    comments.write(session, "m", 1, "Why?", by=registered)
    with pytest.raises((IntegrityError, InternalError, ProgrammingError)):
        session.execute(text(statement))
