"""Filters: turn each condition of a reference into a test of one record, and into a provider's search terms as far as
possible."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final

from agent.extract.references.value import Reference
from agent.extract.time import dates
from agent.extract.time.time_ranges import read as read_range
from agent.query.context import Moment, Plain, Quantity, Value
from agent.validate.records.contents import holds
from agent.validate.records.located import LocatedRecord, Scalar, Where, fits, get_id_value, merge_filters
from agent.validate.records.ranking import fold_words
from core import money
from language.gazetteer import find_code
from language.text import read_text
from registry.records import Bound, Bounds, Field, Record, RecordKind, is_between

Keeps = Callable[[Record], bool]
DATES: Final = ("datetime", "date")
NUMBERS: Final = ("money_minor", "number", "integer")
NOBODY: Final = frozenset({"", "none", "nobody", "null", "empty"})
"""Words for an empty field."""
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")
_CODE: Final = 2
_NUMBER: Final = re.compile(r"(\D*)(\d{1,18})")
_WRITTEN: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition as a filter. ``keeps`` decides. ``where`` and ``between`` are what a provider can be asked
    beforehand, ``exact`` if that is all. ``impossible`` filters keep nothing. ``rank`` is a record's position among
    alternatives, in their order."""

    keeps: Keeps
    where: Where = field(default_factory=dict)
    between: Bounds = field(default_factory=dict)
    impossible: bool = False
    exact: bool = False
    rank: Callable[[Record], int] | None = None


def filter_by_state(kind: RecordKind, state: str, *, negated: bool, now: datetime) -> Filter | None:
    """The filter for a state word of the kind, or for a value of one of its enums. None if the kind has no such
    word."""
    wanted = state.strip().casefold().replace("_", " ")
    states = {word.casefold().replace("_", " "): where for word, where in kind.states.items()}
    if wanted in (times := {word.casefold(): side for word, side in kind.times.items()}):
        name, side = times[wanted]
        stamp = now.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        low, high = (stamp, None) if side == "future" else (None, stamp)

        def lies(record: Record) -> bool:
            return is_between(record.values.get(name), low, high) is not negated

        return Filter(lies, between={} if negated else {name: (low, high)})
    where: Mapping[str, Sequence[Scalar]] | None = states.get(wanted)
    if where is None:
        holder = next((each for each in kind.fields if wanted in _list_members(each)), None)
        where = {holder.name: (_list_members(holder)[wanted],)} if holder is not None else None
    if where is None:
        return None
    found = where
    return Filter(lambda record: fits(record, found) is not negated, {} if negated else found)


def _list_members(each: Field) -> dict[str, str]:
    return {value.casefold().replace("_", " "): value for value in each.values}


def filter_by_field(each: Field, op: str, value: Value, zone: tzinfo) -> Filter | None:
    """The filter that compares a field with a value. None if the two can't be compared."""
    if each.type in DATES and isinstance(value, Moment):
        return _by_time(each, op, value, zone)
    if each.type == "string" and isinstance(value, Moment):
        return _by_written_time(each, op, value, zone)
    if each.type in NUMBERS and isinstance(value, Quantity):
        number = value
        return Filter(lambda record: _number_holds(each, record.values, op, number))
    if isinstance(value, Quantity) and value.unit is None:
        value = Plain(f"{value.number.normalize():f}")
    if not isinstance(value, Plain):
        return None
    return _by_plain(each, op, value.value)


def _begins(word: str, said: str) -> bool:
    """Whether a word is what was said, or an inflected or longer form of it. A code of two letters has none."""
    return word == said or (len(said) > _CODE and word.startswith(said))


