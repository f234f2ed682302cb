"""The body of a webhook: the same bytes for every endpoint of an event."""

from __future__ import annotations

from datetime import UTC, datetime

from events.subscribers import FiredEvent
from events.webhooks.fanout import render_body

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PAID = FiredEvent("evt_1", "ws_1", "invoice.paid", {"b": 1, "a": "ü"}, AT, AT, "key:key_1", None, 0)


def test_the_body_is_canonical_json_in_the_shape_standard_webhooks_recommends() -> None:
    assert render_body(PAID) == (
        '{"data":{"a":"ü","b":1},"id":"evt_1","timestamp":"2026-11-24T12:00:00.000000Z","type":"invoice.paid"}'.encode()
    )


def test_two_servers_make_the_same_bytes_of_one_event() -> None:
    shuffled = FiredEvent("evt_1", "ws_1", "invoice.paid", {"a": "ü", "b": 1}, AT, AT, "opsiq", "evt_0", 3)
    assert render_body(PAID) == render_body(shuffled), "where it came from is nobody's business"
