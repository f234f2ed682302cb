"""Credentials page of a connection, for owners: its credentials, a test of them, and a form to replace them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from agent.credentials.connection_check import CheckState
from agent.credentials.kinds import KINDS, read_credential
from agent.credentials.vault import CredentialStatus
from core.display_text import to_display_text
from core.errors import InvalidInput, NotFound
from web.auth import get_container
from web.console.account.login_throttle import own_password
from web.console.forms import Form, GuardedOwner
from web.console.labels import Badge
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, redirect, show
from web.console.session import Owner, Visitor, make_shell

router = APIRouter(prefix="/connectors", include_in_schema=False)

CHECKED: Final[dict[CheckState, Badge]] = {
    "works": Badge("it works", "good"),
    "refused": Badge("refused", "bad"),
    "unclear": Badge("can't tell", "wait"),
    "unreachable": Badge("not reached", "bad"),
    "trouble": Badge("in trouble", "wait"),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a credential type. ``form`` is text, password or area."""

    name: str
    label: str
    form: str = "text"
    required: bool = True
    hint: str = ""


_CLIENT: Final = (
    Input("token_url", "Token endpoint", hint="https://…/token"),
    Input("client_id", "Client id"),
)
INPUTS: Final[dict[str, tuple[Input, ...]]] = {
    "bearer": (
        Input("token", "Token", "password"),
        Input("prefix", "Word before it", required=False, hint="Bearer, if you leave it empty; some APIs want Token."),
    ),
    "basic": (Input("username", "User name"), Input("password_", "Password", "password", required=False)),
    "header": (Input("name", "Header", hint="Such as X-API-Key."), Input("value", "Key", "password")),
    "query": (Input("name", "Parameter", hint="Such as api_key."), Input("value", "Key", "password")),
    "oauth_client": (
        *_CLIENT,
        Input("client_secret", "Client secret", "password"),
        Input("scope", "Scopes", required=False),
    ),
    "oauth_refresh": (
        *_CLIENT,
        Input("client_secret", "Client secret", "password", required=False),
        Input("refresh_token", "Refresh token", "password"),
        Input("scope", "Scopes", required=False),
    ),
    "certificate": (
        Input("certificate", "Certificate (PEM)", "area"),
        Input("key", "Private key (PEM)", "area"),
        Input("authority", "Authority of the server (PEM)", "area", required=False),
    ),
}


@dataclass(frozen=True, slots=True)
class KindForm:
    kind: str
    title: str
    inputs: tuple[Input, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Visible facts about the credentials of a connection."""

    title: str
    changed_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    warning: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Result of a test."""

    state: Badge
    detail: str


@dataclass(frozen=True, kw_only=True)
class CredentialsPage(Page):
    template: ClassVar[str] = "credentials.html"
    name: str
    held: Held | None
    checked: Checked | None
    forms: tuple[KindForm, ...]
    path: str
    trouble: str


@router.get("/{connector}/credentials")
async def show_credentials(request: Request, visitor: Owner, connector: str) -> Response:
    return await _page(request, visitor, connector)


@router.post("/{connector}/credentials")
async def give(request: Request, form: GuardedOwner, connector: str) -> Response:
    """Replaces the connection's credentials."""
    visitor, kind = form.member, form.get("kind", limit=40)
    trouble = await own_password(request, form)
    if not trouble:
        try:
            credential = read_credential(_read_given(form, kind))
            async with use_form_once(request, form) as in_transaction:
                await get_container(request).vault.put(
                    visitor.actor,
                    connector,
                    credential,
                    expires_at=_day(form.get("expires", limit=20)),
                    in_transaction=in_transaction,
                )
        except InvalidInput as error:
            trouble = error.detail
    if trouble:
        return await _page(request, visitor, connector, trouble=trouble, kind=kind)
    return redirect(f"/connectors/{connector}/credentials")


@router.post("/{connector}/credentials/test")
async def test(request: Request, form: GuardedOwner, connector: str) -> Response:
    """Tests the credentials with one read of the platform."""
    path = form.get("path", limit=1000).strip()
    try:
        came = await get_container(request).connection_check.run(form.member.actor.workspace, connector, path or None)
    except InvalidInput as error:
        return await _page(request, form.member, connector, trouble=error.detail, path=path)
    checked = Checked(CHECKED[came.state], to_display_text(came.detail, limit=600))
    return await _page(request, form.member, connector, checked=checked, path=path)


@router.post("/{connector}/credentials/remove")
async def remove(request: Request, form: GuardedOwner, connector: str) -> Response:
    await get_container(request).vault.remove(form.member.actor, connector)
    return redirect(f"/connectors/{connector}/credentials")


def _read_given(form: Form, kind: str) -> dict[str, str]:
    """The values typed into the form of this type. Empty fields are left out."""
    made = {"type": kind}
    for each in INPUTS.get(kind, ()):
        text = form.get(each.name, limit=65_536)
        if text.strip():
            made[each.name.rstrip("_")] = text if each.form == "area" else text.strip()
    return made


def _day(text: str) -> datetime | None:
    """The end of the day in a date field."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(f"{text}T23:59:59").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidInput("Give the day they end as a date, or leave it empty.") from error


async def _page(
    request: Request,
    visitor: Visitor,
    connector: str,
    *,
    trouble: str = "",
    checked: Checked | None = None,
    kind: str = "bearer",
    path: str = "",
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    if (await container.contexts.of(workspace)).catalogue.address(connector) is None:
        raise NotFound("There is no connection of that name here that is switched on.")
    status = await container.vault.get_status(workspace, connector)
    shown = kind if kind in INPUTS else "bearer"
    made = CredentialsPage(
        shell=make_shell(request, visitor),
        title=f"Credentials of {to_display_text(connector, limit=80)}",
        name=connector,
        held=None if status is None else _to_held(status, container.clock()),
        checked=checked,
        forms=tuple(KindForm(each, KINDS[each], inputs, each == shown) for each, inputs in INPUTS.items()),
        path=to_display_text(path or await container.connection_check.find_path(workspace, connector), limit=1000),
        trouble=to_display_text(trouble, limit=600),
    )
    return show(request, made, status=422 if trouble else 200)


def _to_held(status: CredentialStatus, now: datetime) -> Held:
    return Held(status.title, status.changed_at, status.expires_at, status.last_used_at, status.warning(now))
