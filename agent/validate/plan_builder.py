"""Plan builder: drafts are authorized, filled, checked and decided; all of them become a plan, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from agent.extract.limits import explain_excess
from agent.pipeline import (
    Candidate,
    Draft,
    Fault,
    GivenSource,
    PhaseCallback,
    Plan,
    PromptSource,
    Question,
    Refusal,
    Request,
    Span,
    Step,
    ignore_phase,
)
from agent.validate import supplied_values
from agent.validate.authorization import authorize
from agent.validate.conditions import judge
from agent.validate.coverage.unclaimed_text import UnclaimedText
from agent.validate.coverage.unused_words import find_joined, find_unused_words, quote_spans
from agent.validate.fan_out import explain_each, explain_unchanged, list_combinations
from agent.validate.filling import DraftFilling
from agent.validate.payload import call_request, find_misfits, plan_digest
from agent.validate.policy import Decision, counts_in_session, decide, nothing_confirmed
from agent.validate.preview import preview
from agent.validate.questions import quote_words as quote
from agent.validate.records.located import DiscourseContext, LocatedRecord
from agent.validate.records.lookup import Lookup
from agent.validate.records.scope import RecordScope
from agent.validate.slots import Slots
from agent.validate.values import Read
from agent.validate.verified_spans import find_answer
from core import ids
from core.actor import Actor
from core.display_text import to_display_text
from core.errors import InvalidInput, NotCanonical
from registry.catalogue import Catalogue
from registry.conditions.condition import CheapOnly, Evaluator
from registry.contract import Contract, Risk
from registry.endpoints.types import HttpEndpoint, McpEndpoint
from registry.records import Kinds

MAX_STEPS: Final = 20
CHEAP_ONLY: Final = CheapOnly()
REST: Final = "rest"
"""The slot of the question whether what was understood shall be done without what wasn't."""


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
    """A plan whose every value has a source, or what stands in the way: the first question or refusal, in the order of
    the drafts.

    Live records are read here and go into the plan, nowhere else. ``confirmed_in_session`` says whether a contract
    digest was confirmed in this session. ``on_phase`` is called as look-ups and checks begin; ``evaluator`` judges the
    policies' conditions. Raises core.errors.PlatformUnavailable when a look-up gets no answer.
    """
    if not drafts:
        return Refusal(code="no_match", detail="There is nothing to do in that; nothing was sent.")
    if len(drafts) > MAX_STEPS:
        return refuse_too_many(len(drafts))
    for answer in request.answers:
        if (why := explain_excess(answer.text or "")) is not None:
            return Refusal(code="too_complex", detail=why)
    contracts: list[Contract] = []
    for draft in drafts:
        contract = authorize(catalogue, draft.action, draft.version, actor=actor, surface=request.surface)
        if isinstance(contract, Refusal):
            return contract
        contracts.append(contract)
    unclaimed = UnclaimedText(request, list(zip(drafts, contracts, strict=True)), kinds)
    lookup = Lookup(request, unclaimed, RecordScope(kinds, actor, request.surface), DiscourseContext(), on_phase)
    steps: list[Step] = []
    decisions: list[Decision] = []
    spread: list[str] = []
    told: list[str] = []
    idle: list[str] = []
    for at, (draft, contract) in enumerate(zip(drafts, contracts, strict=True)):
        judged = await judge(draft.condition, at, lookup) if draft.condition is not None else None
        if isinstance(judged, Question):
            return judged
        if judged is not None and draft.condition is not None:
            (told if judged.holds == draft.condition.holds else idle).append(judged.told)
            if judged.holds != draft.condition.holds:
                continue
        rests_on = judged.found if judged is not None else ()
        wanted: list[Mapping[str, LocatedRecord | Read]] = [{}]
        for pinned in wanted:
            slots = Slots(at, draft, contract, request, unclaimed, pinned)
            trouble = await DraftFilling(slots, lookup).fill() or check_fit(slots)
            if isinstance(trouble, Question) and request.given is not None and not request.answers:
                return supplied_values.refuse_question(slots, trouble)
            if trouble is not None:
                return trouble
            if slots.spread and not pinned:
                wanted += list_combinations(slots.spread)
                spread += explain_each(slots)
            if len(wanted) > 1 and (already := explain_unchanged(slots)) is not None:
                idle.append(
                    already
                )  # of one that was named, somebody may want it said again; of all of them nobody does
                continue
            if len(steps) >= MAX_STEPS or len(wanted) > MAX_STEPS:
                return refuse_too_many(len(steps) + len(wanted))
            on_phase("checking")
            earlier = confirmed_in_session if counts_in_session(contract, actor) else nothing_confirmed
            decision = await decide(contract, slots.params, slots.fields, earlier, evaluator, workspace=actor.workspace)
            try:
                steps.append(step_of(slots, decision, rests_on, catalogue=catalogue, run_id=run_id, actor=actor))
            except (InvalidInput, NotCanonical) as error:
                return unsendable(contract, error)
            decisions.append(decision)
    if not steps:
        return Refusal(code="condition_unmet", detail=f"{' '.join(dict.fromkeys(idle[:3]))} There is nothing to do.")
    held = [
        *dict.fromkeys(decision.why for decision in decisions if decision.why is not None),
        *dict.fromkeys(told),
        *spread,
    ]
    left = find_unused_words(request, drafts, contracts, steps, tuple(kinds))
    if left and any(contract.risk is not Risk.READ for contract in contracts):
        # Where no record is meant, what is joined on is seldom another wish, and the card says that nothing comes of
        # it.
        refers = any(contract.annotation(name).record for contract in contracts for name in contract.properties)
        also = find_joined(request.text, left) if refers else ()
        if also and find_answer(request, REST) is None:
            return _rest(also, steps)
        held.append(quote_spans(left))
    return Plan(
        run_id=run_id,
        steps=tuple(steps),
        held=tuple(held),
        approvals=max(1 if held else 0, *(decision.approvals for decision in decisions)),
        expires_s=min(contract.confirmation.expires_s for contract in contracts),
        digest=plan_digest(tuple(steps), run_id=run_id, actor=actor, surface=request.surface),
    )


