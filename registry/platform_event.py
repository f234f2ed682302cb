"""Platform event: what has happened on a platform, as its connector reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One event. To a subscriber, ``id`` is the idempotency key of everything it sets off; of an event made of a
    webhook, it is the platform's own id of that message: the same one again is the same event. ``caused_by`` is the
    call (``act_…``), run or event that led to it, where the platform says so; ``occurred_at`` is RFC 3339."""

    id: str
    name: str
    data: Mapping[str, Any]
    occurred_at: str
    caused_by: str | None = None
