"""Weighty words: finds words of an order that change the deal, and classifies them.

Numbers, dates, parts, negations, restrictions, conditions, quantifiers and further wishes are such words. A closed word
class or their place tells them. ``weighty.py`` decides what each leads to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from agent.extract.spans.money import find_currency
from agent.planning.proposal import Computed, FieldOf, Number, TypedValue
from agent.query.arithmetic import find_unit
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.descriptions import means_whole
from agent.validate.coverage.frames import (
    find_asked,
    find_deeds,
    find_frames,
    find_told_of_others,
    find_unordered,
    find_weakened,
)
from agent.validate.coverage.further_orders import (
    find_further_orders,
    find_joined_names,
    find_listed_names,
    find_others,
    find_passed_over,
    find_told_duties,
)
from agent.validate.coverage.left_over import find_left_over_words
from agent.validate.coverage.misread import find_misread
from agent.validate.coverage.misread_texts import list_named
from agent.validate.coverage.modifiers import FORBIDS, FREE, find_limits, find_modifiers, find_parts, names_rate
from agent.validate.coverage.negations import find_negations, find_taken_back, only_contrasts
from agent.validate.coverage.opposed_verbs import find_opposed_verbs, find_removals, goes_by
from agent.validate.coverage.order import Order
from agent.validate.coverage.told import find_exceptions, find_hedges, find_told
from agent.validate.coverage.unused_words import SAID_AROUND, collect_own_stems
from agent.validate.coverage.weighty_patterns import Place, find_closing
from language import channels, denials, numerals
from language.opposites import LESS
from language.stems import EMPTY, GENERIC, ORDERS, READING, name_stems, split_runs, stem, stem_text
from language.text import read_text, singularize
from language.wordnet import is_word
from registry.contract import Unit

Kind = Literal[
    "restriction", "condition", "quantifier", "part", "date", "order not to", "denial", "denied clause", "number",
    "unit", "further order", "joined name", "limit", "modifier", "misread", "opposed verb", "channel", "taken back",
    "hedge", "report", "framed", "other", "beside", "doubted", "exception", "left over",
]  # fmt: skip
Detail = Literal["of all", "fraction", "share", "count", "until", "stated"]
STRETCHES: Final[frozenset[Kind]] = frozenset(
    ("opposed verb", "channel", "taken back", "hedge", "report", "framed", "other", "beside", "doubted", "exception")
)
"""Kinds that are whole stretches of text, not single weighty words."""
_LEADS: Final[tuple[Kind, ...]] = ("opposed verb", "channel", "taken back", "hedge", "report", "framed", "other")
"""Kinds in which a negation has no meaning of its own."""
_TO_AND_FOR: Final = ("2", "4")
"""Digits that people type for "to" and "for" before a value: "move it 2 friday"."""
_EXCEPTIONS: Final = ("except", "excluding", "apart", "other than", "without", "w/o", "leaving")
_GIFTS: Final = frozenset(stem_text("free gift complimentary waive"))
"""Words of actions that cost nobody anything."""
_CLAUSE: Final = re.compile(r"[;!?\n]|[,.](?!\d)")
_Said = TypeVar("_Said", bound=str)


@dataclass(frozen=True, slots=True)
class Finding:
    """A place with the kinds of weighty words found there, and details (``more``) that their form tells."""

    place: Place
    said: str
    kinds: frozenset[Kind]
    more: frozenset[Detail]

    def is_of(self, kinds: Iterable[Kind | Detail]) -> bool:
        return not (self.kinds | self.more).isdisjoint(kinds)

    @property
    def first_stem(self) -> str:
        return stem(self.said.split(" ", 1)[0].casefold())


def find_weighty_words(order: Order, doubted: Iterable[Place]) -> list[Finding]:
    """The findings of all kinds, in the order of their places. ``doubted`` are asides that must not stay aside."""
    places: dict[Kind, set[Place]] = {kind: {*find(order)} for kind, find in _FINDERS.items()}
    places["doubted"] = set() if order.drafts else {*doubted}
    leads = [each for kind in _LEADS for each in places[kind]]
    places["denial"] = {each for each in places["denial"] if not any(start <= each[0] < end for start, end in leads)}
    places["quantifier"] -= {(start, start + len("every")) for start, _ in places["modifier"]}  # of "every Friday"
    places["beside"] = {each for each in places["beside"] if not _leads_into(order.text, each, places["misread"])}
    more = _tell_more(order, places)
    return [
        Finding(each, order.text[slice(*each)], _list_of(places, each), _list_of(more, each))
        for each in sorted({each for found in places.values() for each in found})
    ]


def _leads_into(text: str, place: Place, others: Iterable[Place]) -> bool:
    """Whether a place only leads into another one that is found: "to about" into "about a week"."""
    start, end = place
    return any(start < a < end <= b and EMPTY.issuperset(text[start:a].casefold().split()) for a, b in others)


def _tell_more(order: Order, places: Mapping[Kind, set[Place]]) -> dict[Detail, set[Place]]:
    text, modifiers = order.text, places["modifier"]
    wide = [each for kind in ("modifier", "misread", *STRETCHES) for each in places[kind]]
    return {
        "of all": {*order.find_spans(patterns.QUANTIFIER)},
        "fraction": {*order.find_spans(patterns.PART)},
        "share": find_parts(order.polite, wide),
        "count": {
            *places["date"],
            *order.find_spans(patterns.DATE),
            *places["number"],
            *find_limits(order.polite, modifiers),
        },
        "until": {each for each in modifiers if text[slice(*each)].casefold() in ("until", "till", "til")},
        "stated": {*_find_stated(order)} - {*find_frames(order), *find_weakened(order), *find_asked(order)}
        if places["framed"]
        else set(),
    }


def _find_stated(order: Order) -> Iterator[Place]:
    """What is only told: what was done, what somebody has or has still to do, what is so. Nothing in it denies, doubts
    or asks."""
    yield from find_deeds(order)
    yield from find_told_of_others(order)
    yield from find_unordered(order)


def _list_of(places: Mapping[_Said, Collection[Place]], place: Place) -> frozenset[_Said]:
    return frozenset(each for each, found in places.items() if place in found)


def _find_restrictions(order: Order) -> Iterator[Place]:
    """Restrictions that no condition expresses."""
    waits = any(each.condition is not None for each in order.calls)
    for place in _of_class(patterns.RESTRICTION, order):
        if waits and patterns.CONDITION.match(order.text, place[1] + 1):
            continue  # "only if"
        if not (order.structure.restricts and _tells(order, place[1])):
            yield place


def _find_conditions(order: Order) -> Iterator[Place]:
    """Conditions, one less for each that the proposal has, those first whose words it uses."""
    found = [*_of_class(patterns.CONDITION, order)]
    checked = {repr(each.condition) for each in order.calls if each.condition is not None}
    found.sort(key=lambda place: not _tells(order, place[1]))
    yield from found[len(checked) :]


def _tells(order: Order, end: int) -> bool:
    """Whether used words or a state that is meant follow within the clause: they say what is restricted or left out."""
    stop = find_closing(_CLAUSE, order.text, end)
    following = (stem(word.casefold()) for word, _, _ in split_runs(order.text[end:stop]))
    return any(end <= start < stop for start, _ in order.spoken) or not order.states.isdisjoint(following)


def _of_class(pattern: re.Pattern[str], order: Order) -> Iterator[Place]:
    """The places of a closed word class."""
    for start, end in order.find_spans(pattern):
        if pattern is patterns.CONDITION:  # "once 7 is there": the number may be used
            end = start + len(order.polite[start:end].split()[0])
        if not means_whole(order.text, (start, end), order.proposal):
            yield start, end


def _find_times(order: Order) -> Iterator[Place]:
    """Times of day beside an action that takes a day: nothing else would have them."""
    if any(of.properties[name].get("format") == "date" for of, name, _ in order.arguments if name in of.properties):
        yield from _of_class(patterns.CLOCK, order)


def _find_limits(order: Order) -> Iterator[Place]:
    """Finds upper limits. A value computed up to a limit is a guess at an amount that was left open, whatever it
    quotes. A number that replaces the record's ("seats up to 30") is the amount itself."""
    fills = order.structure.computes_field
    sets = [each for of, name, each in order.arguments if of.annotation(name).replaces is not None]
    replacing = order.find(sets)
    for place in order.find_spans(patterns.LIMIT):
        following = len(order.text) - len(order.text[place[1] :].lstrip())
        fills_up = fills and patterns.search_before(patterns.FILLS, order.polite, place[0])
        if not fills_up and not any(start <= following < end for start, end in replacing):
            yield place


