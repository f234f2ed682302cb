"""Answers to questions: code works them out over safe fields. Records, values, yes or no, and facts about an action. No
model words a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.pipeline import Question, Reply
from agent.planning.proposal import (
    ActionAnswer,
    Answer,
    BelongsTo,
    CountOf,
    FieldOf,
    Find,
    Has,
    HelpAnswer,
    OrderByCount,
    RecordsAnswer,
    Reference,
    Test,
    TotalOf,
    ValueAnswer,
    YesNoAnswer,
)
from agent.query.action_answers import answer_about_action, list_abilities, list_fitting
from agent.query.arithmetic import test_holds
from agent.query.compared import tell_compared
from agent.query.conditions import DATES
from agent.query.context import Quantity, Worked
from agent.query.groups import count_by, tell_paid
from agent.query.listed import (
    FIRST_LISTED,
    PAGE,
    count_past,
    find_owner_field,
    introduce,
    list_asked_fields,
    list_records,
    tell_found,
)
from agent.query.namesakes import find_standing, list_namesakes
from agent.query.other_connections import tell_connection
from agent.query.other_kinds import tell_other_kinds
from agent.query.references import Query
from agent.query.related_names import name_related
from agent.query.slips import find_so_called, tell_slips
from agent.query.standing import find_each, list_deciding, list_theirs, tell_deciding, tell_held, tell_standing
from agent.query.totals import tell_total
from agent.query.wording import (
    QueryWords,
    count_states,
    describe_query,
    find_measure,
    tell_test,
)
from agent.validate.questions import join, make_candidate, quote_words
from agent.validate.records.field_words import add_aside
from agent.validate.records.located import LocatedRecord, RecordQuery, format_count, name_kind, name_kinds
from core.actor import Actor
from core.display_text import begin_sentence, to_display_text
from language.text import with_article
from registry.catalogue import Catalogue
from registry.records import RecordKind, write_field

MOST_COUNTED: Final = 3
"""The most records that a count names: a number was asked for, and the records stand below it."""
MOST_ACTIONS: Final = 4
PERSON: Final = 2
SLOT: Final = "answer"


class Answerer:
    """Answers questions for one actor: records within their reach, actions of their role. ``start`` is the number of
    records already shown, so that the next page is listed."""

    def __init__(self, query: Query, catalogue: Catalogue, actor: Actor, surface: str, *, start: int = 0) -> None:
        self.query, self.catalogue, self.actor, self.surface, self.start = query, catalogue, actor, surface, start

    async def answer(self, asked: Answer) -> Reply | Question:
        """Raises PlatformUnavailable."""
        made = await self._answer(asked)
        alone = tell_connection(self.query.kinds, asked, made, self.query.context.request.text)
        if not isinstance(made, Reply):
            return made.model_copy(update={"text": f"{made.text} {alone}".strip()})
        slips = self.query.records.search.slips
        if (other := await find_so_called(self.query.context, slips)) is not None:
            text = f"{quote_words(other[1])} is the name of {with_article(name_kind(other[0]))}. Which one do you mean?"
            return Question(slot=SLOT, code="not_found", text=text)
        without = [*self.query.context.without]
        none = f"{join(without, 'and')} {'have' if len(without) > 1 else 'has'} none." if without else ""
        notes = [none, *self.query.records.tell_other_words(), *await tell_slips(self.query.context, slips), alone]
        return made.model_copy(update={"text": " ".join(filter(None, (made.text, *notes)))})

    async def _answer(self, asked: Answer) -> Reply | Question:
        match asked:
            case RecordsAnswer(records=records, fields=fields):
                return await self._records(records, fields)
            case ValueAnswer():
                self.query.context.exact = True
                return await self._value(asked)
            case YesNoAnswer():
                return await self._yes_no(asked)
            case ActionAnswer():
                return answer_about_action(asked, self.catalogue, self.actor)
            case HelpAnswer():
                kinds = [name_kinds(kind) for kind in self.query.context.kinds]
                return list_abilities(self.catalogue, self.actor, self.surface, kinds)
        raise AssertionError(asked)

    # ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _records(self, reference: Reference, fields: Sequence[str]) -> Reply | Question:
        need = self._need(reference)
        if need is None:
            return _unknown()
        one = isinstance(reference, Find) and reference.pick == "one"
        placed = isinstance(reference, Find) and reference.order is not None and reference.pick != "all"
        self.query.context.tells_ties = placed
        found = await (self.query.records.find if one else self.query.records.find_all)(need, reference)
        if isinstance(found, Question) and found.code == "ambiguous" and "cancelled" in need.kind.states:
            found = await find_standing(self.query, need, reference) or found
        if isinstance(found, Question) and one and fields:
            found = await list_namesakes(self.query, need, reference, found) or found
        if isinstance(found, Question):
            return found
        kind = found[0].kind if found else need.kind
        if not found:
            nobody = ("nobody",) if rate_person_likeness(kind) == PERSON else ()
            none = f"{await self._none(reference, kind)}{await tell_other_kinds(self.query, reference, kind)}"
            return Reply(text=none, record_kind=kind.name, count=0, values=nobody)
        known = [each for name in fields if (each := kind.field_named(name)) is not None]
        found = await name_related(self.query.context, found, known)
        values = tuple(
            to_display_text(write_field(each, record.record.values) or "nothing")
            for record in found
            for each in known[:1]
        )
        measure = find_measure(reference, kind)
        if len(found) == 1:
            others = await tell_compared(self.query, need, reference, found[0], known)
            text = f"{tell_found(found[0], known, measure)}{others}"
            if not known and measure is not None and measure.type not in DATES:
                return self._reply(text, found, values=(write_field(measure, found[0].record.values),))
            if not known and (most := await self._count_most(reference, found[0])):
                text = f"{found[0].label}: {most}."
            if not known and rate_person_likeness(kind) == PERSON:
                return self._reply(text, found, values=(found[0].label,))
        else:
            told = await self._shared(reference, found) or await self._told(reference, found)
            placed = isinstance(reference, Find) and isinstance(reference.pick, int)
            counts = [await self._count_most(reference, each) for each in found] if placed else []
            listed = "; ".join(f"{each.label} ({count})" for each, count in zip(found, counts, strict=False) if count)
            by = [measure] if measure is not None and measure not in known else []
            alone = any(each != find_owner_field(kind) and f"{{{each.name}}}" not in kind.label for each in known)
            narrowed = [*(known if alone else list_asked_fields(reference, kind)), *by]
            text = f"{told}: {listed or list_records(found, narrowed, told, asked=alone)}."
        text += await tell_other_kinds(self.query, reference, kind)
        return self._reply(text, found, values=values if known else ())

    def _reply(
        self, text: str, found: Sequence[LocatedRecord], *, values: tuple[str, ...] = (), count: int | None = None
    ) -> Reply:
        kinds = {each.record.kind for each in found}
        page = found[self.start : self.start + PAGE]
        if len(found) > PAGE and f"and {len(found) - PAGE} more" not in text:
            text = f"{text} {FIRST_LISTED}"
        return Reply(
            text=to_display_text(text, lines=True, limit=4000),
            record_kind=found[0].record.kind if len(kinds) == 1 else None,
            records=tuple(make_candidate(each.record) for each in page),
            count=len(found) if count is None else count,
            values=values,
            actions=self._fitting(found),
            as_of=min((each.record.as_of for each in found if each.record.as_of), default=None),
        )

    async def _words(self, reference: Reference, kind: RecordKind) -> QueryWords | None:
        """The searched-for records in words. None if there are no words for it, or if other kinds of records were
        found."""
        said = isinstance(reference, Find) and reference.record == kind.name
        return await describe_query(reference, self.query.context.kinds, self._name_owner) if said else None

    async def _name_owner(self, owner: Find) -> str | None:
        need = self._need(owner)
        found = await self.query.records.find_all(need, owner) if need is not None else ()
        if owner.said is not None and owner.said.text in self.query.records.search.owners_names:
            return owner.said.text  # nobody of that kind is called so: somebody of another
        if owner.said is not None and owner.said.text in self.query.context.other_owners:
            return self.query.context.other_owners[owner.said.text]
        return found[0].label if not isinstance(found, Question) and len(found) == 1 else None

    async def _count_most(self, reference: Reference, found: LocatedRecord) -> str:
        """The number by which a record has its place, in words: "6 open tickets"."""
        order = reference.order if isinstance(reference, Find) else None
        counted = self.query.context.counts.get(found.record.id)
        kind = self._kind(order.count) if isinstance(order, OrderByCount) else None
        if not isinstance(order, OrderByCount) or counted is None or kind is None:
            return ""
        words = await self._words(order.count, kind)
        return words.count(counted, kind) if words is not None else ""

    async def _shared(self, reference: Reference, found: Sequence[LocatedRecord]) -> str:
        """What several first records have in common. Empty if they are no first ones."""
        place, what = self.query.context.place, format_count(len(found), found[0].kind)
        if place != "shared":
            return f"The {place} in each currency" if place else ""
        if isinstance(reference, Find) and reference.pick != "one":
            return f"{what}, as several share the last place"
        most = await self._count_most(reference, found[0])
        return f"{what} share that place, with {most} each" if most else f"{what} share that place"

    async def _none(self, reference: Reference, kind: RecordKind) -> str:
        words = await self._words(reference, kind)
        if isinstance(reference, Find) and (of := await self._find_asked_thing(reference, kind)) is not None:
            return f"{of.label} has no {name_kind(kind)}."
        return f"No{words.count(0, kind)[2:]}." if words else f"There are no such {name_kinds(kind)}."

    async def _find_asked_thing(self, find: Find, kind: RecordKind) -> LocatedRecord | None:
        """The one record whose somebody is asked for: the ticket of "who handles 7"."""
        above = find.where[0] if len(find.where) == 1 and find.said is None else None
        some = above.related if isinstance(above, Has) and (above.op, above.count) == (">=", 1) else None
        owner = above.owner if isinstance(above, BelongsTo) else some
        named = isinstance(owner, Find) and (owner.said, owner.among, owner.order) != (None, None, None)
        own = self.query.kinds.get(owner.record) if isinstance(owner, Find) and named else None
        if own is None or own.relation_to(kind.name) is None:
            return None
        return await self._only(owner)

    async def _told(self, reference: Reference, found: Sequence[LocatedRecord]) -> str:
        """The count in words: "30 open tickets of Emma (21 open, 9 pending)"."""
        kind = found[0].kind
        words = await self._words(reference, kind)
        what = words.count(len(found), kind) if words else format_count(len(found), kind)
        today = self.query.context.request.now.date().isoformat()
        asides = (count_states(reference, found), count_past(reference, found, today))
        return add_aside(what, ", ".join(filter(None, asides)))

    def _fitting(self, found: Sequence[LocatedRecord]) -> tuple[str, ...]:
        """The actions that this actor may run on these very records."""
        fitting = list_fitting(self.catalogue, self.actor, self.surface, [each.record for each in found])
        return tuple(each.name for each in fitting[:MOST_ACTIONS])

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _value(self, asked: ValueAnswer) -> Reply | Question:
        need = self._any_need()
        if need is None:
            return _unknown()
        if isinstance(asked.value, TotalOf):
            return await self._total(asked, asked.value, need)
        worked = await self.query.arithmetic.work_out(asked.value, need)
        if isinstance(worked, Question):
            return worked
        found = await self._about(asked.about, worked)
        if isinstance(found, Question):
            return found
        if isinstance(asked.value, CountOf):
            kind = self._kind(asked.value.of)
            text = await self._none(asked.value.of, kind) if kind else "None."
            if worked.found:
                what = await self._told(asked.value.of, worked.found) if kind is not None else worked.shown
                if kind is not None and (by := kind.field_named(asked.by or "")) is not None:
                    told = count_by(by, worked.found, self.query.context.request.zone)
                    return self._reply(f"{what}: {told}.", worked.found)
                few = len(worked.found) <= MOST_COUNTED
                text = f"{what}: {list_records(worked.found, told=what)}." if few else f"{what}."
            return self._reply(text, worked.found, values=(worked.written,), count=len(worked.found))
        sum_, equal, shown = worked.reading.rpartition(" = ")
        owner = f"{found[0].label}: " if len(found) == 1 else ""
        text = f"{owner}{shown if equal else worked.shown}{f' ({sum_})' if equal else ''}."
        if isinstance(asked.value, FieldOf) and found:
            text = tell_found(found[0], [each for each in found[0].kind.fields if each.name == asked.value.field])
        values = (worked.written,)
        return self._reply(text, found, values=values) if found else Reply(text=text, values=values)

    async def _total(self, asked: ValueAnswer, total: TotalOf, need: RecordQuery) -> Reply | Question:
        totals = await self.query.arithmetic.list_totals(total, need)
        if isinstance(totals, Question):
            return totals
        if not totals:
            kind = self._kind(total.of)
            none = await self._none(total.of, kind) if kind is not None else "no such records."
            return Reply(text=f"Nothing. {begin_sentence(none)}", values=("0",), count=0)
        found = totals[0].found
        # An empty currency is no information beside one with an amount.
        telling = [each for each in totals if isinstance(each.value, Quantity) and each.value.number] or totals
        values = tuple(each.written for each in telling)
        told = await self._told(total.of, found)
        text = tell_total(total, asked.by, telling, told, self.query.context.request.zone)
        return self._reply(f"{text}{tell_paid(total, found)}", found, values=values)

    async def _about(self, about: Reference | None, worked: Worked) -> tuple[LocatedRecord, ...] | Question:
        if about is None:
            return tuple({each.key: each for each in worked.found}.values())
        need = self._need(about)
        return await self.query.records.find_all(need, about) if need is not None else ()

    async def _yes_no(self, asked: YesNoAnswer) -> Reply | Question:
        need = self._any_need()
        if need is None:
            return _unknown()
        results: list[bool] = []
        told: list[tuple[str, bool]] = []
        found: list[LocatedRecord] = []
        for test in asked.tests:
            one = await self._tested(test, need)
            if isinstance(one, Question):
                each = find_each(test, one)
                return await self._records(each.of, [each.field]) if each is not None else one
            holds, reading, used = one
            results.append(holds)
            told += [(reading, bool(used))]
            found += used
        yes = all(results) if asked.join == "all" else any(results)
        unique = tuple({each.key: each for each in found}.values())
        telling = [reading for reading, finds in told if finds] or [reading for reading, _ in told]
        word, shown = "Yes" if yes else "No", "; ".join(telling) + "."
        if not unique and (about := await self._only(asked.about)) is not None:
            unique = (about,)
            lacks = await self._say_lack(asked.tests[0], about) or await tell_held(self.query, asked)
            shown = f"{lacks}." if lacks and not yes else introduce(about.label, tell_standing(asked.tests[0], about))
        elif (theirs := await list_theirs(self.query, asked)) and len(theirs) > max(1, len(unique)):
            word, yes, unique = "Not all" if unique else "No", False, theirs
            shown = (
                "; ".join(add_aside(each.label, tell_deciding(asked.tests[0], each)) for each in theirs[:PAGE]) + "."
            )
        things = self.query.context.request.text.lstrip().lower().startswith("what")  # "what's on this week"
        things = things or shown.startswith(f"{word.lower()} ")
        text = shown if things else f"{word}: {shown}"
        values = ("yes" if yes else "no",)
        return self._reply(text, unique, values=values) if unique else Reply(text=text, values=values)

    async def _say_lack(self, test: Test, about: LocatedRecord) -> str:
        """What somebody has none of: "Emma Fischer has no open tickets". Empty if they are asked about otherwise."""
        find = test.left.of if isinstance(test.left, CountOf) else None
        theirs = find.where[0] if isinstance(find, Find) and find.where else None
        if not isinstance(find, Find) or not isinstance(theirs, BelongsTo) or not isinstance(theirs.owner, Find):
            return ""
        kind = self.query.kinds.get(find.record) if theirs.owner.record == about.kind.name != find.record else None
        words = await self._words(find.model_copy(update={"where": find.where[1:]}), kind) if kind else None
        return f"{about.label} has {words.count(0, kind)}" if words and kind else ""

    async def _only(self, about: Reference | None) -> LocatedRecord | None:
        """The one record that a question is about, so that "no" can say what it is instead."""
        need = self._need(about) if about is not None else None
        found = await self.query.records.find_all(need, about) if need is not None and about is not None else ()
        return found[0] if not isinstance(found, Question) and len(found) == 1 else None

    async def _tested(self, test: Test, need: RecordQuery) -> tuple[bool, str, tuple[LocatedRecord, ...]] | Question:
        left = await self.query.arithmetic.work_out(test.left, need)
        if isinstance(left, Question):
            return left
        right = await self.query.arithmetic.work_out(test.right, need)
        if isinstance(right, Question):
            return right
        held = test_holds(left, test.op, right)
        if held is None:
            return Question(slot=SLOT, code="unreadable", text=f"I can't compare {left.shown} with {right.shown}.")
        if isinstance(test.left, CountOf):
            kind = self._kind(test.left.of)
            if kind is None:
                return held, left.shown, left.found
            if not left.found:
                words = await self._words(test.left.of, kind)
                return held, words.count(0, kind) if words else f"no such {name_kinds(kind)}", ()
            one = test.left.of if len(left.found) == 1 else None
            named = isinstance(one, Find) and one.said is not None
            told = "" if named else await self._told(test.left.of, left.found)
            if named:
                return held, add_aside(left.found[0].label, tell_deciding(test, left.found[0])), left.found
            few = list_records(left.found, list_deciding(test, kind), told) if len(left.found) <= MOST_COUNTED else ""
            return held, f"{told}: {few}" if few else told, left.found
        if isinstance(test.left, TotalOf) and isinstance(test.right, TotalOf):
            return held, f"{left.shown} beside {right.shown}", (*left.found, *right.found)
        return held, tell_test(test, left, right, held=held), (*left.found, *right.found)

    # ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _kind(self, reference: Reference) -> RecordKind | None:
        if isinstance(reference, Find):
            return self.query.context.kinds.get(reference.record)
        return self.query.context.kind_of(reference.handle)

    def _need(self, reference: Reference) -> RecordQuery | None:
        kind = self._kind(reference)
        return RecordQuery(SLOT, SLOT, kind, restricts=True) if kind is not None else None

    def _any_need(self) -> RecordQuery | None:
        kind = next(iter(self.query.context.kinds), None)
        return RecordQuery(SLOT, SLOT, kind, restricts=True) if kind is not None else None


def _unknown() -> Reply:
    return Reply(text="There are no records here to answer that from.")
