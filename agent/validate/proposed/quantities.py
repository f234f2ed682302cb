"""Quantities: converts amounts of a proposal exactly to their parameter's unit, or asks."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import takewhile
from typing import Any, Final

from agent.extract.counted_units import find_counted_unit
from agent.extract.references.vocabulary import rate_person_likeness
from agent.extract.spans import money
from agent.extract.time.durations import BETWEEN
from agent.pipeline import PromptSource, Question, RecordSource, Span
from agent.planning.proposal import Number
from agent.query.context import PERCENT, Quantity, Value, to_minor_units
from agent.validate import questions
from agent.validate.proposed.directions import find_held
from agent.validate.records.located import LocatedRecord
from agent.validate.slots import Parameter, Slots
from core.money import to_major_units
from language import numerals
from language.currencies import is_word_of, may_name
from language.date_forms import DAYS, MONTHS
from language.measures import CALENDAR, LENGTH, TIME, Measure, counts_in, counts_singly, find_measure, is_same_unit
from language.stems import EMPTY, stem, stem_text
from language.text import read_text, singularize, split_name
from language.wordnet import is_word
from registry.contract import Unit

_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)
_NEXT: Final = re.compile(
    r"[’']?\s+(?:(?:more|other|further)\s+)?(?P<of>of\s+(?:the|these|those|his|her|their|its|our|my|[\w-]+['’]s)\s+)?"
    r"(?:[\d.,]+\s+)?(?P<words>[^\W\d_]+(?:[ -][^\W\d_]+){0,3})(?!['’]s)",
)
_OUT_OF: Final = re.compile(r"(?:\d|one|two|three|four|five)\s+(?:in|out\s+of)\s+$", re.IGNORECASE)
_BESIDE_MONEY: Final = frozenset(
    stem_text(
        "back instead rather again extra total altogether max maximum min minimum top tops cash net gross because"
        " since until till via against towards plus minus less credit goodwill bonus discount compensation tip deposit"
        " fee refund money percent worth except excluding apart unless"
    )
) | {stem(word) for word in (*DAYS, *MONTHS)}
"""Words behind an amount of money that its number doesn't count."""
_UNIT: Final = r"(?P<unit>[^\W\d_²³]+(?P<power>[23²³])?)(?P<of>\s+of\b)?"
_COUNTED_IN: Final = re.compile(
    rf"\s*-?\s*(?:[(\[]\s*)?(?:(?:more|extra|additional|further|other|whole|full)\s+)?{_UNIT}", re.IGNORECASE
)
_IN_BRACKETS: Final = re.compile(rf"[^\d(\[,.;:!?]*[(\[]\s*{_UNIT}", re.IGNORECASE)
# Nothing else is counted then: "linen, 3 rolls" are as many rolls as "3 rolls of linen".
_CLOSES: Final = re.compile(r"\s*(?:[)\],.;:!?]|$)")
_WORD: Final = re.compile(r"[^\W\d_]+")
_UNIT_NAMES: Final = frozenset(("unit", "units", "uom", "measure"))
_METRES_OR_MILLIONS: Final = re.compile(r"\d[\d.,]*m", re.IGNORECASE)
_MILLION: Final = 10**6
_FEWEST_LETTERS: Final = 3
_PERSON: Final = 2
_MOST_DECIMALS: Final = 8
_DOLLARS: Final = ("CAD", "AUD", "NZD", "SGD", "HKD", "MXN")


