"""Inbound webhooks over HTTP: each connector's address, and the secret that its platform signs with.

``POST /connectors/{name}/webhook`` carries no API key. The connector verifies each message by the platform's own
signature. Until then nothing in it is trusted, and only the address's rate limit and the size limit apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from core.clock import Clock
from events.inbound import SharedSecret
from registry.connector import Inbound
from registry.declarative.webhooks import SECRET_PARAMETER
from web import problem
from web.api.body import Body, Id, parse_body
from web.api.view import Moment, View, format_moment
from web.auth import Caller, get_container, get_limits, require_signature
from web.client_address import find_client
from web.idempotency import act_once
from web.openapi import describe_body, describe_problems

router = APIRouter(tags=["connectors"])

Writes = Annotated[Caller, Depends(require_signature("connectors:write", owner=True))]
WORKSPACE: Final = r"^ws_[0-9A-Z]{26}$"


class TakenView(View):
    """An event made from the webhook. ``repeated``: this message was received before, so nothing was done again."""

    id: str
    event: str
    repeated: bool


class TakenList(View):
    """The events made from a webhook. Empty if the message contains none that OpsIQ knows."""

    events: Sequence[TakenView]


class SharedSecretView(View):
    """``url`` is where the platform sends its webhooks. ``secret`` signs them (Standard Webhooks ``v1``) and is shown
    only once. The previous secret stays valid until ``previous_until``."""

    connector: str
    url: str
    secret: str
    previous_until: Moment | None


class SecretBody(Body):
    """``secret`` is the platform's own (``whsec_…``), if the platform generates it. By default a new one is
    generated."""

    secret: Annotated[str | None, Field(min_length=1, max_length=400)] = None


@router.post(
    "/connectors/{name}/webhook", status_code=202, response_model=TakenList, responses=describe_problems("409", "422")
)
async def take(
    request: Request, name: Id, workspace: Annotated[str | None, Query(pattern=WORKSPACE)] = None
) -> TakenList:
    """Accepts a platform's signed webhook. A repeated message gets the same answer and has no further effect.
    ``workspace`` may be left out if only one workspace uses this connector."""
    container = get_container(request)
    await get_limits(request).arrive(find_client(request))
    taken = await container.events.inbox.take(
        name,
        await _inbound(request, container.clock),
        workspace=workspace,
        request_id=problem.find_request_id(request),
    )
    return TakenList(events=tuple(TakenView(id=each.id, event=each.event, repeated=each.repeated) for each in taken))


@router.post(
    "/v1/connectors/{name}/webhook-secret",
    status_code=201,
    response_model=SharedSecretView,
    responses=describe_problems("404"),
    openapi_extra=describe_body(SecretBody, {}, shows_secret=True),
)
async def share_secret(request: Request, caller: Writes, name: Id) -> Response:
    """Sets the secret that the platform signs its webhooks with. Only this answer contains it. The previous secret
    stays valid for 24 h."""
    body = parse_body(SecretBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).events.inbox.share_secret(
            caller.actor, name, body.secret, in_transaction=in_transaction
        ),
        lambda made: _to_secret_view(request, caller, made),
        status=201,
        shows_secret=True,
    )


async def _inbound(request: Request, clock: Clock) -> Inbound:
    """The received bytes, and the time at which the last of them came. A repeated header is left out, so that
    verification misses it."""
    headers: dict[str, str] = {}
    twice: set[str] = set()
    for name, value in request.headers.items():
        if name in headers:
            twice.add(name)
        headers[name] = value
    single = {name: value for name, value in headers.items() if name not in twice}
    body = await request.body()
    return Inbound(single, body, clock(), dict(request.query_params))


def _to_secret_view(request: Request, caller: Caller, made: SharedSecret) -> dict[str, Any]:
    url = make_webhook_url(request, caller.actor.workspace, made.connector, made.secret if made.in_address else "")
    return SharedSecretView(
        connector=made.connector, url=url, secret=made.secret, previous_until=format_moment(made.previous_until)
    ).json_value()


def make_webhook_url(request: Request, workspace: str, connector: str, secret: str = "") -> str:
    """The address for the platform's webhooks of a connection. It contains the ``secret`` if the secret is a part of
    it."""
    base = get_container(request).settings.base_url.rstrip("/")
    told = f"&{SECRET_PARAMETER}={quote(secret)}" if secret else ""
    return f"{base}/connectors/{quote(connector)}/webhook?workspace={workspace}{told}"
