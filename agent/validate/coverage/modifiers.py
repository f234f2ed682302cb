"""Modifiers: words beside used ones that change when, how often, how much or for whom something is done.

A modifier counts only where it modifies the order: in the same clause, or at the head of the sentence. A clause about
the past is a story. Negations, numbers and named days are in ``weighty_patterns.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from agent.validate.coverage.structure import Structure
from agent.validate.coverage.weighty_patterns import (
    IRREGULAR,
    REACH,
    ROUGHLY,
    Place,
    cover,
    find_closing,
    find_opening,
    match_words,
    search_before,
)
from language.fractions import read_fraction
from language.irregular_verbs import PRETERITES
from language.stems import ORDERS, split_runs, stem

_UNIT: Final = r"(?:second|minute|hour|day|night|week|weekend|fortnight|month|quarter|year)s?"
_SOON: Final = r"(?:mon|tues?|wed|thu|thurs?|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
_SUM: Final = r"(?:[€$£¥]\s*)?\d"
# Until when, or after what: a time bound or a condition. "Now" comes before anything else and is none.
_BOUND: Final = (
    r"until|till?|pending|subject\s+to|on\s+(?:the\s+)?condition|given\s+that|otherwise|failing\s+\w+"
    r"|given\s+(?:he|she|it|they|we|you|(?-i:[A-Z]\w+))\s+(?!is\b|are\b|has\b|have\b)\w+|while\s+(?:he|she|it|they)\b"
    r"|(?:should|had|were)\s+(?:he|she|it|they|anyone|anybody|(?-i:[A-Z]\w+))\s+(?:to\s+)?[^\W\d_]+"
    r"|when(?:ever)?(?!\s+(?:you|u)\s+(?:can|could|get|have|find|are)\b)"
    r"|before\s+\w+ing|not\s+before|after(?=\s+\w)(?!\s+all\b)"
)
_WHOSE: Final = r"(?:(?:the|this|next|an?|his|her|its|their|our|my|your)\s+)?"
_PHASE: Final = (
    rf"(?:the\s+)?(?:end|start|beginning|middle)\s+of\s+{_WHOSE}(?:day|week|month|quarter|year)"
    rf"|(?:at|by|from|until|till?|after|before)\s+the\s+(?:very\s+)?(?:end|start|beginning|middle)\s+of\s+{_WHOSE}(?:\w+\s+)??[^\W\d_]+"
    r"(?:\s+(?:period|cycle|term|year|month))?"
    r"|(?:(?:at|by|from|until|till?|after|before)\s+)?(?:the\s+)?(?:year|month|quarter)(?:['’]?s)?[\s-]+end"
    r"|by\s+(?:the\s+)?week['’]?s?[\s-]+end"
)
_DELAY: Final = (
    rf"in\s+(?:an?|half\s+an?)\s+{_UNIT}|(?:at|by|before|until|from|after)\s+(?:noon|midnight|lunch(?:time)?|christmas|easter)"
    r"|(?:(?:this|tomorrow|(?<!\d\s)in\s+the)\s+|(?<=,\s))(?:morning|afternoon|evening)|at\s+\d{1,2}(?::\d\d|\s*[ap]\.?m\b)"
    rf"|on\s+the\s+\d{{1,2}}(?:st|nd|rd|th)|(?:on|by|from|next|this)\s+{_SOON}\b\.?(?=\s*(?:[,;!?\d]|$))"
    rf"|\d{{1,2}}\.?\s+{_SOON}\b|(?:over|at|before|after|during|by)\s+(?:the\s+)?(?:weekend|holidays)"
    rf"|{_PHASE}"
    r"|(?:from|as\s+of|starting|beginning|with|at|until|after)\s+(?:(?:the|his|her|its|their|our)\s+)?next\s+\w+"
    r"(?:\s+(?:period|cycle|date|run))?"
    r"|with\s+effect\s+(?:from|on)\s+\w+|mid[\s-](?:day|week|month|quarter|year)|(?<=\w )overnight"
    r"|later\s+(?:today|(?:in|on|this)\s+\w+)"
    r"|(?:on|upon|at)\s+(?:renewal|expiry|completion|delivery|arrival|receipt)"
    r"|from\s+then\s+on(?:wards?)?|in\s+(?:the\s+)?(?:new\s+year|spring|summer|autumn|winter)"
    rf"|(?:\w+\s+{_UNIT}\s+)?(?:later|earlier)(?=\s*(?:[.,;!]|$))"
    # Beside a used day it is that of another day: "the Friday before".
    r"|(?<=day\s)(?:before|after|prior|following)(?=\s*(?:[.,;!?]|$))"
    # Somebody's free day is no day to move to: "give Ada Friday off".
    r"|(?:(?<=day\s)|(?<=\d[snrt][tdh]\s)|(?<=week\s)|(?<=tomorrow\s))off\b"
)
_LENGTH: Final = (
    rf"for\s+(?:(?:just|only|exactly|{ROUGHLY})\s+)?(?:an?|one|another|half\s+an?|some|the\s+(?:next|one))\s+(?:\w+\s+)?{_UNIT}(?!\s+of\b)"
    rf"|(?:another|one\s+more|an?\s+(?:further|extra|additional))\s+(?:half\s+)?{_UNIT}(?=\s+[^\W\d_])"
    r"|for\s+(?:the\s+(?:rest\s+of\b|time\s+being|moment|present|meantime)|a\s+(?:little\s+)?(?:while|bit)|now)|temporarily"
)
_REPEATED: Final = rf"(?:(?:other|second|third)\s+)?(?:{_UNIT}|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|{_SOON})"
_RATE: Final = (
    r"in\s+(?:(?:\d+|two|three|four|five|six|several|equal|monthly|weekly)\s+(?:parts|halves|steps|payments|tranches)"
    r"|(?:[^\W\d_]+\s+|\d+\s+)?(?:instal?lments|stages))|"
    rf"(?:per|each|every)\s+{_REPEATED}"
    r"|(?:hourly|daily|weekly|fortnightly|monthly|quarterly|yearly|annually)(?=\s*(?:[,;.!?]|$|\b(?:to|for|from|until)\b))"
    rf"|(?<=\d )an?\s+{_UNIT}\b"
    rf"|(?<!\bfor )(?<!\bin )(?<!\bby )(?<!\bof )(?<!\babout )(?<!\bwithin )(?<=\w )an?\s+{_UNIT}(?=\s*(?:[,;.!?]|$))"
    rf"|(?:(?<=euros )|(?<=dollars )|(?<=pounds )|(?<=EUR )|(?<=USD )|(?<=GBP ))an?\s+{_UNIT}"
    r"|(?:\d+|two|three|four|five|six|ten|several|many)\s+times|\d\s*[x×*]\s*(?=[€$£¥]?\s*\d)"
)
_SHARE: Final = (
    r"partial(?:ly)?|partly|in\s+part|(?:some|most|part|a\s+(?:bit|part|portion|piece))\s+of|(?<!\d)[1-9]/\d{1,2}(?![\d/])"
    r"|(?:\d+|[^\W\d_]+)\s+(?:percent|per\s+cent)"
)
_LIMIT: Final = (
    rf"(?:(?:less|fewer|more|higher|lower)\s+than|under|below|over|above|beyond)(?=\s*{_SUM})"
    rf"|(?:max|min)(?:imum|\.)?(?:\s+of)?(?=\s*{_SUM})|(?<![\w.,/-])\d{{1,6}}\s*[-–]\s*\d{{1,6}}(?![\w/-]|[.,]\d)"
    r"|at\s+the\s+(?:latest|earliest)|or\s+(?:more|less|fewer|earlier|later|sooner|above|below|higher|lower|over|under)"
    r"|(?:more|less|fewer|longer|shorter|higher|lower|earlier|later|sooner)\s+(?:\w+\s+){0,3}?than(?!\s*\d)"
)
_QUALIFIED: Final = r"(?:working|business|banking|trading|school)[\s-]+(?:days?|hours?|weeks?)|workdays?|weekdays?"
_ADDED: Final = (
    r"(?:plus|on\s+top\s+of)(?=\s)|minus\s+(?=\D)|net\s+of"
    r"|(?:tops|net|gross)(?=\s*(?:[,;.!?]|$))|(?:before|after|with|without|incl(?:uding|\.)?|excl(?:uding|\.)?)\s+(?:the\s+)?(?:tax(?:es)?|vat|fees?)"
)
# Says that no price is to be paid, which no value tells.
_FREE: Final = (
    r"for\s+(?:free|nothing)|free\s+of\s+(?:charge|cost)|gratis|(?:at|with)\s+no\s+(?:extra\s+|additional\s+|further\s+)?(?:charge|cost)"
    r"|on\s+the\s+house|on\s+us(?=\s*(?:[,;.!?]|$))|complimentary"
)
_OR: Final = r"or(?!\s+(?:so|something|whatever|anything|similar|thereabouts|rather|not|no)\b)"
_OTHERS: Final = (
    r"(?:(?<=,)|(?<=;)|(?<=\band))\s+(?:and\s+)?the\s+(?:rest|others|remaining|remainder)(?![^,;.!?\n]*\b(?:stays?|remains?)\b)"
    r"|same\s+(?:for|as|with|goes\s+for)|in\s+secret"
)


BOUND: Final = match_words(_BOUND)
# "Once paid": something is to have happened first, and nothing says that it has.
DONE_FIRST: Final = match_words(
    r"(?:once|when(?:ever)?|until|till|as\s+soon\s+as)\s+(?:it(?:['’]s|\s+is)\s+)?(?:fully\s+|all\s+)?"
    r"(?:[^\W\d_]{2,}(?<!e)ed|paid|done|sent|gone|built|made|found|sold|met|back|in|here)(?=\s*(?:[,.;!]|$|and\b|please\b))"
)
WHEN: Final = match_words(rf"{_DELAY}|{_LENGTH}")
PHASE: Final = match_words(_PHASE)
# Between a comma and the time from which something holds.
_EFFECTIVE: Final = (
    r"(?:effective|valid|only|but|(?:to\s+)?tak(?:e|ing)\s+effect|with\s+effect|as|from|ideally|preferably)\s+"
)
RATE: Final = match_words(_RATE)
REPEATED: Final = match_words(rf"(?:each|every)\s+{_REPEATED}")
# Moves a day that is computed from a record's: "a week later", "back a day".
SHIFT: Final = re.compile(rf"an?\s+{_UNIT}|.*(?:later|earlier)", re.IGNORECASE)
BESIDE: Final = match_words(
    rf"until|till?|(?:for\s+)?(?:an?|another)\s+{_UNIT}(?=\s*(?:$|[,;.!?]|\b(?:for|because|as|since|due)\b))"
    r"|(?:for\s+)?(?:each|every|per)"
)
# A rate in words: "a month", "hours_per_week", "monthly".
_EACH: Final = re.compile(
    r"(?:\b|_)(?:(?:per|an?|each|every)[\s_]+(hour|day|night|week|fortnight|month|quarter|year)(?=\b|_)"
    r"|(hour|dai|night|week|fortnight|month|quarter|year)ly\b|(annual)"
    r"|\b(hour|day|night|week|month|year)[\s_]+(?:rate|price|fee|rent|fare|charge|wage|cost)s?\b)",
    re.IGNORECASE,
)
_SAME_RATE: Final = {"dai": "day", "annual": "year"}
_RANGE_ENDS: Final = re.compile(r"(\d{1,6})\s*[-–]\s*(\d{1,6})")
SHARE: Final = match_words(_SHARE)
LIMIT: Final = re.compile(rf"(?<!\w)(?:{_LIMIT})", re.IGNORECASE)
QUALIFIED: Final = match_words(_QUALIFIED)
ADDED: Final = re.compile(rf"(?<!\w)(?:{_ADDED})", re.IGNORECASE)
FREE: Final = match_words(_FREE)
OR: Final = match_words(_OR)
OTHERS: Final = re.compile(rf"(?:{_OTHERS})(?!\w)", re.IGNORECASE)
USING: Final = match_words("using")
# Up to three words that say what the value behind them is: "using the card number …".
_OF_VALUE: Final = re.compile(r"(?:\s+(?!(?:for|to|on|at|in|by|from|of|and|or)\b)[^\W\d_]+){0,3}\s*", re.IGNORECASE)
# "Must not get": forbids what the clause is about.
FORBIDS: Final = match_words(
    r"(?:(?:do|does|should|must|may|can|could|will|would|shall|ca|wo|sha)n['’]?t(?!\s+(?:you|we|forget|hesitate|fail)\b)"
    r"|(?:do|does|should|must|may|can|could|will|would|shall)\s+not|cannot)"
)
ASKS: Final = re.compile(r"\b(?:if|whether|unless|when)\b", re.IGNORECASE)
LEAD: Final = re.compile(r"\s+(?:(?:the|on)\s+)?", re.IGNORECASE)
"""Words that may come between "until" and the day."""
_LEAD: Final = 8
_FIGURE: Final = re.compile(rf"\s*{_SUM}")
_NEAR: Final = 40
"""Characters that hold a fraction."""
PUNCTUATION: Final = re.compile(r"[;!?\n]|[.,:](?!\d)|\s[-–—]\s")
HEAD: Final = re.compile(rf"(?:^|[,:;.!?\n])\s*(?:(?:and|but|then|please|so)\s+)*(?:{_EFFECTIVE})*$", re.IGNORECASE)
_PAST: Final = rf"\b(?:{IRREGULAR}|\w{{2,}}(?<!e)ed)\b"
PAST: Final = re.compile(_PAST, re.IGNORECASE)
# "Is closed for now" is how it is or shall be.
PAST_BEFORE: Final = re.compile(rf"(?<!\bis )(?<!\bare )(?<!\bbe )(?<!\bgets ){_PAST}\s+(?:\w+\s+)?$", re.IGNORECASE)
PRESENT: Final = re.compile(r"\b(?:is|are|has|have|gets?|will|been)\b|['’](?:s|ve|ll)\s", re.IGNORECASE)


def find_modifiers(
    text: str,
    taken: Sequence[Place],
    figures: Collection[Place],
    days: Collection[Place],
    verbs: frozenset[str],
    by: Structure,
) -> Iterator[Place]:
    """Finds modifiers that nothing accounts for.

    ``taken`` are the used places. ``figures`` are those of numbers among them, and ``days`` those of days: a number's
    quote doesn't account for a limit or rate in it, nor a day's for "every". ``verbs`` are the stems of the calls' own
    words.
    """
    plain = [each for each in taken if each not in figures]
    for pattern, accounted, used, tells in (
        (BOUND, by.conditions, taken, True),
        (DONE_FIRST, by.conditions, taken, False),
        (WHEN, False, taken, True),
        (RATE, by.multiplies, [each for each in plain if each not in days], False),
        (SHARE, by.answered, taken, False),
        (LIMIT, by.restricts or by.conditions or by.answered, plain, False),
        (QUALIFIED, False, plain, False),
        (ADDED, False, taken, False),
        (FREE, False, taken, True),
        (OR, by.either, plain, False),
        (OTHERS, False, taken, False),
        (USING, False, taken, False),
    ):
        for found in () if accounted else pattern.finditer(text):
            place = (
                (found.start() + found.group().rstrip().rfind(" ") + 1, found.end())
                if pattern is LIMIT
                else found.span()
            )
            if by.computes_field and pattern in (WHEN, RATE) and SHIFT.fullmatch(found.group()):
                continue
            if by.computes_field and pattern is LIMIT and not _is_bound(text, found.end()):
                continue  # "5 more than the fee"
            ends = _RANGE_ENDS.fullmatch(text, *place)
            if ends is not None and not _covers_both(ends, used):
                yield place
                continue
            over = [each for each in used if each[0] < place[1] and place[0] < each[1]]
            if over and not (pattern is WHEN and PHASE.fullmatch(found.group()) and _is_in_part(text, place, over)):
                continue
            if pattern is BOUND and stem(found.group().casefold()) in verbs:
                continue  # "set it back to pending": the state that the call brings about
            if pattern is BOUND and found.group()[:1].casefold() in "ut" and _is_used(text, place[1], taken):
                continue  # the day itself is used
            if pattern is OTHERS and _is_used(text, place[1], taken):
                continue  # the same is done for someone who was used
            if pattern is USING and any(_OF_VALUE.fullmatch(text, place[1], start) for start, _ in taken):
                continue  # what it introduces was used
            heads = pattern in (BOUND, DONE_FIRST, WHEN, ADDED, FREE, OTHERS, USING)
            joins = pattern is not SHARE
            if _modifies(text, place, taken, verbs, heads=heads, joins=joins) and not (
                tells and _tells_past(text, *place, taken)
            ):
                yield place
    yield from _forbidden(text, taken, verbs)


def names_rate(name: str, rate: str) -> bool:
    """Whether a parameter is named by the rate that is said beside its number: "Monthly amount" by "a month"."""
    said = _list_rates(rate)
    return bool(said) and said <= _list_rates(name)


def _list_rates(text: str) -> set[str]:
    found = (each for groups in _EACH.findall(text.casefold()) for each in groups if each)
    return {_SAME_RATE.get(each, each) for each in found}


def _covers_both(ends: re.Match[str], used: Sequence[Place]) -> bool:
    """Whether both ends of a range were used, together or each by itself. One end alone isn't what was said."""
    return all(
        any(start <= first and last <= end for start, end in used) for first, last in (ends.span(1), ends.span(2))
    )