def coerce_quantity(slots: Slots, parameter: Parameter, value: Quantity) -> Any | Question:
    """A number in the parameter's type and unit. A stated unit is never dropped if the parameter counts in a unit: it
    is converted exactly, or asked about."""
    if parameter.annotation.unit in _MONEY:
        return _coerce_money(slots, parameter, value)
    label = parameter.label
    typed = {parameter.schema.get("type"), parameter.item().schema.get("type")}
    wanted = find_counted_unit(parameter.name, parameter.schema, parameter.annotation)
    changed = value if wanted is None and _is_records_unit(slots, value) else _change_unit(parameter, value, wanted)
    if changed is None:
        takes = wanted.name if wanted is not None else "percent" if _is_share(parameter) else "a number"
        text = f"“{label}” takes {takes}, not {value.shown}. What should it be?"
        if value.noun:
            noun = questions.quote_words(value.noun)
            text = f"{noun} is no unit that I know, and “{label}” takes {takes}. What should it be in {takes}?"
        return slots.ask(parameter.name, text, "unreadable")
    number = changed.number
    if "integer" in typed:
        if number != number.to_integral_value():
            text = f"“{label}” takes whole numbers, and {value.shown} is none. What should it be?"
            if wanted is not None:
                text = f"{value.shown} is no whole number of {wanted.name}. What should “{label}” be?"
            return slots.ask(parameter.name, text, "unreadable")
        return int(number)
    if parameter.schema.get("type") == "string":
        return f"{number.normalize():f}"
    return float(number) if wanted is not None else _write_share(slots, parameter, number)


def _write_share(slots: Slots, parameter: Parameter, number: Decimal) -> float | Question:
    """A number that may be worked out. One without an end, such as a third of 10, is no value to send."""
    if number.as_tuple().exponent >= -_MOST_DECIMALS:  # type: ignore[operator]
        return float(number)
    text = f"That would be {number:.4f}…, which is no exact number. What should “{parameter.label}” be?"
    return slots.ask(parameter.name, text, "unreadable")


def read_said_unit(parameter: Parameter, number: Decimal, quote: str) -> Quantity | None:
    """A number with the unit beside it in its own words, if the proposal names no unit and the parameter counts in
    another: "two years" is not 2 months, and "50 cents" is not 50 euros."""
    if parameter.annotation.unit in _MONEY:
        sums = money.find(read_text(quote))
        in_cents = len(sums) == 1 and sums[0].cents and sums[0].amount * 100 == number
        return Quantity(sums[0].amount) if in_cents else None
    wanted = find_counted_unit(parameter.name, parameter.schema, parameter.annotation)
    text = read_text(quote)
    found = numerals.find(text)
    if wanted is None or len(found) != 1 or found[0].value != number or found[0].kind != "cardinal":
        return None
    follows = [each.low for each in text.after(found[0].end, 4)]
    while follows and follows[0] in BETWEEN:
        follows.pop(0)
    said = found[0].unit or (follows[0] if follows else "")
    held = find_measure(said, wanted.dimension)
    return Quantity(number, held.name, said) if held is not None and held != wanted else None


def show_quantity(parameter: Parameter, value: Quantity) -> str:
    """A quantity for a person to read, in the parameter's unit."""
    wanted = find_counted_unit(parameter.name, parameter.schema, parameter.annotation)
    changed = _change_unit(parameter, value, wanted) if wanted is not None else None
    return (changed or value).shown


def _change_unit(parameter: Parameter, value: Quantity, wanted: Measure | None) -> Quantity | None:
    """The quantity in the parameter's unit. None if the conversion isn't exact or the unit is unknown."""
    if wanted is not None:
        if value.unit is None and (not value.noun or _is_own_noun(parameter, value.noun)):
            return value
        return value.convert_to(wanted)
    if _is_share(parameter):
        return value if value.unit in (None, PERCENT) and not value.noun else None
    if value.is_money:
        return None
    lasts = value.measure is not None and value.measure.dimension in (TIME, CALENDAR)
    counts = parameter.annotation.unit is Unit.COUNT and lasts
    return value if not counts or _is_own_noun(parameter, value.said) else None  # other units: ``check_counted``


def _is_share(parameter: Parameter) -> bool:
    return parameter.annotation.unit is Unit.PERCENT


