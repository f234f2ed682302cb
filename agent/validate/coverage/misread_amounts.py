"""Misread amounts: a running total that is added, a change for one time that is made for good, and money that was paid
for something else than the record is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import Argument, ComputedArgument, Number, TypedValue
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import LIGHT, plain_word
from agent.validate.coverage.clauses import FOR
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place, match_words
from language.stems import EMPTY, is_past, name_stems, split_runs, stem, stem_text
from registry.contract import Contract
from registry.records import Field, RecordKind

_SO_FAR: Final = match_words(r"(?:so|thus)\s+far|(?:up\s+to|until|till)\s+now|(?<!up )to\s+date")
_IN_ALL: Final = match_words(r"already|altogether|overall|in\s+(?:all|total)|an?\s+total\s+of")
_ONE_TIME: Final = match_words(r"(?:just|for|this)\s+once(?!\s+(?:more|again))|just\s+this\s+time")
_PAYING: Final = frozenset(stem_text("pay paid payment"))
_SHORT: Final = 2


def is_added(contract: Contract, name: str, argument: Argument) -> bool:
    """Whether a number is added to what there is, or taken off it."""
    if isinstance(argument, ComputedArgument):
        bare = isinstance(argument.expression, Number)
    else:
        bare = isinstance(argument, TypedValue) and isinstance(argument.value, int | float)
    note = contract.annotation(name)
    told = f"{contract.description} {note.label or ''}"
    return bare and note.replaces is None and (patterns.ON_TOP.search(told) is not None or not _is_set(contract, name))


def _is_set(contract: Contract, name: str) -> bool:
    """Whether a value takes the place of the one that the record has."""
    named = patterns.SETTING & {*name_stems(contract.name.rpartition(".")[2])}
    return contract.annotation(name).replaces is not None or bool(named)


def find_running_totals(order: Order) -> Iterator[Place]:
    """What says of an added number that it counts all until now: "has done 6 so far". "6 in all" does so in a report
    alone: "has done 6 in all", but not "take 6 in all"."""
    text = order.polite
    places = order.find([argument for of, name, argument in order.arguments if is_added(of, name, argument)])
    elsewhere = patterns.cover(text, (each for each in order.taken if each not in places))
    if not places and any(note.at_most is not None for note in order.notes):  # all that is left
        yield from (each.span() for each in _SO_FAR.finditer(text) if not any(elsewhere[slice(*each.span())]))
    for place in places:
        first, last = patterns.find_clause(text, *place)
        first = _find_head(text, first)
        reported = any(is_past(word.casefold()) for word, _, _ in split_runs(text[first : place[0]]))
        for pattern in (_SO_FAR, _IN_ALL) if reported else (_SO_FAR,):
            found = (each.span() for each in pattern.finditer(text, first, last))
            yield from (each for each in found if not any(elsewhere[slice(*each)]))


def _find_head(text: str, first: int) -> int:
    """Where a clause begins, with what stands apart at its head: "so far, Ada has done 6"."""
    for found in _SO_FAR.finditer(text, 0, first):
        begin, _ = patterns.find_clause(text, *found.span())
        if not text[begin : found.start()].strip() and not text[found.end() : first].strip(" ,:"):
            return found.start()
    return first


def find_one_time(order: Order) -> Iterator[Place]:
    """What limits to one time the change of a number that lasts: "set the rent to 60 just once"."""
    numbers = (
        of.properties[name].get("type") in ("integer", "number") and of.annotation(name).record is None
        for of, name, _ in order.arguments
        if name in of.properties and _is_set(of, name)
    )
    if any(numbers):
        yield from (found.span() for found in _ONE_TIME.finditer(order.polite))


def find_other_purposes(order: Order) -> Iterator[Place]:
    """What was paid for, if the record says that it is about something else: "paid 20 for the tour", on the bill for a
    uniform. A record that doesn't say what it is about tells nothing."""
    bills = {
        of.annotation(note.at_most.parameter).record
        for of in order.contracts
        for note in of.annotations.values()
        if note.at_most is not None
    }
    telling = [each for kind in order.kinds if kind.name in bills for each in _list_purposes(kind, order.kinds)]
    listed = {root for each in telling for value in each.values for root in name_stems(value)}
    told = {root for each in order.by_step for said in each for root in name_stems(said)}
    known = told | ((order.known | patterns.TIMES | set(map(stem, LIGHT))) - listed)
    used = patterns.cover(order.polite, order.taken)
    for found in FOR.finditer(order.polite) if telling else ():
        before = len(order.polite[: found.start()].rstrip(" ,"))
        begin, _ = patterns.find_clause(order.polite, before, before)
        if _PAYING.isdisjoint(stem_text(order.polite[begin:before])):
            continue
        said = [*takewhile(lambda run: run[0].casefold() not in EMPTY, split_runs(found["what"]))]
        at = found.start("what")
        strange = (stem(plain_word(word)) for word, start, _ in said if word.isalpha() and not used[at + start])
        if any(not any(root.endswith(each) for each in known if len(each) > _SHORT) for root in strange):
            yield found.start(), at + said[-1][2]


def _list_purposes(kind: RecordKind, kinds: Sequence[RecordKind]) -> Iterator[Field]:
    """The fields that say what a record is about: closed lists that are no state, and texts that it is called by."""
    people = {each.name for each in kinds if is_person(each)}
    persons = {f"{each.via.removesuffix('_id')}_name" for each in kind.relations if each.kind in people}
    states = {name for held in kind.states.values() for name in held}
    called = {*re.findall(r"\{(\w+)", kind.label)} - persons
    for each in kind.fields:
        text = each.type == "string" and each.search in (None, "text") and each.name in called
        if text or (each.type == "enum" and each.name not in states):
            yield each
