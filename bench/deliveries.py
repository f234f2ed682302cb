"""Webhook deliveries a second, durable and logged, against a bare loop of POSTs: ``python -m bench.deliveries``.

A receiver in a process of its own answers 204. The bare loop is aiohttp, 50 requests at a time, nothing signed, nothing
stored. Ours is the whole way of a delivery from its work row on: claimed under a lease, read, signed, sent, its attempt
logged, the endpoint's health counted, settled; on SQLite with synchronous=FULL. What is measured is the ratio; both
sides share this machine's cores with the receiver.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from typing import NamedTuple

import aiohttp
from aiohttp import web

import store.workspaces
from core import ids
from core.actor import Actor
from core.clock import utc_now
from core.crypto.secretbox import SecretBox
from events.subscribers import FiredEvent
from events.webhooks.fanout import DELIVER_JOB, deliver_to
from events.webhooks.services import build_webhooks
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import SqlQueue
from executors.jobs.worker import Worker
from store.database import Database
from store.migrate import upgrade
from store.workspaces import WorkspaceRow

DATA = {
    "invoice_id": 1042,
    "customer_id": 7,
    "amount": 4900,
    "currency": "EUR",
    "number": "INV-1042",
    "note": "x" * 200,
}
OWNER = Actor("ws_bench", "mem_bench", "member", "Bench", "owner", "mem_bench")


async def receive() -> None:
    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/{any:.*}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


class Pace(NamedTuple):
    """How many a second, and how many milliseconds of this process's CPU each."""

    per_s: float
    cpu_ms: float


async def bare(url: str, count: int, at_once: int = 50) -> Pace:
    body = json.dumps({"type": "invoice.paid", "data": DATA}).encode()
    left = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def loop() -> None:
            for _ in left:
                async with session.post(url, data=body, headers={"content-type": "application/json"}) as answer:
                    await answer.read()

        began, spent = time.perf_counter(), time.process_time()
        await asyncio.gather(*(loop() for _ in range(at_once)))
        return Pace(count / (time.perf_counter() - began), (time.process_time() - spent) / count * 1000)


async def ours(url: str, count: int, endpoints: int, at_once: int = 64) -> tuple[float, Pace]:
    """Deliveries put a second, and deliveries made."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite+aiosqlite:///{folder}/opsiq.db"
        await upgrade(address)
        database = await Database.open(address)
        guard = SsrfGuard(("127.0.0.0/8",))
        async with database.begin() as session:
            await store.workspaces.insert(
                session, WorkspaceRow(id=OWNER.workspace, name="Bench", created_at=datetime.now(UTC))
            )
        async with SignedClient(guard) as signed_client:
            webhooks = build_webhooks(database, guard, SecretBox(bytes(32)), signed_client, utc_now, lambda: None)
            rows = [(await webhooks.endpoints.create(OWNER, f"{url}/{n}", ["*"])).shown.row for n in range(endpoints)]
            began = time.perf_counter()
            for _ in range(0, count // endpoints, 50):
                async with database.begin() as session:
                    for _ in range(50):
                        now = utc_now()
                        event = FiredEvent(
                            ids.make_id("evt"), OWNER.workspace, "invoice.paid", DATA, now, now, "bench", None, 0
                        )
                        await deliver_to(session, event, rows, "event", now)
            put_s = count / (time.perf_counter() - began)
            queue = SqlQueue(database, owner="bench", per_lane=max(8, at_once // endpoints))
            left = count
            finished = asyncio.Event()

            async def deliver(job: object) -> object:
                nonlocal left
                outcome = await webhooks.delivery_handler.deliver(job)  # type: ignore[arg-type]
                left -= 1
                if not left:
                    finished.set()
                return outcome

            began, spent = time.perf_counter(), time.process_time()
            async with Worker(queue, {DELIVER_JOB: deliver}, limits={DELIVER_JOB: at_once}) as worker:  # type: ignore[dict-item]
                await finished.wait()
                while worker.running:  # noqa: ASYNC110 (the last settles; the engine has no event for it)
                    await asyncio.sleep(0.001)
                made = Pace(count / (time.perf_counter() - began), (time.process_time() - spent) / count * 1000)
            await database.close()
    return put_s, made


async def main(count: int) -> None:
    logging.getLogger("opsiq").setLevel("WARNING")
    with subprocess.Popen(  # noqa: ASYNC220 (before anything is measured)
        [sys.executable, "-m", "bench.deliveries", "--receive"], stdout=subprocess.PIPE, text=True
    ) as peer:
        try:
            assert peer.stdout is not None
            url = f"http://127.0.0.1:{int(peer.stdout.readline())}"
            await bare(url, 500)
            plain = await bare(url, count)
            print(f"bare aiohttp loop, 50 at once  {plain.per_s:7.0f} /s  {plain.cpu_ms:.2f} ms CPU each")
            for endpoints in (1, 10):
                put_s, made = await ours(url, count, endpoints)
                print(
                    f"deliveries to {endpoints:2} endpoint(s)    {made.per_s:7.0f} /s  {made.cpu_ms:.2f} ms CPU each  "
                    f"{made.per_s / plain.per_s:.2f} of the bare loop by time, {plain.cpu_ms / made.cpu_ms:.2f} "
                    f"by CPU (put {put_s:.0f} /s)"
                )
        finally:
            peer.terminate()


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--receive", action="store_true")
    given.add_argument("--count", type=int, default=5000)
    arguments = given.parse_args()
    asyncio.run(receive() if arguments.receive else main(arguments.count))