def _is_records_unit(slots: Slots, value: Quantity) -> bool:
    """Whether a record of the call says itself that it is counted in this unit: webbing by the metre."""
    held = (each.record.values.values() for group in slots.records.values() for each in group)
    said = (find_measure(text) for values in held for text in values if isinstance(text, str))
    return value.measure is not None and value.measure in said


def _is_own_noun(parameter: Parameter, noun: str) -> bool:
    """Whether a noun is the parameter's own name: "seats" for "Seats", which counts nothing else."""
    title = parameter.schema.get("title")
    named = f"{' '.join(split_name(parameter.name))} {parameter.label} {title if isinstance(title, str) else ''}"
    own = {stem(word) for word in named.split()}
    return all(stem(word) in own for word in noun.split())


def _coerce_money(slots: Slots, parameter: Parameter, value: Quantity) -> Any | Question:
    currency, said = parameter.currency, value.unit
    known = said is not None or not value.noun or (currency is not None and may_name(value.noun, currency))
    if not known:
        noun = questions.quote_words(value.noun)
        asked = f"How much is it in {currency}?" if currency else "In which currency do you mean it?"
        return slots.ask(parameter.name, f"{noun} is no currency that I know. {asked}", "unreadable")
    if said is not None and currency is not None and said != currency and not _may_be(value, currency):
        here = f"“{parameter.label}” is in {currency} here, and nothing is converted"
        text = f"{value.shown}: {here}. How much is it in {currency}?"
        return slots.ask(parameter.name, text, "unreadable")
    unit = currency or said
    if parameter.annotation.unit is Unit.MONEY:
        number = value.number
        number = to_major_units(to_minor_units(number, currency), currency) if currency is not None else number
        written = parameter.schema.get("type") == "string"
        return f"{number:f}" if written else _write_share(slots, parameter, number)
    if unit is None:
        shown = f"{value.number:.2f}" if value.number % 1 else value.shown  # as money is written
        return slots.ask(
            parameter.name, f"In which currency is {shown}? Say the amount with its currency.", "unreadable"
        )
    return to_minor_units(value.number, unit)


def _may_be(value: Quantity, currency: str) -> bool:
    """Whether a sign or noun that was read as one currency may mean this one: "$", "dollars"."""
    one_word = len(value.said.split()) == 1 and value.said.upper() not in money.CODES
    return (value.unit == "USD" and currency in _DOLLARS) or (one_word and is_word_of(value.said, currency))


_NEAR: Final = 5
"""How many times as much or as little may still be an amount that takes another's place."""


def ask_amount(slots: Slots, parameter: Parameter, number: Number, value: Value) -> Question | None:
    """The question about a typed amount of money, if there is one.

    Asks if the amount names another currency, if its separator is ambiguous, or if it has a fraction of the smallest
    unit. A typed amount is never rounded.
    """
    if parameter.annotation.unit not in _MONEY or not isinstance(value, Quantity):
        return None
    quote = number.quote.text if number.quote else ""
    currency = parameter.currency or (value.unit if value.is_money else None)
    if currency is None:
        return None
    said = questions.quote_words(quote or value.shown)
    if (other := _name_other_currency(quote, value, currency)) is not None:
        here = f"“{parameter.label}” is in {currency} here: nothing is converted"
        text = f"{said} is in {other}, and {here}. How much is it in {currency}?"
        return slots.ask(parameter.name, text, "unreadable")
    if money.may_be_thousands(quote, currency) and not _is_near_held(slots, parameter, value.number, currency):
        some, many = _read_both_ways(value.number)
        text = f"{said} can be {some.normalize():f} {currency} or {many:,.0f} {currency}. Which is it?"
        return slots.ask(parameter.name, text, "unreadable")
    if (why := money.explain_unsendable(value.number, currency)) is not None:
        return slots.ask(parameter.name, f"{said} {why}. How much should it be?", "unreadable")
    return None


