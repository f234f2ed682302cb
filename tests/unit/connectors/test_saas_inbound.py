"""The platform's webhooks: believed only when signed and fresh, and then only their safe fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.saas import SaasConnector, inbound
from connectors.saas.inbound import EVENTS
from core import webhook_signature
from core.clock import FrozenClock
from core.errors import BadAssertion
from registry.connector import Inbound, Settings
from tests.unit.connectors.platform_fake import FakePlatform

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())


def sent(message: Any, *, at: int = AT, key: str = "msg_1", secret: str = SECRET) -> Inbound:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    signature = webhook_signature.sign([secret], key, at, body)
    return Inbound({"webhook-id": key, "webhook-timestamp": str(at), "webhook-signature": signature}, body)


def events(message: Inbound) -> list[tuple[str, str, dict[str, Any]]]:
    return [(each.id, each.name, dict(each.data)) for each in inbound.events(message, SECRET, FrozenClock(NOW))]


PAID = {"type": "invoice.payment_succeeded", "data": {"id": 1042, "number": "INV-1042", "notes_internal": "NEVER SHOW"}}


def test_a_signed_webhook_becomes_a_universal_event_with_safe_fields_only() -> None:
    ((event_id, name, data),) = events(sent(PAID))
    assert event_id.startswith("evt_")
    assert name == "invoice.paid"
    assert data["number"] == "INV-1042"
    assert "notes_internal" not in data


def test_a_repeated_webhook_is_the_same_event_and_another_is_not() -> None:
    assert events(sent(PAID)) == events(sent(PAID, at=AT - 20))
    assert events(sent(PAID))[0][0] != events(sent(PAID, key="msg_2"))[0][0]


def test_a_type_that_is_not_known_is_no_event() -> None:
    assert events(sent({"type": "weather.changed", "data": {}})) == []
    assert events(sent(["type"])) == []


@pytest.mark.parametrize("at", [AT - 301, AT + 301])
def test_a_replayed_webhook_is_refused(at: int) -> None:
    with pytest.raises(BadAssertion, match="replay"):
        events(sent(PAID, at=at))


def test_a_changed_byte_is_refused() -> None:
    message = sent(PAID)
    with pytest.raises(BadAssertion, match="No signature"):
        events(Inbound(message.headers, message.body.replace(b"1042", b"1043")))


def test_a_signature_with_another_secret_is_refused() -> None:
    with pytest.raises(BadAssertion, match="No signature"):
        events(sent(PAID, secret=webhook_signature.new_secret()))


@pytest.mark.parametrize("data", [None, [], {}, {"id": None}])
def test_data_without_an_id_is_refused(data: Any) -> None:
    with pytest.raises(BadAssertion, match="'id'"):
        events(sent({"type": "ticket.opened", "data": data}))


@pytest.mark.parametrize("body", [b"{", b'{"type": "a", "type": "b"}', b'"\xff"'])
def test_a_body_that_is_not_strict_json_is_refused_though_signed(body: bytes) -> None:
    with pytest.raises(BadAssertion, match="JSON"):
        events(sent(body))


async def test_without_a_secret_no_webhook_is_taken_and_nobody_is_vouched_for() -> None:
    connector = SaasConnector(FakePlatform({}), Settings("https://platform.example", {}))
    assert connector.identity_providers() == ()
    with pytest.raises(BadAssertion, match="no webhook secret"):
        await connector.handle_webhook(sent(PAID))


def test_every_event_has_a_universal_name() -> None:
    assert all(name.count(".") == 1 for name, _ in EVENTS.values())
    assert len({name for name, _ in EVENTS.values()}) == len(EVENTS)
