"""Platforms' webhooks over HTTP: believed only when signed and fresh, each message once, whatever is sent again,
altered or made up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

import store.events.events
import store.events.inbound
from core import webhook_signature
from core.errors import BadAssertion
from registry.connector import Connector, Event, Inbound
from store import retention
from tests.integration.web.api.shop import InstalledShop, Shop, open_shop
from web.limits import Limits
from web.middleware import MAX_BODY_BYTES

ROW = {
    "id": 1042, "number": "INV-1042", "customer_id": 421, "total": 4900, "refunded": 0, "currency": "EUR",
    "status": "paid", "revision": 2, "notes_internal": "NEVER SHOW",
}  # fmt: skip
PAID = {"type": "invoice.payment_succeeded", "timestamp": "2026-11-24T11:59:00Z", "data": ROW}


class Platform:
    """Sends what a platform would, and what it would not."""

    def __init__(self, shop: Shop, secret: str) -> None:
        self.shop, self.secret = shop, secret

    async def send(
        self,
        message: Any = PAID,
        *,
        msg_id: str = "msg_1",
        secret: str | None = None,
        late_s: int = 0,
        to: str = "saas",
        workspace: str | None = "olivia",
        body: bytes | AsyncIterator[bytes] | None = None,
        headers: list[tuple[str, str]] | None = None,
    ) -> Response:
        """``body`` and ``headers`` are sent in place of what was signed."""
        raw = message if isinstance(message, bytes) else json.dumps(message).encode()
        at = int(self.shop.clock().timestamp()) - late_s
        signed = [
            ("webhook-id", msg_id),
            ("webhook-timestamp", str(at)),
            ("webhook-signature", webhook_signature.sign([secret or self.secret], msg_id, at, raw)),
        ]
        there = self.shop.actors[workspace].workspace if workspace in self.shop.actors else workspace
        query = f"?workspace={there}" if there else ""
        return await self.shop.http.post(
            f"/connectors/{to}/webhook{query}", content=raw if body is None else body, headers=headers or signed
        )

    async def events(self, by: str = "olivia") -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = (await self.shop.call("GET", "/v1/events", by=by)).json()["data"]
        return data


@pytest.fixture
async def platform(shop: Shop) -> Platform:
    answer = await shop.call("POST", "/v1/connectors/saas/webhook-secret", {})
    assert answer.status_code == 201, answer.text
    return Platform(shop, answer.json()["secret"])


def told(answer: Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_a_signed_webhook_becomes_an_event_of_its_connector(platform: Platform) -> None:
    answer = await platform.send()
    assert answer.status_code == 202
    (taken,) = answer.json()["events"]
    (event,) = await platform.events()
    assert taken == {"id": event["id"], "event": "invoice.paid", "repeated": False}
    assert (event["origin"], event["occurred_at"]) == ("connector:saas", "2026-11-24T11:59:00.000000Z")
    assert event["data"]["invoice_id"] == 1042
    assert "NEVER SHOW" not in json.dumps(event)
    assert event["request_id"] == answer.headers["x-request-id"]


async def test_a_message_that_comes_again_is_answered_again_and_does_nothing(platform: Platform) -> None:
    first = (await platform.send()).json()["events"][0]
    again = (await platform.send()).json()["events"][0]
    platform.shop.clock.advance(hours=20)
    later = (await platform.send()).json()["events"][0]
    assert again == later == {**first, "repeated": True}
    assert len(await platform.events()) == 1


async def test_a_body_that_trickles_in_past_its_window_is_refused(platform: Platform) -> None:
    """A signature is good for five minutes: whoever holds one can't keep it alive by sending slowly."""
    raw = json.dumps(PAID).encode()

    async def trickle() -> AsyncIterator[bytes]:
        yield raw[:-1]
        platform.shop.clock.advance(minutes=6)
        yield raw[-1:]

    answer = await platform.send(raw, body=trickle())
    assert told(answer)[0] == 401
    assert await platform.events() == []


