"""Exact, closed arithmetic and comparison over typed values and record fields, shown as a sum. Units of one dimension
are converted exactly. Money never is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from typing import TYPE_CHECKING, Final

from agent.extract.counted_units import find_named_unit
from agent.extract.spans.money import agrees, find_named_code
from agent.extract.spans.money import find as find_sums
from agent.extract.time.date_math import shift
from agent.extract.time.durations import BETWEEN
from agent.pipeline import Question
from agent.planning.proposal import (
    MAX_DEPTH,
    ArgumentOf,
    Computed,
    CountOf,
    Day,
    Expression,
    FieldOf,
    Find,
    Number,
    Reference,
    TotalOf,
    Word,
    Words,
)
from agent.query.conditions import DATES, compare, find_time_span, read_quantity
from agent.query.context import DAYS, NOTHING_FOUND, PERCENT, Moment, Own, Plain, Quantity, Value, Worked, is_currency
from agent.validate.questions import quote_words
from agent.validate.records.field_words import name_field, tell_field
from agent.validate.records.located import LocatedRecord, RecordQuery, name_kind
from core import money
from language.measures import CALENDAR, TIME, find_measure
from language.text import read_text
from registry.records import Field, RecordKind, format_field

if TYPE_CHECKING:
    from agent.query.context import QueryContext


_SIGNS: Final = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_PERCENT: Final = frozenset((PERCENT, "percent", "per cent", "pct"))
_FACTORS: Final = frozenset(("x", "×", "times", "fold", "half", "halves"))
_CLOCK: Final = re.compile(r"[0-2]\d:[0-5]\d(?::[0-5]\d)?")
_DAY: Final = find_measure(DAYS)
_MINUTE: Final = find_measure("minutes")
_MONTH: Final = find_measure("months")
_MOST_DIGITS: Final = 15


class Arithmetic:
    """Evaluates expressions. Returns a question if a record, a unit or a number is missing."""

    def __init__(self, context: QueryContext) -> None:
        self.context = context

    async def work_out(
        self, expression: Expression, need: RecordQuery, own: Own = NOTHING_FOUND, depth: int = 0
    ) -> Worked | Question:
        """The value of an expression. ``need`` says whose question to ask if one is necessary. Raises
        PlatformUnavailable."""
        if depth > MAX_DEPTH:
            return need.ask("That is too much to work out at once. Say it more simply.", code="unreadable")
        match expression:
            case Number(number=number, unit=unit, quote=quote):
                return Worked(make_quantity(number, unit), words=_list_words(quote))
            case Day(date=text, quote=quote):
                return self._read_day(need, text, quote)
            case Word(word=word, quote=quote):
                return Worked(Plain(word), words=_list_words(quote))
            case FieldOf(field=name, of=reference):
                found = await self.context.records.find(self._make_query(need, reference, own), reference, own)
                return found if isinstance(found, Question) else self._read_field(need, name, found)
            case ArgumentOf(argument=name, of=call):
                before = self.context.earlier.get(call, {}).get(name)
                if before is None:
                    return need.ask("What was it before? Say the value itself.", code="missing")
                return Worked(before.value, before.reading)
            case CountOf(of=reference):
                found = await self.context.records.find_all(self._make_query(need, reference, own), reference, own)
                if isinstance(found, Question):
                    return found
                return Worked(Quantity(Decimal(len(found))), found=found)
            case TotalOf():
                totals = await self.list_totals(expression, need, own)
                if isinstance(totals, Question):
                    return totals
                if len(totals) != 1:
                    listed = ", ".join(each.shown for each in totals) or "nothing"
                    return need.ask(f"Together that is {listed}. In which currency do you mean it?", code="unreadable")
                return totals[0]
            case Computed():
                return await self._compute(expression, need, own, depth)
        raise AssertionError(expression)

    async def list_totals(self, total: TotalOf, need: RecordQuery, own: Own = NOTHING_FOUND) -> list[Worked] | Question:
        """The sum of a field over records, one for each currency. An average says over how many, and whether it is
        rounded."""
        found = await self.context.records.find_all(self._make_query(need, total.of, own), total.of, own)
        if isinstance(found, Question):
            return found
        sums: dict[str | None, Decimal] = {}
        counts: Counter[str | None] = Counter()
        for each in found:
            field = each.kind.field_named(total.field)
            quantity = self._read_quantity(field, each) if field is not None else None
            if field is None:
                return need.ask(
                    f"A {name_kind(each.kind)} has no {quote_words(total.field)} to add up.", code="unreadable"
                )
            if quantity is not None:
                sums[quantity.unit] = sums.get(quantity.unit, Decimal(0)) + quantity.number
                counts[quantity.unit] += 1
        made = [(Quantity(number, unit), counts[unit]) for unit, number in sorted(sums.items(), key=str)]
        if not total.average:
            return [Worked(each, found=found) for each, _ in made]
        return [_averaged(each, count, found) for each, count in made]

    # ── leaves ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_day(self, need: RecordQuery, text: str, quote: Words | None) -> Worked | Question:
        try:
            find_time_span(Moment(text), self.context.request.zone)
        except (ValueError, OverflowError):
            return need.ask(
                f"Which day do you mean by {quote_words(quote.text if quote else text)}?", code="unreadable"
            )
        return Worked(Moment(text), words=_list_words(quote))

    def _read_field(self, need: RecordQuery, name: str, found: Sequence[LocatedRecord]) -> Worked | Question:
        if len(found) != 1:
            return need.ask("Whose do you mean?", code="ambiguous")
        one = found[0]
        field = one.kind.field_named(name)
        if field is None:
            return need.ask(f"A {name_kind(one.kind)} has no {quote_words(name)}.", code="unreadable")
        value = self._read_quantity(field, one) if field.type == "money_minor" else read_field(field, one)
        if value is None:
            return need.ask(f"{one.label} has no {name_field(field, one.kind)}.", code="unreadable")
        words = tuple(Words(text=span.text, origin=span.origin, start=span.start) for span in one.spans)
        known = isinstance(value, Moment) or (isinstance(value, Quantity) and value.is_money)
        shown = value.shown if known else format_field(field, one.record.values)
        return Worked(value, tell_field(field, one.kind, shown), words, (one,))

    def _read_quantity(self, field: Field, found: LocatedRecord) -> Quantity | None:
        """A field's number. Money that doesn't tell its currency is in that of the amount that is worked out."""
        quantity, paid_in = read_quantity(field, found.record.values), self.context.paid_in
        unknown = quantity is not None and field.type == "money_minor" and quantity.unit is None
        if quantity is None or not unknown or paid_in is None:
            return quantity
        return Quantity(money.to_major_units(int(quantity.number), paid_in), paid_in)

    def _make_query(self, need: RecordQuery, reference: Reference, own: Own) -> RecordQuery:
        """The query for a record on the way to a value: any record of its kind."""
        kind: RecordKind | None = None
        if isinstance(reference, Find):
            kind = self.context.kinds.get(reference.record)
        else:
            found = own.get(reference.handle.removeprefix("@"), ())
            kind = found[0].kind if found else self.context.kind_of(reference.handle)
        if kind is None:
            return replace(need, filter={}, most=1)
        return need.owner(kind)

    # ── sums ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _compute(self, sum_: Computed, need: RecordQuery, own: Own, depth: int) -> Worked | Question:
        a = await self.work_out(sum_.a, need, own, depth + 1)
        if isinstance(a, Question):
            return a
        b = await self.work_out(sum_.b, need, own, depth + 1)
        if isinstance(b, Question):
            return b
        if sum_.op == "days between":
            return self._count_days_between(need, a, b)
        a, b = _share_currency(a, sum_.a, b), _share_currency(b, sum_.b, a)
        value = _calculate(sum_.op, a.value, b.value)
        if isinstance(value, str):
            return need.ask(value, code="unreadable")
        left, right = a.reading or a.shown, b.reading or b.shown
        left, right = (f"({each})" if " = " in each else each for each in (left, right))
        left, right = left.split(" = ")[0], right.split(" = ")[0]
        reading = f"{left} {_SIGNS[sum_.op]} {right} = {value.shown}"
        return Worked(value, reading, (*a.words, *b.words), (*a.found, *b.found))

    def _count_days_between(self, need: RecordQuery, a: Worked, b: Worked) -> Worked | Question:
        if not isinstance(a.value, Moment) or not isinstance(b.value, Moment):
            return need.ask("Which two days do you mean?", code="unreadable")
        zone = self.context.request.zone
        try:
            first, last = (find_time_span(each, zone)[0].astimezone(zone).date() for each in (a.value, b.value))
        except (ValueError, OverflowError):
            return need.ask("Which two days do you mean?", code="unreadable")
        days = Quantity(Decimal((last - first).days), DAYS)
        plain = (a.reading or a.shown, b.reading or b.shown) == (a.shown, b.shown)
        reading = f"{a.reading or a.shown}{' to ' if plain else ', '}{b.reading or b.shown} = {days.shown}"
        return Worked(days, reading, (*a.words, *b.words), (*a.found, *b.found))


def _share_currency(one: Worked, said: Expression, other: Worked) -> Worked:
    """A sum whose sign or word several currencies share ("50 cents") in the currency of the other one."""
    wanted = other.value.unit if isinstance(other.value, Quantity) and other.value.is_money else None
    if not isinstance(said, Number) or said.quote is None or not isinstance(one.value, Quantity) or wanted is None:
        return one
    sums = find_sums(read_text(said.quote.text))
    shared = len(sums) == 1 and sums[0].loose and agrees(sums[0], wanted)
    return replace(one, value=Quantity(one.value.number, wanted)) if shared and one.value.is_money else one


def _averaged(total: Quantity, count: int, found: tuple[LocatedRecord, ...]) -> Worked:
    """A sum divided by a number, rounded half up to the sum's decimals. It says ``about`` if that isn't exact."""
    digits = money.get_exponent(total.unit) if total.is_money and total.unit is not None else 2
    exact = total.number / count
    mean = Quantity(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP), total.unit)
    about = "" if mean.number * count == total.number else "about "
    return Worked(mean, f"{total.shown} ÷ {count} = {about}{mean.shown}", found=found)


def read_field(field: Field, found: LocatedRecord) -> Value | None:
    """A record's field as a value for arithmetic. None if it is empty."""
    held = found.record.values.get(field.name)
    if held is None:
        return None
    if (quantity := read_quantity(field, found.record.values)) is not None:
        counted = find_named_unit(field.name, field.label or "") if quantity.unit is None else None
        return Quantity(quantity.number, counted.name) if counted is not None else quantity
    if field.type in DATES and isinstance(held, str):
        return Moment(held.replace(" ", "T", 1).removesuffix("Z") if "T" in held or " " in held else held)
    return Plain(held)


