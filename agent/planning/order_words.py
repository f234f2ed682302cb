"""Order words: what each word of a request is in the order of one action that needs a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.extract.parameter_reader import read_exact
from agent.extract.parameter_spec import ParameterSpec, make_parameter_spec
from agent.extract.spans.politeness import is_polite_word
from agent.extract.time import dates, times
from agent.planning.record_links import RecordLink, link_members
from agent.planning.task import Task
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import TOLD, WRITES, ActionWords, read_action_words
from agent.resolve.rules.grammar.orders.colon_texts import NEW_THINGS, TITLING
from agent.resolve.rules.grammar.orders.text_parameters import (
    TELLING,
    is_kept,
    is_note,
    is_sent,
    list_named,
    takes_text,
)
from agent.resolve.rules.grammar.orders.texts import LEADING, WEIGHTY
from language.example_patterns import PARTICLES
from language.opposites import TAKING_AWAY
from language.stems import EMPTY, MAKING, READING, is_past, makes_anew, split_runs, stem, stem_text
from language.text import find_quotations, read_text, word_set
from language.wordnet import find_similar_stems, rate_similarity
from registry.contract import Contract
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

MOST_CLAUSES: Final = 8
"""Of a request that is read as the order of a text."""
_MARK: Final = re.compile(r"\s*(?P<mark>:(?=\s|[\"“‘'])|[,;.!?](?=\s|$)|\s[-–—]+(?=\s)|\n)\s*")
BARS: Final = (WEIGHTY | lexicon.DENYING | lexicon.SUBORDINATE | {"or", "once", "only"}) - {"all", "because", "as"}
"""Words by which an order is denied, restricted or put off, or is for one of two."""
_MUCH: Final = 4
"""Parameters that an action needs, with its text, whose values alone tell that something of its kind is meant."""
_DOWN: Final = "down"
"""What stands behind a verb by which words are kept: "put down that …"."""
_ONTO: Final = word_set("on in to onto into")
_LET: Final = "let"
KNOW: Final = "know"
_ALIKE: Final = 0.4
"""Similarity above which a verb may mean to make something."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it is in the order: a "name", a "value", one of its "own" words, one that "bars" it, or none."""

    low: str
    start: int
    end: int
    part: str


@dataclass(frozen=True, slots=True)
class Clause:
    """The words between two marks, and the mark before them."""

    mark: str
    words: tuple[Word, ...]

    def has(self, part: str) -> bool:
        return any(each.part == part for each in self.words)


def _span(words: Sequence[Word]) -> tuple[int, int]:
    return words[0].start, words[-1].end


def is_phrasal(words: Sequence[Word], at: int) -> bool:
    """Whether a verb has a particle, by which it tells nobody anything: "write it off", "write down"."""
    behind = at + 1 + (at + 1 < len(words) and words[at + 1].low in lexicon.PRONOUNS)
    return behind < len(words) and words[behind].low in PARTICLES


