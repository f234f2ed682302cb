"""JetStream queue: implements the job queue's port with a broker that carries the keys of some kinds of jobs
(docs/decisions/2026-11-24-jetstream.md).

A message holds only keys. The database decides about each key, at the claim and at the settle, so a duplicate, late or
lost message changes nothing. For a duplicate or late message there is nothing to claim, and due jobs whose messages
were lost are published again. A key that can't be claimed now, or must be retried, waits in this process until it is
due, and its message is acknowledged: only messages of running jobs are unacknowledged. While the broker is unreachable,
all jobs are claimed from the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import secrets
from collections import deque
from collections.abc import Collection, Sequence
from typing import Final

from core.errors import OpsIQError
from executors.jetstream.blocked_keys import BlockedKeys
from executors.jetstream.broker import Broker
from executors.jetstream.delayed_keys import DelayedKeys
from executors.jetstream.messages import KEYS_MOST, KeyMessage, NamedKey, pack
from executors.jobs.queue import Notify, Reschedule, Settlement, SqlQueue
from store.jobs.broker import JobDelay
from store.jobs.jobs import Job, PrefetchLimits

log = logging.getLogger("opsiq.executors.jetstream")

FETCH_S: Final = 5.0
SWEEP_S: Final = 2.0
GRACE_S: Final = 3.0
"""Seconds after its due time at which a row counts as unseen."""
SWEEP_MOST: Final = 500
WAIT_MOST_S: Final = 30.0
"""Jobs that are due later than this many seconds are left to the sweep, which publishes them when they are due."""
TAKEN_S: Final = 0.2
"""Seconds until a key that another process was just looking at is tried again."""
BACKLOG: Final = 20_000
_FETCH_MOST: Final = 128


class JetStreamQueue:
    """Queue and WakeSource. ``kinds`` go through the broker. Other kinds are claimed from the database."""

    def __init__(self, sql: SqlQueue, broker: Broker, kinds: Collection[str]) -> None:
        self.lease_s = sql.lease_s
        self.settles_at_once = sql.settles_at_once
        self._kinds = frozenset(kinds)
        self.apart: Collection[str] = self._kinds
        self._sql = sql
        self._broker = broker
        self._on_notify: Notify = _ignore
        self._outgoing: deque[tuple[str, str]] = deque(maxlen=BACKLOG)
        self._put = asyncio.Event()
        self._messages: set[KeyMessage] = set()
        self._over: list[KeyMessage] = []
        self._fetched: deque[NamedKey] = deque()
        self._per_message = float(KEYS_MOST)
        self._delayed_keys = DelayedKeys(lambda: self._on_notify(rest=False))
        self._blocked_keys = BlockedKeys(self._delayed_keys.ready, lambda: self._on_notify(rest=False))
        self._surplus: list[KeyMessage] = []
        self._odd = False
        self._missing = 0
        self._wanted = 0
        self._claim_planner = asyncio.Event()
        self._held: dict[tuple[str, int], KeyMessage | None] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def put(self, put: Sequence[tuple[str, str]]) -> None:
        """Publishes jobs that were just committed (``store.database.Database.tell``)."""
        self._outgoing.extend(each for each in put if each[0] in self._kinds)
        self._put.set()

    async def open(self, on_notify: Notify) -> None:
        self._on_notify = on_notify
        await self._broker.open(on_notify)
        loops = (self._publish_loop, self._fetch_loop, self._sweep_loop)
        self._tasks = [asyncio.create_task(loop(), name=f"opsiq{loop.__name__}") for loop in loops]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._broker.stop_fetching()
        # Keys that waited in this process are for other processes now.
        waiting = [*self._delayed_keys.drain(), *self._blocked_keys.drain()]
        left = pack([(named.kind, named.key) for named in waiting], secrets.token_hex(4))
        if (self._outgoing or left) and self._broker.up:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(self._publish(), self._broker.publish(left)), 2)
        for message in [*self._messages, *self._surplus]:
            await _tell_broker(message.raw.nak())
        await self._broker.close()

    async def claim(self, kinds: Collection[str], limit: int, ahead: PrefetchLimits | None = None) -> list[Job]:
        if not self._broker.up or self._kinds.isdisjoint(kinds):
            return await self._sql.claim(kinds, limit, ahead)
        room = limit
        if ahead is not None:
            # Keys over their lane's limit are better left in the broker's queue than claimed in vain.
            room = min(room, max(ahead.slots, sum(ahead.rooms.values())))
            for lane in ahead.rooms:  # the lane may have been slower when these keys were set aside
                self._blocked_keys.release(lane, max(0, room - len(self._delayed_keys.ready)) // len(ahead.rooms))
        named = self._next(room)
        # If jobs are prefetched, the next claim's keys are fetched while this claim's jobs run.
        self._wanted = self._missing + (room if ahead and ahead.rooms else 0) - len(self._fetched)
        if self._wanted > 0:
            self._claim_planner.set()
        return await self._claim_keys(kinds, named, ahead)

    async def renew(self, held: Sequence[Job]) -> list[Job]:
        here = {(job.id, job.attempt) for job in held}
        for claim in [claim for claim in self._held if claim not in here]:
            self._end(self._held.pop(claim))  # the lease was lost, and the worker has dropped the job
        lost = await self._sql.renew(held)
        for job in lost:
            self._end(self._held.pop((job.id, job.attempt), None))
        await self._acknowledge()
        for message in list(self._messages):
            await _tell_broker(message.raw.in_progress())
        return lost

    async def begin_alone(self, job: Job) -> int:
        return await self._sql.begin_alone(job)

    async def settle(self, group: Sequence[Settlement]) -> list[bool | Exception]:
        """Settles in the database, and only then acknowledges the message. If settling fails, the message is released
        for redelivery."""
        settled = await self._sql.settle(group)
        for (job, outcome), result in zip(group, settled, strict=True):
            if isinstance(result, Exception) or job.kind not in self._kinds:
                continue
            if result and isinstance(outcome, Reschedule):
                self._redeliver(NamedKey(job.kind, job.key), outcome.delay_s)
            self._end(self._held.pop((job.id, job.attempt), None))
            self._blocked_keys.release(job.lane)
        await self._acknowledge()
        return settled

    async def next_due_s(self, kinds: Collection[str]) -> float | None:
        if not self._broker.up:
            return await self._sql.next_due_s(kinds)
        if (self._fetched or self._delayed_keys.ready) and not self._kinds.isdisjoint(kinds):
            return 0.0
        others = [kind for kind in kinds if kind not in self._kinds]
        return await self._sql.next_due_s(others) if others else None

    def _next(self, most: int) -> dict[str, NamedKey]:
        """Takes the next keys. If enough delayed keys wait, they are half of the result: a full lane must not block the
        others."""
        self._odd = not self._odd
        found: dict[str, NamedKey] = {}
        self._take(found, self._delayed_keys.ready, (most + self._odd) // 2)
        self._take(found, self._fetched, most)
        self._missing = most - len(found)
        self._take(found, self._delayed_keys.ready, most)
        return found

    def _take(self, into: dict[str, NamedKey], line: deque[NamedKey], most: int) -> None:
        while line and len(into) < most:
            one = line.popleft()
            if into.setdefault(one.key, one) is not one:
                self._end(one.message)

    async def _claim_keys(
        self, kinds: Collection[str], named: dict[str, NamedKey], ahead: PrefetchLimits | None
    ) -> list[Job]:
        if not named:
            return []
        try:
            found, waits = await self._sql.claim_named(kinds, list(named), ahead)
        except BaseException:
            self._fetched.extendleft(reversed(named.values()))
            raise
        for job in found:
            self._held[job.id, job.attempt] = named.pop(job.key).message
        for one in named.values():
            self._handle_unclaimable(one, waits.get(one.key))
        await self._acknowledge()
        if not found and not self._missing:
            self._on_notify(rest=False)  # none of the keys could be claimed, and no fetch is running
        return found

    def _handle_unclaimable(self, one: NamedKey, wait: JobDelay | None) -> None:
        """Handles a key that can't be claimed: finished (None), not due yet, or its lane is full."""
        if wait is not None:
            unsaid = NamedKey(one.kind, one.key, None, one.had_a_turn)
            if wait.seconds or wait.lane is None:
                self._redeliver(unsaid, wait.seconds or TAKEN_S)
            else:
                self._blocked_keys.add(wait.lane, unsaid)
        self._end(one.message)

    def _redeliver(self, one: NamedKey, delay_s: float) -> None:
        if delay_s <= WAIT_MOST_S:
            self._delayed_keys.add(one, delay_s)

    def _end(self, message: KeyMessage | None) -> None:
        if message is not None and message.complete_one():
            self._messages.discard(message)
            self._over.append(message)

    async def _acknowledge(self) -> None:
        over, self._over = self._over, []
        for message in over:
            await _tell_broker(message.raw.ack())

    async def _publish_loop(self) -> None:
        while True:
            await self._put.wait()
            self._put.clear()
            while self._outgoing:
                await self._publish()

    async def _publish(self) -> None:
        """Publishes keys. Keys that can't be published stay in the database, and the sweep finds them."""
        batch = [self._outgoing.popleft() for _ in range(min(SWEEP_MOST, len(self._outgoing)))]
        if self._broker.up:
            await self._broker.publish(pack(batch))

    async def _fetch_loop(self) -> None:
        while True:
            await self._claim_planner.wait()
            self._claim_planner.clear()
            if not self._broker.up or self._wanted <= 0:
                continue
            most = min(_FETCH_MOST, math.ceil(self._wanted / self._per_message))
            self._receive([KeyMessage(raw) for raw in await self._broker.fetch(most, FETCH_S)])
            while self._surplus:
                await _tell_broker(self._surplus.pop().raw.nak())
            if self._missing:
                self._on_notify(rest=False)  # even if nothing came: the next claim says what is wanted

    def _receive(self, messages: Sequence[KeyMessage]) -> None:
        """Receives up to the wanted number of messages. The number of keys in a message is known only after its
        arrival."""
        for message in messages:
            if self._wanted <= 0:
                self._surplus.append(message)
                continue
            self._messages.add(message)
            self._fetched.extend([NamedKey(message.kind, key, message) for key in message.keys])
            self._wanted -= len(message.keys)
        if messages:
            self._per_message = sum(len(message.keys) for message in messages) / len(messages)

    async def _sweep_loop(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                while self._broker.up and await self._sweep() == SWEEP_MOST:
                    pass
            except OpsIQError as error:
                log.warning("what is unseen can't be looked for: %s", error.detail)
            except Exception:
                log.exception("what is unseen can't be looked for")

    async def _sweep(self) -> int:
        """Publishes due jobs that were not seen. Jobs behind the front of the broker's queue have not had their turn
        yet, so they are left alone."""
        age_s = await self._broker.front_age_s()
        if age_s is None:
            return 0
        found = await self._sql.overdue(self._kinds, age_s + GRACE_S, SWEEP_MOST)
        if found:
            log.info("%d pieces of work that were due and unseen are published again", len(found))
            await self._broker.publish(pack([(kind, key) for kind, key, _ in found], str(found[0][2])))
        return len(found)


def _ignore(*, rest: bool = True) -> None:
    """Callback before the queue is opened. Does nothing."""


async def _tell_broker(what: object) -> None:
    """Sends an acknowledgement to the broker if it is reachable. Otherwise the broker delivers the message again."""
    with contextlib.suppress(Exception):
        await what  # type: ignore[misc]
