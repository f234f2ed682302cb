"""A contract to start from, and one changed at one place."""

from __future__ import annotations

import copy
from typing import Any

REMOVED: Any = object()


def sample() -> dict[str, Any]:
    """Lints clean, and uses every field."""
    return copy.deepcopy(_SAMPLE)


def changed(pointer: str, value: Any) -> dict[str, Any]:
    """The sample with ``value`` at a slash-separated place; REMOVED takes the place away."""
    made = sample()
    *way, last = pointer.strip("/").split("/")
    here: Any = made
    for step in way:
        here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
    if value is REMOVED:
        del here[last]
    elif isinstance(here, list):
        here[int(last)] = value
    else:
        here[last] = value
    return made


_SAMPLE: dict[str, Any] = {
    "schema": "opsiq/contract/v1",
    "name": "saas.refund_invoice",
    "version": 1,
    "title": "Refund an invoice",
    "description": "Give the money of a paid invoice back to the customer, all of it or a part.",
    "surfaces": ["admin"],
    "roles": ["owner"],
    "parameters": {
        "type": "object",
        "additionalProperties": False,
        "required": ["invoice_id"],
        "properties": {
            "invoice_id": {"type": "integer", "minimum": 1},
            "customer_id": {"type": "integer"},
            "amount": {"type": "integer", "minimum": 1},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            "speed": {"enum": ["normal", "express"], "default": "normal"},
            "notify": {"type": "boolean", "default": True},
        },
    },
    "annotations": {
        "customer_id": {"record": "customer", "sources": ["record"]},
        "invoice_id": {
            "record": "invoice",
            "filter": {"status": ["paid"]},
            "order": "paid_at",
            "of": "customer_id",
            "label": "Invoice",
        },
        "amount": {
            "derive": {"parameter": "invoice_id", "field": "refundable"},
            "unit": "money_minor",
            "currency_from": "currency",
            "sources": ["prompt", "record"],
        },
        "currency": {"derive": {"parameter": "invoice_id", "field": "currency"}, "sources": ["record"]},
        "speed": {"words": {"express": ["fast", "at once"], "normal": ["usual"]}},
    },
    "confirmation": {
        "policy": "when",
        "condition": "!has(params.amount) || params.amount > 5000 || records.invoice_id.status != 'paid'",
        "approvals": 2,
        "expires_s": 600,
    },
    "risk": "irreversible",
    "idempotent": True,
    "endpoint": {"url": "https://platform.example/actions/refund", "deadline_s": 120, "timeout_s": 15},
    "result": {"type": "object", "properties": {"refund_id": {"type": "integer"}}},
    "preview": "Refund {{ params.amount }} of {{ records.invoice_id.number }}",
    "examples": ["refund Adam's last invoice"],
    "aliases": ["give money back"],
    "undo": "saas.charge_invoice",
}
