"""Runs as tracking servers tell them, and servers that answer badly or not at all."""

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assent.kernel.errors import AssentError, NotFound, Unavailable
from assent.lineage.runs.facts import Facts
from assent.tracking import asking, reading
from assent.tracking.asking import Asking
from assent.tracking.servers import TrackingServer
from support.certificates import certified
from support.processes import free_port
from support.small_tracking import (
    EXPERIMENT,
    FILES_OF_LOGGED_MODELS,
    LOGGED_MODELS,
    RUN,
    Answering,
    SmallTracking,
    basic,
)


@dataclass(frozen=True)
class Origin:
    """What a version says of where it comes from."""

    run_id: str = ""
    logged_model_id: str = ""
    source: str = "s3://bucket/model"
    run_link: str = ""
    attempts: int = 0


OF_RUN = Origin(run_id="r1", source="mlflow-artifacts:/7/r1/artifacts/model")
OF_LOGGED_MODEL = Origin(logged_model_id="m-1", source="models:/m-1")


@pytest.fixture
def lab() -> Iterator[SmallTracking]:
    """A server that knows a run, and the model that it logged."""
    with SmallTracking.with_a_run() as server:
        yield server


def server_of(*servers: SmallTracking) -> list[TrackingServer]:
    return [TrackingServer(server.url, connect_seconds=1, read_seconds=1) for server in servers]


def read(origin: Origin, *servers: SmallTracking) -> Facts:
    return reading.found(origin, server_of(*servers), Asking).facts


def problem(origin: Origin, known: Sequence[TrackingServer]) -> AssentError:
    with pytest.raises(AssentError) as raised:
        reading.found(origin, known, Asking)
    return raised.value


def test_the_run_of_a_logged_model_is_found(lab: SmallTracking) -> None:
    assert read(OF_LOGGED_MODEL, lab)["run"]["id"] == "r1"


def test_facts_are_those_of_the_run_its_experiment_and_its_model(lab: SmallTracking) -> None:
    facts = read(OF_LOGGED_MODEL, lab)
    assert facts["params"] == {"depth": "3"}
    assert facts["run"]["experiment_name"] == "shop"
    assert facts["datasets"][0]["digest"] == "8f9eb48c"
    assert facts["model"]["dependencies"] == ["scikit-learn==1.9.1"]
    assert facts["model"]["signature"]["inputs"] == [{"type": "double", "name": "age", "required": True}]


def test_a_logged_model_of_no_run_is_told_alone(lab: SmallTracking) -> None:
    lab.logged("m-2")
    facts = read(replace(OF_LOGGED_MODEL, logged_model_id="m-2"), lab)
    assert (facts["model"]["id"], "run" in facts) == ("m-2", False)


@pytest.mark.parametrize(
    "source",
    [
        "mlflow-artifacts:/7/r2/artifacts/models/best",
        "mlflow-artifacts://mlflow.example.com/7/r2/artifacts/models/best/",
        "s3://bucket/7/r2/artifacts/models/best",
        "runs:/r2/models/best",
    ],
)
def test_files_of_a_model_of_mlflow_2_lie_among_those_of_its_run(lab: SmallTracking, source: str) -> None:
    lab.ran("r2")
    lab.stored("r2", "models/best/MLmodel")
    facts = read(Origin(run_id="r2", source=source), lab)
    assert facts["model"]["flavors"] == {"sklearn": {"sklearn_version": "1.9.1"}}


def test_a_model_of_mlflow_3_is_found_by_its_path_in_the_run(lab: SmallTracking) -> None:
    lab.logged("m-2", by="r1", name="other")
    assert read(Origin(run_id="r1", source="runs:/r1/other"), lab)["model"]["id"] == "m-2"


def no_route(request: Answering) -> None:
    request.give("<h1>Not Found</h1>", 404, Content_Type="text/html")


def test_a_server_before_mlflow_3_tells_of_the_run_alone(lab: SmallTracking) -> None:
    lab.instead[f"{LOGGED_MODELS}m-1"] = no_route
    assert read(replace(OF_LOGGED_MODEL, run_id="r1"), lab)["run"]["id"] == "r1"


