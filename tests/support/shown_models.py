"""The models of the registry that is shown, with what people wrote beside them and what runs made of them."""

from assent.annotations import comments
from assent.governance import moves, noticing
from assent.governance.evidence.tables import CheckState
from assent.lineage.graph import recalls
from assent.lineage.graph.tables import EdgeType
from assent.lineage.reports import deployments, parents
from assent.lineage.reports.deployments import Report
from assent.lineage.reports.parents import Parent
from support.databases import ADMINISTRATOR
from support.scenes import Scene, digest_of, run_of

FRAUD, CREDIT, PRICING = "fraud-detection", "credit-scoring", "pricing-elasticity"
TAGGER, ODD, EMPTY, UPLIFT = "image-tagger", "Kreditrisiko Österreich 50% #1?", "empty", "risk-uplift"
RECALLED = "scraped-images"

_CARD = """\
# Fraud detection

Scores card payments between **0** and **1**; above 0.8 a payment is held until somebody looks at it.

## Intended use

- Card payments in the euro area
- *Not* for transfers, and not for business customers

## Limitations

Recall falls for merchants who are younger than 30 days.

| slice | AUC | payments |
| --- | ---: | ---: |
| all | 0.941 | 1,204,551 |
| new merchants | 0.812 | 20,113 |

## Training data

Payments of 2026, see `s3://bank/fraud-2026.parquet`.

```python
model = mlflow.sklearn.load_model("models:/fraud-detection@champion")
```

> Ask [the team](https://wiki.bank.example/fraud) before you use it for anything else.
"""


def _fraud_begins(then: Scene) -> None:
    then.model("alice", FRAUD, "Scores card payments while they are made.", owner="fraud-team", tier="critical")
    noticing.write_card(then.session, FRAUD, "# Fraud detection\n\nTo be written.", by=then.by("alice"))
    for number in range(1, 6):
        _version(then, FRAUD, number, 0.88 + number / 100)
    then.move("alice", FRAUD, 3, "Staging")
    then.move("bob", FRAUD, 2, "Archived", alone=False)


def _fraud_is_described(then: Scene) -> None:
    noticing.write_card(then.session, FRAUD, _CARD, by=then.by("edith"))
    then.point("alice", FRAUD, challenger=4, latest_tested=5)


def _fraud_goes_on(then: Scene) -> None:
    for number in range(6, 10):
        _version(then, FRAUD, number, 0.905 + number / 250)
    then.check(FRAUD, 6, CheckState.FAILED, auc=0.71)
    then.check(FRAUD, 7, auc=0.931)
    then.check(FRAUD, 8, auc=0.936)
    then.check(FRAUD, 9, CheckState.PENDING)
    then.check(FRAUD, 8, check="security/scan", findings=0)
    for number in (7, 8):
        then.move("alice", FRAUD, number, "Staging", alone=False)


def _version(then: Scene, name: str, number: int, auc: float) -> None:
    run = run_of(name.split("-", maxsplit=1)[0], number, auc=round(auc, 4), user="alice" if number % 2 else "edith")
    said = f"Retrained on the payments of week {number + 30}, with merchants' age as a feature."
    then.version("edith" if number % 2 else "alice", name, run, said, owner="fraud-team", dataset="2026")


def _talk(then: Scene) -> None:
    first = then.say("bob", FRAUD, 8, "Recall on **new merchants** fell from 0.83 to 0.81. @alice, is that known?")
    then.say("alice", FRAUD, 8, "Yes, see `slices.csv`; they are held for review anyway.", reply_to=first)
    thread = then.say("petra", FRAUD, 8, 'Who owns the new feature? @"bob" @carol')
    then.say("carol", FRAUD, 8, "Payments do. It is documented.", reply_to=thread)
    noticing.resolve_thread(then.session, thread, by=then.by("petra"))
    edited = then.say("edith", FRAUD, 9, "Do not use this on")
    comments.edit(then.session, edited, "Do not use this before the check is in.", by=then.by("edith"))
    gone = then.say("stan", FRAUD, 8, "Wrong tab.")
    noticing.delete_comment(then.session, gone, by=then.by("stan"))


