"""Webhook endpoints over REST: made, changed, paused, rotated, caught up, tested."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, Field

from core.clock import iso
from events.webhooks.again import Span
from events.webhooks.endpoints import Made, Shown
from web import problem
from web.api.body import Body, Id, parsed
from web.api.deliveries import delivery_json
from web.door import Caller, house_of, signed
from web.idempotency import once
from web.openapi import acts, problems, takes

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

Reads = Annotated[Caller, Depends(signed("webhooks:read"))]
Writes = Annotated[Caller, Depends(signed("webhooks:write"))]
Tests = Annotated[Caller, Depends(signed("webhooks:write", "webhook_test"))]

Pattern = Annotated[str, Field(min_length=1, max_length=100)]
HeaderValue = Annotated[str, Field(max_length=1024)]
EXAMPLE: Final = {"url": "https://example.com/hooks", "events": ["invoice.*", "order.shipped"], "description": "Ledger"}


class EndpointBody(Body):
    """``events``: patterns such as ``invoice.paid``, ``invoice.*``, ``*``. ``headers`` are sent along with every delivery and never shown
    again. ``per_minute`` bounds the attempts."""

    url: Annotated[str, Field(min_length=1, max_length=4000)]
    events: Annotated[list[Pattern], Field(min_length=1, max_length=50)]
    description: Annotated[str, Field(max_length=500)] = ""
    headers: Annotated[dict[str, HeaderValue], Field(default_factory=dict, max_length=20)]
    per_minute: Annotated[int | None, Field(ge=1, le=6000)] = None


class ChangeBody(Body):
    """Only what is sent is changed; ``headers`` replaces all of them."""

    url: Annotated[str, Field(min_length=1, max_length=4000)] = ""
    events: Annotated[list[Pattern], Field(default_factory=list, min_length=1, max_length=50)]
    description: Annotated[str, Field(max_length=500)] = ""
    headers: Annotated[dict[str, HeaderValue], Field(default_factory=dict, max_length=20)]
    per_minute: Annotated[int | None, Field(ge=1, le=6000)] = None


class SpanBody(Body):
    """From ``since`` (included) to ``until`` (not included; by default now)."""

    since: AwareDatetime
    until: AwareDatetime | None = None


class TestBody(Body):
    """``event``: a universal event, whose sample is sent; by default the first that the endpoint wants."""

    endpoint: Annotated[str, Field(min_length=1, max_length=64)]
    event: Annotated[str | None, Field(max_length=100)] = None


@router.get("/endpoints")
async def listed(request: Request, caller: Reads) -> dict[str, Any]:
    shown = await house_of(request).webhooks.endpoints.listed(caller.actor)
    return {"data": [endpoint_json(each) for each in shown]}


@router.post("/endpoints", status_code=201, openapi_extra=takes(EndpointBody, EXAMPLE))
async def create(request: Request, caller: Writes) -> Response:
    """The secret is in this answer and in no other."""
    body = parsed(EndpointBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        made = await house_of(request).webhooks.endpoints.create(
            caller.actor, body.url, body.events,
            description=body.description, headers=body.headers, per_minute=body.per_minute,
            request_id=problem.request_id(request), also=attempt.keep(201, made_json),
        )  # fmt: skip
    where = f"/v1/webhooks/endpoints/{made.shown.row.id}"
    return JSONResponse(made_json(made), status_code=201, headers={"Location": where})


@router.get("/endpoints/{endpoint_id}", responses=problems("404"))
async def show(request: Request, caller: Reads, endpoint_id: Id) -> dict[str, Any]:
    return endpoint_json(await house_of(request).webhooks.endpoints.show(caller.actor, endpoint_id))


@router.patch(
    "/endpoints/{endpoint_id}",
    responses=problems("404"),
    openapi_extra=takes(ChangeBody, {"events": ["*"]}, idempotent=False),
)
async def change(request: Request, caller: Writes, endpoint_id: Id) -> dict[str, Any]:
    body = parsed(ChangeBody, caller)
    given = {name: getattr(body, name) for name in body.model_fields_set}
    shown = await house_of(request).webhooks.endpoints.change(
        caller.actor, endpoint_id, given, request_id=problem.request_id(request)
    )
    return endpoint_json(shown)


@router.delete("/endpoints/{endpoint_id}", status_code=204, responses=problems("404"))
async def delete(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Its deliveries stay in the log for their 30 days."""
    await house_of(request).webhooks.endpoints.delete(
        caller.actor, endpoint_id, request_id=problem.request_id(request)
    )  # fmt: skip
    return Response(status_code=204)


