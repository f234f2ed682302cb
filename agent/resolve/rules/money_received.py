"""Converse verbs: whoever gives money to the speaker pays it, so that "got 50 from Ada" and "Ada gave me 50" are read
as "paid 50"."""

from __future__ import annotations

import re
from typing import Final

from agent.extract.spans import money
from language.date_forms import DAYS, MONTHS
from language.stems import EMPTY, stem, stem_text
from language.text import blank_quotations, read_text
from registry.offers.shortlist import Shortlist

_PAYING: Final = frozenset(map(stem, ("pay", "payment")))
# Who has got it is the speaker, also where no verb says so: "50 euros from Ada".
_GOT: Final = re.compile(
    r"\s*(?:(?:(?:i|we)(?:['’]ve|\s+have)?\s+)?(?:just\s+)?(?P<verb>got|received|collected)\s+)?", re.IGNORECASE
)
_FROM: Final = re.compile(r"[^.;:!?\n]{0,80}?(?<!\w)from\s+(?P<from>\w+)", re.IGNORECASE)
_WHEN: Final = MONTHS.keys() | DAYS.keys() | {"now", "today", "tomorrow", "next"}
# Who has given it is somebody else. Without "me" it goes to nobody else.
_GAVE: Final = re.compile(
    r"\W*(?!(?:i|we|you|it|they|not|never)\b)(?:[\w'’.&-]+\s+){1,4}?(?:(?:has|just)\s+)*"
    r"(?P<verb>(?:gave|given|handed)(?:\s+(?:me|us))?)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(r"(?<!\w)(?:to|back|off|away|out)(?!\w)", re.IGNORECASE)


def find_money_received(text: str, shortlist: Shortlist) -> list[tuple[int, int, str]]:
    """Finds the verb of money that the speaker got, and "paid" to replace it: where the text begins with it, and where
    an action goes by paying and no other one by that verb."""
    read = read_text(blank_quotations(text))
    for found in filter(None, (_GOT.match(read.plain), _GAVE.match(read.plain))):
        verb = found["verb"] or ""
        said = next((each for each in money.find(read) if each.start == found.end()), None)
        if said is None or _ELSEWHERE.search(read.plain, said.end) or not _is_money(read.low, said, shortlist):
            continue
        giver = _FROM.match(read.plain, said.end)
        ours = giver is not None and giver["from"].casefold() not in _WHEN and bool(verb or said.currency)
        called = [frozenset(stem_text(" ".join((each.title, *each.aliases)))) for each in shortlist.offers]
        pays = [not _PAYING.isdisjoint(each) for each in called]
        other = any(stem(verb.casefold()) in each for each, own in zip(called, pays, strict=True) if not own)
        if any(pays) and (found.re is _GAVE or (ours and not other)):
            return [(*read.span(*(found.span("verb") if verb else (found.end(),) * 2)), "paid" if verb else "paid ")]
    return []


def _is_money(low: str, said: money.Money, shortlist: Shortlist) -> bool:
    """Whether a number is a sum and counts nothing: its currency is named, or no noun but a way to pay follows."""
    behind = re.match(r"\W*(\w*)", low[said.end :])
    word = behind[1] if behind is not None else ""
    if said.currency or said.loose or not word or word in EMPTY:
        return True
    schemas = (schema for offer in shortlist.offers for schema in offer.properties.values())
    return any(word == str(value) for schema in schemas for value in schema.get("enum") or ())
