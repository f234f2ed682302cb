"""The other branch of a condition that only names another record: "put it into D2 if that is free, otherwise D5"."""

from __future__ import annotations

from collections.abc import Sequence

from agent.planning.proposal import Call, Find, Test, Words
from agent.planning.quotes import walk
from agent.resolve.rules.grammar.earlier_calls import exchange
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.proposer import is_called
from agent.resolve.rules.grammar.reader import Reader


def call_instead(
    reader: Reader, calls: Sequence[Call], tests: Sequence[Test], stretch: tuple[int, int]
) -> tuple[Call, ...]:
    """The same calls with another record in the place of the tested one. Empty if the words are no
    such record."""
    first, stop = (reader.end_index(at) for at in stretch)
    for tested in (each for each in walk(tests) if isinstance(each, Find) and each.said is not None):
        own = next((each for each in walk(calls) if is_called(each, tested)), None)
        other = read_phrase(reader, first, stop, reader.kinds[tested.record]) if own else None
        said = other.find.said if other is not None and other.last >= stop else None
        if other is not None and said is not None and other.find.record == tested.record and _alike(said, tested.said):
            return tuple(exchange(call, own, other.find) for call in calls)
    return ()


def _alike(said: Words, other: Words | None) -> bool:
    """Whether two names are of one form: a number and a number, and no number and somebody's name."""
    return other is not None and any(map(str.isdigit, said.text)) == any(map(str.isdigit, other.text))
