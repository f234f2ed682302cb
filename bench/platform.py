"""What the platform costs: ``python -m bench.platform [--only intake|delivery|memory] [--profile]``.

Intake: signed ``POST /v1/events/fire`` through ``opsiq serve`` (one process, durable: the event, its Idempotency-Key
and its fan-out are committed before the answer) against a FastAPI endpoint under the same uvicorn that inserts one row
into the same kind of database and commits it. Delivery: ``opsiq work`` (claimed, signed, sent, logged, settled) against
an aiohttp loop that posts the same bytes to the same receiver, half of them before ours and half after: a machine that
others share changes its speed within seconds. The ratio is the median of the rounds', printed with the lowest and the
highest. Both sides take turns in one run, on SQLite (WAL, synchronous=FULL), PostgreSQL (fsync and synchronous_commit
on) and PostgreSQL with JetStream as the carrier. Load, receiver and database share this machine's cores with both
sides, so the ratios count; CPU is that of the serving process alone. Memory: bench/_platform/memory.py.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.container import open_container
from bench._platform import delivery, intake, memory, profiles
from bench._platform.gauges import family_cpu_s
from bench.scale import database, nats, postgresql
from core.settings import Settings
from store.migrate import upgrade
from store.webhooks.endpoints import EndpointRow

KEYS = 60
ENDPOINTS = 5
UP_S = 8
ROOT = Path(__file__).parents[1]
_HEAD = f"{'':<22} {'bare':>7} {'ours':>7} {'ratio':>6}"
_CPU = f"   {'bare CPU':>8} {'ours CPU':>8} {'ratio':>6}"


@dataclass(frozen=True)
class Running:
    pid: int
    url: str


@dataclass(frozen=True)
class Founded:
    workspace: str
    keys: Sequence[intake.Key]
    endpoints: Sequence[EndpointRow]


@contextmanager
def process(environ: Mapping[str, str], *command: str, profile: Path | None = None) -> Iterator[Running]:
    """``python -m command``, from its first line until it has ended by itself after SIGTERM."""
    profiled = ["-m", "cProfile", "-o", str(profile)] if profile else []
    with subprocess.Popen(
        [sys.executable, *profiled, "-m", *command], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(environ)
    ) as started:
        assert started.stdout is not None
        try:
            said = json.loads(started.stdout.readline())
            yield Running(started.pid, said.get("url", "") if isinstance(said, dict) else f"http://127.0.0.1:{said}")
        finally:
            # uvicorn raises the signal again once it has shut down: of an interrupt the profiler hears
            started.send_signal(signal.SIGINT if profile else signal.SIGTERM)
            started.wait()


async def founded(settings: Settings, receiver: str) -> Founded:
    await upgrade(settings.database_url)
    async with open_container(settings) as container:
        owner = await container.workspace_admin.create_workspace(
            "Bench", email="b@bench.test", person="b", password="correct horse battery"
        )
        keys = [
            await container.key_admin.create_key(owner, f"k{n}", scopes=["events:write"], mode="live")
            for n in range(KEYS)
        ]
        rows = [
            (await container.webhooks.endpoints.create(owner, f"{receiver}/{n}", ["bench.never"])).shown.row
            for n in range(ENDPOINTS)
        ]
    return Founded(owner.workspace, [(row.public, secret) for row, secret in keys], rows)


@dataclass(frozen=True)
class Site:
    """One engine: its name, the settings of ours, and the database of the bare endpoint."""

    name: str
    environ: Mapping[str, str]
    bare_url: str
    folder: Path

    def settings(self) -> Settings:
        mine = {name: value for name, value in self.environ.items() if name.startswith("OPSIQ_")}
        return Settings.load(mine | {"OPSIQ_WORKERS": "0"})


@contextmanager
def sites(wanted: Sequence[str]) -> Iterator[list[Site]]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("OPSIQ_")}
    with ExitStack() as stack:
        made: list[Site] = []

        def site(name: str, bare_url: str, **more: str) -> None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="opsiq-bench-")))
            ours = {
                "OPSIQ_DATA": str(folder),
                "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8",
                "OPSIQ_ADDRESS_LIMIT_PER_MIN": "0",
                "OPSIQ_LOG_LEVEL": "error",
            }
            made.append(Site(name, clean | ours | more, bare_url or f"sqlite+aiosqlite:///{folder}/bare.db", folder))

        if "sqlite" in wanted:
            site("SQLite", "")
        if {"postgres", "nats"} & set(wanted):
            url = stack.enter_context(postgresql())
            bare = asyncio.run(database(url, "bare"))
            if "postgres" in wanted:
                site("PostgreSQL", bare, OPSIQ_DATABASE_URL=asyncio.run(database(url, "plain")))
            if "nats" in wanted:
                broker = stack.enter_context(nats())
                carried = asyncio.run(database(url, "carried"))
                site("PostgreSQL, JetStream", bare, OPSIQ_DATABASE_URL=carried, OPSIQ_NATS_URL=broker)
        yield made


def fired(site: Site, known: Founded, given: argparse.Namespace) -> None:
    """Bare and ours in turn; the first round of each warms up and is not counted."""
    bare, ours = intake.Pace(), intake.Pace()
    stats = site.folder / "serve.stats" if given.profile else None
    with (
        process(site.environ, "bench._platform.bare", "--serve", site.bare_url) as plain,
        process({**site.environ, "OPSIQ_WORKERS": "0"}, "cli.main", "serve", "--port", "0", profile=stats) as server,
    ):
        for turn in range(given.rounds + 1):
            for running, into in ((plain, bare), (server, ours)):
                counted = into if turn else intake.Pace()
                few = given.events if turn else given.events // 4
                asyncio.run(
                    intake.fire(running.url, running.pid, known.keys, count=few, at_once=given.at_once, into=counted)
                )
    (bare_s, bare_p99, bare_cpu), (per_s, p99, cpu) = bare.median(), ours.median()
    print(
        f"{site.name:<22} {bare_s:>7.0f} {per_s:>7.0f} {per_s / bare_s:>6.2f}   {bare_p99:>8.1f} {p99:>8.1f}   "
        f"{bare_cpu:>8.2f} {cpu:>8.2f} {bare_cpu / cpu:>6.2f}",
        flush=True,
    )
    if stats:
        print(profiles.told(stats), flush=True)


def delivered(site: Site, known: Founded, receiver: str, given: argparse.Namespace, processes: int = 1) -> None:
    """However many processes work, the bare loop is one. Several are all up before the first delivery may be
    claimed."""
    bare, ours, rates, cpus = delivery.Pace(), delivery.Pace(), list[float](), list[float]()
    stats = site.folder / "work.stats" if given.profile and processes == 1 else None
    settings = site.settings()
    several = ["--processes", str(processes)] if processes > 1 else []
    for _ in range(given.rounds):
        since, body = asyncio.run(delivery.put(settings, known.workspace, known.endpoints, given.deliveries))
        beside = delivery.Pace()
        delivery.bare(receiver, body, site.folder, given.deliveries // 2, beside)
        if processes > 1:
            asyncio.run(delivery.held(settings, known.endpoints, UP_S + 2))
        with process(site.environ, "cli.main", "work", *several, profile=stats) as worker:
            if processes > 1:
                time.sleep(UP_S - 1)
            spent = family_cpu_s(worker.pid)
            ours.per_s.append(asyncio.run(delivery.drained(settings, since, given.deliveries)))
            ours.cpu_ms.append((family_cpu_s(worker.pid) - spent) / given.deliveries * 1000)
        delivery.bare(receiver, body, site.folder, given.deliveries // 2, beside)
        bare.per_s.append(statistics.harmonic_mean(beside.per_s))
        bare.cpu_ms.append(statistics.mean(beside.cpu_ms))
        rates.append(ours.per_s[-1] / bare.per_s[-1])
        cpus.append(bare.cpu_ms[-1] / ours.cpu_ms[-1])
    (bare_s, bare_cpu), (per_s, cpu) = bare.median(), ours.median()
    name = f"{site.name.replace('PostgreSQL, ', '')}, {processes} processes" if processes > 1 else site.name
    print(
        f"{name:<22} {bare_s:>7.0f} {per_s:>7.0f} {statistics.median(rates):>6.2f}   {bare_cpu:>8.3f} {cpu:>8.3f} "
        f"{statistics.median(cpus):>6.2f}   {min(rates):.2f} to {max(rates):.2f}",
        flush=True,
    )
    if stats:
        print(profiles.told(stats), flush=True)


def measured(given: argparse.Namespace) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("OPSIQ_")}
    with process(clean, "bench.deliveries", "--receive") as receiver, sites(given.engines.split(",")) as all_sites:
        known = {site.name: asyncio.run(founded(site.settings(), receiver.url)) for site in all_sites}
        if given.only in ("", "intake"):
            print(
                f"intake, {given.at_once} at once: events accepted a second, p99 in ms, ms of the server's CPU for each"
            )
            print(_HEAD + f"   {'bare p99':>8} {'ours p99':>8}" + _CPU)
            for site in all_sites:
                fired(site, known[site.name], given)
        if given.only in ("", "delivery"):
            print("delivery: webhooks delivered a second, ms of the sending process' CPU for each")
            print(f"{_HEAD}{_CPU}   of the rounds")
            for site in all_sites:
                delivered(site, known[site.name], receiver.url, given)
                if given.processes > 1:
                    delivered(site, known[site.name], receiver.url, given, given.processes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("intake", "delivery", "memory"), default="")
    parser.add_argument("--engines", default="sqlite,postgres,nats")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--events", type=int, default=3000, help="events a round")
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument(
        "--deliveries",
        type=int,
        default=30_000,
        help="deliveries a round: some seconds, of which the first tenths are a start",
    )
    parser.add_argument(
        "--processes", type=int, default=1, help="also deliver with so many processes; the bare loop stays one"
    )
    parser.add_argument(
        "--profile", action="store_true", help="also say where the time of ours goes (it is slower then)"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="history rows of the memory part")
    parser.add_argument("--cards", type=int, default=5_000, help="waiting cards of the memory part")
    parser.add_argument("--folder", type=Path, help="where the memory part's rows are kept for another time")
    given = parser.parse_args()
    if given.only != "memory":
        measured(given)
    if given.only in ("", "memory"):
        memory.measured(given.rows, given.cards, given.folder)


if __name__ == "__main__":
    main()