@router.post("/endpoints/{endpoint_id}/pause", responses=problems("404", "409"), openapi_extra=acts())
async def pause(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Deliveries go on being made, and wait."""
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        shown = await house_of(request).webhooks.endpoints.pause(
            caller.actor, endpoint_id, request_id=problem.request_id(request), also=attempt.keep(200, endpoint_json)
        )
    return JSONResponse(endpoint_json(shown))


@router.post("/endpoints/{endpoint_id}/resume", responses=problems("404", "409"), openapi_extra=acts())
async def resume(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """From paused, what waited is sent; from disabled, only what comes from now on (recover or replay the rest)."""
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        shown = await house_of(request).webhooks.endpoints.resume(
            caller.actor, endpoint_id, request_id=problem.request_id(request), also=attempt.keep(200, endpoint_json)
        )
    return JSONResponse(endpoint_json(shown))


@router.post("/endpoints/{endpoint_id}/rotate", responses=problems("404"), openapi_extra=acts())
async def rotate(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """A fresh secret, in this answer and in no other. For 24 hours everything is signed with both."""
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        made = await house_of(request).webhooks.endpoints.rotate(
            caller.actor, endpoint_id, request_id=problem.request_id(request), also=attempt.keep(200, made_json)
        )
    return JSONResponse(made_json(made))


@router.post(
    "/endpoints/{endpoint_id}/recover",
    status_code=202,
    responses=problems("404", "409"),
    openapi_extra=takes(SpanBody, {"since": "2026-11-24T06:00:00Z"}),
)
async def recover(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """One more attempt at every delivery made in the span that failed."""
    body = parsed(SpanBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        span = await house_of(request).webhooks.again.recover(
            caller.actor, endpoint_id, body.since, body.until,
            request_id=problem.request_id(request), also=attempt.keep(202, span_json),
        )  # fmt: skip
    return JSONResponse(span_json(span), status_code=202)


@router.post(
    "/endpoints/{endpoint_id}/replay",
    status_code=202,
    responses=problems("404", "409"),
    openapi_extra=takes(SpanBody, {"since": "2026-11-24T06:00:00Z"}),
)
async def replay(request: Request, caller: Writes, endpoint_id: Id) -> Response:
    """Deliver the events of the span that this endpoint wants and has no delivery of."""
    body = parsed(SpanBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        span = await house_of(request).webhooks.again.replay(
            caller.actor, endpoint_id, body.since, body.until,
            request_id=problem.request_id(request), also=attempt.keep(202, span_json),
        )  # fmt: skip
    return JSONResponse(span_json(span), status_code=202)


@router.post(
    "/test",
    status_code=202,
    responses=problems("404"),
    openapi_extra=takes(TestBody, {"endpoint": "whe_01JD8X4T5C6K7M8N9PQRSTVWXY", "event": "invoice.paid"}),
)
async def test(request: Request, caller: Tests) -> Response:
    """One attempt with a sample of the catalogue. What came of it: the delivery in the answer."""
    body = parsed(TestBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        row = await house_of(request).webhooks.again.test(
            caller.actor, body.endpoint, body.event,
            request_id=problem.request_id(request), also=attempt.keep(202, delivery_json),
        )  # fmt: skip
    return JSONResponse(delivery_json(row), status_code=202, headers={"Location": f"/v1/webhooks/deliveries/{row.id}"})


def endpoint_json(shown: Shown) -> dict[str, Any]:
    row, rate = shown.row, shown.rate
    attempts = rate.succeeded + rate.failed
    return {
        "id": row.id,
        "url": row.url,
        "description": row.description,
        "events": row.patterns.split(),
        "headers": list(shown.header_names),
        "per_minute": row.per_minute,
        "state": row.state,
        "why": row.why,
        "created_at": iso(row.created_at),
        "changed_at": iso(row.changed_at),
        "previous_secret_until": _iso(shown.previous_secret_until),
        "health": {
            "last_success_at": _iso(row.last_success_at),
            "last_failure_at": _iso(row.last_failure_at),
            "failing_since": _iso(row.failing_since),
            "consecutive_failures": row.consecutive_failures,
            "attempts_24h": attempts,
            "success_rate_24h": round(rate.succeeded / attempts, 4) if attempts else None,
            "slowed_s": row.slow_s,
        },
    }


def made_json(made: Made) -> dict[str, Any]:
    return {**endpoint_json(made.shown), "secret": made.secret}


def span_json(span: Span) -> dict[str, Any]:
    return {"id": span.id, "endpoint": span.endpoint, "since": iso(span.since), "until": iso(span.until)}


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None
