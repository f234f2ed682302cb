"""Maintenance: what a process does every few seconds besides its jobs (expiry, retention, recovery, renewal of
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
from core.errors import Unavailable
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
    """Expires cards and questions, gives stranded runs a job, writes anchors of AI History, and once an hour deletes
    what is past retention.

    A card that is confirmed first is checked again there. Maintenance ends by itself with the process: if it were
    cancelled in a query, it would leave its connection behind.
    """
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
        except Unavailable as error:
            log.warning("the sweep failed; it runs again in %.0f s: %s", SWEEP_S, error.detail)
        except Exception:
            log.exception("the sweep failed; it runs again in %.0f s", SWEEP_S)
        await write_anchors(anchors)
        rounds += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), SWEEP_S)


async def write_anchors(anchors: Anchors, *, now_all: bool = False) -> None:
    """Writes due anchors of AI History. A failure is logged and tried again."""
    try:
        await anchors.tick(now_all=now_all)
    except Unavailable as error:
        log.warning("the anchors of AI History could not be looked at; they are later: %s", error.detail)
    except Exception:
        log.exception("no anchor of AI History could be written to %s; it is tried again", anchors.path)
