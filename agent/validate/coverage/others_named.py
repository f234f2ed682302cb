"""Others who are named: for whom, as whom or with whose leave something is to be done, where nothing of it was used.

"For" and "as" mostly give a reason; before a name they say whose the order is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from language.stems import EMPTY, stem
from language.wordnet import is_word

Place = tuple[int, int]

_FOR: Final = re.compile(
    r"(?<!\w)(?:(?i:for|as|instead\s+of|on\s+behalf\s+of|in\s+the\s+name\s+of|in\s+favou?r\s+of|by\s+order\s+of)\s+"
    r"|(?i:on|at|with|under|from|through)\s+(?=[A-Z][\w-]*['’]s\s))"
    r"(?P<name>[A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)?)(?:['’]s(?:\s+[^\W\d_]+)?)?"
)

_BEHIND: Final = re.compile(r"\s+([a-z]+)")
_TIME_WORDS: Final = """
christmas xmas easter halloween thanksgiving hanukkah ramadan eid diwali pentecost carnival advent valentine black new
spring summer autumn winter january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
"""
_TIMES: Final = frozenset(_TIME_WORDS.split())


def find_others(
    text: str, taken: Sequence[Place], known: frozenset[str], shown: frozenset[str] = frozenset()
) -> Iterator[Place]:
    """The places of such names with what leads up to them. A time of the year or an abbreviation names nobody, and who
    is ``shown`` with the call, in small letters, is no other."""
    for found in _FOR.finditer(text):
        name, (start, end) = found["name"], found.span("name")
        low = name.casefold()
        if name.isupper() or low in _TIMES or low in shown or stem(low) in known:
            continue
        behind = _BEHIND.match(text, found.end())
        if behind is not None and is_word(low) and behind[1] not in EMPTY:
            continue  # "for European customers": what kind of
        if not any(first < end and start < last for first, last in taken):
            yield found.span()
