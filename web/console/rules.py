"""Rules and instructions: listed with their last run; one rule with what it does, its switch, what it would do and what it has done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.rules
from core.actor import OWNER
from core.errors import Forbidden, InvalidInput, OpsIQError, PlatformUnavailable
from core.visible import visible
from events.rulebook import may_see_inside
from registry import condition_rows
from registry.catalogue import Catalogue
from registry.condition_rows import OPERATORS
from store.rules import FiringRow, InstructionRow, RuleRow
from web.console.forms import Guarded
from web.console.pages import Page, redirect, show
from web.console.rule_builder import MODE_WORDS, TRY_EVENTS
from web.console.rule_given import MODES, author
from web.console.visitor import SignedIn, Visitor, shell
from web.console.words import Badge
from web.console.would import Tried, tried
from web.door import house_of

router = APIRouter(prefix="/rules", include_in_schema=False)

PAGE: Final = 30
MODE_BADGES: Final[Mapping[str, Badge]] = {
    "on": Badge("on", "good"),
    "shadow": Badge("shadow", "wait"),
    "off": Badge("off", "quiet"),
}
VERDICTS: Final[Mapping[str, Badge]] = {
    "run": Badge("made a run", "good"),
    "shadow": Badge("only noted", "wait"),
    "unmet": Badge("condition not met", "quiet"),
    "over_limit": Badge("over its ceiling", "bad"),
    "untold": Badge("could not be told", "bad"),
}


@dataclass(frozen=True, slots=True)
class Last:
    at: datetime
    verdict: Badge


@dataclass(frozen=True, slots=True)
class Line:
    href: str
    name: str
    event: str
    does: str
    mode: Badge
    author: str
    last: Last | None


@dataclass(frozen=True, kw_only=True)
class RulesPage(Page):
    template: ClassVar[str] = "rules.html"
    rules: tuple[Line, ...]
    instructions: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A row of the condition in words."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Fill:
    """One parameter: from a field of the event, or a constant."""

    name: str
    source: str
    constant: bool


@dataclass(frozen=True, slots=True)
class Firing:
    event_id: str
    at: datetime
    verdict: Badge
    detail: str
    run_id: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    value: str
    label: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class RulePage(Page):
    """``mine``: this person may switch, change and delete it; ``links``: they may look at events."""

    template: ClassVar[str] = "rule.html"
    rule_id: str
    name: str
    mode: Badge
    switches: tuple[Switch, ...]
    event: str
    join: str
    clauses: tuple[Clause, ...]
    cel: str
    action: str
    action_title: str
    parameters: tuple[Fill, ...]
    author: str
    per_hour: int
    note: str
    created_at: datetime
    updated_at: datetime
    firings: tuple[Firing, ...]
    first: bool
    next: str
    mine: bool
    links: bool
    tried: Tried | None
    try_events: int
    trouble: str


@router.get("")
async def rules(request: Request, visitor: SignedIn) -> Response:
    house, actor = house_of(request), visitor.actor
    rulebook = house.events.rulebook
    there, told = await rulebook.rules(actor), await rulebook.instructions(actor)
    async with house.sessions.read() as session:
        latest = await store.rules.latest(session, actor.workspace)
    catalogue = (await house.grounds.of(actor.workspace)).catalogue
    page = RulesPage(
        shell=shell(request, visitor),
        title="Rules",
        rules=tuple(_line(row, f"/rules/{row.id}", title_of(catalogue, row.contract), latest) for row in there),
        instructions=tuple(
            _line(row, f"/rules/instructions/{row.id}", visible(row.text, limit=200), latest) for row in told
        ),
    )
    return show(request, page)


@router.get("/{rule_id}")
async def rule(
    request: Request,
    visitor: SignedIn,
    rule_id: str,
    before: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    row = await house_of(request).events.rulebook.rule(visitor.actor, rule_id)
    return await _rule(request, visitor, row, before)


@router.post("/{rule_id}/mode")
async def switch(request: Request, form: Guarded, rule_id: str) -> Response:
    mode = form.get("mode", limit=10)
    if mode not in MODES:
        raise InvalidInput("A rule is on, in shadow, or off.")
    await house_of(request).events.rulebook.change_rule(form.member.actor, rule_id, {"mode": mode})
    return redirect(f"/rules/{rule_id}")


@router.post("/{rule_id}/dry-run")
async def dry_run(request: Request, form: Guarded, rule_id: str) -> Response:
    visitor, events = form.member, house_of(request).events
    row = await events.rulebook.rule(visitor.actor, rule_id)
    if not may_see_inside(visitor.actor, row.author):
        raise Forbidden("A dry run reads records in its author's name: only the author and owners see it.")
    try:
        found = tried(await events.rules.dry_run(row, limit=TRY_EVENTS))
    except PlatformUnavailable as error:
        return await _rule(request, visitor, row, None, error=error)
    return await _rule(request, visitor, row, None, found=found)


@router.post("/{rule_id}/delete")
async def delete(request: Request, form: Guarded, rule_id: str) -> Response:
    await house_of(request).events.rulebook.remove_rule(form.member.actor, rule_id)
    return redirect("/rules")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _line(row: RuleRow | InstructionRow, href: str, does: str, latest: Mapping[str, FiringRow]) -> Line:
    last = latest.get(row.id)
    return Line(
        href=href,
        name=visible(row.name, limit=120),
        event=row.pattern,
        does=does,
        mode=MODE_BADGES[row.mode],
        author=visible(author(row.author)[0], limit=80),
        last=Last(last.at, VERDICTS[last.verdict]) if last else None,
    )


def title_of(catalogue: Catalogue, name: str) -> str:
    contract = catalogue.get(name)
    return visible(contract.title, limit=120) if contract else name


async def _rule(
    request: Request,
    visitor: Visitor,
    row: RuleRow,
    before: str | None,
    *,
    found: Tried | None = None,
    error: OpsIQError | None = None,
) -> Response:
    house, actor = house_of(request), visitor.actor
    catalogue = (await house.grounds.of(actor.workspace)).catalogue
    async with house.sessions.read() as session:
        rows = await store.rules.firings(session, actor.workspace, row.id, before=before, limit=PAGE)
    mine = may_see_inside(actor, row.author)
    read = condition_rows.read(row.condition)
    page = RulePage(
        shell=shell(request, visitor),
        title=visible(row.name, limit=60),
        rule_id=row.id,
        name=visible(row.name, limit=120),
        mode=MODE_BADGES[row.mode],
        switches=switches(row.mode),
        event=row.pattern,
        join="any" if read and read[1] == "any" else "all",
        clauses=tuple(
            Clause(each.path, OPERATORS[each.operator].label, visible(each.value, limit=300)) for each in read[0]
        )
        if read
        else (),
        cel=visible(row.condition, limit=1000),
        action=row.contract,
        action_title=title_of(catalogue, row.contract),
        parameters=tuple(_mapping(name, each) for name, each in json.loads(row.parameters).items()),
        author=visible(author(row.author)[0], limit=80),
        per_hour=row.max_per_hour,
        note=visible(row.note, lines=True, limit=1000),
        created_at=row.created_at,
        updated_at=row.updated_at,
        firings=tuple(firing(each, inside=mine) for each in rows),
        first=before is None,
        next=rows[-1].event_id if len(rows) == PAGE else "",
        mine=mine,
        links=actor.role == OWNER,
        tried=found,
        try_events=TRY_EVENTS,
        trouble=visible(error.detail) if error else "",
    )
    return show(request, page, status=503 if error else 200)


def switches(mode: str) -> tuple[Switch, ...]:
    return tuple(Switch(each, MODE_WORDS[each], each == mode) for each in reversed(MODES))


def firing(row: FiringRow, *, inside: bool) -> Firing:
    """What shadow mode would have sent is for those who may see the records in it."""
    would = json.loads(row.document) if row.document and inside else {}
    calls = would.get("calls", ()) if isinstance(would, dict) else ()
    return Firing(
        event_id=row.event_id,
        at=row.at,
        verdict=VERDICTS[row.verdict],
        detail=visible(row.detail, limit=600) if inside or row.verdict != "shadow" else "",
        run_id=row.run_id or "",
        says=tuple(visible(f"{each['contract']['name']} {_params(each)}", limit=600) for each in calls),
    )


def _params(call: Mapping[str, str]) -> str:
    """The parameters of a call that was only noted, as they would have been sent."""
    params = json.loads(call["payload"]).get("params", {})
    return json.dumps(params, ensure_ascii=False)


def _mapping(name: str, stored: Mapping[str, object]) -> Fill:
    if "from" in stored:
        return Fill(name, str(stored["from"]).removeprefix("/").replace("/", "."), False)
    return Fill(name, visible(json.dumps(stored["value"], ensure_ascii=False), limit=300), True)
