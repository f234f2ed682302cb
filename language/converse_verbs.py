"""Converse verbs: "we got 50 from Ada" and "Ada gave us 50" tell what Ada paid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from language.date_forms import DAYS, MONTHS

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
_ELSEWHERE: Final = re.compile(
    r"(?<!\w)(?:to|back|off|away|out|and|less|gone|tips?|refund(?:ed)?)(?!\w)|\w['’]s(?!\w)", re.IGNORECASE
)


class Received(NamedTuple):
    """What the speaker got. ``start`` and ``end`` are those of the verb, with "me", or where it would stand. ``got`` is
    the verb of getting, if that was said."""

    start: int
    end: int
    got: str
    sum_at: int


def find_received(text: str, sums: Mapping[int, int]) -> Received | None:
    """The sum that a text begins with as got from somebody, or as given by them. ``sums``: where each begins and ends.
    None for what was denied, goes elsewhere, or is got from a day on."""
    for found in filter(None, (_GOT.match(text), _GAVE.match(text))):
        end = sums.get(found.end())
        if end is None or _ELSEWHERE.search(text, end):
            continue
        start, stop = found.span("verb") if found["verb"] else (found.end(), found.end())
        if found.re is _GAVE:
            return Received(start, stop, "", found.end())
        giver = _FROM.match(text, end)
        if giver is not None and giver["from"].casefold() not in _WHEN:
            return Received(start, stop, found["verb"] or "", found.end())
    return None