def _is_near_held(slots: Slots, parameter: Parameter, number: Decimal, currency: str) -> bool:
    """Whether an amount is about what the record has now, so that a thousandth or a thousand times it can't be meant:
    "19.750" of what was 18,500."""
    held = find_held(slots, parameter.name)
    if isinstance(held, bool) or not isinstance(held, int | float) or held <= 0:
        return False
    minor = parameter.annotation.unit is Unit.MONEY_MINOR
    now = to_major_units(held, currency) if minor and isinstance(held, int) else Decimal(str(held))
    return now <= number * _NEAR and number <= now * _NEAR


def check_counted(slots: Slots) -> Question | None:
    """Asks about a number that counts something else: an amount of money whose number, without a currency, counts
    things ("refund 5 plants"), and a count in what the record isn't counted in ("20 metres" of what goes by kilos). Of
    calls for several records, each is checked by itself."""
    for name, filled in slots.filled.items() if not slots.spread else ():
        if not isinstance(filled.source, PromptSource):
            continue
        parameter, span = slots.parameter(name), filled.source.spans[-1]
        words = slots.request.words(span.origin)
        if not parameter.is_money:
            if (asked := _ask_unit(slots, parameter, words, span)) is not None:
                return asked
            continue
        if any(each.currency for each in money.find(read_text(span.text))):
            continue
        counted = _find_counted(slots, words[: span.start], words[span.end :])
        if counted is not None and not _names_record(slots, span, counted):
            text = f"‘{span.text}{counted}’ is no amount of money. How much should it be?"
            return slots.ask(name, text, "unreadable")
    return None


def _ask_unit(slots: Slots, parameter: Parameter, words: str, span: Span) -> Question | None:
    """Asks about the unit or container behind a plain count, unless the record is counted in it, or if no record says
    in what, the contract names it."""
    plain = parameter.schema.get("type") in ("integer", "number") and parameter.annotation.unit in (None, Unit.COUNT)
    if not plain or find_counted_unit(parameter.name, parameter.schema, parameter.annotation) is not None:
        return None
    number = next((each for each in numerals.find_typed(words) if span.start <= each.start < span.end), None)
    things = [each for group in slots.records.values() for each in group if rate_person_likeness(each.kind) < _PERSON]
    unit = _find_unit_said(words, number, beside=bool(things)) if number is not None else None
    if number is None or unit is None or _is_own_noun(parameter, unit):
        return None
    thing = things[0].label if things else "It"
    kept = next((held for each in things if (held := _find_unit_kept(each)) is not None), None)
    contract = slots.contract
    named = (contract.title, contract.description, parameter.label, *contract.aliases, thing)
    named += tuple(noun for each in things[:1] for noun in each.kind.nouns)
    told = [kept] if kept is not None else [word for text in named for word in _WORD.findall(text)]
    same = next((word for word in told if is_same_unit(unit, word)), None)
    if same is not None and unit == "m" and slots.filled[parameter.name].value == number.value >= _MILLION:
        text = f"{words[number.start : number.end]} may be millions or {same}. How many {same} should it be?"
    elif same is not None or (kept is None and (unit == "m" or counts_singly(unit))):
        return None
    elif kept is not None:
        text = f"{thing} {_choose_be(thing)} counted in {kept}, not {_write_unit(unit)}. How many {kept}?"
    else:
        text = f"{thing} {_choose_be(thing)} not counted in {_write_unit(unit)} here. How many should it be?"
    return slots.ask(parameter.name, text, "unreadable")


def _write_unit(unit: str) -> str:
    """A unit as a word: "litres", and not "l"."""
    held = find_measure(unit, LENGTH if unit == "m" else None) if len(unit) < _FEWEST_LETTERS else None
    return held.name if held is not None else unit


def _choose_be(thing: str) -> str:
    return "are" if singularize(thing) != thing else "is"


