"""Normalization of a request's text: no politeness, slips of the pen put right, orders of two words as one."""

from __future__ import annotations

from collections.abc import Sequence

from agent.extract.spans.money import find_currency
from agent.extract.spans.politeness import strip_politeness
from agent.extract.time import durations
from agent.resolve.rules.normalization.chat_words import write_out
from agent.resolve.rules.normalization.corrections import blank_out_corrected
from agent.resolve.rules.normalization.phrasal_verbs import replace_phrasal_verbs
from agent.resolve.rules.normalization.spelling import correct_spelling
from agent.resolve.rules.normalization.text_alignment import AlignedText
from language.foreign import translate
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind


def normalize(typed: str, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> AlignedText:
    """The request as it is read: without politeness, slips of the pen put right, orders of two words as one."""
    read = AlignedText.of(typed, blank_out_corrected(strip_politeness(_lower_shouted(typed))))
    if (other := translate(read.text)) is not None:
        return read.put(other.pieces)
    read = read.put(write_out(read.text, _counted))
    read = read.put(correct_spelling(read.text, shortlist, kinds))
    return read.put(replace_phrasal_verbs(read.text, shortlist.knows, shortlist.calls))


def _counted(word: str) -> bool:
    return word in durations.SECONDS or find_currency(word) is not None or word in {"more", "of", "open", "per"}


def _lower_shouted(typed: str) -> str:
    """Without capitals where nearly all letters are: then they tell no name from another word."""
    letters = [char for char in typed if char.isalpha()]
    shouted = len(letters) > 7 and sum(map(str.isupper, letters)) > 0.8 * len(letters)
    low = typed.lower()
    return low if shouted and len(low) == len(typed) else typed