def _find_orders_not_to(order: Order) -> Iterator[Place]:
    found = list(patterns.NEGATION.finditer(order.polite))
    one = sum(each["out"] is not None for each in found) == 1
    for match in found:
        low = (match["plain"] or "").casefold()
        if low and (low in EMPTY | SAID_AROUND or stem(low) in ORDERS | READING | order.every_verb):
            continue  # "all visits but tell her"
        excludes = match["out"] is not None or match["word"].casefold() == "not"
        says = (match["out"] is not None and one) or _tells(order, match.end())
        leaves_out = excludes and order.structure.negates and says
        # An exception from one record is no contrast with another one: "job 7 except its lid".
        several = order.structure.several or (match["out"] or "").casefold().startswith(_EXCEPTIONS)
        if not (
            leaves_out
            or only_contrasts(order.text, match.end(), order.deciding, order.known, several)
            or goes_by(match[0], order.contracts)
            or order.denies_other_value(match.end())
            or (match["word"] and order.denies_another(match.end()))
        ):
            yield match.span("word") if match["word"] else _but(match)


def _but(match: re.Match[str]) -> Place:
    """The place of the words that exclude. Of "all of them but" only the last word, because the words before it may be
    used."""
    start, end = match.span("out")
    return (end - len("but") if match["out"].casefold().endswith(" but") else start), end


