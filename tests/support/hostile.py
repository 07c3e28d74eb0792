"""A registry that somebody filled to break its pages: markup, endless words, and much of everything."""

from urllib.parse import quote

from assent.access.people import accounts, groups
from assent.access.policy.limits import limits
from assent.access.policy.principals import Kind
from assent.access.publishing import publishers
from assent.access.publishing.publishers import Terms
from assent.database import unit_of_work
from assent.governance import noticing, policy
from assent.registry import tags
from support.databases import ADMINISTRATOR, NEW_PASSWORD, TEST, engine_for
from support.scenes import Scene, Stage, run_of
from support.visiting import SHOWN, Named

# What a script would leave behind, had one run.
FLAG = "ranHere"
SCRIPT = f"<script>window.{FLAG}=1</script><img src=x onerror=window.{FLAG}=1>"
ARABIC = "مرحبا بالعالم"
RIGHT_TO_LEFT = f"\u202e{ARABIC} \U0001f469\u200d\U0001f52c\U0001f3f3\ufe0f\u200d\U0001f308"
LONG = "w" * 256
_TABLE = f"|a|\n|-|\n|{LONG}|"
TEXT = f"{SCRIPT} {RIGHT_TO_LEFT} {LONG} [link](javascript:window.{FLAG}=1) `{SCRIPT}` @alice\n\n{_TABLE}"
MODEL = f"<script>window.{FLAG}=1<img src=x onerror=window.{FLAG}=1>\"'{RIGHT_TO_LEFT}"
USER = f"<b onclick=window.{FLAG}=1>{ARABIC}"
ALIASES = 500


# What its things are called.
HOSTILE: Named = {
    **SHOWN,
    "/models": {"name": MODEL, "number": "2", "revision": "1"},
    "/lineage": {"name": MODEL, "number": "2"},
    "/requests": {"request_id": "1"},
    "/audit": {"number": "30"},
    "/administration/service-accounts": {"name": USER + " robot"},
    "/administration/publishers": {"number": "1"},
    "/administration/users": {"name": USER},
    "/administration/groups": {"name": USER + "s"},
}
# The page with the drawing of a version that was made from more than most.
GRAPH = f"/lineage?of={quote(MODEL, safe='')}/2"


def fill(url: str) -> None:
    """Fill a database that is prepared."""
    engine = engine_for(url)
    stage = Stage(engine)
    with stage.ago(3) as then:
        _people(then)
    with stage.ago(2) as then:
        _models(then)
    with stage.ago(1) as then:
        _requests(then)
    with unit_of_work(engine, TEST) as session:
        policy.apply(session, {"gates": [_GATE]}, by=Scene(session).by(ADMINISTRATOR))
    engine.dispose()


_GATE = {
    "name": "production",
    "target": {"stage": "Production"},
    "require": [{"approvals": 1}, {"check": SCRIPT[:100]}, {"annotation": {"tags": ["owner", LONG[:250]]}}],
}


def _people(then: Scene) -> None:
    root = then.by(ADMINISTRATOR)
    accounts.create(then.session, USER, password=NEW_PASSWORD, by=root)
    group = groups.create(then.session, USER + "s", by=root)
    groups.add(then.session, group, accounts.named(then.session, "alice"), by=root)
    groups.create(then.session, LONG[:128], by=root)
    robot = accounts.create(then.session, f"{USER} robot", kind=Kind.SERVICE_ACCOUNT, by=root)
    claims = {"project_path": SCRIPT, LONG[:128]: LONG}
    terms = Terms("https://gitlab.com", claims, robot.name, limits(["read"], pattern=f"{LONG[:200]}*"))
    publishers.create(then.session, USER, terms, by=root)


def _models(then: Scene) -> None:
    for name in (MODEL, LONG):
        then.model("alice", name, TEXT)
        tags.set_on_model(then.session, name, LONG[:250], "v" * 5000, by=then.by("alice"))
        tags.set_on_model(then.session, name, "owner", SCRIPT * 40, by=then.by("alice"))
        noticing.write_card(then.session, name, f"# {SCRIPT}\n\n{TEXT}", by=then.by("alice"))
        for number in (1, 2):
            then.version("alice", name, _run(name, number), TEXT, **{LONG[:250]: "v" * 5000, "owner": SCRIPT})
    then.point("alice", MODEL, **{f"alias_{number:03}_{LONG[:40]}": 1 + number % 2 for number in range(ALIASES)})


def _run(name: str, number: int) -> dict[str, object]:
    run = run_of(name, number, auc=0.9, data=SCRIPT, user=USER)
    run["params"][LONG[:250]] = SCRIPT * 20
    # Of two versions these are more than 2,000 nodes.
    inputs = [run["datasets"][0] | {"digest": f"{name}{number}-{each}"} for each in range(1000)]
    return {**run, "datasets": inputs, "code": {**run["code"], "branch": SCRIPT, "entry_point": LONG}}


def _requests(then: Scene) -> None:
    then.ask("alice", MODEL, 2, comment=TEXT)
    then.ask("alice", LONG, 1, comment=TEXT)
    first = then.say("bob", MODEL, 2, TEXT)
    then.say("alice", MODEL, 2, TEXT, reply_to=first)
    then.say("alice", MODEL, 2, TEXT, request_id=1)