class OrderWords:
    """The clauses of a request, read as the order of one action."""

    def __init__(
        self,
        task: Task,
        offer: Offer,
        contract: Contract,
        name: str,
        links: Sequence[RecordLink],
        shortlist: Shortlist,
    ) -> None:
        self.task, self.offer, self.contract, self.name = task, offer, contract, name
        self.text = task.request.text
        self.words: ActionWords = read_action_words(offer, shortlist)
        self.others = [read_action_words(each, shortlist) for each in shortlist.offers if each.name != offer.name]
        annotation = offer.annotation(name)
        self.sent, self.kept = is_sent(name, annotation), is_kept(name, annotation) or is_note(name, annotation)
        kinds = [task.workspace_context.kinds.get(offer.annotation(each).record or "") for each in offer.properties]
        taken = {stem(word) for kind in kinds if kind is not None for noun in kind.nouns for word in noun.split()}
        titled = {each for title in (offer.title, *offer.aliases) for each in stem_text(title)}
        called = (stem_text(each)[len(each.split()) > 1 :] for each in (offer.title, *offer.aliases))
        self.nouns = {word for each in called for word in each} - taken
        self.own = titled | taken
        for each in offer.properties:
            self.own |= list_named(each, offer.annotation(each))
        own = {offer.annotation(each).record for each in offer.properties}
        named = (each for each in links if each.by_name or self.text[each.start : each.end].isdigit())
        self.links = [each for each in named if not own.isdisjoint(each.kinds)]
        kinds_of = {kind.name: {stem(each) for each in kind.nouns} for kind in task.workspace_context.kinds}
        self.others_named = [
            each.start
            for each in links
            if each.by_name and not any(self.nouns & kinds_of.get(kind, set()) for kind in each.kinds)
        ]
        self.clauses = [*self._split()][: MOST_CLAUSES + 1]

    def _split(self) -> Iterator[Clause]:
        quoted = find_quotations(self.text)
        marks = [each for each in _MARK.finditer(self.text) if not any(a < each.start() < b for a, b in quoted)]
        bounds = [("", 0), *((each["mark"].strip(), each.end()) for each in marks)]
        ends = [*(each.start() for each in marks), len(self.text)]
        for (mark, start), end in zip(bounds, ends, strict=True):
            words = tuple(self._read_words(start, end))
            if words and any(map(str.isdigit, self.text[start:end])) and any(not each.part for each in words):
                values = self.list_takers(words)
                words = tuple(replace(each, part="value") for each in words) if values else words
            if words:
                yield Clause(mark, words)

    def _read_words(self, start: int, end: int) -> Iterator[Word]:
        inner = " " * start + self.text[start:end]
        members = link_members(inner, inner, self.offer).values()
        values = [
            (each.quote.start, each.quote.start + len(each.quote.text))
            for each in members
            if each.quote is not None and each.quote.start is not None
        ]
        if any(each.get("format") in ("date", "date-time") for each in self.offer.properties.values()):
            now = self.task.request.now.astimezone(self.task.request.zone).date()
            values += [(each.start, each.end) for each in dates.find(read_text(inner), now) if each.last is None]
        if any("time" in self.read_spec(each).kinds for each in self.offer.properties):
            values += [(each.start, each.end) for each in times.find_hours(read_text(inner))]
        names = [(each.start, each.end) for each in self.links]
        needs = any(self.offer.annotation(each).record is not None for each in self.offer.required)
        for word, first, _ in split_runs(inner):
            low = word.casefold()
            parts = [("value", values), ("name", names)][:: -1 if needs else 1]
            part = next((each for each, places in parts if any(a <= first < b for a, b in places)), "")
            if not part and low in BARS:
                part = "bar"
            elif not part and self._is_own(low):
                part = "own"
            yield Word(low, first, first + len(word), part)

    def _is_own(self, low: str) -> bool:
        said = stem(low)
        return (
            low in EMPTY | PARTICLES | {KNOW}
            or is_polite_word(low)
            or said in self.own | NEW_THINGS | MAKING
            or self.words.rate_verb(said) >= WRITES
        )

    def list_takers(self, words: Sequence[Word]) -> set[str]:
        """The parameters of which these words are a value, perhaps beside what it is called: "16 seats"."""
        text = self.text[words[0].start : words[-1].end]
        inner = " " * words[0].start + text
        found = {*link_members(inner, inner, self.offer)}
        named = {kind for each in self.links for kind in each.kinds if (each.start, each.end) == _span(words)}
        for name, schema in self.offer.properties.items():
            annotation, called = self.offer.annotation(name), list_named(name, self.offer.annotation(name))
            if annotation.record in named:
                found.add(name)
            if annotation.record is not None or takes_text(name, schema, annotation) or "enum" in schema:
                continue
            said = [each for each in words if each.low not in LEADING and stem(each.low) not in called]
            if said and annotation.takes_words:
                value = self.text[said[0].start : said[-1].end]
                now = self.task.request.now
                read = read_exact(value, name=name, schema=schema, annotation=annotation, now=now)
                found |= {name} if read is not None else set()
        return found

    def orders(self, words: Sequence[Word]) -> bool:
        """Whether these words order the action: by its verb, or by the noun of what it makes."""
        said = [each for each in words if each.part in ("own", "") and not is_polite_word(each.low)]
        said = [each for each in said if each.low not in EMPTY or each.low == _LET]
        if not said:
            return False
        verb, lows = stem(said[0].low), [each.low for each in words]
        rate = self.words.rate_verb(verb)
        if self.sent:
            at = words.index(said[0]) + 1
            if is_phrasal(words, at - 1):
                return False
            named = next((step for step in range(at, len(words)) if words[step].part == "name"), len(words))
            next_low = next((each.low for each in words[named:] if each.part != "name"), "")
            if said[0].low == _LET and next_low != KNOW:
                return False
            told = next_low == "that" and all(each.low in lexicon.DETERMINERS for each in words[at:named])
            return told or rate >= WRITES or (said[0].low in TELLING and self.words.writes)
        if rate < WRITES and (verb in TAKING_AWAY | READING):
            return False
        stems = [*map(stem, lows)]
        phrases = (tuple(stems[at : at + len(each)]) == each for each in self.words.phrases for at in range(len(stems)))
        if any(phrases) or (self.kept and (_DOWN in lows or (verb in NEW_THINGS and self._puts_on_page(words)))):
            return True
        if rate >= TOLD and (verb, _DOWN) not in self.words.phrases:
            return True
        noun = next((at for at, each in enumerate(stems) if each in self.nouns), None)
        makes = makes_anew(self.offer.title)
        if not (self.kept or makes) or (noun is None and (self.kept or len(self.offer.required) < _MUCH)):
            return False
        anew = rate_similarity(verb, MAKING, verb=True) > _ALIKE or verb in NEW_THINGS | MAKING | self.nouns
        definite = not lexicon.DEFINITE.isdisjoint(lows[:noun])
        return (anew or (noun is not None and (said[0].part == "own" or _DOWN in lows))) and not definite

    def begins(self, clause: Clause) -> bool:
        """Whether a clause begins with the order, and not with somebody who gives or tells it."""
        content = [
            each
            for each in clause.words
            if (each.low not in EMPTY or each.low == _LET) and not is_polite_word(each.low) and each.part != "value"
        ]
        if not content or content[0].part == "name":
            return False
        return self.orders(clause.words)

    def introduces(self, words: Sequence[Word], at: int) -> bool:
        """Whether a word introduces a text: "that", "saying", "about", or "to" before a verb."""
        low, behind = words[at].low, words[at + 1] if at + 1 < len(words) else None
        if behind is None or at == 0 or words[at].part == "name":
            return False
        if low == "to":
            verb = behind.low in ("be", "have") or (
                behind.low not in EMPTY and bool(find_similar_stems(stem(behind.low), verb=True))
            )
            return verb and behind.part not in ("name", "value") and not is_past(behind.low)
        if low == "about":
            return not self.sent
        return low == "that" or low in TITLING

    def is_page(self, words: Sequence[Word], word: Word) -> bool:
        """Whether a word is what somebody's notes or things are kept on: "Ada's page"."""
        at = words.index(word)
        owns = (
            at > 0
            and words[at - 1].part in ("name", "value")
            and any(each.owns and each.start <= words[at - 1].start < each.end for each in self.links)
        )
        return (owns or (at > 0 and words[at - 1].low in lexicon.OWNERS)) and not word.part and not self.sent

    def _puts_on_page(self, words: Sequence[Word]) -> bool:
        """Whether something is put where somebody's notes are: "on Ada's page"."""
        page = next((at for at, each in enumerate(words) if self.is_page(words, each)), 0)
        behind = (each.low for each in words[:page][::-1] if each.part != "name" and each.low not in lexicon.OWNERS)
        return next(behind, "") in _ONTO

    @property
    def takes_record(self) -> bool:
        return any(self.offer.annotation(each).record is not None for each in self.offer.properties)

    def lacks_record(self, words: Sequence[Word]) -> bool:
        return self.takes_record and not any(each.part == "name" for each in words)

    def read_spec(self, name: str) -> ParameterSpec:
        return make_parameter_spec(name, self.offer.properties[name], self.offer.annotation(name))