def _credit_and_pricing(then: Scene) -> None:
    then.model("bob", CREDIT, "Probability of default within a year.", owner="risk-team", pii="yes")
    for number in range(1, 5):
        then.version("bob", CREDIT, run_of("credit", number, auc=0.79 + number / 100, user="bob"), "Monthly fit.")
    then.model("bob", PRICING, "How demand answers to price.", owner="pricing")
    noticing.write_card(then.session, PRICING, "## Intended use\n\nWeekly price lists.", by=then.by("bob"))
    for number in range(1, 5):
        run = run_of("pricing", number, auc=0.88 + number / 200, user="edith")
        then.version("edith", PRICING, run, f"Week {number}.", owner="pricing")
        then.check(PRICING, number, auc=0.9)


def _pictures(then: Scene) -> None:
    then.model("alice", TAGGER, "Says what is in a picture.", owner="vision")
    then.model("alice", f"{TAGGER}-mobile", "The same, distilled for telephones.", owner="vision")
    for number in range(1, 4):
        data = RECALLED if number == 2 else ""
        then.version("alice", TAGGER, run_of("tagger", number, auc=0.9, data=data), "From pictures.")
    then.version("edith", f"{TAGGER}-mobile", run_of("mobile", 1, auc=0.87), "Distilled.")
    parent = Parent(EdgeType.DISTILLED, model=TAGGER, version=2)
    parents.declare(then.session, f"{TAGGER}-mobile", 1, parent, by=then.by("edith"))
    base = Parent(EdgeType.FINE_TUNED, external="hf://vision/base-encoder@v3")
    parents.declare(then.session, TAGGER, 2, base, by=then.by("alice"))
    then.move("alice", TAGGER, 2, "Production")
    then.point("alice", TAGGER, champion=2)
    _deploy(then, "vision/eu", (TAGGER, 2))
    _deploy(then, "vision/telephones", (f"{TAGGER}-mobile", 1))


def _pictures_are_recalled(then: Scene) -> None:
    root = then.by(ADMINISTRATOR)
    recalls.flag(then.session, f"dataset:{digest_of(RECALLED)}", "Pictures without consent of who is shown.", by=root)
    lifted = recalls.flag(then.session, f"version:{TAGGER}/1", "The digest seemed wrong.", by=root)
    recalls.lift(then.session, lifted.id, "It was read from another folder.", by=root)


def _deploy(then: Scene, name: str, *serves: tuple[str, int]) -> None:
    report = Report("production", f"https://{name.replace('/', '.')}.bank.example", serves)
    deployments.report(then.session, name, report, by=then.by("ci"))


def _others(then: Scene) -> None:
    then.model(
        "alice", ODD, "A name with letters that addresses escape.", **{"scope: region": "Österreich, 50% & more"}
    )
    then.version("alice", ODD, run_of("austria", 1, auc=0.8))
    then.model("stan", EMPTY)
    then.model("alice", UPLIFT, "By a lifecycle of its own.", owner="risk-team")
    for number in range(1, 4):
        then.version("alice", UPLIFT, run_of("uplift", number, auc=0.7))
    then.move("alice", UPLIFT, 1, "UAT")
    then.move("alice", UPLIFT, 2, "UAT", alone=False)
    then.move("alice", UPLIFT, 2, "Shadow")
    then.model("bob", "churn", "Who leaves within three months.", owner="crm")
    for number in range(1, 4):
        then.version("bob", "churn", run_of("churn", number, auc=0.8 + number / 100, user="bob"))
    then.move("bob", "churn", 2, "Production")
    then.point("bob", "churn", champion=2)
    _deploy(then, "crm/mail", ("churn", 2))
    then.version("bob", "churn")
    moves.delete_version(then.session, "churn", 1, by=then.by("bob"))
    then.model("bob", "abandoned", "Nobody needs it.")
    moves.delete_model(then.session, "abandoned", by=then.by("bob"))
    for number in range(1, 61):
        then.model("alice", f"segment-{number:02}", f"Customers of segment {number}.", owner="crm")
        then.version("alice", f"segment-{number:02}")


SCENES = (
    (50, _fraud_begins),
    (35, _fraud_is_described),
    (9, _fraud_goes_on),
    (6, _talk),
    (38, _credit_and_pricing),
    (30, _pictures),
    (8, _pictures_are_recalled),
    (28, _others),
)
