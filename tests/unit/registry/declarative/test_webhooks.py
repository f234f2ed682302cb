"""Declared webhooks: believed by the declared means alone, and turned into events of declared data."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import webhook_signature
from core.errors import BadAssertion, InvalidInput
from registry.connector import Event, Inbound, Settings
from registry.declarative.connector import make_connector_class
from registry.declarative.document import parse
from tests.unit.registry.declarative.shop import DOCUMENT, FakeShop, rows

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = "s3cret-of-the-shop"
BODY = json.dumps({"n": 7, "what": "basket.closed", "when": 1795608000, "no": "B001", "note": "hi"}).encode()
EVENTS = {
    "basket.closed": {
        "event": "basket.closed",
        "kind": "basket",
        "record": ["/no"],
        "fields": {"amount": "total"},
        "data": {"note": "/note"},
    }
}


async def told(
    verify: Mapping[str, Any],
    headers: Mapping[str, str],
    *,
    body: bytes = BODY,
    query: Mapping[str, str] | None = None,
    secret: str = SECRET,
    events: Mapping[str, Any] = EVENTS,
) -> list[Event]:
    webhooks = {"verify": verify, "type": "/what", "id": "/n", "at": "/when", "events": events}
    cls = make_connector_class(parse({**DOCUMENT, "webhooks": webhooks}), ())
    settings = Settings("https://shop.example", {"webhook_secret": secret}, options={"tenant": "acme"})
    return list(await cls(FakeShop(rows()), settings).handle_webhook(Inbound(headers, body, NOW, query or {})))


def mac(key: str = SECRET, body: bytes = BODY, how: str = "sha256") -> bytes:
    return hmac.new(key.encode(), body, how).digest()


async def test_a_signed_message_becomes_an_event_of_the_records_declared_fields() -> None:
    (event,) = await told({"type": "hmac", "header": "X-Sig", "prefix": "sha256="}, {"x-sig": f"sha256={mac().hex()}"})
    assert (event.id, event.name, event.occurred_at) == ("7", "basket.closed", "2026-11-25T12:00:00.000000Z")
    assert event.data == {"basket_id": "B001", "amount": 150, "note": "hi"}


@pytest.mark.parametrize(
    ("verify", "headers"),
    [
        ({"type": "hmac", "header": "X-Sig", "encoding": "base64"}, {"x-sig": base64.b64encode(mac()).decode()}),
        ({"type": "hmac", "header": "X-Sig", "algorithm": "sha1"}, {"x-sig": mac(how="sha1").hex().upper()}),
        (
            {"type": "hmac", "header": "X-Sig", "timestamp": "X-Time"},
            {
                "x-time": str(int(NOW.timestamp())),
                "x-sig": mac(body=str(int(NOW.timestamp())).encode() + b"." + BODY).hex(),
            },
        ),
        ({"type": "header", "header": "X-Token"}, {"x-token": SECRET}),
    ],
)
async def test_each_form_of_signature_is_believed_and_its_forgery_is_not(
    verify: dict[str, Any], headers: dict[str, str]
) -> None:
    assert len(await told(verify, headers)) == 1
    name = str(verify["header"]).lower()
    for forged in ({}, {name: ""}, {name: headers[name][:-1] + "x"}, {name: "é"}):
        with pytest.raises(BadAssertion):
            await told(verify, {**headers, **forged} if forged else {})
    with pytest.raises(BadAssertion):
        await told(verify, headers, secret="another")
    if verify["type"] == "hmac":
        with pytest.raises(BadAssertion):
            await told(verify, headers, body=BODY + b" ")


async def test_a_signed_time_may_not_lie_long_ago() -> None:
    verify = {"type": "hmac", "header": "X-Sig", "timestamp": "X-Time"}
    old = str(int((NOW - timedelta(minutes=6)).timestamp()))
    headers = {"x-time": old, "x-sig": mac(body=old.encode() + b"." + BODY).hex()}
    with pytest.raises(BadAssertion, match="replay"):
        await told(verify, headers)


ONE_HEADER = {"type": "hmac", "header": "X-Sig", "timestamp_part": "t", "signature_part": "v1"}


def signed_at(at: datetime, *, key: str = SECRET) -> tuple[str, str]:
    stamp = str(int(at.timestamp()))
    return stamp, mac(key, stamp.encode() + b"." + BODY).hex()


async def test_one_header_may_hold_the_time_and_the_signature() -> None:
    stamp, good = signed_at(NOW)
    other = signed_at(NOW, key="another")[1]
    for believed in (f"t={stamp},v1={good}", f"t={stamp}; v1={good}", f"t={stamp},v1={other},v1={good},v0={other}"):
        assert len(await told(ONE_HEADER, {"x-sig": believed})) == 1, believed
    for forged in (
        f"v1={good}", f"t={stamp}", f"t={stamp},v0={good}", f"t={stamp}1,v1={good}", f"t={stamp},v1={other}", good,
        f"t={stamp}," + f"v1={other}," * 10 + f"v1={good}", "",
    ):  # fmt: skip
        with pytest.raises(BadAssertion):
            await told(ONE_HEADER, {"x-sig": forged})
    stamp, good = signed_at(NOW - timedelta(minutes=6))
    with pytest.raises(BadAssertion, match="replay"):
        await told(ONE_HEADER, {"x-sig": f"t={stamp},v1={good}"})


async def test_a_part_of_a_header_needs_a_signature_beside_it() -> None:
    for wrong in ({"signature_part": None}, {"timestamp": "X-Time"}):
        with pytest.raises(InvalidInput):
            await told({**ONE_HEADER, **wrong}, {})


async def test_a_universal_event_whose_record_is_gone_says_what_it_lacks() -> None:
    paid = {"event": "order.paid", "kind": "basket", "record": ["/no"]}
    paid |= {"fields": {"amount": "total", "customer_id": "number"}, "data": {"order_ref": "/no"}}
    body = BODY.replace(b"B001", b"B999")
    with pytest.raises(InvalidInput, match=r"order\.paid needs customer_id, which the basket B999 does not have"):
        await told(
            {"type": "header", "header": "X-Token"}, {"x-token": SECRET}, body=body, events={"basket.closed": paid}
        )


async def test_a_secret_in_the_address_must_be_the_one_shared() -> None:
    assert len(await told({"type": "secret_in_address"}, {}, query={"token": SECRET})) == 1
    for query in ({}, {"token": ""}, {"token": "x"}):
        with pytest.raises(BadAssertion):
            await told({"type": "secret_in_address"}, {}, query=query)


async def test_standard_webhooks_carry_their_own_id() -> None:
    secret = webhook_signature.make_secret()
    at = int(NOW.timestamp())
    headers = {
        "webhook-id": "msg_1", "webhook-timestamp": str(at),
        "webhook-signature": webhook_signature.sign([secret], "msg_1", at, BODY),
    }  # fmt: skip
    assert [each.id for each in await told({"type": "standard_webhooks"}, headers, secret=secret)] == ["7"]


async def test_types_that_the_document_does_not_name_say_nothing() -> None:
    body = json.dumps({"what": "basket.opened"}).encode()
    assert await told({"type": "header", "header": "X-Token"}, {"x-token": SECRET}, body=body) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"what": {"a": 1}}', b'{"what": "basket.closed"}'])
async def test_what_can_not_be_read_is_refused_by_a_typed_error(body: bytes) -> None:
    verify, headers = {"type": "header", "header": "X-Token"}, {"x-token": SECRET}
    if body == b'{"what": {"a": 1}}':
        assert await told(verify, headers, body=body) == []
        return
    with pytest.raises(BadAssertion):
        await told(verify, headers, body=body)


async def test_without_an_id_the_digest_of_the_bytes_stands_for_it() -> None:
    body = BODY.replace(b'"n": 7', b'"n": null')
    (event,) = await told({"type": "header", "header": "X-Token"}, {"x-token": SECRET}, body=body)
    assert event.id == hashlib.sha256(body).hexdigest()
