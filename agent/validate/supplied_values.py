"""Supplied values: parameters given as data by the API or an event, not read from words. They are checked like any
other.

A value that names a record is looked up and pinned. A value that the contract doesn't let a request choose is refused,
unless it equals what the contract takes anyway. The contract's JSON Schema is checked last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agent.pipeline import Fault, GivenSource, Question, Refusal, SuppliedValue
from agent.validate.questions import explain_exclusion, quote_words
from agent.validate.records.located import LocatedRecord, RecordQuery, RecordScope, fits, name_kind
from agent.validate.slots import Parameter, Slots, format_parameter
from core import canon
from core.display_text import to_display_text
from core.errors import NotCanonical
from registry.records import Query, Record

SHOWN_CHARS: Final = 4000


def refuse_value(given: SuppliedValue, code: str, detail: str, *, below: str = "") -> Refusal:
    """A refusal that points to the value in the supplied data."""
    return Refusal(
        code="invalid",
        detail=f"{detail} Nothing was sent.",
        faults=(Fault(pointer=given.pointer + below, code=code, detail=detail),),
    )


def make_source(given: SuppliedValue, reading: str = "") -> GivenSource:
    return GivenSource(by=given.by, pointer=given.pointer, ref=given.ref, reading=reading)


def fill(slots: Slots, parameter: Parameter, given: SuppliedValue, taken: Any | None) -> Refusal | None:
    """Fills a supplied value that is no record. ``taken`` is what the contract derives for this parameter from a
    record, or None."""
    name, value = parameter.name, given.value
    if not slots.annotation(name).takes_words and (taken is None or taken != value):
        detail = f"{parameter.label} can't be chosen: the contract takes it from elsewhere. Leave it out."
        return refuse_value(given, "not_choosable", detail)
    if slots.list_money_in(name) and taken is not None and taken != value:
        detail = f"{parameter.label} is {to_display_text(str(taken))} here; nothing is converted."
        return refuse_value(given, "other_currency", detail)
    try:
        written = canon.dumps(value).decode()
    except NotCanonical as error:
        return refuse_value(
            given, "not_canonical", f"{parameter.label} can't be signed: {to_display_text(error.detail)}"
        )
    nested = isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(each, dict | list) for each in value)
    )
    shown = to_display_text(written, limit=SHOWN_CHARS) if nested else format_parameter(parameter, value)
    slots.put(name, value, shown, make_source(given))
    return None


async def find_records(
    need: RecordQuery, parameter: Parameter, given: SuppliedValue, field: str, reach: RecordScope
) -> tuple[LocatedRecord, ...] | Refusal:
    """The records whose ``field`` holds the supplied value, or each of the values for an array, in their order. Raises
    PlatformUnavailable."""
    wanted = given.value if parameter.is_array else [given.value]
    if not isinstance(wanted, list):
        return refuse_value(given, "wrong_type", f"{parameter.label} takes a list.")
    if len(wanted) > need.most:
        return refuse_value(given, "too_many", f"{parameter.label} takes at most {need.most}; {len(wanted)} are given.")
    found: list[LocatedRecord] = []
    for at, value in enumerate(wanted):
        below = f"/{at}" if parameter.is_array else ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            detail = f"{parameter.label} is named by the {field} of the {name_kind(need.kind)}: a string or an integer."
            return refuse_value(given, "wrong_type", detail, below=below)
        record = await _find_one(need, value, field, reach)
        if record is None:
            detail = f"There is no {name_kind(need.kind)} with the {field.replace('_', ' ')} {quote_words(str(value))}."
            return refuse_value(given, "record_not_found", detail, below=below)
        one = LocatedRecord(record, need.kind, ())
        if not fits(record, need.filter):
            why = explain_exclusion(record, one.label, need)
            return refuse_value(given, "record_not_allowed", to_display_text(why), below=below)
        found.append(one)
    return tuple(found)


async def _find_one(need: RecordQuery, value: str | int, field: str, reach: RecordScope) -> Record | None:
    """The one record with this value within the principal's reach. None if there is none or several."""
    kind = need.kind
    if field == kind.id_field:
        record = await reach.kinds.record(kind.name, str(value))
        held = [record] if record is not None and record.id == str(value) else []
    else:
        listed = await reach.kinds.search(Query(kind.name, where={field: (value,)}, limit=2))
        held = [each for each in listed if str(each.values.get(field)) == str(value)]
    scope = await reach.find_bounds(kind)
    if len(held) != 1 or not isinstance(scope, Mapping) or not fits(held[0], scope):
        return None
    return held[0]


def refuse_question(slots: Slots, question: Question) -> Refusal:
    """Turns a question into a refusal, because nobody is there to answer it."""
    missing = question.missing if question.code == "missing" else ()
    faults = [
        Fault(pointer=_make_pointer(slots, name), code="missing", detail=f"{slots.label(name)} is required.")
        for name in missing
    ]
    if not faults and question.param:
        faults = [Fault(pointer=_make_pointer(slots, question.param), code=question.code, detail=question.text)]
    names = ", ".join(slots.label(name) for name in missing)
    detail = f"Not given: {names}." if missing else question.text
    return Refusal(code="invalid", detail=f"{detail} Nothing was sent.", faults=tuple(faults))


def _make_pointer(slots: Slots, name: str) -> str:
    held = slots.draft.given.get(name)
    return held.pointer if held is not None else f"/params/{name}"
