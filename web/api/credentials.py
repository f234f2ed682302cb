"""Credentials of connections over REST, for owners: set, replace, remove and test them. Answers never contain them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from agent.credentials.kinds import Credential, read_credential
from agent.credentials.vault import CredentialStatus
from core.clock import from_iso
from core.errors import InvalidInput, NotFound
from web.api.body import Body, Id, parse_body
from web.api.view import Moment, View
from web.auth import Caller, get_container, require_signature
from web.idempotency import act_once
from web.openapi import describe_act, describe_body, describe_problems

router = APIRouter(prefix="/v1/connectors", tags=["connectors"])
Reads = Annotated[Caller, Depends(require_signature("connectors:read", owner=True))]
Writes = Annotated[Caller, Depends(require_signature("connectors:write", owner=True))]


class CredentialView(View):
    """The visible facts about a connection's credentials. ``warning`` is empty while they are fine."""

    connection: str
    type: str
    created_at: Moment
    changed_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    refused_at: Moment | None
    warning: str


class CheckView(View):
    """Result of a test. ``works``: the platform did the read. ``unclear``: its answer, such as 404, doesn't say whether
    the credentials work."""

    state: Literal["works", "refused", "unclear", "unreachable", "trouble"]
    detail: str
    status: int | None
    duration_ms: int


class CredentialBody(Body):
    """``credential`` is one of the types in docs/guide/credentials.md. ``expires_at`` is when it expires, if that is
    known: owners are warned two weeks before."""

    credential: Annotated[dict[str, Any], Field(min_length=1, max_length=20)]
    expires_at: Annotated[str | None, Field(max_length=40)] = None


class CheckBody(Body):
    """``path`` is read below the connection's address. Choose one that needs the credentials. Without it a list of the
    connector is read."""

    path: Annotated[str | None, Field(min_length=1, max_length=1000)] = None


@router.get("/{name}/credential", response_model=CredentialView, responses=describe_problems("404"))
async def shown(request: Request, caller: Reads, name: Id) -> CredentialView:
    """The kind and state of a connection's credentials, without any secret."""
    status = await get_container(request).vault.get_status(caller.actor.workspace, name)
    if status is None:
        raise NotFound(f"The connection {name} has no credentials.")
    return _view(request, status)


@router.post(
    "/{name}/credential",
    response_model=CredentialView,
    responses=describe_problems("404", "422"),
    openapi_extra=describe_body(CredentialBody, {"credential": {"type": "bearer", "token": "the platform's token"}}),
)
async def give(request: Request, caller: Writes, name: Id) -> Response:
    """Sets a connection's credentials and replaces earlier ones. They are stored sealed and never shown."""
    body = parse_body(CredentialBody, caller)
    credential: Credential = read_credential(body.credential)
    expires_at = _moment(body.expires_at)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).vault.put(
            caller.actor, name, credential, expires_at=expires_at, in_transaction=in_transaction
        ),
        lambda status: _view(request, status).json_value(),
    )


@router.delete(
    "/{name}/credential",
    status_code=200,
    response_model=CredentialView,
    responses=describe_problems("404"),
    openapi_extra=describe_act(),
)
async def take_away(request: Request, caller: Writes, name: Id) -> Response:
    """Removes a connection's credentials."""
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).vault.remove(caller.actor, name, in_transaction=in_transaction),
        lambda status: _view(request, status).json_value(),
    )


@router.post(
    "/{name}/test",
    response_model=CheckView,
    responses=describe_problems("404", "422"),
    openapi_extra=describe_body(CheckBody, {"path": "/orders?limit=1"}, idempotent=False),
)
async def test(request: Request, caller: Writes, name: Id) -> Response:
    """Tests a connection's credentials with one read of the platform."""
    body = parse_body(CheckBody, caller)
    came = await get_container(request).connection_check.run(caller.actor.workspace, name, body.path)
    view = CheckView(state=came.state, detail=came.detail, status=came.status, duration_ms=came.duration_ms)
    return JSONResponse(view.json_value())


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = from_iso(text)
    except ValueError as error:
        raise InvalidInput("expires_at is a point in time such as 2027-01-31T00:00:00Z.") from error
    if found.tzinfo is None:
        raise InvalidInput("expires_at needs its time zone, as in 2027-01-31T00:00:00Z.")
    return found


def _view(request: Request, status: CredentialStatus) -> CredentialView:
    def write(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return CredentialView(
        connection=status.connection,
        type=status.kind,
        created_at=status.created_at.isoformat(),
        changed_at=status.changed_at.isoformat(),
        expires_at=write(status.expires_at),
        last_used_at=write(status.last_used_at),
        refused_at=write(status.refused_at),
        warning=status.warning(get_container(request).clock()),
    )
