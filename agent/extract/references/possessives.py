"""Whose a record is: "X's invoice", "his invoice", "the invoice of X", "the customer of invoice INV-1042"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from agent.extract.references import vocabulary as lists
from agent.extract.references.cover import TokenCover
from agent.extract.references.nouns import noun_at, owner_kind, person_like
from agent.extract.references.value import Reference, moved
from language.text import Text, Token, read_text, word_set
from registry.records import RecordKind

Read = Callable[[str, RecordKind, Iterable[RecordKind]], Reference]

_POINTING: Final = lists.PRONOUNS | lists.OWNERS | lists.MINE
_NAMELESS: Final = (lists.FILLERS - lists.OWNERS - lists.MINE) | frozenset(lists.PLACES)
_BEHIND: Final = word_set("of for on behind with")
_STOPS: Final = word_set(", ; . ? ! : which who that about regarding called named titled")


class PossessiveReader(TokenCover):
    """A phrase about a record of ``kind`` and the owner that is read out of it. ``read`` reads the owner's own words.

    A kind that is called by name and belongs to nobody has its owner's words as its ``name``: "Viktor Orlov's account".
    """

    def __init__(self, text: Text, kind: RecordKind, kinds: Sequence[RecordKind], read: Read) -> None:
        super().__init__(text)
        self.kind, self.kinds = kind, kinds
        self.name: str | None = None
        self.owner: Reference | None = None
        self.through: Reference | None = None
        self._read = read

    def owner_before(self, noun: tuple[int, int] | None) -> int:
        """ "X's … noun" and "his … noun": everything up to the last possessive before the noun is the owner. Answers where it ends."""
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
                self._own(self.tokens[first].start, end)
                self.take(first, max(stop, index + 1))
                return index + 1
            if self.kind.ours and token.low in {"my", "our"}:
                self.take(index, index + 1)
                continue
            if token.low in lists.OWNERS or (token.low in lists.MINE and token.low in {"my", "our"}):
                spec = owner_kind(self.kind, self.kinds)
                if spec is not None and noun is not None:
                    self.owner = self._pointed(spec, token)
                    self.take(index, index + 1)
                    return index + 1
        return 0

    def owner_after(self, index: int, end: int) -> None:
        """ "… of X": the owner stands between the "of" at ``index`` and ``end``."""
        first = index + 1
        while first < end - 1 and self.tokens[first].low in lists.OF:
            first += 1
        if self.tokens[first].low in _POINTING and end == first + 1:
            spec = owner_kind(self.kind, self.kinds)
            if spec is not None and self.owner is None:
                self.owner = self._pointed(spec, self.tokens[first])
                self.take(index, end)
            return
        last = self.tokens[end - 1]
        self._own(self.tokens[first].start, last.end - 2 if last.owns else last.end)
        if self.owner is not None:
            self.take(index, end)

    def reached(self, noun: tuple[int, int] | None) -> None:
        """ "the customer of invoice INV-1042": found by what belongs to it."""
        if noun is None or noun[1] >= len(self.tokens) or self.tokens[noun[1]].low not in _BEHIND:
            return
        end = self.tail_end(noun[1] + 1)
        for kind in self.kinds:
            if kind.relation_to(self.kind.name) is None:
                continue
            if any(noun_at(self.tokens[:end], index, kind) for index in range(noun[1] + 1, end)):
                self.through = self._reading(self.tokens[noun[1] + 1].start, self.tokens[end - 1].end, kind, self.kind)
                self.take(noun[1], end)
                return

    def tail_end(self, index: int) -> int:
        """Where the words that begin at a token end: before what is understood, a mark, or what begins another clause."""
        while index < len(self.tokens) and not self.used[index] and self.tokens[index].low not in _STOPS:
            index += 1
        return index

    def owned(self, first: int, last: int) -> bool:
        """Whether these words can name an owner: not merely a state, a place in line or a filler."""
        if owner_kind(self.kind, self.kinds) is None:
            return False
        return any(token.word and token.low not in _NAMELESS for token in self.tokens[first:last])

    def _own(self, start: int, end: int) -> None:
        """The owner phrase, read as the related kind whose noun it holds, else the one that is called by name."""
        if self.owner is not None:
            return
        words = self.text.original(start, end)
        tokens = read_text(words).tokens
        related = [kind for relation in self.kind.relations for kind in self.kinds if kind.name == relation.kind]
        said = [kind for kind in related if any(noun_at(tokens, index, kind) for index in range(len(tokens)))]
        spec = said[0] if said else owner_kind(self.kind, self.kinds)
        if spec is not None:
            self.owner = self._reading(start, end, spec, spec)
        elif person_like(self.kind):
            self.name = self.name or words

    def _reading(self, start: int, end: int, kind: RecordKind, but: RecordKind) -> Reference:
        """A part of the words as a record of ``kind``, among all kinds ``but`` one."""
        others = [each for each in self.kinds if each.name != but.name]
        return moved(self._read(self.text.original(start, end), kind, others), self.text.span(start, start)[0])

    def _pointed(self, spec: RecordKind, token: Token) -> Reference:
        span = self.text.span(token.start, token.end)
        return Reference(kind=spec.name, pronoun=True, mine=token.low in lists.MINE, spans=(span,))
