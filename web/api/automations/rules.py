"""Rules and instructions over REST."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

import store.automations
from core import canon
from core.errors import Forbidden, InvalidInput
from events.automations.rules import DRY_RUN_EVENTS
from events.automations.service import InstructionForm, RuleForm
from store.automations import InstructionRow, RuleRow
from web.api.automations.rule_views import (
    DryRunView,
    FiringPage,
    InstructionList,
    InstructionView,
    RuleList,
    RuleView,
    make_firing_view,
    make_instruction_json,
    make_instruction_view,
    make_met_view,
    make_rule_json,
    make_rule_view,
)
from web.api.body import Body, Id, parse_body
from web.auth import Caller, get_container, require_signature
from web.idempotency import act_once
from web.openapi import describe_body, describe_problems

router = APIRouter(prefix="/v1", tags=["rules"])

Reads = Annotated[Caller, Depends(require_signature("rules:read", test=True))]
Writes = Annotated[Caller, Depends(require_signature("rules:write"))]
Limit = Annotated[int, Query(ge=1, le=100)]
Before = Annotated[str | None, Query(max_length=64)]


RULE_EXAMPLE: Final = {
    "name": "Thank big payers",
    "event": "invoice.paid",
    "condition": "event.data.amount >= 100000",
    "action": "saas.apply_credit",
    "parameters": {
        "customer_id": {"from": "/data/customer_id"},
        "amount": {"value": 500},
        "currency": {"from": "/data/currency"},
    },
    "mode": "on",
}
INSTRUCTION_EXAMPLE: Final = {
    "name": "Spam",
    "event": "ticket.created",
    "text": "Close ticket {data.ticket_id}",
    "actions": ["saas.close_ticket"],
    "mode": "on",
}


class NewRule(RuleForm, Body):
    """A rule (docs/reference/events.md)."""


class NewInstruction(InstructionForm, Body):
    """An instruction (docs/reference/events.md)."""


class DryRunBody(Body):
    """Events for a dry run: one past event by its id, or the newest ones that match the rule's pattern."""

    event_id: Annotated[str | None, Field(max_length=64)] = None
    limit: Annotated[int, Field(ge=1, le=DRY_RUN_EVENTS)] = 20


@router.get("/rules", response_model=RuleList)
async def rules(request: Request, caller: Reads) -> RuleList:
    """Every rule, oldest first."""
    automation_service = get_container(request).events.automation_service
    rows = await automation_service.rules(caller.actor)
    obstacles = await automation_service.find_obstacles(caller.actor.workspace, rows)
    return RuleList(data=tuple(make_rule_view(row, obstacles) for row in rows))


@router.post(
    "/rules",
    status_code=201,
    response_model=RuleView,
    responses=describe_problems("422"),
    openapi_extra=describe_body(NewRule, RULE_EXAMPLE),
)
async def add_rule(request: Request, caller: Writes) -> Response:
    """Adds a rule. It acts in the name of the member who adds it, and starts in shadow mode unless ``mode`` says
    otherwise."""
    form = parse_body(NewRule, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).events.automation_service.add_rule(
            caller.actor, form, in_transaction=in_transaction
        ),
        make_rule_json,
        status=201,
        location=lambda row: f"/v1/rules/{row.id}",
    )


@router.get("/rules/{rule_id}", response_model=RuleView, responses=describe_problems("404"))
async def rule(request: Request, caller: Reads, rule_id: Id) -> RuleView:
    """One rule."""
    return await _make_rule_view(
        request, await get_container(request).events.automation_service.rule(caller.actor, rule_id)
    )


@router.patch(
    "/rules/{rule_id}",
    response_model=RuleView,
    responses=describe_problems("404", "409"),
    openapi_extra=describe_body(NewRule, {"mode": "on"}, idempotent=False),
)
async def change_rule(request: Request, caller: Writes, rule_id: Id) -> RuleView:
    """Changes the given fields of a rule. A member who changes more than the mode becomes the rule's author. So does
    its author when they switch it on in another role."""
    automation_service = get_container(request).events.automation_service
    changed = await automation_service.change_rule(caller.actor, rule_id, _read_changes(caller))
    return await _make_rule_view(request, changed)


@router.delete("/rules/{rule_id}", status_code=204, responses=describe_problems("404"))
async def remove_rule(request: Request, caller: Writes, rule_id: Id) -> Response:
    """Deletes a rule. It reacts to no further event. Its past firings stay on record."""
    await get_container(request).events.automation_service.remove_rule(caller.actor, rule_id)
    return Response(status_code=204)


@router.post(
    "/rules/{rule_id}/dry-run",
    response_model=DryRunView,
    responses=describe_problems("404"),
    openapi_extra=describe_body(DryRunBody, {"limit": 20}, idempotent=False),
)
async def dry_run(request: Request, caller: Reads, rule_id: Id) -> DryRunView:
    """Dry run of a rule: what it would have done on past events. It reads records, but stores and sends nothing, so it
    takes no Idempotency-Key."""
    body = parse_body(DryRunBody, caller)
    events = get_container(request).events
    row = await events.automation_service.rule(caller.actor, rule_id)
    if not await events.automation_service.manages(caller.actor, row):
        raise Forbidden("A dry run reads records in its author's name: only the author and owners see it.")
    met = await events.rules.dry_run(row, event_id=body.event_id, limit=body.limit)
    return DryRunView(data=tuple(make_met_view(event, each) for event, each in met))


