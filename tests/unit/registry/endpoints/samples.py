"""A contract with an HTTP endpoint to start from, and one changed at one place."""

from __future__ import annotations

import copy
from typing import Any

REMOVED: Any = object()


def http_contract(**places: Any) -> dict[str, Any]:
    """Lints clean, and uses every part of a request. ``places`` are changes by path, ``__`` between its steps."""
    made = copy.deepcopy(_SAMPLE)
    for way, value in places.items():
        *steps, last = way.split("__")
        here = made
        for step in steps:
            here = here.setdefault(step, {})
        if value is REMOVED:
            here.pop(last, None)
        else:
            here[last] = value
    return made


_SAMPLE: dict[str, Any] = {
    "schema": "opsiq/contract/v2",
    "name": "shop.pay_out",
    "title": "Pay money out",
    "description": "Sends money of an order to whoever bought it.",
    "surfaces": ["admin"],
    "roles": ["owner"],
    "parameters": {
        "type": "object",
        "additionalProperties": False,
        "required": ["order", "amount", "currency"],
        "properties": {
            "order": {"type": "string"},
            "amount": {"type": "integer", "minimum": 1},
            "currency": {"type": "string"},
            "day": {"type": "string", "format": "date"},
            "speed": {"enum": ["slow", "fast"], "default": "slow"},
            "labels": {"type": "array", "items": {"type": "string"}},
            "note": {"type": "string"},
        },
    },
    "annotations": {"amount": {"unit": "money_minor", "currency_from": "currency"}},
    "idempotent": True,
    "endpoint": {
        "type": "http",
        "connection": "shop",
        "method": "POST",
        "url": "/orders/{order}/payouts",
        "path": {"order": {"parameter": "order"}},
        "query": {"label": {"parameter": "labels"}, "dry": {"value": False}},
        "headers": {"X-Note": {"parameter": "note"}},
        "body": {
            "type": "json",
            "fields": {
                "/amount/value": {"parameter": "amount", "format": "decimal"},
                "/amount/currency": {"parameter": "currency"},
                "/on": {"parameter": "day", "format": "epoch_s", "when_absent": "null"},
                "/speed": {"parameter": "speed", "format": {"map": {"slow": 0, "fast": 1}}},
                "/lines/0/kind": {"value": "payout"},
                "/ref": {"call": "id"},
            },
        },
        "idempotency_header": "Idempotency-Key",
    },
    "examples": ["pay the order out"],
}
