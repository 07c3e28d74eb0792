"""Groups: listed, made, and each on a page of its own with who is in it."""

from flask import Response, flash, url_for
from sqlalchemy.orm import Session

from assent.access.granting import grants
from assent.access.people import groups, memberships
from assent.access.policy.principals import Principal
from assent.access.signing_in.sign_in import SignIn
from assent.http.calls import Uses
from assent.kernel.dialects import Reader
from assent.registry import holdings
from assent.web.administration import schemas as s
from assent.web.frame.cutting import cut
from assent.web.frame.face import web
from assent.web.frame.pages import page, see
from assent.web.frame.refusals import sent_from

_GROUPS = "/administration/groups"
_ONE = f"{_GROUPS}/<whole:name>"
_PAGE = 50
_MOST_HOLDINGS = 100


@web.call("GET", _GROUPS, takes=s.Beginning(), uses=Uses.READS)
def groups_page(session: Reader, beginning: str, after: str, *, by: Principal) -> Response:
    """Show the groups by name."""
    found = groups.every(session, beginning=beginning, after=after, most=_PAGE + 1, by=by)
    shown, last = cut(found, _PAGE)
    return page(
        "administration/groups.html",
        groups=shown,
        beginning=beginning,
        after=after,
        next_after=last.name if last else None,
    )


@web.call("POST", _GROUPS, takes=s.Named())
@sent_from(groups_page)
def create_group(session: Session, name: str, *, by: Principal) -> Response:
    """Create a group, with nobody in it."""
    group = groups.create(session, name, by=by)
    flash(f"The group {name} is created. Nobody is in it yet.")
    return see(_address_of(group.name))


@web.call("GET", _ONE, takes=s.WhichMembers(), uses=Uses.READS)
def group_page(session: Reader, name: str, after: int, through_after: str, *, by: Principal) -> Response:
    """Show who is in a group, directly and through others, and what is granted to it."""
    group = groups.seen(session, name, by=by)
    them = SignIn().as_member(session, group)
    members = memberships.every(session, group=name, after=after, most=_PAGE + 1, by=by)
    through = memberships.nested(session, group.id, after=through_after, most=_PAGE + 1)
    held = holdings.of(session, None, them.groups, most=_MOST_HOLDINGS + 1, by=by)
    members_shown, last_member = cut(members, _PAGE)
    through_shown, last_through = cut(through, _PAGE)
    return page(
        "administration/group.html",
        group=group,
        members=members_shown,
        members_next=last_member.id if last_member else None,
        through=through_shown,
        through_next=last_through.name if last_through else None,
        holding=sorted(memberships.ways(session, them, group.id).items()),
        held=held[:_MOST_HOLDINGS],
        holds_more=len(held) > _MOST_HOLDINGS,
    )


@web.call("POST", f"{_ONE}/rename", takes=s.Renamed())
@sent_from(group_page)
def rename_group(session: Session, name: str, new_name: str, *, by: Principal) -> Response:
    """Give a group another name."""
    renamed = groups.rename(session, groups.administered(session, name, by=by), new_name, by=by)
    flash(f"The group {name} is called {new_name} now.")
    return see(_address_of(renamed.name))


@web.call("POST", f"{_ONE}/dissolve")
@sent_from(group_page)
def dissolve_group(session: Session, name: str, *, by: Principal) -> Response:
    """Delete a group."""
    groups.dissolve(session, groups.administered(session, name, by=by), by=by)
    flash(f"The group {name} is dissolved.")
    return see(url_for("web.groups_page_get"))


@web.call("POST", f"{_ONE}/add", takes=s.Somebody())
@sent_from(group_page)
def add_member(session: Session, name: str, kind: str, who: str, *, by: Principal) -> Response:
    """Put somebody, or another group, into a group."""
    into = groups.administered(session, name, by=by)
    groups.add(session, into, grants.grantee(session, kind, who), by=by)
    flash(f"{who} is in the group {name}.")
    return see(_address_of(name))


@web.call("POST", f"{_ONE}/remove", takes=s.Somebody())
@sent_from(group_page)
def remove_member(session: Session, name: str, kind: str, who: str, *, by: Principal) -> Response:
    """Take somebody, or another group, out of a group."""
    out_of = groups.administered(session, name, by=by)
    groups.remove(session, out_of, grants.grantee(session, kind, who), by=by)
    flash(f"{who} is in the group {name} no more.")
    return see(_address_of(name))


def _address_of(name: str) -> str:
    return url_for("web.group_page_get", name=name)
