"""Fill a running registry with models that somebody could have trained, through MLflow's own client.

The registry and the credentials are those of the environment, as for any client. Runs and artifacts go to `var/demo`.
What is there already is left as it is, so this may run again.
"""

import io
import logging
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from sklearn.datasets import make_classification, make_regression
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVR

FOLDER = Path("var/demo")

Measure = Callable[[Any, Any, Any], dict[str, float]]


@dataclass(frozen=True)
class Attempt:
    """One trained estimator, and where its version gets to."""

    estimator: Any
    description: str
    stage: str = ""
    alias: str = ""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """A model that a team works on: its data, how it is measured, and the attempts so far."""

    name: str
    description: str
    tags: dict[str, str]
    data: tuple[Any, Any]
    measure: Measure
    attempts: list[Attempt]


def of_classes(estimator: Any, given: Any, expected: Any) -> dict[str, float]:
    """How well it tells two classes apart."""
    return {
        "accuracy": accuracy_score(expected, estimator.predict(given)),
        "auc": roc_auc_score(expected, estimator.predict_proba(given)[:, 1]),
    }


def of_amounts(estimator: Any, given: Any, expected: Any) -> dict[str, float]:
    """How close it comes to an amount."""
    predicted = estimator.predict(given)
    return {"mae": mean_absolute_error(expected, predicted), "r2": r2_score(expected, predicted)}


PROJECTS = [
    Project(
        "Customer Churn",
        "Which customers will leave within the next quarter.",
        {"team": "crm", "owner": "ada"},
        make_classification(2000, 12, n_informative=6, class_sep=0.7, random_state=1),
        of_classes,
        [
            Attempt(LogisticRegression(C=0.01), "The first that beat the rules we had.", "Production"),
            Attempt(LogisticRegression(C=1.0), "Less regularised.", "Production", tags={"validated": "yes"}),
            Attempt(
                QuadraticDiscriminantAnalysis(reg_param=0.01),
                "A curve instead of a line.",
                "Production",
                "champion",
                {"validated": "yes"},
            ),
            Attempt(
                GaussianNB(),
                "As good with less data?",
                "Staging",
                "challenger",
            ),
        ],
    ),
    Project(
        "Card Fraud",
        "Whether a card payment is a fraud, before it is approved.",
        {"team": "risk", "owner": "grace", "reviewed": "monthly"},
        make_classification(4000, 16, n_informative=8, weights=[0.96], flip_y=0.005, random_state=2),
        of_classes,
        [
            Attempt(LogisticRegression(max_iter=500), "A baseline, never used.", "Archived"),
            Attempt(
                QuadraticDiscriminantAnalysis(reg_param=0.01),
                "Knows that frauds vary more than payments do.",
                "Production",
                "champion",
                {"validated": "yes"},
            ),
            Attempt(LinearDiscriminantAnalysis(), "Simpler, and not better."),
        ],
    ),
    Project(
        "Demand Forecast",
        "How many pieces a shop will sell next week.",
        {"team": "logistics", "owner": "edsger"},
        make_regression(1500, 10, noise=12.0, random_state=3),
        of_amounts,
        [
            Attempt(Ridge(10.0), "What the planners had in their sheets.", "Production", "champion"),
            Attempt(SVR(C=300.0, kernel="linear"), "Bears with odd weeks.", "Staging", "challenger"),
        ],
    ),
]


def fill(project: Project, client: MlflowClient) -> str:
    """Register what the registry lacks of a project, and tell what there is now."""
    there = len(client.search_model_versions(f"name = '{project.name}'"))
    for attempt in project.attempts[there:]:
        version = train(project, attempt)
        promote(project, attempt, version, client)
    if not there:
        client.update_registered_model(project.name, project.description)
        for key, value in project.tags.items():
            client.set_registered_model_tag(project.name, key, value)
    return told(project, client, len(project.attempts[there:]))


def train(project: Project, attempt: Attempt) -> str:
    """Train in a run of its own, as anybody would; the number of the version that comes of it."""
    given, given_later, expected, expected_later = train_test_split(*project.data, random_state=0)
    with mlflow.start_run(run_name=attempt.description):
        attempt.estimator.fit(given, expected)
        mlflow.log_params(attempt.estimator.get_params())
        mlflow.log_metrics(project.measure(attempt.estimator, given_later, expected_later))
        mlflow.set_tag("team", project.tags["team"])
        # The client announces every version; here the last lines tell of all of them.
        with redirect_stderr(io.StringIO()):
            logged = mlflow.sklearn.log_model(
                attempt.estimator,
                name="model",
                registered_model_name=project.name,
                input_example=given[:2],
                pip_requirements=["scikit-learn"],
            )
    return str(logged.registered_model_version)


def promote(project: Project, attempt: Attempt, version: str, client: MlflowClient) -> None:
    """Describe the version, and let it get as far as it got."""
    client.update_model_version(project.name, version, attempt.description)
    for key, value in attempt.tags.items():
        client.set_model_version_tag(project.name, version, key, value)
    if attempt.stage:
        client.transition_model_version_stage(
            project.name, version, attempt.stage, archive_existing_versions=attempt.stage == "Production"
        )
    if attempt.alias:
        client.set_registered_model_alias(project.name, attempt.alias, version)


def told(project: Project, client: MlflowClient, added: int) -> str:
    """One line about a model."""
    model = client.get_registered_model(project.name)
    places = [
        f"{version.version} in {version.current_stage}"
        for version in sorted(model.latest_versions, key=lambda latest: int(latest.version))
        if version.current_stage in ("Staging", "Production")
    ]
    places += [f"@{alias} is {version}" for alias, version in sorted(model.aliases.items())]
    return f"{project.name}: {f'{added} versions made' if added else 'was there already'}; {', '.join(places)}"


def main() -> None:
    """Fill the registry that the environment names."""
    registry = os.environ.get("MLFLOW_REGISTRY_URI")
    if not registry:
        sys.exit(
            "Name a running registry in MLFLOW_REGISTRY_URI, and sign in with MLFLOW_TRACKING_TOKEN, or with "
            "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. `make run` serves one, and shows how."
        )
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")  # stages are deprecated in the client, and work
    FOLDER.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(f"sqlite:///{FOLDER.resolve()}/runs.db")
    if not mlflow.get_experiment_by_name("demo"):
        mlflow.create_experiment("demo", artifact_location=(FOLDER / "artifacts").resolve().as_uri())
    mlflow.set_experiment("demo")

    client = MlflowClient()
    for project in PROJECTS:
        print(fill(project, client))
    print(f'Load one:  mlflow.pyfunc.load_model("models:/{PROJECTS[0].name}@champion")  from {registry}')


if __name__ == "__main__":
    main()