def find_limits(text: str, places: Collection[Place]) -> set[Place]:
    """The modifiers that say how much, when or how often, without conditions, choices and bans."""
    return _find_within(text, places, (LIMIT, WHEN, RATE, QUALIFIED))


def find_parts(text: str, places: Collection[Place]) -> set[Place]:
    """The modifiers that say what is added, or how much of it is meant."""
    return _find_within(text, places, (ADDED, SHARE))


def _find_within(text: str, places: Collection[Place], patterns: Sequence[re.Pattern[str]]) -> set[Place]:
    within = cover(text, [found.span() for pattern in patterns for found in pattern.finditer(text)])
    return {each for each in places if all(within[slice(*each)])}


def begins_beside(text: str, start: int, end: int) -> re.Match[str] | None:
    """A length, end or rate at the start of a quoted text, perhaps after its "for"."""
    found = BESIDE.search(text, max(0, start - 4), end)
    return found if found is not None and found.start() <= start < found.end() else None


def _is_bound(text: str, at: int) -> bool:
    """Whether a number or a fraction follows, so that what comes before it leaves open how much: "more than half"."""
    words = text[at : at + _NEAR].casefold().split()
    return _FIGURE.match(text, at) is not None or read_fraction(words) is not None


def _is_in_part(text: str, phase: Place, over: Sequence[Place]) -> bool:
    """Whether only a part of the start or end of a stretch of time was used, which says another time: "by the end", or
    "quarter", of "by the end of our quarter"."""
    first = _AT.match(text, *phase)
    begin, used = first.end() if first is not None else phase[0], cover(text, over)
    return not all(used[at] for at in range(begin, phase[1]) if not text[at].isspace())


