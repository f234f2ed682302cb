from __future__ import annotations

from dataclasses import dataclass

from executors.jobs.lane_scheduler import MOST, TRUSTED_AFTER, WAIT_MOST_S, WIDE, WIDER, LaneScheduler
from store.jobs.jobs import Job


@dataclass(eq=False)
class Piece:
    job: Job
    claimed_at: float = 0.0


def piece(key: str, lane: str | None = "a", at: float = 0.0) -> Piece:
    return Piece(Job(f"wrk_{key}", key, "deliver", "ws_1", {}, 1, "me", lane=lane), at)


def begun(lines: LaneScheduler[Piece]) -> list[str]:
    made = []
    while (one := lines.begin()) is not None:
        made.append(one.job.key)
    return made


def quick(lines: LaneScheduler[Piece], lane: str = "a", *, took_s: float = 0.001) -> None:
    """The lane does well as often as it takes."""
    for n in range(TRUSTED_AFTER):
        one = piece(f"{lane}-trust-{n}", lane)
        lines.add(one)
        assert lines.begin() is one
        lines.ended(one, well=True, took_s=took_s)


def test_no_more_of_a_lane_runs_than_allowed_however_much_was_claimed() -> None:
    lines = LaneScheduler[Piece](slots=10, per_lane=2)
    pieces = [piece(str(n)) for n in range(5)]
    for one in pieces:
        lines.add(one)
    assert begun(lines) == ["0", "1"]
    assert (lines.running, lines.waiting) == (2, 3)
    lines.ended(pieces[0], well=True, took_s=0.01)
    assert begun(lines) == ["2"]


def test_lanes_take_turns_and_a_full_one_holds_up_no_other() -> None:
    lines = LaneScheduler[Piece](slots=10, per_lane=2)
    for one in [piece(f"a{n}") for n in range(4)] + [piece(f"b{n}", "b") for n in range(4)] + [piece("none", None)]:
        lines.add(one)
    assert begun(lines) == ["a0", "b0", "none", "a1", "b1"]


def test_all_lanes_together_stay_within_the_slots() -> None:
    lines = LaneScheduler[Piece](slots=3, per_lane=2)
    for name in "abcd":
        lines.add(piece(name, name))
    assert begun(lines) == ["a", "b", "c"]


def test_a_lane_is_quick_after_it_did_well_many_times_in_a_row() -> None:
    lines = LaneScheduler[Piece](slots=10, per_lane=8)
    assert (lines.quick(), lines.capacity()) == ((), 0)
    quick(lines)
    assert (lines.quick(), lines.capacity()) == (("a",), MOST)


def test_of_a_quick_lane_more_run_at_once_and_of_the_others_as_many_as_ever() -> None:
    lines = LaneScheduler[Piece](slots=20, per_lane=2)
    quick(lines)
    wide = 2 * WIDER
    pieces = [piece(f"a{n}") for n in range(wide + 2)]
    for one in [*pieces, *[piece(f"b{n}", "b") for n in range(6)]]:
        lines.add(one)
    assert begun(lines) == ["a0", "b0", "a1", "b1", *[f"a{n}" for n in range(2, wide)]]
    lines.ended(pieces[0], well=False, took_s=0.01)
    lines.add(piece("later"))
    assert begun(lines) == []
    for one in pieces[1 : wide - 1]:
        lines.ended(one, well=True, took_s=0.01)
    assert begun(lines) == ["later"]


def test_quick_lanes_leave_a_quarter_of_the_slots_to_others() -> None:
    lines = LaneScheduler[Piece](slots=16, per_lane=2)
    for lane in "ab":
        quick(lines, lane)
    for lane in "ab":
        for n in range(10):
            lines.add(piece(f"{lane}{n}", lane))
    assert len(begun(lines)) == 12
    for lane in "cd":
        for n in range(10):
            lines.add(piece(f"{lane}{n}", lane))
    assert begun(lines) == ["c0", "d0", "c1", "d1"]


