"""Account page: password, active sessions, and linked identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.identities
import store.accounts.logins
from app.container import Container
from core.crypto import passwords
from core.display_text import to_display_text
from core.errors import Conflict, InvalidInput
from web.auth import get_container
from web.console.account.active_sessions import ActiveSession, list_active_sessions
from web.console.account.login_throttle import own_password
from web.console.forms import Guarded
from web.console.pages import Page, redirect, redirect_full_page, show
from web.console.session import SignedIn, Visitor, make_shell, make_token, set_session

router = APIRouter(prefix="/account", include_in_schema=False)


FIRST_PASSWORD: Final = timedelta(minutes=10)
"""Longest time since the sign-in through the issuer in which a person without a password may set one."""


@dataclass(frozen=True, slots=True)
class Link:
    """A linked identity of an issuer. ``label`` is its email address, or its subject if the issuer gave no address."""

    id: str
    issuer: str
    label: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AccountPage(Page):
    """Account page of the signed-in member. ``issuer`` can be linked now. It is empty if there is none, or if the
    member is already linked."""

    template: ClassVar[str] = "account.html"
    name: str
    email: str
    role: str
    sign_ins: tuple[ActiveSession, ...]
    least_characters: int
    changed: bool
    trouble: str
    has_password: bool
    issuer: str
    links: tuple[Link, ...]
    link_trouble: str
    name_trouble: str


@router.get("")
async def show_account(request: Request, visitor: SignedIn) -> Response:
    return await render_account(request, visitor)


@router.post("/name")
async def rename(request: Request, form: Guarded) -> Response:
    """Changes the visitor's own name. The whole page is loaded again, because the name stands beside the menu too."""
    try:
        await get_container(request).member_service.rename(form.member.actor, form.get("name", limit=1000))
    except (InvalidInput, Conflict) as error:
        return await render_account(request, form.member, name_trouble=error.detail)
    return redirect_full_page(request, redirect("/account"))


@router.post("/password")
async def change_password(request: Request, form: Guarded) -> Response:
    """Changes the visitor's own password. The form must contain the current one, and a wrong one counts as a failed
    sign-in. All other sessions end. This session gets a new id, so that a copy of the old one is useless."""
    visitor, fresh, container = form.member, form.fields.get("fresh", ""), get_container(request)
    token, secret = make_token(), make_token()

    async def renewed(session: AsyncSession, _: int) -> None:
        await store.accounts.logins.renew(session, visitor.login.id, token=token, csrf=secret)

    trouble = (
        await own_password(request, form) if visitor.member.password_hash is not None else _first(container, visitor)
    )
    if not trouble:
        try:
            await container.member_service.change_password(
                visitor.actor, fresh, login=visitor.login.id, in_transaction=renewed
            )
        except InvalidInput as error:
            trouble = error.detail
    if trouble:
        return await render_account(request, visitor, trouble)
    visitor.login.csrf = secret
    answer = await render_account(request, visitor, changed=True)
    set_session(request, answer, token)
    return answer


@router.post("/sign-out")
async def sign_out_elsewhere(request: Request, form: Guarded) -> Response:
    """Ends the session that the form names, or else all sessions except this one."""
    visitor, login_id = form.member, form.get("login", limit=64)
    member_service = get_container(request).member_service
    if login_id:
        await member_service.end_login(visitor.actor, visitor.member.id, login_id)
    else:
        await member_service.end_logins(visitor.actor, visitor.member.id, but=visitor.login.id)
    return redirect("/account")


def _first(container: Container, visitor: Visitor) -> str:
    """Why no first password may be set now. Empty if it may, because the issuer has just vouched for the person."""
    fresh = visitor.login.issuer and container.clock() - visitor.login.created_at <= FIRST_PASSWORD
    minutes = int(FIRST_PASSWORD.total_seconds() // 60)
    again = f"Sign out, sign in again through {container.sso_login.name}, and set it within {minutes} minutes."
    return "" if fresh else again


def _name_issuer(container: Container, issuer: str) -> str:
    """What the sign-in page calls it. Of an issuer that is not set up any more only the address is known."""
    return container.issuer.name if container.issuer and container.issuer.issuer == issuer else issuer


async def render_account(
    request: Request,
    visitor: Visitor,
    trouble: str = "",
    *,
    changed: bool = False,
    link_trouble: str = "",
    name_trouble: str = "",
    status: int = 422,
) -> Response:
    container, member = get_container(request), visitor.member
    async with container.database.read() as session:
        logins = await store.accounts.logins.of_member(session, member.workspace, member.id, container.clock())
        identities = await store.accounts.identities.of_member(session, member.workspace, member.id)
    issuer = (
        container.issuer
        if container.issuer and all(each.issuer != container.issuer.issuer for each in identities)
        else None
    )
    page = AccountPage(
        shell=make_shell(request, visitor),
        title="Your account",
        name=to_display_text(member.name, limit=100),
        email=to_display_text(member.email, limit=320),
        role=member.role,
        sign_ins=list_active_sessions(logins, visitor.login.id),
        least_characters=passwords.LEAST_CHARACTERS,
        changed=changed,
        trouble=trouble,
        has_password=member.password_hash is not None or changed,
        issuer=issuer.name if issuer else "",
        link_trouble=link_trouble,
        name_trouble=name_trouble,
        links=tuple(
            Link(
                each.id,
                to_display_text(_name_issuer(container, each.issuer), limit=200),
                to_display_text(each.email or each.subject, limit=320),
                each.created_at,
                each.last_used_at,
            )
            for each in identities
        ),
    )
    return show(request, page, status=status if trouble or link_trouble or name_trouble else 200)
