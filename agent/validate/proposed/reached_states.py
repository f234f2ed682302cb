"""Reached states: if words leave open which record is meant, those that are already in the state that a call sets, or
past it, are not. An amount means the one record of which it is all that is left.

The states come in the order in which they are declared. The card says why one was taken, and waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from agent.pipeline import Question
from agent.planning.proposal import BelongsTo, Call, ComputedArgument, Find, Handle, Number, Reference, TypedValue
from agent.query.conditions import read_quantity
from agent.query.context import Own
from agent.query.other_words import list_offered
from agent.query.pool import list_spans_of
from agent.query.references import Query
from agent.resolve.rules.grammar.lexicon import STATE_FIELDS
from agent.validate.questions import join
from agent.validate.records.field_words import tell_field
from agent.validate.records.located import LocatedRecord, Outcome, RecordQuery
from agent.validate.slots import find_answer
from core.display_text import begin_sentence
from registry.contract import Contract
from registry.records import Field, Record, RecordKind, format_field


async def find_before_state(
    query: Query, need: RecordQuery, reference: Reference, own: Own, call: Call, contract: Contract
) -> Outcome:
    """The records that are meant: of several that could be, the one that has yet to come to the state that the call
    sets, or of which its amount is the rest. Asks if there is none, or more than one. Raises
    core.errors.PlatformUnavailable."""
    asked = await query.records.find(need, reference, own)
    if isinstance(reference, Handle) or not isinstance(asked, Question) or need.most != 1:
        return asked
    if reference.said is not None and any(each.marks for each in asked.candidates):
        return asked  # which of the names that look alike is meant
    field, reached = _list_reached(query, need, call, contract)
    owed, amount = _find_amount(need, call, contract)
    records = await list_offered(query.context, need, asked) if field is not None or owed is not None else []
    past = [each for each in records if field is not None and each.values.get(field.name) in reached]
    meant = [each for each in records if each not in past]
    if owed is not None and len(meant) > 1:
        amounts = ((each, read_quantity(owed, each.values)) for each in meant)
        past, meant = [], [each for each, held in amounts if held is not None and held.number == amount]
    if len(meant) != 1 or not all(_differs(each, meant[0], need.kind) for each in past):
        return asked
    if any(len({each.values.get(via) for each in records}) > 1 for via in _list_owners(query, need, reference)):
        return asked  # whose is meant is open
    found = LocatedRecord(meant[0], need.kind, list_spans_of(reference))
    named = ((LocatedRecord(each, need.kind, ()).label, each.values) for each in past)
    states = [f"{label} is {format_field(field, values)}" for label, values in named if field is not None]
    owes = tell_field(owed, need.kind, format_field(owed, found.record.values)) if owed is not None else ""
    so = f"{found.label} is taken"
    remark = f"{join(states, 'and')} already, so {so}." if states else f"{so}: {owes}."
    query.context.spared = [*(query.context.spared or ()), begin_sentence(remark)]
    return (found,)


def _find_amount(need: RecordQuery, call: Call, contract: Contract) -> tuple[Field | None, Decimal]:
    """The field whose value a call takes if no amount is said, and the amount that is."""
    for name, argument in call.arguments.items():
        rest = contract.annotation(name).derive
        said = argument.expression if isinstance(argument, ComputedArgument) else None
        if rest is not None and rest.parameter == need.param and isinstance(said, Number):
            return need.kind.field_named(rest.field), said.number
    return None, Decimal(0)


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