@pytest.mark.parametrize("status", [403, 404, 500])
def test_facts_are_taken_without_files_that_the_server_does_not_give(lab: SmallTracking, status: int) -> None:
    lab.instead[f"{FILES_OF_LOGGED_MODELS}m-1/artifacts/files"] = lambda request: request.give("no", status)
    facts = read(OF_LOGGED_MODEL, lab)
    assert (facts["run"]["id"], "flavors" in facts["model"]) == ("r1", False)


def test_facts_are_taken_without_an_experiment_that_may_not_be_read(lab: SmallTracking) -> None:
    lab.instead[EXPERIMENT] = lambda request: request.give("Permission denied", 403)
    assert "experiment_name" not in read(OF_LOGGED_MODEL, lab)["run"]


def test_files_that_do_not_come_are_asked_for_again_before_they_are_left_out(lab: SmallTracking) -> None:
    lab.instead[f"{FILES_OF_LOGGED_MODELS}m-1/artifacts/files"] = lambda request: request.give("", 503)
    assert problem(OF_LOGGED_MODEL, server_of(lab)).message == f"{lab.url} answers 503."
    assert read(replace(OF_LOGGED_MODEL, attempts=3), lab)["run"]["id"] == "r1"


def test_credentials_are_shown(lab: SmallTracking) -> None:
    lab.needs = basic("assent", "secret")
    known = replace(server_of(lab)[0], authorization=lab.needs)
    assert reading.found(OF_LOGGED_MODEL, [known], Asking).facts["run"]["id"] == "r1"
    assert set(lab.shown) == {lab.needs}


def test_wrong_credentials_are_told_and_not_shown(lab: SmallTracking) -> None:
    lab.needs = basic("assent", "secret")
    known = replace(server_of(lab)[0], authorization="Bearer s3cr3t")
    said = problem(OF_RUN, [known]).message
    assert said == f"{lab.url}{RUN} answers 401: it does not accept the credentials."


def test_no_netrc_is_shown(lab: SmallTracking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password s3cr3t\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    read(OF_LOGGED_MODEL, lab)
    assert set(lab.shown) == {None}


def test_an_unknown_run_is_told(lab: SmallTracking) -> None:
    said = problem(Origin(run_id="r9"), server_of(lab))
    assert (type(said), said.message) == (NotFound, "No tracking server knows the run r9.")


def test_an_unknown_logged_model_is_told(lab: SmallTracking) -> None:
    said = problem(Origin(logged_model_id="m-9"), server_of(lab))
    assert (type(said), said.message) == (NotFound, "No tracking server knows the logged model m-9.")


def test_what_is_no_id_is_asked_of_nobody(lab: SmallTracking) -> None:
    for origin in (Origin(run_id="../r1"), Origin(logged_model_id="..")):
        assert isinstance(problem(origin, server_of(lab)), NotFound)
    assert lab.asked == []


def test_the_run_that_logged_the_model_is_told_of_whichever_was_named(lab: SmallTracking) -> None:
    lab.ran("good")
    assert read(replace(OF_LOGGED_MODEL, run_id="good"), lab)["run"]["id"] == "r1"


def test_a_model_whose_run_is_gone_tells_that_another_was_named(lab: SmallTracking) -> None:
    lab.ran("good")
    lab.forget("r1")
    facts = read(replace(OF_LOGGED_MODEL, run_id="good"), lab)
    assert (facts["model"]["run_id"], "run" in facts) == ("r1", False)


def test_each_server_is_asked_in_turn(lab: SmallTracking) -> None:
    with SmallTracking() as other:
        assert reading.found(OF_LOGGED_MODEL, server_of(other, lab), Asking).server == lab.url


def test_the_server_that_the_link_names_is_asked_alone(lab: SmallTracking) -> None:
    with SmallTracking() as other:
        linked = replace(OF_RUN, run_link=f"{other.url}/#/experiments/7/runs/r1")
        said = problem(linked, server_of(lab, other))
    assert (type(said), said.message) == (NotFound, f"{other.url} knows no run r1.")
    assert lab.asked == []


def test_no_server_is_asked_that_is_not_listed(lab: SmallTracking) -> None:
    with SmallTracking() as other:
        other.ran("r1", user="mallory")
        linked = replace(
            OF_RUN, source=f"mlflow-artifacts://{other.host}/7/r1/artifacts/model", run_link=f"{other.url}/#/runs/r1"
        )
        assert read(linked, lab)["run"]["user"] == "carol"
        assert other.asked == []


def test_an_absent_server_does_not_hide_what_the_next_knows(lab: SmallTracking) -> None:
    gone = TrackingServer(f"http://127.0.0.1:{free_port()}")
    assert reading.found(OF_RUN, [gone, *server_of(lab)], Asking).server == lab.url


def test_a_run_is_not_unknown_while_a_server_is_absent(lab: SmallTracking) -> None:
    gone = TrackingServer(f"http://127.0.0.1:{free_port()}")
    said = problem(Origin(run_id="r9"), [gone, *server_of(lab)])
    assert (type(said), said.message) == (Unavailable, f"{gone.url} cannot be reached.")


def test_redirects_are_not_followed(lab: SmallTracking) -> None:
    with SmallTracking() as other:
        other.ran("r1")
        lab.instead[RUN] = lambda request: request.give("", 302, Location=f"{other.url}{RUN}?run_id=r1")
        said = problem(OF_RUN, server_of(lab)).message
        assert other.asked == []
    assert said == f"{lab.url}{RUN} answers 302, and redirects are not followed."


def hang(_: Answering) -> None:
    time.sleep(3)


def break_off(request: Answering) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"{")
    request.close_connection = True


