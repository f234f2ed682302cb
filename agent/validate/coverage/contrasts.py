"""Contrasts: negations that deny another thing or action than the one that is done, which stands beside them.

"Don't do it now, do it at the end", "but don't touch Ada's", "no refund but 30 euros of credit", "high, not urgent".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.unused_words import SAID_AROUND
from language.stems import EMPTY, split_runs, stem

Place = tuple[int, int]

_NO_LONGER: Final = patterns.TRAILING | {"more", "longer", "any"}
_CLOSES: Final = re.compile(r"[,;.!?\n]|\bbut\b")
_NAMES: Final = re.compile(r"\b(?:[A-Z]\w+|[\w-]*\d[\w-]*)")


def only_contrasts(text: str, at: int, taken: Sequence[Place], known: frozenset[str], several: bool) -> bool:
    """Whether a negated clause says nothing but what the call itself speaks of, and another clause says what is done
    instead: "don't do it now, do it at the end". What is not to be among ``several`` is no other thing."""
    closing = _CLOSES.search(text, at)
    if not several and _other_thing(text, at, closing.start() if closing is not None else len(text), taken):
        return True
    if closing is None or not any(start >= closing.end() for start, _ in taken):
        return False
    words = ((word, at + start, at + end) for word, start, end in split_runs(text[at : closing.start()]))
    return all(
        word.casefold() in EMPTY
        or word.casefold() in patterns.TRAILING
        or stem(word.casefold()) in known
        or any(first < end and start < last for first, last in taken)
        for word, start, end in words
    )


def _other_thing(text: str, start: int, end: int, taken: Sequence[Place]) -> bool:
    """Whether what shall not be done is about a thing of its own, which the proposal leaves alone: "but don't touch
    Ada's"."""
    if not taken or any(first < end and start < last for first, last in taken):
        return False
    if patterns.SILENCE & {stem(word.casefold()) for word, _, _ in split_runs(text[start:end])}:
        return False  # whom not to tell of it: no call can promise that
    said = {word.casefold() for first, last in taken for word in re.findall(r"\w+", text[first:last])}
    own = {word.casefold() for word in _NAMES.findall(text[start:end])}
    if own.isdisjoint(said):
        return bool(own)
    # "Not Ada Moor, Ida Moor": either name has a word that the other hasn't.
    used = ({word.casefold() for word in _NAMES.findall(text[first:last])} for first, last in taken)
    return bool(own - said) and all(each - own for each in used if each & own)


def denies_another(text: str, at: int, taken: Sequence[Place], names: Sequence[Place], others: frozenset[str]) -> bool:
    """Whether what is denied is another action by its own word (``others``), and what is done stands behind it: "no
    refund but 30 euros of credit"."""
    closing = _CLOSES.search(text, at)
    if not others or closing is None or not any(start >= closing.end() for start, _ in taken):
        return False
    denied = (at, closing.start())
    if any(start < denied[1] and denied[0] < end for start, end in taken if (start, end) not in names):
        return False
    within = [(start - at, end - at) for start, end in names if start < denied[1] and at < end]
    said = split_runs(text[slice(*denied)])
    words = [word.casefold() for word, start, _ in said if not any(a <= start < b for a, b in within)]
    words = [word for word in words if word not in EMPTY and stem(word) not in SAID_AROUND]
    return bool(words) and all(stem(word) in others for word in words)


def denies_other_value(text: str, at: int, taken: Sequence[Place], others: frozenset[str]) -> bool:
    """Whether what is denied, up to what was used or the clause's end, is nothing but values that were not chosen
    (``others``) of a list that one was chosen from: "rather high than urgent", "no longer monthly but yearly"."""
    if not others:
        return False
    closing = _CLOSES.search(text, at)
    ends = [start for start, _ in taken if start >= at] + [closing.start() if closing is not None else len(text)]
    words = [word.casefold() for word, _, _ in split_runs(text[at : min(ends)])]
    words = [word for word in words if word not in EMPTY and word not in _NO_LONGER]
    return bool(words) and others.issuperset(words)