async def test_twenty_of_the_same_at_once_are_one_event(platform: Platform) -> None:
    answers = await asyncio.gather(*(platform.send() for _ in range(20)))
    assert {answer.status_code for answer in answers} == {202}
    assert [answer.json()["events"][0]["repeated"] for answer in answers].count(False) == 1
    assert len(await platform.events()) == 1


async def test_the_same_message_id_with_another_body_is_refused_though_signed(platform: Platform) -> None:
    await platform.send()
    assert told(await platform.send({**PAID, "data": {**ROW, "total": 1}})) == (409, "conflict")
    assert len(await platform.events()) == 1


async def test_an_altered_body_is_refused(platform: Platform) -> None:
    altered = json.dumps({**PAID, "data": {**ROW, "total": 1}}).encode()
    assert told(await platform.send(body=altered)) == (401, "bad_assertion")
    assert await platform.events() == []


@pytest.mark.parametrize("late_s", [301, 86_400, -301])
async def test_a_message_signed_at_another_time_is_refused(platform: Platform, late_s: int) -> None:
    assert told(await platform.send(late_s=late_s)) == (401, "bad_assertion")
    assert await platform.events() == []


async def test_a_recorded_message_replayed_after_the_window_is_refused(platform: Platform) -> None:
    raw, at = json.dumps(PAID).encode(), int(platform.shop.clock().timestamp())
    recorded = [
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", str(at)),
        ("webhook-signature", webhook_signature.sign([platform.secret], "msg_1", at, raw)),
    ]
    platform.shop.clock.advance(seconds=301)
    assert told(await platform.send(headers=recorded)) == (401, "bad_assertion")


async def test_unsigned_doubled_and_malformed_headers_are_refused(platform: Platform) -> None:
    good = webhook_signature.sign(
        [platform.secret], "msg_1", int(platform.shop.clock().timestamp()), json.dumps(PAID).encode()
    )
    at = str(int(platform.shop.clock().timestamp()))
    for headers in (
        [],
        [("webhook-id", "msg_1"), ("webhook-timestamp", at)],
        [("webhook-id", "msg_1"), ("webhook-timestamp", at), ("webhook-signature", "v1,")],
        [("webhook-id", "msg_1"), ("webhook-timestamp", at), ("webhook-signature", "v1,é=")],
        [("webhook-id", "msg_1"), ("webhook-timestamp", "0x10"), ("webhook-signature", good)],
        [("webhook-id", "msg_2"), ("webhook-timestamp", at), ("webhook-signature", good)],
        [("webhook-id", "msg_1"), ("webhook-id", "msg_1"), ("webhook-timestamp", at), ("webhook-signature", good)],
    ):
        raw = [(name, value.encode()) for name, value in headers] or [("x-none", b"1")]
        assert told(await platform.send(headers=raw)) == (401, "bad_assertion"), headers  # type: ignore[arg-type]
    assert await platform.events() == []


async def test_a_huge_body_is_refused_before_anybody_reads_it(platform: Platform) -> None:
    assert told(await platform.send(b"x" * (MAX_BODY_BYTES + 1))) == (413, "body_too_large")
    large = {**PAID, "data": {**ROW, "description": "x" * 70_000}}
    assert told(await platform.send(large)) == (400, "invalid_request")
    assert await platform.events() == []


async def test_another_workspaces_secret_or_address_opens_nothing(platform: Platform, shop: Shop) -> None:
    """eve has the same connector with a secret of her own: neither her secret nor her address reach olivia's events."""
    await shop.container.workspace_admin.connect(shop.actors["eve"], "saas", "http://127.0.0.1:9", {"read_token": "x"})
    hers = (await shop.call("POST", "/v1/connectors/saas/webhook-secret", {}, by="eve")).json()["secret"]
    assert told(await platform.send(secret=hers)) == (401, "bad_assertion")
    assert told(await platform.send(workspace="eve")) == (401, "bad_assertion")
    assert told(await platform.send(workspace=None)) == (404, "not_found"), "two use it: it must say which"
    assert (await platform.send(workspace="eve", secret=hers)).status_code == 202
    assert await platform.events() == []
    assert len(await platform.events(by="eve")) == 1


