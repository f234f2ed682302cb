"""Quantities: converts amounts of a proposal exactly to their parameter's unit, or asks."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import takewhile
from typing import Any, Final

from agent.extract.counted_units import find_counted_unit
from agent.extract.spans import money
from agent.extract.time.durations import BETWEEN
from agent.pipeline import PromptSource, Question
from agent.planning.proposal import Number
from agent.query.context import PERCENT, Quantity, Value, to_minor_units
from agent.validate import questions
from agent.validate.slots import Parameter, Slots
from language import numerals
from language.currencies import is_word_of, may_name
from language.date_forms import DAYS, MONTHS
from language.measures import Measure, find_measure
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
        "back instead again extra total altogether max maximum min minimum top tops cash net gross because since until "
        "till via against towards plus minus less credit goodwill bonus discount compensation tip deposit fee refund "
        "money percent worth"
    )
) | {stem(word) for word in (*DAYS, *MONTHS)}
"""Words behind an amount of money that its number doesn't count."""
_DOLLARS: Final = ("CAD", "AUD", "NZD", "SGD", "HKD", "MXN")


def coerce_quantity(slots: Slots, parameter: Parameter, value: Quantity) -> Any | Question:
    """A number in the parameter's type and unit. A stated unit is never dropped if the parameter counts in a unit: it
    is converted exactly, or asked about."""
    if parameter.annotation.unit in _MONEY:
        return _coerce_money(slots, parameter, value)
    label = parameter.label
    typed = {parameter.schema.get("type"), parameter.item().schema.get("type")}
    wanted = find_counted_unit(parameter.name, parameter.schema, parameter.annotation)
    changed = _change_unit(parameter, value, wanted)
    if changed is None:
        takes = wanted.name if wanted is not None else "percent" if _is_share(parameter) else "a number"
        text = f"“{label}” takes {takes}, not {value.shown}. What shall it be?"
        if value.noun:
            noun = questions.quote_words(value.noun)
            text = f"{noun} is no unit that I know, and “{label}” takes {takes}. What shall it be in {takes}?"
        return slots.ask(parameter.name, text, "unreadable")
    number = changed.number
    if "integer" in typed:
        if number != number.to_integral_value():
            whole = f"whole number of {wanted.name}" if wanted else "whole number"
            return slots.ask(parameter.name, f"{value.shown} is no {whole}. What shall “{label}” be?", "unreadable")
        return int(number)
    if parameter.schema.get("type") == "string":
        return f"{number.normalize():f}"
    return float(number)


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
    counts = parameter.annotation.unit is Unit.COUNT and value.measure is not None
    return value if not counts or _is_own_noun(parameter, value.said) else None


def _is_share(parameter: Parameter) -> bool:
    return parameter.annotation.unit is Unit.PERCENT


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
        asked = f"How much is it in {currency}?" if currency else "In which currency is it meant?"
        return slots.ask(parameter.name, f"{noun} is no currency that I know. {asked}", "unreadable")
    if said is not None and currency is not None and said != currency and not _may_be(value, currency):
        here = f"“{parameter.label}” is in {currency} here, and nothing is converted"
        text = f"{value.shown}: {here}. How much is it in {currency}?"
        return slots.ask(parameter.name, text, "unreadable")
    unit = currency or said
    if parameter.annotation.unit is Unit.MONEY:
        return float(value.number) if parameter.schema.get("type") != "string" else f"{value.number:f}"
    if unit is None:
        return slots.ask(
            parameter.name, f"In which currency is {value.shown}? Say the amount with its currency.", "unreadable"
        )
    return to_minor_units(value.number, unit)


def _may_be(value: Quantity, currency: str) -> bool:
    """Whether a sign or noun that was read as one currency may mean this one: "$", "dollars"."""
    one_word = len(value.said.split()) == 1 and value.said.upper() not in money.CODES
    return (value.unit == "USD" and currency in _DOLLARS) or (one_word and is_word_of(value.said, currency))


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
    if money.may_be_thousands(quote, currency):
        some, many = _read_both_ways(value.number)
        text = f"{said} can be {some.normalize():f} {currency} or {many:,.0f} {currency}. Which is it?"
        return slots.ask(parameter.name, text, "unreadable")
    if money.to_minor_units(value.number, currency) is None:
        return slots.ask(
            parameter.name, f"{said} has more decimals than {currency} has. How much shall it be?", "unreadable"
        )
    return None


def check_counted(slots: Slots) -> Question | None:
    """Asks about an amount of money if its number, without a currency, counts things: "refund 5 plants"."""
    for name, filled in slots.filled.items():
        if not slots.parameter(name).is_money or not isinstance(filled.source, PromptSource):
            continue
        span = filled.source.spans[-1]
        if any(each.currency for each in money.find(read_text(span.text))):
            continue
        words = slots.request.words(span.origin)
        if (counted := _find_counted(slots, words[: span.start], words[span.end :])) is not None:
            text = f"‘{span.text}{counted}’ is no amount of money. How much shall it be?"
            return slots.ask(name, text, "unreadable")
    return None


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
