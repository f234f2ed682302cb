"""Connections over REST, for owners: create or reconfigure one, and check it against the live platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

from agent.workspace.connection_setup import check, connect
from core.errors import NotFound
from registry.connection_contracts import bind_contract
from store.transaction_hook import TransactionHook
from web.api.body import Body, Id, parse_body
from web.api.view import View
from web.auth import Caller, get_container, require_signature
from web.idempotency import act_once
from web.openapi import describe_body, describe_problems

router = APIRouter(prefix="/v1", tags=["connectors"])


EXAMPLE: Final = {"connector": "saas", "base_url": "https://platform.example", "name": "berlin"}


class ConnectionView(View):
    name: str
    connector: str
    base_url: str


class ConnectionBody(Body):
    """``name`` is the connection's name in this workspace, by default the connector's. ``token`` is the platform's
    credential (``user:password`` for a basic one). ``options`` are the values that the connector asks for."""

    connector: Annotated[str, Field(min_length=1, max_length=64)]
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s?#@]+$", max_length=2000)]
    name: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    token: Annotated[str | None, Field(min_length=1, max_length=4000)] = None
    options: Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(max_length=20)] = Field(
        default_factory=dict
    )


class CheckFindingView(View):
    state: Literal["ok", "warn", "fail"]
    about: str
    detail: str


class CheckList(View):
    data: Sequence[CheckFindingView]


@router.post(
    "/connections",
    status_code=201,
    response_model=ConnectionView,
    responses=describe_problems("409", "422"),
    openapi_extra=describe_body(
        ConnectionBody, {"connector": "saas", "base_url": "https://platform.example", "name": "berlin"}
    ),
)
async def make(
    request: Request, caller: Annotated[Caller, Depends(require_signature("connectors:write", owner=True))]
) -> Response:
    """Creates a connection of a connector, or reconfigures an existing one. The contracts that it proposes have no
    effect until an owner signs them."""
    body, container = parse_body(ConnectionBody, caller), get_container(request)
    name = body.name or body.connector

    made = ConnectionView(name=name, connector=body.connector, base_url=body.base_url.rstrip("/"))

    async def act(in_transaction: TransactionHook[ConnectionView]) -> ConnectionView:
        await connect(
            container.workspace_admin,
            container.vault,
            caller.actor,
            body.connector,
            name=name,
            base_url=body.base_url.rstrip("/"),
            options=body.options,
            token=body.token or "",
            in_transaction=lambda session, _: in_transaction(session, made),
        )
        return made

    return await act_once(request, caller, act, lambda each: each.json_value(), status=201)


@router.get("/connectors/{name}/check", response_model=CheckList, responses=describe_problems("404"))
async def checked(
    request: Request,
    caller: Annotated[Caller, Depends(require_signature("connectors:read", owner=True))],
    name: Id,
) -> CheckList:
    """Checks a connection: lists and reads one record of every kind, and compares its values with the parameter types
    of the contracts. It asks the platform."""
    context = await get_container(request).contexts.of(caller.actor.workspace)
    connector = next((each for each in context.connectors if each.connection == name), None)
    if connector is None:
        raise NotFound(f"There is no connection {name} that works here.")
    contracts = [bind_contract(each, connector.name, name) for each in connector.register_actions()]
    found = await check(connector, contracts)
    return CheckList(
        data=tuple(CheckFindingView(state=each.state, about=each.about, detail=each.detail) for each in found)
    )
