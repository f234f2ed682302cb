"""What the engine claims next: how much of which kinds of work, by what is in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from executors.leases import Held
from executors.lines import AHEAD_PER_LANE, Lines
from store.work import Ahead, Work

BATCH: Final = 20
_KIND: Final = attrgetter("work.kind")
_WORK: Final[Callable[[Held], Work]] = attrgetter("work")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One claim of ``limit`` pieces of these kinds. Where it goes ahead of quick lanes, ``slots`` of them outside those, else None."""

    kinds: list[str]
    limit: int
    slots: int | None = None


class Demand:
    """Reads ``held`` (all that is claimed and not settled) and the ``lines`` of each kind as they are at the moment it is asked."""

    def __init__(self, held: Mapping[tuple[str, int], Held], lines: Mapping[str, Lines[Held]]) -> None:
        self._held = held
        self._lines = lines

    def waiting(self) -> int:
        """How much was claimed before its turn and has not begun."""
        return sum(line.waiting for line in self._lines.values())

    def free(self) -> dict[str, int]:
        """How much more of each kind may begin. What is to be settled still counts; where a lane is quick, it does not."""
        used = Counter(map(_KIND, self._held.values()))
        return {kind: line.slots - (line.running if line.room() else used[kind]) for kind, line in self._lines.items()}

    def wanted(self, *, crowded: bool) -> list[Wanted]:
        """The claims of one round. Kinds with plenty of room share one, so that priorities hold across them. While that comes back full
        (``crowded``), those with much more room than the others claim for the rest of it.
        """
        free = self.free()
        made: list[Wanted] = []
        for kind in list(free):
            if extra := self._lines[kind].room():
                # A share is kept for lanes that are not quick: they would else wait for the quick ones' queue to end.
                slots = max(free.pop(kind), self._lines[kind].slots // 4, 1)
                made.append(Wanted([kind], slots + extra, slots))
        plenty = [kind for kind, room in free.items() if room >= min(BATCH, self._lines[kind].slots)]
        made += [Wanted([kind], room) for kind, room in free.items() if room > 0 and kind not in plenty]
        if plenty:
            least = min(free[kind] for kind in plenty)
            made.insert(0, Wanted(plenty, least))
            if crowded:
                made += [Wanted([kind], free[kind] - least) for kind in plenty if free[kind] >= 2 * least]
        return made

    def ahead(self, wanted: Wanted) -> Ahead | None:
        """What the claim has to know of what is in hand, of all kinds, since they share lanes; None where nothing was claimed ahead."""
        mine = [(work.lane, work.counted) for work in map(_WORK, self._held.values()) if work.lane is not None]
        lines = [] if wanted.slots is None else [self._lines[kind] for kind in wanted.kinds]
        used = Counter([lane for lane, _ in mine])
        rooms = {lane: max(0, AHEAD_PER_LANE - used[lane]) for line in lines for lane in line.quick()}
        # Of quick lanes too: one may have been narrowed meanwhile.
        uncounted = Counter([lane for lane, counted in mine if not counted])
        return Ahead(rooms, wanted.slots or wanted.limit, uncounted) if rooms or uncounted else None
