"""Ranges of numbers: "bills 12 through 15" are the records whose numbers lie between the two."""

from __future__ import annotations

import re
from typing import Final

from agent.planning.proposal import Compare, Word, Words
from agent.resolve.rules.grammar.phrases.phrase_parts import is_code
from agent.resolve.rules.grammar.reader import Reader
from language.text import singularize
from registry.records import RecordKind

_THROUGH: Final = frozenset(("through", "thru"))
_TO: Final = frozenset(("to", "till", "until"))
_NUMBER: Final = re.compile(r"(\D*)(\d+)")
_PAIR: Final = re.compile(r"(\d{3,})-(\d{3,})")
Between = tuple[Compare, Compare]


def read_number_range(reader: Reader, at: int, stop: int, kind: RecordKind) -> tuple[Between, int] | None:
    """The conditions on a kind's number that a range at a token says, and where it ends."""
    at += at + 1 < stop and reader.low(at) == "from"
    field = next((each for each in kind.fields if each.search == "number"), None)
    named, token = _names_several(reader, at), reader.tokens[at]
    if field is None or at in reader.quoted or at in reader.dated or (at in reader.ranges and not named):
        return None
    if (pair := _PAIR.fullmatch(token.text)) is not None and (named or reader.noun(at - 1) is None):
        places = (reader.text.span(token.start + pair.start(each), token.start + pair.end(each)) for each in (1, 2))
        first, second = (reader.place(*each) for each in places)
        last, said = at + 1, second
    elif joins_range(reader, at) and at + 2 < stop and is_code(reader, at, kind) and is_code(reader, at + 2, kind):
        first, second = reader.words(at, at + 1), reader.words(at + 2, at + 3)
        last, said = at + 3, reader.words(at + 1, at + 3)
    else:
        return None
    ends = _find_ends(first, second, told=named)
    if ends is None:
        return None
    low, high = Word(word=ends[0], quote=first), Word(word=ends[1], quote=said)
    return (Compare(field=field.name, op=">=", value=low), Compare(field=field.name, op="<=", value=high)), last


def joins_range(reader: Reader, at: int) -> bool:
    """Whether what follows a number makes it the first of a range. "To" does behind a noun of several: else it may be
    anything, and "ticket 12-15" one number."""
    low, named = reader.low(at + 1), _names_several(reader, at)
    return low in _THROUGH or (low == "-" and reader.noun(at - 1) is None) or (named and low in {*_TO, "-"})


def _names_several(reader: Reader, at: int) -> bool:
    """Whether a noun of several things stands before a token: "bills 12", "bills from 12"."""
    noun = at - 1 - (reader.low(at - 1) == "from")
    low = reader.low(noun)
    return reader.noun(noun) is not None and singularize(low) != low


def _find_ends(first: Words, second: Words, *, told: bool) -> tuple[str, str] | None:
    """Both ends in full: "INV-7 to 9" ends at INV-9. None if the second is no later number of the same form."""
    one, other = (_NUMBER.fullmatch(each.text.lstrip("#")) for each in (first, second))
    if one is None or other is None or other[1] not in ("", one[1]) or int(one[2]) >= int(other[2]):
        return None
    same = len(one[2]) == len(other[2])
    return (one[0], one[1] + other[2]) if same or told else None
