"""Console session: the cookie, its row, and the member's present data."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import Response

import store.accounts.logins
import store.accounts.members
import store.runs.runs
import store.webhooks.endpoints
import store.workspaces
from agent.workspace.admin import make_owner
from core.actor import EVALUATOR, OWNER, Actor
from core.errors import Forbidden, NotAuthentic, NotFound
from store.accounts.logins import LoginRow
from store.accounts.members import MemberRow
from web.auth import get_container, get_limits
from web.console.labels import Badge
from web.console.navigation import list_nav_items
from web.console.pages import Shell, SignedInAs, read_theme, wants_fragment
from web.console.wall_clock import WallClock
from web.cookies import read_cookie, set_cookie

COOKIE: Final = "opsiq_session"
LONGEST: Final = timedelta(days=7)
"""Longest duration of a sign-in, however much it is used."""
_TOUCH_EVERY: Final = timedelta(seconds=60)


class SignInNeeded(Exception):
    """Raised if nobody is signed in. The answer is the sign-in page, which leads back here."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in member. ``actor`` has the member's present role, not the one at sign-in. ``alerts`` say what needs
    this person's attention, by the page's address. ``waiting`` counts the cards of their own."""

    actor: Actor
    member: MemberRow
    login: LoginRow
    workspace_name: str
    alerts: Mapping[str, Badge] = field(default_factory=dict)
    waiting: int = 0


async def find_visitor(request: Request) -> Visitor | None:
    """The visitor of this request's cookie. None if the login has expired, been idle too long or been revoked, or if
    the member may not sign in any more."""
    token = read_cookie(request, COOKIE)
    if not token:
        return None
    container = get_container(request)
    now = container.clock()
    async with container.database.read() as session:
        idle = now - timedelta(hours=container.settings.session_idle_h)
        try:
            login = await store.accounts.logins.get_active(session, token, now, seen_since=idle)
            if login is None:
                return None
            member = await store.accounts.members.get(session, login.workspace, login.member_id)
        except (NotFound, NotAuthentic):  # the log says which row it is
            return None
        if member.state != "active":
            return None
        workspace = await store.workspaces.get(session, login.workspace)
        disabled = await store.webhooks.endpoints.disabled(session, login.workspace) if member.role == OWNER else 0
        waiting = await store.runs.runs.count_held(
            session, member.workspace, now, person=member.id, role=None if member.role == OWNER else member.role
        )
    if now - login.last_seen_at > _TOUCH_EVERY:
        async with container.database.begin() as session:
            await store.accounts.logins.touch(session, login.id, now)
            await store.accounts.members.touch(session, member.workspace, member.id, now)
    alerts = {"/webhooks": Badge(f"{disabled} disabled", "bad")} if disabled else {}
    alerts |= {"/runs": Badge(f"{waiting} waiting", "wait")} if waiting else {}
    visitor = Visitor(make_owner(member), member, login, workspace.name, alerts, waiting)
    request.state.visitor = visitor
    return visitor


async def require_sign_in(request: Request) -> Visitor:
    """FastAPI dependency of every page. Counts the request for its person, once however often it is asked. Raises
    SignInNeeded, and Problem ``rate_limited``."""
    visitor = await find_visitor(request)
    if visitor is None:
        raise SignInNeeded
    if not getattr(request.state, "page_counted", False):
        request.state.page_counted = True
        await get_limits(request).open_page(visitor.actor.workspace, visitor.actor.person)
    return visitor


async def require_owner(request: Request) -> Visitor:
    visitor = await require_sign_in(request)
    if visitor.actor.role != OWNER:
        raise Forbidden(
            f"Only owners see this page, and your role is {visitor.actor.role}. Ask an owner of "
            f"{visitor.workspace_name}."
        )
    return visitor


async def require_evaluator(request: Request) -> Visitor:
    visitor = await require_sign_in(request)
    if visitor.actor.role not in (OWNER, EVALUATOR):
        raise Forbidden(
            f"Only owners and evaluators see this page, and your role is {visitor.actor.role}. Ask an owner of "
            f"{visitor.workspace_name}."
        )
    return visitor


SignedIn = Annotated[Visitor, Depends(require_sign_in)]
Owner = Annotated[Visitor, Depends(require_owner)]
Evaluator = Annotated[Visitor, Depends(require_evaluator)]


async def count_text(request: Request, visitor: Visitor) -> None:
    """Counts a text for the limits of this person and workspace. Raises Problem ``rate_limited``."""
    await get_limits(request).read_text(visitor.actor.workspace, visitor.actor.person)


def make_shell(request: Request, visitor: Visitor) -> Shell:
    path = request.url.path
    return Shell(
        csrf=visitor.login.csrf,
        theme=read_theme(request),
        path=keep_local(f"{path}?{request.url.query}" if request.url.query else path)
        if request.method == "GET"
        else "/",
        fragment=wants_fragment(request),
        who=SignedInAs(visitor.actor.name, visitor.actor.role, visitor.member.email, visitor.workspace_name),
        places=list_nav_items(visitor.actor.role, path, visitor.alerts),
        once=make_token(),
        clock=make_clock(request),
    )


def make_clock(request: Request) -> WallClock:
    container = get_container(request)
    return WallClock(container.settings.time_zone, container.clock())


def keep_local(path: str) -> str:
    """``path`` if it leads to a page of this console, else the front page."""
    plain = path.isprintable() and "\\" not in path and path.startswith("/") and not path.startswith("//")
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    return path if plain and not parts.scheme and not parts.netloc else "/"


def set_session(request: Request, answer: Response, token: str) -> None:
    """Sets the cookie of a sign-in. It is new after every sign-in, password change and role change."""
    set_cookie(request, answer, COOKIE, token, max_age_s=int(LONGEST.total_seconds()))


def make_token() -> str:
    return secrets.token_urlsafe(32)
