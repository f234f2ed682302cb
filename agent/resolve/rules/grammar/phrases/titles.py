"""Titles of records: quoted words, and capitalised words joined by function words, as works, products and places have
them.

"Bridges of the Danube", "Ten Soups for Winter", "Quay Street 12": the function words and numbers belong to the name.
Only live data can tell where it ends ("Bridges of the Danube to the Travel section"), so there is a reading for each
end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import find_quotations, word_set

Place = tuple[int, int]

MOST_READINGS: Final = 3
MOST_TOKENS: Final = 80
MOST_TITLES: Final = 3
MOST_WORDS: Final = 10
_MOST_JOINING: Final = 2
"""Small words in a row: "of the"."""
_MOST_DIGITS: Final = 3
"""Of the number that a name ends with: "Quay Street 12"."""
_JOINING: Final = word_set("a an the of to for and in on at from with by or de la le du van von der und")


def find_titles(reader: Reader) -> list[tuple[Place, ...]]:
    """The token ranges of titles, once for each possible end, longest first.

    Empty without quotes or joined capitalised words, and for a long text, because each reading costs as much as the
    first.
    """
    if len(reader.tokens) > MOST_TOKENS:
        return []
    found = [[place] for place in _quotations(reader)][:MOST_TITLES]
    at = 0
    while at < len(reader.tokens) and len(found) < MOST_TITLES:
        ends = [] if at in reader.quoted else list(_ends(reader, at))
        if ends:
            found.append([(at, end) for end in reversed(ends)])
        at = ends[-1] if ends else at + 1
    readings = [tuple(each[min(step, len(each) - 1)] for each in found) for step in range(MOST_READINGS)]
    return list(dict.fromkeys(readings)) if found else []


def read_titles_as_names(reader: Reader, places: tuple[Place, ...]) -> None:
    """Makes the reader take each of these places for one name, as with quoted words."""
    reader.titles = dict(places)
    reader.quoted = reader.quoted.union(*(range(*each) for each in places))


def _quotations(reader: Reader) -> Iterator[Place]:
    for start, end in find_quotations(reader.text.plain):
        first, last = reader.end_index(start + 1), reader.end_index(end - 1)
        if first < last <= first + MOST_WORDS:
            yield first, last


def _ends(reader: Reader, at: int) -> Iterator[int]:
    """The possible ends of a title that begins at a token, nearest first."""
    if not _is_capital(reader, at) or (reader.starts(at) and is_order(stem(reader.low(at)))):
        return
    step, joined = at + 1, reader.low(at) in _JOINING
    while step < min(len(reader.tokens), at + MOST_WORDS) and not reader.tokens[step - 1].owns:
        joining = 0
        while (
            joining < _MOST_JOINING
            and reader.low(step + joining) in _JOINING
            and not _is_capital(reader, step + joining)
        ):
            joining += 1
        if not _is_capital(reader, step + joining):
            break
        if joining and joined:
            yield step
        joined = joined or joining > 0
        step += joining + 1
    if joined and step > at + 1:
        yield step
    if step not in reader.valued and reader.low(step).isdigit() and len(reader.low(step)) <= _MOST_DIGITS:
        yield step + 1


def _is_capital(reader: Reader, at: int) -> bool:
    return at < len(reader.tokens) and reader.tokens[at].word and reader.tokens[at].capital
