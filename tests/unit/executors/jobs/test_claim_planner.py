"""What the engine claims next, and what it says of what is in hand."""

from __future__ import annotations

from collections.abc import Iterable

from executors.jobs.claim_planner import LOOK_S, ClaimGroup, ClaimPlanner, ClaimRequest
from executors.jobs.lane_scheduler import AHEAD_PER_LANE, TRUSTED_AFTER, LaneScheduler
from executors.jobs.leases import LeasedJob
from store.jobs.jobs import Job, PrefetchLimits


def job(key: str, kind: str = "deliver", lane: str | None = "a", *, counted: bool = True) -> Job:
    return Job(f"wrk_{key}", key, kind, "ws_1", {}, 1, "me", lane=lane, counted=counted)


def standing(
    works: Iterable[Job] = (), *, quick: Iterable[str] = (), **slots: int
) -> tuple[ClaimPlanner, dict[str, LaneScheduler[LeasedJob]]]:
    """Kinds of so many slots each, ``quick`` lanes of deliveries, and what is held (none of it has begun)."""
    lines = {kind: LaneScheduler[LeasedJob](most, 8 if kind == "deliver" else None) for kind, most in slots.items()}
    for lane in quick:
        for n in range(TRUSTED_AFTER):
            one = LeasedJob(job(f"{lane}{n}", lane=lane), 0.0, 0.0)
            lines["deliver"].add(one)
            lines["deliver"].begin()
            lines["deliver"].ended(one, well=True, took_s=0.001)
    return ClaimPlanner({(one.id, one.attempt): LeasedJob(one, 0.0, 0.0) for one in works}, lines), lines


def wanted(claim_planner: ClaimPlanner) -> list[ClaimRequest]:
    """Where nothing rests."""
    claim_planner.notify()
    return [one for pool in claim_planner.pools for one in claim_planner.plan_claims(pool, 0.0)]


def test_kinds_with_plenty_of_room_share_a_claim_of_what_the_narrowest_takes() -> None:
    claim_planner, _ = standing(deliver=128, call=16, read=50)
    assert wanted(claim_planner) == [ClaimRequest(["deliver", "call", "read"], 16)]
    claim_planner.pools[0].crowded = True
    assert wanted(claim_planner)[1:] == [ClaimRequest(["deliver"], 112), ClaimRequest(["read"], 34)]


def test_a_kind_with_little_room_claims_for_itself_and_one_without_room_not_at_all() -> None:
    held = [job(f"c{n}", "call", None) for n in range(45)] + [job(f"r{n}", "read", None) for n in range(16)]
    claim_planner, _ = standing(held, deliver=128, call=50, read=16)
    assert claim_planner.free(["deliver", "call", "read"]) == {"deliver": 128, "call": 5, "read": 0}
    assert wanted(claim_planner) == [ClaimRequest(["deliver"], 128), ClaimRequest(["call"], 5)]


def test_quick_lanes_are_claimed_ahead_and_a_share_is_kept_for_others() -> None:
    claim_planner, lines = standing(deliver=40, call=50, quick=["a"])
    assert wanted(claim_planner) == [
        ClaimRequest(["call"], 50),
        ClaimRequest(["deliver"], 40 + lines["deliver"].capacity(), 40),
    ]
    for n in range(36):
        lines["deliver"].add(LeasedJob(job(f"k{n}", lane=f"l{n}"), 0.0, 0.0))
        lines["deliver"].begin()
    assert wanted(claim_planner)[1].slots == 10


def test_a_claim_ahead_is_told_how_much_of_each_quick_lane_is_in_hand() -> None:
    held = [job(f"a{n}", counted=n < 30) for n in range(50)]
    claim_planner, _ = standing(held, deliver=128, quick=["a", "b"])
    ahead = claim_planner.ahead(ClaimRequest(["deliver"], 1_000, 32))
    assert ahead == PrefetchLimits({"a": AHEAD_PER_LANE - 50, "b": AHEAD_PER_LANE}, 32, {"a": 20})


