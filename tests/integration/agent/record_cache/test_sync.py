"""What is kept stays in step: by webhooks, by what others fire, by readings that go on where they stood, whatever comes
in between."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

import store.record_cache.records
import store.record_cache.sync_state
from agent.record_cache.sync import PAGE
from core.errors import PlatformUnavailable
from executors.jobs.queue import Reschedule
from registry.record_cache import StatePage
from registry.records import Query
from store.record_cache.records import CacheScope
from tests.integration.agent.record_cache.looking import Looking
from tests.integration.web.api.shop import Shop


async def kept(looking: Looking, kind: str, key: str) -> dict[str, Any] | None:
    async with looking.shop.container.database.read() as session:
        row = await store.record_cache.records.get(session, CacheScope(looking.workspace, "saas", kind), key)
    return row.data if row is not None and not row.gone else None


async def reactions(looking: Looking, event_id: str) -> dict[str, dict[str, Any]]:
    answer = await looking.shop.call("GET", f"/v1/events/{event_id}")
    return {each["subscriber"]: each for each in answer.json()["reactions"]}


async def test_a_webhook_of_the_platform_is_kept_in_priority_30(looking: Looking) -> None:
    await looking.synced(kind="customer")
    row = await looking.row("customers/421")
    answer = await looking.tell("customer.updated", {**row, "name": "Adam Novotny", "revision": row["revision"] + 1})
    await looking.worked()
    changed = await kept(looking, "customer", "421")
    assert changed is not None
    assert changed["name"] == "Adam Novotny"
    context = await looking.context()
    found = await context.kinds.search(Query("customer", "Novotny", "name"))
    assert [each.label for each in found] == ["Adam Novotny"]
    reaction = (await reactions(looking, answer.json()["events"][0]["id"]))["mirror:saas"]
    assert (reaction["priority"], reaction["state"]) == (30, "done")
    assert reaction["detail"] == "kept: customer 421"
    assert (await looking.mirror("customer"))["heard_at"] is not None


async def test_webhooks_in_any_order_leave_the_newest_state(looking: Looking) -> None:
    await looking.synced(kind="customer")
    row = await looking.row("customers/421")
    told = [(row["revision"] + n, f"Adam Nth{n}") for n in range(1, 7)]
    random.Random(7).shuffle(told)
    for revision, name in told:
        await looking.tell("customer.updated", {**row, "name": name, "revision": revision})
    await looking.worked()
    changed = await kept(looking, "customer", "421")
    assert changed is not None
    assert changed["name"] == "Adam Nth6"


async def test_what_was_deleted_is_not_found_and_a_late_message_does_not_bring_it_back(looking: Looking) -> None:
    await looking.synced(kind="ticket")
    row = await looking.row("tickets/5526")
    await looking.tell("ticket.deleted", {"id": 5526, "revision": row["revision"] + 5})
    await looking.tell("ticket.updated", {**row, "revision": row["revision"] + 4})
    await looking.worked()
    assert await kept(looking, "ticket", "5526") is None
    async with looking.shop.container.database.read() as session:
        scope = CacheScope(looking.workspace, "saas", "ticket")
        assert [
            each for each in await store.record_cache.records.search(session, scope, limit=500) if each.id == "5526"
        ] == []


async def test_whoever_else_fires_an_event_only_has_the_platform_asked(looking: Looking) -> None:
    """Nobody writes into what is kept by firing an event with a record of their own making."""
    await looking.synced(kind="customer")
    await looking.change("customers/430", company="Truth Ltd")
    lie = {"kind": "customer", "revision": 10**9, "values": {"id": 430, "name": "Mallory", "company": "Lies Ltd"}}
    answer = await looking.shop.call(
        "POST", "/v1/events/fire", {"event": "customer.updated", "data": {"customer_id": 430, "record": lie}}
    )
    await looking.worked()
    changed = await kept(looking, "customer", "430")
    assert changed is not None
    assert changed["company"] == "Truth Ltd"
    assert changed["name"] != "Mallory"
    assert (await reactions(looking, answer.json()["id"]))["mirror:saas"]["state"] == "done"


async def test_one_that_is_gone_when_the_platform_is_asked_is_gone_here(looking: Looking) -> None:
    await looking.synced(kind="customer")
    async with looking.shop.container.database.begin() as session:
        row = await store.record_cache.records.get(session, CacheScope(looking.workspace, "saas", "customer"), "421")
        assert row is not None
        ghost = store.record_cache.records.CachedRecord(
            "77777", row.version, {**row.data, "id": 77777}, [("word", "ghost", "name")]
        )
        await store.record_cache.records.store_records(
            session, CacheScope(looking.workspace, "saas", "customer"), [ghost]
        )
    await looking.shop.call("POST", "/v1/events/fire", {"event": "customer.updated", "data": {"customer_id": 77777}})
    await looking.worked()
    assert await kept(looking, "customer", "77777") is None


async def test_nothing_is_kept_of_a_kind_that_was_never_read_and_no_event_reacts_in_vain(looking: Looking) -> None:
    row = await looking.row("customers/421")
    answer = await looking.tell("customer.updated", {**row, "revision": 9})
    await looking.worked()
    assert await kept(looking, "customer", "421") is None
    assert await reactions(looking, answer.json()["events"][0]["id"]) == {}


async def test_an_event_is_tried_again_while_the_platform_is_down(looking: Looking) -> None:
    await looking.synced(kind="customer")
    answer = await looking.shop.call(
        "POST", "/v1/events/fire", {"event": "customer.updated", "data": {"customer_id": 431}}
    )
    with looking.stopped():
        await looking.worked()
    reaction = (await reactions(looking, answer.json()["id"]))["mirror:saas"]
    assert (reaction["state"], reaction["attempts"]) == ("retrying", 1)
    assert "could not be reached" in reaction["error"]


# ── whole readings


async def test_a_reading_says_how_far_it_is_and_when_it_was_whole(looking: Looking) -> None:
    await looking.shop.call("POST", "/v1/mirrors/sync", {"kind": "customer"})
    begun = await looking.mirror("customer")
    assert (begun["state"], begun["fresh"], begun["seen"], begun["records"]) == ("reading", False, 0, 0)
    await looking.worked()
    whole = await looking.mirror("customer")
    assert (whole["state"], whole["fresh"], whole["seen"], whole["records"]) == ("ready", True, 82, 82)
    assert whole["synced_at"] == "2026-11-24T12:00:00.000000Z"
    assert (await looking.mirror("invoice"))["state"] == "none"
    history = (await looking.shop.call("GET", "/v1/history", query="kind=mirror_begun")).json()["data"]
    assert history[0]["data"] == {"connector": "", "kinds": ["customer"]}


class Stumbling:
    """The connector's own mirror, whose answers come when a test says so."""

    def __init__(self, mirror: Any) -> None:
        self._mirror = mirror
        self.asked: list[str | None] = []
        self.fail_at: int | None = None
        self.between: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mirror, name)

    async def page(self, kind: str, cursor: str | None, limit: int) -> StatePage:
        if len(self.asked) == self.fail_at:
            self.fail_at = None
            raise PlatformUnavailable("The platform did not answer.")
        self.asked.append(cursor)
        page: StatePage = await self._mirror.page(kind, cursor, limit)
        if self.between is not None:
            await self.between(cursor)
        return page


