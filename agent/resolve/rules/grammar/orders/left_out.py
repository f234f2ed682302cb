"""What a phrase of its own leaves out of a set that was read before it: "everybody with 5 days except Ada"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.planning.proposal import Except, Find, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.reader import Reader


def is_left_out(reader: Reader, phrase: Phrase) -> bool:
    return any(reader.lows(phrase.first - len(words), len(words)) == words for words in lexicon.EXCEPT)


def leave_out(pieces: list[Piece], phrase: Phrase, reference: Find) -> bool:
    """Takes what is left out off the last set; False where there is none, and nothing is settled."""
    whole = _set_of(pieces)
    if whole is None:
        return False
    where = (*whole.where, Except(left_out=reference))
    less = RecordArgument(reference=whole.model_copy(update={"where": where}))
    pieces[-1] = replace(pieces[-1], last=phrase.last, argument=less)
    return True


def find_spared(reader: Reader, pieces: Sequence[Piece], phrase: Phrase) -> tuple[int, int] | None:
    """Where it is said of somebody behind a set that it is not for them, in words that can't be read: "(all of them)
    but leave Ada's alone"."""
    if _set_of(pieces) is None:
        return None
    spared = (at for at in range(pieces[-1].last, phrase.first) if reader.low(at) in lexicon.SPARING)
    return next(((at, phrase.last) for at in spared), None)


def _set_of(pieces: Sequence[Piece]) -> Find | None:
    argument = pieces[-1].argument if pieces else None
    find = argument.reference if isinstance(argument, RecordArgument) else None
    return find if isinstance(find, Find) and find.pick != "one" else None
