"""Deliveries a second by a real ``opsiq work``, beside a bare loop that posts the same bytes to the same receiver."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text

from app.container import open_container
from bench.deliveries import DATA
from core.clock import utc_now
from core.ids import make_id
from core.settings import Settings
from events.subscribers import FiredEvent
from events.webhooks.fanout import deliver_to
from store.database import Database
from store.jobs import lanes
from store.rows import table
from store.webhooks.deliveries import DeliveryRow
from store.webhooks.endpoints import EndpointRow

ROOT = Path(__file__).parents[2]
_IN_ONE = 50
_LEFT = text("SELECT 1 FROM work WHERE finished_ms IS NULL AND kind = 'webhook.deliver' LIMIT 1")
_D = table(DeliveryRow)
_DONE = select(func.count(), func.min(_D.c.finished_at), func.max(_D.c.finished_at)).where(_D.c.state == "succeeded")


@dataclass
class Pace:
    """One side over all rounds. ``cpu_ms``: of the process that posts, for each delivery."""

    per_s: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def median(self) -> tuple[float, float]:
        return statistics.median(self.per_s), statistics.median(self.cpu_ms)


async def put(
    settings: Settings, workspace: str, endpoints: Sequence[EndpointRow], count: int
) -> tuple[datetime, bytes]:
    """``count`` deliveries that wait. When that began, and the bytes of one."""
    async with open_container(settings) as container:
        await asyncio.sleep(1 if settings.nats_url else 0)  # the broker is connected to in the background
        since = utc_now()
        for _ in range(0, count // len(endpoints), _IN_ONE):
            async with container.database.begin() as session:
                for _ in range(_IN_ONE):
                    now = utc_now()
                    event = FiredEvent(make_id("evt"), workspace, "invoice.paid", DATA, now, now, "bench", None, 0)
                    await deliver_to(session, event, endpoints, "event", now)
        async with container.database.read() as session:
            body = (await session.execute(text("SELECT body FROM webhook_bodies LIMIT 1"))).scalar_one()
    return since, bytes(body)


async def held(settings: Settings, endpoints: Sequence[EndpointRow], seconds: float) -> None:
    """Nothing of them is claimed for so long."""
    database = await Database.open(settings.database_url)
    async with database.begin() as session:
        for endpoint in endpoints:
            await lanes.hold(session, endpoint.id, seconds)
    await database.close()


async def drained(settings: Settings, since: datetime, count: int) -> float:
    """Deliveries a second, from the first answer to the last; all of them are settled then."""
    database = await Database.open(settings.database_url)
    end = time.monotonic() + 300
    left = True
    while left and time.monotonic() < end:
        await asyncio.sleep(0.1)
        async with database.read() as session:
            left = (await session.execute(_LEFT)).first() is not None
    async with database.read() as session:
        done, first, last = (await session.execute(_DONE.where(_D.c.created_at >= since))).one()
    await database.close()
    assert done >= count, f"{done} of {count} were delivered in five minutes"
    return float(done / (last - first).total_seconds())


def bare(url: str, body: bytes, folder: Path, count: int, into: Pace) -> None:
    kept = folder / "body"
    kept.write_bytes(body)
    command = [sys.executable, "-m", "bench._platform.bare", "--post", url, "--body", str(kept), "--count", str(count)]
    said = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    into.per_s.append(said["per_s"])
    into.cpu_ms.append(said["cpu_ms"])
