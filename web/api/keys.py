"""API keys over REST, for owners: a secret is returned once, when it is created."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

import store.accounts.api_keys
import store.accounts.members
from agent.workspace.key_admin import IssuedKey
from agent.workspace.principals import explain_blocked_key
from core.errors import Forbidden
from core.scopes import SCOPES
from store.accounts.api_keys import KeyRow, KeyState
from store.accounts.members import MemberRow
from web.api.body import Body, Id, parse_body
from web.api.view import Moment, View
from web.auth import Caller, check_scopes, get_container, require_signature
from web.idempotency import act_once, claim_once
from web.openapi import describe_act, describe_body, describe_problems

router = APIRouter(prefix="/v1/keys", tags=["keys"])
Reads = Annotated[Caller, Depends(require_signature("keys:read", owner=True))]
Writes = Annotated[Caller, Depends(require_signature("keys:write", owner=True))]


class KeyView(View):
    """An API key. ``rotating_until``: until when the previous secret can sign. ``blocked``: why an active key is
    refused, because its maker left or has another role now. Null if it works."""

    id: str
    public: str
    name: str
    mode: str
    role: str
    person: str
    scopes: tuple[str, ...]
    state: KeyState
    blocked: str | None
    created_at: Moment
    last_used_at: Moment | None
    expires_at: Moment | None
    revoked_at: Moment | None
    rotating_until: Moment | None


class KeyList(View):
    data: Sequence[KeyView]


class IssuedKeyView(View):
    """A new key. ``secret`` is shown only once, and nobody can read it later."""

    key: KeyView
    secret: str


class CreateKeyBody(Body):
    """``role`` is a role that contracts list, by default the maker's own. ``expires_days`` counts from now. By default
    the key doesn't expire. ``mode`` is ``test`` by default: its actions are resolved, held and confirmed, but never
    sent."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    scopes: Annotated[
        list[str], Field(min_length=1, max_length=len(SCOPES), json_schema_extra={"items": {"enum": list(SCOPES)}})
    ]
    role: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = None
    mode: Literal["test", "live"] = "test"
    expires_days: Annotated[int | None, Field(ge=1, le=3650)] = None


@router.get("", response_model=KeyList)
async def listed(request: Request, caller: Reads) -> KeyList:
    """Every key of the workspace, newest first, including revoked ones. Without secrets."""
    async with get_container(request).database.read() as session:
        rows = await store.accounts.api_keys.listed(session, caller.actor.workspace)
    holders = await _list_holders(request, caller)
    return KeyList(data=tuple(_view(request, row, holders) for row in rows))


@router.post(
    "",
    status_code=201,
    response_model=IssuedKeyView,
    responses=describe_problems("409", "422"),
    openapi_extra=describe_body(
        CreateKeyBody, {"name": "shop backend", "scopes": ["actions:run", "events:write"]}, shows_secret=True
    ),
)
async def create(request: Request, caller: Writes) -> Response:
    """Creates a key that acts for the owner of the calling key. It can't have a scope that the calling key lacks, nor
    one that its role can't use."""
    body = parse_body(CreateKeyBody, caller)
    check_scopes(body.scopes, body.role or caller.actor.role)
    beyond = sorted(set(body.scopes) - caller.scopes)
    if beyond:
        raise Forbidden(f"This key lacks, so can't give: {', '.join(beyond)}.")
    container = get_container(request)
    holders = await _list_holders(request, caller)
    ends = container.clock() + timedelta(days=body.expires_days) if body.expires_days else None
    async with claim_once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        row, secret = await container.key_admin.create_key(
            caller.actor,
            body.name,
            scopes=set(body.scopes),
            role=body.role,
            mode=body.mode,
            expires_at=ends,
            in_transaction=attempt.keep(
                201, lambda issued: _to_issued_view(request, issued, holders), shows_secret=True
            ),
        )
    return JSONResponse(_to_issued_view(request, IssuedKey(row, secret), holders), status_code=201)


@router.post(
    "/{key_id}/rotate",
    response_model=IssuedKeyView,
    responses=describe_problems("404", "409"),
    openapi_extra=describe_act(shows_secret=True),
)
async def rotate(request: Request, caller: Writes, key_id: Id) -> Response:
    """Creates a new secret for a key. The previous one stays valid for 24 h, so that you can replace it without an
    outage."""
    holders = await _list_holders(request, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).key_admin.rotate_key(
            caller.actor, key_id, within=caller.scopes, in_transaction=in_transaction
        ),
        lambda issued: _to_issued_view(request, issued, holders),
        check=lambda: _find_key(request, caller, key_id),
        shows_secret=True,
    )


@router.delete("/{key_id}", response_model=KeyView, responses=describe_problems("404"), openapi_extra=describe_act())
async def revoke(request: Request, caller: Writes, key_id: Id) -> Response:
    """Revokes a key: all its secrets stop working. Rules and instructions that act as the key stop too."""
    holders = await _list_holders(request, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).key_admin.revoke_key(
            caller.actor, key_id, in_transaction=in_transaction
        ),
        lambda row: _view(request, row, holders).json_value(),
        check=lambda: _find_key(request, caller, key_id),
    )


async def _find_key(request: Request, caller: Caller, key_id: str) -> KeyRow:
    """The key with this id. Raises NotFound."""
    async with get_container(request).database.read() as session:
        return await store.accounts.api_keys.get(session, caller.actor.workspace, key_id)


async def _list_holders(request: Request, caller: Caller) -> Mapping[str, MemberRow]:
    async with get_container(request).database.read() as session:
        return {each.id: each for each in await store.accounts.members.listed(session, caller.actor.workspace)}


def _to_issued_view(request: Request, issued: IssuedKey, holders: Mapping[str, MemberRow]) -> dict[str, Any]:
    return IssuedKeyView(key=_view(request, issued.row, holders), secret=issued.secret).json_value()


def _view(request: Request, row: KeyRow, holders: Mapping[str, MemberRow]) -> KeyView:
    now = get_container(request).clock()
    state = row.state(now)
    rotating = row.rotating_until(now)
    return KeyView(
        id=row.id,
        public=row.public,
        name=row.name,
        mode=row.mode,
        role=row.role,
        person=row.person,
        scopes=tuple(row.scopes.split()),
        state=state,
        blocked=(explain_blocked_key(row, holders.get(row.person), now) or None) if state == "active" else None,
        created_at=row.created_at.isoformat(),
        last_used_at=row.last_used_at.isoformat() if row.last_used_at else None,
        expires_at=row.expires_at.isoformat() if row.expires_at else None,
        revoked_at=row.revoked_at.isoformat() if row.revoked_at else None,
        rotating_until=rotating.isoformat() if rotating else None,
    )
