"""API key pages, for owners: list, create (the secret is shown once), rotate, revoke."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.accounts.api_keys
import store.accounts.members
import store.automations
from agent.workspace import roles
from agent.workspace.authority import read_author
from agent.workspace.key_admin import KEY_OVERLAP, NOT_YOURS
from agent.workspace.principals import explain_blocked_key
from core.crypto.mcp_token import make_token
from core.display_text import to_display_text
from core.errors import InvalidInput
from core.scopes import SCOPES
from store.accounts.api_keys import KeyRow, KeyState
from store.accounts.members import MemberRow
from store.automations import InstructionRow, RuleRow
from web.api.keys import CreateKeyBody
from web.auth import check_scopes, get_container
from web.console import labels
from web.console.account.login_throttle import own_password
from web.console.forms import FormOption, GuardedOwner, validate
from web.console.labels import Badge
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, Pagination, paginate, redirect, show
from web.console.secret import SecretPage
from web.console.secret import SecretRow as Shown
from web.console.session import Owner, Visitor, make_shell

router = APIRouter(prefix="/keys", include_in_schema=False)

PAGE: Final = 30
STATES: Final[Mapping[KeyState, Badge]] = {
    "active": Badge("active", "good"),
    "expired": Badge("expired", "quiet"),
    "revoked": Badge("revoked", "bad"),
}
MODES: Final = {"live": Badge("live", "busy"), "test": Badge("test", "quiet")}
DOES: Final[Mapping[str, str]] = {
    "actions:run": "run contracts by name, as this key's role",
    "connectors:read": "see the connectors and what they may read",
    "connectors:write": "share a connector's webhook secret (role owner)",
    "contracts:read": "see the contracts of its role",
    "contracts:write": "register and retire contracts (role owner)",
    "customers:read": "look customers up in live data",
    "events:read": "read events and what came of them",
    "events:write": "fire events",
    "history:read": "read and export AI History (role owner)",
    "keys:read": "list keys (role owner)",
    "keys:write": "make, rotate and revoke keys (role owner)",
    "me:read": "ask who it is",
    "rules:read": "read rules and instructions",
    "rules:write": "set rules and instructions up",
    "runs:confirm": "say yes to cards that need no person, its own among them",
    "runs:read": "read runs",
    "runs:write": "ask, answer, edit and reject",
    "tickets:read": "look tickets up in live data",
    "webhooks:read": "read endpoints and deliveries",
    "webhooks:write": "set endpoints up, send again, test",
}
USUAL: Final = frozenset({"actions:run", "events:write", "me:read", "runs:read"})
"""Ticked by default: what a platform's backend needs."""
EXPIRIES: Final = (
    ("", "never"), ("7", "in 7 days"), ("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year"),
)  # fmt: skip
EXPIRES_DAYS: Final = "90"
"""How long a new key lasts unless something else is chosen."""
TEST_ADVICE: Final = "It is a test key: nothing that it asks for is sent."
ADVICE: Final = "Copy them now and keep them where you keep passwords: nobody, not even an owner, can see them again."


@dataclass(frozen=True, slots=True)
class KeyTableRow:
    id: str
    name: str
    person: str
    public: str
    mode: Badge
    role: str
    scopes: str
    last_used_at: datetime | None
    expires_at: datetime | None
    state: Badge
    blocked: str


@dataclass(frozen=True, kw_only=True)
class KeysPage(Page):
    template: ClassVar[str] = "keys.html"
    lines: tuple[KeyTableRow, ...]
    place: Pagination


@dataclass(frozen=True, slots=True)
class Scope:
    name: str
    does: str
    ticked: bool = True


@dataclass(frozen=True, kw_only=True)
class KeyPage(Page):
    """Page of one API key. ``usable``: it can be rotated and revoked. ``blocked``: why the key is refused, or empty.
    ``acting``: the rules and instructions that act as it. ``not_yours``: why this owner can't rotate it, or empty."""

    template: ClassVar[str] = "key.html"
    key_id: str
    name: str
    public: str
    mode: Badge
    state: Badge
    usable: bool
    blocked: str
    acting: tuple[str, ...]
    role: str
    person: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    rotating_until: datetime | None
    overlap_h: int
    not_yours: str
    trouble: str


