"""The requests of the registry that is shown: in every state, and waiting for everybody."""

from assent.access.policy.levels import Level
from assent.governance import noticing
from assent.governance.requests.acting import deciding, due, overriding, withdrawing
from assent.kernel.clock import now
from support.scenes import DAY, Scene, run_of
from support.shown_models import CREDIT, FRAUD, ODD, PRICING

OVERRIDDEN = "fraud-cards-eu"


def _applied(then: Scene) -> None:
    then.check(FRAUD, 3, auc=0.91)
    asked = then.ask("alice", FRAUD, 3, comment="The first one with merchants' age.")
    then.approve(asked, "bob", comment="Looks right.")
    then.approve(asked, "petra", comment="The slices hold.")
    then.approve(then.ask("alice", FRAUD, 3, "@champion"), "bob")
    signed = then.ask("alice", CREDIT, 1, comment="For the audit of the third quarter.")
    then.approve(signed, "petra", comment="Signed for Risk.", password_confirmed=True)


def _turned_down(then: Scene) -> None:
    then.ask("alice", PRICING, 4, comment="Nobody ever looked at this one.")
    rejected = then.ask("alice", PRICING, 2)
    deciding.reject(then.session, rejected, "The holdout is of **last** year. Fit it again.", by=then.by("carol"))
    withdrawn = then.ask("edith", PRICING, 1, comment="Please.")
    withdrawing.withdraw(then.session, withdrawn, by=then.by("edith"), reason="Version 3 is better.")


def _expired(then: Scene) -> None:
    for request in due.due(then.session, most=100):
        due.look_at(then.session, request, default=Level.NO_PERMISSIONS)


def _overridden(then: Scene) -> None:
    then.model("alice", OVERRIDDEN, "Scores of cards issued in Europe.", owner="fraud-team")
    for number in (1, 2):
        then.version("alice", OVERRIDDEN, run_of("eu", number, auc=0.9), "Without the broken feature.")
    asked = then.ask("alice", OVERRIDDEN, 1, comment="Production holds every payment of one issuer.")
    overriding.override(then.session, asked, "Every payment of one issuer is held.", by=then.by("stan"), allowed=True)


def _asked_for(then: Scene) -> None:
    then.ask("edith", FRAUD, 9, comment="As soon as the check is in.")
    half = then.ask("alice", FRAUD, 8, comment="Better on *all* slices but one; see the thread.")
    then.approve(half, "petra", comment="Fine for Risk.")
    then.say("bob", FRAUD, 8, "I look at it today. @alice", request_id=half)
    stale = then.ask("edith", FRAUD, 7, comment="The one to go back to.")
    then.approve(stale, "petra")
    then.ask("alice", FRAUD, 8, "@champion")
    then.ask("alice", OVERRIDDEN, 2)


def _asked_for_lately(then: Scene) -> None:
    then.check(FRAUD, 7, auc=0.902)
    then.ask("bob", CREDIT, 2, comment="To be signed.")
    then.say("carol", CREDIT, 2, "Is the sample of May in it?")
    then.ask("bob", CREDIT, 3, "deletion", comment="It was never used.")
    then.check(PRICING, 3, auc=0.9)
    frozen = then.ask("alice", PRICING, 3)
    then.approve(frozen, "bob", "carol")
    then.ask("alice", "churn", 3, not_before=now() + 6 * DAY * 1000)
    then.ask("edith", ODD, 1, comment="For Vienna: 50% & more.")


def _just_now(then: Scene) -> None:
    noticing.write_card(then.session, CREDIT, "## Intended use\n\nLoans to people.", by=then.by("bob"))


SCENES = (
    (33, _applied),
    (31, _turned_down),
    (10, _expired),
    (12, _overridden),
    (5, _asked_for),
    (3, _asked_for_lately),
    (0.1, _just_now),
)
