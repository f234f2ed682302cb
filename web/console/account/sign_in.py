"""Sign-in pages: sign-in, sign-out, creating the first workspace, and the choice of light or dark."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

import store.accounts.logins
import store.accounts.members
import store.workspaces
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.workspace.admin import make_owner
from app.container import Container
from core import ids
from core.crypto import passwords
from core.errors import InvalidInput, NotFound
from store.accounts.members import MemberRow
from web import problem
from web.auth import get_container
from web.client_address import came_from_this_machine, find_client
from web.console.account import login_throttle
from web.console.account.device import remember_device
from web.console.account.login_throttle import Attempt
from web.console.forms import Guarded, GuardedStranger, keep_secret, make_stranger_shell
from web.console.pages import THEME_COOKIE, Page, redirect, render, split_address, wants_fragment
from web.console.session import COOKIE, LONGEST, find_visitor, keep_local, make_token, set_session
from web.cookies import delete_cookie, read_cookie, set_cookie

router = APIRouter(include_in_schema=False)

_WRONG: Final = (
    "This e-mail address and password don't go together. If you have forgotten the password, whoever runs this server "
    "can give you a new one."
)
_CHANGED: Final = "Your account was changed while you signed in. Sign in again."
_ENDED: Final = "Your sign-in had ended, so what you sent was not taken. Sign in and send it again."


@dataclass(frozen=True, kw_only=True)
class SignInPage(Page):
    """Sign-in page. ``issuer`` is the other way to sign in, ``start`` its address. ``leave`` is the issuer's sign-out
    address. Each is empty if there is none."""

    template: ClassVar[str] = "sign_in.html"
    email: str
    next: str
    trouble: str
    issuer: str
    start: str
    leave: str


@dataclass(frozen=True, kw_only=True)
class SetUpPage(Page):
    template: ClassVar[str] = "set_up.html"
    allowed: bool
    name: str
    person: str
    email: str
    trouble: str
    least_characters: int


async def redirect_to_sign_in(request: Request, _: Exception) -> Response:
    """Redirects to the sign-in page, which leads back to the requested page. A person who sent a form is told that it
    had no effect."""
    sent = request.method == "POST"
    wanted = request.headers.get("hx-current-url", "") if sent or wants_fragment(request) else str(request.url)
    parts = split_address(wanted)
    back = keep_local(f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")
    asked = {**({"ended": "1"} if sent else {}), **({"next": back} if back != "/" else {})}
    to = f"/sign-in?{urlencode(asked)}" if asked else "/sign-in"
    if request.headers.get("hx-request"):
        return Response(status_code=200, headers={"HX-Redirect": to, "Cache-Control": "no-store"})
    return redirect(to)


@router.get("/sign-in")
async def sign_in_page(request: Request, next: str = "/", left: str = "", ended: str = "") -> Response:  # noqa: A002  (the name in the address)
    if await find_visitor(request):
        return redirect(keep_local(next))
    container = get_container(request)
    if await _has_no_workspace(container):
        return redirect("/set-up")
    leave = await container.issuer.end_session() if left and container.issuer else ""
    return await sign_in_answer(request, next_=keep_local(next), leave=leave, trouble=_ENDED if ended else "")


@router.post("/sign-in")
async def sign_in(request: Request, form: GuardedStranger) -> Response:
    container = get_container(request)
    email, password = form.get("email", limit=320).strip(), form.fields.get("password", "")
    next_ = keep_local(form.get("next", limit=2000) or "/")
    attempts = await login_throttle.make_attempts(request, email, await _find_active_members(container, email))
    if wait := min([await login_throttle.find_wait(container, each) for each in attempts]):
        return await _slow_down(request, email, next_, wait)
    async with login_throttle.turn(request, attempts) as free:
        if not free:
            answer = await sign_in_answer(request, email=email, next_=next_, trouble=login_throttle.BUSY, status=503)
            answer.headers["Retry-After"] = "5"
            return answer
        # Read again: other attempts may have failed meanwhile.
        waits = [await login_throttle.find_wait(container, each) for each in attempts]
        tried = [each for each, wait in zip(attempts, waits, strict=True) if not wait]
        right = await _check_password(tried, password)
        if right is None or right.member is None:
            await login_throttle.count(container, tried, find_client(request))
            if any(waits):
                return await _slow_down(request, email, next_, max(waits))
            return await sign_in_answer(request, email=email, next_=next_, trouble=_WRONG, status=401)
        # A place elsewhere under the same address tells nothing of the others' passwords: these were guessed wrong.
        if missed := tried[: tried.index(right)]:
            await login_throttle.count(container, missed, find_client(request))
    await login_throttle.forgive(container, right)
    return await start_session(request, container, right.member, next_)


@router.post("/sign-out")
async def sign_out(request: Request, form: Guarded) -> Response:
    container = get_container(request)
    now = container.clock()
    async with container.database.begin() as session:
        if await store.accounts.logins.revoke(session, read_cookie(request, COOKIE), now):
            await recorder.record_act(
                session,
                form.member.actor,
                EntryType.SIGNED_OUT,
                now,
                request_id=problem.find_request_id(request),
                login=form.member.login.id,
            )
    answer = redirect("/sign-in?left=1" if form.member.login.issuer else "/sign-in")
    delete_cookie(request, answer, COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.post("/theme")
async def switch_theme(request: Request, form: GuardedStranger) -> Response:
    chosen = form.get("theme", limit=10)
    if chosen not in ("light", "dark", ""):
        raise InvalidInput("A theme is light, dark, or empty for what the machine prefers.")
    answer = redirect(keep_local(form.get("next", limit=2000) or "/"))
    if chosen:
        set_cookie(request, answer, THEME_COOKIE, chosen, max_age_s=365 * 86400)
    else:
        delete_cookie(request, answer, THEME_COOKIE)
    return answer


@router.get("/set-up")
async def set_up_page(request: Request) -> Response:
    if not await _has_no_workspace(get_container(request)):
        return redirect("/sign-in")
    return _set_up(request)


@router.post("/set-up")
async def set_up(request: Request, form: GuardedStranger) -> Response:
    """Creates the first workspace: only while there is none, and only from this machine."""
    container = get_container(request)
    name, person = form.get("name", limit=100).strip(), form.get("person", limit=100).strip()
    email, password = form.get("email", limit=320).strip(), form.fields.get("password", "")
    async with request.app.state.founding:
        if not await _has_no_workspace(container) or not came_from_this_machine(request):
            raise NotFound("There is nothing to set up here.")
        if not name or not person or "@" not in email:
            trouble = "Give the workspace a name, and yourself a name and an e-mail address."
            return _set_up(request, name=name, person=person, email=email, trouble=trouble)
        try:
            owner = await container.workspace_admin.create_workspace(
                name, email=email, person=person, password=password
            )
        except InvalidInput as error:
            return _set_up(request, name=name, person=person, email=email, trouble=error.detail)
    async with container.database.read() as session:
        member = await store.accounts.members.get(session, owner.workspace, owner.id)
    return await start_session(request, container, member, "/")


async def start_session(
    request: Request, container: Container, member: MemberRow, to: str, *, issuer: str = ""
) -> Response:
    """Starts a session with a new token and form secret. The browser's earlier login ends in the same transaction.
    ``member`` is as it was when the person proved who they are: a password, role or access that has changed since then
    starts no session, because that change has just ended the others. ``issuer`` is the one that vouched for the
    person, empty for a password."""
    now, token = container.clock(), make_token()
    try:
        async with container.database.begin() as session:
            # First the write, which waits for a change of the member that is under way and keeps others out.
            await store.accounts.members.touch(session, member.workspace, member.id, now)
            present = await store.accounts.members.get(session, member.workspace, member.id)
            if _get_standing(present) != _get_standing(member):
                raise _MemberChanged
            login = await store.accounts.logins.start(
                session,
                login_id=ids.make_id("ses"),
                workspace=member.workspace,
                member_id=member.id,
                token=token,
                csrf=make_token(),
                now=now,
                expires_at=now + LONGEST,
                replaces=read_cookie(request, COOKIE) or None,
                address=find_client(request),
                agent=request.headers.get("user-agent", ""),
                issuer=issuer or None,
            )
            await recorder.record_act(
                session,
                make_owner(member),
                EntryType.SIGNED_IN,
                now,
                request_id=problem.find_request_id(request),
                login=login.id,
                **({"issuer": issuer} if issuer else {}),
            )
    except _MemberChanged:
        return await sign_in_answer(request, next_=to, trouble=_CHANGED, status=401)
    answer = RedirectResponse(to, status_code=303, headers={"Cache-Control": "no-store"})
    set_session(request, answer, token)
    remember_device(request, answer, member.id)
    return answer


class _MemberChanged(Exception):
    """Rolls back a sign-in."""


def _get_standing(member: MemberRow) -> tuple[object, ...]:
    return member.state, member.role, member.standing_since, member.password_hash


async def _slow_down(request: Request, email: str, next_: str, wait: timedelta) -> Response:
    trouble = f"Too many failed sign-ins. Wait {login_throttle.describe_wait(wait)} and try again."
    answer = await sign_in_answer(request, email=email, next_=next_, trouble=trouble, status=429)
    answer.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return answer


async def _find_active_members(container: Container, email: str) -> list[MemberRow]:
    async with container.database.read() as session:
        return [row for row in await store.accounts.members.by_email(session, email) if row.state == "active"]


async def _check_password(attempts: Sequence[Attempt], password: str) -> Attempt | None:
    """The attempt at the member with this password. An unknown address takes about as long as a wrong password, to
    within one hash."""
    for each in attempts:
        kept = each.member.password_hash if each.member else None
        if await asyncio.to_thread(passwords.verify_password, password, kept):
            return each
    return None


async def _has_no_workspace(container: Container) -> bool:
    async with container.database.read() as session:
        return not await store.workspaces.every_one(session)


async def sign_in_answer(
    request: Request, *, next_: str, email: str = "", trouble: str = "", leave: str = "", status: int = 200
) -> Response:
    """The sign-in page, with an error message if there is one."""
    start = f"next={quote(next_, safe='')}"
    around = replace(make_stranger_shell(request), path=f"/sign-in?{start}" if next_ != "/" else "/sign-in")
    issuer = get_container(request).issuer
    page = SignInPage(
        shell=around,
        title="Sign in",
        email=email,
        next=next_,
        trouble=trouble,
        issuer=issuer.name if issuer else "",
        start=f"/sign-in/start?{start}",
        leave=leave,
    )
    return keep_secret(request, render(page, status=status), around)


def _set_up(request: Request, *, name: str = "", person: str = "", email: str = "", trouble: str = "") -> Response:
    shell = make_stranger_shell(request)
    page = SetUpPage(
        shell=shell,
        title="Set up",
        allowed=came_from_this_machine(request),
        name=name,
        person=person,
        email=email,
        trouble=trouble,
        least_characters=passwords.LEAST_CHARACTERS,
    )
    return keep_secret(request, render(page, status=422 if trouble else 200), shell)
