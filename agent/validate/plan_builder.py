"""Plan builder: authorizes, fills, checks and decides every draft. All of them become one plan, or none does.

One request may become several calls on one card ("close all of her tickets").
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from agent.extract.limits import explain_excess
from agent.pipeline import (
    Candidate,
    Draft,
    Fault,
    GivenSource,
    ParameterValue,
    PhaseCallback,
    Plan,
    PromptSource,
    Question,
    RecordSource,
    Refusal,
    Request,
    Span,
    Step,
    Unchanged,
    ignore_phase,
)
from agent.query.other_words import explain_choices
from agent.query.references import Query
from agent.validate import supplied_values
from agent.validate.consent import explain_unclear, has_consent
from agent.validate.coverage.unclaimed_text import UnclaimedText
from agent.validate.coverage.unused_words import find_joined, find_unused_words, quote_spans
from agent.validate.filling import DraftFilling
from agent.validate.guessed_hours import list_guessed
from agent.validate.payload import Misfit, call_request, digest_plan, find_misfits, preview
from agent.validate.policy import Decision, authorize, confirm_nothing, counts_in_session, decide
from agent.validate.questions import REST, join, quote_words
from agent.validate.questions import quote_words as quote
from agent.validate.records.located import MOST, LocatedRecord, RecordScope, format_count
from agent.validate.records.lookup import Lookup
from agent.validate.sent_texts import list_cautions
from agent.validate.slots import Pinned, Read, Slots, Trouble, format_parameter
from agent.validate.unchanged import AlreadySo, find_already_so
from agent.validate.unsaid import NOTHING_UNSAID, Unsaid
from agent.validate.unsent_currencies import list_unsent_currencies
from core import ids
from core.actor import Actor
from core.display_text import to_display_text
from core.errors import InvalidInput, NotCanonical
from registry.catalogue import Catalogue
from registry.conditions.condition import CheapOnly, Evaluator
from registry.contract import Contract, Risk
from registry.endpoints.types import HttpEndpoint, McpEndpoint
from registry.records import Kinds

_SHOWN = 5


def list_combinations(
    spread: Mapping[str, tuple[LocatedRecord | Read, ...]],
) -> Sequence[Mapping[str, LocatedRecord | Read]]:
    """The parameter values of every further call. The first value of each parameter belongs to the call that already
    exists."""
    names = list(spread)
    return [dict(zip(names, each, strict=True)) for each in itertools.product(*spread.values())][1:]


def explain_each(slots: Slots) -> Iterator[str]:
    """Why several calls wait for a person, whatever the contract's policy: how many they are, and which."""
    for name, values in slots.spread.items():
        words = slots.words(name)
        found = [each for each in values if isinstance(each, LocatedRecord)]
        shown = [each.label for each in found] or [each.shown for each in values if isinstance(each, Read)]
        what = (
            format_count(len(found), found[0].kind) if found else f"{len(values)} values of {slots.label_within(name)}"
        )
        more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        which = f"{', '.join(shown[:_SHOWN])}{more}" if more else join(shown, "and")
        opening = f"{quote_words(words.text)} means" if words is not None else "That means"
        yield f"{opening} {what}, with a call for each: {which}."


MAX_STEPS: Final = 20
CHEAP_ONLY: Final = CheapOnly()
_CONDITION_UNREAD: Final = "An earlier version read a condition here. Say the request again; nothing was sent."


