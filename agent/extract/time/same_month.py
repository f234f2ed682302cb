"""Days that borrow their month: "from the 8th until the 15th of May"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agent.extract.time import date_math
from language.text import Text

if TYPE_CHECKING:
    from agent.extract.time.dates import DateSpan

_TIED: Final = re.compile(
    r"\W*(?:(?:and|or|until|till|to|through|thru|-|–|then|back|return(?:ing)?|leaving|out|on|by|the|coming|come|check(?:ing)?)[\s,-]*)*(?:[a-z]+[\s,]+){0,3}"
)


def of_same_month(text: Text, made: list[DateSpan]) -> list[DateSpan]:
    """ "from the 8th until the 15th of May", "out on June 12 and back on the 19th": a day without its month is of the month beside it."""
    for at, when in enumerate(made):
        if not when.bare:
            continue
        for other, later in ((made[at + 1 : at + 2], True), (made[max(0, at - 1) : at], False)):
            if not other or other[0].bare or other[0].whole != "day" or not other[0].dated:
                continue
            near, day = other[0].day, when.day.day
            between = text.low[when.end : other[0].start] if later else text.low[other[0].end : when.start]
            if not _TIED.fullmatch(between):
                continue
            month = near if (day < near.day) == later else date_math.add_months(near.replace(day=1), -1 if later else 1)
            if date_math.valid(month.year, month.month, day):
                made[at] = replace(when, day=month.replace(day=day), how="of the month beside it", weight=0.9)
                break
    return made