def test_a_quick_lane_is_wide_also_beside_lanes_that_hold_most_slots() -> None:
    lines = LaneScheduler[Piece](slots=32, per_lane=2)
    quick(lines)
    slow = [piece(f"{lane}{n}", lane) for lane in "bcdefghijklm" for n in range(2)]
    for one in slow:
        lines.add(one)
    assert len(begun(lines)) == 24
    for n in range(10):
        lines.add(piece(f"a{n}"))
    assert len(begun(lines)) == 2 * WIDE
    for one in slow[:2]:
        lines.ended(one, well=True, took_s=5.0)
    assert begun(lines) == []
    for one in slow[2:8]:
        lines.ended(one, well=True, took_s=5.0)
    assert len(begun(lines)) == 2 * (WIDER - WIDE), "8 of 32 are left to others, and 16 others run"


def test_a_lane_is_quick_by_the_width_it_gets_beside_what_others_run() -> None:
    alone, beside = LaneScheduler[Piece](slots=128, per_lane=8), LaneScheduler[Piece](slots=128, per_lane=8)
    for lane in range(14):
        for n in range(8):
            beside.add(piece(f"{lane}-{n}", f"slow-{lane}"))
    begun(beside)
    for lines in (alone, beside):
        quick(lines, took_s=0.06)
    assert (alone.quick(), beside.quick()) == (("a",), ())


def test_a_lane_that_takes_its_time_is_never_quick() -> None:
    lines = LaneScheduler[Piece](slots=10, per_lane=8)
    quick(lines, took_s=0.5)
    assert (lines.quick(), lines.capacity()) == ((), 0)


def test_without_a_limit_for_each_lane_nothing_is_quick() -> None:
    lines = LaneScheduler[Piece](slots=10)
    quick(lines)
    assert (lines.quick(), lines.capacity()) == ((), 0)


def test_a_failure_gives_back_the_waiting_jobs_of_its_lane_which_is_quick_no_more() -> None:
    lines = LaneScheduler[Piece](slots=10, per_lane=1)
    quick(lines)
    pieces = [piece(str(n)) for n in range(WIDER + 1)]
    other = piece("other", "b")
    for one in [*pieces, other]:
        lines.add(one)
    assert begun(lines) == ["0", "other", *[str(n) for n in range(1, WIDER)]]
    assert lines.ended(pieces[0], well=False, took_s=0.01) == pieces[WIDER:]
    assert (lines.quick(), lines.waiting, begun(lines)) == ((), 0, [])


def test_what_waits_too_long_is_given_back_and_its_lane_is_not_quick_any_more() -> None:
    lines = LaneScheduler[Piece](slots=10, per_lane=1)
    quick(lines)
    *first, late = [piece(str(n)) for n in range(WIDER + 1)]
    for one in [*first, late]:
        lines.add(one)
    assert begun(lines) == [one.job.key for one in first]
    assert lines.stale(WAIT_MOST_S - 0.1) == []
    assert lines.stale(WAIT_MOST_S) == [late]
    assert (lines.quick(), lines.waiting) == ((), 0)


def test_one_that_waits_can_be_dropped_and_one_that_runs_can_not() -> None:
    lines = LaneScheduler[Piece](slots=10, per_lane=1)
    first, second = piece("0"), piece("1")
    lines.add(first)
    lines.add(second)
    assert lines.begin() is first
    assert (lines.drop(first), lines.drop(second), lines.waiting) == (False, True, 0)
    lines.ended(first, well=True, took_s=0.01)
    assert begun(lines) == []


def test_lanes_that_are_idle_are_forgotten_in_the_end() -> None:
    lines = LaneScheduler[Piece](slots=10, per_lane=1)
    for n in range(5_000):
        one = piece(str(n), f"lane-{n}")
        lines.add(one)
        assert lines.begin() is one
        lines.ended(one, well=True, took_s=0.01)
    assert len(lines._lanes) <= 2_000
