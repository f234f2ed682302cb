"""Relative answers: "half of it", "10 less", "a week more". They change the value that is on the card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

from agent.extract.spans import money
from agent.extract.time import durations
from agent.pipeline import ComputedSource, Span
from agent.validate.slots import Parameter, Read, Slots, VerifiedSpan, format_parameter
from core.money import get_exponent
from language import numerals
from language.fractions import read_fraction
from language.text import read_text
from registry.contract import Unit

_LEAD: Final = re.compile(
    r"^\W*(?:(?:no|ok|okay|sorry|actually|only|just|please|make\s+(?:it|that)|let['’]?s\s+(?:say|make\s+it))\b[\s,]*)*",
    re.IGNORECASE,
)
_OF_IT: Final = re.compile(
    r"\s*(?:(?:of|off)\s+(?:it|that|this|(?:the\s+)?(?:whole|full|total|amount|sum|price|value)(?:\s+(?:amount|sum|price|value))?))?"
    r"(?:\s+(?:please|only|instead))?\W*",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:%|percent|per\s+cent|pct)", re.IGNORECASE)
_FACTORS: Final = {"double": 2, "twice": 2, "triple": 3, "treble": 3}
_TIMES: Final = re.compile(rf"({'|'.join(_FACTORS)})(?:\s+(?:it|that|this))?(?!\w)", re.IGNORECASE)
_THAN_IT: Final = re.compile(
    r"\s*(?P<way>less|fewer|lower|shorter|off|more|extra|higher|longer|on\s+top)(?:\s+(?:(?:than|of)\s+)?(?:that|it|this|before|now|the\s+(?:total|amount|sum|price)))?"
    r"(?:\s+please)?\W*",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(r"(?P<way>minus|plus)\s+", re.IGNORECASE)
_LESS: Final = ("less", "fewer", "lower", "shorter", "off", "minus")
_LENGTHS: Final = {Unit.DAYS: 86400, Unit.HOURS: 3600, Unit.MINUTES: 60, Unit.SECONDS: 1}
_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)


@dataclass(frozen=True, slots=True)
class Relative:
    """A change of the value before: a part of it, or an amount less or more. ``unit`` is the one that was said (an ISO
    4217 code, ``seconds``, or None)."""

    op: Literal["*", "-", "+"]
    number: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class RelativeAnswers:
    """The relative answers about one parameter since ``base``, the last answer with a value of its own. With None, the
    value comes from the request or the record."""

    base: VerifiedSpan | None
    steps: tuple[tuple[Relative, VerifiedSpan], ...]

    def apply(self, parameter: Parameter, before: Any) -> Read | None:
        """The value after all changes in turn. None if one of them gives no value."""
        made: Read | None = None
        for relative, words in self.steps:
            made = apply_relative(parameter, relative, before, words)
            if made is None:
                return None
            before = made.value
        return made


def find_relative_answers(slots: Slots) -> dict[str, RelativeAnswers]:
    """The parameters whose latest answer is relative."""
    made: dict[str, RelativeAnswers] = {}
    for name in slots.contract.properties:
        if slots.annotation(name).record is not None:
            continue
        base: VerifiedSpan | None = None
        steps: list[tuple[Relative, VerifiedSpan]] = []
        for origin, answer in enumerate(slots.request.answers, start=1):
            if answer.slot != slots.slot(name) or not (answer.text or answer.choice):
                continue
            words = slots.request.words(origin)
            span = VerifiedSpan(words, (Span(origin=origin, start=0, end=len(words), text=words),) if words else ())
            relative = read_relative(words) if answer.text else None
            if relative is None:
                base, steps = span, []
            else:
                steps.append((relative, span))
        if steps:
            made[name] = RelativeAnswers(base, tuple(steps))
    return made


def read_relative(words: str) -> Relative | None:
    """Reads an answer as a change of the value before. None if it gives its own value, or has other words."""
    lead = _LEAD.match(words)
    text = words[lead.end() :] if lead is not None else words
    return _part(text) or _step(text)


def _part(text: str) -> Relative | None:
    found = _PERCENT.match(text)
    if found is not None and _OF_IT.fullmatch(text, found.end()):
        return Relative("*", Decimal(found[1].replace(",", ".")) / 100)
    if found is not None and (than := _THAN_IT.fullmatch(text, found.end())) is not None:
        share = Decimal(found[1].replace(",", ".")) / 100
        return Relative("*", 1 - share if than["way"].casefold() in _LESS else 1 + share)
    if (times := _TIMES.match(text)) is not None and _OF_IT.fullmatch(text, times.end()):
        return Relative("*", Decimal(_FACTORS[times[1].casefold()]))
    read = read_text(text)
    said = [token.low for token in read.tokens]
    part = read_fraction(said[1:] if said[:1] == ["the"] else said)
    if part is None:
        return None
    _, end = read.span(0, read.tokens[part[2] - 1 + (said[:1] == ["the"])].end)
    return Relative("*", Decimal(part[0]) / Decimal(part[1])) if _OF_IT.fullmatch(text, end) else None


def _step(text: str) -> Relative | None:
    signed = _SIGNED.match(text)
    begin = signed.end() if signed is not None else 0
    number = _measured(text[begin:])
    if number is None:
        return None
    amount, unit, end = number
    if signed is not None:
        way = signed["way"] if not text[begin + end :].strip(" .!") else None
    else:
        found = _THAN_IT.fullmatch(text, begin + end)
        way = found["way"] if found is not None else None
    if way is None or amount <= 0:
        return None
    return Relative("-" if way.casefold() in _LESS else "+", amount, unit)


def _measured(text: str) -> tuple[Decimal, str | None, int] | None:
    """The amount, duration or number at the start of a text, with its unit and end."""
    read = read_text(text)
    for length in durations.find(read)[:1]:
        if length.start == 0:
            return length.seconds, "seconds", read.span(0, length.end)[1]
    for each in money.find(read)[:1]:
        if each.start == 0 and each.currency is not None:
            return each.amount, each.currency, read.span(0, each.end)[1]
    for number in numerals.find(read)[:1]:
        if number.start == 0 and number.kind == "cardinal" and not number.unit:
            return number.value, None, read.span(0, number.end)[1]
    return None


def apply_relative(parameter: Parameter, relative: Relative, before: Any, words: VerifiedSpan) -> Read | None:
    """Applies a change to the value before, in the parameter's unit. None if the result is no valid value."""
    if isinstance(before, bool) or not isinstance(before, int | float):
        return None
    unit, base = parameter.annotation.unit, Decimal(str(before))
    number = _in_unit(parameter, relative)
    if number is None:
        return None
    made = base * number if relative.op == "*" else base - number if relative.op == "-" else base + number
    if unit is Unit.MONEY_MINOR:
        made = made.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if parameter.schema.get("type") == "integer" and made != made.to_integral_value():
        return None
    if made <= 0:
        return None
    value: int | float = int(made) if parameter.schema.get("type") == "integer" else float(made)
    shown, was = format_parameter(parameter, value), format_parameter(parameter, before)
    said = {"*": "of", "-": "less than", "+": "more than"}[relative.op]
    reading = f"{words.text} ({said} {was}) = {shown}"
    return Read(value, shown, ComputedSource(reading=reading, spans=words.spans))


def _in_unit(parameter: Parameter, relative: Relative) -> Decimal | None:
    """The number in the parameter's unit. None if it has another unit."""
    unit = parameter.annotation.unit
    if relative.op == "*":
        return relative.number
    if unit in _MONEY:
        if relative.unit == "seconds" or (relative.unit is not None and relative.unit != parameter.currency):
            return None
        exponent = get_exponent(parameter.currency) if unit is Unit.MONEY_MINOR and parameter.currency else 0
        return relative.number.scaleb(exponent)
    if relative.unit is None:
        return relative.number
    length = _LENGTHS.get(unit) if unit is not None and relative.unit == "seconds" else None
    return relative.number / length if length is not None else None