@dataclass(frozen=True, kw_only=True)
class NewKeyPage(Page):
    template: ClassVar[str] = "key_new.html"
    name: str
    modes: tuple[FormOption, ...]
    roles: tuple[FormOption, ...]
    expiries: tuple[FormOption, ...]
    scopes: tuple[Scope, ...]
    trouble: str


@router.get("")
async def show_keys(request: Request, visitor: Owner, start: Annotated[int, Query(ge=0, le=1_000_000)] = 0) -> Response:
    container = get_container(request)
    async with container.database.read() as session:
        rows = await store.accounts.api_keys.listed(session, visitor.actor.workspace)
        members = await store.accounts.members.listed(session, visitor.actor.workspace)
    now, holders = container.clock(), {each.id: each for each in members}
    page = KeysPage(
        shell=make_shell(request, visitor),
        title="API keys",
        lines=tuple(_line(row, holders.get(row.person), now) for row in rows[start : start + PAGE]),
        place=paginate(len(rows), start, PAGE),
    )
    return show(request, page)


@router.get("/new")
async def show_new(request: Request, visitor: Owner) -> Response:
    return await _show_new(request, visitor, {"mode": "test", "expires": EXPIRES_DAYS}, USUAL)


@router.post("")
async def create(request: Request, form: GuardedOwner) -> Response:
    visitor, container = form.member, get_container(request)
    days = form.get("expires", limit=5)
    body, trouble = validate(
        CreateKeyBody,
        {
            "name": form.get("name", limit=1000).strip(),
            "role": form.get("role", limit=100),
            "mode": form.get("mode", limit=10),
            "scopes": list(form.every("scope")),
            "expires_days": int(days) if days.isdecimal() else days or None,
        },
        {"scopes": "Tick at least one scope.", "role": "Pick a role."},
    )
    if body is not None and body.role is not None and not trouble:
        try:
            await roles.check_role(container.contexts, container.database, visitor.actor.workspace, body.role)
            check_scopes(body.scopes, body.role)
        except InvalidInput as error:
            trouble = error.detail
    trouble = trouble or await own_password(request, form)
    if body is None or trouble:
        return await _show_new(request, visitor, form.fields, form.every("scope"), trouble)
    ends = container.clock() + timedelta(days=body.expires_days) if body.expires_days else None
    async with use_form_once(request, form) as in_transaction:
        row, secret = await container.key_admin.create_key(
            visitor.actor,
            body.name,
            scopes=set(body.scopes),
            role=body.role,
            mode=body.mode,
            expires_at=ends,
            in_transaction=in_transaction,
        )
    advice = f"{ADVICE} {TEST_ADVICE}" if row.mode == "test" else ADVICE
    return _secret(request, visitor, row, secret, "Key created", advice, status=201)


@router.get("/{key_id}")
async def show_key(request: Request, visitor: Owner, key_id: str) -> Response:
    return await _key(request, visitor, key_id)


@router.post("/{key_id}/rotate")
async def rotate(request: Request, form: GuardedOwner, key_id: str) -> Response:
    visitor, container = form.member, get_container(request)
    async with container.database.read() as session:
        await store.accounts.api_keys.get(session, visitor.actor.workspace, key_id)
    trouble = await own_password(request, form)
    if trouble:
        return await _key(request, visitor, key_id, trouble)
    async with use_form_once(request, form) as in_transaction:
        issued = await container.key_admin.rotate_key(
            visitor.actor, key_id, within=SCOPES, in_transaction=in_transaction
        )
    hours = labels.count_hours(KEY_OVERLAP)
    advice = f"{ADVICE} The secret before it stays good for {hours} h, so that nothing breaks meanwhile."
    return _secret(request, visitor, issued.row, issued.secret, "The key has a new secret", advice)