def refuse_too_many(count: int) -> Refusal:
    detail = f"That is {count} actions at once; at most {MAX_STEPS} can be planned together."
    return Refusal(code="invalid", detail=detail)


def _rest(also: Sequence[Span], steps: Sequence[Step]) -> Question:
    """What else was wished for can't be planned: whoever asked says whether the rest shall be done without it."""
    words = ", ".join(quote(span.text) for span in also[:3])
    offered = Candidate(id=REST, label="Only the rest", detail="; ".join(step.preview for step in steps)[:400])
    text = f"You also wrote {words}, and nothing would come of it. Shall only the rest be done?"
    return Question(slot=REST, code="unclear_action", text=text, candidates=(offered,), free_text=False)


def check_fit(slots: Slots) -> Question | Refusal | None:
    """Question or refusal for values that don't fit the contract's JSON Schema, checked last: a person's own words can
    be said again, anything else can't."""
    unfit = list(find_misfits(slots.contract, slots.params))
    faults = [
        Fault(pointer=filled.source.pointer + misfit.below, code="invalid", detail=to_display_text(misfit.why))
        for misfit in unfit
        if (filled := slots.filled.get(misfit.param or "")) is not None and isinstance(filled.source, GivenSource)
    ]
    if faults:
        detail = f"{len(faults)} of the given values won't do for “{slots.contract.title}”; nothing was sent."
        return Refusal(code="invalid", detail=detail, faults=tuple(faults))
    for misfit in unfit:
        filled = slots.filled.get(misfit.param or "")
        if filled is not None and isinstance(filled.source, PromptSource):
            text = f"{filled.shown} won't do for {filled.label}: {to_display_text(misfit.why)}. What shall it be?"
            return slots.ask(filled.param, text, "unreadable")
        label = slots.label(misfit.param) if misfit.param else "The call"
        return Refusal(
            code="invalid", detail=f"{label} does not fit “{slots.contract.title}”: {to_display_text(misfit.why)}."
        )
    return None


def unsendable(contract: Contract, error: InvalidInput | NotCanonical) -> Refusal:
    """Refusal for values that the contract's request can't hold."""
    detail = f"“{contract.title}” can't be sent with these values: {error.detail} Nothing was sent."
    return Refusal(code="invalid", detail=detail)


def step_of(
    slots: Slots,
    decision: Decision,
    rests_on: Sequence[LocatedRecord],
    *,
    catalogue: Catalogue,
    run_id: str,
    actor: Actor,
) -> Step:
    """The step of a filled draft. Raises InvalidInput and NotCanonical for values that can't be sent."""
    contract, call_id = slots.contract, ids.new("act")
    request = call_request(contract, slots.params, catalogue=catalogue, call_id=call_id, run_id=run_id, actor=actor)
    endpoint = contract.endpoint
    used = [*rests_on, *(each for group in slots.records.values() for found in group for each in found.all())]
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
