"""Conditions of a request, evaluated on live data when it is planned. What it was answered by is shown on the card and
pinned."""

from __future__ import annotations

import math
from dataclasses import dataclass

from agent.extract import conditions
from agent.extract.conditions import Comparison, Existence
from agent.extract.time import time_ranges
from agent.pipeline import Condition, Question
from agent.validate.questions import quote_words
from agent.validate.records.located import MOST, LocatedRecord, RecordQuery, TooMany, format_count
from agent.validate.records.lookup import Lookup
from agent.validate.records.search import format_bound, is_within
from agent.validate.values import verify_spans
from registry.records import Bound, Query, format_field


@dataclass(frozen=True)
class ConditionVerdict:
    """Verdict on a condition: ``told`` is a sentence for the card, ``found`` the records that it rests on."""

    holds: bool
    told: str
    found: tuple[LocatedRecord, ...] = ()


async def judge(condition: Condition, at: int, lookup: Lookup) -> ConditionVerdict | Question:
    """Evaluate a draft's condition. Raises PlatformUnavailable. ``at`` is the draft's place, for the question's
    slot."""
    words = verify_spans(lookup.request, condition.spans)
    read = conditions.read(words.text, tuple(lookup.kinds)) if words is not None else None
    if words is None or read is None:
        return _unreadable(at, "This depends on something I can't check. Say what shall be done without the “if”.")
    made = await (
        _compared(read, words.text, at, lookup)
        if isinstance(read, Comparison)
        else _exists(read, condition, at, lookup)
    )
    if isinstance(made, Question):
        return made
    return ConditionVerdict(
        made.holds, f"{quote_words(words.text)}: {'yes' if made.holds else 'no'}, {made.told}.", made.found
    )


async def _compared(read: Comparison, words: str, at: int, lookup: Lookup) -> ConditionVerdict | Question:
    kind = lookup.kinds.get(read.kind)
    assert kind is not None
    field, line = kind.field_named(read.field), kind.field_named(kind.order or "")
    assert field is not None
    bounds: dict[str, tuple[Bound, Bound]] = {read.field: _bounds(read)}
    if read.when is not None:
        window = time_ranges.read(read.when, lookup.request.now)
        assert window is not None
        assert line is not None
        bounds[line.name] = (format_bound(line, window.low), format_bound(line, window.high))
    scope = await lookup.reach.scope(kind)
    if scope is None or isinstance(scope, TooMany):
        return _unreadable(at, f"{quote_words(words)} is not for you to see. Say what shall be done without the “if”.")
    query = Query(kind.name, where=scope, between=bounds, order=kind.order, limit=MOST)
    found = await lookup.kinds.search(query)
    records = [each for each in found if is_within(each, bounds)]
    if found and not records:  # what was found was not looked for: nothing follows from it
        return _unreadable(
            at, f"{quote_words(words)} can't be looked up here. Say what shall be done without the “if”."
        )
    if not records:
        return ConditionVerdict(False, "there is no such " + kind.title.lower())
    value = format_field(field, records[0].values)
    return ConditionVerdict(True, f"{records[0].label} has {value}", (LocatedRecord(records[0], kind, ()),))


def _unreadable(at: int, text: str) -> Question:
    return Question(slot=f"{at}.condition", code="unreadable", text=text, param="condition")


def _bounds(read: Comparison) -> tuple[Bound, Bound]:
    """At least, less than: the next number up or down is as near as a number can be."""
    number = float(read.number)
    up = math.nextafter(number, math.inf)
    exact: Bound = int(read.number) if read.number == read.number.to_integral_value() else number
    match read.op:
        case ">":
            return (up, None)
        case ">=":
            return (exact, None)
        case "<":
            return (None, exact)
        case "<=":
            return (None, up)
        case _:
            return (exact, up)


async def _exists(read: Existence, condition: Condition, at: int, lookup: Lookup) -> ConditionVerdict | Question:
    reference = read.reference
    kind = lookup.kinds.get(reference.kind)
    assert kind is not None
    need = RecordQuery(f"{at}.condition", "condition", kind)
    owner: LocatedRecord | None = None
    if reference.owner is not None and (above := lookup.kinds.get(reference.owner.kind)) is not None:
        whose = await lookup.find_meant(need.owner(above), reference.owner, condition.spans)
        if isinstance(whose, Question):
            return whose
        owner = whose[0] if whose else None
        if owner is None:
            return need.ask("I can't tell whose that is. Who is meant?")
        lookup.scene.add(owner)
    aim = await lookup.search.aim(need, reference, condition.spans, owner)
    if isinstance(aim, Question):
        return aim
    records = await lookup.search.find_all(aim)
    told = (
        f"{owner.label} has {format_count(len(records), kind)}"
        if owner
        else f"there are {format_count(len(records), kind)}"
    )
    found = tuple(LocatedRecord(each, kind, ()) for each in records[:1])
    return ConditionVerdict(bool(records) != read.negated, told, found)
