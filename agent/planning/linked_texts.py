"""Linked texts: what an order leaves over is the one text that its action needs ("log a complaint from Ada: the tub
leaks"), if it is one stretch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.extract.time import times
from agent.planning.linked_calls import assign_roles, propose_call
from agent.planning.linked_values import Read, mask, read_values
from agent.planning.order_words import BARS, KNOW, MOST_CLAUSES, OrderWords, Word
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
from agent.planning.record_links import RecordLink
from agent.planning.task import Task
from agent.planning.told_records import find_day
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import TOLD
from agent.resolve.rules.grammar.orders.colon_texts import TITLING
from agent.resolve.rules.grammar.orders.message_texts import SUBJECTS
from agent.resolve.rules.grammar.orders.text_parameters import KEPT, is_sent, list_named, takes_text
from agent.resolve.rules.grammar.orders.texts import REASONS
from agent.validate.coverage.misread_texts import find_condition
from language.acts import HANDING
from language.number_words import CARDINALS
from language.stems import is_past, stem
from language.text import find_quotations, read_text, word_set
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

Place = tuple[int, int]
_JOINT: Final = re.compile(r"(?:[,;:.!?\n–—]\s+|\s(?=and\s|then\s|but\s))(?:(?:and|then|but|also|please)\s+)*")
TO_WHOM: Final = word_set("to for with on of from at by in")
"""What stands before whom or what an order is for."""
_CONDITIONS: Final = word_set("if unless once whenever only provided when")
_BEFORE_VALUES: Final = word_set("by on due until till for at as with before the")
_NO_TEXT: Final = TO_WHOM | (_BEFORE_VALUES - {"the"}) | word_set("and or but about after")
"""What begins no text by itself: it says when, of what or for whom."""
JOINING: Final = word_set("and then but plus")
_OWNS: Final = re.compile(r"['’]s?$")
_WHAT: Final = word_set("that this it")
_ONTO: Final = word_set("to onto into")
_NAME: Final = stem("name")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The place of the text. ``shown``: something introduces it. ``unknown``: words where a name is said that nobody
    has."""

    start: int
    end: int = 0
    shown: bool = True
    unknown: Place | None = None


def find_text_name(offer: Offer) -> str | None:
    """The one text that an action needs, if it is no name and no mere reason."""
    properties = offer.properties
    found = [each for each in offer.required if takes_text(each, properties.get(each), offer.annotation(each))]
    if len(found) != 1:
        return None
    named = list_named(found[0], offer.annotation(found[0]))
    return None if _NAME in named or named & REASONS - KEPT else found[0]


def sends(offer: Offer) -> bool:
    """Whether the text that an action needs goes out to somebody."""
    name = find_text_name(offer)
    return name is not None and is_sent(name, offer.annotation(name))


async def list_text_calls(
    task: Task, links: Sequence[RecordLink], offers: Sequence[Offer], shortlist: Shortlist, read: Read
) -> tuple[list[Proposal], list[Proposal]]:
    """The calls whose text is what the words leave over, and those that lack the record or value that they ask for."""
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
            open_ += [] if found else order.ask_missing(stretch)
            if found:
                break
    return made, open_[:1]


def says_values(words: Sequence[Word]) -> bool:
    """Whether words are values, names and words of the order, or say who takes it: "bo takes it"."""
    handed = any(each.part in ("value", "name") for each in words)
    return all(each.part or (handed and each.low in HANDING) for each in words)


def _list_stops(words: Sequence[Word]) -> Iterator[int]:
    """Where values and names begin that end these words, one run after the other, each with what stands before it."""
    at = len(words)
    while at and (part := words[at - 1].part) in ("value", "name"):
        begin = at
        while begin and words[begin - 1].part == part:
            begin -= 1
        behind = begin
        while begin and words[begin - 1].low in (_BEFORE_VALUES if part == "value" else TO_WHOM | {"the"}):
            begin -= 1
        if not begin or (part == "name" and begin == behind):
            return
        yield words[begin - 1].end
        at = begin


