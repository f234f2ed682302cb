"""Maintenance: what a process does every few seconds beside its jobs (expiry, retention, recovery, renewal of
caches)."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from agent.history.anchors import Anchors
from agent.record_cache.sync import CacheSync
from agent.runs.decisions import EXPIRE_AT_ONCE, Decisions
from agent.runs.recovery import RunRecovery
from core.clock import Clock
from store import retention
from store.database import Database

log = logging.getLogger(__name__)

SWEEP_S = 5.0
RETENTION_ROUNDS = 720
RENEWAL_ROUNDS = 12


async def run_maintenance(
    decisions: Decisions,
    stranded: RunRecovery,
    reading: CacheSync,
    anchors: Anchors,
    database: Database,
    clock: Clock,
    closing: asyncio.Event,
    events_days: int,
) -> None:
    """Expire cards and questions that have run out (one that is confirmed first is checked for it again there), take up
    runs that nobody has work for, write anchors of AI History, and once an hour delete what is kept no longer. Ends by
    itself when the process ends: cancelled in a query, it would leave its connection behind."""
    rounds = 0
    while not closing.is_set():
        try:
            while await decisions.expire_due() == EXPIRE_AT_ONCE and not closing.is_set():
                pass  # thousands may run out in the same minute
            if rounds % RETENTION_ROUNDS == 0:
                await retention.sweep(database, clock(), events_days=events_days)
            await stranded.take_up()
            if rounds % RENEWAL_ROUNDS == 0:
                await reading.renew()
        except Exception:
            log.exception("the sweep failed; it runs again in %.0f s", SWEEP_S)
        await write_anchors(anchors)
        rounds += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), SWEEP_S)


async def write_anchors(anchors: Anchors, *, now_all: bool = False) -> None:
    """Writes what is due of AI History's anchors; a failure is logged and tried again."""
    try:
        await anchors.tick(now_all=now_all)
    except Exception:
        log.exception("no anchor of AI History could be written to %s; it is tried again", anchors.path)
