"""Answers one case: resolved among its offers, its values computed by code, checked against the schema. Nothing is
sent anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jsonschema_rs

from agent.pipeline import Abstain, Argument, Ask, Choice, Draft, Mention, Request, Several, Span
from agent.read import exact
from agent.read.reference import Reference, parse
from agent.resolve.resolver import Resolver
from core.errors import OpsIQError
from evals.score import Entry
from registry.offer import Offer
from registry.records import ContextProvider, Kinds, Query, Record, RecordKind
from registry.shortlist import Shortlist


@dataclass(slots=True)
class _Call:
    params: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


async def answer(
    case_id: str,
    text: str,
    *,
    shortlist: Shortlist,
    resolver: Resolver,
    now: datetime,
    records: ContextProvider | None = None,
) -> Entry:
    """What the resolver would have done, as a scored entry. An error of the resolver is the entry's ``error``, never
    raised."""
    kinds = Kinds([records] if records is not None else [])
    every: tuple[RecordKind, ...] = tuple(kinds)
    try:
        resolved = await resolver.resolve(Request(text=text, now=now), shortlist, every)
    except OpsIQError as error:
        return Entry(id=case_id, decision="abstain", error=f"{error.code}: {error.detail}")
    trace, resolution = resolved.trace, resolved.resolution
    tokens = trace.tokens_in + trace.tokens_out
    if isinstance(resolution, Abstain):
        detail = resolution.detail
        return Entry(case_id, "abstain", question=detail, ms=trace.duration_ms, tokens=tokens, cost=trace.cost)
    calls = [(draft, await _call(draft, shortlist, every, kinds, now)) for draft in resolution.drafts]
    asked = resolution.question.text if isinstance(resolution, Ask) else ""
    missing = [name for _, call in calls for name in call.missing]
    faults = [fault for _, call in calls for fault in call.faults]
    if not asked and (missing or faults):
        asked = "; ".join([f"{name} is needed" for name in missing] + faults)
    return Entry(
        id=case_id,
        decision="clarify" if asked else "act",
        calls=tuple({"action": draft.action, "params": call.params} for draft, call in calls),
        missing=tuple(missing),
        question=asked,
        sources={f"{at}.{name}": source for at, (_, call) in enumerate(calls) for name, source in call.sources.items()},
        ms=trace.duration_ms,
        tokens=tokens,
        cost=trace.cost,
    )


async def _call(draft: Draft, shortlist: Shortlist, every: Sequence[RecordKind], kinds: Kinds, now: datetime) -> _Call:
    offer = shortlist.get(draft.action)
    made = _Call()
    if offer is None:
        made.faults.append(f"{draft.action} is not offered")
        return made
    for name, argument in draft.arguments.items():
        await _value(made, name, argument, offer, every, kinds, now)
    for name in offer.required:
        if name in made.params:
            continue
        schema = offer.properties.get(name)
        if isinstance(schema, Mapping) and "default" in schema:
            made.params[name] = schema["default"]
            made.sources[name] = {"kind": "default"}
        elif name not in made.missing:
            made.missing.append(name)
    _check(made, offer)
    return made


async def _value(
    made: _Call, name: str, argument: Argument, offer: Offer, every: Sequence[RecordKind], kinds: Kinds, now: datetime
) -> None:
    schema, annotation = offer.properties[name], offer.annotation(name)
    kind = next((each for each in every if each.name == annotation.record), None)
    if isinstance(argument, Mention) and kind is not None:
        found = await _record(parse(argument.text, kind, every), kind, kinds)
        if found is None:
            made.missing.append(name)
        else:
            made.params[name] = found.values.get(annotation.field) if annotation.field else found.id
            source = {"kind": "record", "record_kind": found.kind, "record_id": found.id, "label": found.label}
            made.sources[name] = {**source, "spans": _spans(argument.spans)}
        return
    if isinstance(argument, Choice):
        made.params[name] = argument.value
        made.sources[name] = {"kind": "prompt", "spans": _spans(argument.spans), "reading": ""}
        return
    items = argument.items if isinstance(argument, Several) else (argument,)
    each_schema = schema.get("items") or {} if isinstance(argument, Several) else schema
    values: list[Any] = []
    how: list[str] = []
    for item in items:
        if isinstance(item, Choice):
            values.append(item.value)
            continue
        reading = exact(item.text, name=name, schema=each_schema, annotation=annotation, now=now)
        if reading is None:
            made.missing.append(name)
            return
        values.append(reading.value)
        how += [reading.how] if reading.how else []
    made.params[name] = values if isinstance(argument, Several) else values[0]
    spans = [span for item in items for span in item.spans]
    made.sources[name] = {"kind": "prompt", "spans": _spans(spans), "reading": "; ".join(how)}


async def _record(reference: Reference, kind: RecordKind, kinds: Kinds) -> Record | None:
    """The one record meant, or None where there is none or more than one."""
    for exactly in (reference.number, reference.number and f"#{reference.number}"):
        if exactly and (found := await kinds.record(kind.name, exactly)) is not None:
            return found
    where: dict[str, Sequence[str | int | bool]] = dict(reference.states)
    if reference.owner is not None:
        relation = kind.relation_to(reference.owner.kind)
        owner_kind = kinds.get(reference.owner.kind)
        if relation is not None and owner_kind is not None:
            owner = await _record(reference.owner, owner_kind, kinds)
            if owner is None:
                return None
            where[relation.via] = (owner.id,)
    said = reference.email or reference.name or reference.text or reference.number
    if said is None and not where and reference.by is None:
        return None
    order = {"order": kind.order, "size": kind.size, None: None}[reference.by]
    fit = await kinds.search(
        Query(kind.name, text=said, where=where, order=order, descending=reference.descending, limit=20)
    )
    at = abs(reference.position or 1) - 1
    if order is not None and at < len(fit):
        return fit[at]
    return fit[0] if len(fit) == 1 else None


def _check(made: _Call, offer: Offer) -> None:
    try:
        validator = jsonschema_rs.validator_for({**offer.parameters, "required": []})
    except (ValueError, TypeError) as error:
        made.faults.append(f"the parameters of {offer.name} are no JSON Schema: {error}")
        return
    for fault in validator.iter_errors(made.params):
        name = str(fault.instance_path[0]) if fault.instance_path else ""
        made.faults.append(f"{name}: {fault.message}")


def _spans(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [span.model_dump(mode="json") for span in spans]
