"""Relative values: what is told by its difference from what the record has now ("a week later", "two more seats")."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal, Protocol

from agent.extract.spans.politeness import is_polite_word
from agent.planning.proposal import Computed, ComputedArgument, Day, FieldOf, Handle, Number, Operation, TypedValue
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES
from agent.resolve.rules.grammar.orders.action_words import is_over
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.phrases.amounts import find_way
from agent.resolve.rules.grammar.reader import Reader
from language.fractions import read_fraction
from language.measures import find_measure
from language.stems import stem
from language.text import word_set
from registry.offers.offer import Offer
from registry.records import RecordKind

_MORE: Final = word_set("later more extra additional further")
_LESS: Final = word_set("earlier early sooner fewer less")
_LONGER: Final = word_set("longer more extra additional further")
_POSTPONING: Final = frozenset(map(stem, word_set("postpone delay defer push extend prolong lengthen slip")))
_SHORTENING: Final = word_set("shorten curtail")
_CARRYING: Final[dict[str, tuple[Literal["+", "-"], frozenset[str]]]] = {
    **dict.fromkeys(("back", "off"), ("+", _POSTPONING | {"put", "move", "set", "shift"})),
    "forward": ("-", frozenset({"bring", "pull", "put"})),
}
"""Which way something is carried in time by a particle with one of these verbs. "Move it forward" is said of both."""
_BY: Final = word_set("by back")
_ANOTHER: Final = word_set("another extra additional further")
MULTIPLYING: Final = word_set("double triple halve")
BY_DAYS: Final = word_set("days weeks fortnights months years")
BY_HOURS: Final = word_set("hours minutes")
"""Lengths of time by which a day moves, and by which the time of a day does."""
_MOST_BETWEEN: Final = 12
"""Tokens between a verb of postponing and the length of time."""


_TOLD: Final = lexicon.PAST | lexicon.DENYING | {"every", "been", "imagine"}
"""Words by which a length of time tells how things stand."""
_GOING_ON: Final = word_set("and then as because for if unless now instead to from until")


class Held(Protocol):
    """An action, the kinds of records that it takes, and whether it makes one."""

    @property
    def offer(self) -> Offer: ...
    @property
    def makes_new(self) -> bool: ...
    def kind(self, name: str, /) -> RecordKind | None: ...


def find_now(stretch: Held, name: str, *, dated: bool) -> FieldOf | None:
    """The field whose value a parameter replaces: of a day, else the record's day so named, or its only one."""
    if (held := stretch.offer.annotation(name).replaces) is not None:
        return FieldOf(field=held.field, of=Handle(handle=f"@{held.parameter}"))
    kinds = [(each, kind) for each in stretch.offer.required if (kind := stretch.kind(each)) is not None]
    days = [field.name for _, kind in kinds[:1] for field in kind.fields if field.type in DATES]
    days = [name] if name in days else days
    if not dated or len(kinds) != 1 or len(days) != 1 or (stretch.makes_new and name not in days):
        return None  # a new lesson replaces no birthday
    return FieldOf(field=days[0], of=Handle(handle=f"@{kinds[0][0]}"))


def read_difference(
    reader: Reader,
    places: range,
    now: FieldOf,
    *,
    by: Collection[str] = (),
    ends: bool = False,
    titled: Collection[str] = (),
) -> Iterator[Piece]:
    """The values at some places that are so much more or less than ``now``.

    ``by``: the lengths of time by which it moves, if it is a day or a time of the day. ``ends``: it is a last one, so
    what is made longer ends later. ``titled`` are the words of the action's title, if its verb is said.
    """
    sign: Literal["+", "-"] | None
    dated = bool(by)
    for at, end, number, unit in _list_amounts(reader, by):
        if at not in places or at in reader.quoted or reader.comparison_before(at):
            continue
        if not dated and (sign := _find_sign(reader, at, end)) is not None:
            first = at - (reader.low(at - 1) in _ANOTHER | _BY)
            change = Number(number=number, unit=unit, quote=reader.words(first, end))
            yield Piece(first, end, ComputedArgument(expression=Computed(op=sign, a=now, b=change)))
            continue
        tells = end if dated or reader.low(end) in _MORE | _LESS else end + 1  # "two seats more"
        said = reader.low(tells) if tells in places else ""
        first, last = at, tells + 1
        if said not in _MORE | _LESS:
            sign = _find_shift(reader, at, end, titled, ends=ends) if dated else None
            if sign is None:
                continue
            longer = said in _LONGER
            first, last = at - (reader.low(at - 1) in _BY | _ANOTHER), end + longer
        else:
            sign = "-" if said in _LESS else "+"
        change = Number(number=number, unit=unit, quote=reader.words(at, max(end, last) if tells == end else end))
        yield Piece(first, last, ComputedArgument(expression=Computed(op=sign, a=now, b=change)))


