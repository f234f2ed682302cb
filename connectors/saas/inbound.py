"""What the platform tells: its signed webhooks (Standard Webhooks ``v1``) as universal events with safe fields only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.saas.kinds import CUSTOMER, INVOICE, SUBSCRIPTION, TICKET
from core import canon, webhook_signature
from core.clock import Clock, iso
from core.errors import BadAssertion, NotCanonical, Unauthenticated
from registry.connector import Event, Inbound
from registry.records import RecordKind, admit

EVENTS: Final[Mapping[str, tuple[str, RecordKind]]] = {
    "customer.created": ("customer.signed_up", CUSTOMER),
    "customer.suspended": ("customer.suspended", CUSTOMER),
    "invoice.issued": ("invoice.created", INVOICE),
    "invoice.payment_succeeded": ("invoice.paid", INVOICE),
    "invoice.payment_failed": ("invoice.payment_failed", INVOICE),
    "invoice.past_due": ("invoice.overdue", INVOICE),
    "invoice.refunded": ("invoice.refunded", INVOICE),
    "subscription.started": ("subscription.created", SUBSCRIPTION),
    "subscription.ended": ("subscription.cancelled", SUBSCRIPTION),
    "ticket.opened": ("ticket.created", TICKET),
    "ticket.closed": ("ticket.closed", TICKET),
}
"""The platform's own type → the universal name and the kind of its ``data``."""


def events(inbound: Inbound, secret: str, clock: Clock) -> Sequence[Event]:
    """The event of one webhook, none for a type we don't know. A repeat of the ``webhook-id`` makes the same event id.

    Raises BadAssertion when it is not signed, older than five minutes, or not ``{"type", "data": {…}}``.
    """
    now = clock()
    try:
        sent_id = webhook_signature.verify([secret], inbound.headers, inbound.body, now=int(now.timestamp()))
        message: Any = canon.loads(inbound.body)
    except (Unauthenticated, NotCanonical) as error:
        raise BadAssertion(error.detail) from error
    known = EVENTS.get(message["type"]) if isinstance(message, dict) and isinstance(message.get("type"), str) else None
    if known is None:
        return ()
    name, kind = known
    row = message.get("data")
    if not isinstance(row, dict) or row.get(kind.id_field) is None:
        raise BadAssertion(f'The webhook\'s "data" must be a {kind.name} with its {kind.id_field!r}.')
    values = dict(admit(kind, row).values)
    return (Event(id=_event_id(sent_id), name=name, data=values, occurred_at=iso(now)),)


def _event_id(sent_id: str) -> str:
    return "evt_" + hashlib.sha256(f"saas\0{sent_id}".encode()).hexdigest()[:32]
