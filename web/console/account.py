"""One's own account: the password, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

import store.logins
from core import passwords
from core.errors import InvalidInput
from core.visible import visible
from web.console.forms import Guarded
from web.console.guesses import own_password
from web.console.logins import SignIn, sign_ins
from web.console.pages import Page, redirect, show
from web.console.visitor import SignedIn, Visitor, shell
from web.door import house_of

router = APIRouter(prefix="/account", include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class AccountPage(Page):
    template: ClassVar[str] = "account.html"
    name: str
    email: str
    role: str
    sign_ins: tuple[SignIn, ...]
    least_characters: int
    changed: bool
    trouble: str


@router.get("")
async def account(request: Request, visitor: SignedIn) -> Response:
    return await _account(request, visitor)


@router.post("/password")
async def change_password(request: Request, form: Guarded) -> Response:
    """The present one is asked for, and counted like a sign-in. Wherever else one is signed in, one is no longer."""
    visitor, fresh = form.member, form.fields.get("fresh", "")
    trouble = await own_password(request, visitor, form.fields.get("password", ""))
    if not trouble:
        try:
            await house_of(request).roster.change_password(visitor.actor, fresh, login=visitor.login.id)
        except InvalidInput as error:
            trouble = error.detail
    return await _account(request, visitor, trouble, changed=not trouble)


@router.post("/sign-out")
async def sign_out_elsewhere(request: Request, form: Guarded) -> Response:
    """One sign-in, where the form names it, else all but this one."""
    visitor, login_id = form.member, form.get("login", limit=64)
    roster = house_of(request).roster
    if login_id:
        await roster.end_login(visitor.actor, visitor.member.id, login_id)
    else:
        await roster.end_logins(visitor.actor, visitor.member.id, but=visitor.login.id)
    return redirect("/account")


async def _account(request: Request, visitor: Visitor, trouble: str = "", *, changed: bool = False) -> Response:
    house, member = house_of(request), visitor.member
    async with house.sessions.read() as session:
        logins = await store.logins.of_member(session, member.workspace, member.id, house.clock())
    page = AccountPage(
        shell=shell(request, visitor), title="Your account", name=visible(member.name, limit=100),
        email=visible(member.email, limit=320), role=member.role, sign_ins=sign_ins(logins, visitor.login.id),
        least_characters=passwords.LEAST_CHARACTERS, changed=changed, trouble=trouble,
    )  # fmt: skip
    return show(request, page, status=422 if trouble else 200)
