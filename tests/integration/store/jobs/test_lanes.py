from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from executors.jobs.queue import SqlQueue
from store.database import Database
from store.jobs import enqueue, jobs, lanes
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job
from tests.integration.conftest import NewDatabase


async def put(database: Database, *lane_of: str | None) -> None:
    async with database.begin() as session:
        await enqueue.enqueue_many(
            session, [NewJob(f"k{at}", "call", "ws_1", {}, lane=lane) for at, lane in enumerate(lane_of)]
        )


async def claim(database: Database, **given: Any) -> list[Job]:
    async with database.begin() as session:
        return await jobs.claim(session, owner="w1", kinds=["call"], lease_s=60, **{"limit": 50, **given})


async def test_a_held_lane_is_passed_over_until_it_is_free_and_others_go_on(database: Database) -> None:
    await put(database, "slow", "fast", None)
    async with database.begin() as session:
        await lanes.hold(session, "slow", 60)
    assert {one.lane for one in await claim(database)} == {"fast", None}
    async with database.read() as session:
        due_s = await jobs.next_due_s(session, ["call"])
    assert due_s is not None
    assert 50 < due_s <= 60, "the worker sleeps until the hold ends"
    async with database.begin() as session:
        await lanes.release(session, "slow")
    assert [one.lane for one in await claim(database)] == ["slow"]


async def test_a_shorter_hold_does_not_end_a_longer_one(database: Database) -> None:
    await put(database, "slow")
    async with database.begin() as session:
        await lanes.hold(session, "slow", 60)
        await lanes.hold(session, "slow", 0)
    assert await claim(database, per_lane=8) == []


async def test_a_hold_without_an_end_wakes_nobody(database: Database) -> None:
    await put(database, "paused")
    async with database.begin() as session:
        await lanes.hold(session, "paused", lanes.FOREVER_S)
    async with database.read() as session:
        assert await jobs.next_due_s(session, ["call"]) is None


async def test_a_narrow_lane_runs_one_at_a_time_and_a_wide_one_as_the_worker_says(database: Database) -> None:
    await put(database, *["narrow"] * 5, *["wide"] * 5)
    async with database.begin() as session:
        await lanes.widen(session, "narrow", 1)
    claimed = [one.lane for one in await claim(database, per_lane=3)]
    assert (claimed.count("narrow"), claimed.count("wide")) == (1, 3)
    async with database.begin() as session:
        await lanes.widen(session, "narrow", None)
    assert [one.lane for one in await claim(database, per_lane=3)] == ["narrow"] * 2


async def test_what_stands_behind_a_long_queue_of_a_full_lane_is_reached(database: Database) -> None:
    await put(database, *["long"] * 1_000, "behind")
    assert [one.lane for one in await claim(database, per_lane=2)] == ["long", "long"]
    assert [one.lane for one in await claim(database, per_lane=2)] == ["behind"]


async def test_a_lease_that_ran_out_makes_room_in_its_lane(database: Database) -> None:
    await put(database, "one", "one")
    (first,) = await claim(database, per_lane=1)
    assert await claim(database, per_lane=1) == []
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0 WHERE state = 'claimed'"))
    (again,) = await claim(database, per_lane=1)
    assert (again.id, again.attempt) == (first.id, 2)


async def test_a_quick_lane_is_claimed_ahead_and_the_others_only_as_far_as_they_may_begin(database: Database) -> None:
    await put(database, *["quick"] * 650, *["slow"] * 10, *["other"] * 10)
    ahead = jobs.PrefetchLimits({"quick": 600}, slots=5)
    claimed = [one.lane for one in await claim(database, per_lane=3, ahead=ahead, limit=1_200)]
    assert claimed.count("quick") == 600
    assert claimed.count("slow") + claimed.count("other") == 5
    full = jobs.PrefetchLimits({"quick": 0}, slots=5)
    assert len(await claim(database, per_lane=3, ahead=full, limit=1_200)) == 1, (
        "three of each, and the quick one is full"
    )


async def test_a_narrow_lane_is_not_claimed_ahead_however_quick_it_is(database: Database) -> None:
    await put(database, *["quick"] * 20)
    async with database.begin() as session:
        await lanes.widen(session, "quick", 1)
    assert len(await claim(database, per_lane=3, ahead=jobs.PrefetchLimits({"quick": 600}, slots=5))) == 1


async def test_what_is_in_no_lane_and_what_is_in_one_that_is_not_quick_share_the_slots(database: Database) -> None:
    await put(database, *["slow", None] * 4, *["quick"] * 4)
    claimed = [
        one.lane for one in await claim(database, per_lane=4, ahead=jobs.PrefetchLimits({"quick": 600}, slots=3))
    ]
    assert (claimed.count("quick"), claimed.count("slow") + claimed.count(None)) == (4, 3)


