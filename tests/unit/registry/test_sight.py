"""What readers are told of the audit log is decided for each action."""

from assent.audit.actions import Action
from assent.registry.sight import NAMING_OTHERS, TOLD_TO_READERS

# What readers of a model learn nothing of: who may do what, who is who, and what was refused. A new action is either
# among these or told, and then a test here asks whether its details name what not every reader may know of.
SUBJECTS_KEPT = {
    "access",
    "deployment",
    "grant",
    "group",
    "key",
    "delegation",
    "move",
    "openlineage_event",
    "publisher",
    "rule",
    "session",
    "sign_in",
    "stage",
    "token",
    "user",
}
ABOUT_ONE_MODEL = {"registered_model", "alias", "check", "comment", "model_card", "transition_request"}
OF_A_VERSION = {
    *("registered", "updated", "transitioned", "deleted", "restored", "tag_set", "tag_deleted"),
    *("snapshot_pushed", "snapshot_pulled", "snapshot_contradicted", "snapshot_asked_for", "digest_given"),
    *("served", "no_longer_served", "quarantined"),
}


def test_every_action_is_kept_from_readers_or_told() -> None:
    assert {action.partition(".")[0] for action in set(Action) - TOLD_TO_READERS} == SUBJECTS_KEPT


def test_what_is_told_with_its_details_names_no_other_model() -> None:
    told = {tuple(action.split(".")) for action in TOLD_TO_READERS - NAMING_OTHERS}
    assert {(subject, verb) for subject, verb in told if subject not in ABOUT_ONE_MODEL} == {
        ("model_version", verb) for verb in OF_A_VERSION
    }
