"""Day pairs: from which day until which, as in "12-13 December", "12 to 13 Dec" or "Thursday to Saturday"."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from agent.extract.time import dates
from language.date_forms import MONTHS
from language.text import Text, read_text

_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_TO: Final = r"(?:\s*[-–]\s*|\s+(?:to|until|till|through)\s+)(?:the\s+)?"
# Two days of one month, which is said once.
_ONE_MONTH: Final = (
    rf"(?P<before>{_MONTH})\.?\s+(?P<a>{_DAY}){_TO}(?P<b>{_DAY})",
    rf"(?P<c>{_DAY}){_TO}(?P<d>{_DAY})\s+(?:of\s+)?(?P<behind>{_MONTH})",
    rf"(?P<e>\d{{1,2}})\.{_TO}(?P<f>\d{{1,2}})\.(?P<of>\d{{1,2}})\.?",
)
_SURE: Final = 0.55


@dataclass(frozen=True, slots=True)
class DayPair:
    """The first and last day, and where both are said."""

    start: int
    end: int
    first: date
    last: date


@lru_cache(maxsize=512)
def find(text: Text, today: date) -> tuple[DayPair, ...]:
    """The joined days of a text. Two that don't follow each other are no pair."""
    lead, joined = _compile()
    made: list[DayPair] = []
    for found in lead.finditer(text.low):
        month = found["before"] or found["behind"]
        days = [found[one] or found[other] or found[third] for one, other, third in ("ace", "bdf")]
        written = [f"{day} {month}" if month else f"{today.year}-{found['of']}-{day}" for day in days]
        whens = [dates.find(read_text(each), today)[:1] for each in written]
        if all(whens):
            made.append(DayPair(*found.span(), whens[0][0].day, whens[1][0].day))
    single = [each for each in dates.find(text, today) if each.weight >= _SURE]
    for one, other in itertools.pairwise(single):
        between = joined.fullmatch(text.low, one.end, other.start)
        if between is not None and not any(each.start < other.end and one.start < each.end for each in made):
            made.append(DayPair(one.start, other.end, one.day, other.last or other.day))
    return tuple(each for each in made if each.first <= each.last)


@lru_cache(maxsize=1)
def _compile() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # On first use: it takes milliseconds.
    return re.compile(rf"(?<![\w.])(?:the\s+)?(?:{'|'.join(_ONE_MONTH)})(?![\w-])"), re.compile(rf"{_TO}|\s+and\s+")
