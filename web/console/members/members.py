"""Member pages, for owners: invite, change roles, sign out, deactivate, reactivate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.accounts.members
from agent.workspace import roles
from agent.workspace.members import INVITATION, Invited
from core.actor import OWNER
from core.display_text import to_display_text
from core.errors import Conflict, InvalidInput
from store.accounts.members import MemberRow
from web.auth import get_container
from web.console.account.active_sessions import ActiveSession, list_active_sessions
from web.console.account.login_throttle import own_password
from web.console.account.sign_in import start_session
from web.console.forms import FormOption, GuardedOwner
from web.console.labels import Badge
from web.console.members.belongings import BelongingList, load_belongings
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, Pagination, paginate, redirect, redirect_full_page, show
from web.console.secret import SecretPage
from web.console.secret import SecretRow as Shown
from web.console.session import Owner, Visitor, make_shell

router = APIRouter(prefix="/members", include_in_schema=False)

PAGE: Final = 50
LEAST_SEARCHED: Final = 10
STATES: Final[Mapping[str, Badge]] = {
    "invited": Badge("invited", "wait"),
    "active": Badge("active", "good"),
    "disabled": Badge("deactivated", "quiet"),
}
_OVER: Final = Badge("invitation over", "bad")
_ADVICE: Final = (
    "Send it to them by a way that only they read: whoever opens it first takes the place. It lets one person in, "
    "once, within {} days, "
    "and can't be shown again. A new one can be created on the member's page."
)


@dataclass(frozen=True, slots=True)
class MemberTableRow:
    id: str
    name: str
    email: str
    role: str
    state: Badge
    last_seen_at: datetime | None
    me: bool


@dataclass(frozen=True, kw_only=True)
class MembersPage(Page):
    """Page of the members, by name. ``place`` is among those that fit ``q``; a workspace of few needs no search."""

    template: ClassVar[str] = "members.html"
    lines: tuple[MemberTableRow, ...]
    q: str
    place: Pagination
    least_searched: int = LEAST_SEARCHED


@dataclass(frozen=True, kw_only=True)
class NewMemberPage(Page):
    template: ClassVar[str] = "member_new.html"
    email: str
    roles: tuple[FormOption, ...]
    days: int
    trouble: str


@dataclass(frozen=True, kw_only=True)
class MemberPage(Page):
    """Page of one member. ``can`` is the state that decides what is possible: ``active``, ``invited``, ``withdrawn``
    (never accepted) or ``disabled``. ``role_affects`` and ``leaving_affects`` say how much of theirs another role or a
    deactivation affects. ``last_owner``: nobody may take their role or access. ``at_fault`` names the form
    that ``trouble`` is about."""

    template: ClassVar[str] = "member.html"
    member_id: str
    name: str
    email: str
    role: str
    state: Badge
    can: str
    me: bool
    last_owner: bool
    invited_by: str
    created_at: datetime
    standing_since: datetime
    last_seen_at: datetime | None
    invite_expires_at: datetime | None
    roles: tuple[FormOption, ...]
    sign_ins: tuple[ActiveSession, ...]
    theirs: tuple[BelongingList, ...]
    role_affects: str
    leaving_affects: str
    days: int
    trouble: str
    at_fault: str


@router.get("")
async def show_members(
    request: Request,
    visitor: Owner,
    q: Annotated[str, Query(max_length=200)] = "",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    container, words = get_container(request), q.casefold().split()
    async with container.database.read() as session:
        rows = await store.accounts.members.listed(session, visitor.actor.workspace)
    now = container.clock()
    fit = sorted((row for row in rows if _fits(row, _state(row, now), words)), key=lambda row: row.name.casefold())
    lines = tuple(
        MemberTableRow(
            id=row.id,
            name=to_display_text(row.name, limit=100),
            email=to_display_text(row.email, limit=320),
            role=row.role,
            state=_state(row, now),
            last_seen_at=row.last_seen_at,
            me=row.id == visitor.member.id,
        )
        for row in fit[start : start + PAGE]
    )
    page = MembersPage(
        shell=make_shell(request, visitor),
        title="Members",
        lines=lines,
        q=q,
        place=paginate(len(fit), start, PAGE),
    )
    return show(request, page)


def _fits(row: MemberRow, state: Badge, words: Sequence[str]) -> bool:
    text = f"{row.name} {row.email} {row.role} {state.text}".casefold()
    return all(word in text for word in words)


@router.get("/new")
async def show_new(request: Request, visitor: Owner) -> Response:
    return await _show_invitation(request, visitor)


@router.post("")
async def invite(request: Request, form: GuardedOwner) -> Response:
    visitor, container = form.member, get_container(request)
    email, role = form.get("email", limit=400).strip(), form.get("role", limit=100)
    trouble = await own_password(request, form)
    async with container.database.read() as session:
        known = {row.email_key for row in await store.accounts.members.listed(session, visitor.actor.workspace)}
    if store.accounts.members.normalize_email(email) in known:
        trouble = trouble or "This e-mail address already belongs to a member of this workspace."
    if trouble:
        return await _show_invitation(request, visitor, email, role, trouble)
    try:
        async with use_form_once(request, form) as in_transaction:
            made = await container.member_service.invite(
                visitor.actor, email=email, role=role, in_transaction=in_transaction
            )
    except InvalidInput as error:
        return await _show_invitation(request, visitor, email, role, error.detail)
    return _link(request, visitor, made, status=201)


@router.get("/{member_id}")
async def show_member(request: Request, visitor: Owner, member_id: str) -> Response:
    return await _member(request, visitor, member_id)


@router.post("/{member_id}/invite")
async def invite_again(request: Request, form: GuardedOwner, member_id: str) -> Response:
    visitor, container = form.member, get_container(request)
    await _check_exists(request, visitor, member_id)
    trouble = await own_password(request, form)
    if trouble:
        return await _member(request, visitor, member_id, trouble, "invite")
    async with use_form_once(request, form) as in_transaction:
        made = await container.member_service.invite_again(visitor.actor, member_id, in_transaction=in_transaction)
    return _link(request, visitor, made)


@router.post("/{member_id}/role")
async def change_role(request: Request, form: GuardedOwner, member_id: str) -> Response:
    """Changes a member's role. The member must sign in again. If it is the visitor's own role, they are signed in at
    once under another session id."""
    visitor, role = form.member, form.get("role", limit=100)
    await _check_exists(request, visitor, member_id)
    trouble = await own_password(request, form)
    if not trouble:
        try:
            changed = await get_container(request).member_service.change_role(
                visitor.actor, member_id, role, instead_of=form.get("was", limit=100)
            )
        except (InvalidInput, Conflict) as error:
            trouble = error.detail
    if trouble:
        return await _member(request, visitor, member_id, trouble, "role")
    if changed.id == visitor.member.id and changed.role != visitor.member.role:
        return redirect_full_page(
            request,
            await start_session(request, get_container(request), changed, "/", issuer=visitor.login.issuer or ""),
        )
    return redirect(f"/members/{member_id}")


@router.post("/{member_id}/deactivate")
async def deactivate(request: Request, form: GuardedOwner, member_id: str) -> Response:
    try:
        await get_container(request).member_service.deactivate(form.member.actor, member_id)
    except Conflict as error:
        return await _member(request, form.member, member_id, error.detail, "deactivate")
    return redirect(f"/members/{member_id}")


@router.post("/{member_id}/reactivate")
async def reactivate(request: Request, form: GuardedOwner, member_id: str) -> Response:
    visitor = form.member
    await _check_exists(request, visitor, member_id)
    trouble = await own_password(request, form)
    if trouble:
        return await _member(request, visitor, member_id, trouble, "reactivate")
    await get_container(request).member_service.reactivate(visitor.actor, member_id)
    return redirect(f"/members/{member_id}")


@router.post("/{member_id}/sign-out")
async def sign_out(request: Request, form: GuardedOwner, member_id: str) -> Response:
    """Ends the sign-in that the form names, or else all sign-ins of the member (except the visitor's own)."""
    visitor, login_id = form.member, form.get("login", limit=64)
    member_service = get_container(request).member_service
    if login_id:
        await member_service.end_login(visitor.actor, member_id, login_id)
    else:
        await member_service.end_logins(visitor.actor, member_id, but=visitor.login.id)
    return redirect(f"/members/{member_id}")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _state(row: MemberRow, now: datetime) -> Badge:
    over = row.state == "invited" and (row.invite_expires_at is None or row.invite_expires_at <= now)
    return _OVER if over else STATES[row.state]


def _stage(row: MemberRow) -> str:
    return "withdrawn" if row.state == "disabled" and row.password_hash is None else row.state


async def _check_exists(request: Request, visitor: Visitor, member_id: str) -> None:
    """Raises NotFound before a password is asked for."""
    async with get_container(request).database.read() as session:
        await store.accounts.members.get(session, visitor.actor.workspace, member_id)


async def _show_invitation(
    request: Request, visitor: Visitor, email: str = "", role: str = "", trouble: str = ""
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    async with container.database.read() as session:
        rows = await store.accounts.members.listed(session, workspace)
    page = NewMemberPage(
        shell=make_shell(request, visitor),
        title="Invite somebody",
        email=to_display_text(email, limit=320),
        roles=await _roles(request, rows, role),
        days=INVITATION.days,
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


async def _member(
    request: Request, visitor: Visitor, member_id: str, trouble: str = "", at_fault: str = ""
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    now = container.clock()
    async with container.database.read() as session:
        row = await store.accounts.members.get(session, workspace, member_id)
        rows = await store.accounts.members.listed(session, workspace)
        theirs = await load_belongings(session, row, now)
    owners = [each.id for each in rows if each.role == OWNER and each.state == "active"]
    inviter = next((each.name for each in rows if each.id == row.invited_by), "")
    page = MemberPage(
        shell=make_shell(request, visitor),
        title=to_display_text(row.name, limit=60),
        member_id=row.id,
        name=to_display_text(row.name, limit=100),
        email=to_display_text(row.email, limit=320),
        role=row.role,
        state=_state(row, now),
        can=_stage(row),
        me=row.id == visitor.member.id,
        last_owner=owners == [row.id],
        invited_by=to_display_text(inviter, limit=100),
        created_at=row.created_at,
        standing_since=row.standing_since,
        last_seen_at=row.last_seen_at,
        invite_expires_at=row.invite_expires_at,
        roles=await _roles(request, rows, row.role),
        sign_ins=list_active_sessions(theirs.logins, visitor.login.id),
        theirs=theirs.list_lines(),
        role_affects=theirs.tell_in_role(),
        leaving_affects=theirs.tell_all(),
        days=INVITATION.days,
        trouble=trouble,
        at_fault=at_fault,
    )
    return show(request, page, status=422 if trouble else 200)


async def _roles(request: Request, rows: list[MemberRow], chosen: str) -> tuple[FormOption, ...]:
    workspace = rows[0].workspace
    return tuple(
        FormOption(each, each, each == chosen)
        for each in await roles.list_assignable_roles(get_container(request).contexts, workspace, rows)
    )


def _link(request: Request, visitor: Visitor, made: Invited, *, status: int = 200) -> Response:
    base = get_container(request).settings.base_url.rstrip("/")
    link = f"{base}/join?{urlencode({'invitation': made.token})}"
    page = SecretPage(
        shell=make_shell(request, visitor),
        title="Invitation created",
        heading=f"{to_display_text(made.member.email, limit=320)} is invited",
        advice=_ADVICE.format(INVITATION.days),
        lines=(Shown("link", "Invitation link", link, True),),
        href=f"/members/{made.member.id}",
        onward="Go to the member",
    )
    return show(request, page, status=status)
