"""Claim planner: decides how many jobs of which kinds the worker claims next, based on the jobs it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import filterfalse
from math import inf
from operator import attrgetter
from typing import Final

from executors.jobs.lane_scheduler import AHEAD_PER_LANE, LaneScheduler
from executors.jobs.leases import LeasedJob
from store.jobs.jobs import PrefetchLimits

BATCH: Final = 20
LOOK_S: Final = 0.5
_KIND: Final = attrgetter("job.kind")
_WORK: Final = attrgetter("job")
_LANE: Final = attrgetter("lane")
_COUNTED: Final = attrgetter("counted")


def compute_pause_s(in_a_row: int) -> float:
    """Pause before the next claim after so many failures in a row."""
    return min(30.0, 0.5 * float(2 ** min(in_a_row, 6)))


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """One claim of up to ``limit`` jobs of these kinds. ``slots`` limits the jobs outside quick lanes if the claim
    prefetches for quick lanes, and is None otherwise."""

    kinds: list[str]
    limit: int
    slots: int | None = None


@dataclass(slots=True, eq=False)
class ClaimGroup:
    """Kinds that one claim may cover together, and the results of the last claims.

    ``notified``: a notification came, or there is room again. ``short``: the last claim found fewer jobs of each kind
    than there was room for, because no more are due or lanes are full. ``crowded``: the shared claim came back full.
    ``trouble`` counts failed claims in a row. After a failure the next claim waits until ``again_at``.
    """

    kinds: tuple[str, ...]
    apart: bool = False
    notified: bool = True
    short: bool = False
    crowded: bool = False
    looked_at: float = -inf
    trouble: int = 0
    again_at: float = -inf

    def is_resting(self, now: float, *, stocked: bool) -> bool:
        """Whether no claim is needed now: a claim in vain costs as much as any. If prefetched jobs wait (``stocked``),
        also when more could be found.
        """
        return (stocked or self.short) and not self.notified and now - self.looked_at < LOOK_S

    def next_look_s(self, now: float) -> float:
        """Seconds until the next look if the round that began at ``now`` didn't look."""
        if self.again_at > now:
            return self.again_at - now
        return self.looked_at + LOOK_S - now if self.looked_at < now else inf

    def start_look(self, now: float, *, everywhere: bool) -> None:
        """Starts a look. ``everywhere``: there is room for each of the kinds. Later notifications count for the next
        look."""
        self.notified, self.short, self.looked_at = False, everywhere, now

    def record_failure(self, now: float) -> float:
        """Records a failed look and returns how long to pause."""
        self.trouble += 1
        self.notified, self.again_at = True, now + (wait_s := compute_pause_s(self.trouble))
        return wait_s

    def record_claim(self, wanted: ClaimRequest, count: int) -> bool:
        """Records the result of a claim and returns whether there may be more."""
        full = count >= wanted.limit
        self.trouble = 0
        if len(wanted.kinds) > 1:
            self.crowded = full
        if full and wanted.slots is None:
            self.notified, self.short = True, False
        return full


class ClaimPlanner:
    """Plans claims from ``held`` (all jobs that are claimed and not settled) and the ``lines`` of each kind. Kinds in
    ``apart`` are claimed separately.
    """

    def __init__(
        self,
        held: Mapping[tuple[str, int], LeasedJob],
        lines: Mapping[str, LaneScheduler[LeasedJob]],
        apart: Collection[str] = (),
    ) -> None:
        self._held = held
        self._lines = lines
        rest, those = [kind for kind in lines if kind not in apart], [kind for kind in lines if kind in apart]
        self.pools = [ClaimGroup(tuple(kinds), kinds is those) for kinds in (rest, those) if kinds]
        self.pool_of = {kind: pool for pool in self.pools for kind in pool.kinds}

    def notify(self, *, rest: bool = True) -> None:
        """Records that there may be jobs: of any kind, or of the kinds in ``apart`` if ``rest`` is false."""
        for pool in self.pools:
            pool.notified |= rest or pool.apart

    def waiting(self) -> int:
        """Number of prefetched jobs that haven't started."""
        return sum(line.waiting for line in self._lines.values())

    def free(self, kinds: Iterable[str]) -> dict[str, int]:
        """How many more jobs of each kind may start. Jobs that wait to be settled count, except for a kind with a quick
        lane."""
        made = {kind: self._lines[kind].slots - self._lines[kind].running for kind in kinds}
        if plain := [kind for kind in made if not self._lines[kind].capacity()]:
            used = Counter(map(_KIND, self._held.values()))
            made.update({kind: self._lines[kind].slots - used[kind] for kind in plain})
        return made

    def plan_claims(self, pool: ClaimGroup, now: float) -> list[ClaimRequest]:
        """Plans the claims of one round. Kinds with plenty of room share a claim, so that priorities hold across them.
        While the shared claim comes back full, kinds with much more room than the others claim the rest of their room
        separately. Quick lanes are prefetched even while the pool rests.
        """
        if now < pool.again_at:
            return []
        extra = {kind: room for kind in pool.kinds if (room := self._lines[kind].capacity())}
        resting = pool.is_resting(now, stocked=self.waiting() > 0)
        if resting and not extra:
            return []
        free = self.free(pool.kinds)
        if not resting:
            pool.start_look(now, everywhere=all(room > 0 for room in free.values()))
        made: list[ClaimRequest] = []
        for kind, room in extra.items():
            # Keeps a share for lanes that aren't quick: otherwise they would wait for the quick lanes' queues to end.
            slots = max(free.pop(kind), self._lines[kind].slots // 4, 1)
            made.append(ClaimRequest([kind], slots + room, slots))
        if resting:
            return made
        plenty = [kind for kind, room in free.items() if room >= min(BATCH, self._lines[kind].slots)]
        made += [ClaimRequest([kind], room) for kind, room in free.items() if room > 0 and kind not in plenty]
        if plenty:
            least = min(free[kind] for kind in plenty)
            made.insert(0, ClaimRequest(plenty, least))
            if pool.crowded:
                made += [ClaimRequest([kind], free[kind] - least) for kind in plenty if free[kind] >= 2 * least]
        return made

    def ahead(self, wanted: ClaimRequest) -> PrefetchLimits | None:
        """The prefetch limits of a claim, over jobs of all kinds, since they share lanes. None if nothing was
        prefetched."""
        mine = list(map(_WORK, self._held.values()))
        lines = [] if wanted.slots is None else [self._lines[kind] for kind in wanted.kinds]
        used = Counter(map(_LANE, mine)) if lines else Counter[str | None]()
        rooms = {lane: max(0, AHEAD_PER_LANE - used[lane]) for line in lines for lane in line.quick()}
        # Quick lanes too, since one may have become slower meanwhile.
        uncounted = Counter(map(_LANE, filterfalse(_COUNTED, mine)))
        del uncounted[None]
        return PrefetchLimits(rooms, wanted.slots or wanted.limit, uncounted) if rooms or uncounted else None
