"""Conditions of a reference: combines states, comparisons, owners, counts and exceptions into one filter over live
records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agent.pipeline import Question
from agent.planning.proposal import AnyOf, BelongsTo, Compare, Condition, Except, Find, Handle, Has, Reference, StateIs
from agent.query.conditions import (
    Filter,
    compare,
    filter_by_field,
    filter_by_id,
    filter_by_state,
    filter_by_told,
    match_all,
    match_any,
    match_owner,
)
from agent.query.context import Own, describes
from agent.query.pool import MOST_SCANNED, Owned, Pool, ask_to_narrow
from agent.query.record_search import RecordSearch
from agent.validate.questions import join, quote_words
from agent.validate.records.located import (
    MOST,
    LocatedRecord,
    Outcome,
    RecordQuery,
    TooMany,
    Unrelated,
    fits,
    format_count,
    get_id_value,
    name_kind,
    name_kinds,
)
from agent.validate.slots import find_answer
from core.display_text import begin_sentence
from registry.records import Record, RecordKind

if TYPE_CHECKING:
    from agent.query.context import QueryContext

_MOST_NAMED: Final = 3


class ReferenceConditions:
    """Selects the records that pass a reference's conditions. The context's own finder finds related records."""

    def __init__(self, context: QueryContext, search: RecordSearch) -> None:
        self.context, self.search = context, search

    async def select(self, need: RecordQuery, find: Find, own: Own, *, any_owner: bool = True) -> Pool | Question:
        """``any_owner``: the record that is meant may belong to any owner of a description."""
        kind, via, owners = need.kind, list[LocatedRecord](), list[Owned]()
        filters: list[Filter] = []
        left_out: list[Find | Handle] = []
        scope = await self.context.reach.find_bounds(kind)
        if isinstance(scope, TooMany):
            return ask_to_narrow(need)
        if scope is None:
            return need.ask(f"There is no {name_kind(kind)} of yours.")
        filters.append(Filter(lambda record: fits(record, scope), scope))
        if need.told is not None:
            said = filter_by_told(need.told, kind, need.order, self.context.request.now)
            if said is None:
                text = f"I can't tell {name_kinds(kind)} apart by when they are. Which {name_kind(kind)} do you mean?"
                return need.ask(text, code="ambiguous")
            filters.append(said)
        inner = replace(need, restricts=need.restricts or (any_owner and _may_be_of_any(find)))
        for condition in find.where:
            if isinstance(condition, Except) and not _tells_which(find, condition.left_out):
                left_out.append(condition.left_out)
                continue
            made = await self._make_filter(inner, condition, via, owners, own)
            if inner != need and isinstance(made, Filter) and made.impossible:
                told = await self._make_filter(need, condition, [], [], own)  # says what there is none of
                made = told if isinstance(told, Question) and not told.candidates else made
            if isinstance(made, Question) and isinstance(condition, BelongsTo):
                made = await self._tell_owner_by_record(need, find, condition.owner, made, filters, via)
            if isinstance(made, Question):
                return made
            filters.append(made)
        if find.among is not None:
            named = self.context.thread.get(find.among, ())
            filters.append(filter_by_id([record_id for each, record_id in named if each == kind.name]))
        every = match_all(filters)
        pool = Pool([], tuple(via)) if every.impossible else await self.search.fetch(need, find, every, tuple(via))
        if isinstance(pool, Question):
            return pool
        pool = replace(pool, owners=(*pool.owners, *owners))
        if every.rank is not None:
            pool = replace(pool, records=sorted(pool.records, key=every.rank))
        for reference in left_out:
            rest = await self._leave_out(need, reference, pool, own)
            if isinstance(rest, Question):
                return rest
            pool = rest
        return pool

    async def _tell_owner_by_record(
        self,
        need: RecordQuery,
        find: Find,
        owner: Reference,
        asked: Question,
        filters: Sequence[Filter],
        via: list[LocatedRecord],
    ) -> Filter | Question:
        """Of several owners who could be meant, the only one who has the record that is named ("Adam's invoice 1042"),
        or any such record in an answer. The question stays if none or several have one."""
        kind = self.context.kinds.get(owner.record) if isinstance(owner, Find) else None
        named, answers = find.said is not None, need.told is None and self.context.spared is None
        if kind is None or not (find.pick == "one" if named else answers):
            return asked
        if asked.code != "ambiguous" or asked.slot != need.owner(kind).slot:
            return asked
        told: list[tuple[LocatedRecord, Filter]] = []
        for each in asked.candidates:
            record = await self.context.kinds.record(kind.name, each.id)
            where = await self.context.reach.within(need.kind, record, kind) if record is not None else None
            if record is not None and isinstance(where, Mapping):
                one = LocatedRecord(record, kind, (), (), "whose it is")
                theirs = match_owner(need.kind, one, where)
                pool = await self.search.fetch(need, find, match_all([*filters, theirs]), (one,))
                told += [(one, theirs)] if isinstance(pool, Pool) and pool.named is named and pool.records else []
        if len(told) != 1:
            return asked
        one, theirs = told[0]
        if isinstance(owner, Find) and owner.said is not None and not named:  # the answer says whose it is
            self.context.other_owners[owner.said.text] = one.label
            self.context.without |= {each.label: None for each in asked.candidates if each.id != one.record.id}
            self.context.scene.settled[kind.name, owner.said.text.casefold()] = one
        via.append(one)
        return theirs

    async def _make_filter(
        self, need: RecordQuery, condition: Condition, via: list[LocatedRecord], owners: list[Owned], own: Own
    ) -> Filter | Question:
        kind = need.kind
        match condition:
            case StateIs(state=state, negated=negated):
                made = filter_by_state(kind, state, negated=negated, now=self.context.request.now)
                if made is None:
                    told = f"I can't tell which {name_kinds(kind)} are {quote_words(state)}."
                    return need.ask(f"{told} Which {name_kind(kind)} do you mean?")
                return made
            case Compare(field=name, op=op, value=expression):
                each = kind.field_named(name)
                worked = await self.context.arithmetic.work_out(expression, need, own)
                if isinstance(worked, Question):
                    return worked
                zone = self.context.request.zone
                by = filter_by_field(each, op, worked.value, zone) if each is not None else None
                if by is None:
                    text = f"{name_kinds(kind).capitalize()} can't be told apart by {quote_words(name)} that way."
                    return need.ask(f"{text} Which {name_kind(kind)} do you mean?")
                return by
            case BelongsTo(owner=owner):
                return await self._filter_by_owner(need, owner, via, owners, own)
            case Has(related=related, op=op, count=count):
                counts = await self.count_related(need, related, own)
                if isinstance(counts, Question):
                    return counts
                return Filter(lambda record: compare(op, counts[record.id], count))
            case AnyOf(conditions=conditions):
                filters: list[Filter] = []
                for each_condition in conditions:
                    one = await self._make_filter(need, each_condition, [], [], own)
                    if isinstance(one, Question):
                        return one
                    filters.append(one)
                return match_any(filters)
            case Except(left_out=reference):
                out = await self.context.records.find_all(
                    replace(need, slot=f"{need.base_slot}/except"), reference, own
                )
                if isinstance(out, Question):
                    return out
                gone = {each.record.id for each in out if each.record.kind == kind.name}
                return Filter(lambda record: record.id not in gone)
        raise AssertionError(condition)

    async def _filter_by_owner(
        self, need: RecordQuery, owner: Reference, via: list[LocatedRecord], owners: list[Owned], own: Own
    ) -> Filter | Question:
        kind, reach = need.kind, self.context.reach
        owner_kind = self.context.find_kind(need, owner, own)
        if isinstance(owner_kind, Question):
            return owner_kind
        above = replace(need.owner(owner_kind), most=MOST_SCANNED)
        # The owner that a reader of functions has found is at hand.
        found: Outcome = tuple(own.get("owner", ())) if need.told is not None else ()
        if not found and self._is_any(above, owner):
            assert isinstance(owner, Find)
            found = await self.context.records.find_all(above, owner.model_copy(update={"pick": "all"}), own)
            far = len(reach.find_path(kind, owner_kind)) != 1 and kind.name != owner_kind.name
            if far and isinstance(found, tuple) and len(found) > MOST:  # each would take a search of its own
                found = await self.context.records.find(above, owner, own)
        elif not found:
            wants_all = isinstance(owner, Find) and owner.pick != "one"
            find_them = self.context.records.find_all if wants_all else self.context.records.find
            found = await find_them(above, owner, own)
        # None is called so, but whose they are: of a teacher's pupils' visits and her own, hers are meant.
        of_theirs = isinstance(owner, Find) and owner.said is not None and owner.said.text in self.search.owners_names
        if isinstance(found, Question) or of_theirs:
            unknown = of_theirs or (isinstance(found, Question) and found.code == "not_found")
            other = await self._find_other_owner(need, owner, owner_kind) if unknown else None
            if other is not None and isinstance(owner, Find) and owner.said is not None:
                found, owner_kind = (other,), other.kind
                self.context.other_owners[owner.said.text] = other.label
            elif isinstance(found, Question):
                called = await self._find_called(need, owner) if unknown and not of_theirs else ()
                return filter_by_id([each.record.id for each in called]) if called else found
        if len(found) == 1:
            via += found
        if not reach.find_path(kind, owner_kind) and kind.name != owner_kind.name:
            above_each = [(each, up) for each in found if (up := await reach.find_owner(each, kind)) is not None]
            ups = [up for _, up in above_each]
            if len(found) > 1:
                owners += [(each, {kind.id_field: (up.record.id,)}) for each, up in above_each]
            if not ups and not reach.find_path(owner_kind, kind):
                if called := await self._find_called(need, owner):
                    return filter_by_id([each.record.id for each in called])
                return need.ask(f"{name_kinds(kind).capitalize()} don't belong to a {name_kind(owner_kind)}.")
            return filter_by_id([up.record.id for up in ups])
        filters: list[Filter] = []
        for each in found:
            where = await reach.within(kind, each.record, owner_kind)
            if isinstance(where, TooMany):
                return ask_to_narrow(need)
            if isinstance(where, Unrelated) or where is None:
                continue
            filters.append(match_owner(kind, each, where))
            if len(found) > 1:
                owners.append((each, where))
        return filters[0] if len(filters) == 1 else Filter(match_any(filters).keeps, impossible=not filters)

    def _is_any(self, above: RecordQuery, owner: Reference) -> bool:
        """Whether an owner is one of those that a description fits, whichever. Not where an answer has told which."""
        any_of_them = above.restricts and isinstance(owner, Find) and describes(owner) and owner.pick == "one"
        return any_of_them and find_answer(self.context.request, above.slot) is None

    async def _find_other_owner(self, need: RecordQuery, owner: Reference, asked: RecordKind) -> LocatedRecord | None:
        """Tries a name on other kinds of owners if no record of the asked kind has it: a ticket belongs to a customer
        or an agent."""
        if not isinstance(owner, Find) or owner.said is None or owner.where or owner.order is not None:
            return None
        for relation in need.kind.relations:
            kind = self.context.kinds.get(relation.kind)
            if kind is None or kind.name == asked.name or not any(each.search == "name" for each in kind.fields):
                continue
            found = await self.context.records.run(need.owner(kind), Find(record=kind.name, said=owner.said), {})
            if isinstance(found, tuple) and len(found) == 1:
                return found[0]
        return None

    async def _find_called(self, need: RecordQuery, owner: Reference) -> tuple[LocatedRecord, ...]:
        """Finds records by their own content if the name is no owner's: an account without an owner is its person's
        ("Ada's account"), a comment is its writer's if it holds their name, and a code may look like a name."""
        plain = isinstance(owner, Find) and owner.said is not None and not owner.where and owner.order is None
        if not plain or not any(each.search in ("name", "number") for each in need.kind.fields):
            return ()
        assert isinstance(owner, Find)
        own = Find(record=need.kind.name, said=owner.said, pick="all")
        found = await self.context.records.run(replace(need, most=MOST_SCANNED), own, {})
        return found if isinstance(found, tuple) else ()

    async def count_related(self, need: RecordQuery, related: Reference, own: Own) -> Counter[str] | Question:
        """The number of related records for each record of ``need.kind``, by its id."""
        kind, reach = need.kind, self.context.reach
        other = self.context.find_kind(need, related, own)
        if isinstance(other, Question):
            return other
        if isinstance(related, Find) and (describes(related) or related.bare):
            related = related.model_copy(update={"pick": "all"})
        found = await self.context.records.find_all(replace(need.owner(other), restricts=True), related, own)
        if isinstance(found, Question):
            return found
        if reach.find_path(other, kind):
            relation = other.relation_to(kind.name)
            if relation is not None:
                return Counter(str(each.record.values.get(relation.via)) for each in found)
            ups = [await reach.find_owner(each, kind) for each in found]
            return Counter(up.record.id for up in ups if up is not None)
        relation = kind.relation_to(other.name)
        if relation is None:
            return need.ask(
                f"{name_kinds(kind).capitalize()} have no {name_kinds(other)}. Which {name_kind(kind)} do you mean?"
            )
        ids = {str(get_id_value(each.record, other)) for each in found}
        held = await self.search.scan(need, Filter(lambda record: str(record.values.get(relation.via)) in ids))
        return Counter(each.id for each in held[0])

    async def _leave_out(self, need: RecordQuery, reference: Reference, pool: Pool, own: Own) -> Pool | Question:
        """Excludes records. What is excluded must exist, except records mentioned before: those may have changed since
        ("the other suspended one"). A plan may leave out none: its card says that what is to stay isn't among them."""
        kind, out, like_them = need.kind, tuple[LocatedRecord, ...](), False
        if isinstance(reference, Find) and reference.record == kind.name and reference.said is not None:
            told = self.search.match_words(need, reference.said.text, pool.records, place=True)
            if isinstance(told, Question):
                return told
            gone = {each.id for each in told}
            if not gone and self.context.spared is not None:
                apart = replace(need, slot=f"{need.base_slot}/except")
                elsewhere = await self.context.records.find_all(apart, reference, own)
                out = () if isinstance(elsewhere, Question) else elsewhere
        else:
            # A place in a line is one among those that the action takes: "all visits but the oldest".
            placed = isinstance(reference, Find) and reference.order is not None
            find_them = self.context.records.find if placed else self.context.records.find_all
            wanted: Reference = reference
            if isinstance(reference, Find) and reference.record == kind.name and not placed:
                # "The overdue one" is the only such one of them, whatever else is overdue.
                like_them, wanted = True, reference.model_copy(update={"pick": "all"})
            held = await find_them(replace(need, slot=f"{need.base_slot}/except", most=MOST_SCANNED), wanted, own)
            if isinstance(held, Question):
                return held
            out = held
            gone = {each.record.id for each in out if each.record.kind == kind.name}
            if other := [each for each in out if each.record.kind != kind.name]:
                ups = [await self._list_owned(each, pool.records, kind) for each in other]
                gone |= {each for up in ups for each in up}
        none = not gone & {each.id for each in pool.records}
        if none and out and self.context.spared is not None and not isinstance(reference, Handle):
            named = [each.label for each in out[:_MOST_NAMED]]
            few = join(named, "and") if len(out) == len(named) else format_count(len(out), out[0].kind)
            be = "is" if len(out) == 1 else "are"
            self.context.spared.append(begin_sentence(f"{few} {be} not among them anyway."))
            return pool
        if none and not (gone and isinstance(reference, Handle)):
            words = reference.said.text if isinstance(reference, Find) and reference.said is not None else ""
            said = f" {quote_words(words)}" if words else ""
            return need.ask(f"I find none{said} to leave out among them. Which {name_kinds(kind)} do you mean?")
        least = sum(each.id in gone for each in pool.records)
        count = reference.pick if isinstance(reference, Find) else "all"
        count = 1 if count == "one" and like_them else count
        if isinstance(count, int) and least != count:
            short = f"{least} of them {'is' if least == 1 else 'are'} so, and {count} should be left out"
            return need.ask(f"{short}. Which {name_kinds(kind)} do you mean?")
        return replace(pool, records=[each for each in pool.records if each.id not in gone])

    async def _list_owned(self, owner: LocatedRecord, records: Sequence[Record], kind: RecordKind) -> list[str]:
        where = await self.context.reach.within(kind, owner.record, owner.kind)
        theirs = match_owner(kind, owner, where) if isinstance(where, Mapping) else None
        return [each.id for each in records if theirs is not None and theirs.keeps(each)]


def _may_be_of_any(find: Find) -> bool:
    """Whether the one record that is meant may belong to any owner that a description fits. A place in a line ("the
    last") is nobody's unless somebody is named."""
    named = (each for each in find.where if isinstance(each, BelongsTo) and not _is_description(each.owner))
    return find.pick == "one" and (find.order is None or any(named))


def _is_description(owner: Reference) -> bool:
    return isinstance(owner, Find) and (describes(owner) or owner.bare)


def _tells_which(find: Find, left_out: Find | Handle) -> bool:
    """Whether the exclusion selects among namesakes ("the other Ada"): it names one of the same kind."""
    named = find.pick == "one" and find.said is not None
    return named and isinstance(left_out, Find) and left_out.record == find.record