@dataclass
class PlanParts:
    """The parts of a plan under construction: its steps, the decisions of their contracts' policies, and the reasons to
    hold it.

    ``confirmed_in_session`` says whether a contract digest was confirmed in this session. ``evaluator`` judges the
    policies' conditions. ``idle`` lists what would change nothing, ``unmet`` what is so where a condition isn't met,
    ``unchanged`` the steps whose records have every value.
    """

    request: Request
    run_id: str
    actor: Actor
    catalogue: Catalogue
    confirmed_in_session: Callable[[str], bool]
    evaluator: Evaluator
    steps: list[Step] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    unchanged: dict[int, AlreadySo] = field(default_factory=dict)

    def authorize(self, action: str, version: int) -> Contract | Refusal:
        return authorize(self.catalogue, action, version, actor=self.actor, surface=self.request.surface)

    async def decide(self, slots: Slots) -> tuple[Step, Decision] | Refusal:
        """The step of filled slots with the decision of its contract's policy. A refusal if it can't be sent."""
        contract = slots.contract
        earlier = self.confirmed_in_session if counts_in_session(contract, self.actor) else confirm_nothing
        decision = await decide(
            contract, slots.params, slots.fields, earlier, self.evaluator, workspace=self.actor.workspace
        )
        try:
            step = make_step(slots, decision, catalogue=self.catalogue, run_id=self.run_id, actor=self.actor)
        except (InvalidInput, NotCanonical) as error:
            return refuse_unsendable(contract, error)
        return step, decision

    def add(self, contract: Contract, step: Step, decision: Decision, already: AlreadySo | None = None) -> None:
        if already is not None:
            self.unchanged[len(self.steps)] = already
            self.reasons += [f"{already.told}, {already.kept}."] if already.kept else []
        if self.request.given is None:
            self.reasons += [*list_cautions(self.request, contract, step), *list_guessed(contract, step)]
            self.reasons += list_unsent_currencies(self.request, contract, step)
        self.contracts.append(contract)
        self.steps.append(step)
        self.decisions.append(decision)

    def stands(self, step: Step) -> bool:
        """Whether a step was planned already with the same values. The card says so."""
        values = [(each.param, each.value) for each in step.filled]
        alike = [each for each in self.steps if each.action == step.action]
        found = any([(one.param, one.value) for one in each.filled] == values for each in alike)
        self.reasons += [f"“{step.title}” was asked for twice with the same values; it stands here once."] * found
        return found

    def refuse_empty(self) -> Refusal:
        """Refuses a plan without steps: everything is already as asked, or the condition doesn't hold."""
        told = " ".join(dict.fromkeys((self.unmet or self.idle)[:_SHOWN]))
        detail = f"Nothing was done: {told}" if self.unmet else f"{told} Nothing was done.".strip()
        return Refusal(code="condition_unmet", detail=detail)

    def build(self, unsaid: Unsaid = NOTHING_UNSAID) -> Plan:
        """The plan of the steps, of which there is at least one, with what the card says of words that it leaves
        unsaid."""
        plan = self._build(range(len(self.steps)), self.reasons, unsaid)
        if not self.unchanged:
            return plan
        sure = {at: each for at, each in self.unchanged.items() if not each.kept}
        unchanged, reasons = sure or self.unchanged, self.reasons
        if not sure:  # what is said of the copies doesn't hold for the rest
            reasons = [each for each in reasons if each not in {f"{so.told}, {so.kept}." for so in unchanged.values()}]
        told = [each.told for each in unchanged.values()]
        shown = tuple(f"{each}." for each in told[:_SHOWN])
        more = (f"The same goes for {len(told) - _SHOWN} more.",) if len(told) > _SHOWN else ()
        left = [at for at in range(len(self.steps)) if at not in unchanged]
        rest: Plan | Refusal
        records = frozenset(found.key for each in unchanged.values() for found in each.records)
        if left:
            told = [*shown, *more, f"{'It is' if len(told) == 1 else 'They are'} left out."]
            rest = self._build(left, (*reasons, " ".join(told)), unsaid)
        else:
            detail = " ".join([*self.idle[:_SHOWN], *shown, *more, "Nothing was done."])
            rest = Refusal(code="condition_unmet", detail=detail, about=min(records) if len(records) == 1 else None)
        out = Unchanged(told=(*shown, *more), records=records, rest=rest, sure=bool(sure))
        return plan.model_copy(update={"unchanged": out})

    def _build(self, places: Sequence[int], reasons: Sequence[str], unsaid: Unsaid) -> Plan:
        decisions = [self.decisions[at] for at in places]
        required = [decision.why for decision in decisions if decision.why is not None]
        held = tuple(dict.fromkeys([*required, *reasons, *unsaid.told])) or unsaid.slight
        steps = tuple(self.steps[at] for at in places)
        return Plan(
            run_id=self.run_id,
            steps=steps,
            held=held,
            approvals=max(1 if held else 0, *(decision.approvals for decision in decisions)),
            expires_s=min(self.contracts[at].confirmation.expires_s for at in places),
            digest=digest_plan(steps, run_id=self.run_id, actor=self.actor, surface=self.request.surface),
            pieces=unsaid.pieces,
        )


def refuse_excess(request: Request, calls: int) -> Refusal | None:
    """Refuses a request that is too much to plan at once: too many calls, or answers that are too long to read."""
    if calls > MAX_STEPS:
        return refuse_too_many(calls)
    excess = next((why for each in request.answers if (why := explain_excess(each.text or "")) is not None), None)
    return Refusal(code="too_complex", detail=excess) if excess is not None else None


