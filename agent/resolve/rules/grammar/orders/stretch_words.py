"""Words of a stretch: its quotations, the verbs of an action in it, and where its order begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import ActionWords, base_form
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.stretch import Stretch
from language.stems import EMPTY, stem
from language.text import find_quotations
from registry.contract import Annotation, SourceKind
from registry.offers.offer import Offer
from registry.records import RecordKind

MOST_TOKENS: Final = 160
"""Of a stretch that is cut into pieces; what is longer says most of it in words that are no order."""


class StretchWords:
    """One stretch of tokens with the words of one action in it."""

    def __init__(self, reader: Reader, offer: Offer, words: ActionWords, place: Stretch) -> None:
        self.reader, self.offer, self.words, self.place = reader, offer, words, place
        first, stop = place.first, place.stop
        self.first, self.stop = first, min(stop, first + MOST_TOKENS)
        self.quoted = self._quoted()
        self.verbs: dict[int, float] = {}
        self.values: dict[str, list[Piece]] = {}
        self.records: dict[str, list[Piece]] = {}
        self.covered: set[int] = set()
        self.mentioned: list[RecordKind] = []
        self.named_kinds: list[str] = []
        self.creates = False
        """Whether a new record is spoken of, which no action on records there are can mean."""
        self.doubtful = self.last_try = False
        self.told = False
        """Whether what a message shall say is told plainly."""

    def _quoted(self) -> set[int]:
        made: set[int] = set(range(self.reader.message_from(), len(self.reader.tokens)))
        for start, end in find_quotations(self.reader.text.plain):
            made.update(range(self.reader.end_index(start), self.reader.end_index(end)))
        return made

    def _find_verbs(self) -> None:
        reader = self.reader
        stems = {at: base_form(stem(reader.low(at))) for at in range(self.first, self.stop) if at not in self.quoted}
        for at, said in stems.items():
            token = reader.tokens[at]
            if not token.word or (reader.low(at) in EMPTY and reader.low(at) not in {"let", "off"}):
                continue
            much = self.words.verb(said)
            if much and not (token.capital and at > self.first and not reader.starts(at) and token.owns):
                self.verbs[at] = much
        self.aliased: set[int] = set()
        for phrase in self.words.phrases:
            places = self._phrase(phrase, stems)
            if places and not self._told(places[0]):
                self.verbs.update(dict.fromkeys(places, 1.05))
                self.aliased.update(places)
        for at in list(self.verbs):
            if self._told(at):
                self.verbs[at] *= 0.3

    def _told(self, at: int) -> bool:
        """Whether a verb tells what was done ("I already refunded her"), and orders nothing."""
        reader, low = self.reader, self.reader.low(at)
        past = (low.endswith("ed") and stem(low) != low) or base_form(stem(low)) != stem(low)
        if not past or at == self.first:
            return False
        near = {reader.low(step) for step in range(max(self.first, at - 6), at)}
        return near.isdisjoint(lexicon.WANTING)

    def _phrase(self, phrase: Sequence[str], stems: Mapping[int, str]) -> list[int]:
        """Where the words of an alias stand, in their order and near each other."""
        for start in (at for at, said in stems.items() if said == phrase[0]):
            places, at = [start], start
            for word in phrase[1:]:
                at = next((step for step in range(at + 1, min(at + 6, self.stop)) if stems.get(step) == word), -1)
                if at < 0:
                    break
                places.append(at)
            if len(places) == len(phrase):
                return places
        return []

    def kind(self, name: str) -> RecordKind | None:
        return self.reader.kinds.get(self.offer.annotation(name).record or "")

    def own_kinds(self) -> set[str]:
        """The kinds that the action's parameters refer to."""
        return {kind.name for name in self.offer.properties if (kind := self.kind(name)) is not None}

    def _speaks(self, annotation: Annotation) -> bool:
        if annotation.derive is not None:
            return "sources" in annotation.model_fields_set and annotation.takes_words
        return annotation.takes_words or SourceKind.RECORD in annotation.sources

    def _order(self) -> str:
        """The words from where the order begins."""
        begin = min(max(self.place.order, self.first), self.stop - 1)
        tokens = self.reader.tokens
        return self.reader.text.plain[tokens[begin].start : tokens[self.stop - 1].end]

    def _raw(self) -> tuple[int, str]:
        start = self.reader.tokens[self.first].start
        return start, self.reader.text.plain[start : self.reader.tokens[self.stop - 1].end]

    def _core(self) -> set[int]:
        """The tokens of the parts between marks that hold a verb or a value of the action; all where none does."""
        reader = self.reader
        telling = {at for at, much in self.verbs.items() if much >= 0.5}
        telling |= {at for pieces in self.values.values() for p in pieces for at in range(p.first, p.last)}
        begin, core = self.first, set[int]()
        for at in range(self.first, self.stop + 1):
            if at == self.stop or reader.tokens[at].text in {",", ":", ";", ".", "!", "?", "-", "–"}:
                if not telling.isdisjoint(range(begin, at)):
                    core.update(range(begin, at))
                begin = at + 1
        return core or set(range(self.first, self.stop))

    def _kept(self, pieces: list[Piece]) -> list[Piece]:
        """Without what was taken back: pieces between which and a later one of their kind a correction stands."""
        kept: list[Piece] = []
        for piece in pieces:
            marks = [
                mark for mark in self.reader.corrections if kept and kept[-1].last <= mark[0] and mark[1] <= piece.first
            ]
            if marks:
                for each in kept:
                    self.covered.update(range(each.first, each.last))
                for first, last in marks:
                    self.covered.update(range(first, last))
                kept = []
            kept.append(piece)
        return kept
