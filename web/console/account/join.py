"""Invitation page: the invited person gives their name and sets a password that nobody else has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

import store.accounts.members
import store.workspaces
from core.crypto import passwords
from core.display_text import to_display_text
from core.errors import Conflict, InvalidInput
from web.auth import get_container
from web.console.account.sign_in import start_session
from web.console.forms import GuardedStranger, keep_secret, make_stranger_shell
from web.console.pages import Page, render

router = APIRouter(prefix="/join", include_in_schema=False)
_MAX_TOKEN = 200


@dataclass(frozen=True, kw_only=True)
class JoinPage(Page):
    """Page of an invitation. ``allowed`` is False for one that is unknown, used or over. Which of these isn't shown."""

    template: ClassVar[str] = "join.html"
    allowed: bool
    invitation: str
    workspace: str
    email: str
    role: str
    name: str
    trouble: str
    least_characters: int


@router.get("")
async def join_page(request: Request, invitation: str = "") -> Response:
    return await _page(request, invitation[:_MAX_TOKEN])


@router.post("")
async def join(request: Request, form: GuardedStranger) -> Response:
    """Accepts an invitation. It signs in the invited person, whoever used this browser before."""
    container = get_container(request)
    token, name = form.get("invitation", limit=_MAX_TOKEN), form.get("name", limit=1000)
    async with container.database.read() as session:
        invited = await store.accounts.members.by_invitation(session, token, container.clock())
    if invited is None:
        return await _page(request, token)
    try:
        member = await container.member_service.join(token, name=name, password=form.fields.get("password", ""))
    except (InvalidInput, Conflict) as error:
        return await _page(request, token, name=name, trouble=error.detail)
    return await start_session(request, container, member, "/")


async def _page(request: Request, token: str, *, name: str = "", trouble: str = "") -> Response:
    container = get_container(request)
    async with container.database.read() as session:
        member = await store.accounts.members.by_invitation(session, token, container.clock()) if token else None
        workspace = await store.workspaces.get(session, member.workspace) if member else None
    around = make_stranger_shell(request)
    page = JoinPage(
        shell=around,
        title="Join",
        allowed=member is not None,
        invitation=token if member else "",
        workspace=to_display_text(workspace.name, limit=100) if workspace else "",
        email=to_display_text(member.email, limit=320) if member else "",
        role=member.role if member else "",
        name=to_display_text(name, limit=100),
        trouble=trouble,
        least_characters=passwords.LEAST_CHARACTERS,
    )
    status = 404 if member is None else 422 if trouble else 200
    return keep_secret(request, render(page, status=status), around)
