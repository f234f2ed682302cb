"""Moved values: a new value said with the one that it takes the place of ("from Monday to Friday", "from 12 to 15
euros", "from basic to full"), or a part with its whole ("20 of the 90"). The record must have the other one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from agent.extract.time.dates import DateSpan
from agent.extract.time.day_pairs import DayPair
from agent.planning.proposal import Compare, ComputedArgument, Condition, Day, TypedValue, Word
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.phrases.amounts import LEFT_OUT
from agent.resolve.rules.grammar.reader import Reader
from language.date_forms import DAYS
from language.stems import makes_anew
from registry.offers.offer import Offer


class MovedValue(NamedTuple):
    """A value that takes the place of another one. ``before`` is what the record has. Without ``piece`` the new value
    is read as any other."""

    name: str
    piece: Piece | None
    before: Condition


def _read_moved_day(reader: Reader, offer: Offer, first: int, stop: int) -> MovedValue | None:
    """The new day of a record that has one, said with the old one: "move 7 from Monday to Friday". None if the record
    has no single such day."""
    dated = [name for name, each in offer.properties.items() if each.get("format") == "date"]
    kinds = [kind for each in offer.properties if (kind := reader.kinds.get(offer.annotation(each).record or ""))]
    if len(dated) != 1 or len(kinds) != 1 or makes_anew(offer.title):
        return None
    days = [each.name for each in kinds[0].fields if each.type == "date"]
    field = dated[0] if dated[0] in days else days[0] if len(days) == 1 else None
    for pair in reader.day_pairs if field is not None else ():
        at, last = reader.end_index(pair.start), reader.end_index(pair.end)
        if first < at and last <= stop and reader.low(at - 1) == "from":
            said = [each for each in reader.dates if at <= each < last]
            apart = len(said) > 1  # "4 to 6 December" has one month, so it is quoted whole for both
            new, old = (
                reader.words(max(said) if apart else at, last),
                reader.words(at, max(said) - 1 if apart else last),
            )
            value = TypedValue(value=pair.last.isoformat(), quote=new)
            day = Day(date=pair.first.isoformat(), quote=old)
            if apart:
                moved = _find_new_day(reader, pair, reader.dates[max(said)])
                value = TypedValue(value=moved.isoformat(), quote=new)
            return MovedValue(dated[0], Piece(at - 1, last, value), Compare(field=field, op="=", value=day))
    return None


def _find_new_day(reader: Reader, pair: DayPair, said: DateSpan) -> date:
    """The day that a record is moved to. A name alone is of the same week as the old day: "from Friday to Thursday" is
    a day earlier, unless that has passed."""
    if reader.text.plain[said.start : said.end].casefold() not in DAYS:
        return pair.last
    moved = pair.first + timedelta(days=pair.last.weekday() - pair.first.weekday())
    return moved if moved >= reader.now.date() else pair.last


def read_moved(reader: Reader, offer: Offer, first: int, stop: int) -> list[MovedValue]:
    """The moved values of a stretch."""
    starts = [at for at in range(first, stop - 3) if reader.low(at) == "from" and at not in reader.quoted]
    day = _read_moved_day(reader, offer, first, stop) if starts else None
    made = [day] if day is not None else []
    for at in starts:
        made += [*_read_moved_amounts(reader, offer, at, stop), *_read_moved_members(reader, offer, at, stop)]
    return [*made, *_read_parts(reader, offer, first, stop)]


def _read_parts(reader: Reader, offer: Offer, first: int, stop: int) -> Iterator[MovedValue]:
    """A part of a sum with its whole, which is what the record allows at most: "(paid) 20 of the 90". What is told
    behind it may say that it was counted before ("so far") or of what else it is part, so it isn't read."""
    limits = {name: note.at_most for name, note in offer.annotations.items() if note.at_most is not None}
    for name, limit in limits.items():
        for at in range(first, stop):
            figures = any(map(str.isdigit, reader.low(at))) and at not in reader.quoted
            figures = figures and reader.low(at - 1) not in LEFT_OUT  # "all but 20 of the 90"
            part = reader.amount(at) if figures else None
            behind = part[1] if part is not None else at
            told = reader.low(behind + 1) in lexicon.DETERMINERS | lexicon.OWNERS
            whole = reader.amount(behind + 1 + told) if reader.low(behind) == "of" else None
            if part is None or whole is None or whole[1] > stop:
                continue
            if not told and whole[0].unit is None:
                continue  # "20 of 1042": a record's number
            if whole[1] < stop and not reader.is_mark(whole[1]):
                continue
            held = Compare(field=limit.field, op="=", value=whole[0])
            yield MovedValue(name, Piece(at, whole[1], ComputedArgument(expression=part[0])), held)


def _read_moved_amounts(reader: Reader, offer: Offer, at: int, stop: int) -> Iterator[MovedValue]:
    old = reader.amount(at + 1)
    new = reader.amount(old[1] + 1) if old is not None and reader.low(old[1]) == "to" else None
    if old is None or new is None or new[1] > stop or at + 1 in reader.dated:
        return
    for name, note in offer.annotations.items():
        number = offer.properties.get(name, {}).get("type") in ("integer", "number") and note.record is None
        if note.replaces is not None and number:
            piece = Piece(at, new[1], ComputedArgument(expression=new[0]))
            yield MovedValue(name, piece, Compare(field=note.replaces.field, op="=", value=old[0]))


def _read_moved_members(reader: Reader, offer: Offer, at: int, stop: int) -> Iterator[MovedValue]:
    """A member of a closed list that the record has in the field of the same name: "from basic to full cover"."""
    kinds = [kind for each in offer.properties if (kind := reader.kinds.get(offer.annotation(each).record or ""))]
    for name, schema in offer.properties.items():
        held = offer.annotation(name).replaces
        field = kinds[0].field_named(held.field if held is not None else name) if len(kinds) == 1 else None
        if field is None or "enum" not in schema:
            continue
        for member in map(str, schema["enum"]):
            said = member.replace("_", " ").split()
            end = at + 1 + len(said)
            if [*reader.lows(at + 1, len(said))] == said and reader.low(end) == "to" and end + 1 < stop:
                old = Word(word=member, quote=reader.words(at + 1, end))
                yield MovedValue(name, None, Compare(field=field.name, op="=", value=old))
