"""Answers one case as production would: resolved among its offers, then validated against its live records. A case ends at the card, the
question or the refusal that a person would see; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from agent.pipeline import Abstain, Ask, Calls, Draft, Plan, Question, Refusal, Request, Resolved, Source, Step
from agent.resolve.resolver import Resolver
from agent.validate import validate
from agent.validate.instead import settled
from core.actor import OWNER, Actor
from core.errors import OpsIQError
from evals.entry import Call, Entry
from registry.catalogue import Catalogue
from registry.contract import Confirmation, Contract, Endpoint, Policy, Risk
from registry.offer import Offer
from registry.records import ContextProvider, Kinds
from registry.shortlist import Shortlist

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
) -> Entry:
    """What would have been done, as a scored entry. An error of the resolver is the entry's ``error``, never raised.

    ``catalogue`` holds the contracts of the shortlist's offers; without one they are made of the offers. ``stands_for`` gives a contract's
    name in the source's own registry, where that is another one.
    """
    kinds = Kinds([records] if records is not None else [])
    request = Request(text=text, now=now)
    try:
        resolved = await resolver.resolve(request, shortlist, tuple(kinds))
    except OpsIQError as error:
        return Entry(id=case_id, decision="abstain", error=f"{error.code}: {error.detail}")
    resolution = resolved.resolution
    if isinstance(resolution, Abstain):
        return _entry(case_id, resolved, "abstain", question=resolution.detail)
    drafts = resolution.drafts
    declared = catalogue is not None
    if catalogue is None:
        meant = (*drafts, *(resolution.instead if isinstance(resolution, Calls) else ()))
        names = dict.fromkeys(draft.action for draft in meant)
        catalogue = Catalogue(as_contract(offer) for name in names if (offer := shortlist.get(name)))
    verdict: Plan | Question | Refusal = Refusal(code="no_match", detail="")
    check = partial(
        validate,
        request,
        run_id="run_eval",
        actor=ACTOR,
        catalogue=catalogue,
        kinds=kinds,
        confirmed_in_session=lambda _: True,
    )
    if drafts:
        verdict = await check(drafts)
    if isinstance(resolution, Calls):
        verdict, drafts = await settled(resolution, verdict, catalogue, check)
    named = tuple({"action": stands_for.get(draft.action, draft.action), "params": {}} for draft in drafts)
    if isinstance(resolution, Ask) or isinstance(verdict, Question):
        asked = resolution.question if isinstance(resolution, Ask) else verdict
        assert isinstance(asked, Question)
        entry = _entry(case_id, resolved, "clarify", named, _missing(verdict, drafts, catalogue), question=asked.text)
        proposed = _calls(verdict, stands_for) if isinstance(verdict, Plan) else ()
        return replace(entry, proposed=proposed, confidence=resolution.confidence)
    if isinstance(verdict, Refusal):
        decision = "noop" if verdict.code == "condition_unmet" else "clarify"
        return _entry(case_id, resolved, decision, named, question=verdict.detail)
    entry = _entry(case_id, resolved, "act", _calls(verdict, stands_for), sources=_sources(verdict.steps))
    return replace(
        entry,
        held=verdict.held if declared else None,
        changes=any(step.risk is not Risk.READ for step in verdict.steps),
        confidence=resolution.confidence,
    )


def _calls(plan: Plan, stands_for: Mapping[str, str]) -> tuple[Call, ...]:
    return tuple(
        {
            "action": stands_for.get(step.action, step.action),
            "params": {filled.param: filled.value for filled in step.filled},
        }
        for step in plan.steps
    )


def as_contract(offer: Offer) -> Contract:
    """The contract of an action that another project declared, under its own name and without a signature: only ever planned with.

    What is optional and was not said is left out, as the sources expect: its default is the receiver's to fill in.
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


def _missing(verdict: Plan | Question | Refusal, drafts: Sequence[Draft], catalogue: Catalogue) -> tuple[str, ...]:
    """Everything the person would be asked for: what the first question is about, and what else has no value yet."""
    if not isinstance(verdict, Question):
        return ()
    at = verdict.slot.partition(".")[0]
    contract = catalogue.get(drafts[int(at)].action) if at.isdigit() else None
    wanted = {*verdict.missing, verdict.param}
    return tuple(name for name in (contract.required if contract else ()) if name in wanted)


def _entry(
    case_id: str,
    resolved: Resolved,
    decision: str,
    calls: tuple[Mapping[str, Any], ...] = (),
    missing: tuple[str, ...] = (),
    *,
    question: str = "",
    sources: Mapping[str, Any] | None = None,
) -> Entry:
    trace = resolved.trace
    return Entry(
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


def _sources(steps: Sequence[Step]) -> dict[str, Any]:
    return {f"{at}.{filled.param}": _source(filled.source) for at, step in enumerate(steps) for filled in step.filled}


def _source(source: Source) -> dict[str, Any]:
    return source.model_dump(mode="json", exclude_defaults=False)
