"""Rule pages: the list with last runs, and one rule with its switch, dry run and past firings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.automations
from agent.workspace.authority import read_author
from core.display_text import to_display_text
from core.errors import OpsIQError, PlatformUnavailable
from registry.conditions import builder
from registry.conditions.builder import OPERATORS
from store.automations import InstructionRow, RuleRow
from web.auth import get_container
from web.console.automations.automations import (
    MODE_BADGES,
    AutomationStatus,
    check_author,
    find_title,
    load_status,
    read_mode,
)
from web.console.automations.dry_run import DryRunResult, show_dry_run
from web.console.automations.firing_badge import load_run_states, make_firing_badge
from web.console.automations.rule_builder import TRY_EVENTS
from web.console.forms import Guarded
from web.console.labels import Badge
from web.console.pages import Page, Pagination, paginate, redirect, show
from web.console.session import SignedIn, Visitor, make_shell

router = APIRouter(prefix="/rules", include_in_schema=False)

PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class LastFiring:
    at: datetime
    verdict: Badge


@dataclass(frozen=True, slots=True)
class AutomationRow:
    href: str
    name: str
    event: str
    does: str
    mode: Badge
    blocked: str
    author: str
    last: LastFiring | None


@dataclass(frozen=True, slots=True)
class AutomationsTable:
    """One page of the rules or of the instructions. ``path`` is the address of its other pages, without their start."""

    lines: tuple[AutomationRow, ...]
    place: Pagination
    path: str


@dataclass(frozen=True, kw_only=True)
class RulesPage(Page):
    template: ClassVar[str] = "rules.html"
    rules: AutomationsTable
    instructions: AutomationsTable


@dataclass(frozen=True, slots=True)
class Clause:
    """A row of the condition in words."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class ParameterMappingRow:
    """One parameter: from a field of the event, or a constant."""

    name: str
    source: str
    constant: bool


@dataclass(frozen=True, kw_only=True)
class RulePage(Page):
    template: ClassVar[str] = "rule.html"
    rule_id: str
    stands: AutomationStatus
    join: str
    clauses: tuple[Clause, ...]
    cel: str
    action: str
    action_title: str
    parameters: tuple[ParameterMappingRow, ...]
    note: str
    tried: DryRunResult | None
    try_events: int


@router.get("")
async def show_rules(
    request: Request,
    visitor: SignedIn,
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    told_from: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """``start`` is where the page of the rules begins, ``told_from`` where that of the instructions does."""
    container, actor = get_container(request), visitor.actor
    automation_service = container.events.automation_service
    every, every_told = await automation_service.rules(actor), await automation_service.instructions(actor)
    there, told = every[start : start + PAGE], every_told[told_from : told_from + PAGE]
    obstacles = await automation_service.find_obstacles(actor.workspace, [*there, *told])
    async with container.database.read() as session:
        latest = await store.automations.latest(session, actor.workspace)
        states = await load_run_states(session, actor.workspace, latest.values())
    last = {source: LastFiring(row.at, make_firing_badge(row, states)) for source, row in latest.items()}
    catalogue = (await container.contexts.of(actor.workspace)).catalogue
    page = RulesPage(
        shell=make_shell(request, visitor),
        title="Rules",
        rules=AutomationsTable(
            tuple(
                _line(row, f"/rules/{row.id}", find_title(catalogue, row.contract), last, obstacles) for row in there
            ),
            paginate(len(every), start, PAGE),
            f"/rules?told_from={told_from}" if told_from else "/rules",
        ),
        instructions=AutomationsTable(
            tuple(
                _line(row, f"/rules/instructions/{row.id}", to_display_text(row.text, limit=200), last, obstacles)
                for row in told
            ),
            paginate(len(every_told), told_from, PAGE),
            f"/rules?start={start}" if start else "/rules",
        ),
    )
    return show(request, page)


@router.get("/{rule_id}")
async def show_rule(
    request: Request,
    visitor: SignedIn,
    rule_id: str,
    before: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    row = await get_container(request).events.automation_service.rule(visitor.actor, rule_id)
    return await _rule(request, visitor, row, before)


@router.post("/{rule_id}/mode")
async def switch(request: Request, form: Guarded, rule_id: str) -> Response:
    mode = read_mode(form, "A rule")
    await get_container(request).events.automation_service.change_rule(form.member.actor, rule_id, {"mode": mode})
    return redirect(f"/rules/{rule_id}")


@router.post("/{rule_id}/dry-run")
async def dry_run(request: Request, form: Guarded, rule_id: str) -> Response:
    visitor, events = form.member, get_container(request).events
    row = await events.automation_service.rule(visitor.actor, rule_id)
    await check_author(
        request, visitor, row, "A dry run reads records in its author's name: only the author and owners see it."
    )
    try:
        found = show_dry_run(await events.rules.dry_run(row, limit=TRY_EVENTS))
    except PlatformUnavailable as error:
        return await _rule(request, visitor, row, None, error=error)
    return await _rule(request, visitor, row, None, found=found)


@router.post("/{rule_id}/delete")
async def delete(request: Request, form: Guarded, rule_id: str) -> Response:
    await get_container(request).events.automation_service.remove_rule(form.member.actor, rule_id)
    return redirect("/rules")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _line(
    row: RuleRow | InstructionRow,
    href: str,
    does: str,
    last: Mapping[str, LastFiring],
    obstacles: Mapping[str, str],
) -> AutomationRow:
    return AutomationRow(
        href=href,
        name=to_display_text(row.name, limit=120),
        event=row.pattern,
        does=does,
        mode=MODE_BADGES[row.mode],
        blocked=to_display_text(obstacles.get(row.id, ""), limit=400),
        author=to_display_text(read_author(row.author).name, limit=80),
        last=last.get(row.id),
    )


async def _rule(
    request: Request,
    visitor: Visitor,
    row: RuleRow,
    before: str | None,
    *,
    found: DryRunResult | None = None,
    error: OpsIQError | None = None,
) -> Response:
    catalogue = (await get_container(request).contexts.of(visitor.actor.workspace)).catalogue
    read = builder.from_cel(row.condition)
    page = RulePage(
        shell=make_shell(request, visitor),
        title=to_display_text(row.name, limit=60),
        stands=await load_status(request, visitor, row, before, error),
        rule_id=row.id,
        join="any" if read and read[1] == "any" else "all",
        clauses=tuple(
            Clause(each.path, OPERATORS[each.operator].label, to_display_text(each.value, limit=300))
            for each in read[0]
        )
        if read
        else (),
        cel=to_display_text(row.condition, limit=1000),
        action=row.contract,
        action_title=find_title(catalogue, row.contract),
        parameters=tuple(_mapping(name, each) for name, each in json.loads(row.parameters).items()),
        note=to_display_text(row.note, lines=True, limit=1000),
        tried=found,
        try_events=TRY_EVENTS,
    )
    return show(request, page, status=503 if error else 200)


def _mapping(name: str, stored: Mapping[str, object]) -> ParameterMappingRow:
    if "from" in stored:
        return ParameterMappingRow(name, str(stored["from"]).removeprefix("/").replace("/", "."), False)
    return ParameterMappingRow(name, to_display_text(json.dumps(stored["value"], ensure_ascii=False), limit=300), True)
