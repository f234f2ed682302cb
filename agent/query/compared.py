"""Compared records: a question which of two named ones has more is answered with what the other has, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.pipeline import Question
from agent.planning.proposal import AnyOf, BelongsTo, Condition, Find, OrderByField, Reference
from agent.query.listed import tell_found
from agent.query.references import Query
from agent.query.wording import find_measure
from agent.validate.records.located import LocatedRecord, RecordQuery
from registry.records import Field

_MOST: Final = 3


async def tell_compared(
    query: Query, need: RecordQuery, reference: Reference, found: LocatedRecord, fields: Sequence[Field]
) -> str:
    """What the others have that a record was compared with by their names, behind a space. Empty if it was picked from
    any. Raises PlatformUnavailable."""
    if not isinstance(reference, Find) or not isinstance(reference.order, OrderByField) or reference.order.nth != 1:
        return ""
    if not any(map(_names_several, reference.where)):
        return ""
    every = await query.records.find_all(need, reference.model_copy(update={"order": None, "pick": "all"}))
    if isinstance(every, Question) or len(every) > _MOST:
        return ""
    measure = find_measure(reference, need.kind)
    return "".join(f" {tell_found(each, fields, measure)}" for each in every if each.key != found.key)


def _names_several(condition: Condition) -> bool:
    owners = (
        [each.owner for each in condition.conditions if isinstance(each, BelongsTo)]
        if isinstance(condition, AnyOf)
        else []
    )
    return len(owners) > 1 and all(isinstance(each, Find) and each.said is not None for each in owners)