@router.post("/{key_id}/revoke")
async def revoke(request: Request, form: GuardedOwner, key_id: str) -> Response:
    await get_container(request).key_admin.revoke_key(form.member.actor, key_id)
    return redirect(f"/keys/{key_id}")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _line(row: KeyRow, holder: MemberRow | None, now: datetime) -> KeyTableRow:
    state, blocked = row.state(now), explain_blocked_key(row, holder, now)
    return KeyTableRow(
        id=row.id,
        name=to_display_text(row.name, limit=120),
        person=to_display_text(holder.name if holder else row.person, limit=80),
        public=row.public,
        mode=MODES.get(row.mode, MODES["test"]),
        role=row.role,
        scopes=_scopes(row.scopes.split()),
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        state=STATES[state],
        blocked=to_display_text(blocked, limit=400) if state == "active" else "",
    )


def _scopes(names: Collection[str]) -> str:
    return "all scopes" if set(names) >= set(SCOPES) else ", ".join(names)


async def _key(request: Request, visitor: Visitor, key_id: str, trouble: str = "") -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    async with container.database.read() as session:
        row = await store.accounts.api_keys.get(session, workspace, key_id)
        people = {each.id: each for each in await store.accounts.members.listed(session, workspace)}
        rules = await store.automations.rules(session, workspace, modes=("on", "shadow"))
        instructions = await store.automations.instructions(session, workspace, modes=("on", "shadow"))
    now, holder = container.clock(), people.get(row.person)
    automations: list[RuleRow | InstructionRow] = [*rules, *instructions]
    acting = [each.name for each in automations if read_author(each.author).id == row.id]
    page = KeyPage(
        shell=make_shell(request, visitor),
        title=to_display_text(row.name, limit=60),
        key_id=row.id,
        name=to_display_text(row.name, limit=120),
        public=row.public,
        mode=MODES.get(row.mode, MODES["test"]),
        state=STATES[row.state(now)],
        usable=row.state(now) != "revoked",
        blocked=to_display_text(explain_blocked_key(row, holder, now)),
        acting=tuple(to_display_text(each, limit=120) for each in acting),
        role=row.role,
        person=to_display_text(holder.name if holder else row.person, limit=80),
        scopes=tuple(Scope(each, DOES.get(each, "")) for each in row.scopes.split()),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        rotating_until=row.rotating_until(now),
        overlap_h=labels.count_hours(KEY_OVERLAP),
        not_yours=NOT_YOURS if row.person != visitor.actor.person else "",
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


async def _show_new(
    request: Request, visitor: Visitor, given: Mapping[str, str], scopes: Collection[str], trouble: str = ""
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    async with container.database.read() as session:
        members = await store.accounts.members.listed(session, workspace)
    given_roles = await roles.list_assignable_roles(container.contexts, workspace, members)
    page = NewKeyPage(
        shell=make_shell(request, visitor),
        title="New key",
        name=given.get("name", "")[:100],
        modes=tuple(FormOption(each, each, each == given.get("mode")) for each in ("test", "live")),
        roles=tuple(FormOption(each, each, each == given.get("role")) for each in given_roles),
        expiries=tuple(FormOption(value, label, value == given.get("expires", "")) for value, label in EXPIRIES),
        scopes=tuple(Scope(each, DOES.get(each, ""), each in scopes) for each in SCOPES),
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


def _secret(
    request: Request, visitor: Visitor, row: KeyRow, secret: str, heading: str, advice: str, *, status: int = 200
) -> Response:
    page = SecretPage(
        shell=make_shell(request, visitor),
        title=heading,
        heading=heading,
        advice=advice,
        lines=(
            Shown("public", "Public key", row.public, False),
            Shown("secret", "Secret", secret, True),
            Shown("mcp-token", "MCP access token", make_token(row.public, secret), True),
        ),
        href=f"/keys/{row.id}",
        onward="Go to the key",
    )
    return show(request, page, status=status)
