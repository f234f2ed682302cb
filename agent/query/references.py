"""References become records: a query over one kind, run against live data. Nothing is picked where two records could be
meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from agent.pipeline import Question, Span
from agent.planning.proposal import (
    AS_LISTED,
    AnyOf,
    BelongsTo,
    Compare,
    Condition,
    Except,
    Find,
    Handle,
    Has,
    OrderByCount,
    Reference,
    StateIs,
    Words,
)
from agent.query.choosing import choose
from agent.query.conditions import Filter, by_count, by_field, by_id, by_state, either, quantity_of, together
from agent.query.results import NOTHING_FOUND, Own
from agent.validate.questions import between, name_of, said
from agent.validate.records import confusables, explanations
from agent.validate.records.located import LocatedRecord, counted, plural, singular
from agent.validate.records.name_match import by_words
from agent.validate.records.query import Outcome, RecordQuery
from agent.validate.records.ranking import (
    Fit,
    best,
    find_numbered,
    find_tied,
    in_line,
    is_identifying,
    is_slip,
    names_nothing,
)
from agent.validate.records.scope import TooMany, Unrelated, fits, id_value, merged
from agent.validate.verified_spans import find_answer
from registry.records import Query, Record, RecordKind, SearchBy

if TYPE_CHECKING:
    from agent.query.context import QueryContext

PAGE: Final = 50
MOST_SCANNED: Final = 2000
"""The most records that one reference looks through; beyond, the person is asked to narrow it down."""

_DIGIT: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class _Pool:
    """The records of a kind that pass a reference's conditions; ``named`` says that words singled them out."""

    records: list[Record]
    via: tuple[LocatedRecord, ...] = ()
    named: bool = False
    more: bool = False


