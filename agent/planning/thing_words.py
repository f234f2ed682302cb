"""Slot filling for something new: which words of a request are which value of the action that makes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.extract.spans import money
from agent.extract.spans.politeness import is_polite_word
from agent.extract.time import dates, day_pairs, durations
from agent.planning.linked_texts import JOINING, TO_WHOM, TextOrder
from agent.planning.linked_values import list_free_notes, mask
from agent.planning.made_things import choose_links
from agent.planning.order_words import BARS, Clause, Word
from agent.planning.proposal import Words
from agent.planning.record_links import RecordLink, link_members
from agent.planning.task import Task
from agent.planning.unread_words import join_neighbours
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import TOLD
from agent.resolve.rules.grammar.orders.colon_texts import CHANGING, NEW_THINGS, TITLING
from agent.resolve.rules.grammar.orders.message_texts import SUBJECTS
from agent.resolve.rules.grammar.orders.text_parameters import NOTES, TELLING, list_named, takes_text
from agent.resolve.rules.grammar.orders.texts import REASONS
from language.acts import HANDING
from language.example_patterns import PARTICLES
from language.stems import EMPTY, GENERIC, MAKING, is_past, split_runs, stem, stem_text
from language.text import find_quotations, read_text, word_set
from language.wordnet import is_word
from registry.contract import Contract, Unit
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

Place = tuple[int, int]
_NAME: Final = stem("name")
_LEAST_SHORT: Final = 3
"""Letters of a word that may be the beginning of what a value is called: "sev"."""
_LEADING: Final = JOINING | TITLING | word_set("that with a the says say saying reads is its as")
"""What may stand before the word for a text, or between it and the text: "with the note that"."""
_NOTED: Final = word_set("note text message comment remark")
_LIGHT: Final = EMPTY | PARTICLES | TELLING | JOINING | TITLING | SUBJECTS | HANDING | lexicon.PRONOUNS | lexicon.OWNERS
_LIGHT_STEMS: Final = NEW_THINGS | MAKING | GENERIC | frozenset(map(stem, word_set("want need get give say have got")))
_FILLED: Final = frozenset({"name", "called", "when", "sum"})
_BARS: Final = BARS | {each.replace("'", "") for each in lexicon.DENYING if "'" in each}
"""… also as they are typed in haste: "dont"."""
_MONEY: Final = frozenset({Unit.MONEY, Unit.MONEY_MINOR})
_CAPITAL: Final = re.compile(r"(?<!\w)[A-ZÀ-ÖØ-Þ][\w'’-]*(?:\s+[A-ZÀ-ÖØ-Þ][\w'’-]*)+")
"""A name of several words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words that may be a text. ``label``: the parameter that is said beside it. ``whole``: its clause
    says nothing else. ``shown``: a colon or the word for it stands before it. ``first``: it begins its clause.
    ``noun``: its clause names what is made. ``single``: it is one word before a name or value, as a verb is."""

    start: int
    end: int
    label: str | None = None
    whole: bool = False
    shown: bool = False
    first: bool = False
    noun: bool = False
    single: bool = False


class ThingOrder(TextOrder):
    """A request read as the order of something new. Each word gets the part that it has: the "name" of a record, what
    the new thing is "called", a "value" of a closed list, "when", a "sum", one of its "own" words, a "light" one, one
    that "bars" it, or none."""

    def __init__(
        self, task: Task, offer: Offer, contract: Contract, links: Sequence[RecordLink], shortlist: Shortlist
    ) -> None:
        text, properties = task.request.text, offer.properties
        self.texts = {
            each: list_named(each, offer.annotation(each))
            for each in properties
            if takes_text(each, properties[each], offer.annotation(each))
        }
        needed = [each for each in self.texts if each in offer.required]
        self.name_of = next((each for each in needed if _NAME in self.texts[each]), None)
        self.needed = [each for each in needed if each != self.name_of]
        self.free = [each for each in list_free_notes(offer) if each not in needed][:1]
        self.whys = {each: bool(self.texts[each] & REASONS - NOTES) for each in self.free}
        self.texts |= {each: self.texts[each] | NOTES for each in self.free}
        read, now = read_text(text), task.request.now.astimezone(task.request.zone).date()
        dated = any(each.get("format") in ("date", "date-time") for each in properties.values())
        self.when = [(each.start, each.end) for each in dates.find(read, now)] if dated else []
        self.when += [(each.start, each.end) for each in day_pairs.find(read, now)] if dated else []
        numbers = [each for each, schema in properties.items() if schema.get("type") in ("integer", "number")]
        numbers = [each for each in numbers if offer.annotation(each).record is None]
        paid = any(offer.annotation(each).unit in _MONEY for each in numbers)
        self.sums = [(each.start, each.end) for each in money.find(read)] if paid else []
        self.counts = bool(numbers)
        self.every_link = links
        self.given = choose_links(task, offer, contract, links)
        self.masked = mask(text, [(each.start, each.end) for each in self.given])
        self.members = link_members(self.masked, self.masked, offer)
        self.quoted = find_quotations(text)
        self.called: list[Place] = []
        if self.name_of is not None:
            found = _CAPITAL.search(self.masked)
            self.called = [found.span()] if found is not None else []
        note = [each for name in properties for each in (offer.annotation(name).ask, offer.annotation(name).label)]
        told = " ".join(filter(None, (contract.description.partition(".")[0], *note)))
        said = {stem(word.casefold()) for word, _, _ in split_runs(told)}
        every = {stem(word) for kind in task.workspace_context.kinds for noun in kind.nouns for word in noun.split()}
        self.kind_nouns = every
        small = {stem(each) for each in EMPTY - PARTICLES | TO_WHOM}
        self.told = said - (every - PARTICLES) - small - GENERIC - _LIGHT_STEMS
        titled = {word for each in (contract.title, *contract.aliases) for word in stem_text(each)}
        self.titled = titled - every - small - GENERIC - _LIGHT_STEMS
        super().__init__(task, offer, contract, (needed or self.free or [""])[0], links, shortlist)

    def _split(self) -> Iterator[Clause]:
        for each in super()._split():
            yield Clause(each.mark, tuple(self._settle(each.words)))

    def _read_words(self, start: int, end: int) -> Iterator[Word]:
        for word, first, last in split_runs(" " * start + self.text[start:end]):
            yield Word(word.casefold(), first, last, self._find_part(word.casefold(), first))

    def list_takers(self, _: Sequence[Word]) -> set[str]:
        return set()

    def _find_part(self, low: str, at: int) -> str:
        said = stem(low)
        places = {
            "name": [(each.start, each.end) for each in self.given],
            "called": self.called,
            "when": self.when,
            "sum": self.sums,
            "value": self.list_values(),
        }
        part = next((each for each, those in places.items() if any(a <= at < b for a, b in those)), "")
        if part:
            return part
        if self.counts and low.isdigit():
            return "sum"
        if (
            said in self.nouns | self.told | self.titled
            or self._is_short(low)
            or self.words.verbs.get(said, 0.0) >= TOLD
        ):
            return "own"
        if low in _BARS:
            return "bar"
        if is_polite_word(low):
            return "polite"
        return "light" if low in _LIGHT or said in _LIGHT_STEMS or len(low) == 1 else ""

    def _is_short(self, low: str) -> bool:
        """Whether a word is what a closed list is called, or the beginning of that: "sev"."""
        listed = [each for each, schema in self.offer.properties.items() if "enum" in schema]
        called = {one.casefold() for each in listed for one in (each, self.offer.annotation(each).label or "")}
        return len(low) >= _LEAST_SHORT and any(one.startswith(low) for one in called)

    def _settle(self, words: Sequence[Word]) -> Iterator[Word]:
        """The words of a clause. A verb of the past behind a name tells. A member of a closed list that stands in a
        stretch of other words is one of them, too."""
        named = False
        for at, each in enumerate(words):
            part = each.part
            if part == "" and named and is_past(each.low):
                part = "told"
            elif part == "light" and each.low in PARTICLES - TO_WHOM and _ends_value(words, at):
                part = "bar"  # "on Friday off"
            elif part == "polite":
                part = "" if _is_inside(words, at) else "light"
            elif part == "value" and (_next_part(words, at, 1) == "" or _next_part(words, at, -1) == ""):
                part = ""
            named = named or part in ("name", "called")
            yield Word(each.low, each.start, each.end, part)

    def list_pieces(self) -> list[Piece]:
        """The stretches of words that may be texts, in order."""
        made: list[Piece] = []
        label: str | None = None
        for clause in self.clauses:
            words = [*clause.words]
            behind, said = self._find_label(words)
            rest = words[behind:]
            if said is not None and not rest:
                label = said  # "note: …"
                continue
            said, shown = said or label, said is not None or label is not None or clause.mark == ":"
            label = None
            made_here = not shown and any(self._is_anew(rest, at) for at in range(len(rest)))
            whole = not made_here and not any(each.part in _FILLED for each in rest)
            if not any(each.part == "" or (shown and whole and each.part == "told") for each in rest):
                continue
            quoted = [each for each in self.quoted if rest[0].start <= each[0] and each[1] <= rest[-1].end + 1]
            if quoted:
                made += [Piece(start + 1, end - 1, said, shown=True) for start, end in quoted]
                continue
            if whole:
                made.append(
                    Piece(_trim_start(rest, shown=shown), rest[-1].end, said, whole=True, shown=shown, first=True)
                )
                continue
            made += self._list_runs(rest, said, shown=shown)
        return made

    def _orders_more(self, words: Sequence[Word], at: int) -> bool:
        """Whether an order of something else stands behind a joining word."""
        behind = next((each for each in words[at + 1 :] if each.low not in JOINING and each.part != "polite"), None)
        if behind is None or behind.part in _FILLED or stem(behind.low) in MAKING:
            return False
        if at and words[at - 1].part == "name" and behind.part != "own":
            return True  # "Ada and her sister"
        return behind.low in TELLING or begins_like_an_order(self.text, behind.start)

    def _find_label(self, words: Sequence[Word]) -> tuple[int, str | None]:
        """How many words at the beginning of a clause are the word for a text and what introduces it, and which one."""
        at = 0
        while at < len(words) and (words[at].low in _LEADING or is_polite_word(words[at].low)):
            at += 1
        said = words[at].low if at < len(words) else ""
        label = next((name for name, named in self.texts.items() if stem(said) in named), None)
        if said in TELLING and self.text[words[at].end :].lstrip()[:1] not in (":", '"'):
            return 0, None  # "text everybody"
        if label is None or any(each.part == "name" for each in words[:2]):
            return 0, None
        at += 1
        while at < len(words) and stem(words[at].low) in self.texts[label] - self.nouns:
            at += 1
        while at < len(words) and words[at].low in _LEADING - word_set("a the"):
            at += 1
        return at, label

    def _list_runs(self, words: Sequence[Word], label: str | None, *, shown: bool) -> Iterator[Piece]:
        """The stretches between the values of a clause, without the small words at their ends."""
        run: list[Word] = []
        for at, each in enumerate([*words, None]):
            if each is not None and each.part not in _FILLED and not (each.part == "own" and self._ends(each)):
                run.append(each)
                continue
            kept = list(run)
            while kept and kept[0].part != "":
                kept.pop(0)
            while kept and kept[-1].part != "":
                kept.pop()
            lead = [one.low for one in run if one.start < kept[0].start] if kept else []
            if kept and JOINING.isdisjoint(lead):
                before = words[at - len(run) - 1] if at > len(run) else None
                beside = self._find_beside(each) or self._find_beside(before)
                first = all(one.part == "light" for one in words if one.start < kept[0].start)
                noun = any(self._is_anew(words, step) for step in range(len(words)))
                single = len(kept) == 1
                yield Piece(kept[0].start, kept[-1].end, beside or label, False, shown, first, noun, single)
            run = []

    def _is_anew(self, words: Sequence[Word], at: int) -> bool:
        """Whether a word is the noun of what is made, and of nothing that is there: "the claim", "Ada's claim"."""
        if stem(words[at].low) not in self.nouns:
            return False
        before = words[at - 1] if at else None
        return before is None or not (before.low in lexicon.DEFINITE | lexicon.OWNERS or before.part == "name")

    def _ends(self, word: Word) -> bool:
        """Whether a word is the noun of what is made, or for one of its texts: it is no part of a text."""
        return stem(word.low) in self.nouns or self._find_beside(word) is not None

    def _find_beside(self, word: Word | None) -> str | None:
        if word is None:
            return None
        return next((name for name in self.needed if stem(word.low) in self.texts[name]), None)

    def rate(self, pieces: Sequence[Piece]) -> int:
        """How much the words tell of the action: its noun or a member of a closed list, its verb, and what its contract
        says of it."""
        outside = [
            each
            for clause in self.clauses
            for each in clause.words
            if not any(one.start <= each.start < one.end for one in pieces)
        ]
        said = {stem(each.low) for each in outside if each.part == "own"}
        named = any(self._is_anew(one.words, at) for one in self.clauses for at in range(len(one.words)))
        noun = 2 * named + 2 * bool(self.members)
        verbs = {each for each in said if self.words.verbs.get(each, 0.0) >= TOLD}
        if self.kept and self.needed and not (named or verbs - GENERIC - _LIGHT_STEMS):
            return 0  # any words may be a note
        strange = any(not any(a < each.end and each.start < b for each in self.every_link) for a, b in self.called)
        return noun + bool(verbs) + strange + min(2, len(said & self.told - self.nouns))

    def stands_behind_values(self, piece: Piece) -> bool:
        words = (each for clause in self.clauses for each in clause.words if each.start < piece.end)
        return any(each.part in _FILLED | {"value"} for each in words)

    def tells_nothing(self, piece: Piece) -> bool:
        """Whether words beside an order stand before its values, or only say which thing of live data it is about."""
        words = [each for clause in self.clauses for each in clause.words]
        inside = [each for each in words if piece.start <= each.start < piece.end and each.part != "light"]
        known = (
            stem(each.low) in self.kind_nouns or any(one.start <= each.start < one.end for one in self.every_link)
            for each in inside
        )
        if any(piece.start <= start < piece.end for start, _ in self.list_values()):
            return True
        return not self.stands_behind_values(piece) or self.is_per(piece) or all(known)

    def says_why(self, piece: Piece, name: str) -> bool:
        """Whether one word may be the reason for something: a thing, and not how it is done."""
        word = self.text[piece.start : piece.end]
        plain = word.isalpha() and not word.endswith("ly") and is_word(word.casefold())
        return plain and word.casefold() not in CHANGING and self.whys[name]

    def belongs_to_name(self, piece: Piece) -> bool:
        """Whether words tell what or who somebody's is, and no value: "Ada's brother"."""
        if any(piece.start <= start < piece.end for start, _ in self.list_values()):
            return False
        before = self.text[: piece.start].rstrip()
        return any(each.owns and len(before) - each.end in (0, 2) for each in self.given)

    def is_per(self, piece: Piece) -> bool:
        """Whether words say for how long a sum is: "90 a month"."""
        before = self.text[: piece.start].split()
        said = self.text[piece.start : piece.end]
        return (
            not piece.whole
            and before[-1:] in (["a"], ["an"], ["per"], ["each"])
            and bool(durations.find(read_text(f"1 {said}")))
        )

    def start_behind_for(self, piece: Piece) -> Piece:
        """A reason without what stands before "for"."""
        words = [each for clause in self.clauses for each in clause.words if piece.start <= each.start < piece.end]
        behind = next((at + 1 for at, each in enumerate(words) if each.low == "for"), 0)
        return piece if piece.whole or not 0 < behind < len(words) else replace(piece, start=words[behind].start)

    def list_values(self) -> list[Place]:
        """Where members of closed lists are said."""
        quotes = [each.quote for each in self.members.values() if each.quote is not None]
        return [(each.start, each.start + len(each.text)) for each in quotes if each.start is not None]

    def list_told(self, beside: Sequence[Piece], texts: Sequence[Piece]) -> list[Words]:
        """The stretches of words that order, introduce a text, or only tell."""
        words = [each for clause in self.clauses for each in clause.words]
        took = [
            (each.start, each.end)
            for each in words
            if any(one.start <= each.start < one.end for one in beside)
            or (each.part in ("own", "light", "told") and not any(one.start <= each.start < one.end for one in texts))
        ]
        return [Words(text=self.text[a:b], start=a) for a, b in join_neighbours(self.text, took)]

    def _says_nothing(self, word: Word) -> bool:
        """Whether a word tells of the action or introduces its text. A verb that may order something else does not."""
        return word.part in ("own", "told") or (word.part == "light" and word.low in EMPTY | _LEADING | _NOTED)

    def says_values(self) -> bool:
        return any(each.part in ("when", "sum", "value") for clause in self.clauses for each in clause.words)

    def is_barred(self, pieces: Sequence[Piece]) -> bool:
        """Whether a word outside of the texts denies, restricts or puts off, orders something else or names another."""
        given = {each.start for each in self.given}
        named = [each.start for each in self.every_link if each.by_name and each.start not in given]
        loose = {each.start for clause in self.clauses for each in clause.words if each.part in ("", "light")}
        if any(at in loose and not any(one.start <= at < one.end for one in pieces) for at in named):
            return True
        for clause in self.clauses:
            outside = [each for each in clause.words if not any(one.start <= each.start < one.end for one in pieces)]
            if any(self._orders_more(outside, at) for at, each in enumerate(outside) if each.low in JOINING):
                return True
            for each in outside:
                verb, own = stem(each.low), each.part in ("own", "told", *_FILLED, "value")
                others = any(one.verbs.get(verb, 0.0) >= TOLD for one in self.others)
                if each.part == "bar" or (others and not own and each.low not in _LIGHT and verb not in _LIGHT_STEMS):
                    return True
        return False


def _is_inside(words: Sequence[Word], at: int) -> bool:
    """Whether a polite word stands before another one, behind the beginning: "ta pots"."""
    behind = any(each.part not in ("light", "polite") for each in words[:at])
    return behind and at + 1 < len(words) and words[at + 1].part == ""


def _ends_value(words: Sequence[Word], at: int) -> bool:
    """Whether a word ends its clause behind a day or sum: "on Friday off"."""
    return at == len(words) - 1 and at > 0 and words[at - 1].part in ("when", "sum")


def _next_part(words: Sequence[Word], at: int, step: int) -> str:
    """The part of the next word in a direction, past small ones."""
    ahead = words[at + 1 :] if step > 0 else words[:at][::-1]
    small = EMPTY | lexicon.PRONOUNS
    return next((each.part for each in ahead if each.part != "light" or each.low not in small), "end")


def _trim_start(words: Sequence[Word], *, shown: bool) -> int:
    first = 0
    while not shown and first + 1 < len(words) and words[first].low in _LEADING - {"a", "the", "its", "as"}:
        first += 1
    return words[first].start