async def validate(
    request: Request,
    drafts: Sequence[Draft],
    *,
    run_id: str,
    actor: Actor,
    catalogue: Catalogue,
    kinds: Kinds,
    confirmed_in_session: Callable[[str], bool],
    on_phase: PhaseCallback = ignore_phase,
    evaluator: Evaluator = CHEAP_ONLY,
) -> Plan | Question | Refusal:
    """Validates drafts: returns a plan whose every value has a source, or the first question or refusal in the drafts'
    order.

    Live records are read here and nowhere else, and go into the plan. ``confirmed_in_session`` says whether a contract
    digest was confirmed in this session. ``on_phase`` is called as look-ups and checks begin. ``evaluator`` judges the
    policies' conditions. Raises core.errors.PlatformUnavailable if a look-up gets no answer.
    """
    if not drafts:
        return Refusal(code="no_match", detail="There is nothing to do in that; nothing was sent.")
    if (excess := refuse_excess(request, len(drafts))) is not None:
        return excess
    if any(draft.condition is not None for draft in drafts):
        return Refusal(code="condition_unmet", detail=_CONDITION_UNREAD)
    parts = PlanParts(request, run_id, actor, catalogue, confirmed_in_session, evaluator)
    allowed: list[tuple[Draft, Contract]] = []
    for draft in drafts:
        contract = parts.authorize(draft.action, draft.version)
        if isinstance(contract, Refusal):
            return contract
        allowed.append((draft, contract))
    unclaimed = UnclaimedText(request, allowed, kinds)
    query = Query(request, RecordScope(kinds, actor, request.surface), on_phase=on_phase)
    lookup = Lookup(query, unclaimed)
    for at, (draft, contract) in enumerate(allowed):
        trouble = await _add_calls(parts, partial(Slots, at, draft, contract, request, unclaimed), lookup, on_phase)
        if trouble is not None:
            return trouble
    if not parts.steps:
        return parts.refuse_empty()
    pins = [(pin.record_kind, pin.record_id, pin.label) for step in parts.steps for pin in step.pins]
    parts.reasons += explain_choices(query.context, pins)
    return _check_unused_words(parts, allowed, kinds) or parts.build()


async def _add_calls(
    parts: PlanParts, open_slots: Callable[[Mapping[str, Pinned]], Slots], lookup: Lookup, on_phase: PhaseCallback
) -> Trouble | None:
    """Adds the calls of one draft: one call, or one for each of several values or records. Returns what stands in the
    way."""
    wanted: list[Mapping[str, Pinned]] = [{}]
    for pinned in wanted:
        slots = open_slots(pinned)
        trouble = await DraftFilling(slots, lookup).fill() or check_fit(slots)
        if isinstance(trouble, Question) and parts.request.given is not None and not parts.request.answers:
            return supplied_values.refuse_question(slots, trouble)
        if trouble is not None:
            return trouble
        if slots.spread and not pinned:
            wanted += list_combinations(slots.spread)
            parts.reasons += explain_each(slots)
        already = find_already_so(slots)
        if already is not None and not already.kept and len(wanted) > 1:
            parts.idle.append(f"{already.told}.")
            continue
        if len(parts.steps) >= MAX_STEPS or len(wanted) > MAX_STEPS:
            return refuse_too_many(len(parts.steps) + len(wanted))
        on_phase("checking")
        decided = await parts.decide(slots)
        if isinstance(decided, Refusal):
            return decided
        # A call that is given as data may well be made again.
        parts.add(slots.contract, *decided, already if parts.request.given is None else None)
    return None


def _check_unused_words(parts: PlanParts, allowed: Sequence[tuple[Draft, Contract]], kinds: Kinds) -> Question | None:
    """Holds the plan if it leaves words of the request unused, or asks whether to do the rest without them. Calls that
    only read are exempt."""
    drafts, contracts = [draft for draft, _ in allowed], [contract for _, contract in allowed]
    left = find_unused_words(parts.request, drafts, contracts, parts.steps, tuple(kinds))
    if not left or all(contract.risk is Risk.READ for contract in contracts):
        return None
    # If no record is meant, a joined phrase is rarely another wish. The card says that nothing comes of it.
    refers = any(contract.annotation(name).record for contract in contracts for name in contract.properties)
    also = find_joined(parts.request.text, left) if refers else ()
    if also and not has_consent(parts.request, REST):
        return _ask_about_rest(also, parts.steps, explain_unclear(parts.request, REST))
    parts.reasons.append(quote_spans(left))
    return None


def refuse_too_many(count: int) -> Refusal:
    detail = f"That is {count} actions at once; at most {MAX_STEPS} can be planned together."
    return Refusal(code="invalid", detail=detail)


def _ask_about_rest(also: Sequence[Span], steps: Sequence[Step], again: str) -> Question:
    """Asks whether to do the rest without the wishes that can't be planned."""
    words = ", ".join(quote(span.text) for span in also[:3])
    offered = Candidate(id=REST, label="Only the rest", detail="; ".join(step.preview for step in steps)[:400])
    text = f"{again}You also wrote {words}, and nothing would come of it. Should only the rest be done?"
    return Question(slot=REST, code="unclear_action", text=text, candidates=(offered,), free_text=True)


