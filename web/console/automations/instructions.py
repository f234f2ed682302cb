"""Instruction pages: written with event fields, limited to chosen actions, tried out, switched, and their past
firings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from core.actor import OWNER
from core.display_text import to_display_text
from core.errors import (
    Forbidden,
    InvalidInput,
    ModelMisbehaved,
    ModelUnavailable,
    OpsIQError,
    PlatformUnavailable,
)
from store.automations import InstructionRow
from web.auth import get_container
from web.console.automations import form_options
from web.console.automations.automations import (
    AutomationStatus,
    Frame,
    check_author,
    find_title,
    load_status,
    make_form_title,
    make_frame,
    read_mode,
    save,
)
from web.console.automations.dry_run import DryRunResult, show_dry_run
from web.console.automations.form_options import ActionOptions
from web.console.automations.instruction_form import InstructionFormData, make_form_data, parse_form, read_form_data
from web.console.forms import Form, Guarded
from web.console.pages import Page, redirect, show
from web.console.session import SignedIn, Visitor, count_text, make_shell

router = APIRouter(prefix="/rules/instructions", include_in_schema=False)

TRY_EVENTS: Final = 5
"""Fewer events than for a rule: each one asks the resolver, which may be a model."""
_DOWN: Final = (PlatformUnavailable, ModelUnavailable, ModelMisbehaved)


@dataclass(frozen=True, kw_only=True)
class InstructionFormPage(Page):
    template: ClassVar[str] = "instruction_form.html"
    instruction_id: str
    frame: Frame
    text: str
    actions: ActionOptions
    may_unattended: bool
    unattended: bool
    tried: DryRunResult | None


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class InstructionPage(Page):
    template: ClassVar[str] = "instruction.html"
    instruction_id: str
    stands: AutomationStatus
    text: str
    actions: tuple[Named, ...]
    attended: bool
    lapsed: bool
    tried: DryRunResult | None
    try_events: int


@router.get("/new")
async def show_new(request: Request, visitor: SignedIn, event: Annotated[str, Query(max_length=100)] = "") -> Response:
    return await _form(request, visitor, InstructionFormData(event=event.strip()), None)


@router.post("")
async def build(request: Request, form: Guarded) -> Response:
    return await _rework(request, form, None)


@router.get("/{instruction_id}")
async def show_instruction(
    request: Request,
    visitor: SignedIn,
    instruction_id: str,
    before: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    row = await get_container(request).events.automation_service.instruction(visitor.actor, instruction_id)
    return await _instruction(request, visitor, row, before)


@router.get("/{instruction_id}/edit")
async def edit(request: Request, visitor: SignedIn, instruction_id: str) -> Response:
    row = await _find_mine(request, visitor, instruction_id)
    return await _form(request, visitor, make_form_data(row), row)


@router.post("/{instruction_id}/edit")
async def rebuild(request: Request, form: Guarded, instruction_id: str) -> Response:
    return await _rework(request, form, await _find_mine(request, form.member, instruction_id))


@router.post("/{instruction_id}/mode")
async def switch(request: Request, form: Guarded, instruction_id: str) -> Response:
    mode = read_mode(form, "An instruction")
    await get_container(request).events.automation_service.change_instruction(
        form.member.actor, instruction_id, {"mode": mode}
    )
    return redirect(f"/rules/instructions/{instruction_id}")


@router.post("/{instruction_id}/dry-run")
async def dry_run(request: Request, form: Guarded, instruction_id: str) -> Response:
    visitor, events = form.member, get_container(request).events
    row = await events.automation_service.instruction(visitor.actor, instruction_id)
    await check_author(
        request, visitor, row, "A dry run reads records in its author's name: only the author and owners see it."
    )
    await count_text(request, visitor)
    try:
        found = show_dry_run(await events.instructions.dry_run(row, limit=TRY_EVENTS))
    except _DOWN as error:
        return await _instruction(request, visitor, row, None, error=error)
    return await _instruction(request, visitor, row, None, found=found)


@router.post("/{instruction_id}/delete")
async def delete(request: Request, form: Guarded, instruction_id: str) -> Response:
    await get_container(request).events.automation_service.remove_instruction(form.member.actor, instruction_id)
    return redirect("/rules")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _find_mine(request: Request, visitor: Visitor, instruction_id: str) -> InstructionRow:
    row = await get_container(request).events.automation_service.instruction(visitor.actor, instruction_id)
    await check_author(request, visitor, row, "Only its author and owners change this.")
    return row


async def _rework(request: Request, form: Form, there: InstructionRow | None) -> Response:
    visitor, act = form.member, form.get("do", limit=20)
    given, events = read_form_data(form), get_container(request).events
    if act not in ("try", "save"):
        return await _form(request, visitor, given, there)
    if act == "try":
        await count_text(request, visitor)
    try:
        body = parse_form(given)
        if act == "try":
            draft = await events.automation_service.draft_instruction(visitor.actor, body)
            return await _form(
                request,
                visitor,
                given,
                there,
                found=show_dry_run(await events.instructions.dry_run(draft, limit=TRY_EVENTS)),
            )
        row = await save(
            request,
            form,
            there,
            lambda in_transaction: events.automation_service.add_instruction(
                visitor.actor, body, in_transaction=in_transaction
            ),
            lambda old: events.automation_service.change_instruction(
                visitor.actor, old.id, body.model_dump(mode="json")
            ),
        )
    except (InvalidInput, Forbidden, *_DOWN) as error:
        return await _form(request, visitor, given, there, error=error)
    return redirect(f"/rules/instructions/{row.id}")


async def _form(
    request: Request,
    visitor: Visitor,
    given: InstructionFormData,
    there: InstructionRow | None,
    *,
    found: DryRunResult | None = None,
    error: OpsIQError | None = None,
) -> Response:
    container, actor = get_container(request), visitor.actor
    context = await container.contexts.of(actor.workspace)
    async with container.database.read() as session:
        known = await form_options.find_event_fields(session, actor.workspace, given.event)
    page = InstructionFormPage(
        shell=make_shell(request, visitor),
        title=make_form_title(there, "instruction"),
        frame=make_frame(visitor, given, there, known, error),
        instruction_id=there.id if there else "",
        text=given.text,
        actions=form_options.list_actions(context, actor, given.surface, given.find, given.actions),
        may_unattended=actor.role == OWNER,
        unattended=given.unattended,
        tried=found,
    )
    return show(request, page, status=422 if error else 200)


async def _instruction(
    request: Request,
    visitor: Visitor,
    row: InstructionRow,
    before: str | None,
    *,
    found: DryRunResult | None = None,
    error: OpsIQError | None = None,
) -> Response:
    alone = await get_container(request).events.automation_service.acts_alone(row)
    catalogue = (await get_container(request).contexts.of(visitor.actor.workspace)).catalogue
    page = InstructionPage(
        shell=make_shell(request, visitor),
        title=to_display_text(row.name, limit=60),
        stands=await load_status(request, visitor, row, before, error),
        instruction_id=row.id,
        text=to_display_text(row.text, lines=True, limit=2000),
        actions=tuple(Named(name, find_title(catalogue, name)) for name in row.contracts.split()),
        attended=not alone,
        lapsed=bool(row.unattended_by) and not alone,
        tried=found,
        try_events=TRY_EVENTS,
    )
    return show(request, page, status=503 if error else 200)
