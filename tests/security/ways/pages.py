"""The pages: what their forms lead to, sent by a browser that is signed in, and with their proof."""

from functools import partial

from assent.audit.actions import Action
from security.way import Reason, beside, by_face

_form = partial(by_face("web"), "POST")
_beside = partial(beside, "web", "POST")
_REQUEST = "/requests/<int:request_id>"
_COMMENT = "/comments/<int:comment_id>"
# Open, of the version, opened by somebody else: into Production, under @champion, and away.
_EACH = tuple({"<request_id>": f"{{{what}}}"} for what in ("production", "champion", "deletion"))
# With the review digest that the page shows, or there would be nothing to approve.
_REVIEWED = tuple({**each, "digest": f"{{digest_of_{each['<request_id>'][1:-1]}}}"} for each in _EACH)
_SAID = {"comment": "It is fine."}
_THREAD = {"<comment_id>": "{comment_id}", "text": "Approved. @petra", "revision": "1"}
_NO_GATES, _NO_FREEZES = "gates: []", "freezes: []"

_SIGNING_IN = (
    *(_beside(path, Reason.SIGNS_IN) for path in ("/sign-in", "/sign-out", "/account/sessions/end-others")),
    *(
        _beside(f"/account/{each}", Reason.SIGNS_IN)
        for each in ("sessions/<int:number>/end", "tokens/<int:number>/revoke")
    ),
)

_REQUESTS = (
    _form(f"{_REQUEST}/look", *_EACH),
    _form(f"{_REQUEST}/approve", *_REVIEWED, *({**each, "in_place_of": "bob"} for each in _REVIEWED)),
    _form(f"{_REQUEST}/take-back", *_EACH),
    *(_form(f"{_REQUEST}/{act}", *({**each, **_SAID} for each in _EACH)) for act in ("reject", "withdraw")),
    *(_form(f"{_REQUEST}/{act}", *({**each, **_SAID} for each in _EACH)) for act in ("override", "review")),
)

_WRITING = (
    _form("/models/<name>/versions/<int:number>/comments", {"<name>": "{model}", "<number>": "1", "text": "x"}),
    _form(f"{_REQUEST}/comments", *({**each, "text": "Approved. @petra"} for each in _EACH)),
    *(_form(f"{_COMMENT}/{act}", _THREAD) for act in ("reply", "edit", "delete", "resolve", "reopen")),
    _beside("/preview", Reason.READS),
)

_ADMINISTRATION = (
    _form(
        "/administration/freezes",
        {
            "name": "no more",
            "models": "{model}",
            "targets": "Production",
            "from": "2020-01-01",
            "until": "2020-01-02",
            "zone": "UTC",
        },
    ),
    _form("/administration/freezes/<name>/end", {"<name>": "no more", "revision": "1"}),
    _form(
        "/administration/rules/apply",
        *({"text": text, "planned_at": "1"} for text in (_NO_FREEZES, _NO_GATES)),
        told_by=Action.RULE_REMOVED,
    ),
    _beside("/administration/rules/plan", Reason.READS),
    _beside("/administration/gates/<name>/try/text", Reason.READS),
)

_RECALLS = (
    _form("/recalls", {"of": "version:{model}/1", "reason": "bad"}),
    _form("/recalls/<int:recall_id>/lift", {"<recall_id>": "{recall_id}", "reason": "good"}),
)

WAYS = (*_RECALLS, *_SIGNING_IN, *_REQUESTS, *_WRITING, *_ADMINISTRATION)
