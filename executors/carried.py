"""The port where a broker carries some kinds of work (docs/decisions/2026-11-24-jetstream.md).

A message is a key and nothing else; what the database says of that key is what counts, at the claim and at the settle. So a message that
comes twice, late or not at all changes nothing: twice and late find nothing to claim, and what is due and was not seen is published again.
While the broker is away, everything is claimed from the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final

from core.errors import OpsIQError
from executors.broker import Broker
from executors.queue import Dead, Done, Later, Settlement, SqlQueue
from store.work import Ahead, Work

if TYPE_CHECKING:
    from nats.aio.msg import Msg

log = logging.getLogger("opsiq.executors.carried")

FETCH_S: Final = 5.0
SWEEP_S: Final = 2.0
GRACE_S: Final = 3.0
"""How long after its moment a row counts as unseen."""
SWEEP_MOST: Final = 500
NAK_MOST_S: Final = 30.0
"""What is due later than this leaves the broker; the sweep brings it back when it is due."""
TRIES: Final = 8
BACKLOG: Final = 20_000


class CarriedQueue:
    """A Queue and a Wake. ``kinds`` are carried, everything else is claimed from the database as ever."""

    def __init__(self, sql: SqlQueue, broker: Broker, kinds: Collection[str]) -> None:
        self.lease_s = sql.lease_s
        self.settles_at_once = sql.settles_at_once
        self._sql = sql
        self._broker = broker
        self._kinds = frozenset(kinds)
        self._ring: Callable[[], None] = lambda: None
        self._outgoing: deque[tuple[str, str]] = deque(maxlen=BACKLOG)
        self._put = asyncio.Event()
        self._fetched: deque[Msg] = deque()
        self._wanted = 0
        self._demand = asyncio.Event()
        self._held: dict[tuple[str, int], Msg] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def put(self, put: Sequence[tuple[str, str]]) -> None:
        """Work that was committed just now (``store.sessions.Sessions.tell``)."""
        self._outgoing.extend(each for each in put if each[0] in self._kinds)
        self._put.set()

    async def open(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        await self._broker.open(ring)
        loops = (self._publishing, self._fetching, self._sweeping)
        self._tasks = [asyncio.create_task(loop(), name=f"opsiq{loop.__name__}") for loop in loops]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._outgoing and self._broker.up:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._publish(), 2)
        for message in self._fetched:
            await _say(message.nak())
        await self._broker.close()

    async def claim(self, kinds: Collection[str], limit: int, ahead: Ahead | None = None) -> list[Work]:
        carried = [kind for kind in kinds if kind in self._kinds]
        if not carried or not self._broker.up:
            return await self._sql.claim(kinds, limit, ahead)
        others = [kind for kind in kinds if kind not in self._kinds]
        found = await self._sql.claim(others, limit) if others else []
        messages = [self._fetched.popleft() for _ in range(min(limit - len(found), len(self._fetched)))]
        self._wanted = limit - len(found) - len(messages)
        if self._wanted > 0:
            self._demand.set()
        return found + await self._claimed(carried, messages, ahead)

    async def renew(self, held: Sequence[Work]) -> list[Work]:
        lost = await self._sql.renew(held)
        for work in held:
            if work not in lost and (message := self._held.get((work.id, work.attempt))) is not None:
                await _say(message.in_progress())
        return lost

    async def settle(self, group: Sequence[Settlement]) -> list[bool | Exception]:
        """In the database; only then the broker may forget the message. Where that fails, it gives the message out again."""
        settled = await self._sql.settle(group)
        for (work, outcome), result in zip(group, settled, strict=True):
            if isinstance(result, Exception):
                continue
            message = self._held.pop((work.id, work.attempt), None)
            if message is not None:
                await self._heard(message, outcome)
        return settled

    async def next_due_s(self, kinds: Collection[str]) -> float | None:
        if not self._broker.up:
            return await self._sql.next_due_s(kinds)
        if self._fetched and not self._kinds.isdisjoint(kinds):
            return 0.0
        others = [kind for kind in kinds if kind not in self._kinds]
        return await self._sql.next_due_s(others) if others else None

    async def _claimed(self, kinds: list[str], messages: Sequence[Msg], ahead: Ahead | None) -> list[Work]:
        if not messages:
            return []
        by_key: dict[str, Msg] = {}
        for message in messages:
            if (twice := by_key.setdefault(message.data.decode(), message)) is not message:
                await _say(twice.ack())
                by_key[message.data.decode()] = message
        try:
            found, waits = await self._sql.claim_named(kinds, list(by_key), ahead)
        except BaseException:
            for message in by_key.values():
                await _say(message.nak(1))
            raise
        for work in found:
            self._held[work.id, work.attempt] = by_key.pop(work.key)
        for key, message in by_key.items():
            await self._passed(message, waits.get(key))
        return found

    async def _passed(self, message: Msg, wait_s: float | None) -> None:
        """A key that can't be claimed: over (None), not due yet, or its lane is full."""
        tries = message.metadata.num_delivered or 1
        if wait_s is None or wait_s > NAK_MOST_S or tries > TRIES:
            await _say(message.ack())
        else:
            await _say(message.nak(wait_s or min(5.0, 0.1 * 2**tries)))

    async def _heard(self, message: Msg, outcome: Done | Later | Dead) -> None:
        if isinstance(outcome, Later) and outcome.delay_s <= NAK_MOST_S:
            await _say(message.nak(outcome.delay_s or None))
        else:
            await _say(message.ack())

    async def _publishing(self) -> None:
        while True:
            await self._put.wait()
            self._put.clear()
            while self._outgoing:
                await self._publish()

    async def _publish(self) -> None:
        """What can't be published stays in the database, and the sweep finds it."""
        batch = [self._outgoing.popleft() for _ in range(min(SWEEP_MOST, len(self._outgoing)))]
        if self._broker.up:
            await self._broker.publish([(kind, key, key) for kind, key in batch])

    async def _fetching(self) -> None:
        while True:
            await self._demand.wait()
            self._demand.clear()
            if not self._broker.up or self._wanted <= 0:
                continue
            found = await self._broker.fetch(self._wanted, FETCH_S)
            self._wanted -= len(found)
            self._fetched.extend(found)
            self._ring()  # also when nothing came: the next claim says what is wanted then

    async def _sweeping(self) -> None:
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
        """Publish what is due and unseen; what waits in the broker's line behind its front has not had its turn yet."""
        age_s = await self._broker.front_age_s()
        if age_s is None:
            return 0
        found = await self._sql.overdue(self._kinds, age_s + GRACE_S, SWEEP_MOST)
        if found:
            log.info("%d pieces of work that were due and unseen are published again", len(found))
            await self._broker.publish([(kind, key, f"{key}~{mark}") for kind, key, mark in found])
        return len(found)


async def _say(what: object) -> None:
    """To the broker, if it hears: unheard, it gives the message out again."""
    with contextlib.suppress(Exception):
        await what  # type: ignore[misc]
