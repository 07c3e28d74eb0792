"""The pages: what their forms lead to."""

from security.way import Reason, attack, beside

_FORMS = (
    "/sign-in",
    "/sign-out",
    *(f"/requests/<int:request_id>/{act}" for act in ("approve", "reject", "take-back", "withdraw")),
    *(f"/requests/<int:request_id>/{act}" for act in ("override", "review", "look")),
    "/account/sessions/<int:number>/end",
    "/account/sessions/end-others",
    "/account/tokens/<int:number>/revoke",
    "/administration/freezes",
    "/administration/freezes/<name>/end",
    "/administration/rules/apply",
)

_WRITING = (
    attack(
        "web",
        "POST",
        "/models/<name>/versions/<int:number>/comments",
        {"<name>": "{model}", "<number>": "1", "text": "x"},
    ),
    attack("web", "POST", "/requests/<int:request_id>/comments", {"<request_id>": "{production}", "text": "x"}),
    *(
        attack(
            "web",
            "POST",
            f"/comments/<int:comment_id>/{what}",
            {"<comment_id>": "{comment_id}", "text": "x", "revision": "1"},
        )
        for what in ("reply", "edit", "delete", "resolve", "reopen")
    ),
    beside("web", "POST", "/preview", Reason.READS),
)

_READING = tuple(
    beside("web", "POST", path, Reason.READS)
    for path in ("/administration/gates/<name>/try/text", "/administration/rules/plan")
)

WAYS = (*(beside("web", "POST", path, Reason.SIGNS_IN) for path in _FORMS), *_WRITING, *_READING)