async def test_what_is_not_set_up_here_is_404(platform: Platform) -> None:
    absent = "ws_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert told(await platform.send(to="weather")) == (404, "not_found")
    assert told(await platform.send(workspace=absent)) == (404, "not_found")
    assert told(await platform.send(workspace="eve")) == (404, "not_found"), "eve has no such connector"
    assert (await platform.send(workspace="../x")).status_code == 400
    assert (await platform.send(workspace=None)).status_code == 202, "only one uses it"


async def test_what_is_signed_and_no_event_is_refused_and_may_be_sent_again(platform: Platform) -> None:
    misfit = {**PAID, "data": {"id": 1042}}
    assert told(await platform.send(misfit)) == (400, "invalid_request")
    assert told(await platform.send(b"{")) == (401, "bad_assertion")
    assert (await platform.send()).status_code == 202, "a refused message leaves its id free"


async def test_a_type_that_nobody_knows_is_taken_and_says_nothing(platform: Platform) -> None:
    answer = await platform.send({"type": "weather.changed", "data": {}})
    assert (answer.status_code, answer.json()) == (202, {"events": []})


async def test_a_cause_that_is_known_counts_and_one_that_is_not_is_left_out(platform: Platform) -> None:
    first = (await platform.send()).json()["events"][0]["id"]
    await platform.send({**PAID, "caused_by": first}, msg_id="msg_2")
    await platform.send({**PAID, "caused_by": "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV"}, msg_id="msg_3")
    by_id = {each["id"]: each for each in await platform.events()}
    assert sorted((each["depth"], each["caused_by"]) for each in by_id.values() if each["caused_by"]) == [(1, first)]
    assert len(by_id) == 3


async def test_a_chain_without_end_is_refused_and_owners_read_why(platform: Platform, shop: Shop) -> None:
    cause = None
    for n in range(9):
        answer = await platform.send({**PAID, "caused_by": cause}, msg_id=f"msg_{n}")
        cause = answer.json()["events"][0]["id"]
    assert told(await platform.send({**PAID, "caused_by": cause}, msg_id="msg_9")) == (422, "event_loop")
    entries = (await shop.call("GET", "/v1/history", query="kind=event_refused")).json()["data"]
    assert entries[0]["actor"]["id"] == "connector:saas"


async def test_the_secret_is_shown_once_kept_sealed_and_good_for_a_day_after_the_next(
    platform: Platform, shop: Shop
) -> None:
    made = (await shop.call("POST", "/v1/connectors/saas/webhook-secret", {})).json()
    assert made["secret"] != platform.secret
    assert made["previous_until"] == "2026-11-25T12:00:00.000000Z"
    assert made["url"].endswith(f"/connectors/saas/webhook?workspace={shop.actors['olivia'].workspace}")
    for path in ("/v1/connectors", "/v1/history"):
        text = (await shop.call("GET", path)).text
        assert made["secret"] not in text
        assert platform.secret not in text
    kept = await asyncio.to_thread(_bytes_under, shop.container.settings.data_dir)
    assert b"connector:" in kept or b"saas" in kept, "the database is among it"
    assert made["secret"].encode() not in kept
    assert (await platform.send()).status_code == 202
    assert (await platform.send(msg_id="msg_2", secret=made["secret"])).status_code == 202
    shop.clock.advance(hours=24)
    assert told(await platform.send(msg_id="msg_3")) == (401, "bad_assertion")


async def test_configuring_the_connector_anew_keeps_its_webhook_secret(platform: Platform, shop: Shop) -> None:
    await shop.container.workspace_admin.connect(
        shop.actors["olivia"], "saas", "http://127.0.0.1:9", {"read_token": "other"}
    )
    assert (await platform.send()).status_code == 202