async def test_what_is_claimed_ahead_takes_no_room_that_others_see_and_all_else_does(database: Database) -> None:
    await put(database, *["quick"] * 4, *["slow"] * 4, *["narrow"] * 4)
    async with database.begin() as session:
        await lanes.widen(session, "narrow", 2)
    ahead = jobs.PrefetchLimits({"quick": 3, "narrow": 3}, slots=50)
    claimed = await claim(database, per_lane=3, ahead=ahead)
    assert sorted((one.lane, one.counted) for one in claimed) == [
        *[("narrow", True)] * 2,
        *[("quick", False)] * 3,
        *[("slow", True)] * 3,
    ]
    assert [one.lane for one in await claim(database, per_lane=3)] == ["quick"], "another worker sees nothing of those"


async def test_what_a_process_still_holds_of_a_lane_that_is_not_quick_any_more_is_counted(database: Database) -> None:
    await put(database, *["was quick"] * 9)
    assert len(await claim(database, per_lane=3, ahead=jobs.PrefetchLimits({"was quick": 2}, slots=5))) == 2
    assert len(await claim(database, per_lane=3, ahead=jobs.PrefetchLimits({}, 50, {"was quick": 2}))) == 1
    assert await claim(database, per_lane=3, ahead=jobs.PrefetchLimits({}, 50, {"was quick": 2})) == []
    assert len(await claim(database, per_lane=3, ahead=jobs.PrefetchLimits({}, 50, {"was quick": 1}))) == 1


async def test_a_lane_that_was_narrowed_holds_back_what_its_process_takes_for_quick(database: Database) -> None:
    await put(database, *["quick"] * 9)
    assert len(await claim(database, per_lane=3, ahead=jobs.PrefetchLimits({"quick": 4}, slots=5))) == 4
    async with database.begin() as session:
        await lanes.widen(session, "quick", 1)
    assert await claim(database, per_lane=3, ahead=jobs.PrefetchLimits({"quick": 596}, 5, {"quick": 4})) == []


async def test_what_is_held_so_long_that_its_lease_is_renewed_is_seen_by_others(database: Database) -> None:
    await put(database, *["quick"] * 9)
    queue = SqlQueue(database, owner="w1", per_lane=3)
    held = await queue.claim(["call"], 50, jobs.PrefetchLimits({"quick": 3}, slots=5))
    assert [one.counted for one in held] == [False] * 3
    assert await queue.renew(held) == []
    assert [one.counted for one in held] == [True] * 3
    assert await claim(database, per_lane=3) == []


async def test_what_is_put_held_takes_room_of_its_lane(database: Database) -> None:
    await put(database, "slow")
    async with database.begin() as session:
        assert await enqueue.enqueue_leased(
            session, NewJob("mine", "call", "ws_1", {}, lane="slow"), owner="w2", lease_s=60
        )
    assert await claim(database, per_lane=1) == []


@pytest.mark.parametrize("how", ["given back", "put off", "given up"])
async def test_what_waits_again_takes_no_room_of_its_lane(database: Database, how: str) -> None:
    await put(database, "slow")
    (held,) = await claim(database, per_lane=1)
    async with database.begin() as session:
        if how == "given back":
            assert await jobs.release_many(session, [held]) == {held.id}
        elif how == "put off":
            assert await jobs.reschedule(session, held, 60.0, "busy")
        else:
            assert await jobs.mark_dead(session, held, "no")
    async with database.read() as session:
        taken = await session.execute(
            text("SELECT count(*) FROM work WHERE counted_in IS NOT NULL AND finished_ms IS NULL")
        )
        assert taken.scalar_one() == 0


@pytest.fixture
def postgresql_url(postgresql: NewDatabase) -> str:
    return postgresql()


async def test_a_claim_ahead_changes_no_index(postgresql_url: str) -> None:
    """Else every delivery would leave places in them that later claims have to walk over until a vacuum."""
    database = await Database.open(postgresql_url)
    await put(database, *["quick"] * 300)
    async with database.begin() as session:
        ahead = jobs.PrefetchLimits({"quick": 600}, slots=5)
        given: dict[str, Any] = {"owner": "w1", "kinds": ["call"], "lease_s": 60, "limit": 600, "per_lane": 3}
        claimed = await jobs.claim(session, **given, ahead=ahead)
        changed = text("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'work'")
        all_, in_place = (await session.execute(changed)).one()
    await database.close()
    assert (len(claimed), all_) == (300, 300)
    assert in_place > 290, "but for a page that was full"
