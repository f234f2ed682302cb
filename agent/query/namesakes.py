"""Namesakes in a question: what is asked of one record is told of each that its words fit."""

from __future__ import annotations

from typing import Final

from agent.pipeline import Question
from agent.planning.proposal import Find, Reference, StateIs
from agent.query.references import Query
from agent.validate.records.located import LocatedRecord, RecordQuery

MOST_NAMESAKES: Final = 3
"""More of them are a list that nobody asked for."""


async def list_namesakes(
    query: Query, need: RecordQuery, reference: Reference, asked: Question
) -> tuple[LocatedRecord, ...]:
    """The records that a question would offer, where the same name fits each of them. Empty if there are too many, or
    if more than a name tells which is meant. Raises PlatformUnavailable."""
    if asked.code != "ambiguous" or not 1 < len(asked.candidates) <= MOST_NAMESAKES or asked.slot != need.slot:
        return ()
    if not isinstance(reference, Find) or reference.said is None or reference.order is not None:
        return ()
    found = await query.records.find_all(need, reference.model_copy(update={"pick": "all"}))
    offered = {each.id for each in asked.candidates}
    return found if not isinstance(found, Question) and {each.record.id for each in found} == offered else ()


async def find_standing(query: Query, need: RecordQuery, reference: Reference) -> tuple[LocatedRecord, ...]:
    """The one record that is meant if those that are cancelled give way. Empty if there is none, or several."""
    if not isinstance(reference, Find):
        return ()
    stands = StateIs(state="cancelled", negated=True)
    found = await query.records.find(need, reference.model_copy(update={"where": (*reference.where, stands)}))
    return found if not isinstance(found, Question) else ()
