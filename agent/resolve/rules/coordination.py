"""Coordinated records: "close tickets 5524, 5525 and 5526" is three calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.extract.references import find, parse
from agent.extract.references.vocabulary import rate_person_likeness
from agent.pipeline import Draft, ListArgument, Mention, Span
from registry.contract import Unit
from registry.offers.offer import Offer
from registry.records import RecordKind

_BETWEEN: Final = re.compile(
    r"\s*(?:,|;|&|\+|\band\b|\bplus\b|\b(?:as\s+well\s+as|along\s+with|together\s+with)\b)\s*(?:(?:and|also)\s+)?",
    re.IGNORECASE,
)
_EACH: Final = re.compile(r"\b(?:each|apiece|both)\b", re.IGNORECASE)


def expand_coordination(draft: Draft, text: str, offer: Offer, kinds: Sequence[RecordKind]) -> tuple[Draft, ...]:
    """``draft`` once for each record that is listed by its number or name beside the one it names; alone where none is.

    A sum that is said might be meant for each or for all of them: unless "each" is said, such a draft stays alone and
    names them all, which is asked about.
    """
    summed = any(offer.annotation(name).unit in (Unit.MONEY, Unit.MONEY_MINOR) for name in draft.arguments)
    for name, argument in draft.arguments.items():
        kind = next((each for each in kinds if each.name == offer.annotation(name).record), None)
        if kind is None or not isinstance(argument, Mention) or len(argument.spans) != 1 or argument.spans[0].origin:
            continue
        span = argument.spans[0]
        first = parse(span.text, kind, kinds).number
        if (offer.properties.get(name) or {}).get("type") == "array":
            continue
        if first is None:
            places = _find_names_around(text, span, kind, kinds)
            if len(places) > 1 and summed and not _EACH.search(text):
                every = tuple(Mention(spans=(Span(start=a, end=b, text=text[a:b]),)) for a, b in places)
                return (draft.model_copy(update={"arguments": {**draft.arguments, name: ListArgument(items=every)}}),)
            if len(places) > 1:
                return tuple(_with(draft, name, text, start, end) for start, end in places)
            continue
        if summed and not _EACH.search(text):
            return (draft,)
        nouns = "|".join(re.escape(noun) for noun in sorted(kind.nouns, key=len, reverse=True))
        item = rf"(?:the\s+)?(?:(?:{nouns})\s+)?(?P<code>#?(?:[A-Za-z]{{1,6}}-?)?\d[\w-]*)(?![\w.,]?\w)"
        places = _find_run(re.compile(item, re.IGNORECASE), text, span, first)
        if len(places) > 1:
            return tuple(_with(draft, name, text, start, end) for start, end in places)
    return (draft,)


def _find_names_around(text: str, span: Span, kind: RecordKind, kinds: Sequence[RecordKind]) -> list[tuple[int, int]]:
    """The names around ``span`` that only commas and "and" stand between, where the kind's records are called by
    names."""
    if rate_person_likeness(kind) != 2:
        return []
    every = sorted({*find(text, kind, kinds), (span.start, span.end)})
    apart = [
        place
        for place in every
        if not (place[0] < span.end and span.start < place[1]) or place == (span.start, span.end)
    ]
    return _find_around(text, [place for place in apart if text[place[0]].isupper()], span)


def _find_around(text: str, every: list[tuple[int, int]], span: Span) -> list[tuple[int, int]]:
    at = next((index for index, (start, end) in enumerate(every) if start < span.end and span.start < end), None)
    if at is None:
        return []
    low = high = at
    while low > 0 and _BETWEEN.fullmatch(text[every[low - 1][1] : every[low][0]]):
        low -= 1
    while high + 1 < len(every) and _BETWEEN.fullmatch(text[every[high][1] : every[high + 1][0]]):
        high += 1
    return every[low : high + 1]


def _find_run(item: re.Pattern[str], text: str, span: Span, first: str) -> list[tuple[int, int]]:
    """The items around ``span`` that only commas and "and" stand between."""
    return _find_around(text, [found.span() for found in item.finditer(text) if _alike(found["code"], first)], span)


def _with(draft: Draft, name: str, text: str, start: int, end: int) -> Draft:
    words = Mention(spans=(Span(start=start, end=end, text=text[start:end]),))
    return draft.model_copy(update={"arguments": {**draft.arguments, name: words}})


def _alike(code: str, first: str) -> bool:
    """Whether two codes can be of one kind: as many digits, so that "invoice 1042 and 20 EUR" lists nothing."""
    return len(re.sub(r"\D", "", code)) == len(re.sub(r"\D", "", first))
