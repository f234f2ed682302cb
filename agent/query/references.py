"""Record finder: runs each reference as a query over one kind of live records. Never picks one where two could be
meant. A query holds one request's look-ups and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.pipeline import PhaseCallback, Question, Request, Span, ignore_phase
from agent.planning.proposal import (
    AS_LISTED,
    AS_SHOWN,
    BelongsTo,
    Find,
    Handle,
    OrderByCount,
    OrderByField,
    Reference,
)
from agent.query.answered_references import (
    ask_among,
    find_answered,
)
from agent.query.arithmetic import Arithmetic
from agent.query.conditions import read_quantity
from agent.query.context import (
    NOTHING_EARLIER,
    NOTHING_FOUND,
    NOTHING_NAMED,
    EarlierArguments,
    Own,
    QueryContext,
    RecordKey,
)
from agent.query.other_words import single_out_by_other_words
from agent.query.passed_over import ask_by_what, tell_passed_over
from agent.query.pool import (
    MOST_SCANNED,
    Pool,
    ask_about_empty,
    ask_to_narrow,
    list_first_of_each,
    list_spans_of,
    locate,
)
from agent.query.record_search import RecordSearch
from agent.query.records_of_several import name_of, select_of_owners, settle_owners
from agent.query.reference_conditions import ReferenceConditions
from agent.validate.questions import (
    MAX_CANDIDATES,
    ask_between,
    describe_place,
    explain_exclusion,
    join,
    quote_words,
)
from agent.validate.records.located import (
    DiscourseContext,
    LocatedRecord,
    Outcome,
    RecordQuery,
    RecordScope,
    fits,
    format_count,
    name_kind,
    name_kinds,
)
from agent.validate.records.ranking import find_tied, sort_by_field
from agent.validate.slots import find_answer
from registry.records import Kinds, RecordKind


class RecordFinder:
    """Runs references. Returns a question if the words leave something open or nothing fits."""

    def __init__(self, context: QueryContext) -> None:
        self.context = context
        self.search = RecordSearch(context)
        self.conditions = ReferenceConditions(context, self.search)
        self._being_read: set[str] = set()
        """Slots whose answer is being read."""
        self.chosen_from: set[int] = set()
        """How many records stood in a line of which one place was meant: "the older of her two bikes"."""

    @property
    def slips(self) -> Mapping[tuple[str, str], str]:
        """Records (kind, id) found under a misspelt name or by other words, with what was typed."""
        return {**self.search.slips, **self.search.reworded}

    def tell_other_words(self) -> list[str]:
        """Says what was searched for instead of words that no record has."""
        return [
            f"I found none for {quote_words(said)} and looked for {join([*map(quote_words, by)], 'and')} instead."
            for said, by in self.search.instead.items()
        ]

    async def find(self, need: RecordQuery, reference: Reference, own: Own = NOTHING_FOUND) -> Outcome:
        """The records that are meant, at most ``need.most``. Raises PlatformUnavailable."""
        context = self.context
        context.on_phase("looking")
        if isinstance(reference, Handle):
            return await self._find_by_handle(need, reference, own)
        name = name_of(reference)
        settled = context.scene.settled.get(name) if name is not None else None
        if settled is not None and reference.record == need.kind.name and fits(settled.record, need.filter):
            answered = any(span.origin for span in settled.spans)
            return (settled if answered else replace(settled, spans=list_spans_of(reference) or settled.spans),)
        # A name that an answer says is looked up as it stands: the answer doesn't answer for it again.
        answer = find_answer(context.request, need.slot) if need.slot not in self._being_read else None
        if answer is not None and answer[0].choice is not None:
            outcome = await self.find_chosen(need, answer[0].choice, (*list_spans_of(reference), *answer[1].spans))
            await settle_owners(self, reference, outcome)
        elif answer is not None:
            self._being_read.add(need.slot)
            try:
                outcome = await find_answered(self, need, reference, own)
            finally:
                self._being_read.discard(need.slot)
        else:
            outcome = await self.run(need, reference, own)
            outcome = await single_out_by_other_words(context, need, outcome, list_spans_of(reference)) or outcome
        if name is not None and isinstance(outcome, tuple) and len(outcome) == 1 and reference.record == need.kind.name:
            # One name means one record within a request, so that it is asked only once which Adam.
            context.scene.settled[name] = outcome[0]
        return outcome

    async def find_all(self, need: RecordQuery, reference: Reference, own: Own = NOTHING_FOUND) -> Outcome:
        """All records that a reference finds, for counts, sums and lists. Empty if there are none."""
        wide = replace(need, filter={}, most=MOST_SCANNED)
        if isinstance(reference, Handle):
            return await self._find_by_handle(wide, reference, own)
        if (settled := self.context.scene.settled.get(name_of(reference) or ("", ""))) is not None:
            return (settled,)
        kind = self.context.find_kind(wide, reference)
        if isinstance(kind, Question):
            return kind
        wide = replace(wide, kind=kind)
        if reference.order is not None or reference.pick != "all":
            outcome = await self.run(wide, reference, own)
            none = isinstance(outcome, Question) and not outcome.candidates and reference.said is None
            return () if none else outcome
        pool = await self.conditions.select(wide, reference, own)
        if isinstance(pool, Question):
            return () if pool is self.search.excluded else pool
        if pool.more:
            return ask_to_narrow(wide)
        return tuple(locate(each, kind, reference, pool) for each in pool.records)

    async def run(self, need: RecordQuery, find: Find, own: Own) -> Outcome:
        kind = self.context.find_kind(need, find)
        if isinstance(kind, Question):
            return kind
        if kind.name != need.kind.name:
            return await self._find_owners(need, kind, find, own)
        pool = await select_of_owners(self, need, find, own)
        if isinstance(pool, Question):
            return pool if pool.candidates or find.among is None else await ask_among(self, need, find.among, pool)
        if isinstance(find.order, OrderByField) and find.order.by == AS_SHOWN:
            return self._pick_as_shown(need, find, find.order, pool)
        above = pool.owners[0][0].kind if find.pick == "one" and len(pool.owners) > 1 else None
        if above is not None and find_answer(self.context.request, need.owner(above).slot) is not None:
            each = await self._pick_of_each(need, find, pool, own)
            if find.order is not None or isinstance(each, tuple):
                return each
        return await self._pick_fitting(need, find, pool, own)

    async def _pick_of_each(self, need: RecordQuery, find: Find, pool: Pool, own: Own) -> Outcome:
        """The record of each owner where an answer chose several: both Adams' last invoices are the last of each."""
        made: list[LocatedRecord] = []
        for owner, where in pool.owners:
            theirs = [each for each in pool.records if fits(each, where)]
            outcome = await self._pick_fitting(need, find, replace(pool, records=theirs, via=(owner,), owners=()), own)
            if isinstance(outcome, Question):
                return outcome
            made += outcome
        return tuple(made)

    async def _pick_fitting(self, need: RecordQuery, find: Find, pool: Pool, own: Own) -> Outcome:
        fitting = [each for each in pool.records if fits(each, need.filter)]
        if not fitting:
            return await self._offer_others(need, find, pool, own) or ask_about_empty(need, find, pool)
        if find.order is not None:
            made = await self.pick_by_order(need, find, find.order, replace(pool, records=fitting), own)
            return tell_passed_over(find.order, made, pool.records, fitting)
        return self._pick(need, find, replace(pool, records=fitting))

    async def _offer_others(self, need: RecordQuery, find: Find, pool: Pool, own: Own) -> Question | None:
        """Asks whether one of somebody's few other records is meant, where an order tells one of theirs by a day, a
        time or a state that none has."""
        owner, whose = pool.via[0] if pool.via else None, [each for each in find.where if isinstance(each, BelongsTo)]
        told = find.pick == "one" and find.said is None and len(whose) < len(find.where)  # of a set there may be none
        if pool.records or owner is None or need.restricts or not told:
            return None
        wide = await self.conditions.select(need, find.model_copy(update={"where": tuple(whose)}), own)
        others = [] if isinstance(wide, Question) else [each for each in wide.records if fits(each, need.filter)]
        if not 0 < len(others) <= MAX_CANDIDATES:
            return None
        lead = f"{owner.label} has no such {name_kinds(need.kind)}. Did you mean"
        return ask_between(need.slot, need.param, need.kind, others, "", code="not_found", lead=lead)

    def _pick(self, need: RecordQuery, find: Find, pool: Pool) -> Outcome:
        records, kind = pool.records, need.kind
        wanted = 1 if find.pick == "one" else len(records) if find.pick == "all" else find.pick
        if pool.more and find.pick != "one":
            return ask_to_narrow(need)
        if len(records) != wanted:
            if find.pick == "one":
                what = f"of {pool.via[0].label} could be meant" if pool.via else "could be meant"
                if find.said is not None and (pool.named or not pool.via):
                    what = f"match {quote_words(find.said.text)}"
                return ask_between(need.slot, need.param, kind, records, what, more=pool.more)
            there = f"there {'is' if len(records) == 1 else 'are'} {format_count(len(records), kind)}"
            text = f"You said {wanted}, and {there}"
            if find.among is not None:  # nobody said the number of a set that was mentioned before
                text = f"Of those {wanted}, this can be done with {format_count(len(records), kind)}"
            return ask_between(need.slot, need.param, kind, records, "", lead=f"{text}:")
        if len(records) > need.most:
            if need.most == 1:
                return ask_between(need.slot, need.param, kind, records, "are meant, and this takes one")
            text = f"That is {format_count(len(records), kind)} at once; at most {need.most} can be done together."
            return need.ask(text, code="ambiguous")
        how = "" if pool.named and len(records) == 1 else "the only one" if len(records) == 1 else f"all {len(records)}"
        return tuple(locate(each, kind, find, pool, how) for each in records)

    async def pick_by_order(
        self, need: RecordQuery, find: Find, order: OrderByField | OrderByCount, pool: Pool, own: Own
    ) -> Outcome:
        kind = need.kind
        if pool.more and need.told is None:
            return ask_to_narrow(need)
        descending = order.first in ("latest", "highest")
        place, wanted = order.nth - 1, find.pick if isinstance(find.pick, int) else 1
        if isinstance(order, OrderByCount):
            counts = await self.conditions.count_related(need, order.count, own)
            if isinstance(counts, Question):
                return counts
            values = {each.id: counts[each.id] for each in pool.records}
            line = sorted(pool.records, key=lambda each: values[each.id], reverse=descending)
            ends = {values[line[min(at, len(line) - 1)].id] for at in (place, place + wanted - 1)}
            equal = [each for each in line if values[each.id] in ends]
            self.context.counts = values
            what = f"the {'most' if descending else 'fewest'} ({values[line[min(order.nth, len(line)) - 1].id]})"
        else:
            by = (
                order.by
                if order.by != AS_LISTED
                else (kind.size if order.first in ("highest", "lowest") else need.order or kind.order)
            )
            each_field = kind.field_named(by or "")
            if each_field is None:
                return ask_by_what(need, pool.records)
            units = {quantity.unit for each in pool.records if (quantity := read_quantity(each_field, each.values))}
            if len(units) > 1 and self.context.tells_ties and need.slot == need.base_slot and order.nth == 1:
                first = list_first_of_each(pool.records, each_field, descending=descending)
                self.context.place = order.first
                return tuple(locate(each, kind, find, pool, f"the {order.first} in its currency") for each in first)
            if len(units) > 1:
                return ask_between(need.slot, need.param, kind, pool.records, "are in different currencies")
            line = sort_by_field(pool.records, each_field.name, descending=descending)
            if not line:
                return need.ask(f"None of the {format_count(len(pool.records), kind)} has “{each_field.label or by}”.")
            ends = {min(at, len(line) - 1) for at in (place, place + wanted - 1)}
            equal = [each for at in ends for each in find_tied(line, at, each_field.name)]
            place_word = f"the {order.first}" if order.nth == 1 else f"number {order.nth} from the {order.first}"
            what = f"{place_word} by “{each_field.label or by}”"
        if find.pick == "all":
            wanted = len(line) - place
        if line and not place and need.slot == need.base_slot and self.context.tells_ties:
            wanted = min(wanted, len(line))  # an answer tells those that there are
        if len(line) < place + wanted:
            lead = f"There {'is' if len(line) == 1 else 'are'} only {format_count(len(line), kind)}:"
            return ask_between(need.slot, need.param, kind, line, "", lead=lead)
        chosen = line[place : place + wanted]
        if len(chosen) > need.most:
            what = f"are meant, and this takes {'one' if need.most == 1 else 'fewer'}"
            return ask_between(need.slot, need.param, kind, chosen, what)
        rivals = list({each.id: each for each in equal if each not in chosen}.values())
        if rivals and self.context.tells_ties and need.slot == need.base_slot:
            self.context.place, chosen = "shared", [*chosen, *rivals]
        elif rivals:
            which = f"Which {wanted} do you mean? Some share the last place:" if wanted > 1 else None
            return ask_between(need.slot, need.param, kind, [*chosen, *rivals], "share that place", lead=which)
        self.chosen_from.add(len(line))
        if len(chosen) > 1 and isinstance(order, OrderByField) and order.nth == 1:
            what = what.replace("the ", f"one of the {len(chosen)} ", 1)
        how = f"{what} of {format_count(len(line), kind)}" if len(line) > 1 else "the only one"
        if need.told is not None and len(line) > 1:
            how = describe_place(need, need.told, len(chosen), len(line), more=pool.more)
        return tuple(locate(each, kind, find, pool, how) for each in chosen)

    def _pick_as_shown(self, need: RecordQuery, find: Find, order: OrderByField, pool: Pool) -> Outcome:
        """Picks "the second one" of the shown records, whether or not it fits, because no other was meant. Asks about
        "the last one" if the one at the end isn't the newest."""
        there = {each.id: each for each in pool.records}
        shown = [key for name, key in self.context.thread.get(find.among or "", ()) if name == need.kind.name]
        shown = [key for key in shown if key in there] if find.where or find.said is not None else shown
        count = find.pick if isinstance(find.pick, int) else 1
        first = order.nth - 1
        if order.first == "latest":
            first = max(len(shown) - count, 0)
            line = sort_by_field(pool.records, need.kind.order, descending=True)[:count] if need.kind.order else []
            ends = [there[key] for key in shown[first:] if key in there]
            if rivals := [each for each in line if ends and each.id not in shown[first:]]:
                which = "one do you mean, the last one" if count == 1 else "do you mean, the last"
                lead = f"Which {which} shown or the newest:"
                return ask_between(need.slot, need.param, need.kind, [*ends, *rivals], "", lead=lead)
        if first + count > len(shown):
            which = "one do" if count == 1 else "do"
            return need.ask(f"There were {format_count(len(shown), need.kind)}. Which {which} you mean?")
        if any(key not in there for key in shown[first : first + count]):
            return need.ask(f"That {name_kind(need.kind)} is not there any more. Which one do you mean?")
        how = f"number {first + 1}" if count == 1 else f"numbers {first + 1} to {first + count}"
        how = f"{how} of the {len(shown)} shown before"
        picked = (there[key] for key in shown[first : first + count])
        return self.check(need, tuple(locate(each, need.kind, find, pool, how) for each in picked))

    async def _find_owners(self, need: RecordQuery, kind: RecordKind, find: Find, own: Own) -> Outcome:
        """Finds records by a related one: "the customer of ticket 318"."""
        apart = RecordQuery(f"{need.base_slot}/{kind.name}", need.param, kind, most=need.most)
        below = await self.find(apart, find, own)
        if isinstance(below, Question):
            return below
        made = [up for each in below if (up := await self.context.reach.find_owner(each, need.kind)) is not None]
        if not made:
            return need.ask(f"No {name_kind(need.kind)} goes with that {name_kind(kind)}. Which one do you mean?")
        return self.check(need, tuple({each.key: each for each in made}.values()))

    # ── what code or the person has named ────────────────────────────────────────────────────────────────────────────

    async def _find_by_handle(self, need: RecordQuery, handle: Handle, own: Own) -> Outcome:
        keys = [each.key for each in own.get(handle.handle.removeprefix("@"), ())]
        made: list[LocatedRecord] = []
        for name, record_id in keys or self.context.thread.get(handle.handle, ()):
            kind, record = self.context.kinds.get(name), await self.context.kinds.record(name, record_id)
            scope = await self.context.reach.find_bounds(kind) if kind is not None else None
            if kind is None or record is None or not isinstance(scope, Mapping) or not fits(record, scope):
                continue
            found = LocatedRecord(record, kind, (), (), "spoken of before")
            up = found if name == need.kind.name else await self.context.reach.find_owner(found, need.kind)
            made += [up] if up is not None else []
        unique = tuple({each.key: each for each in made}.values())
        if not unique:
            return need.ask(f"Which {name_kind(need.kind)} do you mean?", code="missing")
        if len(unique) > need.most:
            return ask_between(need.slot, need.param, need.kind, [each.record for each in unique], "were spoken of")
        return self.check(need, unique)

    async def find_chosen(self, need: RecordQuery, choice: str, spans: tuple[Span, ...]) -> Outcome:
        """The chosen candidate, fetched again. Its present state counts, not the one when it was offered."""
        record = await self.context.kinds.record(need.kind.name, choice)
        scope = await self.context.reach.find_bounds(need.kind)
        if record is None or not isinstance(scope, Mapping) or not fits(record, scope):
            return need.ask(f"That {name_kind(need.kind)} is not there any more. Which one do you mean?")
        return self.check(need, (LocatedRecord(record, need.kind, spans, (), "chosen"),))

    def check(self, need: RecordQuery, found: Sequence[LocatedRecord]) -> Outcome:
        """The records, or what excludes the first one that doesn't pass the contract's demands."""
        for each in found:
            if not fits(each.record, need.filter):
                return need.ask(explain_exclusion(each.record, each.label, need), about=each.record)
        return tuple(found)


class Query:
    """The queries of one request: ``records`` finds records, ``arithmetic`` computes values. They share ``context``."""

    def __init__(
        self,
        request: Request,
        reach: RecordScope,
        *,
        thread: Mapping[str, tuple[RecordKey, ...]] = NOTHING_NAMED,
        earlier: EarlierArguments = NOTHING_EARLIER,
        on_phase: PhaseCallback = ignore_phase,
    ) -> None:
        scene = DiscourseContext()
        self.context = QueryContext(request, reach, scene, thread=thread, earlier=earlier, on_phase=on_phase)
        self.records = self.context.records = RecordFinder(self.context)
        self.arithmetic = self.context.arithmetic = Arithmetic(self.context)

    @property
    def kinds(self) -> Kinds:
        return self.context.kinds
