"""Lane scheduler: prefetched jobs by lane (a lane is an endpoint), so that one claim serves hundreds of quick calls.

Only a quick lane is prefetched: its last 16 jobs succeeded, and at its pace all prefetched jobs end within QUICK_S. At
most ``per_lane`` jobs of a lane run at once in this process, and up to WIDER times as many of a quick lane, however
many are claimed. When a job fails, the waiting jobs of its lane are released, since that failure may pause or close the
lane.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from store.jobs.jobs import Job

AHEAD_PER_LANE: Final = 600
"""Most jobs of a quick lane that a process may hold at a time: running, waiting here, or not settled yet."""
QUICK_S: Final = 1.5
"""Longest time in seconds for all prefetched jobs of a quick lane."""
WAIT_MOST_S: Final = 2.5
"""Seconds after which a waiting job is released: the lane was slower than expected."""
TRUSTED_AFTER: Final = 16
"""Successes before a lane is quick: two rounds of the usual eight. Each of these jobs is claimed and settled
separately, so a third round would slow down every burst."""
WIDER: Final = 4
"""Factor for the jobs of a quick lane that run at once while a quarter of all slots is free. WIDE is the factor
otherwise."""
WIDE: Final = 2
MOST: Final = 2_000
_LANES_MOST: Final = 2_000
_NEW_SHARE: Final = 0.2
_STAYS: Final = 2.0


class ClaimedJob(Protocol):
    @property
    def job(self) -> Job: ...

    @property
    def claimed_at(self) -> float: ...


T = TypeVar("T", bound=ClaimedJob)


@dataclass(slots=True)
class _Lane(Generic[T]):
    waiting: deque[T] = field(default_factory=deque)
    running: int = 0
    pace_s: float | None = None
    in_a_row: int = 0
    quick: bool = False


class LaneScheduler(Generic[T]):
    """Scheduler of one kind of job: up to ``slots`` run at once, and up to ``per_lane`` of each lane. Only the slots
    limit jobs without a lane. Without ``per_lane`` they limit all jobs, and no lane is ever quick.
    """

    def __init__(self, slots: int, per_lane: int | None = None) -> None:
        self.slots = slots
        self._for_wide = slots - slots // 4
        self._per_lane = per_lane
        self._lanes: dict[str | None, _Lane[T]] = {}
        self._turns: deque[str | None] = deque()
        self.running = 0
        self.waiting = 0

    def add(self, one: T) -> None:
        lane = self._lane(one.job.lane)
        if not lane.waiting:
            self._turns.append(one.job.lane)
        lane.waiting.append(one)
        self.waiting += 1

    def begin(self) -> T | None:
        """Starts the next job that may run and counts it as running. None if none may. Lanes take turns."""
        if self.running >= self.slots:
            return None
        for _ in range(len(self._turns)):
            name = self._turns.popleft()
            lane = self._lanes[name]
            if not lane.waiting:
                continue
            if name is not None and self._per_lane is not None and lane.running >= self._width(lane, self._per_lane):
                self._turns.append(name)
                continue
            one = lane.waiting.popleft()
            if lane.waiting:
                self._turns.append(name)
            lane.running += 1
            self.running += 1
            self.waiting -= 1
            return one
        return None

    def ended(self, one: T, *, well: bool, took_s: float) -> list[T]:
        """Records that a job has ended. Removes and returns the jobs that must be released."""
        lane = self._lane(one.job.lane)
        lane.running -= 1
        self.running -= 1
        if self._per_lane is None:
            return []
        if not well:
            lane.in_a_row, lane.quick = 0, False
            return self._withdraw(lane)
        lane.pace_s = took_s if lane.pace_s is None else lane.pace_s + _NEW_SHARE * (took_s - lane.pace_s)
        # Uses the width that the lane has or would get now: a job that waits too long was claimed in vain.
        at_once = min(self._wide(lane, self._per_lane), max(self._per_lane, self.slots - self._count_beside(lane)))
        whole_s = lane.pace_s * AHEAD_PER_LANE / at_once
        lane.in_a_row += 1
        lane.quick = lane.in_a_row >= TRUSTED_AFTER and whole_s <= QUICK_S * (_STAYS if lane.quick else 1)
        return []

    def quick(self) -> tuple[str, ...]:
        return tuple(name for name, lane in self._lanes.items() if name is not None and lane.quick)

    def capacity(self) -> int:
        """How many jobs may be prefetched. 0 while no lane is quick."""
        return max(0, MOST - self.waiting) if any(lane.quick for lane in self._lanes.values()) else 0

    def stocked(self, name: str | None) -> bool:
        """Whether so many jobs of the lane wait here that it needs no claim."""
        lane = self._lanes.get(name)
        return lane is not None and lane.quick and len(lane.waiting) >= AHEAD_PER_LANE // 3

    def stale(self, now: float) -> list[T]:
        """Removes and returns the jobs that have waited too long."""
        late: list[T] = []
        for lane in self._lanes.values():
            if lane.waiting and now - lane.waiting[0].claimed_at >= WAIT_MOST_S:
                lane.in_a_row, lane.quick = 0, False
                late += self._withdraw(lane)
        return late

    def drop(self, one: T) -> bool:
        """Removes one waiting job. False if it isn't waiting here."""
        lane = self._lanes.get(one.job.lane)
        if lane is None or one not in lane.waiting:
            return False
        lane.waiting.remove(one)
        self.waiting -= 1
        return True

    def all_waiting(self) -> list[T]:
        """Removes and returns all waiting jobs."""
        return [one for lane in self._lanes.values() for one in self._withdraw(lane)]

    def _width(self, lane: _Lane[T], per_lane: int) -> int:
        return self._wide(lane, per_lane) if lane.quick else per_lane

    def _wide(self, lane: _Lane[T], per_lane: int) -> int:
        """How many jobs of a quick lane may run at once beside the running jobs of other lanes."""
        return min(per_lane * WIDER, max(per_lane * WIDE, self._for_wide - self._count_beside(lane)))

    def _count_beside(self, lane: _Lane[T]) -> int:
        return self.running - lane.running

    def _withdraw(self, lane: _Lane[T]) -> list[T]:
        gone = list(lane.waiting)
        lane.waiting.clear()
        self.waiting -= len(gone)
        return gone

    def _lane(self, name: str | None) -> _Lane[T]:
        lane = self._lanes.get(name)
        if lane is None:
            if len(self._lanes) >= _LANES_MOST:
                for idle in list(self._idle()):
                    del self._lanes[idle]
            lane = self._lanes[name] = _Lane()
        return lane

    def _idle(self) -> Iterator[str | None]:
        queued = set(self._turns)
        return (
            name for name, lane in self._lanes.items() if not lane.running and not lane.waiting and name not in queued
        )
