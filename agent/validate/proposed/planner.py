"""Planner of proposals: arguments are read, calls filled, checked and decided; all of them become a plan, or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.extract.limits import explain_excess
from agent.pipeline import Draft, PhaseCallback, Plan, Question, Refusal, Request, Span, Step, ignore_phase
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
from agent.query import Query
from agent.query.context import NOTHING_EARLIER, EarlierArguments, RecordKey
from agent.validate import evidence, questions
from agent.validate.coverage.described_only import only_finds
from agent.validate.coverage.typed_words import TypedWords, rate_support
from agent.validate.coverage.unclaimed_text import UnclaimedText
from agent.validate.filling import DraftFilling
from agent.validate.payload import digest_plan
from agent.validate.plan_builder import MAX_STEPS, check_fit, make_step, refuse_too_many, refuse_unsendable
from agent.validate.policy import Decision, authorize, confirm_nothing, counts_in_session, decide
from agent.validate.proposed.checks import PlanChecks, find_empty_lists
from agent.validate.proposed.relative_answers import RelativeAnswers, find_relative_answers
from agent.validate.proposed.values import ArgumentValues
from agent.validate.records.located import MOST, LocatedRecord, RecordQuery, RecordScope, format_count, name_kinds
from agent.validate.records.lookup import Lookup
from agent.validate.scalar_values import derive
from agent.validate.slots import Pinned, Read, Slots, Trouble, find_answer, read_words
from core.actor import Actor
from core.errors import InvalidInput, NotCanonical
from registry.catalogue import Catalogue
from registry.conditions import condition as conditions
from registry.contract import Contract
from registry.records import Kinds, RecordKind

_MOST_UNREAD = 3


@dataclass
class _Planned:
    """What has been planned so far."""

    steps: list[Step] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    used: list[Span] = field(default_factory=list)
    done: dict[tuple[str, RecordKey], tuple[int, bool]] = field(default_factory=dict)
    """For which record an action is called, by which of the calls, and whether that one is for a set."""


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
    """A plan whose every value is proven or shown, or the first thing that stands in the way. ``proposal`` holds a
    plan; ``thread`` maps handles to records, ``earlier`` those of calls to their arguments, ``evaluator`` judges the
    policies' conditions. Raises core.errors.PlatformUnavailable."""
    assert isinstance(proposal.result, PlanResult)
    reach = RecordScope(kinds, actor, request.surface)
    query = Query(request, reach, thread=thread or {}, earlier=earlier, on_phase=on_phase)
    planner = _Planner(request, proposal, query, catalogue, actor, run_id, confirmed_in_session, on_phase, evaluator)
    return await planner.plan(proposal.result.calls)


