"""Records of other kinds in a question that names none: what somebody has on a day are visits, and tasks due then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.pipeline import Question
from agent.planning.proposal import BelongsTo, Compare, Condition, Find, Reference, Word
from agent.query.conditions import DATES
from agent.query.listed import list_records
from agent.query.references import Query
from agent.query.wording import describe_query
from agent.validate.questions import join
from agent.validate.records.field_words import name_field
from agent.validate.records.located import LocatedRecord, RecordQuery, format_count
from core.display_text import to_display_text
from language.stems import is_past, stem, stem_text
from registry.records import Field, RecordKind

_SLOT: Final = "answer"
_MOST: Final = 3
"""Records that are named; more of them are only counted."""


async def tell_other_kinds(query: Query, reference: Reference, kind: RecordKind) -> str:
    """What else the same person has on the same day, as a sentence with a space before it. Empty if the question names
    a kind, or if it isn't about somebody and a day. Raises PlatformUnavailable."""
    if not isinstance(reference, Find) or reference.said is not None or reference.order is not None:
        return ""
    if names_kind(query):
        return ""
    told = []
    for other in query.context.kinds:
        where = _say_of(reference.where, kind, other) if other.name != kind.name else None
        if where is None:
            continue
        need = RecordQuery(_SLOT, _SLOT, other, restricts=True)
        find = Find(record=other.name, where=where, pick="all")
        found = await query.records.find_all(need, find)
        if found and not isinstance(found, Question):
            told.append(await _tell(query, find, other, found))
    return f" Also {join(told, 'and')}." if told else ""


def names_kind(query: Query) -> bool:
    """Whether a request says the noun of any kind."""
    said = {*stem_text(query.context.request.text)}
    return any(said.issuperset(map(stem, noun.split())) for each in query.context.kinds for noun in each.nouns)


async def _tell(query: Query, find: Find, kind: RecordKind, found: Sequence[LocatedRecord]) -> str:
    states = [each for each in kind.fields if each.type == "enum" and each.name in ("status", "state")]
    days = find.model_copy(update={"where": tuple(each for each in find.where if _is_of_day(each, kind))})
    words = await describe_query(days, query.context.kinds, _name_nobody)
    what = words.count(len(found), kind) if words is not None else format_count(len(found), kind)
    return f"{what}: {to_display_text(list_records(found, states, what, asked=True))}" if len(found) <= _MOST else what


async def _name_nobody(_: Find) -> None:
    return None


def _say_of(where: Sequence[Condition], kind: RecordKind, other: RecordKind) -> tuple[Condition, ...] | None:
    """The conditions of somebody and a day, as they would be of another kind. None if they can't be, or if there are
    others, too."""
    made: list[Condition] = []
    day, somebody = _find_day(other), False
    for each in where:
        if _is_of_day(each, kind) and isinstance(each, Compare) and day is not None:
            made.append(each.model_copy(update={"field": day.name}))
        elif isinstance(each, BelongsTo) and isinstance(each.owner, Find) and other.relation_to(each.owner.record):
            made.append(each)
            somebody = True
        elif isinstance(each, Compare) and (field := _find_holder(each, kind, other)) is not None:
            made.append(each.model_copy(update={"field": field.name}))
            somebody = True
        else:
            return None
    return tuple(made) if somebody and len(made) > 1 else None


def _is_of_day(condition: Condition, kind: RecordKind) -> bool:
    field = kind.field_named(condition.field) if isinstance(condition, Compare) else None
    return field is not None and field.type in DATES


def _find_day(kind: RecordKind) -> Field | None:
    """The day on which a record is due or takes place, and none on which something was done to it: "added on"."""
    days = [each for each in kind.fields if each.type in DATES and not is_past(name_field(each, kind).split()[0])]
    return days[0] if len(days) == 1 else None


def _find_holder(condition: Compare, kind: RecordKind, other: RecordKind) -> Field | None:
    """The field of another kind that has the same name of somebody among its values."""
    mine, value = kind.field_named(condition.field), condition.value
    if mine is None or mine.type != "enum" or condition.op != "=" or not isinstance(value, Word):
        return None
    return next((each for each in other.fields if each.values and {*each.values} == {*mine.values}), None)