async def stumbling(looking: Looking, kind: str = "customer") -> Stumbling:
    cache = (await looking.context()).cache["saas"]
    mirror, declared = cache.kinds[kind]
    made = Stumbling(mirror)
    cache.kinds[kind] = (made, declared)  # type: ignore[index]  # the ground's own table, for this test
    return made


async def test_a_reading_goes_on_where_it_stood(looking: Looking) -> None:
    mirror = await stumbling(looking)
    mirror.fail_at = 1
    await looking.shop.call("POST", "/v1/mirrors/sync", {"kind": "customer"})
    ((_, outcome),) = await looking.worked()
    assert isinstance(outcome, Reschedule)
    stood = await looking.mirror("customer")
    assert (stood["state"], stood["seen"], stood["fresh"]) == ("reading", PAGE, False)
    assert "did not answer" in stood["error"]
    job = (await looking.shop.call("POST", "/v1/mirrors/sync", {"kind": "customer"})).json()["data"][0]
    assert (job["state"], job["seen"]) == ("reading", PAGE), "what is being read already goes on"
    await looking.due()
    await looking.worked()
    whole = await looking.mirror("customer")
    assert (whole["state"], whole["seen"], whole["error"]) == ("ready", 82, "")
    assert mirror.asked[0] is None
    assert len(mirror.asked) == 2
    assert mirror.asked[1] is not None, "the first page was not read again"