def _by_plain(each: Field, op: str, value: Any) -> Filter | None:
    if str(value).casefold() in NOBODY and str(value).casefold() not in _list_members(each):
        value = None  # "no crew", of a field without such a member
    if value is None and op in ("=", "!="):
        return Filter(lambda record: (record.values.get(each.name) in (None, "")) is (op == "="))
    if op == "contains" and each.type not in ("string", "enum", "email", "id"):
        return None
    if op == "contains" or (op == "=" and each.type == "string"):
        asked = fold_words(str(value))
        telling = [word for word in asked if len(word) > 3] or asked

        def holds(record: Record) -> bool:
            held = str(record.values.get(each.name) or "")
            there = fold_words(held)
            return all(any(_begins(word, said) for word in there) for said in telling) or _same(held, value)

        return Filter(holds)
    if op in ("<=", ">=") and each.search == "number" and (bound := _split_number(value)) is not None:
        prefix, number = bound

        def lies(record: Record) -> bool:
            held = _split_number(record.values.get(each.name))
            return held is not None and prefix in ("", held[0]) and compare(op, held[1], number)

        return Filter(lies)
    if op in ("<", "<=", ">", ">=") and each.type == "string" and (clock := _read_clock(value)) is not None:

        def stands(record: Record) -> bool:
            held = _read_clock(record.values.get(each.name))
            return held is not None and compare(op, held, clock)

        return Filter(stands)
    if op not in ("=", "!="):
        return None
    if isinstance(value, str) and each.values:
        members, said = _list_members(each), value.casefold().replace("_", " ")
        value = members.get(said) or members.get(find_code(said) or "", value)
    if isinstance(value, str | int | bool) and op == "=":
        where = {each.name: (value,)}
        same = where if each.type in ("enum", "boolean", "id") else {}
        return Filter(lambda record: _same(record.values.get(each.name), value), same)
    return Filter(lambda record: _same(record.values.get(each.name), value) is (op == "="))


def _split_number(value: Any) -> tuple[str, int] | None:
    """What stands before a record's number, and the number: INV- and 7. None if it ends in no digits."""
    found = _NUMBER.fullmatch(str(value))
    return (found[1].casefold(), int(found[2])) if found is not None else None


def _read_clock(value: Any) -> time | None:
    """A time of day as a text field holds it: 9:30, 14:00. None if it is something else."""
    found = _CLOCK.fullmatch(str(value))
    return time(int(found[1]), int(found[2])) if found is not None else None


def _same(held: Any, value: Any) -> bool:
    """Whether both are the same, perhaps one by its code: Germany and DE, French and fr."""
    if isinstance(held, bool) or isinstance(value, bool):
        return held is value
    one, other = str(held).casefold(), str(value).casefold()
    return one in (other, find_code(other)) or other == find_code(one)


def _number_holds(each: Field, values: Mapping[str, Any], op: str, value: Quantity) -> bool:
    held = read_quantity(each, values)
    if held is None or (value.is_money and held.unit is not None and held.unit != value.unit):
        return False
    return compare(op, held.number, value.number)


def read_quantity(each: Field, values: Mapping[str, Any]) -> Quantity | None:
    """The value of a number field. Money is in major units with its currency."""
    held = values.get(each.name)
    if isinstance(held, bool) or not isinstance(held, int | float):
        return None
    currency = values.get(each.currency_field) if each.currency_field else None
    if each.type == "money_minor" and isinstance(held, int) and isinstance(currency, str):
        return Quantity(money.to_major_units(held, currency), currency)
    return Quantity(Decimal(str(held)))


def compare(op: str, left: Any, right: Any) -> bool:
    match op:
        case "=":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
    return False


def _by_time(each: Field, op: str, value: Moment, zone: tzinfo) -> Filter | None:
    low, high = find_time_span(value, zone)
    bounds: tuple[datetime | None, datetime | None]
    match op:
        case "during" | "=":
            bounds = (low, high)
        case "<":
            bounds = (None, low)
        case "<=":
            bounds = (None, high)
        case ">":
            bounds = (high, None)
        case ">=":
            bounds = (low, None)
        case "!=":
            inside = (_write_bound(each, low), _write_bound(each, high))
            return Filter(
                lambda record: (
                    record.values.get(each.name) is not None and not is_between(record.values.get(each.name), *inside)
                )
            )
        case _:
            return None
    return _lie_between(each, *bounds)


def _by_written_time(each: Field, op: str, value: Moment, zone: tzinfo) -> Filter | None:
    """The filter for a text field that holds a day or month ("October 2026", "2026-10")."""
    if op not in ("during", "=", "!="):
        return None
    low, high = find_time_span(value, zone)

    def holds(record: Record) -> bool:
        held = str(record.values.get(each.name) or "")
        if _WRITTEN.fullmatch(held):
            first, end = find_time_span(Moment(held), zone)
            return (low < end and first < high) is (op != "!=")
        said = dates.find(read_text(held), low.date())
        return any(low.date() <= one.day < high.date() for one in said) is (op != "!=")

    return Filter(holds)


def _lie_between(each: Field, low: datetime | None, high: datetime | None) -> Filter:
    written = (_write_bound(each, low), _write_bound(each, high))
    return Filter(
        lambda record: is_between(record.values.get(each.name), *written),
        between={each.name: written} if each.ranged else {},
    )


