"""Linked texts: what an order leaves over is the one text that its action needs ("log a complaint from Ada: the tub
leaks"), if it is one stretch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.extract.parameter_spec import ParameterSpec, make_parameter_spec
from agent.extract.spans.politeness import is_polite_word
from agent.extract.time import dates, times
from agent.planning.linked_calls import assign_roles, propose_call
from agent.planning.linked_values import Read, mask, read_values
from agent.planning.proposal import (
    Argument,
    Call,
    ComputedArgument,
    Find,
    PlanResult,
    Proposal,
    QuotedText,
    RecordArgument,
    TypedValue,
    Words,
)
from agent.planning.record_links import RecordLink, link_members
from agent.planning.task import Task
from agent.planning.told_records import find_day
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import TOLD, WRITES, ActionWords, read_action_words
from agent.resolve.rules.grammar.orders.colon_texts import NEW_THINGS, TITLING
from agent.resolve.rules.grammar.orders.message_texts import SUBJECTS
from agent.resolve.rules.grammar.orders.text_parameters import (
    TELLING,
    is_kept,
    is_note,
    is_sent,
    list_named,
    takes_text,
)
from agent.resolve.rules.grammar.orders.texts import WEIGHTY
from agent.validate.coverage.misread_texts import find_condition
from agent.validate.coverage.opposed_verbs import TAKING_AWAY
from language.example_patterns import PARTICLES
from language.number_words import CARDINALS
from language.stems import EMPTY, MAKING, READING, is_past, makes_anew, split_runs, stem, stem_text
from language.text import find_quotations, read_text, word_set
from language.wordnet import find_similar_stems, rate_similarity
from registry.contract import Contract
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

Place = tuple[int, int]
MOST_CLAUSES: Final = 8
_MARK: Final = re.compile(r"\s*(?P<mark>:(?=\s|[\"“‘'])|[,;.!?](?=\s|$)|\s[-–—]+(?=\s)|\n)\s*")
_JOINT: Final = re.compile(r"(?:[,;:.!?\n–—]\s+|\s(?=and\s|then\s|but\s))(?:(?:and|then|but|also|please)\s+)*")
_TO_WHOM: Final = word_set("to for with on of from at by in")
"""What stands before whom or what an order is for."""
_BARS: Final = (WEIGHTY | lexicon.DENYING | lexicon.SUBORDINATE | {"or", "once", "only"}) - {"all", "because", "as"}
"""Words by which an order is denied, restricted or put off, or is for one of two."""
_CONDITIONS: Final = word_set("if unless once whenever only provided when")
_BEFORE_VALUES: Final = word_set("by on due until till for at as with before the")
_OWNS: Final = re.compile(r"['’]s?$")
_WHAT: Final = word_set("that this it")
_DOWN: Final = "down"
"""What stands behind a verb by which words are kept: "put down that …"."""
_LET: Final = "let"
_KNOW: Final = "know"
_ALIKE: Final = 0.4
"""Similarity above which a verb may mean to make something."""
_NAME: Final = stem("name")
_END: Final = " \t\n.,;!"


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


@dataclass(frozen=True, slots=True)
class Stretch:
    """The place of the text. ``shown``: something introduces it. ``unknown``: words where a name is said that nobody
    has."""

    start: int
    end: int = 0
    shown: bool = True
    unknown: Place | None = None


def find_text_name(offer: Offer | Contract) -> str | None:
    """The one text that an action needs, if it is no name."""
    properties = offer.properties
    found = [each for each in offer.required if takes_text(each, properties.get(each), offer.annotation(each))]
    named = found and _NAME in list_named(found[0], offer.annotation(found[0]))
    return found[0] if len(found) == 1 and not named else None


async def list_text_calls(
    task: Task, links: Sequence[RecordLink], offers: Sequence[Offer], shortlist: Shortlist, read: Read
) -> tuple[list[Proposal], list[Proposal]]:
    """The calls whose text is what the words leave over, and those that lack the record that they are for."""
    made: list[Proposal] = []
    open_: list[Proposal] = []
    for offer in offers:
        contract, name = task.workspace_context.catalogue.get(offer.name), find_text_name(offer)
        if contract is None or name is None:
            continue
        order = TextOrder(task, offer, contract, name, links, shortlist)
        for stretch in order.list_stretches():
            found = await order.make_calls(stretch, read)
            made += found
            open_ += [] if found else order.ask_whom(stretch)
            if found:
                break
    return made, open_[:1]


class TextOrder:
    """A request read as the order of one action that needs one text."""

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
        self.clauses = [*self._split()][: MOST_CLAUSES + 1]

    def _split(self) -> Iterator[Clause]:
        quoted = find_quotations(self.text)
        marks = [each for each in _MARK.finditer(self.text) if not any(a < each.start() < b for a, b in quoted)]
        bounds = [("", 0), *((each["mark"].strip(), each.end()) for each in marks)]
        ends = [*(each.start() for each in marks), len(self.text)]
        for (mark, start), end in zip(bounds, ends, strict=True):
            words = tuple(self._read_words(start, end))
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
        if any("time" in self._read_spec(each).kinds for each in self.offer.properties):
            values += [(each.start, each.end) for each in times.find_hours(read_text(inner))]
        names = [(each.start, each.end) for each in self.links]
        needs = any(self.offer.annotation(each).record is not None for each in self.offer.required)
        for word, first, _ in split_runs(inner):
            low = word.casefold()
            parts = [("value", values), ("name", names)][:: -1 if needs else 1]
            part = next((each for each, places in parts if any(a <= first < b for a, b in places)), "")
            if not part and low in _BARS:
                part = "bar"
            elif not part and self._is_own(low):
                part = "own"
            yield Word(low, first, first + len(word), part)

    def _is_own(self, low: str) -> bool:
        said = stem(low)
        return (
            low in EMPTY | PARTICLES | {_KNOW}
            or is_polite_word(low)
            or said in self.own | NEW_THINGS | MAKING
            or self.words.rate_verb(said) >= WRITES
        )

    def _orders(self, words: Sequence[Word]) -> bool:
        """Whether these words order the action: by its verb, or by the noun of what it makes."""
        said = [each for each in words if each.part in ("own", "") and not is_polite_word(each.low)]
        said = [each for each in said if each.low not in EMPTY or each.low == _LET]
        if not said:
            return False
        verb, lows = stem(said[0].low), [each.low for each in words]
        rate = self.words.rate_verb(verb)
        if self.sent:
            at = words.index(said[0]) + 1
            if at < len(words) and words[at].low in PARTICLES:
                return False  # "write it off", "write down"
            named = next((step for step in range(at, len(words)) if words[step].part == "name"), len(words))
            behind = next((each.low for each in words[named:] if each.part != "name"), "")
            if said[0].low == _LET and behind != _KNOW:
                return False
            told = behind == "that" and all(each.low in lexicon.DETERMINERS for each in words[at:named])
            return told or rate >= WRITES or (said[0].low in TELLING and self.words.writes)
        if rate < WRITES and (verb in TAKING_AWAY | READING):
            return False
        stems = [*map(stem, lows)]
        phrases = (tuple(stems[at : at + len(each)]) == each for each in self.words.phrases for at in range(len(stems)))
        if any(phrases) or (self.kept and _DOWN in lows):
            return True
        if rate >= TOLD and (verb, _DOWN) not in self.words.phrases:
            return True
        noun = next((at for at, each in enumerate(stems) if each in self.nouns), None)
        if noun is None or not (self.kept or makes_anew(self.offer.title)):
            return False
        anew = rate_similarity(verb, MAKING, verb=True) > _ALIKE or verb in NEW_THINGS | MAKING | self.nouns
        definite = not lexicon.DEFINITE.isdisjoint(lows[:noun])
        return (anew or said[0].part == "own" or _DOWN in lows) and not definite

    def list_stretches(self) -> Iterator[Stretch]:
        """Where the text may be, those first that leave most to values behind it."""
        at = next((at for at, each in enumerate(self.clauses) if each.has("") or self._orders(each.words)), None)
        if at is None or len(self.clauses) > MOST_CLAUSES:
            return
        begins, stop = self._begins(self.clauses[at]), len(self.clauses)
        found = self._find_behind(at) if begins else self._find_before(at)
        stop -= not begins
        for end in self._list_ends(found.start, stop) if found is not None else ():
            if found is not None and (found.unknown or self._may_be_text(found.start, end, shown=found.shown)):
                yield replace(found, end=end)

    def _find_before(self, at: int) -> Stretch | None:
        """The text before an order that points to it: "the tub leaks, note that"."""
        last = self.clauses[-1]
        points = any(each.low in _WHAT or stem(each.low) in self.nouns for each in last.words)
        orders = at < len(self.clauses) - 1 and points and self._orders(last.words)
        return Stretch(self.clauses[at].words[0].start) if orders and not last.has("") and not last.has("bar") else None

    def _find_behind(self, at: int) -> Stretch | None:
        """The text behind the words of an order, what introduces it, or its clause."""
        words, behind = self.clauses[at].words, self.clauses[at + 1 :]
        for step, word in enumerate(words):
            if self._introduces(words, step) and self._orders(words[: step + 1]):
                return Stretch(words[step + 1].start, shown=False, unknown=self._find_unknown(words[:step]))
            if word.part == "bar":
                return None
        while len(behind) > 1 and behind[0].has("name") and not behind[0].has("") and not behind[0].has("bar"):
            behind = behind[1:]
        unknown = self._find_unknown(words)
        if behind and (unknown is None or behind[0].mark == ":"):
            return Stretch(behind[0].words[0].start, shown=behind[0].mark == ":", unknown=unknown)
        if unknown is None:
            return None
        free = next(step for step, each in enumerate(words) if each.start == unknown[0])
        if self.sent and any(each.part == "name" for each in words[:free]):
            free = next(at for at, each in enumerate(words) if each.part == "name")
            while free + 1 < len(words) and words[free].part == "name":
                free += 1
            free += words[free].low == _KNOW
        beside = lexicon.DETERMINERS | lexicon.OWNERS | lexicon.PRONOUNS | SUBJECTS
        while not self.sent and free > 1 and (words[free - 1].low in beside or words[free - 1].part == "value"):
            free -= 1
        head = words[:free]
        if not self._orders(head) or any(each.low in CARDINALS for each in head):
            return None
        owned = self.sent and head[-1].part == "name" and _OWNS.search(self.text, head[-1].start, head[-1].end)
        lacks = owned or (self._lacks_record(head) and (self.sent or words[free - 1].low in _TO_WHOM))
        return Stretch(words[free].start, shown=False, unknown=unknown if lacks else None)

    def _find_unknown(self, words: Sequence[Word]) -> Place | None:
        """The words of an order from the first one on that is none of its own, no name and no value."""
        first = next((each for each in words[1:] if not each.part and not self._is_page(words, each)), None)
        return (first.start, words[-1].end) if first is not None else None

    def _begins(self, clause: Clause) -> bool:
        """Whether a clause begins with the order, and not with somebody who gives or tells it."""
        content = [
            each
            for each in clause.words
            if (each.low not in EMPTY or each.low == _LET) and not is_polite_word(each.low) and each.part != "value"
        ]
        if not content or content[0].part == "name":
            return False
        return self._orders(clause.words)

    def _introduces(self, words: Sequence[Word], at: int) -> bool:
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

    def _is_page(self, words: Sequence[Word], word: Word) -> bool:
        """Whether a word is what somebody's notes or things are kept on: "Ada's page"."""
        at = words.index(word)
        owns = (
            at > 0
            and words[at - 1].part in ("name", "value")
            and any(each.owns and each.start <= words[at - 1].start < each.end for each in self.links)
        )
        return owns and not self.sent

    def _lacks_record(self, words: Sequence[Word]) -> bool:
        records = any(note.record is not None for note in map(self.offer.annotation, self.offer.properties))
        return records and not any(each.part == "name" for each in words)

    def _list_ends(self, start: int, stop: int) -> Iterator[int]:
        """Where the text may end: before clauses and words that are nothing but values, or behind them."""
        first = next(at for at, each in enumerate(self.clauses) if each.words[-1].end > start)
        ends = [stop]
        for at in range(stop - 1, first, -1):
            if self.clauses[at].has("") or self.clauses[at].has("bar"):
                break
            ends.append(at)
        for end in dict.fromkeys(reversed(ends)):
            words = [each for each in self.clauses[end - 1].words if each.start >= start]
            at = len(words)
            while at and words[at - 1].part == "value":
                at -= 1
            while at and at < len(words) and words[at - 1].low in _BEFORE_VALUES:
                at -= 1
            if 0 < at < len(words):
                yield words[at - 1].end
            at = len(words)
            while at and words[at - 1].part == "name":
                at -= 1
            at -= at > 1 and words[at - 1].low == "the"
            if 1 < at < len(words) and words[at - 1].low in _TO_WHOM:
                yield words[at - 2].end
            yield self.clauses[end - 1].words[-1].end

    def _may_be_text(self, start: int, end: int, *, shown: bool) -> bool:
        """Whether words hold no order, denial or condition of the order before them."""
        said = self.text[start:end]
        words = [each for clause in self.clauses for each in clause.words if start <= each.start < end]
        if not words or find_condition(said) is not None:
            return False
        if not shown and (
            words[0].low in _BARS | {"and", "or", "but"} or not _CONDITIONS.isdisjoint(each.low for each in words)
        ):
            return False
        for joint in _JOINT.finditer(said):
            at = start + joint.end()
            word = next((each for each in words if each.start >= at), None)
            if word is None:
                continue
            verb = stem(word.low)
            known = any(each.verbs.get(verb, 0.0) >= TOLD for each in (*self.others, self.words))
            if (
                begins_like_an_order(self.text, at)
                or (known and not is_past(word.low))
                or word.low in _BARS - lexicon.SUBORDINATE - {"no"}
            ):
                return False
        return True

    async def make_calls(self, stretch: Stretch, read: Read) -> list[Proposal]:
        """The calls with this text, in which every other word has a place."""
        if stretch.unknown is not None:
            return []
        start, end = stretch.start, stretch.end
        links = [each for each in self.links if not (each.start < end and start < each.end)]
        if self.kept and not links:
            subject = [each for each in self.links if each.start <= start + len("the ") and start <= each.start]
            links = subject[:1]
        masked = mask(self.text, [(each.start, each.end) for each in links])
        shown = f'"{"x" * (end - start - 2)}"' if end - start > 2 else " " * (end - start)
        given = {self.name: self._quote(start, end), **self._read_when([stretch, *links])}
        values = await read_values(self.task, self.offer, links, masked[:start] + shown + masked[end:], read, given)
        if values is None:
            return []
        states = [
            each.low
            for clause in self.clauses
            for each in clause.words
            if each.part == "own" or self._is_page(clause.words, each)
        ]
        states += [*_TO_WHOM, *TITLING, *_BEFORE_VALUES]
        without = mask(masked, [(start, end)])
        first = next((each.low for each in self.clauses[0].words if each.part != "name"), "")
        made = (
            propose_call(self.task, self.contract, self.words, roles, values, without, [*states, first])
            for roles in assign_roles(self.task, self.contract, links, told=not self.sent)
        )
        return [each for each in made if each is not None]

    def _quote(self, start: int, end: int) -> Argument:
        return QuotedText(quote=Words(text=self.text[start:end], start=start))

    def _read_when(self, taken: Sequence[Stretch | RecordLink]) -> dict[str, Argument]:
        """The one day and the one time of day that the action needs, if they are said beside what is taken."""
        places = [(each.start, each.end) for each in taken]
        made: dict[str, Argument] = {}
        specs = [self._read_spec(each) for each in self.offer.required]
        days, hours = ([each.name for each in specs if each.kinds[:1] == (kind,)] for kind in ("date", "time"))
        if len(days) == 1 and (day := find_day(self.task, places)) is not None:
            made[days[0]] = ComputedArgument(expression=day)
        said = [*times.find_hours(read_text(mask(self.text, places)))]
        if len(hours) == len(said) == 1 and not said[0].open:
            start, end = said[0].start, said[0].end
            quote = Words(text=self.text[start:end], start=start)
            made[hours[0]] = TypedValue(value=said[0].time.isoformat("minutes"), quote=quote)
        return made

    def _read_spec(self, name: str) -> ParameterSpec:
        return make_parameter_spec(name, self.offer.properties[name], self.offer.annotation(name))

    def ask_whom(self, stretch: Stretch) -> list[Proposal]:
        """The call that asks for the record that it is for, where none is named or nobody is called so."""
        missing = self.offer.list_missing((self.name,))
        lacking = [each for each in missing if self.offer.annotation(each).record is not None]
        if len(lacking) != 1:
            return []
        arguments: dict[str, Argument] = {self.name: self._quote(stretch.start, stretch.end)}
        if stretch.unknown is not None:
            start, end = stretch.unknown
            kind = self.offer.annotation(lacking[0]).record
            assert kind is not None
            said = Words(text=self.text[start:end], start=start)
            arguments[lacking[0]] = RecordArgument(reference=Find(record=kind, said=said))
        return [Proposal(result=PlanResult(calls=(Call(action=self.offer.name, arguments=arguments),)))]
