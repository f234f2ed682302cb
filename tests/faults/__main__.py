"""``python -m tests.faults``: one run of the fault suite. Exit code 0 when every promise was kept, 1 when not."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from tests.faults import verdict
from tests.faults.load import Load, Person
from tests.faults.site import Engine, Site

NAMES = {"sqlite": "sqlite", "postgres": "postgresql", "postgresql": "postgresql", "nats": "nats"}
ENDPOINTS = {"all": ["faults.*"], "happened": ["faults.happened"], "ordered": ["faults.ordered"]}
HEARD_BY = {"faults.happened": ("all", "happened"), "faults.ordered": ("all", "ordered")}
SETTLE_S = 240.0
SHIFT_S = 40_000.0
"""Longer than the longest pause between two attempts."""


async def driven(site: Site, kills: int, pause_s: float, seed: int, pace: tuple[float, float]) -> verdict.Report:
    jitter = random.Random(seed)
    olivia = site.world.clients["olivia"]
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=100)) as session:
        session._retry_connection = False  # else it sends a GET again by itself: the same bytes, the same nonce
        person = Person(session, site.url, olivia.key, olivia.secret)
        for name, patterns in ENDPOINTS.items():
            await person.post("/v1/webhooks/endpoints", {"url": f"{site.receiver_url}/{name}", "events": patterns})
        load = Load(person, events_per_s=pace[0], runs_per_s=pace[1])
        load.start()
        began = time.monotonic()
        await asyncio.sleep(2)
        for n in range(kills):
            await _trouble_the_platform(site, jitter)
            what = await asyncio.to_thread(site.kill_one, jitter)
            at_s, done = time.monotonic() - began, load.promises
            say(f"{at_s:6.1f} s  kill {n + 1}/{kills}: {what}; {len(done.fired)} events, {len(done.confirmed)} runs")
            await asyncio.sleep(jitter.uniform(0, pause_s))
            await asyncio.to_thread(site.revive)
            await asyncio.sleep(jitter.uniform(0, pause_s))
            if n % 5 == 4:
                await site.shift_time(SHIFT_S)
        await load.stop()
        took_s = time.monotonic() - began
        say(f"{took_s:6.1f} s  all who asked have their answer; what is left comes to rest")
        end = time.monotonic() + SETTLE_S
        while (left := await verdict.at_rest(site)) and time.monotonic() < end:
            site.world.faults()
            await asyncio.to_thread(site.revive)
            await site.shift_time(SHIFT_S)
            await asyncio.sleep(1)
        site.world.clients = {
            name: type(each)(site.url, each.key, each.secret) for name, each in site.world.clients.items()
        }
        report = await verdict.judged(site, load.promises, HEARD_BY, left)
        report.counts = {
            "database": site.database,
            "kills": sum(site.kills.values()),
            "killed": dict(sorted(site.kills.items())),
            "seconds": round(took_s),
            **report.counts,
            "failures the publisher saw": dict(person.trouble),
        }
        return report


async def _trouble_the_platform(site: Site, jitter: random.Random) -> None:
    """What the next calls meet: one in five something bad."""
    kinds: list[dict[str, Any]] = [
        {"status": 500}, {"status": 503}, {"status": 429}, {"close_before": True}, {"close_after_acting": True},
        {"hang_s": 5}, {"hang_after_acting_s": 5},
    ]  # fmt: skip
    await asyncio.to_thread(
        site.world.faults, *(jitter.choice(kinds) if jitter.random() < 0.2 else {} for _ in range(8))
    )


def say(line: str) -> None:
    print(line, flush=True)


def run(
    database: Engine,
    kills: int,
    *,
    folder: Path,
    pause_s: float = 2.0,
    seed: int = 1,
    pace: tuple[float, float] = (8.0, 1.0),
    forked: bool = False,
) -> verdict.Report:
    """Opens the site, drives it, judges it, closes it."""
    site = Site(database, folder, forked)
    codes: dict[str, int | None] = {}
    try:
        site.open()
        report = asyncio.run(driven(site, kills, pause_s, seed, pace))
    finally:
        codes = site.close()
    report.must_be_empty(
        "members that did not stop gently", [each for each in codes.items() if each[1] not in (0, -15)]
    )
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=sorted(NAMES), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pause-s", type=float, default=2.0, help="the longest pause before and after a revival")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events-per-s", type=float, default=8.0)
    parser.add_argument("--runs-per-s", type=float, default=1.0)
    parser.add_argument("--json", type=Path, help="where to write the counts")
    parser.add_argument(
        "--folder", type=Path, help="where to leave logs and databases (by default a folder that is deleted)"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="opsiq-faults-") as temporary:
        report = run(
            NAMES[given.db],
            given.kills,
            folder=given.folder or Path(temporary),
            pause_s=given.pause_s,
            seed=given.seed,  # type: ignore[arg-type]
            pace=(given.events_per_s, given.runs_per_s),
        )
    say(report.table())
    verdict.written(report, {"seed": given.seed}, given.json)
    if not given.json:
        say(json.dumps({"ok": report.ok, "counts": report.counts, "breaches": report.breaches}))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
