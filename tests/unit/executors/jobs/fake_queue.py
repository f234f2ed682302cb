"""A queue and a clock that stand still until a test moves them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from core.errors import Unavailable
from executors.jobs.queue import Dead, Done, Reschedule, Settlement
from store.jobs.jobs import Job, PrefetchLimits


async def turn(times: int = 50) -> None:
    """Let everything that can go on go on."""
    for _ in range(times):
        await asyncio.sleep(0)


class FakeTime:
    """Pauses end when their event is set or ``advance`` passes their time."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def __call__(self) -> float:
        return self.now

    async def pause(self, event: asyncio.Event, seconds: float) -> None:
        over = asyncio.Event()
        self._sleepers.append((self.now + seconds, over))
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(over.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def advance(self, seconds: float, step: float = 0.1) -> None:
        end = self.now + seconds
        while self.now < end - 1e-9:
            self.now = min(end, self.now + step)
            for at, over in self._sleepers:
                if at <= self.now + 1e-9:
                    over.set()
            self._sleepers = [(at, over) for at, over in self._sleepers if not over.is_set()]
            await turn()


@dataclass(slots=True)
class _Row:
    job: Job
    due: float
    state: str = "ready"
    error: str = ""


@dataclass
class FakeQueue:
    """``executors.jobs.queue.Queue`` in memory, on a StandingTime; settles are conditional as in the database."""

    time: FakeTime
    lease_s: float = 60.0
    settles_at_once: int = 1
    apart: Collection[str] = ()
    rows: dict[str, _Row] = field(default_factory=dict)
    claims: list[tuple[frozenset[str], int]] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    renewals: list[str] = field(default_factory=list)
    down: bool = False
    hold_settles: asyncio.Event | None = None

    def put(self, key: str, kind: str = "send", priority: int = 100, delay_s: float = 0.0) -> None:
        job = Job(f"wrk_{key}", key, kind, "ws_1", {}, 0, "", priority)
        self.rows[key] = _Row(job, self.time.now + delay_s)

    def put_held(self, key: str, kind: str = "send") -> Job:
        job = Job(f"wrk_{key}", key, kind, "ws_1", {}, 1, "me")
        self.rows[key] = _Row(job, self.time.now + self.lease_s, "claimed")
        return job

    def state(self, key: str) -> str:
        return self.rows[key].state

    async def claim(self, kinds: Collection[str], limit: int, ahead: PrefetchLimits | None = None) -> list[Job]:
        self._check()
        self.claims.append((frozenset(kinds), limit))
        open_ = [row for row in self.rows.values() if row.state in ("ready", "claimed") and row.due <= self.time.now]
        due = sorted((row for row in open_ if row.job.kind in kinds), key=lambda row: row.job.priority)[:limit]
        for row in due:
            row.job = replace(row.job, attempt=row.job.attempt + 1, owner="me")
            row.state, row.due = "claimed", self.time.now + self.lease_s
        return [row.job for row in due]

    async def renew(self, held: Sequence[Job]) -> list[Job]:
        self._check()
        self.renewals += [job.key for job in held]
        for job in held:
            if self._mine(job):
                self.rows[job.key].due = self.time.now + self.lease_s
        return [job for job in held if not self._mine(job)]

    async def settle(self, group: Sequence[Settlement]) -> list[bool | Exception]:
        self._check()
        if self.hold_settles is not None:
            await self.hold_settles.wait()
        self.groups.append(len(group))
        made: list[bool | Exception] = []
        for job, outcome in group:
            row = self.rows[job.key]
            if not self._mine(job):
                made.append(False)
                continue
            try:
                if outcome.record is not None:
                    await outcome.record(None)  # type: ignore[arg-type]
            except ValueError as error:
                made.append(error)
                continue
            match outcome:
                case Done():
                    row.state = "done"
                case Reschedule(delay_s, error_line):
                    row.state, row.due, row.error = "ready", self.time.now + delay_s, error_line
                case Dead(error_line):
                    row.state, row.error = "dead", error_line
            made.append(True)
        return made

    async def next_due_s(self, kinds: Collection[str]) -> float | None:
        self._check()
        due = [row.due for row in self.rows.values() if row.job.kind in kinds and row.state in ("ready", "claimed")]
        return max(0.0, min(due) - self.time.now) if due else None

    def steal(self, key: str) -> None:
        """Another process claims it, as after a lapsed lease."""
        row = self.rows[key]
        row.job = replace(row.job, attempt=row.job.attempt + 1, owner="another")

    def _mine(self, job: Job) -> bool:
        row = self.rows[job.key]
        return row.state == "claimed" and (row.job.owner, row.job.attempt) == (job.owner, job.attempt)

    def _check(self) -> None:
        if self.down:
            raise Unavailable("The database is down.")
