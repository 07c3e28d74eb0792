"""Whom a text mentions: `@name`, or `@"name with blanks or commas"`, of users who may read the model.

Of others nothing is told, not even whether there are any: to whoever writes, their names are text.
"""

import re
from collections.abc import Iterator

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from assent.access.granting import entitled
from assent.access.policy.levels import Permission
from assent.access.policy.names import NAME_LENGTH
from assent.access.policy.principals import Principal
from assent.annotations.tables import CommentMention
from assent.kernel.dialects import table
from assent.registry.models import Locked

MENTIONS = table(CommentMention)

# Whoever is named first is looked for first: a text may be a list of names.
MOST_MENTIONS = 50

# Not what follows a letter, as in an address, nor what is quoted as code.
_MENTION = re.compile(r"""(?<![^\s(\[{<>*_,;:"'])@(?:"(?P<quoted>[^"\n]+)"|(?P<word>[^\s",;]+))""")
_AFTER_A_NAME = ".:!?)]}>*_'/\\"


def written_in(text: str) -> list[tuple[str, ...]]:
    """What may be a name, in each place where one is written: the longest first, since a name may end in a dot."""
    places = (_names(found) for found in _MENTION.finditer(text))
    return [names for names, _ in zip(filter(None, places), range(MOST_MENTIONS), strict=False)]


def note(session: Session, comment_id: int, text: str, model: Locked, *, by: Principal) -> set[int]:
    """Let a comment mention whom its text does, and nobody else; gives the ids of those whom it did not before."""
    ids = _mentioned(session, text, model, by)
    before = set(session.scalars(_BEFORE, {"comment": comment_id}))
    if gone := before - ids:
        session.execute(_GONE, {"comment": comment_id, "ids": sorted(gone)})
    if new := ids - before:
        session.execute(MENTIONS.insert(), [{"comment_id": comment_id, "principal_id": each} for each in sorted(new)])
    return new


def forget(session: Session, comment_id: int) -> None:
    """Let a comment mention nobody."""
    session.execute(_ALL_GONE, {"comment": comment_id})


def _mentioned(session: Session, text: str, model: Locked, by: Principal) -> set[int]:
    places = written_in(text)
    called = {name for names in places for name in names}
    found = entitled.users(
        session, called, Permission.MODEL_READ, model_id=model.id, name=model.name, default=by.reach.default
    )
    ids = {user.name: user.id for user in found}
    return {ids[known[0]] for names in places if (known := [name for name in names if name in ids])}


def _names(found: re.Match[str]) -> tuple[str, ...]:
    if quoted := found["quoted"]:
        return (quoted,) if len(quoted) <= NAME_LENGTH else ()
    return tuple(name for name in _shorter_and_shorter(found["word"]) if 0 < len(name) <= NAME_LENGTH)


def _shorter_and_shorter(word: str) -> Iterator[str]:
    yield word
    # Whoever is called by some dots too many has to be quoted.
    for length in range(len(word), max(len(word) - 5, 0), -1):
        if word[length - 1] not in _AFTER_A_NAME:
            return
        yield word[: length - 1]


_BEFORE = select(MENTIONS.c.principal_id).where(MENTIONS.c.comment_id == bindparam("comment"))
_ALL_GONE = delete(MENTIONS).where(MENTIONS.c.comment_id == bindparam("comment"))
_GONE = _ALL_GONE.where(MENTIONS.c.principal_id.in_(bindparam("ids", expanding=True)))
