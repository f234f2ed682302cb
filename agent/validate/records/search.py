"""Record search: finds the records that words refer to.

It searches by number, by name, by position in an order, by date ("overdue", "the next one"), or by content ("the
T-shirt (blue, M)", "the same in red").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Final, Literal

from agent.extract.references import Reference
from agent.extract.time.time_ranges import TimeRange, read
from agent.pipeline import Question, Span
from agent.validate.questions import (
    MAX_CANDIDATES,
    ask_between,
    describe_filter,
    describe_records,
    explain_exclusion,
    explain_none_found,
    explain_unknown_name,
    quote_words,
)
from agent.validate.records.located import (
    MOST,
    LocatedRecord,
    Outcome,
    RecordQuery,
    RecordScope,
    Scalar,
    SearchSpec,
    TooMany,
    Unrelated,
    find_place_word,
    fits,
    format_count,
    merge_filters,
    name_kind,
    name_kinds,
)
from agent.validate.records.ranking import (
    Fit,
    find_best,
    find_described,
    find_numbered,
    find_tied,
    holds_numbers,
    match_name,
    sort_by_field,
)
from language.text import word_set
from registry.records import Bound, Bounds, Field, Query, Record, RecordKind, Side, format_field, is_between

Moment = datetime | None


def find_bounds(reference: Reference, kind: RecordKind, order: str | None, now: datetime) -> Bounds | None:
    """The bounds of the dates that were said. None if the kind has no ranged field to compare."""
    line = kind.field_named(order or kind.order or "")
    made: dict[str, tuple[Bound, Bound]] = {}
    sides: dict[str, Side] = dict(reference.times)
    if reference.side is not None:
        sides[line.name if line is not None else ""] = reference.side
    for name, side in sides.items():
        field = kind.field_named(name)
        if field is None or not field.ranged:
            return None
        _narrow(made, field, *((now, None) if side == "future" else (None, now)))
    for words in reference.whens:
        window: TimeRange | None = read(words, now)
        if window is None or line is None or not line.ranged:
            return None
        _narrow(made, line, window.low, window.high)
    return made


def is_within(record: Record, between: Bounds) -> bool:
    """Whether a record's date lies within the bounds. A provider's answer is checked like any other."""
    return all(is_between(record.values.get(name), low, high) for name, (low, high) in between.items())


def _narrow(made: dict[str, tuple[Bound, Bound]], field: Field, low: Moment, high: Moment) -> None:
    before = made.get(field.name, (None, None))
    lows = [each for each in (before[0], format_bound(field, low)) if each is not None]
    highs = [each for each in (before[1], format_bound(field, high)) if each is not None]
    made[field.name] = (max(lows, key=str, default=None), min(highs, key=str, default=None))


def format_bound(field: Field, moment: Moment) -> str | None:
    """A bound in the form of the field's values: a day, or a point in time in UTC."""
    if moment is None:
        return None
    there = moment.astimezone(UTC)
    if field.type == "date" or there.time() == time(0):
        return moment.date().isoformat() if field.type == "date" else there.date().isoformat()
    return there.replace(tzinfo=None).isoformat(timespec="seconds")


_TOLD: Final = frozenset({"string", "enum", "integer", "number", "boolean", "date"})
_WORD: Final = re.compile(r"\w+(?:[.+'-]\w+)*")
_LITTLE: Final = word_set("a an the one ones of in with and same but new another")


def holds(record: Record, kind: RecordKind, mark: tuple[str, str]) -> bool:
    """Whether one of the record's fields holds these words: the named field if there is one, or else a text after that
    name."""
    name, value = (_fold(part) for part in mark)
    fields = [each for each in kind.fields if each.type in _TOLD]
    if name:
        own = [each for each in fields if name in (_fold(each.name.replace("_", " ")), _fold(each.label))]
        if own:
            return any(_fold(format_field(each, record.values)) == value for each in own)
        value = f"{name} {value}"
    return any(f" {value} " in f" {_fold(format_field(each, record.values))} " for each in fields)


def narrow(records: Sequence[Record], kind: RecordKind, marks: Sequence[tuple[str, str]]) -> list[Record]:
    return [record for record in records if all(holds(record, kind, mark) for mark in marks)]