class RecordFinder:
    """Runs references. A question is the answer where words leave something open or nothing fits."""

    def __init__(self, context: QueryContext) -> None:
        self.context = context
        self.slips: dict[tuple[str, str], str] = {}
        """Records (kind, id) whose name was taken to be misspelt, with what was typed."""
        self._out: Question | None = None

    async def find(self, need: RecordQuery, reference: Reference, own: Own = NOTHING_FOUND) -> Outcome:
        """The records that are meant, at most ``need.most``. Raises PlatformUnavailable."""
        context = self.context
        context.on_phase("looking")
        if isinstance(reference, Handle):
            return await self._named_by_code(need, reference, own)
        name = _name_of(reference)
        settled = context.scene.settled.get(name) if name is not None else None
        if settled is not None and reference.record == need.kind.name and fits(settled.record, need.filter):
            return (replace(settled, spans=_spans(reference) or settled.spans),)
        answer = find_answer(context.request, need.slot)
        if answer is not None and answer[0].choice is not None:
            outcome = await self._chosen(need, answer[0].choice, (*_spans(reference), *answer[1].spans))
        elif answer is not None:
            outcome = await self._told(need, reference, answer[1].text, answer[1].spans, own)
        else:
            outcome = await self._run(need, reference, own)
        if name is not None and isinstance(outcome, tuple) and len(outcome) == 1 and reference.record == need.kind.name:
            # A name means one record all through a request: which Adam is asked once.
            context.scene.settled[name] = outcome[0]
        return outcome

    async def every(self, need: RecordQuery, reference: Reference, own: Own = NOTHING_FOUND) -> Outcome:
        """All records that a reference finds, for counts, sums and lists. Empty where there are none."""
        wide = replace(need, filter={}, most=MOST_SCANNED)
        if isinstance(reference, Handle):
            return await self._named_by_code(wide, reference, own)
        kind = self._kind(wide, reference)
        if isinstance(kind, Question):
            return kind
        wide = replace(wide, kind=kind)
        if reference.order is not None or reference.pick != "all":
            outcome = await self._run(wide, reference, own)
            return (
                () if isinstance(outcome, Question) and not outcome.candidates and reference.said is None else outcome
            )
        pool = await self._pool(wide, reference, own)
        if isinstance(pool, Question):
            return () if pool is self._out else pool
        if pool.more:
            return self._too_many(wide)
        return tuple(LocatedRecord(each, kind, _spans(reference), pool.via) for each in pool.records)

    # ── one reference ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self, need: RecordQuery, find: Find, own: Own) -> Outcome:
        kind = self._kind(need, find)
        if isinstance(kind, Question):
            return kind
        if kind.name != need.kind.name:
            return await self._above(need, kind, find, own)
        pool = await self._pool(need, find, own)
        if isinstance(pool, Question):
            return pool
        fitting = [each for each in pool.records if fits(each, need.filter)]
        if not fitting:
            return self._nothing(need, find, pool)
        if find.order is not None:
            return await self._in_order(need, find, replace(pool, records=fitting), own)
        return self._picked(need, find, replace(pool, records=fitting))

    def _picked(self, need: RecordQuery, find: Find, pool: _Pool) -> Outcome:
        records, kind = pool.records, need.kind
        wanted = 1 if find.pick == "one" else len(records) if find.pick == "all" else find.pick
        if pool.more and find.pick != "one":
            return self._too_many(need)
        if len(records) != wanted:
            if find.pick == "one":
                what = f"match {said(find.said.text)}" if find.said is not None else "could be meant"
                return between(need.slot, need.param, kind, records, what, more=pool.more)
            text = f"You said {wanted}, and there are {counted(len(records), kind)}"
            return between(need.slot, need.param, kind, records, "", lead=f"{text}:")
        if len(records) > need.most:
            if need.most == 1:
                return between(need.slot, need.param, kind, records, "are meant, and this takes one")
            return need.ask(f"That is {counted(len(records), kind)} at once; at most {need.most} can be done together.")
        how = "" if pool.named and len(records) == 1 else "the only one" if len(records) == 1 else f"all {len(records)}"
        return tuple(LocatedRecord(each, kind, _spans(find), pool.via, how) for each in records)

    async def _in_order(self, need: RecordQuery, find: Find, pool: _Pool, own: Own) -> Outcome:
        order, kind = find.order, need.kind
        assert order is not None
        if pool.more:
            return self._too_many(need)
        descending = order.first in ("latest", "highest")
        if isinstance(order, OrderByCount):
            counts = await self._counts(need, order.count, own)
            if isinstance(counts, Question):
                return counts
            values = {each.id: counts[each.id] for each in pool.records}
            line = sorted(pool.records, key=lambda each: values[each.id], reverse=descending)
            equal = [each for each in line if values[each.id] == values[line[min(order.nth, len(line)) - 1].id]]
            what = f"the {'most' if descending else 'fewest'} ({values[line[min(order.nth, len(line)) - 1].id]})"
        else:
            by = order.by if order.by != AS_LISTED else self._line(need, order.first)
            each_field = kind.field_named(by or "")
            if each_field is None:
                return between(need.slot, need.param, kind, pool.records, "stand in no one line")
            units = {quantity.unit for each in pool.records if (quantity := quantity_of(each_field, each.values))}
            if len(units) > 1:
                return between(need.slot, need.param, kind, pool.records, "are in different currencies")
            line = in_line(pool.records, each_field.name, descending=descending)
            if not line:
                return need.ask(f"None of the {counted(len(pool.records), kind)} has “{each_field.label or by}”.")
            equal = find_tied(line, min(order.nth, len(line)) - 1, each_field.name)
            what = f"the {order.first} by “{each_field.label or by}”"
        place = order.nth - 1
        wanted = find.pick if isinstance(find.pick, int) else 1
        if find.pick == "all":
            wanted = len(line) - place
        if len(line) < place + wanted:
            return between(need.slot, need.param, kind, line, "are all there are")
        chosen = line[place : place + wanted]
        if len(chosen) > need.most:
            return between(need.slot, need.param, kind, chosen, "are meant, and this takes fewer")
        rivals = [each for each in equal if each not in chosen]
        if rivals:
            return between(need.slot, need.param, kind, [*chosen, *rivals], "stand at that place together")
        how = f"{what} of {counted(len(line), kind)}" if len(line) > 1 else "the only one"
        return tuple(LocatedRecord(each, kind, _spans(find), pool.via, how) for each in chosen)

    def _line(self, need: RecordQuery, first: str) -> str | None:
        """The field that "last" goes by, or "biggest"."""
        return need.kind.size if first in ("highest", "lowest") else need.order or need.kind.order

    async def _above(self, need: RecordQuery, kind: RecordKind, find: Find, own: Own) -> Outcome:
        """What was described is related to what is wanted: "the customer of ticket 318"."""
        below = await self._run(RecordQuery(f"{_base(need)}/{kind.name}", need.param, kind, most=need.most), find, own)
        if isinstance(below, Question):
            return below
        made = [up for each in below if (up := await self.context.reach.owner_of(each, need.kind)) is not None]
        if not made:
            return need.ask(f"No {singular(need.kind)} goes with that {singular(kind)}. Which one is meant?")
        unique = tuple({each.key: each for each in made}.values())
        return self._checked(need, unique)

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _pool(self, need: RecordQuery, find: Find, own: Own) -> _Pool | Question:
        kind, via = need.kind, list[LocatedRecord]()
        filters: list[Filter] = []
        left_out: list[Find | Handle] = []
        scope = await self.context.reach.scope(kind)
        if isinstance(scope, TooMany):
            return self._too_many(need)
        if scope is None:
            return need.ask(f"There is no {singular(kind)} of yours.")
        filters.append(Filter(lambda record: fits(record, scope), scope))
        for condition in find.where:
            if isinstance(condition, Except):
                left_out.append(condition.left_out)
                continue
            made = await self._filter(need, condition, via, own)
            if isinstance(made, Question):
                return made
            filters.append(made)
        if find.among is not None:
            named = self.context.thread.get(find.among, ())
            filters.append(by_id([record_id for each, record_id in named if each == kind.name]))
        every = together(filters)
        pool = _Pool([], tuple(via)) if every.impossible else await self._fetch(need, find, every, tuple(via))
        if isinstance(pool, Question):
            return pool
        for reference in left_out:
            rest = await self._without(need, reference, pool, own)
            if isinstance(rest, Question):
                return rest
            pool = rest
        return pool

    async def _filter(
        self, need: RecordQuery, condition: Condition, via: list[LocatedRecord], own: Own
    ) -> Filter | Question:
        kind = need.kind
        match condition:
            case StateIs(state=state, negated=negated):
                made = by_state(kind, state, negated=negated, now=self.context.request.now)
                if made is None:
                    return need.ask(
                        f"I can't tell which {plural(kind)} are {said(state)}. Which {singular(kind)} is meant?"
                    )
                return made
            case Compare(field=name, op=op, value=expression):
                each = kind.field_named(name)
                worked = await self.context.arithmetic.work_out(expression, need, own)
                if isinstance(worked, Question):
                    return worked
                zone = self.context.request.now.tzinfo
                assert zone is not None
                by = by_field(each, op, worked.value, zone) if each is not None else None
                if by is None:
                    text = f"{plural(kind).capitalize()} can't be told apart by {said(name)} that way."
                    return need.ask(f"{text} Which {singular(kind)} is meant?")
                return by
            case BelongsTo(owner=owner):
                return await self._belonging(need, owner, via, own)
            case Has(related=related, op=op, count=count):
                counts = await self._counts(need, related, own)
                return counts if isinstance(counts, Question) else by_count(counts, op, count)
            case AnyOf(conditions=conditions):
                filters: list[Filter] = []
                for each_condition in conditions:
                    one = await self._filter(need, each_condition, [], own)
                    if isinstance(one, Question):
                        return one
                    filters.append(one)
                return either(filters)
            case Except():
                return need.ask("What shall be left out can't be told there.")
        raise AssertionError(condition)

    async def _belonging(
        self, need: RecordQuery, owner: Reference, via: list[LocatedRecord], own: Own
    ) -> Filter | Question:
        kind, reach = need.kind, self.context.reach
        owner_kind = self._kind(need, owner, own)
        if isinstance(owner_kind, Question):
            return owner_kind
        above = replace(need.owner(owner_kind), most=MOST_SCANNED)
        wants_all = isinstance(owner, Find) and owner.pick != "one"
        found = await (self.every if wants_all else self.find)(above, owner, own)
        if isinstance(found, Question):
            unknown = found.code == "not_found"
            other = await self._other_owner(need, owner, owner_kind) if unknown else None
            if other is None:
                return found
            found, owner_kind = (other,), other.kind
        via += found[:1]
        if not reach.path(kind, owner_kind) and kind.name != owner_kind.name:
            ups = [up for each in found if (up := await reach.owner_of(each, kind)) is not None]
            if not ups and not reach.path(owner_kind, kind):
                return need.ask(f"{plural(kind).capitalize()} don't belong to a {singular(owner_kind)}.")
            return by_id([up.record.id for up in ups])
        filters: list[Filter] = []
        for each in found:
            where = await reach.within(kind, each.record, owner_kind)
            if isinstance(where, TooMany):
                return self._too_many(need)
            if isinstance(where, Unrelated) or where is None:
                continue
            filters.append(_exactly(where))
        return filters[0] if len(filters) == 1 else Filter(either(filters).keeps, impossible=not filters)

    async def _other_owner(self, need: RecordQuery, owner: Reference, asked: RecordKind) -> LocatedRecord | None:
        """A name that no record of the asked kind has may be another kind of owner's: tickets are a customer's or an
        agent's."""
        if not isinstance(owner, Find) or owner.said is None or owner.where or owner.order is not None:
            return None
        for relation in need.kind.relations:
            kind = self.context.kinds.get(relation.kind)
            if kind is None or kind.name == asked.name or not any(each.search == "name" for each in kind.fields):
                continue
            found = await self._run(need.owner(kind), Find(record=kind.name, said=owner.said), {})
            if isinstance(found, tuple) and len(found) == 1:
                return found[0]
        return None

    async def _counts(self, need: RecordQuery, related: Reference, own: Own) -> Counter[str] | Question:
        """How many records of the related kind each record of ``need.kind`` has, by its id."""
        kind, reach = need.kind, self.context.reach
        other = self._kind(need, related, own)
        if isinstance(other, Question):
            return other
        found = await self.every(need.owner(other), related, own)
        if isinstance(found, Question):
            return found
        if reach.path(other, kind):
            relation = other.relation_to(kind.name)
            if relation is not None:
                return Counter(str(each.record.values.get(relation.via)) for each in found)
            ups = [await reach.owner_of(each, kind) for each in found]
            return Counter(up.record.id for up in ups if up is not None)
        relation = kind.relation_to(other.name)
        if relation is None:
            return need.ask(f"{plural(kind).capitalize()} have no {plural(other)}. Which {singular(kind)} is meant?")
        ids = {str(id_value(each.record, other)) for each in found}
        held = await self._scan(need, Filter(lambda record: str(record.values.get(relation.via)) in ids))
        return Counter(each.id for each in held[0])

    async def _without(self, need: RecordQuery, reference: Reference, pool: _Pool, own: Own) -> _Pool | Question:
        """What is to be left out must be there to be left out."""
        kind = need.kind
        if isinstance(reference, Find) and reference.record == kind.name and reference.said is not None:
            told = self._matching(need, reference.said.text, pool.records, place=True)
            if isinstance(told, Question):
                return told
            gone = {each.id for each in told}
        else:
            out = await self.every(replace(need, slot=f"{_base(need)}/except"), reference, own)
            if isinstance(out, Question):
                return out
            gone = {each.record.id for each in out if each.record.kind == kind.name}
            if other := [each for each in out if each.record.kind != kind.name]:
                ups = [await self._belonging_to(each, pool.records, kind) for each in other]
                gone |= {each for up in ups for each in up}
        if not gone & {each.id for each in pool.records}:
            words = reference.said.text if isinstance(reference, Find) and reference.said is not None else ""
            named = f" {said(words)}" if words else ""
            return need.ask(f"I find none{named} to leave out among them. Which {plural(kind)} are meant?")
        return replace(pool, records=[each for each in pool.records if each.id not in gone])

    async def _belonging_to(self, owner: LocatedRecord, records: Sequence[Record], kind: RecordKind) -> list[str]:
        where = await self.context.reach.within(kind, owner.record, owner.kind)
        return [each.id for each in records if fits(each, where)] if isinstance(where, Mapping) else []

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _fetch(
        self, need: RecordQuery, find: Find, filters: Filter, via: tuple[LocatedRecord, ...]
    ) -> _Pool | Question:
        if find.said is None:
            records, more = await self._scan(need, filters)
            return _Pool(records, via, more=more)
        words = find.said.text
        for by in self._ways(need.kind, words):
            query = Query(need.kind.name, words, by, filters.where, limit=PAGE, between=filters.between)
            found = list(await self.context.kinds.search(query))
            if by == "number":
                found = find_numbered(words, found, need.kind)
                record = None if found else await self._by_id(need.kind, words)
                found = [record] if record is not None else found
                if not found:
                    continue
                kept = [each for each in found if filters.keeps(each)]
                return _Pool(kept, via, named=True) if kept else self._kept_out(need, find, found[0])
            fitting = [each for each in found if filters.keeps(each)]
            narrowed = [each for each in fitting if fits(each, need.filter)] or fitting
            told = self._matching(need, words, narrowed, place=find.order is not None or find.pick != "one", by=by)
            if isinstance(told, Question) or told:
                return told if isinstance(told, Question) else _Pool(told, via, named=True)
        return await self._theirs(need, find, filters, via)

    def _ways(self, kind: RecordKind, words: str) -> tuple[SearchBy, ...]:
        """How these words may find a record of the kind, surest first."""
        ways = {each.search for each in kind.fields if each.search}
        made: list[SearchBy] = []
        if "@" in words and "email" in ways:
            made.append("email")
        coded = any(each.pattern and re.fullmatch(each.pattern, words.strip()) for each in kind.fields)
        if _DIGIT.search(words) or coded or not ways & {"name", "text"}:
            made.append("number")
        named: tuple[SearchBy, ...] = ("name", "text")
        return (*made, *(each for each in named if each in ways))

    def _matching(
        self, need: RecordQuery, words: str, records: Sequence[Record], *, place: bool, by: str | None = None
    ) -> list[Record] | Question:
        kind = need.kind
        if by == "email":
            return list(records)
        ways = [by] if by else [each for each in ("name", "text") if any(f.search == each for f in kind.fields)]
        if by is None and (exact := find_numbered(words, records, kind)):
            return exact
        for way in ways:
            fit, picked = best(words, records, kind, way)
            if picked and (fit is not Fit.VAGUE or way == "name"):
                if fit is Fit.VAGUE and (one := self._slipped(words, picked, kind)) is not None:
                    self.slips[kind.name, one.id] = words
                    return [one]
                return by_words(need.slot, need.param, kind, words, way, records, place=place)
        return (
            [each for each in records if is_identifying(words, f"{each.label} {each.detail}", kind)]
            if by is None
            else []
        )

    def _slipped(self, words: str, records: Sequence[Record], kind: RecordKind) -> Record | None:
        """The one record whose name differs from what was typed by a slip of the pen, where no other is near."""
        near = [each for each in records if is_slip(words, name_of(each, kind))]
        return near[0] if len(near) == 1 and not confusables.suspicious(name_of(near[0], kind)) else None

    async def _by_id(self, kind: RecordKind, words: str) -> Record | None:
        searched = any(each.search == "number" for each in kind.fields)
        return await self.context.kinds.record(kind.name, words.strip().lstrip("#")) if searched else None

    async def _theirs(
        self, need: RecordQuery, find: Find, filters: Filter, via: tuple[LocatedRecord, ...]
    ) -> _Pool | Question:
        """Nothing is called so: perhaps whoever it belongs to is ("the Brightwater invoice")."""
        assert find.said is not None
        if not via and any(map(str.isalpha, find.said.text)):  # nobody is called by a number
            for relation in need.kind.relations:
                above = self.context.kinds.get(relation.kind)
                if above is None or not any(each.search == "name" for each in above.fields):
                    continue
                owner = await self.find(need.owner(above), Find(record=above.name, said=find.said))
                if isinstance(owner, Question):
                    if owner.candidates and owner.code == "ambiguous":
                        return owner
                    continue
                where = await self.context.reach.within(need.kind, owner[0].record, above)
                if isinstance(where, Mapping):
                    records, more = await self._scan(need, together([filters, _exactly(where)]))
                    return _Pool(records, owner, more=more)
        elsewhere = await self.context.kinds.search(Query(need.kind.name, find.said.text, None, limit=PAGE))
        told = self._matching(need, find.said.text, list(elsewhere), place=True)
        if isinstance(told, list) and len(told) == 1 and not filters.keeps(told[0]):
            return self._kept_out(need, find, told[0])
        if isinstance(told, Question):
            return told
        return need.ask(explanations.unknown_name(need.kind, find.said.text, need.filter, via[0] if via else None))

    async def _scan(self, need: RecordQuery, filters: Filter) -> tuple[list[Record], bool]:
        """Every record that passes, and whether there are more than may be looked through."""
        made: list[Record] = []
        order = need.order or need.kind.order
        for offset in range(0, MOST_SCANNED, PAGE):
            page = await self.context.kinds.search(
                Query(need.kind.name, None, None, filters.where, order, True, PAGE, offset, filters.between)
            )
            made += [each for each in page if filters.keeps(each)]
            if len(page) < PAGE:
                return list({each.id: each for each in made}.values()), False
        return list({each.id: each for each in made}.values()), True

    # ── what code or the person has named ────────────────────────────────────────────────────────────────────────────

    async def _named_by_code(self, need: RecordQuery, handle: Handle, own: Own) -> Outcome:
        keys = [each.key for each in own.get(handle.handle.removeprefix("@"), ())]
        made: list[LocatedRecord] = []
        for name, record_id in keys or self.context.thread.get(handle.handle, ()):
            kind, record = self.context.kinds.get(name), await self.context.kinds.record(name, record_id)
            scope = await self.context.reach.scope(kind) if kind is not None else None
            if kind is None or record is None or not isinstance(scope, Mapping) or not fits(record, scope):
                continue
            found = LocatedRecord(record, kind, (), (), "spoken of before")
            up = found if name == need.kind.name else await self.context.reach.owner_of(found, need.kind)
            made += [up] if up is not None else []
        unique = tuple({each.key: each for each in made}.values())
        if not unique:
            return need.ask(f"Which {singular(need.kind)} is meant?", code="missing")
        if len(unique) > need.most:
            records = [each.record for each in unique]
            return between(need.slot, need.param, need.kind, records, "were spoken of")
        return self._checked(need, unique)

    async def _chosen(self, need: RecordQuery, choice: str, spans: tuple[Span, ...]) -> Outcome:
        """The candidate that was picked, fetched anew: what it is now counts, not what it was when it was offered."""
        record = await self.context.kinds.record(need.kind.name, choice)
        scope = await self.context.reach.scope(need.kind)
        if record is None or not isinstance(scope, Mapping) or not fits(record, scope):
            return need.ask(f"That {singular(need.kind)} is not there any more. Which one is meant?")
        return self._checked(need, (LocatedRecord(record, need.kind, spans, (), "chosen"),))

    async def _told(self, need: RecordQuery, find: Find, words: str, spans: tuple[Span, ...], own: Own) -> Outcome:
        """An answer in words: those of what was offered that it singles out, else a name or number of its own."""
        before = await self._run(need, find, own)
        if isinstance(before, Question) and before.candidates:
            held = [await self.context.kinds.record(need.kind.name, each.id) for each in before.candidates]
            chosen = choose(words, [each for each in held if each is not None], need.kind)
            if chosen:
                found = [LocatedRecord(each, need.kind, spans, (), "chosen") for each in chosen]
                return self._checked(need, found)
        offered = before if isinstance(before, Question) and before.candidates else None
        if offered is None or not names_nothing(words, need.kind):
            again = Find(record=need.kind.name, said=Words(text=words, origin=spans[0].origin if spans else 0))
            outcome = await self._run(need, again, own)
            if offered is None or not isinstance(outcome, Question) or outcome.candidates:
                return outcome
        return offered.model_copy(update={"text": f"Which one is meant by {said(words)} can't be told. {offered.text}"})

    # ── what is said of it ───────────────────────────────────────────────────────────────────────────────────────────

    def _kind(self, need: RecordQuery, reference: Reference, own: Own = NOTHING_FOUND) -> RecordKind | Question:
        if isinstance(reference, Find):
            kind = self.context.kinds.get(reference.record)
        else:
            found = own.get(reference.handle.removeprefix("@"), ())
            kind = found[0].kind if found else self.context.kind_of(reference.handle)
        return kind if kind is not None else need.ask(f"Which {singular(need.kind)} is meant?", code="missing")

    def _nothing(self, need: RecordQuery, find: Find, pool: _Pool) -> Question:
        kind, owner = need.kind, pool.via[0] if pool.via else None
        if len(pool.records) == 1:
            return need.ask(explanations.kept_out(pool.records[0], pool.records[0].label, kind, need.filter))
        words = {each.state: () for each in find.where if isinstance(each, StateIs) and not each.negated}
        states = merged(*(kind.states[word] for word in words if word in kind.states), need.filter)
        return need.ask(explanations.nothing(kind, states or need.filter, owner, pool.records, more=pool.more))

    def _kept_out(self, need: RecordQuery, find: Find, record: Record) -> Question:
        """It exists, and something that was said of it isn't so: for a count, there is none such."""
        self._out = self._is_not(need, find, record)
        return self._out

    def _is_not(self, need: RecordQuery, find: Find, record: Record) -> Question:
        states = [
            kind_state
            for each in find.where
            if isinstance(each, StateIs) and not each.negated
            if (kind_state := need.kind.states.get(each.state))
        ]
        wanted = merged(*states, need.filter)
        if wanted and not fits(record, wanted):
            return need.ask(explanations.kept_out(record, record.label, need.kind, wanted))
        return need.ask(f"{record.label} is not what you said of it. Which {singular(need.kind)} is meant?")

    def _checked(self, need: RecordQuery, found: Sequence[LocatedRecord]) -> Outcome:
        out = next((each for each in found if not fits(each.record, need.filter)), None)
        return (
            tuple(found)
            if out is None
            else need.ask(explanations.kept_out(out.record, out.label, need.kind, need.filter))
        )

    def _too_many(self, need: RecordQuery) -> Question:
        text = f"There are too many {plural(need.kind)} to look through. Say more about which are meant."
        return need.ask(text, code="ambiguous")


def _exactly(where: Mapping[str, Sequence[str | int | bool]]) -> Filter:
    return Filter(lambda record: fits(record, where), where)


def _base(need: RecordQuery) -> str:
    return need.slot.split("/")[0]


def _name_of(find: Find) -> tuple[str, str] | None:
    """What a settled name is kept by; None for a reference that says more than a name, which is looked up each time."""
    if find.said is None or find.where or find.order is not None or find.pick != "one":
        return None
    return find.record, find.said.text.casefold()


def _spans(find: Find) -> tuple[Span, ...]:
    """The words that a find rests on: its own name, else those it holds of others (whose it is, what it is like)."""
    named = [find.said] if find.said is not None else list(_words_in(find))
    return tuple(
        Span(origin=each.origin, start=each.start, end=each.start + len(each.text), text=each.text)
        for each in named
        if each.start is not None
    )


def _words_in(node: Any) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _words_in(getattr(node, name))
    elif isinstance(node, tuple):
        for each in node:
            yield from _words_in(each)