_AT: Final = re.compile(r"(?:(?:at|by|from|until|till?|after|before)\s+)?(?:the\s+)?(?:very\s+)?", re.IGNORECASE)


def _is_used(text: str, at: int, taken: Sequence[Place]) -> bool:
    """Whether a used word follows directly."""
    return any(at <= start <= at + _LEAD and LEAD.fullmatch(text, at, start) for start, _ in taken)


def _modifies(
    text: str, place: Place, taken: Sequence[Place], verbs: frozenset[str], *, heads: bool, joins: bool
) -> bool:
    """Whether a used word or a verb of a call stands in the same clause. At the head of a sentence, some modifiers need
    neither."""
    start, end = _clause(text, *place, joins=joins)
    if text[place[0] : place[0] + 2].casefold() == "or":  # a choice is between a used word and another
        before = split_runs(text[max(start, place[0] - REACH) : place[0]])
        chosen = any(start <= first < place[0] for first, _ in taken) or any(
            stem(w.casefold()) in verbs for w, _, _ in before
        )
        return chosen and not ASKS.search(text, start, place[0])
    if heads and search_before(HEAD, text, place[0]) and text[end : end + 1] in {",", ":", "-", ""}:
        return True
    # Without used words the order is about what was spoken of: "send it every week".
    used = not taken or any(first < end and start < last for first, last in taken)
    words = [stem(word.casefold()) for word, _, _ in split_runs(text[start:end])]
    return used or any(each in verbs for each in words) or (heads and not ORDERS.isdisjoint(words[:1]))


