"""Webhook endpoints over REST: create, change, pause, rotate, recover, test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

from core.clock import format_iso
from events.webhooks.endpoints import CreatedEndpoint, EndpointState
from events.webhooks.redelivery import ResendSpan
from registry.events.event_catalogue import find_meant
from web import problem
from web.api.body import Body, Id, Instant, parse_body
from web.api.view import LATER, Moment, View, format_moment
from web.api.webhooks.deliveries import DeliveryView, make_delivery_json
from web.auth import Caller, get_container, require_signature
from web.idempotency import Effect, act_once
from web.openapi import describe_act, describe_body, describe_problems

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

Reads = Annotated[Caller, Depends(require_signature("webhooks:read"))]
Writes = Annotated[Caller, Depends(require_signature("webhooks:write"))]
Tests = Annotated[Caller, Depends(require_signature("webhooks:write", "webhook_test"))]

Pattern = Annotated[str, Field(min_length=1, max_length=100)]
HeaderValue = Annotated[str, Field(max_length=1024)]
EXAMPLE: Final = {"url": "https://example.com/hooks", "events": ["invoice.*", "order.shipped"], "description": "Ledger"}


class HealthOfEndpoint(View):
    """Health of an endpoint. ``success_rate_24h`` is null without attempts. ``slowed_s`` is the pause after each
    attempt, in seconds."""

    last_success_at: Moment | None
    last_failure_at: Moment | None
    failing_since: Moment | None
    consecutive_failures: int
    attempts_24h: int
    success_rate_24h: float | None
    slowed_s: float


class EndpointView(View):
    """A webhook endpoint. ``headers`` are only the names. ``why`` says why it is disabled. ``previous_secret_until``:
    until then deliveries are signed with two secrets. ``did_you_mean``: for custom events that it subscribes to, the
    universal events whose names differ by a letter or two."""

    id: str
    url: str
    description: str
    events: tuple[str, ...]
    headers: tuple[str, ...]
    per_minute: int | None
    state: Literal["active", "paused", "disabled", "deleted"]
    why: str
    created_at: Moment
    changed_at: Moment
    previous_secret_until: Moment | None
    health: HealthOfEndpoint
    did_you_mean: Annotated[Mapping[str, str] | None, Field(json_schema_extra=LATER)] = None


class EndpointList(View):
    data: Sequence[EndpointView]


class EndpointWithSecret(EndpointView):
    """An endpoint with the ``secret`` that signs its deliveries, which is shown only once."""

    secret: str


class SpanView(View):
    """A time span whose events are being sent again, in the background. ``since`` is included, ``until`` is not."""

    id: str
    endpoint: str
    since: Moment
    until: Moment


class EndpointBody(Body):
    """``events``: patterns such as ``invoice.paid``, ``invoice.*``, ``*``. ``headers`` are sent with every delivery and
    never shown again. ``per_minute`` limits the attempts."""

    url: Annotated[str, Field(min_length=1, max_length=4000)]
    events: Annotated[list[Pattern], Field(min_length=1, max_length=50)]
    description: Annotated[str, Field(max_length=500)] = ""
    headers: Annotated[dict[str, HeaderValue], Field(default_factory=dict, max_length=20)]
    per_minute: Annotated[int | None, Field(ge=1, le=6000)] = None


class ChangeBody(Body):
    """Only the given fields change. ``headers`` replaces all headers."""

    url: Annotated[str, Field(min_length=1, max_length=4000)] = ""
    events: Annotated[list[Pattern], Field(default_factory=list, min_length=1, max_length=50)]
    description: Annotated[str, Field(max_length=500)] = ""
    headers: Annotated[dict[str, HeaderValue], Field(default_factory=dict, max_length=20)]
    per_minute: Annotated[int | None, Field(ge=1, le=6000)] = None


class SpanBody(Body):
    """From ``since`` (included) to ``until`` (not included, by default now)."""

    since: Instant
    until: Instant | None = None


class TestBody(Body):
    """``event``: the universal event whose sample is sent, by default the first one that the endpoint subscribes to."""

    endpoint: Annotated[str, Field(min_length=1, max_length=64)]
    event: Annotated[str | None, Field(max_length=100)] = None


@router.get("/endpoints", response_model=EndpointList)
async def listed(request: Request, caller: Reads) -> EndpointList:
    """Every endpoint with its health, newest first. Without secrets."""
    shown = await get_container(request).webhooks.endpoints.list_endpoints(caller.actor)
    return EndpointList(data=tuple(map(make_endpoint_view, shown)))


@router.post(
    "/endpoints",
    status_code=201,
    response_model=EndpointWithSecret,
    openapi_extra=describe_body(EndpointBody, EXAMPLE, shows_secret=True),
)
async def create(request: Request, caller: Writes) -> Response:
    """Creates an endpoint. Only this answer contains its secret."""
    body = parse_body(EndpointBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).webhooks.endpoints.create(
            caller.actor,
            body.url,
            body.events,
            description=body.description,
            headers=body.headers,
            per_minute=body.per_minute,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        ),
        make_created_json,
        status=201,
        location=lambda made: f"/v1/webhooks/endpoints/{made.shown.row.id}",
        shows_secret=True,
    )


@router.get("/endpoints/{endpoint_id}", response_model=EndpointView, responses=describe_problems("404"))
async def show(request: Request, caller: Reads, endpoint_id: Id) -> EndpointView:
    """One endpoint and its health."""
    return make_endpoint_view(await get_container(request).webhooks.endpoints.show(caller.actor, endpoint_id))


@router.patch(
    "/endpoints/{endpoint_id}",
    response_model=EndpointView,
    responses=describe_problems("404"),
    openapi_extra=describe_body(ChangeBody, {"events": ["*"]}, idempotent=False),
)
async def change(request: Request, caller: Writes, endpoint_id: Id) -> EndpointView:
    """Changes the given fields of an endpoint."""
    body = parse_body(ChangeBody, caller)
    given = {name: getattr(body, name) for name in body.model_fields_set}
    shown = await get_container(request).webhooks.endpoints.change(
        caller.actor, endpoint_id, given, request_id=problem.find_request_id(request)
    )
    return make_endpoint_view(shown)


@router.delete("/endpoints/{endpoint_id}", status_code=204, responses=describe_problems("404"))
async def delete(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Deletes an endpoint. Its deliveries stay in the log for their 30 days."""
    await get_container(request).webhooks.endpoints.delete(
        caller.actor, endpoint_id, request_id=problem.find_request_id(request)
    )
    return Response(status_code=204)