async def test_a_platforms_own_secret_can_be_given_and_a_bad_one_is_named(platform: Platform, shop: Shop) -> None:
    own = webhook_signature.make_secret()
    answer = await shop.call("POST", "/v1/connectors/saas/webhook-secret", {"secret": own})
    assert answer.json()["secret"] == own
    assert (await platform.send(secret=own)).status_code == 202
    bad = await shop.call("POST", "/v1/connectors/saas/webhook-secret", {"secret": "hunter2"})
    assert told(bad) == (400, "invalid_request")
    assert bad.json()["errors"][0]["pointer"] == "/secret"
    assert told(await shop.call("POST", "/v1/connectors/weather/webhook-secret", {})) == (404, "not_found")


async def test_without_a_secret_nothing_is_believed(shop: Shop) -> None:
    assert told(await Platform(shop, webhook_signature.make_secret()).send()) == (401, "bad_assertion")


async def test_a_flood_from_one_address_is_stopped_before_anything_is_verified(
    tmp_path: Path, template: InstalledShop
) -> None:
    async with open_shop(tmp_path, template, limits=Limits(per_address=3)) as shop:
        stranger = Platform(shop, webhook_signature.make_secret())
        answers = [told(await stranger.send()) for _ in range(6)]
    stopped = answers.index((429, "rate_limited"))
    assert stopped in (3, 4)  # where a minute ends meanwhile one more is let through
    assert answers[:stopped] == [(401, "bad_assertion")] * stopped


async def test_what_was_taken_is_forgotten_after_thirty_days(platform: Platform, shop: Shop) -> None:
    await platform.send()
    for days, left in ((29, 0), (2, 1)):
        shop.clock.advance(days=days)
        assert (await retention.sweep(shop.container.database, shop.clock()))["inbound_messages"] == left


def _bytes_under(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


class Odd(Connector):
    """A stranger's connector that fails in its own way."""

    name = "odd"

    async def handle_webhook(self, inbound: Inbound) -> list[Event]:
        if inbound.body == b"refused":
            raise BadAssertion("Not signed.")
        if inbound.body == b"broken":
            raise KeyError("a secret in a message")
        if inbound.body == b"opsiq":
            return [
                Event("1", "webhook.endpoint_disabled", {"endpoint": "e", "url": "u", "why": "w"}, PAID["timestamp"])
            ]  # type: ignore[arg-type]
        if inbound.body == b"half":
            good = Event("1", "parcel.weighed", {}, "2026-11-24T11:59:00Z")
            return [good, Event("2", "not a name", {}, "2026-11-24T11:59:00Z")]
        return [Event("", "parcel.weighed", {}, "yesterday")]


class Mute(Connector):
    name = "mute"


async def test_a_connectors_own_failure_is_its_own_and_fires_nothing(shop: Shop) -> None:
    from registry.discovery import DiscoveredConnector

    for cls in (Odd, Mute):
        shop.container.contexts._found[cls.name] = DiscoveredConnector(cls.name, cls.name, cls)
        await shop.container.workspace_admin.connect(shop.actors["olivia"], cls.name, "http://127.0.0.1:9", {})
    for body, wanted in (
        (b"refused", (401, "bad_assertion")),
        (b"broken", (500, "connector_broken")),
        (b"other", (500, "connector_broken")),
        (b"half", (400, "invalid_request")),
        (b"opsiq", (400, "invalid_request")),
    ):
        answer = await shop.http.post("/connectors/odd/webhook", content=body)
        assert told(answer) == wanted, body
        assert "a secret in a message" not in answer.text
    assert told(await shop.http.post("/connectors/mute/webhook", content=b"x")) == (404, "not_found")
    assert (await shop.call("GET", "/v1/events")).json()["data"] == []


async def test_the_message_is_kept_in_the_events_own_transaction(platform: Platform, shop: Shop) -> None:
    await platform.send()
    before = shop.clock() - timedelta(seconds=1)
    async with shop.container.database.begin() as session:
        assert await store.events.inbound.purge(session, before) == 0
        assert await store.events.inbound.purge(session, shop.clock() + timedelta(seconds=1)) == 1
    assert (await platform.send()).json()["events"][0]["repeated"] is False, "only what is kept is known"