async def find_similar(
    need: RecordQuery, reference: Reference, spans: tuple[Span, ...], base: LocatedRecord, reach: RecordScope
) -> Outcome:
    """The record that is like ``base`` except for what the words say.

    It has the same owner, holds everything that was said, and otherwise differs as little as possible. A question if
    none or several qualify.
    """
    kind = need.kind
    shared = [
        (mine, theirs)
        for mine in kind.relations
        for theirs in base.kind.relations
        if mine.kind == theirs.kind and base.record.values.get(theirs.via) is not None
    ]
    if not shared:
        return need.ask(f"Nothing says which {kind.title.lower()} goes with {base.label}. Which one is meant?")
    ((mine, theirs), *_) = shared
    where = merge_filters({mine.via: (base.record.values[theirs.via],)}, need.filter)
    records = await reach.kinds.search(Query(kind.name, where=where or {}, limit=MOST)) if where else ()
    if len(records) >= MOST:
        return need.ask(
            f"There are too many to look through for {base.label}. Name it by its number.", code="ambiguous"
        )
    marks = reference.marks or tuple(("", word) for word in _list_words(reference))
    fit = narrow(records, kind, marks)
    if reference.number:
        fit = [each for each in records if each.id == reference.number]
    if not fit:
        told = quote_words(" ".join(value for _, value in marks)) if marks else "that"
        return need.ask(f"There is no {name_kind(kind)} of {base.label} with {told}. Which one is meant?")
    parts = _list_parts(base.record, base.kind)
    differs = {each.id: len(parts - _list_parts(each, kind)) for each in fit}
    least = [each for each in fit if differs[each.id] == min(differs.values())]
    if len(least) > 1:
        return ask_between(need.slot, need.param, kind, least, f"fit in place of {base.label}")
    how = f"{base.label} otherwise" if marks else f"the same as {base.label}"
    return (LocatedRecord(least[0], kind, spans, (base,), how),)


def _list_words(reference: Reference) -> list[str]:
    text = reference.name or reference.text or ""
    return [word for word in _WORD.findall(text) if word.casefold() not in _LITTLE]


def _list_parts(record: Record, kind: RecordKind) -> frozenset[str]:
    """What a record holds, part by part. A list in one text counts as several parts ("color: red, size: M")."""
    texts = [format_field(each, record.values) for each in kind.fields if each.type in _TOLD]
    return frozenset(_fold(part) for text in texts for part in re.split(r"[,;·]", text) if part.strip())


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


