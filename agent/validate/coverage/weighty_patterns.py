"""Patterns of closed word classes that matter: negations, restrictions, limits, conditions, quantifiers, parts, dates
and further orders."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from language import denials
from language.irregular_verbs import PAST_TENSES
from language.stems import READING_WORDS, stem, stem_text

Place = tuple[int, int]
"""Start and end of words in a text."""

# An order not to do something, or to leave something out. "It isn't", "needn't" and "shouldn't" only describe.
# "isnt": a denial without its apostrophe.
BARE_DENIAL: Final = denials.BARE_DENIAL
NEGATION: Final = re.compile(
    r"(?:^|[,;.!?:(\n-]\s*|\b(?:and|but|then|please|so|sorry|wait|actually|better)\s+)(?P<word>(?:please\s+)?(?:do\s+not|don['’]?t|never|not)\b)(?!\s+(?:forget|hesitate|fail)\b)"
    r"|(?<!\w)(?P<out>not(?=\s+(?:in|by|with|via|per|through)\s)|without|w/o|except|excluding|but\s+for|other\s+than|apart\s+from|rather\s+than|instead\s+of|leaving\s+out"
    r"|(?:(?:every|any|no)(?:thing|one|body|where)|all)\s+but"
    r"|(?:(?:all|every)\s+(?:[\w'’]+\s+){1,8}?|(?:any|each|no)\s+(?:\w+\s+){1,3}?)but(?=\s+(?:the|an?|his|her|their|our|my|one|\d|(?-i:[A-Z]\w)"
    r"|(?!(?:that|it|he|she|there|what|let)['’])(?:(?!(?:leave|keep|spare|skip)\s)[\w-]+\s+){0,2}[\w-]+['’]s\b"
    r"|(?!(?:do\s+not|don['’]?t|never|not)\b)(?P<plain>[^\W\d_]+)(?!\s+(?:is|are|was|were|has|have|had|will|can|may|must|should)\b)))"
    r"|(?:less|minus)(?=\s+(?:\d|the\b|an?\b|his\b|her\b|their\b|our\b))"
    r"|(?:avoid|stop|refrain\s+from|hold\s+off(?:\s+on)?|skip|quit)\s+\w+ing)(?!\w)",
    re.IGNORECASE,
)
# Forbids what follows, whatever a reading says.
DENIES: Final = re.compile(r"(?:please\s+)?(?:do\s+not|don['’]?t|never)", re.IGNORECASE)
# "Don't let it run out" asks for something.
PREVENTS: Final = re.compile(r"\s+(?:let|lose|miss)\b", re.IGNORECASE)
RESTRICTION: Final = re.compile(r"(?<!\w)(?:only|at\s+(?:the\s+)?least)(?!\w)", re.IGNORECASE)
# A bound that leaves the amount open. "Top it up to 25" and "bring it up to 25" give the amount: what is missing. So
# does "goes up to 30".
LIMIT: Final = re.compile(
    r"(?<!\w)(?:at\s+(?:the\s+)?most|(?:no|not|nothing)\s+more\s+than"
    r"|(?<!\bgoes )(?<!\bgoing )up\s+to(?=\s+(?:[€$£¥]?\s*\d"
    r"|(?:an?|one|two|three|four|five|six|ten|twenty|fifty|half)\b)))(?!\w)",
    re.IGNORECASE,
)
FILLS: Final = re.compile(
    r"\b(?:top|bring|fill|raise|lift|load|round|charge|get|make)(?:s|ing|p?ed|ped|ping)?\b[^.;!?\n]*\s$", re.IGNORECASE
)
# Between a number and its rate: "30 hours a week".
BEFORE_RATE: Final = re.compile(r"\s*(?:[^\W\d_]+\s+)?")
# "If possible" is polite, and what begins with "let me know" asks for a report. Neither makes the order conditional.
CONDITION: Final = re.compile(
    r"(?<!\w)(?<!let me know )(?<!let us know )(?<!tell me )(?<!tell us )"
    r"(?:if(?!\s+(?:possible|you\s+(?:can|could|would|please|don['’]?t\s+mind)|at\s+all\s+possible)\b)|unless|provided|assuming|(?:as|so)\s+long\s+as|in\s+case|depending\s+on|as\s+soon\s+as|once\s+(?!(?:again|more|and|in|only|a|per|or)\b)[\w-]+(?=\s+\w)|once\s+\w+(?<!e)ed)(?!\w)",
    re.IGNORECASE,
)
# "All week" is a length and "all sorted" a state.
_ALL: Final = r"all(?!\s+(?:day|week|month|year|along|right|sorted|done|good|set|clear)(?![-\w]))"
QUANTIFIER: Final = re.compile(
    rf"(?<!\w)(?:(?<!\bafter )(?<!\band for ){_ALL}|every|everyone|everybody)(?!\w)", re.IGNORECASE
)
# With a single record, these say something about another thing.
OF_SEVERAL: Final = re.compile(r"(?<!\w)(?:both|each|apiece|(?:a|per)\s+(?:head|person|piece))(?!\w)", re.IGNORECASE)
PART: Final = re.compile(
    r"(?<!\w)(?:half|halve|(?:an?|one|two|three|four)\s+(?:third|quarter|fifth|sixth|eighth|tenth)s?|double|twice|triple"
    r"|\d+(?:[.,]\d+)?\s*%)(?!\w)",
    re.IGNORECASE,
)
# Irregular past forms, without those that are other words too ("left", "found", "put").
IRREGULAR: Final = f"(?:over|under|mis|re|out)?(?:was|were|had|did|{'|'.join(PAST_TENSES)})"
PAST: Final = rf"(?:{IRREGULAR}|\w{{2,}}(?<!e)ed)"
MONTHS: Final = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTH_ALONE: Final = "january|february|april|june|july|august|september|october|november|december"
# Days by name or distance. "Today" and "now" only say that it is to be done.
DATE: Final = re.compile(
    r"(?<!\w)(?:tonight|tomorrow|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|(?:next|last|this|coming)\s+(?:week|weekend|month|quarter|year)|(?:next|another)\s+(?:time|day)"
    rf"|(?:in|on|by|from|until|till|since|of|before|after|next|last)\s+(?:{MONTHS})|(?:{MONTHS})\s+\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTHS})|{_MONTH_ALONE}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})(?!\w)",
    re.IGNORECASE,
)
# Times of day, which a day has no place for.
CLOCK: Final = re.compile(
    r"(?<![\w:])(?:(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]m)?"
    r"|(?:0?[1-9]|1[0-2])(?:\s?[ap]m|\s[ap]\.m|\s?o['’]clock)|noon|midday|midnight"
    r"|(?:(?<=tomorrow\s)|(?<=day\s)|(?<=in\sthe\s))(?:morning|afternoon|evening|night))(?![\w:])",
    re.IGNORECASE,
)
# A past event, and so a state rather than a manner of the order: "repaired last Tuesday". "Backdated to last month" is
# a manner.
DONE: Final = re.compile(
    rf"\W{{0,3}}(?!\w{{0,12}}dated\b){PAST}(?:\s+(?!(?:to|for|until|till|from|as|into|per)\b)[\w'’]+){{0,6}}?"
    r"\s+(?:yesterday|last\s+(?:night|week|weekend|month|quarter|year|\w+day)|this\s+morning|\w+\s+\w+\s+ago"
    r"|(?:on|since)\s+\w{3,6}day)\b",
    re.IGNORECASE,
)
# Where a further order may begin.
FURTHER: Final = re.compile(
    r"(?:[,;.!\n]\s*|\s)(?:and|but|then|also|plus|afterwards)\s+(?:(?:then|also|please|just|do)\s+)*(?P<verb>[^\W\d_]+)",
    re.IGNORECASE,
)
# One more of what was used: "and Ada's", "INV-1 and INV-2".
_AND: Final = (
    r"\s*,?\s*(?:\band\b|&|\bplus\b|\bas\s+well\s+as\b)\s*(?:(?:the|also|all|half|both|for|from|by|to|of)\s+)*"
)
JOINED: Final = re.compile(rf"(?:['’]s)?{_AND}$", re.IGNORECASE)
# Relative to something said before: how much more of it, or what to make of it instead.
RELATIVE: Final = re.compile(
    r"\b(?:more|less|fewer|half|halve|third|quarter|double|twice|triple|keep)\b", re.IGNORECASE
)
WHOSE: Final = re.compile(r"\b(?:hers|his|theirs)\b", re.IGNORECASE)
ANEW: Final = re.compile(r"\s*(?:no,?\s+|sorry,?\s+|actually,?\s+)*make\s+(?:it|that)\b", re.IGNORECASE)
NAME: Final = re.compile(r"(?!I\b)[A-ZÀ-ÖØ-Þ]|[\w-]*\d|[\w.+-]+@")
# Records from one number to another: "close 7001-7009".
RANGE: Final = re.compile(
    r"(?<![\w.,/-])(?:[A-Za-z]{1,5}-)?\d{3,10}\s?[-–]\s?(?P<last>(?:[A-Za-z]{1,5}-)?\d{3,10})(?![\w/-])"
)
# "7's".
OWNING: Final = re.compile(r"(?<![\w.,-])(?P<last>\d+)(?=['’]s(?!\w))")
# From a number on: "7001 and up".
ONWARDS: Final = re.compile(
    r"(?<![\w.,/-])\d{1,10}\s+(?P<last>(?:and|or)\s+(?:up|upwards?|above|higher|later|onwards?|beyond|following)|onwards?|ff)(?!\w)"
)
OF: Final = re.compile(r"\s+(?:of|off|from)\s+(?:(?:the|his|her|their|its)\s+)?", re.IGNORECASE)
ON_TOP: Final = re.compile(r"\b(?:more|extra|additional|further|longer)\b", re.IGNORECASE)
PERIODS: Final = re.compile(
    r"(?:for\s+)?(?:the\s+|his\s+|her\s+|their\s+)?(?:(?:last|first|past)\s+)?"
    r"(?:\d{1,4}|two|three|four|five|six|ten)\s+(?:hour|day|week|month|year)s\b",
    re.IGNORECASE,
)
# Verbs that set a value. Any other verb with an amount adds or subtracts.
SETTING: Final = frozenset(stem_text("set change update edit adjust make put price replace modify patch"))
# Introduces what is left out.
LEAVES_OUT: Final = re.compile(
    r"(?<!\w)(?:(?P<but>but)(?:\s+not)?|not|except(?:\s+for)?|excluding|without|other\s+than|apart\s+from|save|bar)"
    r"(?:\s+(?:the|those|that|ones?|of|from|for|with|at|on|his|her|their))*\s+$",
    re.IGNORECASE,
)
# "But" excludes the last thing before its clause ends, or something from "all of them". Otherwise it begins a clause.
ALL_OF: Final = re.compile(r"\b(?:all|every\w*|each|any\w*|no\w*)\b[^,;.!?\n]*$", re.IGNORECASE)
ENDS: Final = denials.ENDS
TURNS: Final = re.compile(r"[,;.!?\n]|\bbut\b")
BEGINS: Final = 3
"""Most characters between the start of a quote and such words, if the quote has only these words."""
CLOSES: Final = re.compile(r"(?:['’]s(?:\s+\w+)?)?\s*(?:$|[,.;!?\n])")
# A number with the prefix of its series.
SERIES: Final = re.compile(r"(?<![\w-])([A-Za-z]{1,6}-?)\d{2,12}(?![\w-])")
REGRETS: Final = denials.REGRETS
# Includes again what was left out: "all but hers, hers too".
AFTER_ALL: Final = re.compile(r"(?<!\w)(?:too|as\s+well|also|included|after\s+all)(?!\w)", re.IGNORECASE)
# What is to stay as it is or not to happen: "… his team may still sign in", "… we don't do that".
STAYS: Final = re.compile(
    r"(?<!\w)(?:(?:may|can|shall|will|should)\s+still|(?:keeps?|stays?|remains?)(?!\s+\w+ing\b)"
    r"|(?:I|we)\s+(?:ca|wo|do)n['’]t(?:\s+do\s+(?:it|that|so))?\s*(?=[,;.!]|$))(?!\w)",
    re.IGNORECASE,
)
NOT_THIS: Final = re.compile(r"\b(?:not|instead\s+of|rather\s+than|no)\s+$", re.IGNORECASE)
OWNS: Final = re.compile(r"['’]s?\s+")
# Before a currency that a payment is to be made in: "in dollars", "as US dollars".
IN: Final = re.compile(r"(?<!\w)(?:in|into|to|as)\s+(?:(?:an?|the|his|her|their|our|my)\s+)?$", re.IGNORECASE)
# A factor, not an amount: "3x", "x 3".
FACTOR: Final = re.compile(r"(?<=\d)\s?[x×](?!\w)|(?<!\w)[x×]\s?(?=\d)", re.IGNORECASE)
FACTOR_BEFORE: Final = re.compile(r"(?<!\w)[x×]\s?$", re.IGNORECASE)
ROUGHLY: Final = r"(?:about|around|some|roughly|approx(?:imately)?|circa|ca|nearly|almost|probably|a\s+good)"
_ROUGH: Final = rf"(?P<rough>{ROUGHLY}(?!\w)\.?|[~<>≤≥])"
# In an answer, whatever it stands beside: "20?" is no 20 either, and "+20" may be 20 more.
ROUGH: Final = re.compile(rf"(?<!\w){_ROUGH}|\?|(?<!\S)\+(?=\s?\d)", re.IGNORECASE)
ROUGH_BEFORE: Final = re.compile(rf"(?<!\w){_ROUGH}\s*(?:the\s+|[€$£¥]\s*)?$", re.IGNORECASE)
ROUGH_BEHIND: Final = re.compile(
    r"(?:\s*(?:[€$£¥]|(?:(?:more|extra|further)\s+)?[^\W\d_]+))?\s*(?P<rough>(?:give\s+or\s+take|odd|probably|-?ish)\b|\+(?!\s?\d))",
    re.IGNORECASE,
)
# Behind the clause of a value: "20 metres of rope or so".
OR_SO: Final = re.compile(r",?\s*(?P<rough>or\s+(?:so|something|thereabouts)\b)", re.IGNORECASE)
MARKED: Final = re.compile(r"\b(?:also|then|afterwards)\b", re.IGNORECASE)
# Takes back the words before it: "ten, no, twelve". "No witness" takes nothing back.
_INSTEAD: Final = (
    r"(?=\s*(?:[,;.:!?–—-]|$)|\s+(?:wait|hang|hold|sorry|make|not|better|rather|actually|it|the|that|this|only|just"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|half)\b|\s+\d|\s+(?-i:[A-Z]))"
)
CORRECTION: Final = re.compile(
    rf"(?<!\w)(?:no{_INSTEAD}|nope|wait|scratch|correction|sorry|i\s+mean(?:t)?|actually|rather"
    r"|(?<!\band )(?<!\bthen )make\s+(?:that|it)|instead)(?!\w)",
    re.IGNORECASE,
)
CHOSEN_FROM: Final = re.compile(r"\b(?:of|among|between)\s[^,;.!?\n]*$", re.IGNORECASE)
TRAILING: Final = frozenset({"though", "yet", "anymore", "please", "however"})
CLAUSE: Final = re.compile(r"[;!?\n]|[,.](?!(?<=\d[,.])\d)|\b(?:and|but|or|then)\b", re.IGNORECASE)
UNIT: Final = re.compile(r"\s*+(?:-\s*+)?([^\W\d_]+|%|[€$£¥])")
UNIT_FURTHER: Final = re.compile(
    r"\s*+(?:-\s*+)?(?:(?:more|extra|additional|further|other|whole|full)\s+)?([^\W\d_]+|%|[€$£¥])", re.IGNORECASE
)
COUNTED: Final = re.compile(r"\s*+(?:-\s*+)?[^\W\d_]++(?:\s++[^\W\d_]++){0,2}")
UNITS: Final = frozenset(stem_text("second minute hour day week fortnight month year percent cent euro dollar pound"))
TIMES: Final = UNITS | frozenset(
    stem_text(
        "morning afternoon evening night noon weekend christmas xmas easter halloween thanksgiving hanukkah ramadan eid"
        " diwali pentecost carnival advent valentine black new spring summer autumn winter january february march april"
        " may june july august september october november december monday tuesday wednesday thursday friday saturday"
        " sunday"
    )
) - set(stem_text("percent cent euro dollar pound"))
TELLING: Final = frozenset(stem_text("tell notify inform phone ask remind order"))
SILENCE: Final = frozenset(
    stem_text("tell telling notify inform mail email write writing phone call message text mention hear know")
)
TO_ME: Final = re.compile(r"\s+(?:me|us)\b", re.IGNORECASE)
# "Check if" introduces a question if the call only finds things out.
ASKED: Final = re.compile(r"([^\W\d_]+)\s+(?:(?:out|me|us)\s+)?$")
ASKING: Final = frozenset(stem_text("check verify see know ask tell find confirm determine look wonder"))
FINDING_WORDS: Final = READING_WORDS - {"give", "know", "tell"}
FINDING: Final = frozenset(map(stem, FINDING_WORDS))
REACH: Final = 240
_BLANKS: Final = 8
"""Characters before a place that are searched for what ends there."""


def match_words(words: str) -> re.Pattern[str]:
    """A pattern of whole words, in small or capital letters."""
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def search_before(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str] | None:
    """Searches for a match that ends at ``at``. The pattern ends with ``$``.

    Looks only at the ``REACH`` letters before ``at``, not counting blanks at their end. Asking for every word of a text
    takes linear time.
    """
    end = len(text[:at].rstrip())
    if at - end > _BLANKS:  # a run of blanks is one: patterns with several blanks would try each part of it
        text, at = f"{text[:end]} ", end + 1
    return pattern.search(text, max(0, end - REACH), at)


@lru_cache(maxsize=64)
def _marks(pattern: re.Pattern[str], text: str) -> tuple[list[int], list[int]]:
    spans = [match.span() for match in pattern.finditer(text)]
    return [start for start, _ in spans], [end for _, end in spans]


def last_before(pattern: re.Pattern[str], text: str, at: int) -> tuple[int, int] | None:
    """The last match that ends at or before a place. The matches of a text are found once."""
    starts, ends = _marks(pattern, text)
    found = bisect_right(ends, at) - 1
    return (starts[found], ends[found]) if found >= 0 else None


def first_from(pattern: re.Pattern[str], text: str, at: int) -> tuple[int, int] | None:
    """The first match that begins at or after a place."""
    starts, ends = _marks(pattern, text)
    found = bisect_left(starts, at)
    if found and ends[found - 1] > at:  # inside a match: another may begin there
        match = pattern.search(text, at)
        return match.span() if match is not None else None
    return (starts[found], ends[found]) if found < len(starts) else None


def find_opening(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where the stretch around a place begins: after the last mark before it, or with the text."""
    mark = last_before(pattern, text, at)
    return mark[1] if mark is not None else 0


def blank(pattern: re.Pattern[str], told: str) -> str:
    """The words with spaces where a pattern matches."""
    return pattern.sub(lambda found: " " * len(found[0]), told)


def find_closing(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where the stretch around a place ends: at the first mark behind it, or with the text."""
    mark = first_from(pattern, text, at)
    return mark[0] if mark is not None else len(text)


def find_clause(text: str, start: int, end: int) -> Place:
    """The clause around a place, with the conjunction that opens it. The place itself may hold marks."""
    opening = last_before(CLAUSE, text, start) or (0, 0)
    first = opening[0] if text[slice(*opening)].isalpha() else opening[1]
    return first, find_closing(CLAUSE, text, end)


def cover(text: str, places: Iterable[tuple[int, int]]) -> bytearray:
    """A mask of the text: 1 for each letter inside one of the places."""
    made = bytearray(len(text))
    for start, end in places:
        made[start:end] = b"\1" * (end - start)
    return made
