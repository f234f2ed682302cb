"""Records of a call, each with what it was chosen by: where no words name it, the card says which set it is of."""

from __future__ import annotations

from dataclasses import replace

from agent.pipeline import Question
from agent.planning.proposal import Call, Find, Reference
from agent.query.context import Own
from agent.query.references import Query
from agent.query.wording import describe_query
from agent.validate.proposed.reached_states import find_before_state
from agent.validate.records.located import Outcome, RecordQuery, name_kind
from registry.contract import Contract


async def find_call_records(
    query: Query, need: RecordQuery, reference: Reference, own: Own, call: Call, contract: Contract
) -> Outcome:
    """The records that are meant, as ``find_before_state`` finds them. Raises core.errors.PlatformUnavailable."""
    found = await find_before_state(query, need, reference, own, call, contract)
    if isinstance(found, Question) or not isinstance(reference, Find) or not reference.where or reference.order:
        return found
    if not found or any(each.spans or each.via for each in found):
        return found
    words = await describe_query(reference, query.kinds, _name_nobody)
    if words is None:
        return found
    kind = need.kind
    one = f"the only {words.join(name_kind(kind), one=True)}"
    reading = one if len(found) == 1 else f"all {words.count(len(found), kind)}"
    return tuple(replace(each, reading=reading) for each in found)


async def _name_nobody(_: Find) -> None:
    """An owner has words of its own, and so a span."""
