"""Qualifiers: select among several records, as in "last", "second biggest", "unpaid", "all of"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from agent.extract.references import vocabulary as lists
from agent.extract.references.value import By, Reference, move
from agent.extract.references.vocabulary import (
    TokenCover,
    find_clause_end,
    find_owner_kind,
    match_noun,
    rate_person_likeness,
)
from agent.extract.time import time_ranges
from language.spell_correction import is_same_word
from language.stems import ORDERS, stem
from language.text import Text, Token, read_text, singularize, word_set
from registry.records import Field, RecordKind, Side

Scalar = str | int | bool


def place(cover: TokenCover) -> tuple[int | None, By | None, bool, int | None]:
    low = [token.low for token in cover.tokens]
    position: int | None = None
    by: By | None = None
    descending = True
    count: int | None = None
    for length in (3, 2, 1):
        for index in range(len(low) - length + 1):
            phrase = " ".join(low[index : index + length])
            if position is not None or any(cover.used[index : index + length]) or phrase not in lists.PLACES:
                continue
            position, by, descending = lists.PLACES[phrase]
            if phrase in lists.ORDINALS and index + 1 < len(low):
                follows = low[index + 1]
                if follows in lists.PLACES and follows not in lists.ORDINALS:
                    rank = lists.ORDINALS[phrase]
                    sign, by, descending = lists.PLACES[follows]
                    position = -rank if sign < 0 else rank
                    cover.take(index + 1, index + 2)
            cover.take(index, index + length)
    for index, token in enumerate(cover.tokens):
        near = {other.low for other in cover.tokens[max(0, index - 1) : index + 3]}
        if position is None or cover.used[index] or not near & set(lists.PLACES):
            continue
        number = lists.COUNTS.get(token.low) or (int(token.low) if token.low.isdigit() and len(token.low) < 4 else None)
        if number:
            count = number
            cover.take(index, index + 1)
            break
    return position, by, descending, count


def find_states(
    cover: TokenCover, kind: RecordKind, noun: tuple[int, int] | None, first: int, stop: int
) -> tuple[dict[str, tuple[Scalar, ...]], dict[str, Side]]:
    """The state filters, and the fields that the kind's words for times place before or after now, in the tokens from
    ``first`` to ``stop``.

    A word that is both noun and state ("leads") counts as both. A denied state means the field's other values.
    """
    made: dict[str, tuple[Scalar, ...]] = {}
    times: dict[str, Side] = {}
    index = first
    while index < stop:
        phrase, size = match_state(cover.tokens, index, kind)
        own = noun is not None and noun[0] <= index < noun[1]
        if not size or (any(cover.used[index : index + size]) and not own):
            index += 1
            continue
        negative = _negative(cover, index)
        for name, values in kind.states.get(phrase, {}).items():
            meant = _list_other_values(kind, name, values) if negative else tuple(values)
            made[name] = _combine(made.get(name), meant, listed=_listed(cover, index))
        if phrase in kind.times:
            name, side = kind.times[phrase]
            times[name] = ("future" if side == "past" else "past") if negative else side
        if not own:
            cover.take(index, index + size)
        index += size
    return made, times


def _combine(one: tuple[Scalar, ...] | None, other: tuple[Scalar, ...], *, listed: bool) -> tuple[Scalar, ...]:
    """Combines two words about one field: values that both allow ("unpaid, overdue"), or that either allows ("qualified
    or in proposal")."""
    if one is None:
        return other
    shared = tuple(each for each in one if each in other)
    return shared or ((*one, *other) if listed else one)


def _listed(cover: TokenCover, index: int) -> bool:
    return any(token.low in ("and", "or", ",", "either", "nor") for token in cover.tokens[max(0, index - 3) : index])


def _negative(cover: TokenCover, index: int) -> bool:
    """Whether a negation stands right before: "haven't been started"."""
    for step in range(1, 3):
        if index < step:
            return False
        low = cover.tokens[index - step].low
        if low in NEVER:
            cover.take(index - step, index)
            return True
        if low not in ("been", "yet", "be", "in", "the"):
            return False
    return False


def _list_other_values(kind: RecordKind, name: str, values: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """The field's other values, if its values are known. Otherwise none."""
    field = kind.field_named(name)
    if field is not None and field.type == "boolean":
        return tuple(each for each in (True, False) if each not in values)
    return tuple(each for each in (field.values if field else ()) if each not in values)


def says_every(cover: TokenCover, kind: RecordKind, noun: tuple[int, int] | None, *, one: bool) -> bool:
    said = any(token.low in lists.EVERY and not used for token, used in zip(cover.tokens, cover.used, strict=True))
    for index, token in enumerate(cover.tokens):
        if token.low in lists.EVERY and not cover.used[index]:
            cover.take(index, index + 1)
    if one:
        return False
    if said:
        return True
    if noun is None:
        return False
    head = cover.tokens[noun[1] - 1]
    return (
        not head.owns
        and singularize(head.low) != head.low
        and head.low
        not in {
            part
            for each in kind.nouns
            for part in each.lower().split()
            if singularize(part) not in kind.nouns and part == each
        }
    )


RELATIVE: Final = word_set("that which who whose they he she it")
NEVER: Final = word_set("not never haven't hasn't isn't aren't wasn't weren't didn't don't doesn't hadn't")
PARTICIPLES: Final = word_set("assigned belonging owned sent received created opened due scheduled")
LIGHT: Final = word_set("one ones in with and or either the of on from still currently stage status list all both")
_ENDS: Final = word_set('. ; ! ? : " so because when while then but please if can could as')
_MOST: Final = 18


def find_narrowed_end(text: Text, last: int, kind: RecordKind) -> int:
    """The token after what describes the records of ``kind`` whose phrase ends before token ``last``: up to the last
    word with meaning as a state, time or relation."""
    tokens = text.tokens
    end = index = last
    relative = False
    whens = time_ranges.find_stretches(text) if any(each.ranged for each in kind.fields) else []
    while index < min(len(tokens), last + _MOST) and not _ends(tokens, index):
        relative = relative or tokens[index].low in RELATIVE
        # "Make ticket 5519 urgent": a state right after it is its new state.
        if (
            index + 2 < len(tokens)
            and tokens[index].low in PARTICIPLES
            and tokens[index + 1].low in ("to", "by", "from", "for")
        ):
            index = end = find_clause_end(tokens, index + 2)  # "leads assigned to Nadia"
            continue
        size = (match_state(tokens, index, kind)[1] if index > last else 0) or _match_time_word(tokens, index, whens)
        if size:
            index += size
            if (
                index < len(tokens)
                and not _ends(tokens, index)
                and singularize(tokens[index].low) in list_field_words(kind)
            ):
                index += 1  # "the lost stage"
            end = index
        elif relative or tokens[index].low in LIGHT | NEVER | PARTICIPLES:
            index += 1
        else:
            break
    return end


_SO: Final = word_set("at right now currently today tonight still again please and or but since until till")
"""What may follow a state of one small word."""


def match_state(tokens: Sequence[Token], index: int, kind: RecordKind) -> tuple[str, int]:
    """The state or time word of ``kind`` that begins at a token, and its number of tokens. ``("", 0)`` if there is
    none. Allows a typo."""
    for phrase, parts in _list_phrases(tuple(kind.states), tuple(kind.times)):
        for joined in (parts, ("-".join(parts),)):
            said = tokens[index : index + len(joined)]
            if len(said) == len(joined) and all(
                is_same_word(token.low, part) for token, part in zip(said, joined, strict=True)
            ):
                return phrase, len(joined)
    return "", 0


def is_preposition(tokens: Sequence[Token], index: int, kind: RecordKind) -> bool:
    """Whether a small word goes with what is behind it, and is no state: "in pen 7", "in total"."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if tokens[index].low not in ("in", "on") or after is None or not after.word or after.low in _SO:
        return False
    return not match_noun(tokens, index + 1, kind)


@lru_cache(maxsize=256)
def _list_field_words(fields: tuple[Field, ...]) -> frozenset[str]:
    said = " ".join(" ".join((each.label, *each.words)) for each in fields)
    return frozenset(singularize(word) for word in said.lower().replace("-", " ").split())


def list_field_words(kind: RecordKind) -> frozenset[str]:
    """The words for the kind's fields, in the singular. In a description of a record they say nothing alone ("the lost
    *stage*")."""
    return _list_field_words(kind.fields)


@lru_cache(maxsize=256)
def _list_phrases(states: tuple[str, ...], times: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    every = sorted({*states, *times}, key=len, reverse=True)
    return tuple((phrase, tuple(re.split(r"[\s-]+", phrase.lower()))) for phrase in every)


def _match_time_word(tokens: Sequence[Token], index: int, whens: Sequence[tuple[int, int, str]]) -> int:
    end = next((end for start, end, _ in whens if start == tokens[index].start), None)
    return 0 if end is None else sum(1 for token in tokens[index:] if token.start < end)


def _ends(tokens: Sequence[Token], index: int) -> bool:
    """Whether the phrase ends here: punctuation, the next order, or a destination ("to Sofia", but not "to a
    proposal")."""
    token = tokens[index]
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.low in _ENDS or token.text in ("'", "`", "“", "‘", ","):
        return True
    if token.low in ("to", "into", "onto"):
        return after is None or after.low not in ("a", "an")
    return token.low in ("and", "or") and after is not None and stem(after.low) in ORDERS


Read = Callable[[str, RecordKind, Iterable[RecordKind]], Reference]
_POINTING: Final = lists.PRONOUNS | lists.OWNERS | lists.MINE
_NAMELESS: Final = (lists.FILLERS - lists.OWNERS - lists.MINE) | frozenset(lists.PLACES)
_STOPS: Final = word_set(", ; . ? ! : which who that about regarding called named titled")


class PossessiveReader(TokenCover):
    """Reads the owner from a phrase about a record of ``kind``. ``read`` reads the owner's own words.

    For a kind that has names and no owner, the owner's words are its ``name``: "Viktor Orlov's account".
    """

    def __init__(self, text: Text, kind: RecordKind, kinds: Sequence[RecordKind], read: Read) -> None:
        super().__init__(text)
        self.kind, self.kinds = kind, kinds
        self.name: str | None = None
        self.owner: Reference | None = None
        self._read = read

    def read_owner_before(self, noun: tuple[int, int] | None) -> int:
        """Reads "X's … noun" and "his … noun": everything up to the last possessive before the noun is the owner.
        Returns where it ends."""
        limit = noun[0] if noun else len(self.tokens)
        for index in range(limit - 1, -1, -1):
            token = self.tokens[index]
            if self.used[index] or not (noun or index < limit - 1):
                continue
            trailing = (
                token.text == "'"
                and index > 0
                and self.tokens[index - 1].low.endswith("s")
                and not self.used[index - 1]
            )
            if token.owns or trailing:
                first = index
                while first > 0 and not self.used[first - 1] and self.tokens[first - 1].text not in {",", ";", ":"}:
                    first -= 1
                while first < index and (self.tokens[first].low in lists.EVERY or self.tokens[first].low == "of"):
                    first += 1
                stop = index if trailing else index + 1
                end = self.tokens[index].start if trailing else token.end - 2
                self._take_owner(self.tokens[first].start, end)
                self.take(first, max(stop, index + 1))
                return index + 1
            if self.kind.ours and token.low in {"my", "our"}:
                self.take(index, index + 1)
                continue
            if token.low in lists.OWNERS or (token.low in lists.MINE and token.low in {"my", "our"}):
                spec = find_owner_kind(self.kind, self.kinds)
                if spec is not None and noun is not None:
                    self.owner = self._read_pointed(spec, token)
                    self.take(index, index + 1)
                    return index + 1
        return 0

    def read_owner_after(self, index: int, end: int) -> None:
        """Reads "… of X": the owner stands between the "of" at ``index`` and ``end``."""
        first = index + 1
        while first < end - 1 and self.tokens[first].low in lists.OF:
            first += 1
        if self.tokens[first].low in _POINTING and end == first + 1:
            spec = find_owner_kind(self.kind, self.kinds)
            if spec is not None and self.owner is None:
                self.owner = self._read_pointed(spec, self.tokens[first])
                self.take(index, end)
            return
        last = self.tokens[end - 1]
        self._take_owner(self.tokens[first].start, last.bare_end)
        if self.owner is not None:
            self.take(index, end)

    def find_tail_end(self, index: int) -> int:
        """Where the words from a token on end: before words with a known role, punctuation, or a new clause."""
        while index < len(self.tokens) and not self.used[index] and self.tokens[index].low not in _STOPS:
            index += 1
        return index

    def owned(self, first: int, last: int) -> bool:
        """Whether these words can name an owner, and are not only a state, a position or a filler."""
        if find_owner_kind(self.kind, self.kinds) is None:
            return False
        return any(token.word and token.low not in _NAMELESS for token in self.tokens[first:last])

    def _take_owner(self, start: int, end: int) -> None:
        """Reads the owner phrase as the related kind whose noun it holds, or else as the one with names."""
        if self.owner is not None:
            return
        words = self.text.original(start, end)
        tokens = read_text(words).tokens
        related = [kind for relation in self.kind.relations for kind in self.kinds if kind.name == relation.kind]
        said = [kind for kind in related if any(match_noun(tokens, index, kind) for index in range(len(tokens)))]
        spec = said[0] if said else find_owner_kind(self.kind, self.kinds)
        if spec is not None:
            self.owner = self._read_part(start, end, spec, spec)
        elif rate_person_likeness(self.kind):
            self.name = self.name or words

    def _read_part(self, start: int, end: int, kind: RecordKind, but: RecordKind) -> Reference:
        """A part of the words as a record of ``kind``, among all kinds except ``but``."""
        others = [each for each in self.kinds if each.name != but.name]
        return move(self._read(self.text.original(start, end), kind, others), self.text.span(start, start)[0])

    def _read_pointed(self, spec: RecordKind, token: Token) -> Reference:
        span = self.text.span(token.start, token.end)
        return Reference(kind=spec.name, pronoun=True, mine=token.low in lists.MINE, spans=(span,))