class Search:
    """Searches the platform without any cache. ``now`` is the time of the request. Every method may raise
    PlatformUnavailable."""

    def __init__(self, reach: RecordScope, now: datetime) -> None:
        self.reach, self.kinds, self.now = reach, reach.kinds, now

    async def aim(
        self, need: RecordQuery, reference: Reference, spans: tuple[Span, ...], owner: LocatedRecord | None
    ) -> SearchSpec | Question:
        """The search for a query, or a question if nothing can match."""
        kind = need.kind
        scope = await self.reach.find_bounds(kind)
        own = await self.reach.within(kind, owner.record, owner.kind) if owner else {}
        if isinstance(own, Unrelated):
            whose = f" to a {name_kind(owner.kind)}" if owner else " to anyone"
            return need.ask(f"{name_kinds(kind).capitalize()} don't belong{whose}. Which {name_kind(kind)} is meant?")
        if isinstance(own, TooMany) or isinstance(scope, TooMany):
            text = f"There is too much to look through. Name the {name_kind(kind)} by its number."
            return need.ask(text, code="ambiguous")
        wanted = merge_filters(reference.states, need.filter)
        if wanted is None and (reference.number or reference.email):
            wanted = need.filter  # a number identifies it: "void" in "void invoice INV-1051" may be the verb
        if wanted is None:
            state, needed = (describe_filter(kind, reference.states), describe_filter(kind, need.filter))
            only = f"this works on {needed}{name_kinds(kind)} only"
            return need.ask(f"You asked for {state or 'other '}{name_kinds(kind)}, but {only}. Which one?")
        bound = None if own is None or scope is None else merge_filters(own, scope)
        if bound is None:
            return need.ask(explain_none_found(kind, wanted, owner, (), more=False))
        between = find_bounds(reference, kind, need.order, self.now)
        if between is None:
            text = f"I can't tell {name_kinds(kind)} apart by when they are. Which {name_kind(kind)} is meant?"
            return need.ask(text, code="ambiguous")
        return SearchSpec(need, reference, spans, owner, bound, wanted, between)

    async def _search_within(self, aim: SearchSpec, query: Query) -> list[Record]:
        """The records that the platform finds within the bounds."""
        found = await self.kinds.search(replace(query, between=aim.between))
        return [each for each in found if is_within(each, aim.between)]

    async def find_by_number(self, aim: SearchSpec) -> Outcome:
        """Finds records by the number or address as written. Filters apply last, so that a record that exists but
        doesn't fit is reported as such."""
        number, email, kind = aim.reference.number, aim.reference.email or "", aim.kind
        mark, by = (number, "number") if number is not None else (email, "email")
        found = await self._search_within(aim, Query(kind.name, mark, _by(by), aim.bound, limit=MAX_CANDIDATES))
        if number is None:
            mails = [each.name for each in kind.fields if each.type == "email" or each.search == "email"]
            low = email.casefold()
            records = [each for each in found if any(str(each.values.get(name)).casefold() == low for name in mails)]
        else:
            records = find_numbered(number, found, kind)
            record = None if records else await self.kinds.record(kind.name, number)
            records = [record] if record is not None and fits(record, aim.bound) else records
        if not records:
            whose = f" of {aim.owner.label}" if aim.owner else ""
            return aim.need.ask(f"There is no {name_kind(kind)} {quote_words(mark)}{whose}.")
        if len(records) > aim.need.most:
            return ask_between(aim.need.slot, aim.need.param, kind, records, f"go by {quote_words(mark)}")
        return self.check(aim.need, [LocatedRecord(each, kind, aim.spans, aim.via) for each in records], aim.wanted)

    async def find_by_name(self, aim: SearchSpec, words: str) -> Outcome:
        """Finds records by a name or by their subject. Empty if no fitting record is called so."""
        kind = aim.kind
        named = aim.reference.name is not None and any(each.search == "name" for each in kind.fields)
        where = merge_filters(aim.bound, aim.wanted)
        if where is None:
            return ()
        found = await self._search_within(aim, Query(kind.name, words, "name" if named else None, where, limit=MOST))
        found = [each for each in found if holds_numbers(each, words)]
        found = narrow(found, kind, aim.reference.marks) if aim.reference.marks else found
        by_place = aim.reference.position is not None and len(found) < MOST
        all_of_them = aim.reference.every and aim.need.most > 1 and len(found) < MOST
        by = "name" if named else "text"
        if named and not aim.reference.marks and find_best(words, found, kind, by)[0] is Fit.VAGUE:
            pictured = await self._find_described(aim, words, where)
            found, by = (list(pictured), "any") if pictured else (found, by)
        verdict = match_name(aim.need.slot, aim.need.param, kind, words, by, found, place=by_place or all_of_them)
        if isinstance(verdict, Question) or not verdict:
            return verdict if isinstance(verdict, Question) else ()
        if by_place:
            return self._find_at_place(aim, verdict, more=False)
        if len(verdict) > aim.need.most:
            return ask_between(aim.need.slot, aim.need.param, kind, verdict, f"match {quote_words(words)}")
        return tuple(LocatedRecord(each, kind, aim.spans, aim.via) for each in verdict)

    async def _find_described(
        self, aim: SearchSpec, words: str, where: Mapping[str, Sequence[Scalar]]
    ) -> Sequence[Record]:
        """Finds records by a part of the name and other properties: "the bamboo skateboard". Only among one owner's
        records."""
        if not aim.bound or not any(each.search == "text" for each in aim.kind.fields):
            return ()
        found = await self._search_within(aim, Query(aim.kind.name, where=where, limit=MOST))
        return find_described(words, found, aim.kind) if len(found) < MOST else ()

    async def explain_no_such_name(self, aim: SearchSpec, words: str) -> Outcome:
        """The answer if no fitting record is called so: a question about one that doesn't fit, or that no record has
        this name."""
        kind = aim.kind
        found = (
            await self._search_within(aim, Query(kind.name, words, None, aim.bound, limit=MOST)) if aim.wanted else ()
        )
        verdict = match_name(aim.need.slot, aim.need.param, kind, words, "name", found, place=True)
        if isinstance(verdict, list) and len(verdict) == 1 and not fits(verdict[0], aim.wanted):
            return self.check(aim.need, [LocatedRecord(verdict[0], kind, aim.spans)], aim.wanted)
        return aim.need.ask(explain_unknown_name(kind, words, aim.wanted, aim.owner))

    async def find_by_place(self, aim: SearchSpec) -> Outcome:
        """Finds a record by its position in an order, or because it is the only one."""
        need, kind, reference = aim.need, aim.kind, aim.reference
        where = merge_filters(aim.bound, aim.wanted)
        if where is None:
            return need.ask(explain_none_found(kind, aim.wanted, aim.owner, (), more=False))
        descending = reference.descending if reference.position is not None else True
        records = await self._search_within(aim, Query(kind.name, None, None, where, aim.order, descending, MOST))
        if not records:
            told = bool(aim.bound or not aim.wanted)
            others = await self.kinds.search(Query(kind.name, where=aim.bound, limit=MOST)) if told else ()
            return need.ask(explain_none_found(kind, aim.wanted, aim.owner, others, more=len(others) >= MOST))
        more = len(records) >= MOST
        if reference.position is not None:
            return self._find_at_place(aim, records, more=more)
        if len(records) == 1 or (reference.every and len(records) <= need.most and not more):
            how = "the only one" if len(records) == 1 else f"all {len(records)}"
            return tuple(LocatedRecord(each, kind, aim.spans, aim.via, how) for each in records)
        if more and not aim.owner:
            text = f"Which {describe_filter(kind, aim.wanted)}{name_kind(kind)}? Name it, or say whose it is."
            return need.ask(text, code="ambiguous")
        what = f"of {aim.owner.label} could be meant" if aim.owner else "could be meant"
        return ask_between(need.slot, need.param, kind, records, what, more=more)

    def check(
        self, need: RecordQuery, found: Sequence[LocatedRecord], wanted: Mapping[str, Sequence[Scalar]]
    ) -> Outcome:
        """The records, if all of them pass ``wanted``. Otherwise a question that says what excludes the first one."""
        out = next((each for each in found if not fits(each.record, wanted)), None)
        return tuple(found) if out is None else need.ask(explain_exclusion(out.record, out.label, need.kind, wanted))

    def _find_at_place(self, aim: SearchSpec, records: Sequence[Record], *, more: bool) -> Outcome:
        """The record at the position that was said. Records that share the position or can't be compared are asked
        about."""
        need, kind, reference, order = aim.need, aim.kind, aim.reference, aim.order
        count, place = reference.count or 1, abs(reference.position or 1) - 1
        if order is None or (reference.by == "size" and _count_currencies(records, aim) > 1):
            return ask_between(need.slot, need.param, kind, records, "can't be put in that order", more=more)
        line = sort_by_field(records, order, descending=reference.descending)
        if len(line) < place + count:
            what = describe_records(kind, aim.wanted, aim.owner)
            if not line:
                return need.ask(f"No {what} has a place in that line.")
            lead = f"There {'is' if len(line) == 1 else 'are'} only {format_count(len(line), kind)}:"
            return ask_between(need.slot, need.param, kind, line, "", lead=lead)
        picked = line[place : place + count]
        if len(picked) > need.most:
            return ask_between(need.slot, need.param, kind, picked, "are meant, and one is wanted")
        equal = [
            each for end in (place, place + count - 1) for each in find_tied(line, end, order) if each not in picked
        ]
        if equal:
            rivals = [each for each in line if each in picked or each in equal]
            return ask_between(need.slot, need.param, kind, rivals, "share that place")
        amount = f"{'more than ' if more else ''}{len(line)} {describe_filter(kind, aim.wanted)}{name_kinds(kind)}"
        how = f"{find_place_word(reference, count)} of {amount}" if len(line) > 1 else "the only one"
        return tuple(LocatedRecord(each, kind, aim.spans, aim.via, how) for each in picked)


def _count_currencies(records: Sequence[Record], aim: SearchSpec) -> int:
    """The number of currencies that the sizes are in. 90 EUR and 100 JPY have no order of size."""
    size = aim.kind.field_named(aim.kind.size) if aim.kind.size else None
    if size is None or size.currency_field is None:
        return 1
    return len({record.values.get(size.currency_field) for record in records})


def _by(by: str) -> Literal["number", "email"]:
    return "number" if by == "number" else "email"
