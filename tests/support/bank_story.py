"""What happened to the models of a bank from January to April 2026."""

from support.bank import Bank, Trained
from support.databases import ADMINISTRATOR

_RANDOM_FOREST = {"n_estimators": "200"}
_REFACTORED = "e41c7d905b3a4f6e8d2c1b0a99887766554433ff"

FIRST = Trained(
    run_id="3c1f0a52b7de4d0f9a6be81c52f0d7aa",
    user="ada",
    day="2026-01-14",
    commit="97830ba29261f02d3337cd4588720b62ca959b68",
    data="cards-2025",
    digest="5ad6e8ce",
    auc=0.91,
    params={"max_depth": "6", **_RANDOM_FOREST},
)
RETRAINED = Trained(
    run_id="b80e64d1c9f54c7cb2f3a4e6d8057c11",
    user="ci",
    day="2026-02-16",
    commit=_REFACTORED,
    data="cards-2026",
    digest="8f9eb48c",
    auc=0.97,
    params={"max_depth": "8", **_RANDOM_FOREST},
)
DOUBTFUL = Trained(
    run_id="f4420d7e6a3b4b1d8c95e07d1a2b3c4d",
    user="ada",
    day="2026-03-09",
    commit=_REFACTORED,
    data="cards-2025",
    digest="5ad6e8ce",
    auc=0.9,
    params={"max_depth": "12", **_RANDOM_FOREST},
)
LEAVING = Trained(
    run_id="0d9a7be3115c4e28a7f46b2c8e90d312",
    user="ada",
    day="2026-02-02",
    commit="1b6f0c3d2e4a5968778695a4b3c2d1e0f9e8d7c6",
    data="customers-2025",
    digest="c0ffee42",
    auc=0.84,
    params={"C": "0.1"},
)


def tell(bank: Bank) -> None:
    """Let it all happen."""
    _the_first_version(bank)
    _churn(bank)
    _the_retrained_version(bank)
    _the_copy(bank)
    _the_doubtful_version(bank)
    _the_recall(bank)


def _the_first_version(bank: Bank) -> None:
    bank.at("2026-01-14 09:30")
    bank.trained(FIRST)
    bank.model("ada", "fraud")
    bank.version("ada", "fraud", FIRST.source, FIRST.run_id)
    bank.pull()
    bank.at("2026-01-19 14:05")
    bank.move("rita", "fraud", 1, "Production")
    bank.point("rita", "fraud", "champion", 1)
    bank.at("2026-01-19 14:20")
    bank.report("cards/eu", "fraud/1")


def _churn(bank: Bank) -> None:
    bank.at("2026-02-02 10:00")
    bank.trained(LEAVING)
    bank.model("ada", "churn")
    bank.version("ada", "churn", LEAVING.source, LEAVING.run_id)
    bank.pull()
    bank.at("2026-02-05 11:15")
    bank.move("rita", "churn", 1, "Production")


def _the_retrained_version(bank: Bank) -> None:
    bank.at("2026-02-16 07:00")
    bank.trained(RETRAINED)
    bank.version("ci", "fraud", RETRAINED.source, RETRAINED.run_id)
    bank.push("ci", "fraud", 2, RETRAINED.told())
    bank.pull()
    base = "hf://cards/transaction-encoder@v3"
    bank.api("ci", "POST", "/models/fraud/versions/2/parents", relation="fine_tuned", external=base)
    bank.at("2026-02-20 18:46")
    bank.knock("dan", "rita")
    bank.at("2026-02-20 18:47")
    bank.move("dan", "fraud", 2, "Production", status=403)
    bank.api("dan", "PUT", "/models/fraud/permissions", status=403, kind="user", name="dan", level="CAN_MANAGE")
    bank.at("2026-02-23 09:00")
    bank.move("rita", "fraud", 2, "Production", alone=True)
    bank.point("rita", "fraud", "champion", 2)
    bank.at("2026-02-23 09:10")
    bank.report("cards/eu", "fraud/2")


def _the_copy(bank: Bank) -> None:
    bank.at("2026-03-02 13:00")
    bank.model("ada", "fraud-uk")
    bank.version("ada", "fraud-uk", "models:/fraud/2")
    bank.pull()
    bank.at("2026-03-03 08:30")
    bank.move("rita", "fraud-uk", 1, "Production")
    bank.report("cards/uk", "fraud-uk/1")


def _the_doubtful_version(bank: Bank) -> None:
    bank.at("2026-03-09 16:00")
    bank.version("ada", "fraud", DOUBTFUL.source, DOUBTFUL.run_id)
    told = DOUBTFUL.told()
    told["data"]["metrics"][0]["value"] = 0.99
    bank.push("ada", "fraud", 3, told)
    bank.trained(DOUBTFUL)
    bank.pull()
    bank.at("2026-03-12 10:00")
    bank.call("rita", "DELETE", "/api/2.0/mlflow/model-versions/delete", name="fraud", version="3")
    # Somebody tidies up the tracking server, too.
    bank.tracking.forget(FIRST.run_id)
    bank.tracking.forget(LEAVING.run_id)


def _the_recall(bank: Bank) -> None:
    bank.at("2026-03-16 09:20")
    reason = "The labels were known only after the fact."
    bank.api(ADMINISTRATOR, "POST", "/recalls", of=f"dataset:{RETRAINED.digest}", reason=reason)
    bank.at("2026-03-16 10:05")
    bank.move("rita", "fraud", 1, "Production", alone=True)
    bank.point("rita", "fraud", "champion", 1)
    bank.at("2026-03-16 10:20")
    bank.report("cards/eu", "fraud/1")
    bank.at("2026-03-31 17:00")
    bank.api(ADMINISTRATOR, "POST", "/users", name="iris")
    bank.files("fraud", 2, more=", and a little more")
    bank.at("2026-04-01 08:00")