@router.get("/rules/{rule_id}/firings", response_model=FiringPage, responses=describe_problems("404"))
async def rule_firings(
    request: Request, caller: Reads, rule_id: Id, before: Before = None, limit: Limit = 50
) -> FiringPage:
    """The firings of a rule, newest first. Their runs are under ``/v1/runs``."""
    automation_service = get_container(request).events.automation_service
    row = await automation_service.rule(caller.actor, rule_id)
    inside = await automation_service.manages(caller.actor, row)
    async with get_container(request).database.read() as session:
        return await _firings(session, row.workspace, row.id, before, limit, inside=inside)


@router.get("/instructions", response_model=InstructionList)
async def instructions(request: Request, caller: Reads) -> InstructionList:
    """Every instruction, oldest first."""
    automation_service = get_container(request).events.automation_service
    rows = await automation_service.instructions(caller.actor)
    obstacles = await automation_service.find_obstacles(caller.actor.workspace, rows)
    return InstructionList(data=tuple(make_instruction_view(row, obstacles) for row in rows))


@router.post(
    "/instructions",
    status_code=201,
    response_model=InstructionView,
    responses=describe_problems("422"),
    openapi_extra=describe_body(NewInstruction, INSTRUCTION_EXAMPLE),
)
async def add_instruction(request: Request, caller: Writes) -> Response:
    """Adds an instruction. It acts in the name of the member who adds it, and starts in shadow mode unless ``mode``
    says otherwise."""
    form = parse_body(NewInstruction, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).events.automation_service.add_instruction(
            caller.actor, form, in_transaction=in_transaction
        ),
        make_instruction_json,
        status=201,
        location=lambda row: f"/v1/instructions/{row.id}",
    )


@router.get("/instructions/{instruction_id}", response_model=InstructionView, responses=describe_problems("404"))
async def instruction(request: Request, caller: Reads, instruction_id: Id) -> InstructionView:
    """One instruction."""
    automation_service = get_container(request).events.automation_service
    return await _make_instruction_view(request, await automation_service.instruction(caller.actor, instruction_id))


@router.patch(
    "/instructions/{instruction_id}",
    response_model=InstructionView,
    responses=describe_problems("404", "409"),
    openapi_extra=describe_body(NewInstruction, {"mode": "on"}, idempotent=False),
)
async def change_instruction(request: Request, caller: Writes, instruction_id: Id) -> InstructionView:
    """Changes the given fields of an instruction. A member who changes more than the mode becomes the instruction's
    author. So does its author when they switch it on in another role."""
    automation_service = get_container(request).events.automation_service
    changed = await automation_service.change_instruction(caller.actor, instruction_id, _read_changes(caller))
    return await _make_instruction_view(request, changed)


@router.delete("/instructions/{instruction_id}", status_code=204, responses=describe_problems("404"))
async def remove_instruction(request: Request, caller: Writes, instruction_id: Id) -> Response:
    """Deletes an instruction. It reacts to no further event. Its past firings stay on record."""
    await get_container(request).events.automation_service.remove_instruction(caller.actor, instruction_id)
    return Response(status_code=204)


@router.get("/instructions/{instruction_id}/firings", response_model=FiringPage, responses=describe_problems("404"))
async def instruction_firings(
    request: Request, caller: Reads, instruction_id: Id, before: Before = None, limit: Limit = 50
) -> FiringPage:
    """The firings of an instruction, newest first. Their runs are under ``/v1/runs``."""
    automation_service = get_container(request).events.automation_service
    row = await automation_service.instruction(caller.actor, instruction_id)
    inside = await automation_service.manages(caller.actor, row)
    async with get_container(request).database.read() as session:
        return await _firings(session, row.workspace, row.id, before, limit, inside=inside)


async def _make_rule_view(request: Request, row: RuleRow) -> RuleView:
    return make_rule_view(
        row, await get_container(request).events.automation_service.find_obstacles(row.workspace, [row])
    )


async def _make_instruction_view(request: Request, row: InstructionRow) -> InstructionView:
    automation_service = get_container(request).events.automation_service
    return make_instruction_view(row, await automation_service.find_obstacles(row.workspace, [row]))


async def _firings(
    session: AsyncSession, workspace: str, source: str, before: str | None, limit: int, *, inside: bool
) -> FiringPage:
    rows = await store.automations.firings(session, workspace, source, before=before, limit=limit)
    return FiringPage(
        data=tuple(make_firing_view(row, inside=inside) for row in rows),
        next=rows[-1].event_id if len(rows) == limit else None,
    )


def _read_changes(caller: Caller) -> dict[str, Any]:
    value = canon.loads(caller.body)
    if not isinstance(value, dict) or not value:
        raise InvalidInput("Send a JSON object with what should change.")
    return value
