"""Several records in one breath: "close tickets 5524, 5525 and 5526" is three calls."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.pipeline import Draft, Mention, Span
from agent.read.reference import parse
from registry.contract import Unit
from registry.offer import Offer
from registry.records import RecordKind


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
        more = re.compile(
            rf"\s*(?:,|;|&|\band\b|\bas\s+well\s+as\b)+\s*(?:(?:and|also)\s+)?(?:the\s+)?(?:(?:{nouns})\s+)?"
            r"(?P<code>#?(?:[A-Za-z]{1,6}-?)?\d[\w-]*)(?![\w.,]?\w)",
            re.IGNORECASE,
        )
        made, at = [draft], span.end
        while (found := more.match(text, at)) is not None and _alike(found["code"], first):
            start, at = found.span("code")
            words = Mention(spans=(Span(start=start, end=at, text=found["code"]),))
            made.append(draft.model_copy(update={"arguments": {**draft.arguments, name: words}}))
        if len(made) > 1:
            return tuple(made)
    return (draft,)


def _alike(code: str, first: str) -> bool:
    """Whether two codes can be of one kind: as many digits, so that "invoice 1042 and 20 EUR" lists nothing."""
    return len(re.sub(r"\D", "", code)) == len(re.sub(r"\D", "", first))
