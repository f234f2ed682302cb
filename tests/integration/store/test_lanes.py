from __future__ import annotations

from typing import Any

from sqlalchemy import text

from store import lanes, putting, work
from store.claiming import AHEAD_PER_LANE
from store.putting import Put
from store.sessions import Sessions
from store.work import Work


async def put(sessions: Sessions, *lane_of: str | None) -> None:
    async with sessions.begin() as session:
        await putting.put_many(
            session, [Put(f"k{at}", "call", "ws_1", {}, lane=lane) for at, lane in enumerate(lane_of)]
        )


async def claim(sessions: Sessions, **given: Any) -> list[Work]:
    async with sessions.begin() as session:
        return await work.claim(session, owner="w1", kinds=["call"], lease_s=60, **{"limit": 50, **given})


async def test_a_held_lane_is_passed_over_until_it_is_free_and_others_go_on(sessions: Sessions) -> None:
    await put(sessions, "slow", "fast", None)
    async with sessions.begin() as session:
        await lanes.hold(session, "slow", 60)
    assert {one.lane for one in await claim(sessions)} == {"fast", None}
    async with sessions.read() as session:
        due_s = await work.next_due_s(session, ["call"])
    assert due_s is not None
    assert 50 < due_s <= 60, "the worker sleeps until the hold ends"
    async with sessions.begin() as session:
        await lanes.release(session, "slow")
    assert [one.lane for one in await claim(sessions)] == ["slow"]


async def test_a_shorter_hold_does_not_end_a_longer_one(sessions: Sessions) -> None:
    await put(sessions, "slow")
    async with sessions.begin() as session:
        await lanes.hold(session, "slow", 60)
        await lanes.hold(session, "slow", 0)
    assert await claim(sessions, per_lane=8) == []


async def test_a_hold_without_an_end_wakes_nobody(sessions: Sessions) -> None:
    await put(sessions, "paused")
    async with sessions.begin() as session:
        await lanes.hold(session, "paused", lanes.FOREVER_S)
    async with sessions.read() as session:
        assert await work.next_due_s(session, ["call"]) is None


async def test_a_narrow_lane_runs_one_at_a_time_and_a_wide_one_as_the_worker_says(sessions: Sessions) -> None:
    await put(sessions, *["narrow"] * 5, *["wide"] * 5)
    async with sessions.begin() as session:
        await lanes.widen(session, "narrow", 1)
    claimed = [one.lane for one in await claim(sessions, per_lane=3)]
    assert (claimed.count("narrow"), claimed.count("wide")) == (1, 3)
    async with sessions.begin() as session:
        await lanes.widen(session, "narrow", None)
    assert [one.lane for one in await claim(sessions, per_lane=3)] == ["narrow"] * 2


async def test_what_stands_behind_a_long_queue_of_a_full_lane_is_reached(sessions: Sessions) -> None:
    await put(sessions, *["long"] * 1_000, "behind")
    assert [one.lane for one in await claim(sessions, per_lane=2)] == ["long", "long"]
    assert [one.lane for one in await claim(sessions, per_lane=2)] == ["behind"]


async def test_a_lease_that_ran_out_makes_room_in_its_lane(sessions: Sessions) -> None:
    await put(sessions, "one", "one")
    (first,) = await claim(sessions, per_lane=1)
    assert await claim(sessions, per_lane=1) == []
    async with sessions.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0 WHERE state = 'claimed'"))
    (again,) = await claim(sessions, per_lane=1)
    assert (again.id, again.attempt) == (first.id, 2)


async def test_a_quick_lane_is_claimed_ahead_and_the_others_only_as_far_as_they_may_begin(sessions: Sessions) -> None:
    await put(sessions, *["quick"] * (AHEAD_PER_LANE + 50), *["slow"] * 10, *["other"] * 10)
    ahead = work.Ahead(("quick",), slots=5)
    claimed = [one.lane for one in await claim(sessions, per_lane=3, ahead=ahead, limit=2 * AHEAD_PER_LANE)]
    assert claimed.count("quick") == AHEAD_PER_LANE
    assert claimed.count("slow") + claimed.count("other") == 5
    assert len(await claim(sessions, per_lane=3, ahead=ahead, limit=2 * AHEAD_PER_LANE)) == 1, (
        "three of each, and the quick one is full"
    )


async def test_a_narrow_lane_is_not_claimed_ahead_however_quick_it_is(sessions: Sessions) -> None:
    await put(sessions, *["quick"] * 20)
    async with sessions.begin() as session:
        await lanes.widen(session, "quick", 1)
    assert len(await claim(sessions, per_lane=3, ahead=work.Ahead(("quick",), slots=5))) == 1


async def test_what_is_in_no_lane_and_what_is_in_one_that_is_not_quick_share_the_slots(sessions: Sessions) -> None:
    await put(sessions, *["slow", None] * 4, *["quick"] * 4)
    claimed = [one.lane for one in await claim(sessions, per_lane=4, ahead=work.Ahead(("quick",), slots=3))]
    assert (claimed.count("quick"), claimed.count("slow") + claimed.count(None)) == (4, 3)
