"""API views of webhook endpoints, deliveries and attempts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from core.clock import format_iso
from events.webhooks.endpoints import CreatedEndpoint, EndpointState
from events.webhooks.redelivery import ResendSpan
from registry.events.event_catalogue import find_meant
from store.webhooks.attempts import DeliveryAttemptRow
from store.webhooks.deliveries import DeliveryRow
from web.api.run_views import LATER, Moment, View, moment


class HealthOfEndpoint(View):
    """``success_rate_24h`` is null where nothing was attempted; ``slowed_s`` is how long it is left alone after each
    attempt."""

    last_success_at: Moment | None
    last_failure_at: Moment | None
    failing_since: Moment | None
    consecutive_failures: int
    attempts_24h: int
    success_rate_24h: float | None
    slowed_s: float


class EndpointView(View):
    """``headers`` are the names alone. ``why`` says why it is disabled. ``previous_secret_until``: signed with two
    secrets until then. ``did_you_mean``: the universal events whose names are a letter or two from custom ones that it
    waits for, by those."""

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
    """``secret`` signs the deliveries; it is shown this once."""

    secret: str


class SpanView(View):
    """What is being sent again, in the background: ``since`` is included, ``until`` is not."""

    id: str
    endpoint: str
    since: Moment
    until: Moment


class DeliveryView(View):
    """One event on its way to one endpoint. ``status``, ``error`` and ``detail`` are those of the last attempt."""

    id: str
    event_id: str
    event: str
    endpoint: str
    cause: Literal["event", "replay", "test"]
    state: Literal["pending", "succeeded", "failed"]
    attempts: int
    status: int | None
    error: str | None
    detail: str
    created_at: Moment
    first_attempt_at: Moment | None
    next_attempt_at: Moment | None
    finished_at: Moment | None


class DeliveryPage(View):
    """``next`` goes into ``before`` for the page after this one; null at the end."""

    data: Sequence[DeliveryView]
    next: str | None


class AttemptView(View):
    """``response`` is text as far as the answer's bytes are UTF-8, at most 64 KiB (``response_cut``: there was
    more)."""

    n: int
    by_hand: bool
    at: Moment
    duration_ms: int
    request_headers: dict[str, str]
    status: int | None
    error: str | None
    detail: str
    response: str
    response_cut: bool


class DeliveryDetail(DeliveryView):
    """``body`` is what is sent, byte for byte, as text."""

    body: str
    attempt_log: Sequence[AttemptView]


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


def make_delivery_view(row: DeliveryRow) -> DeliveryView:
    return DeliveryView(**_make_delivery(row))


def make_delivery_json(row: DeliveryRow) -> dict[str, Any]:
    return make_delivery_view(row).json_value()


def make_delivery_detail(row: DeliveryRow, body: bytes, attempts: Sequence[DeliveryAttemptRow]) -> DeliveryDetail:
    return DeliveryDetail(**_make_delivery(row), body=body.decode(), attempt_log=tuple(map(_make_attempt, attempts)))


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
        "previous_secret_until": moment(shown.previous_secret_until),
        "did_you_mean": _find_slips(row.patterns.split()),
        "health": HealthOfEndpoint(
            last_success_at=moment(row.last_success_at),
            last_failure_at=moment(row.last_failure_at),
            failing_since=moment(row.failing_since),
            consecutive_failures=row.consecutive_failures,
            attempts_24h=attempts,
            success_rate_24h=round(rate.succeeded / attempts, 4) if attempts else None,
            slowed_s=row.slow_s,
        ),
    }


def _make_delivery(row: DeliveryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "event_id": row.event_id,
        "event": row.event,
        "endpoint": row.endpoint,
        "cause": row.cause,
        "state": row.state,
        "attempts": row.attempts,
        "status": row.status,
        "error": row.error,
        "detail": row.detail,
        "created_at": format_iso(row.created_at),
        "first_attempt_at": moment(row.first_at),
        "next_attempt_at": moment(row.next_at),
        "finished_at": moment(row.finished_at),
    }


def _make_attempt(row: DeliveryAttemptRow) -> AttemptView:
    return AttemptView(
        n=row.n,
        by_hand=row.by_hand,
        at=format_iso(row.at),
        duration_ms=row.duration_ms,
        request_headers=json.loads(row.headers),
        status=row.status,
        error=row.error,
        detail=row.detail,
        response=row.response.decode("utf-8", "replace"),
        response_cut=row.cut,
    )