def read_lasting(reader: Reader, places: range) -> Iterator[Piece]:
    """The last day of what begins today and lasts so long: "for two weeks"."""
    today = reader.now.date()
    for at, end, number, unit in _list_amounts(reader, BY_DAYS):
        if at - 1 in places and reader.low(at - 1) == "for" and at not in reader.quoted:
            start = Day(date=today.isoformat())
            lasts = Number(number=number, unit=unit, quote=reader.words(at - 1, end))
            yield Piece(at - 1, end, ComputedArgument(expression=Computed(op="+", a=start, b=lasts)))


def read_years(reader: Reader, places: range, named: Collection[str]) -> Iterator[Piece]:
    """The months of a number of months that is said in years."""
    for at, end, number, unit in _list_amounts(reader, BY_DAYS):
        if at in places and unit == "years" and "months" in named and at not in reader.quoted:
            first = at - (reader.low(at - 1) in _BY | _ANOTHER | {"for"})
            yield Piece(first, end, TypedValue(value=int(number * 12), quote=reader.words(first, end)))


def _find_sign(reader: Reader, at: int, end: int) -> Literal["+", "-"] | None:
    """Whether a number is added or taken away by the words before it or its verb: "another 6", "add 6 chairs", "cut it
    by 5". "Cut it to 6" says what shall be."""
    if reader.low(at - 1) in _ANOTHER:
        return "+"
    said = {*reader.lows(max(0, at - _MOST_BETWEEN), min(at, _MOST_BETWEEN))}
    told = said & {"add", "remove", "deduct", "subtract"} and reader.low(at - 1) not in ("to", "at")
    return find_way(reader, at, end, said, told=bool(told))


def read_multiple(reader: Reader, at: int, now: FieldOf) -> Piece | None:
    """What a verb at a token makes of ``now``, so many times or a half of it: "double the order", "halve it"."""
    said = read_fraction(reader.lows(at, 1))
    if said is None or reader.low(at) not in MULTIPLYING or not _begins_object(reader, at + 1):
        return None
    up, down, _ = said
    op: Operation = "*" if up > down else "/"
    number = Number(number=Decimal(max(up, down)), quote=reader.words(at, at + 1))
    return Piece(at, at + 1, ComputedArgument(expression=Computed(op=op, a=now, b=number)))


def _begins_object(reader: Reader, at: int) -> bool:
    """Whether what a verb is done to begins at a token, and no noun that the word before it describes."""
    known = reader.low(at) in lexicon.DETERMINERS | lexicon.OWNERS | lexicon.PRONOUNS
    return known or any(token.owns for token in reader.tokens[at : at + 2]) or reader.noun(at) is not None


def _find_shift(reader: Reader, at: int, end: int, titled: Collection[str], *, ends: bool) -> Literal["+", "-"] | None:
    """Whether a length of time tells how much later or earlier something shall be: "postpone the tour by a week", "put
    it back a day". What ends is made longer by "two more nights", and ends sooner where it is shortened."""
    begin = max(0, at - _MOST_BETWEEN, *(step + 1 for step in range(at) if reader.is_mark(step)))
    before = reader.lows(begin, at - begin)
    passive = any(one in ("is", "are") and not other.endswith("ing") for one, other in pairwise(before))
    if passive or not _is_said_last(reader, end) or not _TOLD.isdisjoint(before) or any(map(is_over, before)):
        return None
    if (ends and not _SHORTENING.isdisjoint(before)) or reader.lows(at - 2, 2) == ("earlier", "by"):
        return "-"
    particle = next((each for each in (reader.low(end), *reversed(before)) if each in _CARRYING), "")
    way, verbs = _CARRYING.get(particle, ("+", _POSTPONING | ({"shift"} if reader.low(at - 1) == "by" else set())))
    if not verbs.isdisjoint(map(stem, (*before, *titled))):
        return way
    around = {reader.low(at - 1), *reader.lows(at, end + 1 - at)}
    return "+" if ends and around & (_LONGER | _ANOTHER) else None


def _is_said_last(reader: Reader, end: int) -> bool:
    """Whether nothing is said of a change behind it: "by a week", not "by a week of rain", "a week is too long"."""
    end += reader.low(end) in _LONGER | _MORE | _LESS | _CARRYING.keys()
    behind = reader.low(end)
    return end >= len(reader.tokens) or reader.is_mark(end) or is_polite_word(behind) or behind in _GOING_ON


def _list_amounts(reader: Reader, by: Collection[str]) -> Iterator[tuple[int, int, Decimal, str | None]]:
    """The lengths of time in some units, or the numbers that are said: first token, end, number, unit."""
    if by:
        for each in reader.durations:
            measure = find_measure(each.unit)
            if measure is not None and measure.name in by:
                yield reader.end_index(each.start), reader.end_index(each.end), each.count, measure.name
        return
    lengths = {reader.end_index(each.start) for each in reader.durations}
    for at, number in reader.numbers.items():
        last, money = reader.end_index(number.end), reader.money.get(at)
        more = reader.low(last) in _MORE | _LESS
        vague = (number.vague or reader.numbered(at)) and not more  # but "one more"
        paid = money is not None and (money.currency or money.loose)
        if number.kind == "cardinal" and at not in lengths and not (number.unit or vague or paid):
            yield at, last, number.value, None
