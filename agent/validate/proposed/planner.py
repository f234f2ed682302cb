"""Proposal planner: reads arguments, then fills, checks and decides calls. All of them become one plan, or none
does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.pipeline import Draft, PhaseCallback, Plan, Question, Refusal, Request, ignore_phase
from agent.planning.proposal import (
    BelongsTo,
    Call,
    ComputedArgument,
    Find,
    Handle,
    PlanResult,
    Proposal,
    RecordArgument,
)
from agent.query.context import NOTHING_EARLIER, EarlierArguments, RecordKey
from agent.query.other_fits import list_other_fits
from agent.query.other_words import list_other_words
from agent.query.references import Query
from agent.query.wording import count_states
from agent.validate import evidence, questions
from agent.validate.coverage.typed_words import TypedWords, rate_support
from agent.validate.coverage.unclaimed_text import UnclaimedText
from agent.validate.filling import DraftFilling
from agent.validate.plan_builder import MAX_STEPS, PlanParts, check_fit, refuse_excess, refuse_too_many
from agent.validate.proposed.checks import PlanChecks
from agent.validate.proposed.computed_answers import find_computed_answers
from agent.validate.proposed.quantities import check_counted
from agent.validate.proposed.reached_states import find_call_records
from agent.validate.proposed.relative_answers import RelativeAnswers, find_relative_answers
from agent.validate.proposed.values import ArgumentValues
from agent.validate.records.located import (
    MOST,
    LocatedRecord,
    RecordQuery,
    RecordScope,
    format_count,
    name_kind,
    name_kinds,
)
from agent.validate.records.lookup import Lookup
from agent.validate.scalar_values import derive
from agent.validate.slots import Pinned, Read, Slots, Trouble, find_answer, read_words
from agent.validate.unchanged import ask_what_instead, find_already_so, refuse_second_value
from core.actor import Actor
from language.stems import stem_text
from registry.catalogue import Catalogue
from registry.conditions import condition as conditions
from registry.contract import Contract
from registry.records import Kinds, RecordKind


async def plan_proposal(
    request: Request,
    proposal: Proposal,
    *,
    run_id: str,
    actor: Actor,
    catalogue: Catalogue,
    kinds: Kinds,
    confirmed_in_session: Callable[[str], bool],
    thread: Mapping[str, tuple[RecordKey, ...]] | None = None,
    earlier: EarlierArguments = NOTHING_EARLIER,
    on_phase: PhaseCallback = ignore_phase,
    evaluator: conditions.Evaluator,
) -> Plan | Question | Refusal:
    """Plans a proposal: returns a plan whose every value is proven or shown, or the first thing that stands in the way.

    ``proposal`` holds a plan. ``thread`` maps handles to records, ``earlier`` handles of calls to their arguments.
    ``evaluator`` judges the policies' conditions. Raises core.errors.PlatformUnavailable.
    """
    assert isinstance(proposal.result, PlanResult)
    reach = RecordScope(kinds, actor, request.surface)
    query = Query(request, reach, thread=thread or {}, earlier=earlier, on_phase=on_phase)
    query.context.other_words = list_other_words(request, (proposal.result, proposal.replaced))
    query.context.spared = []
    parts = PlanParts(request, run_id, actor, catalogue, confirmed_in_session, evaluator)
    return await _Planner(proposal, query, parts, on_phase).plan(proposal.result.calls)


class _Planner:
    def __init__(self, proposal: Proposal, query: Query, parts: PlanParts, on_phase: PhaseCallback) -> None:
        request = parts.request
        self.request, self.proposal, self.query, self.parts, self.on_phase = request, proposal, query, parts, on_phase
        self.unclaimed = UnclaimedText(request.model_copy(update={"text": ""}), [], tuple(query.kinds))
        self.lookup = Lookup(query, self.unclaimed)
        self.typed = TypedWords(request)
        self.values = ArgumentValues(request, query, self.typed)
        self.checks = PlanChecks(request, proposal, query, self.typed, parts.catalogue)
        self.called_for: dict[tuple[str, RecordKey], tuple[int, bool]] = {}
        """By action and record: the number of the call for it, and whether that call is for a set."""
        self.instead: Question | None = None  # asks for the value to set, where only the one to leave was said

    async def plan(self, calls: Sequence[Call]) -> Plan | Question | Refusal:
        if (excess := refuse_excess(self.request, len(calls))) is not None:
            return excess
        parts = self.parts
        for at, call in enumerate(calls):
            current = parts.catalogue.get(call.action)
            contract = parts.authorize(call.action, current.version if current is not None else 1)
            if isinstance(contract, Refusal):
                return contract
            trouble = self.checks.refuse_contrary(contract) or await self._plan_call(at, call, contract)
            if trouble is not None:
                return trouble
        if not parts.steps:
            return parts.refuse_empty()
        if self.instead is not None and len(parts.unchanged) == len(parts.steps):
            return self.instead
        others = await list_other_fits(self.query, parts.catalogue, parts.actor, calls)
        parts.reasons += (*self.checks.explain_found(parts.steps), *others)
        left = self.checks.check_words(parts.steps, parts.contracts)
        return left if isinstance(left, Question) else parts.build(left)

    async def _plan_call(self, at: int, call: Call, contract: Contract) -> Trouble | None:
        judged_by: list[LocatedRecord] = []
        if call.condition is not None:
            judged = await self.checks.check_tests(at, call.condition, call, contract)
            if isinstance(judged, Question):
                return judged
            holds, told, judged_by = judged
            if holds != call.condition.holds:
                self.parts.unmet.append(told)
                return None
            self.parts.reasons.append(f"The condition {'holds' if holds else 'does not hold'}: {told}")
        records = await self._find_records(at, call, contract)
        if isinstance(records, Question):
            return records
        fanned = next(
            (name for name, found in records.items() if len(found) > 1 and not _is_array(contract, name)), None
        )
        groups = [records] if fanned is None else [{**records, fanned: (each,)} for each in records[fanned]]
        if len(groups) + len(self.parts.steps) > MAX_STEPS:
            return refuse_too_many(len(groups) + len(self.parts.steps))
        if fanned is not None:
            found = records[fanned]
            argument = call.arguments[fanned]
            states = count_states(argument.reference, found) if isinstance(argument, RecordArgument) else ""
            what = f"{format_count(len(found), found[0].kind)}{f' ({states})' if states else ''}"
            self.parts.reasons.append(f"These are {what}, with a call for each.")
        for group in groups:
            before = len(self.parts.steps)
            trouble = await self._plan_step(at, call, contract, group, judged_by)
            if trouble is None and len(self.parts.steps) > before:
                trouble = self._find_second_value(at, contract, group, fanned)
            if trouble is not None:
                return trouble
        return None

    def _find_second_value(
        self, at: int, contract: Contract, group: Mapping[str, tuple[LocatedRecord, ...]], fanned: str | None
    ) -> Refusal | None:
        """Refuses a record of a set that another call of the same action also names ("all of them to Ada, 7 to Bo"). It
        isn't known which value is meant."""
        for one in [group[fanned][0]] if fanned else [found[0] for found in group.values() if len(found) == 1]:
            first, set_before = self.called_for.setdefault((contract.name, one.key), (at, fanned is not None))
            if first != at and (set_before or fanned is not None):
                detail = f"{one.label} stands twice under “{contract.title}”, with different values."
                return Refusal(code="invalid", detail=f"{detail} Say what it should be; nothing was done.")
        return None

    async def _plan_step(
        self,
        at: int,
        call: Call,
        contract: Contract,
        records: Mapping[str, tuple[LocatedRecord, ...]],
        judged_by: Sequence[LocatedRecord],
    ) -> Trouble | None:
        pinned: dict[str, Pinned] = {of: each if _is_array(contract, of) else each[0] for of, each in records.items()}
        draft = Draft(action=contract.name, version=contract.version)
        slots = Slots(at, draft, contract, self.request, self.unclaimed, pinned, guesses=False)
        slots.rests_on += judged_by
        trouble = await self._fill(slots, call, contract, records, pinned) or check_counted(slots) or check_fit(slots)
        if trouble is not None:
            return trouble
        if slots.spread:
            return await self._plan_each(slots, call, records, judged_by)
        self.on_phase("checking")
        if (over := self.checks.check_limits(slots)) is not None:
            return over
        if isinstance(decided := await self.parts.decide(slots), Refusal):
            return decided
        step, decision = decided
        if self.parts.stands(step):
            return None
        already = find_already_so(slots) if self.request.given is None else None
        if (twice := refuse_second_value(contract, step, self.parts.steps, self.parts.unchanged)) is not None:
            return twice
        self.instead = self.instead or ask_what_instead(slots)
        self.parts.add(contract, step, decision, already)
        worded = [name for name in contract.properties if contract.annotation(name).compose]
        self.parts.reasons += evidence.list_reasons_to_hold(step.filled, worded)
        return None

    async def _plan_each(
        self,
        slots: Slots,
        call: Call,
        records: Mapping[str, tuple[LocatedRecord, ...]],
        judged_by: Sequence[LocatedRecord],
    ) -> Trouble | None:
        """A call for each record that an answer names."""
        name, values = next(iter(slots.spread.items()))
        found = [each for each in values if isinstance(each, LocatedRecord)]
        if len(found) < len(values) or len(slots.spread) > 1 or len(found) + len(self.parts.steps) > MAX_STEPS:
            return slots.ask(name, f"{slots.label(name)} takes fewer at once. Which?", "ambiguous")
        self.parts.reasons.append(f"These are {format_count(len(found), found[0].kind)}, with a call for each.")
        for each in found:
            group = {**records, name: (each,)}
            if (trouble := await self._plan_step(slots.at, call, slots.contract, group, judged_by)) is not None:
                return trouble
        return None

    async def _fill(
        self,
        slots: Slots,
        call: Call,
        contract: Contract,
        records: Mapping[str, tuple[LocatedRecord, ...]],
        pinned: dict[str, Pinned],
    ) -> Trouble | None:
        """Fills the slots of a call from its arguments.

        Records and what they give come first, because an amount is read in the currency of its invoice. Computed values
        and relative answers come after the values they are computed from.
        """
        first, later = self._order_arguments(slots, call, contract, records)
        relative = find_relative_answers(slots)
        computed = find_computed_answers(slots, contract, self.request, self.query.kinds)
        if (trouble := await self._read_arguments(first, slots, call, contract, records, pinned)) is not None:
            return trouble
        filling = DraftFilling(slots, self.lookup)
        trouble = await filling.fill_records() or filling.fill_values(but=[*later, *relative, *computed])
        if trouble is not None:
            return trouble
        if relative:
            await self._read_relative(slots, contract, call, records, relative, pinned)
        answered = call.model_copy(update={"arguments": {**call.arguments, **computed}})
        names = [*later, *computed]
        if (trouble := await self._read_arguments(names, slots, answered, contract, records, pinned)) is not None:
            return trouble
        return filling.fill_values(only=[*names, *relative, *slots.currencies]) or await filling.fill_missing()

    def _order_arguments(
        self, slots: Slots, call: Call, contract: Contract, records: Mapping[str, tuple[LocatedRecord, ...]]
    ) -> tuple[list[str], list[str]]:
        """The arguments still to read: those to read at once, and those to read once the records are known. An answer
        replaces its argument."""
        first: list[str] = []
        later: list[str] = []
        for name, argument in call.arguments.items():
            if name in records or name not in contract.properties:
                continue
            if find_answer(self.request, slots.slot(name)) is not None:
                continue
            annotation = contract.annotation(name)
            if annotation.record is not None and isinstance(argument, RecordArgument):
                continue
            waits = annotation.currency_from or isinstance(argument, ComputedArgument)
            (later if waits else first).append(name)
        return first, later

    async def _read_arguments(
        self,
        names: Sequence[str],
        slots: Slots,
        call: Call,
        contract: Contract,
        records: Mapping[str, tuple[LocatedRecord, ...]],
        pinned: dict[str, Pinned],
    ) -> Trouble | None:
        """Reads the values of these arguments into ``pinned``."""
        for name in names:
            value = await self.values.value(slots, contract, name, call.arguments[name], records)
            if isinstance(value, Question | Refusal):
                return value
            if value is not None:
                pinned[name] = value
            else:
                self.checks.left_out.add((slots.at, name))
        return None

    async def _read_relative(
        self,
        slots: Slots,
        contract: Contract,
        call: Call,
        records: Mapping[str, tuple[LocatedRecord, ...]],
        relative: Mapping[str, RelativeAnswers],
        pinned: dict[str, Pinned],
    ) -> None:
        """Applies answers that say how much less or more. They apply to the value said before, or else to the
        record's."""
        for name, said in relative.items():
            argument = call.arguments.get(name)
            before: Any = None
            if said.base is not None:
                before = read_words(slots.parameter(name), said.base, self.request.now)
            elif argument is not None:
                before = await self.values.value(slots, contract, name, argument, records)
            else:
                before = derive(slots, slots.parameter(name))
            made = said.apply(slots.parameter(name), before.value if isinstance(before, Read) else None)
            if made is not None:
                pinned[name] = made

    # ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _find_records(
        self, at: int, call: Call, contract: Contract
    ) -> dict[str, tuple[LocatedRecord, ...]] | Question:
        """The records of the arguments that refer to one. An argument that refers to another comes after it."""
        wanted = {
            name: argument.reference
            for name, argument in call.arguments.items()
            if isinstance(argument, RecordArgument) and name in contract.properties
        }
        found: dict[str, tuple[LocatedRecord, ...]] = {}
        for name in sorted(wanted, key=lambda name: _count_depth(name, wanted, contract)):
            annotation = contract.annotation(name)
            kind = self.query.kinds.get(annotation.record or "")
            if kind is None:
                continue
            reference = wanted[name]
            if isinstance(reference, Find) and annotation.of in found:
                # The contract says whose it is: an order's item is searched for within that order.
                owner = BelongsTo(owner=Handle(handle=f"@{annotation.of}"))
                reference = reference.model_copy(update={"where": (*reference.where, owner)})
            most = MAX_STEPS
            if _is_array(contract, name):
                most = min(int(contract.properties[name].get("maxItems", MOST - 1)), MOST - 1)
            elif isinstance(reference, Find) and reference.pick == "one":
                most = 1
            need = RecordQuery(
                f"{at}.{name}", name, kind, annotation.filter, annotation.order, most, action=contract.name
            )
            outcome = await find_call_records(self.query, need, reference, found, call, contract)
            if isinstance(outcome, Question):
                return self._name_unread(outcome, kind, reference)
            support = rate_support(reference, self.typed, self.query.kinds)
            if support != "typed" and find_answer(self.request, need.slot) is None:
                if support == "none":
                    records = [each.record for each in outcome]
                    lead = f"No words of yours name {'it' if len(records) == 1 else 'them'}. Is it"
                    return questions.ask_between(need.slot, name, kind, records, "", lead=lead)
                label = questions.label_parameter(name, contract.properties[name], annotation)
                self.parts.reasons.append(f"The model worked out {label} by itself; check that it is the right one.")
            if len(outcome) == 1 and self._goes_unnamed(contract, kind, reference):
                self.parts.reasons.append(f"You named no {name_kind(kind)}; this goes to {outcome[0].label}.")
            if outcome:
                found[name] = outcome
                for each in outcome:
                    self.query.context.scene.add(each)
        return found

    def _goes_unnamed(self, contract: Contract, kind: RecordKind, reference: Any) -> bool:
        """Whether a text goes to a record that was found by its owner alone ("remind Ada to pay 42" as a reply to her
        one ticket)."""
        if not isinstance(reference, Find) or not any(note.compose for note in contract.annotations.values()):
            return False
        owned = reference.said is None and any(isinstance(each, BelongsTo) for each in reference.where)
        typed = set(stem_text(self.request.text))
        return owned and typed.isdisjoint(root for noun in kind.nouns for root in stem_text(noun))

    def _name_unread(self, asked: Question, kind: RecordKind, reference: Any) -> Question:
        """Changes the question about a set if its description wasn't understood. That is asked before the number of
        records."""
        unread = self.proposal.left_over
        if not unread or asked.candidates or not isinstance(reference, Find) or reference.pick == "one":
            return asked
        whole = [each for each in unread if not any(each in other for other in unread if other != each)]
        text = f"I can't tell what {questions.quote_several(whole)} says here."
        text = f"{text} Say in other words which {name_kinds(kind)} you mean."
        return asked.model_copy(update={"text": text})


def _count_depth(name: str, wanted: Mapping[str, Any], contract: Contract, seen: frozenset[str] = frozenset()) -> int:
    """How many of the call's own arguments must be found before this one: those it refers to, and its owner."""
    above = _list_handles(wanted[name], wanted) | ({contract.annotation(name).of} & set(wanted))
    return 1 + max(
        (_count_depth(str(each), wanted, contract, seen | {name}) for each in above - seen - {name}), default=0
    )


def _list_handles(reference: Any, own: Mapping[str, Any]) -> set[str]:
    """The arguments of the same call that a reference refers to."""
    return set(re.findall(r'"handle":"@([^"]+)"', reference.model_dump_json())) & set(own)


def _is_array(contract: Contract, name: str) -> bool:
    schema = contract.properties.get(name)
    return isinstance(schema, Mapping) and schema.get("type") == "array"