def _find_denials(order: Order) -> Iterator[Place]:
    undoes = order.structure.undoes
    for each in find_negations(order.polite, order.taken, order.verbs, undoes=undoes) if _may_deny(order) else ():
        if not (
            only_contrasts(order.text, each[1], order.deciding, order.known, order.structure.several)
            or order.denies_another(each[1])
            or order.denies_other_value(each[1])
        ):
            yield each


def _may_deny(order: Order) -> bool:
    """Whether a negation may deny the order. It may also say which records are meant: "jobs that nobody has"."""
    return order.on_records and not order.structure.negates


def _find_numbers(order: Order) -> Iterator[Place]:
    drafted = {each.value for draft in order.drafts for each in numerals.find(read_text(draft.text))}
    for number in numerals.find_typed(order.polite):
        among = number.value in order.chosen_from
        if not (
            number.kind not in ("cardinal", "percent")
            or number.vague
            or number.value in drafted | order.counted
            or (among and patterns.search_before(patterns.CHOSEN_FROM, order.polite, number.start))
            or (order.kinds and not _counts_here(order, number))
        ):
            yield number.start, number.end
    for pattern in (patterns.RANGE, patterns.ONWARDS, patterns.OWNING) if order.on_records else ():
        yield from (found.span("last") for found in pattern.finditer(order.polite))


def _counts_here(order: Order, number: numerals.Number) -> bool:
    """Whether a number may be part of what is done.

    It stands alone, has a unit, or precedes a thing that the platform knows. A word or two may stand between: "two
    oldest unpaid bills". A number counts something else only if an English noun says what: "three angry neighbours".
    Otherwise it may name a record: "7 to Ada, 9 blau".
    """
    after = patterns.UNIT.match(order.text, number.end)
    if number.unit or after is None or not after[1].isalpha() or after[1].casefold() in EMPTY:
        return True
    words = patterns.COUNTED.match(order.text, number.end)
    told = [word.casefold() for word in words[0].split()] if words is not None else []
    known = order.known | patterns.UNITS | _list_counted(order)
    if any(stem(word) in known or find_currency(word) is not None for word in told):
        return True
    said = order.text[number.start : number.end]
    if stem(told[0]) in patterns.TIMES:
        return False  # part of a date
    counts = any(note.unit is Unit.COUNT for note in order.notes)  # "sold 2 olive soap"
    if said in _TO_AND_FOR and not counts and any(start == after.start(1) for start, _ in order.taken):
        return False
    return not any(_is_plural(word) or (number.value == 1 and is_word(word)) for word in told)


def _list_counted(order: Order) -> set[str]:
    """The stems of what the records have a number of: "500 seats", where an exhibit has its seats."""
    fields = (field for kind in order.kinds for field in kind.fields if field.type in ("integer", "number"))
    return {word for field in fields for word in name_stems(field.name)} - GENERIC


def _is_plural(word: str) -> bool:
    one = singularize(word)
    return word in ("sheep", "fish") or (one != word and is_word(one))


def _find_other_units(order: Order) -> Iterator[Place]:
    """Finds units beside used numbers that neither the value nor its parameter is in."""
    used = {find_unit(node.unit) for node in order.parts(Number)}
    used |= {note.unit.value for note in order.notes if note.unit is not None}
    said = (word for each in order.contracts for name in each.properties for word in list_named(each, name))
    used |= {find_unit(word) for word in said if stem(word) in patterns.UNITS}
    for number in numerals.find_typed(order.text):
        after = patterns.UNIT_FURTHER.match(order.text, number.end)
        if after is None or not any(start <= number.start and number.end <= end for start, end in order.taken):
            continue
        unit = find_unit(after[1]) if stem(after[1].casefold()) in patterns.UNITS or find_currency(after[1]) else None
        if unit is not None and unit not in used:
            yield after.span(1)


