"""Firing over REST: one transaction, once for each Idempotency-Key, checked against the catalogue."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import delete

import store.events.events
import store.history.log
import store.jobs.jobs
from events.publish import MAX_DEPTH
from registry.events import event_catalogue
from tests.integration.events.reacting import fired, made_rule, made_runs, reacted, seen
from tests.integration.web.api.shop import Shop

SHIPPED = {"event": "order.shipped", "data": {"customer_id": 421, "order_ref": "NB-9182", "carrier": "DHL"}}


async def events(shop: Shop) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = (await shop.call("GET", "/v1/events")).json()["data"]
    return data


async def test_a_fired_event_is_accepted_with_its_id(shop: Shop) -> None:
    answer = await shop.call("POST", "/v1/events/fire", SHIPPED)
    assert answer.status_code == 202
    assert answer.json() == {"id": answer.json()["id"], "event": "order.shipped", "mode": "live", "did_you_mean": None}
    assert answer.headers["location"] == f"/v1/events/{answer.json()['id']}"
    (event,) = await events(shop)
    assert (event["data"], event["state"], event["depth"]) == (SHIPPED["data"], "firing", 0)
    assert event["origin"] == f"key:{shop.keys['olivia'].id}"


async def test_a_custom_name_close_to_a_universal_one_is_taken_and_told(shop: Shop) -> None:
    answer = await shop.call("POST", "/v1/events/fire", {**SHIPPED, "event": "order.shiped"})
    assert (answer.status_code, answer.json()["did_you_mean"]) == (202, "order.shipped")
    refused = await shop.call("POST", "/v1/events/fire", {**SHIPPED, "event": "orderShipped"})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    assert refused.json()["detail"].endswith("Did you mean order.shipped?")
    hears = {"url": "https://ledger.example/hooks", "events": ["order.shiped", "order.*", "*", "parcel.lost"]}
    endpoint = await shop.call("POST", "/v1/webhooks/endpoints", hears)
    assert (endpoint.status_code, endpoint.json()["did_you_mean"]) == (201, {"order.shiped": "order.shipped"})
    absent = await shop.call("GET", "/v1/event-types/order.shiped")
    assert (absent.status_code, absent.json()["detail"].endswith("Did you mean order.shipped?")) == (404, True)


async def test_the_same_key_again_is_answered_from_the_record_and_fires_nothing(shop: Shop) -> None:
    first = await shop.call("POST", "/v1/events/fire", SHIPPED, idempotency_key="k1")
    second = await shop.call("POST", "/v1/events/fire", SHIPPED, idempotency_key="k1")
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(await events(shop)) == 1
    async with shop.container.database.read() as session:
        assert (await store.jobs.jobs.counts(session))["event.react", "ready"] == 1


async def test_of_many_at_once_each_key_fires_once_and_one_that_is_wrong_fails_alone(shop: Shop) -> None:
    def fire(n: int, key: str) -> Any:
        body = {**SHIPPED, "data": {**SHIPPED["data"], "order_ref": f"NB-{n}"}}  # type: ignore[dict-item]
        return shop.call("POST", "/v1/events/fire", body, idempotency_key=key)

    wrong = shop.call("POST", "/v1/events/fire", {"event": "order.shipped", "data": {}}, idempotency_key="wrong")
    answers = await asyncio.gather(
        *(fire(n, f"k{n}") for n in range(12)), *(fire(0, "k0") for _ in range(4)), fire(1, "k0"), wrong
    )
    assert [each.status_code for each in answers] == [202] * 16 + [422, 400]
    assert len({answers[0].text, *(each.text for each in answers[12:16])}) == 1
    assert len(await events(shop)) == 12
    async with shop.container.database.read() as session:
        assert (await store.jobs.jobs.counts(session))["event.react", "ready"] == 12


async def test_what_was_answered_is_said_again_though_it_would_be_refused_by_now(shop: Shop) -> None:
    body = {**SHIPPED, "caused_by": await fired(shop, "order.created", order_ref="1", customer_id=1)}
    first = await shop.call("POST", "/v1/events/fire", body, idempotency_key="k1")
    assert first.status_code == 202, first.text
    async with shop.container.database.begin() as session:
        await session.execute(delete(store.events.events.EventRow.__table__))  # as the sweep does when they are old
    again = await shop.call("POST", "/v1/events/fire", body, idempotency_key="k1")
    assert (again.status_code, again.text) == (202, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    fresh = await shop.call("POST", "/v1/events/fire", body, idempotency_key="k2")
    assert (fresh.status_code, fresh.json()["errors"][0]["pointer"]) == (400, "/caused_by")


async def test_the_same_key_with_another_body_is_422(shop: Shop) -> None:
    await shop.call("POST", "/v1/events/fire", SHIPPED, idempotency_key="k1")
    other = {**SHIPPED, "data": {**SHIPPED["data"], "carrier": "UPS"}}  # type: ignore[dict-item]
    answer = await shop.call("POST", "/v1/events/fire", other, idempotency_key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await events(shop)) == 1


async def test_an_event_that_is_refused_leaves_its_key_free(shop: Shop) -> None:
    wrong = {"event": "order.shipped", "data": {"customer_id": 421}}
    answer = await shop.call("POST", "/v1/events/fire", wrong, idempotency_key="k1")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert answer.json()["errors"][0]["pointer"] == "/data"
    assert "order_ref" in answer.json()["errors"][0]["detail"]
    assert (await shop.call("POST", "/v1/events/fire", SHIPPED, idempotency_key="k1")).status_code == 202


async def test_a_custom_name_carries_any_object(shop: Shop) -> None:
    assert await fired(shop, "parcel.weighed", grams=1200, note="heavy")


@pytest.mark.parametrize("name", ["parcel", "Parcel.Weighed", "parcel..weighed", "a.b.c.d.e", "parcel.weighed ", "*"])
async def test_what_is_no_event_name_is_refused(shop: Shop, name: str) -> None:
    answer = await shop.call("POST", "/v1/events/fire", {"event": name, "data": {}})
    assert answer.status_code == 400
    assert await events(shop) == []


async def test_nobody_says_in_opsiqs_name_what_only_opsiq_knows(shop: Shop) -> None:
    sample = dict(event_catalogue.load_event_types()["webhook.endpoint_disabled"].sample)
    answer = await shop.call("POST", "/v1/events/fire", {"event": "webhook.endpoint_disabled", "data": sample})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "reserved")
    assert await events(shop) == []


async def test_firing_needs_its_scope(shop: Shop) -> None:
    reader = await shop.key_of("olivia", scopes=("events:read",))
    assert (await shop.call("POST", "/v1/events/fire", SHIPPED, by=reader)).status_code == 403


async def test_another_workspace_sees_no_event(shop: Shop) -> None:
    event_id = await fired(shop, "parcel.weighed")
    assert (await shop.call("GET", f"/v1/events/{event_id}", by="eve")).status_code == 404
    assert (await shop.call("GET", "/v1/events", by="eve")).json()["data"] == []


async def test_events_are_listed_newest_first_page_by_page(shop: Shop) -> None:
    ids = []
    for n in range(5):
        ids.append(await fired(shop, "parcel.weighed", n=n))
        shop.clock.advance(seconds=1)
    await fired(shop, "order.packed")
    first = (await shop.call("GET", "/v1/events", query="event=parcel.weighed&limit=3")).json()
    second = (await shop.call("GET", "/v1/events", query=f"event=parcel.weighed&limit=3&before={first['next']}")).json()
    assert [each["id"] for each in [*first["data"], *second["data"]]] == ids[::-1]
    assert second["next"] is None


async def test_a_chain_that_a_rule_feeds_ends_at_its_bound_and_owners_read_why(shop: Shop) -> None:
    rule = await made_rule(shop)
    event_id = await fired(shop, "ticket.created", ticket_id=5519)
    for depth in range(1, MAX_DEPTH + 2):
        await reacted(shop)
        run = (await made_runs(shop))[0]
        assert run.cause is not None
        assert (run.cause.event_id, run.cause.source) == (event_id, rule["id"])
        # What a platform does that passes on whose doing this is: the run that called it.
        body = {"event": "ticket.created", "data": {"ticket_id": 5519}, "caused_by": run.id}
        answer = await shop.call("POST", "/v1/events/fire", body)
        if depth <= MAX_DEPTH:
            event_id = answer.json()["id"]
            assert (await shop.call("GET", f"/v1/events/{event_id}")).json()["depth"] == depth
    assert (answer.status_code, answer.json()["code"]) == (422, "event_loop")
    async with shop.container.database.read() as session:
        page = await store.history.log.page(session, shop.actors["olivia"].workspace, limit=1)
    assert page[0].kind == "event_refused"


async def test_the_catalogue_is_read_over_rest(shop: Shop) -> None:
    types = (await shop.call("GET", "/v1/event-types")).json()["data"]
    assert len(types) >= 40
    one = (await shop.call("GET", "/v1/event-types/invoice.paid")).json()
    assert one["sample"]["invoice_id"] == 1042
    assert (await shop.call("GET", "/v1/event-types/parcel.weighed")).status_code == 404


async def test_what_subscribers_did_is_read_with_the_event(shop: Shop) -> None:
    rule = await made_rule(shop)
    event_id = await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    reaction = (await seen(shop, event_id))[rule["id"]]
    assert (reaction["priority"], reaction["state"], reaction["attempts"]) == (20, "done", 1)
    assert (await shop.call("GET", f"/v1/events/{event_id}")).json()["state"] == "done"