def _find_unit_said(words: str, number: numerals.Number, *, beside: bool) -> str | None:
    """The unit or container behind a number, in small letters. "20m" may be metres. ``beside``: a record says what is
    counted, so that a container alone is no thing itself."""
    if _METRES_OR_MILLIONS.fullmatch(words, number.start, number.end):
        return "m"
    if number.unit:
        return number.unit if counts_in(number.unit, of=False) else None
    for pattern in (_COUNTED_IN, _IN_BRACKETS):
        if (told := pattern.match(words, number.end)) is not None:
            unit, alone = told["unit"].casefold(), beside and _CLOSES.match(words, told.end("unit")) is not None
            if told["power"] or counts_in(unit, of=alone or told["of"] is not None):
                return unit  # "20 m3" are no 20 metres
    return None


def _find_unit_kept(found: LocatedRecord) -> str | None:
    """In what a record is counted: its field that is called so ("unit_name"), or the only one that holds a metric
    unit."""
    held = [(each, str(found.record.values.get(each.name) or "")) for each in found.kind.fields]
    names = [{*split_name(each.name), *each.label.lower().split()} for each, _ in held]
    called = [value for (_, value), said in zip(held, names, strict=True) if value and _UNIT_NAMES & said]
    named = called or [value for _, value in held if counts_in(value.casefold(), of=False)]
    return named[0] if len(named) == 1 and named[0].isalpha() else None


def _names_record(slots: Slots, number: Span, counted: str) -> bool:
    """Whether the words behind a number are the name of a record of the call, in the singular ("75 roof fund"), and so
    nothing that is counted."""
    start, end = number.end + len(counted) - len(counted.lstrip()), number.end + len(counted)
    sources = [each.source for each in slots.filled.values() if isinstance(each.source, RecordSource)]
    named = [each for of in sources for each in of.spans if each.origin == number.origin]
    singular = all(singularize(word) == word for word in counted.split())
    return singular and any(each.start <= start < end <= each.end for each in named)


def _find_counted(slots: Slots, before: str, after: str) -> str | None:
    """The words behind a number that name what it counts. None if they may stand behind an amount of money."""
    if _OUT_OF.search(before):
        return ""
    found = _NEXT.match(after)
    if found is None or money.find_currency(found["words"].split()[0]) is not None:
        return None
    said = list(takewhile(lambda word: word.casefold() not in EMPTY, re.split("[ -]", found["words"])))
    records, contract = [each for group in slots.records.values() for each in group], slots.contract
    nouns = {root for each in records for noun in each.kind.nouns for root in stem_text(noun)}
    held = {root for each in records for value in each.record.values.values() for root in stem_text(str(value))}
    held -= {root for each in records for root in stem_text(each.label)}
    own = {root for text in (contract.title, *contract.aliases) for root in stem_text(text)} - nouns
    things = [
        word
        for word in said
        if (stem(word) in held or (word.islower() and is_word(word))) and stem(word) not in own | _BESIDE_MONEY
    ]
    plural = any(singularize(word) != word for word in things)
    if said and not plural and stem(said[-1]) in own and find_measure(said[0]) is None:
        return None  # "a 50 welcome credit" is what the action gives, and counts nothing
    counts = plural if found["of"] else bool(said) and said[0] in things
    return after[: found.start("words")] + " ".join(said) if counts else None


def _name_other_currency(quote: str, value: Quantity, currency: str) -> str | None:
    """Another currency that an amount certainly names: "A$40", "40 US dollars", or "40 dollars" where euros are due. A
    sign that several currencies share names none. A model's own unit doesn't count."""
    here = any(is_word_of(word, currency) for word in quote.split())
    named = {
        each.currency
        for each in money.find(read_text(quote))
        if each.currency and not (each.loose and (here or money.agrees(each, currency)))
    }
    if value.unit is not None and len(value.said.split()) > 1:
        named.add(value.unit)
    return next((each for each in sorted(named) if each != currency), None) if currency not in named else None


def _read_both_ways(number: Decimal) -> tuple[Decimal, Decimal]:
    """The amount with its separator as a decimal point, and as a thousands separator."""
    return (number, number * 1000) if number < 1000 else (number / 1000, number)
