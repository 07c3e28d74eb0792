"""Which of the versions that a filter finds somebody may read, at a cost that does not grow with those they may not.

Who reads everything, or most of it, walks along the order of the page and leaves out what is not theirs. Who reads
one model in a thousand would walk past a million versions for a page: so the walk ends somewhere, and where it has
not found a page by then, one goes to the models that they may read instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, literal_column, select, true

from assent.access.granting.visibility import reachable
from assent.access.policy.levels import Permission
from assent.access.policy.principals import Principal
from assent.kernel.dialects import Reader
from assent.kernel.orm import BIG, CODE_POINTS
from assent.registry.search import conditions, pages
from assent.registry.search.cutting import Cut, Keys
from assent.registry.search.grammar import Filter
from assent.registry.views import MODELS, VERSION_COLUMNS, VERSIONS

KEYS: Keys = {
    "name": VERSIONS.c.model_name,
    "version_number": VERSIONS.c.number,
    "creation_timestamp": VERSIONS.c.created_at,
    "last_updated_timestamp": VERSIONS.c.last_updated_at,
}

# The same objects for every search, so that the conditions on them are built once for everybody.
_WALKED_MODEL_ID: ColumnElement[int] = literal_column("walked.model_id", BIG)
_WALKED_NAME: ColumnElement[str] = literal_column("walked.name", CODE_POINTS)

# So many versions are walked past for a page at least, and so many for each of its rows.
_WALK = 1_000
_WALK_FOR_A_ROW = 20


@dataclass(frozen=True)
class Sought:
    """The versions that a filter finds: a SELECT of their ids, prompts too, and the columns that it is sorted by."""

    wanted: Select[Any]
    keys: Keys
    cut: Cut
    asked: Filter

    def seen(self, session: Reader, by: Principal, on: str) -> Sequence[Any]:
        """The rows of one page, and of one more where another follows, as VERSION_COLUMNS."""
        # What is narrow of itself leaves nothing to walk past.
        if by.reads_most or conditions.is_narrow(self.asked):
            return self._whole(session, self._all_the_way(by, on))
        found = self._whole(session, self._on_the_way(by, on))
        if len(found) > self.cut.size or not session.scalar(self._goes_on()):
            return found
        if on == "sqlite":
            return self._whole(session, self._all_the_way(by, on))
        return self._whole(session, self._model_by_model(by, on))

    def _whole(self, session: Reader, ids: Select[Any]) -> Sequence[Any]:
        # The page is cut before tags and aliases are gathered, so that this is done for its rows alone.
        page = ids.subquery("page")
        whole = select(*VERSION_COLUMNS).join_from(page, VERSIONS, VERSIONS.c.id == page.c.id)
        return session.execute(whole.order_by(*pages.clauses(self.cut.ordering(KEYS)))).all()

    def _all_the_way(self, by: Principal, on: str) -> Select[Any]:
        """The ids of what may be read, however much is in between."""
        if (name := conditions.only_model(self.asked)) is not None:
            return self._of_model(name, by, on)
        mine = reachable(by, Permission.MODEL_READ, model_id=VERSIONS.c.model_id, name=VERSIONS.c.model_name, on=on)
        return self.cut.ids(self.wanted.where(*mine, *self._no_prompts(VERSIONS.c.model_id)), self.keys)

    def _of_model(self, name: str, by: Principal, on: str) -> Select[Any]:
        """The ids of what may be read, all of one model: it is asked for once, and not for each of its versions.

        What is asked of a row PostgreSQL believes to leave few, and then it walks no index in the order of the page.
        """
        mine = reachable(by, Permission.MODEL_READ, model_id=MODELS.c.id, name=MODELS.c.name, on=on)
        live = select(MODELS.c.id).where(MODELS.c.name == name, MODELS.c.deleted_at.is_(None))
        model = live.where(*mine, *self._no_prompts(MODELS.c.id)).correlate(None).scalar_subquery()
        return self.cut.ids(self.wanted.where(VERSIONS.c.model_id == model), self.keys)

    def _on_the_way(self, by: Principal, on: str) -> Select[Any]:
        """The ids of what may be read, of the first so many in the order of the page."""
        walked = self.cut.first(self._rest(), self.keys, self._walk).subquery("walked")
        mine = reachable(by, Permission.MODEL_READ, model_id=_WALKED_MODEL_ID, name=_WALKED_NAME, on=on)
        seen = select(walked.c.id).where(*mine, *self._no_prompts(_WALKED_MODEL_ID))
        return self.cut.first(seen, dict(walked.c), self.cut.size + 1)

    def _goes_on(self) -> Select[Any]:
        """Whether there is more than was walked past."""
        return self.cut.first(self._rest().with_only_columns(literal(1)), self.keys, 1).offset(self._walk)

    def _model_by_model(self, by: Principal, on: str) -> Select[Any]:
        """The ids of the page's worth of each model that may be read, and of these the first."""
        mine = reachable(by, Permission.MODEL_READ, model_id=MODELS.c.id, name=MODELS.c.name, on=on)
        # Materialized, or the planner would rather ask of each version whether it is of one of the models.
        models = (
            select(MODELS.c.name)
            .where(MODELS.c.deleted_at.is_(None), *mine)
            .cte("models_seen")
            .prefix_with("MATERIALIZED")
        )
        of_model = self._rest().where(VERSIONS.c.model_name == models.c.name, *self._no_prompts(VERSIONS.c.model_id))
        own = self.cut.first(of_model, self.keys, self.cut.size + 1).lateral("own")
        return self.cut.first(select(own.c.id).join_from(models, own, true()), dict(own.c), self.cut.size + 1)

    def _no_prompts(self, model_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
        return conditions.without_prompts(self.asked, model_id)

    def _rest(self) -> Select[Any]:
        columns: list[ColumnElement[Any]] = [column.label(key) for key, column in self.keys.items()]
        return self.cut.rest(self.wanted.add_columns(VERSIONS.c.model_id, *columns), self.keys)

    @property
    def _walk(self) -> int:
        return max(_WALK, _WALK_FOR_A_ROW * self.cut.size)
