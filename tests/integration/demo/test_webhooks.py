"""The platform tells a listener of every change, signed, in order, the same bytes again until they are taken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from demo.webhooks import find_type
from tests.integration.demo.conftest import TOKEN, Platform

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Listener:
    """Answers what ``answers`` says, in turn, then 202; keeps what came."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.came.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 202)

    async def heard(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(20):
            while len(self.came) < count:  # noqa: ASYNC110 - another process decides when
                await asyncio.sleep(0.02)
        return [Webhook(SECRET).verify(body, headers) for headers, body in self.came]


@pytest.fixture
async def listener(platform: Platform) -> AsyncIterator[Listener]:
    made = Listener()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    assert (await listen(platform, {"url": made.url, "secret": SECRET}))[0] == 200
    yield made
    await listen(platform, {"url": None})
    await runner.cleanup()


async def listen(platform: Platform, body: Any, token: str = TOKEN) -> tuple[int, Any]:
    return await call(platform, "PUT", "/webhook", body, token)


async def call(platform: Platform, method: str, path: str, body: Any = None, token: str = TOKEN) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(platform.url, headers=headers) as session,
        session.request(method, path, json=body) as answer,
    ):
        return answer.status, await answer.json()


async def test_each_change_is_told_once_in_order_with_the_row_and_its_revision(
    platform: Platform, listener: Listener
) -> None:
    _, before = await call(platform, "GET", "/api/tickets/5519")
    for status in ("pending", "closed", "open"):
        await call(platform, "PATCH", "/api/tickets/5519", {"status": status})
    told = await listener.heard(3)
    assert [each["type"] for each in told] == ["ticket.updated", "ticket.closed", "ticket.reopened"]
    _, now = await call(platform, "GET", "/api/tickets/5519")
    assert told[-1]["data"] == now
    assert now["revision"] > before["revision"]
    assert len({headers["webhook-id"] for headers, _ in listener.came}) == 3


async def test_what_is_not_taken_is_sent_again_with_the_same_id_and_bytes(
    platform: Platform, listener: Listener
) -> None:
    listener.answers = [500, 503]
    await call(platform, "PATCH", "/api/tickets/5520", {"priority": "low"})
    await listener.heard(3)
    assert len({headers["webhook-id"] for headers, _ in listener.came}) == 1
    assert len({body for _, body in listener.came}) == 1


async def test_what_is_refused_for_good_does_not_hold_back_the_next(platform: Platform, listener: Listener) -> None:
    listener.answers = [409]
    await call(platform, "PATCH", "/api/tickets/5522", {"priority": "low"})
    await call(platform, "PATCH", "/api/tickets/5523", {"priority": "low"})
    told = await listener.heard(2)
    assert [each["data"]["id"] for each in told] == [5522, 5523]


async def test_a_new_name_is_told_of_every_row_that_shows_it(platform: Platform, listener: Listener) -> None:
    _, before = await call(platform, "GET", "/api/invoices/1050")
    await call(platform, "PATCH", f"/api/customers/{before['customer_id']}", {"name": "Renamed Person"})
    _, now = await call(platform, "GET", "/api/invoices/1050")
    assert now["customer_name"] == "Renamed Person"
    assert now["revision"] > before["revision"]
    where = json.dumps({"customer_id": [before["customer_id"]]})
    rows = 1
    for collection in ("invoices", "subscriptions", "tickets", "credits"):
        rows += len((await call(platform, "GET", f"/api/{collection}?limit=50&where={where}"))[1]["items"])
    told = await listener.heard(rows)
    assert {each["type"] for each in told} >= {"customer.updated", "invoice.updated", "subscription.updated"}


async def test_nobody_is_told_before_or_after_somebody_listens(platform: Platform) -> None:
    await call(platform, "PATCH", "/api/tickets/5524", {"priority": "low"})
    unheard = Listener()
    assert (await listen(platform, {"url": "http://127.0.0.1:9/hook", "secret": SECRET}))[1] == {
        "listening": "http://127.0.0.1:9/hook"
    }
    assert unheard.came == []
    assert (await listen(platform, {"url": None}))[0] == 200


@pytest.mark.parametrize(
    "body",
    [[], {"url": 5}, {"url": "http://x"}, {"url": "http://x", "secret": "hunter2"}, {"url": "http://x", "secret": 1}],
)
async def test_a_listener_needs_an_address_and_a_secret(platform: Platform, body: Any) -> None:
    status, said = await listen(platform, body)
    assert status in (400, 422), said


async def test_only_who_has_the_token_says_who_listens(platform: Platform) -> None:
    assert (await listen(platform, {"url": None}, token="wrong"))[0] == 401


async def test_what_it_sends_can_not_be_taken_for_anothers(platform: Platform, listener: Listener) -> None:
    await call(platform, "PATCH", "/api/tickets/5525", {"priority": "high"})
    await listener.heard(1)
    headers, body = listener.came[0]
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)
    assert json.loads(body)["type"] == "ticket.updated"


@pytest.mark.parametrize(
    ("collection", "verb", "was", "status", "said"),
    [
        ("invoices", "created", None, "open", "invoice.issued"),
        ("invoices", "updated", "open", "paid", "invoice.payment_succeeded"),
        ("invoices", "updated", "paid", "paid", "invoice.updated"),
        ("customers", "updated", "suspended", "active", "customer.updated"),
        ("subscriptions", "updated", "active", "cancelled", "subscription.ended"),
        ("tickets", "updated", "pending", "open", "ticket.updated"),
        ("articles", "deleted", None, None, "article.deleted"),
    ],
)
def test_the_platforms_own_words_for_a_change(
    collection: str, verb: str, was: str | None, status: str | None, said: str
) -> None:
    assert find_type({"collection": collection, "verb": verb, "was": was, "status": status}) == said