def find_unit(unit: str | None) -> str | None:
    """A unit in its form for arithmetic: an ISO 4217 code, ``%``, or the plural of a unit of measure. None for any
    other word."""
    word = _strip_unit(unit)
    if word.casefold() in _PERCENT:
        return PERCENT
    currency = find_named_code(word)
    if currency is not None:
        return currency
    measure = find_measure(word)
    return measure.name if measure is not None else word if is_currency(word) else None


def make_quantity(number: Decimal, unit: str | None) -> Quantity:
    """A number with its unit as it was said. An unknown unit is kept too."""
    said = _strip_unit(unit)
    return Quantity(number, find_unit(said), "" if said.casefold() in _FACTORS else said)


def _strip_unit(unit: str | None) -> str:
    """A unit without words that only join it to its number: "more weeks" is weeks."""
    words = (unit or "").split()
    while len(words) > 1 and words[0].casefold() in BETWEEN:
        words.pop(0)
    return "" if len(words) == 1 and words[0].casefold() in BETWEEN else " ".join(words)


def _calculate(op: str, a: Value, b: Value) -> Value | str:
    """The result, or a sentence that says why there is none."""
    if isinstance(a, Moment) and isinstance(b, Quantity) and op in "+-" and b.unit is not None:
        return _shift(a, b, 1 if op == "+" else -1)
    if isinstance(a, Plain) and isinstance(b, Quantity) and op in "+-" and _CLOCK.fullmatch(str(a.value)):
        return _shift_clock(str(a.value), b, 1 if op == "+" else -1)
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        return "That can't be worked out. Say the value itself."
    try:
        made = _multiply(op, a, b) if op in "*/" else _add(op, a, b)
    except (DivisionByZero, InvalidOperation):
        return "That can't be divided. Say the value itself."
    if isinstance(made, Quantity) and abs(made.number) >= Decimal(10) ** _MOST_DIGITS:
        return "That is out of range. Say the value itself."
    return made


