"""An order: one request with its proposal, and what both of them say, each read once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from agent.extract.spans.money import Money, find_currency
from agent.extract.spans.politeness import strip_politeness
from agent.pipeline import Request
from agent.planning.proposal import (
    Argument,
    Call,
    Computed,
    DraftedText,
    FieldOf,
    Find,
    Handle,
    Has,
    Number,
    OrderByCount,
    OrderByField,
    Proposal,
    QuotedText,
    RecordArgument,
    StateIs,
    TotalOf,
    TypedValue,
    Word,
    Words,
)
from agent.planning.quotes import find_places, locate, walk
from agent.validate.coverage.descriptions import (
    find_amount_names,
    find_rest_of_names,
    find_sparing_verbs,
    find_value_nouns,
)
from agent.validate.coverage.modifiers import FORBIDS
from agent.validate.coverage.negations import denies_another, denies_other_value, find_spared
from agent.validate.coverage.opposed_verbs import leading_verbs
from agent.validate.coverage.structure import Structure, read_structure
from agent.validate.coverage.unused_words import collect_subject_stems
from agent.validate.coverage.weighty_patterns import CLAUSE, CONDITION, NEGATION, UNITS, Place
from agent.validate.questions import list_members
from language import numerals
from language.stems import EMPTY, ORDERS, name_stems, split_runs, stem, stem_text
from language.text import find_quotations
from registry.contract import Annotation, Contract, Risk
from registry.records import RecordKind

_Part = TypeVar("_Part")
_A_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_IDENTIFYING: Final = re.compile(r"[^\W\d_]{3,}|\d+")


@dataclass(frozen=True)
class OldValue:
    """What a record has in a field that the plan replaces, and a card's words for it: "the stage of job 7 is done". Its
    amount if it is a number, whether it names another record, and what else of a closed list it may be."""

    value: str
    told: str
    amount: Money | None
    named: bool
    members: frozenset[str]

    @property
    def is_day(self) -> bool:
        return _A_DAY.match(self.value) is not None

    @property
    def words(self) -> frozenset[str]:
        """What it may be called: as a whole, or by one word of a name."""
        low = self.value.casefold().replace("_", " ")
        return frozenset((low, *(low.split() if self.named else ())))

    def may_be(self, said: str) -> bool:
        """Whether words say such a value: a name, or a member of the list."""
        return said.casefold() in self.words | self.members or (self.named and said[0].isupper())


@dataclass(frozen=True)
class Order:
    """A request with its proposal, and what is known of the calls in it.

    "Used words" are the stretches of the request that the proposal quotes or that belong to its quotes.

    - ``every``: all contracts there are. They tell which words of a drafted text are an order.
    - ``chosen_from``: how many records a choice was made among. Accounts for "of her two bikes".
    - ``named``: the numbers of the records that the plan is about. A handle stands for them.
    - ``told_by_records``: stems of what those records say of themselves.
    - ``shown``: the names shown beside them, in lower case.
    - ``by_step``: for each step, the numbers and texts that identify its records.
    - ``currencies``: the codes of those that the plan's amounts are in.
    - ``old_values``: what those records have in the fields that the plan replaces.
    """

    request: Request
    proposal: Proposal
    contracts: Sequence[Contract] = ()
    kinds: Sequence[RecordKind] = ()
    every: Iterable[Contract] = ()
    chosen_from: Collection[int] = ()
    named: Collection[int] = ()
    told_by_records: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    by_step: Sequence[Collection[str]] = ()
    currencies: frozenset[str] = frozenset()
    old_values: Sequence[OldValue] = ()

    @property
    def text(self) -> str:
        return self.request.text

    @cached_property
    def polite(self) -> str:
        """The text with polite phrases blanked out."""
        return strip_politeness(self.text)

    @cached_property
    def words_by_step(self) -> list[frozenset[str]]:
        """The words that identify the records of each step, in lower case."""
        return [frozenset(_IDENTIFYING.findall(" ".join(each).casefold())) for each in self.by_step]

    @cached_property
    def structure(self) -> Structure:
        return read_structure(self.request, self.proposal)

    @cached_property
    def nodes(self) -> list[object]:
        return list(walk(self.proposal.result))

    def parts(self, kind: type[_Part]) -> list[_Part]:
        """All parts of the proposal of one type."""
        return [node for node in self.nodes if isinstance(node, kind)]

    @cached_property
    def calls(self) -> list[Call]:
        return self.parts(Call)

    @cached_property
    def arguments(self) -> list[tuple[Contract, str, Argument]]:
        by_name = {each.name: each for each in self.contracts}
        calls = [(by_name[call.action], call.arguments) for call in self.calls if call.action in by_name]
        return [(contract, name, argument) for contract, given in calls for name, argument in given.items()]

    @property
    def chosen(self) -> bool:
        """Whether an answer chose a record."""
        return any(each.choice is not None for each in self.request.answers)

    def find(self, part: object) -> list[Place]:
        """The places in the request that a part of the proposal quotes, with the marks around a quoted one."""
        marked = {(start + 1, end - 1): (start, end) for start, end in find_quotations(self.text)}
        return [marked.get(each, each) for each in find_places(part, self.request)]

    # ── what was used ──

    @cached_property
    def drafts(self) -> list[DraftedText]:
        return self.parts(DraftedText)

    @cached_property
    def conveyed(self) -> list[Place]:
        """The quotes of what drafted texts convey."""
        return self.find([each.quote for each in self.drafts])

    @cached_property
    def taken(self) -> list[Place]:
        """The places of all other used words: quotes, and the words that belong to them."""
        nouns = find_value_nouns(self.arguments, self.request)
        of_amounts = find_amount_names(self.proposal, self.request)
        spares = find_sparing_verbs(self.proposal, self.request)
        told = (each for texts in self.by_step for each in texts)
        names = find_rest_of_names(self.names, told, self.text)
        unsaid = [each for each, values in self._values_in.items() if not all(values)]
        return [*self.proven, *unsaid, *of_amounts, *spares, *names, *nouns]

    @cached_property
    def proven(self) -> list[Place]:
        """The used places without quotes of a value that they don't say. Such a quote may be the whole request, with a
        denial in it."""
        values = self._values_in
        return [place for each in self._quoted for said in values.get(each, [[each]]) for place in said]

    @cached_property
    def _quoted(self) -> list[Place]:
        found = self.find((self.proposal.result, self.proposal.replaced))
        return [each for each in found if each not in self.conveyed]

    @cached_property
    def _values_in(self) -> Mapping[Place, Sequence[Sequence[Place]]]:
        """The places of the values in quotes of numbers, codes or list members that hold more than these, an order's
        verb for one. Such quotes say the values alone, and the words around them count as unused. Around a plain
        function's values they are talk."""
        exact = [each for each in self.nodes if _is_exact(each)] if self.kinds else []
        others = {each for node in self.nodes if not _is_exact(node) for each in self._find_own(node)}
        values: dict[Place, list[Sequence[Place]]] = {}
        for node in exact:
            for start, end in self._find_own(node):
                said = self.text[start:end]
                if (start, end) not in others and _swallows(said, self.verbs | self.heads):
                    found = [(start + first, start + last) for first, last in _find_value(node, said)]
                    values.setdefault((start, end), []).append(found)
        return values

    @cached_property
    def implied(self) -> list[Place]:
        """The used places that are a text, or stand for a value that they don't say, such as "no"."""
        values = [each for each in self.nodes if isinstance(each, TypedValue) and each.quote is not None]
        other = [each for each in values if each.quote and str(each.value).casefold() not in each.quote.text.casefold()]
        return [*self.texts, *self.find(other)]

    def _find_own(self, node: object) -> list[Place]:
        quote = getattr(node, "quote", None)
        return self.find(quote) if quote is not None else []

    @cached_property
    def spoken(self) -> list[Place]:
        return [*self.taken, *self.conveyed]

    @cached_property
    def names(self) -> list[Place]:
        return self.find([each.said for each in self.parts(Find)])

    @cached_property
    def left_over(self) -> list[Words]:
        """The words that the resolver itself leaves over."""
        return [locate(each, self.request) for each in self.proposal.left_over]

    @cached_property
    def values(self) -> list[Place]:
        """The used places that name no record."""
        return [each for each in self.taken if each not in self.names]

    @cached_property
    def deciding(self) -> list[Place]:
        """The used places that say what is done, and no reason, note or message."""
        return [each for each in self.taken if each not in self.texts]

    @cached_property
    def texts(self) -> list[Place]:
        """The used places that are a reason, note or message."""
        quoted = self.find([each for each in self.nodes if isinstance(each, QuotedText) or _is_text(each)])
        return [*quoted, *self.conveyed]

    # ── what accounts for words without a quote ──

    @cached_property
    def notes(self) -> list[Annotation]:
        return [note for each in self.contracts for note in each.annotations.values()]

    @cached_property
    def on_records(self) -> bool:
        """Whether the calls are about records, or change something on a platform that has some."""
        changes = bool(self.kinds) and any(each.risk is not Risk.READ for each in self.contracts)
        return changes or any(note.record is not None for note in self.notes)

    @cached_property
    def heads(self) -> frozenset[str]:
        """The stems of the calls' main verbs."""
        return frozenset(verb for each in self.contracts for verb in leading_verbs(each))

    @cached_property
    def verbs(self) -> frozenset[str]:
        """The stems of all words that the calls are named by."""
        return list_verbs(self.contracts)

    @cached_property
    def every_verb(self) -> frozenset[str]:
        return list_verbs(self.every)

    @cached_property
    def other_verbs(self) -> frozenset[str]:
        return self.every_verb - self.verbs

    @cached_property
    def known(self) -> frozenset[str]:
        """The stems of all words that the calls are about."""
        words = " ".join(word for note in self.notes for said in note.words.values() for word in said)
        subjects = collect_subject_stems(self.contracts, self.kinds)
        return subjects | frozenset(stem_text(words)) | self.sum_words

    @cached_property
    def states(self) -> frozenset[str]:
        """The stems of the states that records must have. They have no quotes."""
        return frozenset(root for each in self.parts(StateIs) for root in stem_text(each.state))

    @cached_property
    def counted(self) -> frozenset[float]:
        """Numbers that the proposal's structure accounts for: of "those two can go", each one has its own call."""
        calls = [len(self.calls)] if self.structure.several_calls else []
        named = self.named if self.parts(Handle) else ()
        return frozenset((*self._count_in_form(), *named, *calls))

    def _count_in_form(self) -> Iterator[int]:
        """How many records, which position in an order, how many related records. Counts of a kind that no argument
        takes are left out: they count nothing that is done."""
        records = [(each, of.annotation(name).record) for of, name, each in self.arguments]
        references = [(each.reference, kind) for each, kind in records if isinstance(each, RecordArgument) and kind]
        others = [each for each, kind in references if isinstance(each, Find) and each.record != kind]
        for node in self.parts(Find):
            if isinstance(node.pick, int) and not any(node is each for each in others):
                yield node.pick
        yield from (node.count for node in self.parts(Has))
        yield from (node.nth for node in self.nodes if isinstance(node, OrderByField | OrderByCount))

    @cached_property
    def sum_words(self) -> frozenset[str]:
        """Stems of words that only announce a computed value, such as a sum or a difference: "as much as"."""
        sums = ("sum", "total", "together") if self.parts(TotalOf) else ()
        less = ("difference",) if any(each.op == "-" for each in self.parts(Computed)) else ()
        return frozenset(map(stem, (*sums, *less, *(("much",) if self.parts(FieldOf) else ()))))

    @cached_property
    def _unchosen(self) -> frozenset[str]:
        """The words for members of closed lists of which a call took another member."""
        values = [(of, name, each.value) for of, name, each in self.arguments if isinstance(each, TypedValue)]
        said, others = set[str](), set[str]()
        for of, name, value in values if not self.structure.several else ():
            members = list_members(of.properties.get(name) or {})
            for each in members if value in members else ():
                called = (str(each), *of.annotation(name).words.get(str(each), ()))
                words = (" ".join(word for word in one.casefold().split() if word not in EMPTY) for one in called)
                (said if each == value else others).update((*map(str.casefold, called), *words))
        return frozenset(others - said - {""})

    def denies_another(self, at: int) -> bool:
        """Whether a negation at this place denies another action than the ordered one."""
        told = self.find(self.parts(Find))  # "don't cancel Ada on Friday, move her": the day tells which booking
        return denies_another(self.text, at, self.taken, told, self.other_verbs, self.known)

    def denies_other_value(self, at: int) -> bool:
        return denies_other_value(self.text, at, self.taken, self._unchosen)

    @cached_property
    def spared(self) -> list[Place]:
        """The clauses that deny the order for a record that it leaves alone: "but don't close 8"."""
        found = find_spared(self.text, [each.span() for each in FORBIDS.finditer(self.text)], self.deciding, self.heads)
        return [] if self.structure.several else [*found]

    def find_spans(self, pattern: re.Pattern[str]) -> list[Place]:
        return [found.span() for found in pattern.finditer(self.polite)]


