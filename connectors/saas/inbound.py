"""Inbound webhooks of the platform: verified (Standard Webhooks ``v1``) and turned into universal events with safe
fields only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.saas.kinds import AGENT, ARTICLE, CREDIT, CUSTOMER, INVOICE, REVISION, SUBSCRIPTION, TICKET
from core import canon, webhook_signature
from core.clock import format_iso, from_iso
from core.errors import BadAssertion, NotCanonical, Unauthenticated
from registry.connector import Event, Inbound
from registry.records import RecordKind, admit

EVENTS: Final[Mapping[str, tuple[str, RecordKind]]] = {
    "customer.created": ("customer.signed_up", CUSTOMER),
    "customer.updated": ("customer.updated", CUSTOMER),
    "customer.suspended": ("customer.suspended", CUSTOMER),
    "customer.deleted": ("customer.deleted", CUSTOMER),
    "invoice.issued": ("invoice.created", INVOICE),
    "invoice.updated": ("invoice.updated", INVOICE),
    "invoice.payment_succeeded": ("invoice.paid", INVOICE),
    "invoice.payment_failed": ("invoice.payment_failed", INVOICE),
    "invoice.past_due": ("invoice.overdue", INVOICE),
    "invoice.refunded": ("invoice.refunded", INVOICE),
    "invoice.voided": ("invoice.voided", INVOICE),
    "invoice.deleted": ("invoice.deleted", INVOICE),
    "subscription.started": ("subscription.created", SUBSCRIPTION),
    "subscription.updated": ("subscription.updated", SUBSCRIPTION),
    "subscription.ended": ("subscription.cancelled", SUBSCRIPTION),
    "subscription.deleted": ("subscription.deleted", SUBSCRIPTION),
    "ticket.opened": ("ticket.created", TICKET),
    "ticket.updated": ("ticket.updated", TICKET),
    "ticket.closed": ("ticket.closed", TICKET),
    "ticket.reopened": ("ticket.reopened", TICKET),
    "ticket.deleted": ("ticket.deleted", TICKET),
    "article.created": ("article.created", ARTICLE),
    "article.updated": ("article.updated", ARTICLE),
    "article.deleted": ("article.deleted", ARTICLE),
    "agent.created": ("agent.created", AGENT),
    "agent.updated": ("agent.updated", AGENT),
    "agent.deleted": ("agent.deleted", AGENT),
    "credit.given": ("credit.applied", CREDIT),
    "credit.updated": ("credit.updated", CREDIT),
    "credit.deleted": ("credit.deleted", CREDIT),
}
"""The platform's type → the event's name (universal, or else custom) and the kind of its ``data``."""

_UNIVERSAL: Final[Mapping[str, Mapping[str, str]]] = {
    "customer": {"customer_id": "id", "name": "name", "email": "email"},
    "invoice": {
        "invoice_id": "id",
        "customer_id": "customer_id",
        "amount": "total",
        "currency": "currency",
        "number": "number",
        "due_at": "due_at",
        "paid_at": "paid_at",
    },
    "subscription": {
        "subscription_id": "id",
        "customer_id": "customer_id",
        "plan": "plan",
        "amount": "price",
        "currency": "currency",
        "period": "interval",
    },
    "ticket": {
        "ticket_id": "id",
        "customer_id": "customer_id",
        "subject": "subject",
        "priority": "priority",
        "assignee": "agent_name",
    },
    "article": {"slug": "slug", "title": "title"},
    "agent": {"agent_id": "id", "name": "name"},
    "credit": {
        "credit_id": "id",
        "customer_id": "customer_id",
        "amount": "amount",
        "currency": "currency",
        "reason": "note",
    },
}
"""Kind → the catalogue's name of a field of ``data`` → the record's own."""
_INSTEAD: Final[Mapping[str, Mapping[str, str]]] = {"invoice.refunded": {"amount": "refunded"}}


def events(inbound: Inbound, secrets: Sequence[str]) -> Sequence[Event]:
    """The event of one webhook, or none for an unknown type. Its id is the ``webhook-id``.

    Its data are the catalogue's fields and, under ``record``, the record's safe fields with the platform's revision.
    Raises BadAssertion if it is unsigned, older than five minutes, or not ``{"type", "data": {…}}``.
    """
    now = inbound.received_at
    try:
        sent_id = webhook_signature.verify(secrets, inbound.headers, inbound.body, now=int(now.timestamp()))
        message: Any = canon.loads(inbound.body)
    except (Unauthenticated, NotCanonical) as error:
        raise BadAssertion(error.detail) from error
    known = EVENTS.get(message["type"]) if isinstance(message, dict) and isinstance(message.get("type"), str) else None
    if known is None:
        return ()
    name, kind = known
    row = message.get("data")
    if not isinstance(row, dict) or not isinstance(row.get(kind.id_field), str | int):
        raise BadAssertion(f'The webhook\'s "data" must be a {kind.name} with its {kind.id_field!r}.')
    values = _values(kind, row)
    data = _data(name, kind, values)
    if isinstance(row.get(REVISION), int):
        record: dict[str, Any] = {"kind": kind.name, REVISION: row[REVISION]}
        data["record"] = record | (
            {"id": str(row[kind.id_field]), "gone": True} if name.endswith(".deleted") else {"values": values}
        )
    return (Event(sent_id, name, data, _moment(message, "timestamp") or format_iso(now), _cause(message)),)


def _values(kind: RecordKind, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {each.name: row.get(each.name) for each in kind.fields}
    if any(isinstance(value, dict | list) for value in values.values()):
        raise BadAssertion("The webhook has a nested value where a scalar is declared.")
    return dict(admit(kind, values).values)


def _data(name: str, kind: RecordKind, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = {**_UNIVERSAL[kind.name], **_INSTEAD.get(name, {})}
    return {ours: values[theirs] for ours, theirs in fields.items() if values[theirs] is not None}


def _moment(message: Mapping[str, Any], name: str) -> str | None:
    try:
        return format_iso(from_iso(message[name]))
    except (KeyError, TypeError, ValueError):
        return None


def _cause(message: Mapping[str, Any]) -> str | None:
    cause = message.get("caused_by")
    return cause if isinstance(cause, str) else None
