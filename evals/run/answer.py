"""Case answers over offers: runs one case through the planning path, over offers that may have no contracts. A case
ends at the card, question or refusal that a person would see. Nothing is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from agent.pipeline import Abstain, Plan, Question, Refusal, Reply, Request, Resolved, Source, Step
from agent.planning.propose import propose
from agent.planning.task import TOO_COSTLY, Task, list_planned_actions
from agent.resolve.resolver import Resolver
from agent.workspace.context import WorkspaceContext
from core import cpu_budget
from core.actor import OWNER, Actor
from core.errors import OpsIQError
from evals.run.case_result import Call, CaseResult
from registry.catalogue import Catalogue
from registry.confirmation import Confirmation, Policy
from registry.contract import Contract, Endpoint, Risk
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import ContextProvider, Kinds

BUDGET_S: Final = 0.9
"""Of CPU, for one case: twice what a server gives by default, on whatever machine cases are run."""
ACTOR: Final = Actor("ws_eval", "mem_eval", "member", "Eva", OWNER, "eva")
_AS_NAMED: Final[Mapping[str, str]] = MappingProxyType({})


async def answer(
    case_id: str,
    text: str,
    *,
    shortlist: Shortlist,
    resolver: Resolver,
    now: datetime,
    records: ContextProvider | None = None,
    catalogue: Catalogue | None = None,
    stands_for: Mapping[str, str] = _AS_NAMED,
) -> CaseResult:
    """Answers one case as a scored entry: what would have been done. An error of the resolver is the entry's ``error``,
    never raised. A text that costs more CPU than production allows counts as abstained.

    ``catalogue`` holds the contracts of the shortlist's offers; without it they are made from the offers.
    ``stands_for`` maps a contract's name to its name in the source's own registry, if that is another.
    """
    asked = _answer(case_id, text, shortlist, resolver, now, records, catalogue, stands_for)
    try:
        return await cpu_budget.run_within(BUDGET_S, asked)
    except cpu_budget.Exhausted:
        return CaseResult(id=case_id, decision="abstain", question=TOO_COSTLY)


async def _answer(
    case_id: str,
    text: str,
    shortlist: Shortlist,
    resolver: Resolver,
    now: datetime,
    records: ContextProvider | None,
    catalogue: Catalogue | None,
    stands_for: Mapping[str, str],
) -> CaseResult:
    kinds = Kinds([records] if records is not None else [])
    request = Request(text=text, now=now)
    declared = catalogue is not None
    contracts = catalogue if catalogue is not None else Catalogue(make_contract(offer) for offer in shortlist.offers)
    context = WorkspaceContext("eval", contracts, kinds, kinds)
    context.use_shortlist(ACTOR, request.surface, shortlist)
    try:
        outcome = await propose(Task(request, ACTOR, context, "run_eval", confirmed=_Everything()), resolver)
    except OpsIQError as error:
        return CaseResult(id=case_id, decision="abstain", error=f"{error.code}: {error.detail}")
    resolved, verdict = outcome.resolved, outcome.verdict
    assert resolved is not None
    actions = tuple(draft.action for draft in outcome.drafts) or list_planned_actions(outcome)
    named = tuple({"action": stands_for.get(action, action), "params": {}} for action in actions)
    match verdict:
        case Abstain(detail=detail) | Reply(text=detail, partial=True):
            return _make_entry(case_id, resolved, "abstain", question=detail)
        case Reply() as reply:
            return _make_entry(case_id, resolved, "answer", question=reply.text)
        case Question() as asked:
            entry = _make_entry(
                case_id, resolved, "clarify", named, _list_missing(asked, actions, contracts), question=asked.text
            )
            again = Task(request, ACTOR, context, "run_eval", confirmed=_Everything(), drafts=outcome.drafts)
            likely = (await propose(again, resolver)).verdict if outcome.drafts and asked.slot == "action" else None
            proposed = _list_calls(likely, stands_for) if isinstance(likely, Plan) else ()
            return replace(entry, proposed=proposed, confidence=outcome.confidence)
        case Refusal(code=code, detail=detail):
            decision = "noop" if code == "condition_unmet" else "clarify"
            return _make_entry(case_id, resolved, decision, named, question=detail)
        case Plan() as plan:
            entry = _make_entry(
                case_id, resolved, "act", _list_calls(plan, stands_for), sources=_describe_sources(plan.steps)
            )
            return replace(
                entry,
                held=plan.held if declared else None,
                changes=any(step.risk is not Risk.READ for step in plan.steps),
                confidence=outcome.confidence,
            )
    raise AssertionError(verdict)


class _Everything(Collection[str]):
    """Counts every contract as confirmed in this session."""

    def __contains__(self, _: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _list_calls(plan: Plan, stands_for: Mapping[str, str]) -> tuple[Call, ...]:
    return tuple(
        {
            "action": stands_for.get(step.action, step.action),
            "params": {filled.param: filled.value for filled in step.filled},
        }
        for step in plan.steps
    )


def make_contract(offer: Offer) -> Contract:
    """An unsigned contract of an action that another project declared, under its own name. It is only used for
    planning.

    Optional parameters that were not said are left out, as the sources expect: the receiver fills in defaults.
    """
    properties = {
        name: schema if name in offer.required or not isinstance(schema, Mapping) else _without_default(schema)
        for name, schema in offer.properties.items()
    }
    return Contract.model_construct(
        name=offer.name,
        version=offer.version,
        title=offer.title or offer.name,
        description=offer.description or offer.name,
        surfaces=("admin",),
        roles=(OWNER,),
        parameters={**offer.parameters, "properties": properties},
        annotations=dict(offer.annotations),
        confirmation=Confirmation(policy=Policy.NEVER),
        risk=offer.risk,
        endpoint=Endpoint(url="https://platform.invalid/"),
        examples=offer.examples,
        aliases=offer.aliases,
    )


def _without_default(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "default"}


def _list_missing(question: Question, actions: Sequence[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Everything that the person would be asked for: what the first question is about, and what else has no value
    yet."""
    at = question.slot.partition(".")[0]
    contract = catalogue.get(actions[int(at)]) if at.isdigit() and int(at) < len(actions) else None
    wanted = {*question.missing, question.param}
    return tuple(name for name in (contract.required if contract else ()) if name in wanted)


def _make_entry(
    case_id: str,
    resolved: Resolved,
    decision: str,
    calls: tuple[Mapping[str, Any], ...] = (),
    missing: tuple[str, ...] = (),
    *,
    question: str = "",
    sources: Mapping[str, Any] | None = None,
) -> CaseResult:
    trace = resolved.trace
    return CaseResult(
        id=case_id,
        decision=decision,
        calls=calls,
        missing=missing,
        question=question,
        sources=sources,
        ms=trace.duration_ms,
        tokens=trace.tokens_in + trace.tokens_out,
        cost=trace.cost,
        notes=trace.notes,
    )


def _describe_sources(steps: Sequence[Step]) -> dict[str, Any]:
    return {
        f"{at}.{filled.param}": _describe_source(filled.source)
        for at, step in enumerate(steps)
        for filled in step.filled
    }


def _describe_source(source: Source) -> dict[str, Any]:
    return source.model_dump(mode="json", exclude_defaults=False)