def _clause(text: str, start: int, end: int, *, joins: bool = True) -> Place:
    """The stretch between punctuation around a place. A comma right before the place may join."""
    first = find_opening(PUNCTUATION, text, len(text[:start].rstrip()) - 1 if joins else start)
    return first, find_closing(PUNCTUATION, text, end)


def _tells_past(text: str, start: int, end: int, taken: Sequence[Place]) -> bool:
    """Whether the words follow a verb in the past, or the rest of the clause does tell the past. Then they are a
    reason, nothing to wait for."""
    rest = text[end : find_closing(PUNCTUATION, text, end)]
    past = search_before(PAST_BEFORE, text, start)
    told = past is not None and past.group().split()[0].casefold() in PRETERITES
    if told or (past is not None and not any(first <= past.start() < last for first, last in taken)):
        return True  # "packed" may be the order, "went" is none
    return PAST.search(rest) is not None and PRESENT.search(rest) is None


def _forbidden(text: str, taken: Sequence[Place], verbs: frozenset[str]) -> Iterator[Place]:
    """Finds clauses that forbid used words, if no later clause says what to do."""
    for found in FORBIDS.finditer(text):
        _, end = _clause(text, *found.span())
        if any(start < found.end() and found.start() < last for start, last in taken):
            continue
        later = any(stem(word.casefold()) in verbs for word, _, _ in split_runs(text[end:]))
        done = any(stem(word.casefold()) in verbs for word, _, _ in split_runs(text[found.end() : end]))
        used = any((found.end() <= start or done) and start < end for start, _ in taken)
        if used and not later and all(last <= end for _, last in taken):
            yield found.span()
        # "…, Ada can't do it": the name is mentioned, and nothing is ordered for her.
        subject = next((start for start, last in taken if text[last : found.start()].isspace()), None)
        if subject is not None and not done and any(first < subject for first, _ in taken):
            yield subject, found.end()