class TextOrder(OrderWords):
    """A request read as the order of one action that needs one text."""

    def list_stretches(self) -> Iterator[Stretch]:
        """Where the text may be, those first that leave most to values behind it."""
        at = next((at for at, each in enumerate(self.clauses) if each.has("") or self.orders(each.words)), None)
        if at is None or len(self.clauses) > MOST_CLAUSES:
            return
        begins, stop = self.begins(self.clauses[at]), len(self.clauses)
        found = self._find_behind(at) if begins else self._find_before(at)
        stop -= not begins
        for end in self.list_ends(found.start, stop) if found is not None else ():
            if found is not None and (found.unknown or self.may_be_text(found.start, end, shown=found.shown)):
                yield replace(found, end=end)

    def _find_before(self, at: int) -> Stretch | None:
        """The text before an order that points to it: "the tub leaks, note that"."""
        last = self.clauses[-1]
        points = any(
            each.low in _WHAT or (not self.sent and stem(each.low) in self.nouns) for each in last.words
        ) and not begins_like_an_order(self.text, self.clauses[at].words[0].start)
        orders = at < len(self.clauses) - 1 and points and self.orders(last.words)
        told = all(each.part or self.is_page(last.words, each) for each in last.words) and not last.has("bar")
        return Stretch(self.clauses[at].words[0].start) if orders and told else None

    def _find_behind(self, at: int) -> Stretch | None:
        """The text behind the words of an order, what introduces it, or its clause."""
        words, behind = self.clauses[at].words, self.clauses[at + 1 :]
        for step, word in enumerate(words):
            if self.introduces(words, step) and self.orders(words[: step + 1]):
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
            free += words[free].low == KNOW
        beside = lexicon.DETERMINERS | lexicon.OWNERS | lexicon.PRONOUNS | SUBJECTS
        beside -= set() if any(stem(each.low) in self.nouns for each in words[:free]) else word_set("a an")
        while not self.sent and free > 1 and (words[free - 1].low in beside or words[free - 1].part == "value"):
            free -= 1
        head = words[:free]
        if not self.orders(head) or any(each.low in CARDINALS for each in head):
            return None
        owned = self.sent and head[-1].part == "name" and _OWNS.search(self.text, head[-1].start, head[-1].end)
        named = not self.nouns.isdisjoint(stem(each.low) for each in head)
        beside_name = words[free - 1].low in TO_WHOM and self.takes_record and (named or self.kept or self.sent)
        lacks = owned or (self.lacks_record(head) and (self.sent or beside_name))
        if words[free - 1].low in JOINING or (beside_name and not lacks):
            return None
        quoted = any(begin + 1 == words[free].start for begin, _ in find_quotations(self.text))
        if words[free - 1].low in TO_WHOM and stem(words[free - 2].low) not in self.nouns and not (lacks or quoted):
            return None  # "report on the gate", but "report a fault with the gate"
        return Stretch(words[free].start, shown=False, unknown=unknown if lacks else None)

    def _find_unknown(self, words: Sequence[Word]) -> Place | None:
        """The words of an order from the first one on that is none of its own, no name and no value."""
        first = next((each for each in words[1:] if not each.part and not self.is_page(words, each)), None)
        return (first.start, words[-1].end) if first is not None else None

    def list_ends(self, start: int, stop: int) -> Iterator[int]:
        """Where the text may end: before clauses and words that are nothing but values, or behind them."""
        first = next(at for at, each in enumerate(self.clauses) if each.words[-1].end > start)
        ends = [stop]
        for at in range(stop - 1, first, -1):
            if self.clauses[at].has("bar") or not says_values(self.clauses[at].words):
                break
            ends.append(at)
        for end in dict.fromkeys(reversed(ends)):
            words = [each for each in self.clauses[end - 1].words if each.start >= start]
            yield from reversed([*_list_stops(words)])
            yield self.clauses[end - 1].words[-1].end

    def may_be_text(self, start: int, end: int, *, shown: bool, beside: bool = False) -> bool:
        """Whether words hold no order, denial or condition of the order before them. ``beside``: they stand beside an
        order that is whole without them, so they may ask for what no action does: "use the side door"."""
        said = self.text[start:end]
        words = [each for clause in self.clauses for each in clause.words if start <= each.start < end]
        if not words or find_condition(said) is not None:
            return False
        if not shown and words[0].low[:1].isdigit():
            return False  # "chore 503", "45 pounds"
        if not shown and (words[0].low in BARS | _NO_TEXT or not _CONDITIONS.isdisjoint(each.low for each in words)):
            return False
        if not shown and all(each.part == "name" or each.start in self.others_named for each in words):
            return False  # "apologise to Ada in 7"
        if not (shown or beside or self.kept or self.sent or self._is_title(start, words)):
            return False
        before = self.text[:start].rstrip()
        others = lexicon.PERSONAL | word_set("he she they")
        if "(" in said or (self.sent and before.endswith(" to") and any(each.low in others for each in words)):
            return False
        behind_mark = before.endswith((",", ".", ";", "-", "–"))
        for at in (*([start] if behind_mark else ()), *(start + each.end() for each in _JOINT.finditer(said))):
            word = next((each for each in words if each.start >= at), None)
            if word is None:
                continue
            verb = stem(word.low)
            known = any(each.verbs.get(verb, 0.0) >= TOLD for each in (*self.others, self.words))
            if (
                (begins_like_an_order(self.text, at) and not beside)
                or (known and not is_past(word.low))
                or word.low in BARS - lexicon.SUBORDINATE - {"no"}
            ):
                return False
        return True

    def _is_title(self, start: int, words: Sequence[Word]) -> bool:
        """Whether words may be the title of something new: without its noun before them only if they count nothing, put
        nothing anywhere and name nobody: "add Ada to the evening"."""
        if any(stem(each.low) in self.nouns for clause in self.clauses for each in clause.words if each.start < start):
            return True
        counts = any(each.low in CARDINALS or each.low in _ONTO for each in words)
        return not counts and not any(words[0].start <= at < words[-1].end for at in self.others_named)

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
            if each.part == "own" or self.is_page(clause.words, each)
        ]
        states += [*TO_WHOM, *TITLING, *_BEFORE_VALUES]
        without = mask(masked, [(start, end)])
        first = next((each.low for each in self.clauses[0].words if each.part != "name"), "")
        made = (
            propose_call(self.task, self.contract, self.words, roles, values, without, [*states, first])
            for roles in assign_roles(self.task, self.contract, links, told=not self.sent)
        )
        told = [self._say(each.start, each.end) for each in self._list_pages(stretch)]
        return [each.model_copy(update={"replaced": (*each.replaced, *told)}) for each in made if each is not None]

    def _list_pages(self, stretch: Stretch) -> list[Word]:
        """The words of where a text is kept, and those that only point to it: "on Ada's page", "write that down"."""
        pages = [each for clause in self.clauses for each in clause.words if self.is_page(clause.words, each)]
        last = self.clauses[-1].words
        behind = (
            last if stretch.end <= last[0].start and not any(each.part in ("name", "value") for each in last) else ()
        )
        return [*pages, *behind]

    def _say(self, start: int, end: int) -> Words:
        return Words(text=self.text[start:end], start=start)

    def _quote(self, start: int, end: int) -> Argument:
        return QuotedText(quote=self._say(start, end))

    def _read_when(self, taken: Sequence[Stretch | RecordLink]) -> dict[str, Argument]:
        """The one day and the one time of day that the action needs, if they are said beside what is taken."""
        places = [(each.start, each.end) for each in taken]
        made: dict[str, Argument] = {}
        specs = [self.read_spec(each) for each in self.offer.required]
        days, hours = ([each.name for each in specs if each.kinds[:1] == (kind,)] for kind in ("date", "time"))
        if len(days) == 1 and (day := find_day(self.task, places, sure=True)) is not None:
            made[days[0]] = ComputedArgument(expression=day)
        said = [*times.find_hours(read_text(mask(self.text, places)))]
        if len(hours) == len(said) == 1 and not said[0].open:
            start, end = said[0].start, said[0].end
            quote = Words(text=self.text[start:end], start=start)
            made[hours[0]] = TypedValue(value=said[0].time.isoformat("minutes"), quote=quote)
        return made

    def ask_missing(self, stretch: Stretch) -> list[Proposal]:
        """The call that asks for the record that it is for, where none is named or nobody is called so, or for the one
        other value that it lacks."""
        missing = self.offer.list_missing((self.name,))
        lacking = [each for each in missing if self.offer.annotation(each).record is not None]
        if not lacking and len(missing) == 1 and stretch.shown:
            values: dict[str, Argument] = {self.name: self._quote(stretch.start, stretch.end)}
            return [Proposal(result=PlanResult(calls=(Call(action=self.offer.name, arguments=values),)))]
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