def filter_by_told(told: Reference, kind: RecordKind, order: str | None, now: datetime) -> Filter | None:
    """The filter for what a reader of functions read of a record's dates and content. None if the kind has no such
    dates."""
    line = kind.field_named(order or kind.order or "")
    sides = {kind.field_named(name): side for name, side in told.times.items()}
    sides |= {line: told.side} if told.side is not None else {}
    spans = [(each, *((now, None) if side == "future" else (None, now))) for each, side in sides.items()]
    windows = [read_range(words, now) for words in told.whens]
    spans += [(line, each.low, each.high) if each is not None else (None, None, None) for each in windows]
    filters = [Filter(lambda record: all(holds(record, kind, mark) for mark in told.marks))]
    for each, low, high in spans:
        if each is None or not each.ranged:
            return None
        filters.append(_lie_between(each, low, high))
    return match_all(filters)


def find_time_span(value: Moment, zone: tzinfo) -> tuple[datetime, datetime]:
    """The span of a moment, from (inclusive) and until (exclusive), as precisely as it was said. Raises ValueError for
    no date."""
    date, _, clock = value.text.replace(" ", "T").partition("T")
    parts = [int(part) for part in date.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    start = datetime(year, month, day, tzinfo=zone)
    if clock:
        moment = datetime.fromisoformat(f"{date}T{clock}:00" if len(clock) == 2 else f"{date}T{clock}")
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return moment, moment + (timedelta(hours=1) if len(clock) == 2 else timedelta(minutes=1))
    if len(parts) == 1:
        return start, datetime(year + 1, 1, 1, tzinfo=zone)
    if len(parts) == 2:
        return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    return start, start + timedelta(days=1)


def _write_bound(each: Field, moment: datetime | None) -> Bound:
    """A bound in the form of the field's values: a day, or a point in time in UTC without its zone."""
    if moment is None:
        return None
    if each.type == "date":
        return moment.date().isoformat()
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def filter_by_id(ids: Iterable[Scalar]) -> Filter:
    known = frozenset(str(each) for each in ids)
    return Filter(lambda record: record.id in known, impossible=not known)


def match_exactly(where: Where) -> Filter:
    """A filter by exact values: each field of ``where``, with the values it may have."""
    return Filter(lambda record: fits(record, where), where, exact=True)


def match_owner(kind: RecordKind, owner: LocatedRecord, where: Where) -> Filter:
    """The records that belong to an owner: by ``where``, or by any of several relations to one kind, such as the home
    and the away team of a match."""
    sides = [each.via for each in kind.relations if each.kind == owner.kind.name]
    if len(sides) < 2:
        return match_exactly(where)
    ids = (get_id_value(owner.record, owner.kind),)
    return replace(match_any([match_exactly({side: ids}) for side in sides]), rank=None)


def match_any(filters: Sequence[Filter]) -> Filter:
    """Matches any of the filters. If all are about one field, a provider is asked for all their values at once."""
    names = {tuple(each.where) for each in filters}
    where: dict[str, tuple[Scalar, ...]] = {}
    if len(names) == 1 and len(name := next(iter(names))) == 1:
        where = {name[0]: tuple(dict.fromkeys(value for each in filters for value in each.where[name[0]]))}
        if all(each.exact for each in filters):  # of hundreds of owners, none is compared with each record
            places = {str(value): at for at, each in reversed([*enumerate(filters)]) for value in each.where[name[0]]}

            def find_place(record: Record) -> int:
                return places.get(str(record.values.get(name[0])), len(filters))

            return Filter(lambda record: find_place(record) < len(filters), where, rank=find_place)

    def rank(record: Record) -> int:
        return next((at for at, each in enumerate(filters) if each.keeps(record)), len(filters))

    return Filter(lambda record: any(each.keeps(record) for each in filters), where, rank=rank)


def match_all(filters: Sequence[Filter]) -> Filter:
    """Matches all of the filters. ``impossible`` if two of them exclude each other."""
    where = merge_filters(*(each.where for each in filters))
    between: dict[str, tuple[Bound, Bound]] = {}
    for each in filters:
        for name, (low, high) in each.between.items():
            lows = [bound for bound in (between.get(name, (None, None))[0], low) if bound is not None]
            highs = [bound for bound in (between.get(name, (None, None))[1], high) if bound is not None]
            between[name] = (max(lows, key=str, default=None), min(highs, key=str, default=None))
    return Filter(
        lambda record: all(each.keeps(record) for each in filters),
        where or {},
        between,
        impossible=where is None or any(each.impossible for each in filters),
        rank=next((each.rank for each in filters if each.rank is not None), None),
    )