async def _act_on_endpoint(
    request: Request,
    caller: Caller,
    endpoint_id: str,
    act: Callable[..., Awaitable[Effect]],
    body: Callable[[Effect], dict[str, Any]],
    *,
    status: int = 200,
    shows_secret: bool = False,
) -> Response:
    """Runs ``act`` on one endpoint, once for the request's Idempotency-Key. Raises NotFound and what ``act`` raises."""
    request_id = problem.find_request_id(request)
    return await act_once(
        request,
        caller,
        lambda hook: act(caller.actor, endpoint_id, request_id=request_id, in_transaction=hook),
        body,
        status=status,
        check=lambda: get_container(request).webhooks.endpoints.show(caller.actor, endpoint_id),
        shows_secret=shows_secret,
    )


@router.post(
    "/endpoints/{endpoint_id}/pause",
    response_model=EndpointView,
    responses=describe_problems("404", "409"),
    openapi_extra=describe_act(),
)
async def pause(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Pauses an endpoint. New deliveries are still created, and wait."""
    act = get_container(request).webhooks.endpoints.pause
    return await _act_on_endpoint(request, caller, endpoint_id, act, make_endpoint_json)


@router.post(
    "/endpoints/{endpoint_id}/resume",
    response_model=EndpointView,
    responses=describe_problems("404", "409"),
    openapi_extra=describe_act(),
)
async def resume(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Resumes an endpoint. A paused one sends what waited. A disabled one sends only new deliveries (recover or replay
    the rest)."""
    act = get_container(request).webhooks.endpoints.resume
    return await _act_on_endpoint(request, caller, endpoint_id, act, make_endpoint_json)


@router.post(
    "/endpoints/{endpoint_id}/rotate",
    response_model=EndpointWithSecret,
    responses=describe_problems("404"),
    openapi_extra=describe_act(shows_secret=True),
)
async def rotate(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Creates a new secret, which only this answer contains. For 24 hours deliveries are signed with both secrets."""
    act = get_container(request).webhooks.endpoints.rotate
    return await _act_on_endpoint(request, caller, endpoint_id, act, make_created_json, shows_secret=True)


@router.post(
    "/endpoints/{endpoint_id}/recover",
    status_code=202,
    response_model=SpanView,
    responses=describe_problems("404", "409"),
    openapi_extra=describe_body(SpanBody, {"since": "2026-11-24T06:00:00Z"}),
)
async def recover(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Makes one more attempt at every failed delivery that was created in the time span."""
    body = parse_body(SpanBody, caller)
    act = partial(get_container(request).webhooks.redelivery.recover, since=body.since, until=body.until)
    return await _act_on_endpoint(request, caller, endpoint_id, act, make_span_json, status=202)


@router.post(
    "/endpoints/{endpoint_id}/replay",
    status_code=202,
    response_model=SpanView,
    responses=describe_problems("404", "409"),
    openapi_extra=describe_body(SpanBody, {"since": "2026-11-24T06:00:00Z"}),
)
async def replay(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Delivers the events of the time span that this endpoint subscribes to and has no delivery of."""
    body = parse_body(SpanBody, caller)
    act = partial(get_container(request).webhooks.redelivery.replay, since=body.since, until=body.until)
    return await _act_on_endpoint(request, caller, endpoint_id, act, make_span_json, status=202)


@router.post(
    "/test",
    status_code=202,
    response_model=DeliveryView,
    responses=describe_problems("404"),
    openapi_extra=describe_body(TestBody, {"endpoint": "whe_01JD8X4T5C6K7M8N9PQRSTVWXY", "event": "invoice.paid"}),
)
async def test(request: Request, caller: Tests) -> Response:
    """Makes one attempt with a sample from the catalogue. The delivery in the answer has the result."""
    body = parse_body(TestBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).webhooks.redelivery.test(
            caller.actor,
            body.endpoint,
            body.event,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        ),
        make_delivery_json,
        status=202,
        location=lambda row: f"/v1/webhooks/deliveries/{row.id}",
        check=lambda: get_container(request).webhooks.endpoints.show(caller.actor, body.endpoint),
    )


def make_endpoint_view(shown: EndpointState) -> EndpointView:
    return EndpointView(**_make_endpoint(shown))


def make_endpoint_json(shown: EndpointState) -> dict[str, Any]:
    return make_endpoint_view(shown).json_value()


def make_created_json(made: CreatedEndpoint) -> dict[str, Any]:
    return EndpointWithSecret(**_make_endpoint(made.shown), secret=made.secret).json_value()


def make_span_json(span: ResendSpan) -> dict[str, Any]:
    return SpanView(
        id=span.id, endpoint=span.endpoint, since=format_iso(span.since), until=format_iso(span.until)
    ).json_value()


def _find_slips(patterns: Sequence[str]) -> Mapping[str, str] | None:
    return {each: meant for each in patterns if (meant := find_meant(each)) is not None} or None


def _make_endpoint(shown: EndpointState) -> dict[str, Any]:
    row, rate = shown.row, shown.rate
    attempts = rate.succeeded + rate.failed
    return {
        "id": row.id,
        "url": row.url,
        "description": row.description,
        "events": tuple(row.patterns.split()),
        "headers": shown.header_names,
        "per_minute": row.per_minute,
        "state": row.state,
        "why": row.why,
        "created_at": format_iso(row.created_at),
        "changed_at": format_iso(row.changed_at),
        "previous_secret_until": format_moment(shown.previous_secret_until),
        "did_you_mean": _find_slips(row.patterns.split()),
        "health": HealthOfEndpoint(
            last_success_at=format_moment(row.last_success_at),
            last_failure_at=format_moment(row.last_failure_at),
            failing_since=format_moment(row.failing_since),
            consecutive_failures=row.consecutive_failures,
            attempts_24h=attempts,
            success_rate_24h=round(rate.succeeded / attempts, 4) if attempts else None,
            slowed_s=row.slow_s,
        ),
    }
