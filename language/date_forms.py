"""Date formats: one pattern for every way to write a day. Its outer groups name the format."""

from __future__ import annotations

import calendar
import re
from functools import lru_cache
from typing import Final

from language.number_words import CARDINALS, ORDINALS, TO_TWELVE

MONTHS: Final = {
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    "sept": 9,
}
DAYS: Final = {
    **{name.lower(): number for number, name in enumerate(calendar.day_name)},
    **{name.lower(): number for number, name in enumerate(calendar.day_abbr)},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY: Final = "|".join(sorted(DAYS, key=len, reverse=True))
_NUMBER: Final = "|".join((*TO_TWELVE, "a couple of", "couple of", "a few", "an?", r"\d{1,4}"))
COUNTS: Final = {
    **{word: CARDINALS[word] for word in ("zero", *TO_TWELVE)},
    "a": 1,
    "an": 1,
    "a couple of": 2,
    "couple of": 2,
}
ORDINAL_DAYS: Final = {
    **ORDINALS,
    **{f"twenty-{word}": 20 + value for word, value in ORDINALS.items() if value < 10},
    "thirtieth": 30,
    "thirty-first": 31,
}
_ORD: Final = "|".join(sorted(ORDINAL_DAYS, key=len, reverse=True))
_D: Final = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_ORD})"
_BEHIND_DAY: Final = "|".join(rf"(?<=\b{day}\s)" for day in DAYS)

FEASTS: Final = {"new year": (1, 1), "christmas": (12, 25), "boxing": (12, 26)}
_FEAST: Final = r"new\s+year|christmas|boxing"

FORMS: Final = (
    r"(?<![\w-])(?P<iso>(?P<iy>\d{4})-(?P<im>\d{1,2})-(?P<id>\d{1,2})(?=t\d|\b)(?!-?\d))"
    r"|(?<![\w/])(?P<ymd>(?P<sy>\d{4})[/.](?P<sm>\d{1,2})[/.](?P<sd>\d{1,2}))(?![\w/])"
    r"|(?<![\w/.-])(?P<num>(?P<n1>\d{1,2})(?P<sep>[/.-])(?P<n2>\d{1,2})(?P=sep)(?P<ny>\d{4}|\d{2}))(?![\w/-]|\.\d)"
    r"|(?<![\w/.-])(?P<short>(?P<s1>\d{1,2})/(?P<s2>\d{1,2}))(?![\w/]|\.\d)"
    rf"|\b(?P<ymon>(?P<yy>\d{{4}}),?\s+(?P<ym>{_MONTH})\.?\s+(?P<yd>{_D})\b)"
    rf"|\b(?P<dmon>(?:the\s+)?(?P<dd>{_D})(?:\s+of)?[\s-]+(?P<dm>{_MONTH})\b\.?(?:,?[\s-]+(?:of\s+)?(?P<dy>\d{{4}})\b)?)"
    rf"|\b(?P<mond>(?P<mm>{_MONTH})\.?\s+(?:the\s+)?(?P<md>{_D})(?![\w:]|\s*[ap]\.?m\b)(?:(?:st|nd|rd|th)?,?\s+(?:of\s+)?(?P<my>\d{{4}})\b(?!:))?)"
    rf"|\b(?P<mony>(?:in\s+|of\s+)?(?P<pm>{_MONTH})\.?,?\s+(?:of\s+)?(?P<py>\d{{4}}))\b"
    r"|\b(?P<over>(?:the\s+)?day\s+(?:after\s+tomorrow|before\s+yesterday))\b"
    rf"|\b(?P<from>(?P<fn>{_NUMBER})\s+(?P<fu>day|week|month|year)s?\s+(?P<fw>from|after)\s+(?P<fb>now|today|tomorrow|next\s+(?:{_DAY})|(?:{_DAY})))\b"
    rf"|\b(?P<ago>(?P<an>{_NUMBER})\s+(?P<au>day|week|fortnight|month|year)s?\s+ago)\b"
    rf"|\b(?P<ins>(?:in|within)\s+(?P<inn>{_NUMBER})\s+(?P<iu>day|week|fortnight|month|year)s?(?:'\s+time)?)\b"
    rf"|\b(?P<span>(?:the\s+|over\s+the\s+|for\s+the\s+)?(?P<spw>past|last|previous|next|coming)\s+(?P<spn>{_NUMBER})\s+(?P<spu>day|week|month|year)s?)\b"
    r"|\b(?P<edge>(?:the\s+)?(?P<ew>end|beginning|start|first(?:\s+day)?|last\s+day)\s+of\s+(?:the\s+|this\s+)?"
    rf"(?P<en>next\s+|last\s+|current\s+)?(?P<eu>week|month|quarter|year|day|{_MONTH}))\b"
    r"|\b(?P<per>(?P<pw>this|next|last|past|previous|current|coming)\s+(?P<pu>week(?:end)?|month|quarter|year)"
    r"|for\s+the\s+weekend)\b(?!-\w)"
    rf"|\b(?P<feast>(?P<fy>{_FEAST})(?:['’]?s)?\s+(?P<fd>day|eve)|(?:before|by|until|till|after|from|on|since|at)\s+(?P<fp>{_FEAST})"
    r"(?!['’]|\s+(?!(?:and|so|or|on|please|then|to)\b)[a-z]))\b"
    rf"|\b(?P<wday>(?P<wa>a\s+week\s+on\s+)?(?:(?P<ww>next|last|this|coming|past|previous)\s+)?(?P<wd>{_DAY})\b(?:\s+(?P<wk>(?:(?:next|this|last)\s+)?week))?)(?!'(?!s\b))"
    r"|\b(?P<rel>today|tonight|this\s+(?:morning|afternoon|evening)|tomorrow|tmrw|tmr|tomorow|yesterday|now|right\s+now)(?=\b|s\s)"
    rf"|\b(?P<nth>(?:(?:the|on)\s+(?:the\s+)?|{_BEHIND_DAY}|(?=\d+(?:st|nd|rd|th)\s*(?:[-–]|to|until|till|through)\s+the\s+\d+(?:st|nd|rd|th)\b))"
    rf"(?P<nd>\d{{1,2}}(?:st|nd|rd|th)|{_ORD})(?:\s+of\s+(?P<nm>(?:next|this|last)\s+month|the\s+month))?)\b(?!\s+(?:of\s+)?(?:{_MONTH})\b)"
    rf"|\b(?P<mon>(?:in|since|during|for|of|from|until|till|by|before|after|next|last|this)\s+(?P<m>{_MONTH}))\b(?!\s+\d)"
    rf"|\b(?P<year>(?:in|since|from|year|of|for|during)\s+(?P<y>(?:19|20)\d{{2}}))\b(?![-/:])(?!,?\s+(?:{_MONTH})\b)"
)


@lru_cache(maxsize=1)
def compile_forms() -> re.Pattern[str]:
    # Compiled on first use, because it takes tens of milliseconds.
    return re.compile(FORMS)


def read_year(written: str) -> int:
    return int(written) if len(written) == 4 else 2000 + int(written) if int(written) < 70 else 1900 + int(written)


def read_day(written: str) -> int:
    return ORDINAL_DAYS.get(written) or int(re.sub(r"\D", "", written))


def read_count(written: str) -> int:
    return int(written) if written.isdigit() else COUNTS[written]
