"""Lengths of time: "90 minutes", "1h30", "an hour and a half", "two weeks" → seconds as Decimal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from language import numerals
from language.measures import MEASURES, TIME
from language.text import Text

SECONDS: Final = {
    **{
        word: Decimal(each.size.numerator) / each.size.denominator
        for each in MEASURES
        if each.dimension == TIME
        for word in each.english
    },
    **dict.fromkeys(("month", "months"), Decimal(2592000)),
    **dict.fromkeys(("year", "years", "yr", "yrs"), Decimal(31536000)),
}
# "two more weeks" are two weeks.
BETWEEN: Final = frozenset(
    {"of", "more", "extra", "additional", "further", "full", "whole", "entire", "free", "another", "other"}
)
_COMPACT: Final = re.compile(r"(\d+)h(\d{1,2})(?:m|min)?", re.IGNORECASE)
_ISO: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True, slots=True)
class Duration:
    """Duration found in a text: ``count`` of the ``unit`` that was said, where one unit was. A month counts as 30 days,
    a year as 365: only such a unit takes them exactly."""

    start: int
    end: int
    seconds: Decimal
    unit: str
    count: Decimal


@lru_cache(maxsize=512)
def find(text: Text) -> tuple[Duration, ...]:
    made: list[Duration] = []
    for number in numerals.find(text):
        found = _read_one(text, number)
        if found is None:
            continue
        if (
            made
            and text.low[made[-1].end : found.start].strip(" ,") in {"", "and"}
            and found.seconds < made[-1].seconds
        ):
            last = made.pop()
            found = Duration(last.start, found.end, last.seconds + found.seconds, "", Decimal(0))
        made.append(found)
    taken = {each.start for each in made}
    made += [
        each
        for each in _find_articles(text)
        if each.start not in taken and not any(a.start <= each.start < a.end for a in made)
    ]
    for token in text.tokens:
        compact = _COMPACT.fullmatch(token.text)
        if compact:
            seconds = Decimal(compact.group(1)) * 3600 + Decimal(compact.group(2)) * 60
            made.append(Duration(token.start, token.end, seconds, "", Decimal(0)))
        iso = _ISO.fullmatch(token.text) if len(token.text) > 2 else None
        if iso and any(iso.groups()):
            days, hours, minutes, seconds_part = (Decimal(part or 0) for part in iso.groups())
            total = days * 86400 + hours * 3600 + minutes * 60 + seconds_part
            made.append(Duration(token.start, token.end, total, "", Decimal(0)))
    return tuple(sorted(made, key=lambda each: each.start))


def _read_one(text: Text, number: numerals.Number) -> Duration | None:
    if number.kind != "cardinal" or number.value < 0:
        return None
    if number.unit:
        factor = SECONDS.get(number.unit)
        if factor is None:
            return None
        joint = 1 if text.plain[number.end : number.end + 1] == "-" else 0
        return Duration(
            number.start, number.end + joint + len(number.unit), number.value * factor, number.unit, number.value
        )
    after = text.after(number.end, 3)
    if not after:
        return None
    step = 0
    if number.value == Decimal("0.5") and after[0].low in {"a", "an"} and len(after) > 1:
        step = 1
    if after[0].low in BETWEEN and len(after) > 1:
        step = 1
    word = after[step].low.lstrip("-")
    factor = SECONDS.get(word)
    if factor is None or (len(word) == 1 and after[step].start > number.end + 1):
        return None
    end = after[step].bare_end
    value = number.value
    extra = [token.low for token in text.after(end, 3)]
    if extra == ["and", "a", "half"]:
        value += Decimal("0.5")
        end = text.after(end, 3)[-1].end
    return Duration(number.start, end, value * factor, word, value)


def _find_articles(text: Text) -> list[Duration]:
    """ "an hour", "a week", "an hour and a half", "half hour", "30-minute"."""
    made: list[Duration] = []
    tokens = text.tokens
    for index, token in enumerate(tokens[:]):
        if token.low in {"a", "an", "another", "per", "half"} and index + 1 < len(tokens):
            follows = tokens[index + 1]
            factor = SECONDS.get(follows.low)
            if factor is not None and len(follows.low) > 2 and token.low != "per":
                if (
                    token.low in {"a", "an"}
                    and index > 0
                    and tokens[index - 1].low in {"half", "times", "twice", "once"}
                ):
                    continue
                count = Decimal("0.5") if token.low == "half" else Decimal(1)
                end = follows.end
                if [each.low for each in tokens[index + 2 : index + 5]] == ["and", "a", "half"]:
                    count, end = count + Decimal("0.5"), tokens[index + 4].end
                made.append(Duration(token.start, end, count * factor, follows.low, count))
        elif "-" in token.low:
            head, _, tail = token.low.partition("-")
            factor = SECONDS.get(tail)
            amount = numerals.parse_decimal(head)
            if factor is not None and amount is None:
                found = numerals.find(Text(head))
                amount = found[0].value if len(found) == 1 and found[0].end == len(head) else None
            if factor is not None and amount is not None:
                made.append(Duration(token.start, token.end, amount * factor, tail, amount))
    return made