FLAWS: dict[str, tuple[Callable[[Answering], None], str]] = {
    "an error": (lambda request: request.give("oops", 500), "{url}{path} answers 500."),
    "an error of MLflow": (
        lambda request: request.give({"error_code": "INTERNAL_ERROR"}, 500),
        "{url}{path} answers 500.",
    ),
    "maintenance": (lambda request: request.give("", 503), "{url} answers 503."),
    "no route": (no_route, "{url}{path} answers 404, and not in the way of MLflow."),
    "a page": (lambda request: request.give("<html>"), "{url}{path} answers something that is not MLflow's."),
    "nothing": (lambda request: request.give(""), "{url}{path} answers something that is not MLflow's."),
    "no text": (lambda request: request.give(b"\xff\xfe"), "{url}{path} answers something that is not MLflow's."),
    "a list": (lambda request: request.give("[]"), "{url}{path} answers something that is not MLflow's."),
    "no run": (lambda request: request.give({"run": []}), "{url}{path} answers something that is not MLflow's."),
    "a deep list": (
        lambda request: request.give("[" * 200_000),
        "{url}{path} answers something that is not MLflow's.",
    ),
    "what is packed": (
        lambda request: request.give(gzip.compress(b'{"run": {}}'), Content_Encoding="gzip"),
        "{url}{path} answers something that is not MLflow's.",
    ),
    "silence": (hang, "{url} does not answer in time."),
    "a trickle": (lambda request: request.trickle(5), "{url} does not answer in time."),
    "half an answer": (break_off, "{url} cannot be reached."),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_bad_answer_is_told(lab: SmallTracking, flaw: str) -> None:
    lab.instead[RUN], said = FLAWS[flaw]
    assert problem(OF_RUN, server_of(lab)).message == said.format(url=lab.url, path=RUN)


def test_a_huge_answer_is_not_read_to_its_end(lab: SmallTracking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LARGEST_ANSWER", 100_000)
    lab.instead[RUN] = lambda request: request.give(b" " * 200_000)
    assert problem(OF_RUN, server_of(lab)).message == f"{lab.url}{RUN} is larger than 100000 bytes."


def test_a_server_without_tls_is_told(lab: SmallTracking) -> None:
    known = TrackingServer(lab.url.replace("http:", "https:"))
    assert "shows a certificate that is not trusted here, or speaks no TLS." in problem(OF_RUN, [known]).message


def test_a_certificate_that_is_listed_is_trusted(tmp_path: Path) -> None:
    shown, trusted = certified(tmp_path)
    with SmallTracking.with_a_run(shown) as lab:
        known = replace(server_of(lab)[0], ca_file=trusted)
        assert reading.found(OF_RUN, [known], Asking).server == lab.url


def test_nothing_is_shown_to_a_server_whose_certificate_is_not_trusted(tmp_path: Path) -> None:
    shown, _ = certified(tmp_path)
    with SmallTracking.with_a_run(shown) as lab:
        known = replace(server_of(lab)[0], authorization="Bearer s3cr3t")
        said = problem(OF_RUN, [known]).message
        assert lab.shown == []
    assert said == f"{lab.url} shows a certificate that is not trusted here, or speaks no TLS."
