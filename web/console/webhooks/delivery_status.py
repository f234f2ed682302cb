"""Delivery status in a line: states of endpoints and deliveries, and the results of attempts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.display_text import to_display_text
from store.webhooks.deliveries import DeliveryRow
from store.webhooks.endpoints import SuccessRate
from web.console import labels
from web.console.labels import Badge

ENDPOINTS: Final[Mapping[str, Badge]] = {
    "active": Badge("active", "good"),
    "paused": Badge("paused", "wait"),
    "disabled": Badge("disabled", "bad"),
}
DELIVERIES: Final[Mapping[str, Badge]] = {
    "pending": Badge("pending", "busy"),
    "succeeded": Badge("delivered", "good"),
    "failed": Badge("failed", "bad"),
}
FAILURES: Final[Mapping[str, str]] = {
    "blocked": "not allowed",
    "dns": "no address",
    "connect": "not reached",
    "tls": "not secure",
    "timeout": "no answer in time",
    "closed": "no answer",
    "malformed": "no HTTP",
}
"""Why an attempt got no status, in a word or two (``executors.retry.ErrorKind``)."""
RETRYING: Final = Badge("retrying", "wait")


@dataclass(frozen=True, slots=True)
class Health:
    """Health in the last 24 hours: the number of attempts, and the share of successful ones."""

    rate: Badge
    attempts: str


@dataclass(frozen=True, slots=True)
class DeliveryTableRow:
    """A delivery as a row."""

    id: str
    event: str
    state: Badge
    status: str
    attempts: int
    cause: str
    created_at: datetime
    detail: str


def make_delivery_row(row: DeliveryRow) -> DeliveryTableRow:
    return DeliveryTableRow(
        id=row.id,
        event=row.event,
        state=make_state_badge(row),
        status=str(row.status) if row.status else "none" if row.attempts else "",
        attempts=row.attempts,
        cause=row.cause,
        created_at=row.created_at,
        detail=to_display_text(row.detail, limit=200) if row.state != "succeeded" else "",
    )


def make_state_badge(row: DeliveryRow) -> Badge:
    """State of a delivery. A failed one that will be retried is shown differently from one without an attempt."""
    return RETRYING if row.state == "pending" and row.attempts else DELIVERIES[row.state]


def describe_health(rate: SuccessRate) -> Health:
    attempts = rate.succeeded + rate.failed
    if not attempts:
        return Health(Badge("no attempts", "quiet"), "in 24 h")
    share = rate.succeeded / attempts
    tone = "good" if share >= 0.99 else "wait" if share >= 0.9 else "bad"
    return Health(Badge(labels.format_percent(share), tone), f"of {attempts} in 24 h")