def check_fit(slots: Slots) -> Question | Refusal | None:
    """Checks values against the contract's JSON Schema, as the last check.

    Asks again for a value that a person typed. Refuses any other misfit.
    """
    unfit = list(find_misfits(slots.contract, slots.params))
    empty = {each.param for each in unfit if _is_kept_empty(slots, each.param)}
    unfit = [each for each in unfit if each.param not in empty]
    for name in empty:  # an empty address or list member stands for none
        del slots.filled[str(name)]
    given = [
        (
            filled,
            Fault(pointer=filled.source.pointer + misfit.below, code="invalid", detail=to_display_text(misfit.why)),
        )
        for misfit in unfit
        if (filled := slots.filled.get(misfit.param or "")) is not None and isinstance(filled.source, GivenSource)
    ]
    if given:
        labels = ", ".join(dict.fromkeys(f"“{filled.label}”" for filled, _ in given))
        detail = f"What was given for {labels} won't do for “{slots.contract.title}”. Nothing was sent."
        return Refusal(code="invalid", detail=detail, faults=tuple(fault for _, fault in given))
    for misfit in unfit:
        filled = slots.filled.get(misfit.param or "")
        if filled is not None and isinstance(filled.source, PromptSource):
            text = f"{_explain_misfit(slots, filled, misfit)} What should it be?"
            return slots.ask(filled.param, text, "unreadable")
        detail = f"“{slots.contract.title}” can't be sent so: {to_display_text(misfit.why)}."
        detail = detail if filled is None else _explain_misfit(slots, filled, misfit)
        return Refusal(code="invalid", detail=f"{detail} Nothing was done.")
    return None


def _explain_misfit(slots: Slots, filled: ParameterValue, misfit: Misfit) -> str:
    """Why a value won't do, with the bound that it passes as people write it."""
    for bound, way in (("minimum", "at least"), ("maximum", "at most")):
        value, most = filled.value, slots.schema(filled.param).get(bound)
        if not isinstance(value, int | float) or not isinstance(most, int | float):
            continue
        if value < most if bound == "minimum" else value > most:
            told = format_parameter(slots.parameter(filled.param), most)
            return f"“{filled.label}” must be {way} {told}, not {filled.shown}."
    return f"{filled.shown or 'An empty text'} won't do for “{filled.label}”: {to_display_text(misfit.why)}."


def _is_kept_empty(slots: Slots, name: str | None) -> bool:
    """Whether an optional value is kept from its record, where it is an empty text."""
    filled = slots.filled.get(name or "")
    kept = filled is not None and isinstance(filled.source, RecordSource) and filled.value == ""
    return kept and name not in slots.contract.parameters.get("required", ())


def refuse_unsendable(contract: Contract, error: InvalidInput | NotCanonical) -> Refusal:
    """Refuses values that the contract's request can't hold."""
    detail = f"“{contract.title}” can't be sent with these values: {error.detail} Nothing was sent."
    return Refusal(code="invalid", detail=detail)


def make_step(slots: Slots, decision: Decision, *, catalogue: Catalogue, run_id: str, actor: Actor) -> Step:
    """The step of a filled draft. Raises InvalidInput and NotCanonical for values that can't be sent."""
    contract, call_id = slots.contract, ids.make_id("act")
    request = call_request(contract, slots.params, catalogue=catalogue, call_id=call_id, run_id=run_id, actor=actor)
    endpoint = contract.endpoint
    groups = (*slots.records.values(), slots.rests_on[:MOST])
    used = [each for group in groups for found in group for each in found.all()]
    return Step(
        call_id=call_id,
        action=contract.name,
        version=contract.version,
        contract_digest=contract.digest,
        title=contract.title,
        preview=preview(contract, slots.filled, slots.fields),
        risk=contract.risk,
        policy=contract.confirmation.policy,
        approvals=decision.approvals,
        idempotent=contract.idempotent,
        url=request.url,
        timeout_s=contract.endpoint.timeout_s,
        deadline_s=contract.endpoint.deadline_s,
        filled=tuple(slots.filled[name] for name in contract.properties if name in slots.filled),
        payload=request.payload,
        method=request.method,
        headers=request.headers,
        endpoint=endpoint if isinstance(endpoint, HttpEndpoint | McpEndpoint) else None,
        pins=tuple({found.key: found.pin() for found in used}.values()),
        confirm_by=contract.confirm_by,
    )