def _find_modifiers(order: Order) -> Iterator[Place]:
    text, structure = order.text, order.structure
    days = [each for of, name, each in order.arguments if (of.properties.get(name) or {}).get("format") == "date"]
    figures = {*order.find(order.parts(Number))}
    found = {*find_modifiers(order.polite, order.spoken, figures, order.find(days), order.verbs, structure)}
    quotes = [each for each in order.spoken if each not in figures]
    for place in order.find_spans(patterns.OF_SEVERAL) if structure.one_record and not structure.multiplies else ():
        if not any(a <= place[0] < b for a, b in (*quotes, *found)):
            found.add(place)
    for place in found:
        if _is_own_rate(order, place) or stem(text[slice(*place)].casefold()) in order.states:
            continue
        if FREE.fullmatch(text, *place) and not _GIFTS.isdisjoint(collect_own_stems(order.contracts, ())):
            continue
        forbids = FORBIDS.fullmatch(text[slice(*place)])
        if not forbids or not (order.denies_another(place[1]) or order.denies_other_value(place[1])):
            yield place


def _is_own_rate(order: Order, place: Place) -> bool:
    """Whether it is a rate beside a number whose parameter is named by it: 65 "a month" for a "Monthly amount"."""
    rate = order.text[slice(*place)]
    numbers = (each for of, name, each in order.arguments if names_rate(" ".join(list_named(of, name)), rate))
    return any(
        start <= place[0] and patterns.BEFORE_RATE.fullmatch(order.text[end : place[0]])
        for each in numbers
        for start, end in order.find(each)
    )


def _find_opposed_verbs(order: Order) -> Iterator[Place]:
    """Opposed verbs that are no value of the call: an action called "lock" may take "unlock" as one of its values."""
    values = [*order.texts, *order.find([each for _, _, each in order.arguments if isinstance(each, TypedValue)])]
    removals = find_removals(order.polite, order.contracts, order.taken) if not order.structure.negates else ()
    lessens = any(each.op == "-" and isinstance(each.a, FieldOf) for each in order.parts(Computed))
    opposed = find_opposed_verbs(order.polite, order.contracts) if not order.structure.undoes else ()
    for first, last in (*opposed, *removals):
        if lessens and stem(order.polite[first:last].casefold()) in LESS:
            continue  # "reduce the price by 5 %": what is computed is less
        if not any(start <= first and last <= end for start, end in values):
            yield first, last


def _find_other_channels(order: Order) -> Iterator[Place]:
    for each in order.contracts if order.on_records else ():
        words = " ".join((each.name.replace("_", " "), each.title, each.description, *each.aliases))
        for first, last in channels.find_other_channels(order.polite, words):
            said = any(first <= start and end <= last for start, end in order.proven)  # it is what a parameter takes
            if not said and not any(start <= first and last <= end for start, end in order.texts):
                yield first, last


def _find_left_over(order: Order) -> Iterator[Place]:
    for each in order.left_over:
        if each.origin == 0 and each.start is not None:
            yield each.start, each.start + len(each.text)


_FINDERS: Final[Mapping[Kind, Callable[[Order], Iterable[Place]]]] = {
    "restriction": _find_restrictions,
    "condition": _find_conditions,
    "quantifier": lambda of: () if of.structure.quantifies else _of_class(patterns.QUANTIFIER, of),
    "part": lambda of: _of_class(patterns.PART, of),
    "date": lambda of: (*_of_class(patterns.DATE, of), *_find_times(of)),
    "order not to": _find_orders_not_to,
    "denial": _find_denials,
    "denied clause": lambda of: denials.find_denied_clauses(of.polite, of.taken) if _may_deny(of) else (),
    "number": _find_numbers,
    "unit": _find_other_units,
    "further order": lambda of: (
        *find_further_orders(of.polite, of.taken, of.verbs | (patterns.TELLING if of.drafts else frozenset())),
        *find_told_duties(of),
        *find_passed_over(of),
    ),
    "joined name": lambda of: (
        *find_joined_names(of.text, of.spoken, of.known),
        *find_listed_names(of),
    ),
    "limit": _find_limits,
    "modifier": _find_modifiers,
    "misread": find_misread,
    "opposed verb": _find_opposed_verbs,
    "channel": _find_other_channels,
    "taken back": lambda of: find_taken_back(of.text, of.taken, of.proven, of.verbs),
    "hedge": find_hedges,
    "report": lambda of: find_told(of) if of.on_records else (),
    "framed": lambda of: (
        (*find_frames(of), *find_weakened(of), *find_asked(of), *_find_stated(of)) if of.on_records else ()
    ),
    "other": lambda of: find_others(of.text, of.taken, of.known, of.shown) if of.on_records else (),
    "beside": find_left_over_words,
    "exception": find_exceptions,
    "left over": _find_left_over,
}
