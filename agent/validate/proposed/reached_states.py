"""Reached states: if words leave open which record is meant, those that are already in the state that a call sets, or
past it, are not.

The states come in the order in which they are declared. The card says what was left out, and waits. Where no words name
a record, the card says which set it is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.pipeline import Question
from agent.planning.proposal import BelongsTo, Call, Find, Handle, Reference, TypedValue
from agent.query.context import Own
from agent.query.other_words import list_offered
from agent.query.pool import list_spans_of
from agent.query.references import Query
from agent.query.wording import describe_query
from agent.resolve.rules.grammar.lexicon import STATE_FIELDS
from agent.validate.questions import join
from agent.validate.records.located import LocatedRecord, Outcome, RecordQuery, name_kind
from agent.validate.slots import find_answer
from core.display_text import begin_sentence
from registry.contract import Contract
from registry.records import Field, Record, RecordKind, format_field


async def find_call_records(
    query: Query, need: RecordQuery, reference: Reference, own: Own, call: Call, contract: Contract
) -> Outcome:
    """The records that are meant, as ``_find_before_state`` finds them. Raises core.errors.PlatformUnavailable."""
    found = await _find_before_state(query, need, reference, own, call, contract)
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


async def _find_before_state(
    query: Query, need: RecordQuery, reference: Reference, own: Own, call: Call, contract: Contract
) -> Outcome:
    """The records that are meant: of several that could be, the one that has yet to come to the state that the call
    sets. Asks if there is none, or more than one. Raises core.errors.PlatformUnavailable."""
    asked = await query.records.find(need, reference, own)
    field, reached = _list_reached(query, need, call, contract)
    if isinstance(reference, Handle) or not isinstance(asked, Question) or need.most != 1 or field is None:
        return asked
    if reference.said is not None and any(each.marks for each in asked.candidates):
        return asked  # which of the names that look alike is meant
    records = await list_offered(query.context, need, asked)
    past = [each for each in records if each.values.get(field.name) in reached]
    meant = [each for each in records if each not in past]
    if len(meant) != 1 or not all(_differs(each, meant[0], need.kind) for each in past):
        return asked
    if any(len({each.values.get(via) for each in records}) > 1 for via in _list_owners(query, need, reference)):
        return asked  # whose is meant is open
    found = LocatedRecord(meant[0], need.kind, list_spans_of(reference))
    others = [LocatedRecord(each, need.kind, ()).label for each in past]
    states = [f"{one} is {format_field(field, each.values)}" for one, each in zip(others, past, strict=True)]
    remark = begin_sentence(f"{join(states, 'and')} already, so {found.label} is taken.")
    query.context.spared = [*(query.context.spared or ()), remark]
    return (found,)


def _list_reached(
    query: Query, need: RecordQuery, call: Call, contract: Contract
) -> tuple[Field | None, Sequence[object]]:
    """The field with the state that a call sets, and that state with all later ones."""
    for name, argument in call.arguments.items():
        held = contract.annotation(name).replaces
        field = need.kind.field_named(held.field if held is not None else name)
        if not isinstance(argument, TypedValue) or field is None or field.name not in STATE_FIELDS:
            continue
        if held is not None and held.parameter != need.param:
            continue
        if find_answer(query.context.request, f"{need.slot.partition('.')[0]}.{name}") is not None:
            continue
        members = contract.properties.get(name, {}).get("enum") or ()
        states = next((each for each in (field.values, members) if argument.value in each), ())
        if states:
            return field, states[states.index(argument.value) :]
    return None, ()


def _list_owners(query: Query, need: RecordQuery, reference: Find) -> Iterator[str]:
    """The fields of a record that hold the owners by whose names it was looked for. Its own id if it has
    no such field, as each record then has another."""
    for each in reference.where:
        if isinstance(each, BelongsTo) and isinstance(each.owner, Find):
            relation = need.kind.relation_to(each.owner.record)
            yield relation.via if relation is not None else need.kind.id_field
    if reference.said is not None and reference.said.text in query.records.search.owners_names:
        yield need.kind.relations[0].via


def _differs(record: Record, other: Record, kind: RecordKind) -> bool:
    """Whether anything but its number and its state tells a record from another."""
    apart = {each.name for each in kind.fields if each.search == "number"} | {kind.id_field} | STATE_FIELDS
    return any(value != other.values.get(name) for name, value in record.values.items() if name not in apart)