def _add(op: str, a: Quantity, b: Quantity) -> Quantity | str:
    sign = 1 if op == "+" else -1
    if b.unit == PERCENT and a.unit != PERCENT:
        return Quantity(a.number * (1 + sign * b.number / 100), a.unit)
    a, b = _align(a, b)
    if a.unit is not None and b.unit is not None and a.unit != b.unit:
        return f"{a.shown} and {b.shown} are in different units, and nothing is converted. Say the value itself."
    return Quantity(a.number + sign * b.number, a.unit or b.unit, a.said or b.said)


def _align(a: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
    """Both in the smaller of their units if they share a dimension. Otherwise unchanged."""
    if a.unit == b.unit:
        return a, b
    for one, other in ((a, b), (b, a)):
        if (measure := other.measure) is not None and (changed := one.convert_to(measure)) is not None:
            held = find_measure(one.said, measure.dimension) or one.measure
            if held is not None and held.size >= measure.size:
                return (changed, other) if one is a else (other, changed)
    return a, b


def _multiply(op: str, a: Quantity, b: Quantity) -> Quantity | str:
    if a.is_money and b.is_money and op == "*":
        return "Two amounts of money can't be multiplied. Say the value itself."
    a_number, b_number = (each.number / 100 if each.unit == PERCENT else each.number for each in (a, b))
    units = [each.unit for each in (a, b) if each.unit not in (None, PERCENT)]
    money_unit = next((unit for unit in units if is_currency(unit)), None)
    if op == "/":
        one, other = _align(a, b)
        if one.unit == other.unit:
            same = one.unit != PERCENT
            return Quantity(one.number / other.number if same else a_number / b_number, None, a.noun)
        return Quantity(a_number / b_number, a.unit if a.unit != PERCENT else None, a.said)
    if len(units) == 2 and money_unit is None:
        return f"{a.shown} × {b.shown} is no number of either. Say the value itself."
    unit = money_unit or (units[0] if units else None)
    return Quantity(
        a_number * b_number, unit, next((each.said for each in (a, b) if each.said and each.unit == unit), "")
    )


def _shift(a: Moment, b: Quantity, sign: int) -> Moment | str:
    wanted = _MONTH if b.measure is not None and b.measure.dimension == CALENDAR else _DAY
    assert wanted is not None
    whole = b.convert_to(wanted)
    short = b.measure is not None and b.measure.dimension == TIME and b.measure.size < wanted.size
    if whole is None or b.is_money or short or whole.number != whole.number.to_integral_value():
        return "That is no number of days. Say the day itself."
    try:
        day = date.fromisoformat(a.text[:10])
        return Moment(shift(day, sign * int(whole.number), wanted.one).isoformat())
    except (ValueError, OverflowError):
        return "Which day do you mean?"


def _shift_clock(said: str, b: Quantity, sign: int) -> Plain | str:
    """A time of the day, so much later or earlier on the same day."""
    minutes = b.convert_to(_MINUTE) if _MINUTE is not None else None
    if minutes is None or b.is_money or minutes.number != minutes.number.to_integral_value():
        return "That is no length of time. Say the time itself."
    hours, past = divmod(int(said[:2]) * 60 + int(said[3:5]) + sign * int(minutes.number), 60)
    return Plain(f"{hours:02}:{past:02}{said[5:]}") if 0 <= hours < 24 else "That is on another day. Say day and time."


def _list_words(quote: Words | None) -> tuple[Words, ...]:
    return (quote,) if quote is not None else ()


def test_holds(left: Worked, op: str, right: Worked) -> bool | None:
    """Whether the comparison holds. None if the two can't be compared: money of two currencies, a day with a name."""
    a, b = left.value, right.value
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        a, b = _align(a, b)
        if a.unit != b.unit and (a.is_money or a.measure is not None) and (b.is_money or b.measure is not None):
            return None
        return compare(op, a.number, b.number)
    if isinstance(a, Moment) and isinstance(b, Moment):
        if op in ("during", "="):
            return a.text.startswith(b.text)
        size = min(len(a.text), len(b.text))
        return compare(op, a.text[:size], b.text[:size])
    if isinstance(a, Plain | Quantity) and isinstance(b, Plain | Quantity):
        held, asked = (each.shown.replace("_", " ").casefold() for each in (a, b))
        if op == "contains":
            return asked in held
        return compare(op, held, asked) if op in ("=", "!=") else None
    return None