async def test_a_reading_that_fails_for_good_says_so_and_what_was_whole_stays_in_use(looking: Looking) -> None:
    await looking.synced(kind="agent")
    mirror = await stumbling(looking, "agent")

    async def down(_cursor: str | None) -> None:
        raise PlatformUnavailable("The platform did not answer.")

    mirror.between = down
    await looking.shop.call("POST", "/v1/mirrors/sync", {"kind": "agent"})
    for _ in range(10):
        await looking.worked()
        await looking.due()
    failed = await looking.mirror("agent")
    assert (failed["state"], failed["fresh"]) == ("failed", True)
    mirror.between = None
    await looking.synced(kind="agent")
    assert (await looking.mirror("agent"))["state"] == "ready"


async def test_events_that_come_while_it_is_read_win_over_the_older_page(looking: Looking) -> None:
    """The page was read before the event came, and is kept after it."""
    await looking.synced(kind="customer")
    row = await looking.row("customers/421")
    mirror = await stumbling(looking)

    async def meanwhile(cursor: str | None) -> None:
        if cursor is None:
            newer = {**row, "name": "Adam Meanwhile", "revision": row["revision"] + 1}
            await looking.tell("customer.updated", newer)
            made = {**row, "id": 900, "name": "Born Meanwhile", "revision": row["revision"] + 2}
            await looking.tell("customer.created", made)
            await looking.tell("customer.deleted", {"id": 422, "revision": row["revision"] + 3})
            for event in (await looking.shop.call("GET", "/v1/events")).json()["data"]:
                await looking.react(event["id"])

    mirror.between = meanwhile
    await looking.synced(kind="customer")
    changed = await kept(looking, "customer", "421")
    assert changed is not None
    assert changed["name"] == "Adam Meanwhile"
    assert await kept(looking, "customer", "900") is not None, "born after the reading began: not taken for deleted"
    assert await kept(looking, "customer", "422") is None, "and what went stays away"


async def test_what_the_platform_has_no_more_is_gone_after_a_whole_reading(looking: Looking) -> None:
    await looking.synced(kind="customer")
    scope = CacheScope(looking.workspace, "saas", "customer")
    async with looking.shop.container.database.begin() as session:
        row = await store.record_cache.records.get(session, scope, "421")
        assert row is not None
        await store.record_cache.records.store_records(
            session, scope, [store.record_cache.records.CachedRecord("77777", row.version, {**row.data, "id": 77777})]
        )
    await asyncio.sleep(0.01)  # the database's own clock, in milliseconds, is what is compared
    await looking.synced(kind="customer")
    assert await kept(looking, "customer", "77777") is None
    assert (await looking.mirror("customer"))["records"] == 82


async def test_it_is_read_anew_by_itself_at_half_its_time(looking: Looking) -> None:
    await looking.synced(kind="agent")
    container = looking.shop.container
    looking.shop.clock.advance(seconds=container.settings.mirror_max_age_s / 2 - 1)
    await container.cache_sync.renew()
    assert (await looking.mirror("agent"))["state"] == "ready"
    looking.shop.clock.advance(seconds=2)
    await container.cache_sync.renew()
    assert (await looking.mirror("agent"))["state"] == "reading"
    await looking.worked()
    assert (await looking.mirror("agent"))["synced_at"] == "2026-11-25T00:00:01.000000Z"
    assert (await looking.mirror("customer"))["state"] == "none", "only what somebody has had read"


async def test_another_platform_at_another_address_is_another_world(looking: Looking) -> None:
    await looking.synced(kind="customer")
    olivia = looking.shop.actors["olivia"]
    await looking.shop.container.workspace_admin.connect(olivia, "saas", "http://127.0.0.1:9", {"read_token": "x"})
    moved = await looking.mirror("customer")
    assert (moved["state"], moved["fresh"], moved["records"]) == ("none", False, 0)
    context = await looking.context()
    with pytest.raises(PlatformUnavailable):
        await context.kinds.search(Query("customer", "Adam", "name"))
    await looking.shop.call("POST", "/v1/mirrors/sync", {"kind": "customer"})
    async with looking.shop.container.database.read() as session:
        assert await store.record_cache.records.count(session, CacheScope(looking.workspace, "saas", "customer")) == 0


async def test_only_owners_have_records_read_and_only_what_there_is(looking: Looking) -> None:
    shop: Shop = looking.shop
    assert (await shop.call("POST", "/v1/mirrors/sync", {}, by="amir")).status_code == 403
    for body in ({"kind": "weather"}, {"connector": "weather"}):
        answer = await shop.call("POST", "/v1/mirrors/sync", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await shop.call("POST", "/v1/mirrors/sync", {}, by="eve")).status_code == 404, "eve has no connector"
    assert (await shop.call("GET", "/v1/mirrors", by="eve")).json() == {"data": []}
