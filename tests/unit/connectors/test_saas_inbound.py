"""The platform's webhooks: believed only when signed and fresh, and then only their safe fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.saas import SaasConnector, inbound
from connectors.saas.inbound import EVENTS
from connectors.saas.kinds import INVOICE
from core import webhook_signature
from core.errors import BadAssertion
from registry.connector import Inbound, Settings
from registry.events import event_catalogue
from tests.unit.connectors.fake_platform import FakePlatform

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())


def sent(message: Any, *, at: int = AT, key: str = "msg_1", secret: str = SECRET) -> Inbound:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    signature = webhook_signature.sign([secret], key, at, body)
    return Inbound({"webhook-id": key, "webhook-timestamp": str(at), "webhook-signature": signature}, body, NOW)


def events(message: Inbound) -> list[tuple[str, str, dict[str, Any]]]:
    return [(each.id, each.name, dict(each.data)) for each in inbound.events(message, [SECRET])]


PAID = {
    "type": "invoice.payment_succeeded",
    "timestamp": "2026-11-24T11:59:00Z",
    "caused_by": "act_01JD8X4T5C6K7M8N9PQRSTVWXY",
    "data": {
        "id": 1042, "number": "INV-1042", "customer_id": 421, "total": 4900, "currency": "EUR", "status": "paid",
        "revision": 3, "notes_internal": "NEVER SHOW",
    },
}  # fmt: skip


def test_a_signed_webhook_becomes_a_universal_event_with_safe_fields_only() -> None:
    ((event_id, name, data),) = events(sent(PAID))
    assert event_id == "msg_1"
    assert name == "invoice.paid"
    assert (data["invoice_id"], data["amount"], data["number"]) == (1042, 4900, "INV-1042")
    assert event_catalogue.find_misfits(name, data) == []
    assert set(data["record"]["values"]) == {each.name for each in INVOICE.fields}
    assert (data["record"]["kind"], data["record"]["revision"]) == ("invoice", 3)
    assert "NEVER SHOW" not in json.dumps(data)


def test_it_says_when_it_happened_and_which_call_led_to_it() -> None:
    (event,) = inbound.events(sent(PAID), [SECRET])
    assert event.occurred_at == "2026-11-24T11:59:00.000000Z"
    assert event.caused_by == "act_01JD8X4T5C6K7M8N9PQRSTVWXY"


def test_what_was_deleted_carries_no_field_of_it() -> None:
    row = {**PAID["data"], "revision": 4}  # type: ignore[dict-item]
    ((_, name, data),) = events(sent({"type": "invoice.deleted", "data": row}))
    assert name == "invoice.deleted"
    assert data["record"] == {"kind": "invoice", "revision": 4, "id": "1042", "gone": True}


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
        events(Inbound(message.headers, message.body.replace(b"1042", b"1043"), NOW))


def test_a_signature_with_another_secret_is_refused() -> None:
    with pytest.raises(BadAssertion, match="No signature"):
        events(sent(PAID, secret=webhook_signature.make_secret()))


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


def test_the_secret_before_the_present_one_is_good_until_its_time() -> None:
    before, until = webhook_signature.make_secret(), "2026-11-24T12:00:01.000000Z"
    settings = Settings(
        "https://platform.example",
        {"webhook_secret": SECRET, "webhook_secret_before": before, "webhook_secret_before_until": until},
    )
    assert settings.webhook_secrets(NOW) == [SECRET, before]
    assert settings.webhook_secrets(NOW + timedelta(seconds=1)) == [SECRET]


def test_every_event_has_a_universal_name() -> None:
    assert all(name.count(".") == 1 for name, _ in EVENTS.values())
    assert len({name for name, _ in EVENTS.values()}) == len(EVENTS)
