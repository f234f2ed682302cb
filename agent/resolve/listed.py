"""Several records in one breath: "close tickets 5524, 5525 and 5526" is three calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.pipeline import Draft, Mention, Span
from agent.read.reference import parse
from registry.contract import Unit
from registry.offer import Offer
from registry.records import RecordKind

_BETWEEN: Final = re.compile(r"\s*(?:,|;|&|\band\b|\bas\s+well\s+as\b)\s*(?:(?:and|also)\s+)?", re.IGNORECASE)


def listed(draft: Draft, text: str, offer: Offer, kinds: Sequence[RecordKind]) -> tuple[Draft, ...]:
    """``draft`` once for each record that is listed by its number right after the one it names; alone where none is.

    A sum that is said might be meant for each or for all of them, so such a draft stays alone: the words left over are then shown.
    """
    if any(offer.annotation(name).unit in (Unit.MONEY, Unit.MONEY_MINOR) for name in draft.arguments):
        return (draft,)
    for name, argument in draft.arguments.items():
        kind = next((each for each in kinds if each.name == offer.annotation(name).record), None)
        if kind is None or not isinstance(argument, Mention) or len(argument.spans) != 1 or argument.spans[0].origin:
            continue
        span = argument.spans[0]
        first = parse(span.text, kind, kinds).number
        if first is None or (offer.properties.get(name) or {}).get("type") == "array":
            continue
        nouns = "|".join(re.escape(noun) for noun in sorted(kind.nouns, key=len, reverse=True))
        item = rf"(?:the\s+)?(?:(?:{nouns})\s+)?(?P<code>#?(?:[A-Za-z]{{1,6}}-?)?\d[\w-]*)(?![\w.,]?\w)"
        places = _run(re.compile(item, re.IGNORECASE), text, span, first)
        if len(places) > 1:
            return tuple(_with(draft, name, text, start, end) for start, end in places)
    return (draft,)


def _run(item: re.Pattern[str], text: str, span: Span, first: str) -> list[tuple[int, int]]:
    """The items around ``span`` that only commas and "and" stand between."""
    every = [found.span() for found in item.finditer(text) if _alike(found["code"], first)]
    at = next((index for index, (start, end) in enumerate(every) if start < span.end and span.start < end), None)
    if at is None:
        return []
    low = high = at
    while low > 0 and _BETWEEN.fullmatch(text[every[low - 1][1] : every[low][0]]):
        low -= 1
    while high + 1 < len(every) and _BETWEEN.fullmatch(text[every[high][1] : every[high + 1][0]]):
        high += 1
    return every[low : high + 1]


def _with(draft: Draft, name: str, text: str, start: int, end: int) -> Draft:
    words = Mention(spans=(Span(start=start, end=end, text=text[start:end]),))
    return draft.model_copy(update={"arguments": {**draft.arguments, name: words}})


def _alike(code: str, first: str) -> bool:
    """Whether two codes can be of one kind: as many digits, so that "invoice 1042 and 20 EUR" lists nothing."""
    return len(re.sub(r"\D", "", code)) == len(re.sub(r"\D", "", first))
