"""Platform event: something that has happened on a platform, as its connector reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``id`` is the idempotency key for everything that subscribers do. An event made from a webhook has the
    platform's own message id, so that a repeated message is the same event. ``caused_by`` is the call (``act_…``), run
    or event that led to it, if the platform reports it. ``occurred_at`` is RFC 3339."""

    id: str
    name: str
    data: Mapping[str, Any]
    occurred_at: str
    caused_by: str | None = None
