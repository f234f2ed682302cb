"""Questions of who has what: "whose ticket is 7", "who is Rex's owner", "is anybody on 7", "monthly or
yearly", "does Ada owe more than Ben"."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import (
    Find,
)
from agent.resolve.rules.grammar.phrases.phrase_parts import is_code
from agent.resolve.rules.grammar.questions.restrictions import BE
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set

_ANYONE: Final = word_set("anyone anybody someone somebody")
_AFTER: Final = word_set("on after with care of for the")
_LIGHT: Final = word_set("on in with by a an the currently still paid paying")


def whose_is(reader: Reader, at: int, stop: int) -> Find | None:
    """ "(whose) ticket is 7": the record with that number."""
    found = reader.noun(at)
    step = at + found[1] if found is not None else at
    if found is None or reader.low(step) not in BE or step + 2 != stop or not is_code(reader, step + 1, found[0]):
        return None
    return Find(record=found[0].name, said=reader.words(step + 1, step + 2))