class _Planner:
    def __init__(
        self,
        request: Request,
        proposal: Proposal,
        query: Query,
        catalogue: Catalogue,
        actor: Actor,
        run_id: str,
        confirmed_in_session: Callable[[str], bool],
        on_phase: PhaseCallback,
        policies: conditions.Evaluator,
    ) -> None:
        self.policies = policies
        self.request, self.proposal, self.query, self.catalogue = request, proposal, query, catalogue
        self.actor, self.run_id, self.confirmed, self.on_phase = actor, run_id, confirmed_in_session, on_phase
        self.unclaimed = UnclaimedText(request.model_copy(update={"text": ""}), [], tuple(query.kinds))
        self.lookup = Lookup(request, self.unclaimed, query.context.reach, query.context.scene, on_phase)
        self.typed = TypedWords(request)
        self.values = ArgumentValues(request, query, self.typed)
        self.checks = PlanChecks(request, proposal, query, self.typed, catalogue)
        self.made = _Planned()

    async def plan(self, calls: Sequence[Call]) -> Plan | Question | Refusal:
        if len(calls) > MAX_STEPS:
            return refuse_too_many(len(calls))
        for answer in self.request.answers:
            if (why := explain_excess(answer.text or "")) is not None:
                return Refusal(code="too_complex", detail=why)
        for at, call in enumerate(calls):
            contract = self.catalogue.get(call.action)
            version = contract.version if contract is not None else 1
            contract_or_refusal = authorize(
                self.catalogue, call.action, version, actor=self.actor, surface=self.request.surface
            )
            if isinstance(contract_or_refusal, Refusal):
                return contract_or_refusal
            trouble = await self._plan_call(at, call, contract_or_refusal)
            if at == len(calls) - 1 and (left_out := self._leave_for_what_is_found(contract_or_refusal, trouble)):
                self.made.reasons.append(left_out)
                break
            if trouble is not None:
                return trouble
        made = self.made
        if not made.steps:
            told = " ".join(dict.fromkeys(made.idle[:3]))
            return Refusal(code="condition_unmet", detail=f"{told} There is nothing to do.".strip())
        pinned = {(pin.record_kind, pin.record_id): pin.label for step in made.steps for pin in step.pins}
        made.reasons += [
            f"You wrote {questions.quote_words(words)}; this is {pinned[each]}."
            for each, words in self.query.records.slips.items()
            if each in pinned
        ]
        to_tell = self.checks.check_coverage(made.steps, made.contracts)
        if isinstance(to_tell, Question):
            return to_tell
        made.reasons += to_tell
        held = [
            *dict.fromkeys(decision.why for decision in made.decisions if decision.why is not None),
            *dict.fromkeys(made.reasons),
        ]
        steps = tuple(made.steps)
        return Plan(
            run_id=self.run_id,
            steps=steps,
            held=tuple(held),
            approvals=max(1 if held else 0, *(decision.approvals for decision in made.decisions)),
            expires_s=min(contract.confirmation.expires_s for contract in made.contracts),
            digest=digest_plan(steps, run_id=self.run_id, actor=self.actor, surface=self.request.surface),
            pieces=self.checks.find_open_words(made.steps, made.contracts),
        )

    def _leave_for_what_is_found(self, contract: Contract, trouble: Trouble | None) -> str:
        """What the card says where the last call of plain functions lacks a value that the calls before it may find
        first ("look for pop, then play a track"): nobody is asked for that yet. Else nothing."""
        name = trouble.param if isinstance(trouble, Question) and trouble.code == "missing" else None
        plain = not any(note.record is not None for note in contract.annotations.values())
        if name is None or not (plain and self.made.contracts and all(map(only_finds, self.made.contracts))):
            return ""
        label = questions.label_parameter(name, contract.properties[name], contract.annotation(name))
        return f"{questions.quote_words(contract.title)} is left out for now: nothing says its {label} yet."

    async def _plan_call(self, at: int, call: Call, contract: Contract) -> Trouble | None:
        judged_by: list[LocatedRecord] = []
        if call.condition is not None:
            judged = await self.checks.check_tests(at, call.condition)
            if isinstance(judged, Question):
                return judged
            holds, told, judged_by = judged
            (self.made.reasons if holds == call.condition.holds else self.made.idle).append(told)
            if holds != call.condition.holds:
                return None
        records = await self._find_records(at, call, contract)
        if isinstance(records, Question):
            return records
        fanned = next(
            (name for name, found in records.items() if len(found) > 1 and not _is_array(contract, name)), None
        )
        groups = [records] if fanned is None else [{**records, fanned: (each,)} for each in records[fanned]]
        if len(groups) + len(self.made.steps) > MAX_STEPS:
            return refuse_too_many(len(groups) + len(self.made.steps))
        if fanned is not None:
            found = records[fanned]
            self.made.reasons.append(f"This is {format_count(len(found), found[0].kind)}, with a call for each.")
        for group in groups:
            before = len(self.made.steps)
            trouble = await self._plan_step(at, call, contract, group, judged_by)
            if trouble is None and len(self.made.steps) > before:
                trouble = self._find_second_value(at, contract, group, fanned)
            if trouble is not None:
                return trouble
        return None

    def _find_second_value(
        self, at: int, contract: Contract, group: Mapping[str, tuple[LocatedRecord, ...]], fanned: str | None
    ) -> Refusal | None:
        """A record of a set that another call of the same action is for too, with another value ("all of them to Ada,
        7 to Bo"): which of the two is meant can't be told."""
        for one in [group[fanned][0]] if fanned else [found[0] for found in group.values() if len(found) == 1]:
            first, set_before = self.made.done.setdefault((contract.name, one.key), (at, fanned is not None))
            if first != at and (set_before or fanned is not None):
                detail = f"{one.label} stands twice under “{contract.title}”, with different values."
                return Refusal(code="invalid", detail=f"{detail} Say what it shall be; nothing was done.")
        return None

    async def _plan_step(
        self,
        at: int,
        call: Call,
        contract: Contract,
        records: Mapping[str, tuple[LocatedRecord, ...]],
        judged_by: Sequence[LocatedRecord],
    ) -> Trouble | None:
        pinned: dict[str, Pinned] = {
            name: found if _is_array(contract, name) else found[0] for name, found in records.items()
        }
        draft = Draft(action=contract.name, version=contract.version)
        slots = Slots(at, draft, contract, self.request, self.unclaimed, pinned, guesses=False)
        slots.rests_on += judged_by
        later: list[str] = []
        relative = find_relative_answers(slots)
        for name, argument in call.arguments.items():
            if (
                name in records
                or find_answer(self.request, slots.slot(name)) is not None
                or name not in contract.properties
            ):
                continue
            if contract.annotation(name).record is not None and isinstance(argument, RecordArgument):
                continue
            if contract.annotation(name).currency_from or isinstance(argument, ComputedArgument):
                later.append(name)
                continue
            value = await self.values.value(slots, contract, name, argument, records)
            if isinstance(value, Question | Refusal):
                return value
            if value is not None:
                pinned[name] = value
        pinned |= find_empty_lists(slots, contract, pinned)
        filling = DraftFilling(slots, self.lookup)
        # Records and what follows from them come first: an amount is read in the currency of its invoice.
        trouble = await filling.fill_records() or filling.fill_values(but=[*later, *relative])
        if trouble is None and relative:
            await self._read_relative(slots, contract, call, records, relative, pinned)
        for name in later if trouble is None else ():
            value = await self.values.value(slots, contract, name, call.arguments[name], records)
            if isinstance(value, Question | Refusal):
                return value
            if value is not None:
                pinned[name] = value
        trouble = (
            trouble or filling.fill_values(only=[*later, *relative]) or await filling.fill_missing() or check_fit(slots)
        )
        if trouble is not None:
            return trouble
        self.on_phase("checking")
        if (over := self.checks.check_limits(slots)) is not None:
            return over
        earlier = self.confirmed if counts_in_session(contract, self.actor) else confirm_nothing
        decision = await decide(
            contract, slots.params, slots.fields, earlier, self.policies, workspace=self.actor.workspace
        )
        try:
            step = make_step(slots, decision, catalogue=self.catalogue, run_id=self.run_id, actor=self.actor)
        except (InvalidInput, NotCanonical) as error:
            return refuse_unsendable(contract, error)
        if any(each.action == step.action and _list_values(each) == _list_values(step) for each in self.made.steps):
            self.made.reasons.append(
                f"“{contract.title}” was asked for twice with the same values; it stands here once."
            )
            return None
        self.made.steps.append(step)
        self.made.decisions.append(decision)
        self.made.contracts.append(contract)
        self.made.reasons += evidence.list_reasons_to_hold(step.filled)
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
        """Answers that say how much less or more: of the value that was said before, else of the one that the record
        gives."""
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
        """The records of the arguments that refer to one; those that speak of another argument's after it."""
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
                # Whose it is the contract says: an order's item is looked for among that order's.
                owner = BelongsTo(owner=Handle(handle=f"@{annotation.of}"))
                reference = reference.model_copy(update={"where": (*reference.where, owner)})
            most = MAX_STEPS
            if _is_array(contract, name):
                most = min(int(contract.properties[name].get("maxItems", MOST - 1)), MOST - 1)
            elif isinstance(reference, Find) and reference.pick == "one":
                most = 1
            need = RecordQuery(f"{at}.{name}", name, kind, annotation.filter, annotation.order, most)
            outcome = await self.query.records.find(need, reference, found)
            if isinstance(outcome, Question):
                return self._name_unread(outcome, kind, reference)
            support = rate_support(reference, self.typed, self.query.kinds)
            if support != "typed" and find_answer(self.request, need.slot) is None:
                if support == "none":
                    records = [each.record for each in outcome]
                    lead = f"No words of yours name {'it' if len(records) == 1 else 'them'}. Is it"
                    return questions.ask_between(need.slot, name, kind, records, "", lead=lead)
                label = questions.label_parameter(name, contract.properties[name], annotation)
                self.made.reasons.append(f"The model worked out {label} by itself; check that it is the right one.")
            if outcome:
                found[name] = outcome
                for each in outcome:
                    self.query.context.scene.add(each)
        return found

    def _name_unread(self, asked: Question, kind: RecordKind, reference: Any) -> Question:
        """What is asked of a set of which something was said that nobody understood: that goes before how many it would
        be."""
        unread = self.proposal.left_over
        if not unread or asked.candidates or not isinstance(reference, Find) or reference.pick == "one":
            return asked
        whole = [each for each in unread if not any(each in other for other in unread if other != each)]
        words = ", ".join(questions.quote_words(each) for each in whole[:_MOST_UNREAD])
        text = f"I can't tell what {words} says here. Say in other words which {name_kinds(kind)} are meant."
        return asked.model_copy(update={"text": text})


def _count_depth(name: str, wanted: Mapping[str, Any], contract: Contract, seen: frozenset[str] = frozenset()) -> int:
    """How many of the call's own arguments must be found before this one: those it speaks of, and its owner."""
    above = _list_handles(wanted[name], wanted) | ({contract.annotation(name).of} & set(wanted))
    return 1 + max(
        (_count_depth(str(each), wanted, contract, seen | {name}) for each in above - seen - {name}), default=0
    )


def _list_handles(reference: Any, own: Mapping[str, Any]) -> set[str]:
    """The arguments of the same call that a reference speaks of."""
    names = set(re.findall(r'"handle":"@([^"]+)"', reference.model_dump_json()))
    return names & set(own)


def _list_values(step: Step) -> dict[str, Any]:
    return {each.param: each.value for each in step.filled}


def _is_array(contract: Contract, name: str) -> bool:
    schema = contract.properties.get(name)
    return isinstance(schema, Mapping) and schema.get("type") == "array"