def test_a_lane_that_holds_more_than_fits_has_no_room() -> None:
    claim_planner, _ = standing([job(f"a{n}", counted=False) for n in range(700)], deliver=128, quick=["a"])
    ahead = claim_planner.ahead(ClaimRequest(["deliver"], 1_000, 32))
    assert ahead is not None
    assert ahead.rooms == {"a": 0}


def test_a_claim_of_other_kinds_counts_uncounted_jobs_of_the_lanes_they_share() -> None:
    held = [job("a", counted=False), job("b", lane="b"), job("c", lane=None, counted=False)]
    claim_planner, _ = standing(held, deliver=128, resend=50, quick=["a"])
    assert claim_planner.ahead(ClaimRequest(["resend", "call"], 16)) == PrefetchLimits({}, 16, {"a": 1})


def test_nothing_is_told_where_nothing_was_claimed_ahead() -> None:
    claim_planner, _ = standing([job("a"), job("b", lane=None)], deliver=128)
    assert claim_planner.ahead(ClaimRequest(["deliver"], 16)) is None


def test_kinds_that_are_apart_claim_for_themselves() -> None:
    lines = {kind: LaneScheduler[LeasedJob](50) for kind in ("deliver", "call", "read")}
    claim_planner = ClaimPlanner({}, lines, apart=["deliver"])
    assert wanted(claim_planner) == [ClaimRequest(["call", "read"], 50), ClaimRequest(["deliver"], 50)]
    for pool in claim_planner.pools:
        pool.notified = False
    claim_planner.notify(rest=False)
    assert [claim_planner.pool_of[kind].notified for kind in ("call", "read", "deliver")] == [False, False, True]
    claim_planner.notify()
    assert claim_planner.pool_of["call"].notified


def test_kinds_without_due_jobs_rest_until_a_notification_or_the_next_look() -> None:
    pool = ClaimGroup(("call",), notified=False, short=True, looked_at=10.0)
    assert pool.is_resting(10.0 + LOOK_S / 2, stocked=False)
    assert not pool.is_resting(10.0 + LOOK_S, stocked=False)
    pool.notified = True
    assert not pool.is_resting(10.1, stocked=True)


def test_what_a_look_finds_says_whether_the_next_one_is_needed() -> None:
    claim_planner, _ = standing([job("c", "call", None)], deliver=128, call=1)
    (pool,) = claim_planner.pools
    (both,) = claim_planner.plan_claims(pool, 1.0)
    assert not pool.record_claim(both, 0)
    assert not pool.is_resting(1.1, stocked=False), "of calls there was no room, so what is there is not known"
    claim_planner, _ = standing(deliver=128, call=50)
    (pool,) = claim_planner.pools
    (both,) = claim_planner.plan_claims(pool, 1.0)
    assert not pool.record_claim(both, both.limit - 1)
    assert claim_planner.plan_claims(pool, 1.1) == []
    pool.notified = True
    (both,) = claim_planner.plan_claims(pool, 1.2)
    assert pool.record_claim(both, both.limit)
    assert claim_planner.plan_claims(pool, 1.3)[0] == both


def test_of_quick_lanes_is_claimed_while_the_rest_rests() -> None:
    claim_planner, _ = standing(deliver=128, call=50, quick=["a"])
    (pool,) = claim_planner.pools
    assert [one.kinds for one in claim_planner.plan_claims(pool, 1.0)] == [["call"], ["deliver"]]
    assert [one.kinds for one in claim_planner.plan_claims(pool, 1.1)] == [["deliver"]]


def test_kinds_of_which_more_is_there_rest_only_while_much_waits_here() -> None:
    pool = ClaimGroup(("call",), notified=False, short=False, looked_at=10.0)
    assert not pool.is_resting(10.1, stocked=False)
    assert pool.is_resting(10.1, stocked=True)
