"""Shared parts of rule and instruction pages: the switch, past firings, the form's frame, and the check of who may
change them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from fastapi import Request

import store.automations
from agent.workspace.authority import is_same_principal, read_author
from core.actor import OWNER
from core.display_text import to_display_text
from core.errors import Conflict, Forbidden, InvalidInput, OpsIQError
from registry.catalogue import Catalogue
from registry.events.event_fields import EventField
from store.automations import FiringRow, InstructionRow, RuleRow
from web.auth import get_container
from web.console.automations import form_options
from web.console.automations.automation_form import MODES, AutomationFormData
from web.console.automations.firing_badge import load_run_states, make_firing_badge
from web.console.automations.form_options import EventFields, OptionGroup
from web.console.forms import Form, FormOption
from web.console.labels import Badge
from web.console.one_shot_form import TransactionHook, use_form_once
from web.console.pages import cut_page
from web.console.session import Visitor

PAGE: Final = 30
MEANWHILE: Final = (
    "Somebody changed it while you did. What you filled in is still here; save it again to put it in place of theirs."
)
MODE_BADGES: Final[Mapping[str, Badge]] = {
    "on": Badge("on", "good"),
    "shadow": Badge("shadow", "wait"),
    "off": Badge("off", "quiet"),
}
_MODE_WORDS: Final = {"off": "Off", "shadow": "Shadow", "on": "On"}

Automation = RuleRow | InstructionRow
Row = TypeVar("Row", RuleRow, InstructionRow)


@dataclass(frozen=True, slots=True)
class FiringTableRow:
    """What came of an event. ``says`` are the sentences of the calls that shadow mode held back, and ``exactly`` what
    they would have sent."""

    event_id: str
    at: datetime
    verdict: Badge
    detail: str
    run_id: str
    says: tuple[str, ...]
    exactly: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    value: str
    label: str
    here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AutomationStatus:
    """Status of a rule or an instruction. ``blocked``: why it does nothing, or empty. ``mine``: this person may switch,
    change and delete it. ``links``: this person may see events."""

    name: str
    mode: Badge
    blocked: str
    switches: tuple[Switch, ...]
    event: str
    author: str
    per_hour: int
    created_at: datetime
    updated_at: datetime
    firings: tuple[FiringTableRow, ...]
    first: bool
    next: str
    mine: bool
    links: bool
    trouble: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """Fields of both forms. ``own_event``: the event's name is typed, not chosen. ``becomes_author``: whoever saves the
    form becomes the author, instead of another person or of themselves in a former role."""

    revision: int
    name: str
    events: tuple[OptionGroup, ...]
    own_event: bool
    event: str
    fields: tuple[EventField, ...]
    surfaces: tuple[FormOption, ...]
    modes: tuple[FormOption, ...]
    per_hour: str
    becomes_author: bool
    links: bool
    trouble: str


async def load_status(
    request: Request, visitor: Visitor, row: Automation, before: str | None, error: OpsIQError | None
) -> AutomationStatus:
    """The status with a page of firings: the ones ``before`` the given firing."""
    actor = visitor.actor
    async with get_container(request).database.read() as session:
        rows = await store.automations.firings(session, actor.workspace, row.id, before=before, limit=PAGE + 1)
        states = await load_run_states(session, actor.workspace, rows)
    rows, more = cut_page(rows, PAGE)
    automation_service = get_container(request).events.automation_service
    mine = await automation_service.manages(actor, row)
    obstacles = await automation_service.find_obstacles(actor.workspace, [row])
    return AutomationStatus(
        name=to_display_text(row.name, limit=120),
        mode=MODE_BADGES[row.mode],
        blocked=to_display_text(obstacles.get(row.id, ""), limit=1500),
        switches=tuple(Switch(each, _MODE_WORDS[each], each == row.mode) for each in reversed(MODES)),
        event=row.pattern,
        author=to_display_text(read_author(row.author).name, limit=80),
        per_hour=row.max_per_hour,
        created_at=row.created_at,
        updated_at=row.updated_at,
        firings=tuple(_firing(each, states, inside=mine) for each in rows),
        first=before is None,
        next=rows[-1].event_id if more else "",
        mine=mine,
        links=actor.role == OWNER,
        trouble=to_display_text(error.detail) if error else "",
    )


def make_frame(
    visitor: Visitor,
    given: AutomationFormData,
    there: Automation | None,
    known: EventFields,
    error: OpsIQError | None,
) -> Frame:
    """The frame of a rule's or instruction's form. ``there`` is what the form changes, or None for a new one."""
    own_event = given.own_event or "*" in given.event
    return Frame(
        revision=there.revision if there else 0,
        name=given.name[:1000],
        events=form_options.list_events(given.event, own_event, known.names),
        own_event=own_event,
        event=given.event,
        fields=tuple(known.fields),
        surfaces=form_options.list_surfaces(given.surface),
        modes=tuple(FormOption(each, _MODE_WORDS[each], each == given.mode) for each in reversed(MODES)),
        per_hour=given.per_hour,
        becomes_author=there is not None and not is_same_principal(visitor.actor, read_author(there.author)),
        links=visitor.actor.role == OWNER,
        trouble=to_display_text(error.detail) if error else "",
    )


def make_form_title(there: Automation | None, kind: str) -> str:
    return f"Change “{to_display_text(there.name, limit=60)}”" if there else f"New {kind}"


def read_mode(form: Form, kind: str) -> str:
    """The requested mode. Raises InvalidInput."""
    mode = form.get("mode", limit=10)
    if mode not in MODES:
        raise InvalidInput(f"{kind} is on, in shadow, or off.")
    return mode


async def check_author(request: Request, visitor: Visitor, row: Automation, otherwise: str) -> None:
    """Checks that this person is the author or an owner. Raises Forbidden with ``otherwise``."""
    if not await get_container(request).events.automation_service.manages(visitor.actor, row):
        raise Forbidden(otherwise)


async def save(
    request: Request,
    form: Form,
    there: Row | None,
    add: Callable[[TransactionHook], Awaitable[Row]],
    change: Callable[[Row], Awaitable[Row]],
) -> Row:
    """Saves a form: adds the automation, once for each form, or changes the existing one (``there``). Raises
    InvalidInput if it was changed after the form was shown. Then the form can be saved again."""
    if there is None:
        async with use_form_once(request, form) as in_transaction:
            return await add(in_transaction)
    if form.get("revision", limit=20) != str(there.revision):
        raise InvalidInput(MEANWHILE)
    try:
        return await change(there)
    except Conflict as error:
        raise InvalidInput(MEANWHILE) from error


def find_title(catalogue: Catalogue, name: str) -> str:
    contract = catalogue.get(name)
    return to_display_text(contract.title, limit=120) if contract else name


def _firing(row: FiringRow, states: Mapping[str, str], *, inside: bool) -> FiringTableRow:
    """A firing. Only people who may see its records see what shadow mode would have sent."""
    would = json.loads(row.document) if row.document and inside else {}
    calls = would.get("calls", ()) if isinstance(would, dict) else ()
    return FiringTableRow(
        event_id=row.event_id,
        at=row.at,
        verdict=make_firing_badge(row, states),
        detail=to_display_text(row.detail, limit=600) if inside or row.verdict != "shadow" else "",
        run_id=row.run_id or "",
        says=tuple(to_display_text(each["sentence"], limit=400) for each in calls if each.get("sentence")),
        exactly=tuple(to_display_text(f"{each['contract']['name']} {_params(each)}", limit=600) for each in calls),
    )


def _params(call: Mapping[str, str]) -> str:
    """The parameters of a call in shadow mode, as they would have been sent."""
    held = json.loads(call["payload"]) if call["payload"].startswith("{") else call["payload"]
    params = held.get("params", held) if isinstance(held, dict) else held
    return json.dumps(params, ensure_ascii=False)