_UNIT: Final = re.compile(r"\s*-?\s*([€$£¥%]|[^\W\d_]+)")
_MOST_WORDS: Final = 6
"""Words of the longest quote of one value: "two hundred and fifty more euros"."""


def _is_text(node: object) -> bool:
    return isinstance(node, TypedValue) and " " in str(node.value)


def _is_exact(node: object) -> bool:
    """Whether it is a number, code or list member, not a text that is used as it stands."""
    return isinstance(node, Number | Word) or (isinstance(node, TypedValue) and not _is_text(node))


def _swallows(said: str, verbs: frozenset[str]) -> bool:
    """Whether a quote holds more than a value: an order's verb, a denial, a condition, another clause or many words."""
    words = [word for word, _, _ in split_runs(said)]
    orders = any(stem(word.casefold()) in verbs | ORDERS for word in words)
    return orders or len(words) > _MOST_WORDS or any(each.search(said) for each in (NEGATION, CONDITION, CLAUSE))


def _is_unit(word: str) -> bool:
    return not word.isalpha() or stem(word.casefold()) in UNITS or find_currency(word) is not None


def _find_value(node: object, said: str) -> list[Place]:
    """Where a quote says its value, with a unit."""
    if isinstance(node, Number):
        found = [each for each in numerals.find_typed(said) if each.value == float(node.number)]
        units = (_UNIT.match(said, each.end) for each in found)
        ends = [
            unit.end() if unit is not None and _is_unit(unit[1]) else each.end
            for each, unit in zip(found, units, strict=True)
        ]
        places = [(each.start, end) for each, end in zip(found, ends, strict=True)]
    else:
        value = node.word if isinstance(node, Word) else node.value if isinstance(node, TypedValue) else None
        if value is None or isinstance(value, bool | list | dict):
            return []
        places = [each.span() for each in re.finditer(rf"(?<!\w){re.escape(str(value))}(?!\w)", said, re.IGNORECASE)]
    return places[:1]


def list_verbs(contracts: Iterable[Contract]) -> frozenset[str]:
    """The words that calls are named by. Aliases of two words ("write off") are left out: they count only as a
    whole."""
    named = [said.casefold() for each in contracts for said in (each.title.partition(" ")[0], *each.aliases)]
    of_names = [word for each in contracts for word in name_stems(each.name.rpartition(".")[2])]
    return frozenset([stem(said) for said in named if said.isalpha()] + of_names)
