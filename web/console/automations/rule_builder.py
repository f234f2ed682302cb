"""Rule builder: an event, a condition in rows, and an action with mapped parameters. It can be tried before it is
saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from core.actor import Actor
from core.display_text import to_display_text
from core.errors import Forbidden, InvalidInput, OpsIQError, PlatformUnavailable
from registry.conditions import builder, condition, satisfiability
from registry.contract import Contract
from store.automations import RuleRow
from web.auth import get_container
from web.console.automations import form_options
from web.console.automations.automations import Frame, check_author, make_form_title, make_frame, save
from web.console.automations.dry_run import DryRunResult, show_dry_run
from web.console.automations.form_options import ActionOptions
from web.console.automations.rule_form import RuleFormData, make_form_data, parse_form, read_form_data
from web.console.automations.rule_rows import (
    ChosenAction,
    ConditionRow,
    ParameterRow,
    make_chosen_action,
    make_condition_row,
    make_parameter_rows,
)
from web.console.forms import Form, FormOption, Guarded
from web.console.pages import Page, redirect, show
from web.console.session import SignedIn, Visitor, make_shell

router = APIRouter(prefix="/rules", include_in_schema=False)

TRY_EVENTS: Final = 20
JOINS: Final = (("all", "all of these hold"), ("any", "any of these holds"))


@dataclass(frozen=True, kw_only=True)
class BuilderPage(Page):
    template: ClassVar[str] = "rule_builder.html"
    rule_id: str
    frame: Frame
    joins: tuple[FormOption, ...]
    rows: tuple[ConditionRow, ...]
    may_add: bool
    by_hand: bool
    hand: str
    cel: str
    cel_trouble: str
    actions: ActionOptions
    action: ChosenAction | None
    params: tuple[ParameterRow, ...]
    note: str
    findings: tuple[str, ...]
    tried: DryRunResult | None


@router.get("/new")
async def show_new(request: Request, visitor: SignedIn, event: Annotated[str, Query(max_length=100)] = "") -> Response:
    return await _builder(request, visitor, RuleFormData(event=event.strip()), None)


@router.post("")
async def build(request: Request, form: Guarded) -> Response:
    return await _rework(request, form, None)


@router.get("/{rule_id}/edit")
async def edit(request: Request, visitor: SignedIn, rule_id: str) -> Response:
    row = await _find_mine(request, visitor, rule_id)
    return await _builder(request, visitor, make_form_data(row), row)


@router.post("/{rule_id}/edit")
async def rebuild(request: Request, form: Guarded, rule_id: str) -> Response:
    return await _rework(request, form, await _find_mine(request, form.member, rule_id))


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _find_mine(request: Request, visitor: Visitor, rule_id: str) -> RuleRow:
    row = await get_container(request).events.automation_service.rule(visitor.actor, rule_id)
    await check_author(request, visitor, row, "Only its author and owners change this.")
    return row


async def _rework(request: Request, form: Form, there: RuleRow | None) -> Response:
    """The builder after one of its buttons, which ``do`` names. Only ``save`` stores anything."""
    visitor, act = form.member, form.get("do", limit=20)
    given = read_form_data(form).after(act)
    if act not in ("try", "save"):
        return await _builder(request, visitor, given, there)
    events = get_container(request).events
    try:
        body = parse_form(given, await _contract(request, visitor.actor, given.action))
        if act == "try":
            draft = await events.automation_service.draft_rule(visitor.actor, body)
            met = await events.rules.dry_run(draft, limit=TRY_EVENTS)
            return await _builder(request, visitor, given, there, found=show_dry_run(met))
        row = await save(
            request,
            form,
            there,
            lambda in_transaction: events.automation_service.add_rule(
                visitor.actor, body, in_transaction=in_transaction
            ),
            lambda old: events.automation_service.change_rule(
                visitor.actor, old.id, body.model_dump(mode="json", by_alias=True, exclude_none=True)
            ),
        )
    except (InvalidInput, Forbidden, PlatformUnavailable) as error:
        return await _builder(request, visitor, given, there, error=error)
    return redirect(f"/rules/{row.id}")


async def _contract(request: Request, actor: Actor, name: str) -> Contract | None:
    return (await get_container(request).contexts.of(actor.workspace)).catalogue.get(name)


async def _builder(
    request: Request,
    visitor: Visitor,
    given: RuleFormData,
    there: RuleRow | None,
    *,
    found: DryRunResult | None = None,
    error: OpsIQError | None = None,
) -> Response:
    container, actor = get_container(request), visitor.actor
    context = await container.contexts.of(actor.workspace)
    async with container.database.read() as session:
        known = await form_options.find_event_fields(session, actor.workspace, given.event)
    choice = form_options.list_actions(
        context, actor, given.surface, given.find, [given.action] if given.action else []
    )
    offered = any(option.chosen for group in choice.groups for option in group.options)
    contract = context.catalogue.get(given.action) if offered else None
    cel, cel_trouble = _cel(given)
    page = BuilderPage(
        shell=make_shell(request, visitor),
        title=make_form_title(there, "rule"),
        frame=make_frame(visitor, given, there, known, error),
        rule_id=there.id if there else "",
        joins=tuple(FormOption(value, label, value == given.join) for value, label in JOINS),
        rows=tuple(make_condition_row(at, row, known, given) for at, row in enumerate(given.rows)),
        may_add=len(given.rows) < builder.MAX_ROWS,
        by_hand=given.by_hand,
        hand=given.cel,
        cel=cel,
        cel_trouble=cel_trouble,
        actions=choice,
        action=make_chosen_action(contract) if contract else None,
        params=tuple(make_parameter_rows(contract, given, known)) if contract else (),
        note=given.note,
        tried=found,
        findings=tuple(to_display_text(str(each.detail)) for each in error.findings if each.detail != error.detail)
        if error
        else (),
    )
    return show(request, page, status=422 if error else 200)


def _cel(given: RuleFormData) -> tuple[str, str]:
    """The condition so far, and its error. While a row is incomplete there is no error yet."""
    if not given.by_hand and any(not row.path or not row.operator for row in given.rows):
        return "", ""
    try:
        written = given.condition
        if written:
            satisfiability.check_satisfiable(condition.compile(written, condition.EVENT))
        return written, ""
    except InvalidInput as error:
        try:
            return given.condition, error.detail
        except InvalidInput:
            return "", error.detail
