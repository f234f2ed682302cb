"""The other side: a FastAPI endpoint that inserts one row and commits it, and an aiohttp loop that posts; nothing
else."""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, MetaData, String, Table, Text, event, insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core import ids
from store.database import POSTGRESQL_CONNECTIONS

AT_ONCE = 50
HAPPENED = Table(
    "happened",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("data", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


class Happened(BaseModel):
    event: str
    data: dict[str, Any]


def engine_of(url: str) -> AsyncEngine:
    """As the server's own: on SQLite one connection that writes, WAL, synchronous=FULL; on PostgreSQL as many
    connections."""
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_size=POSTGRESQL_CONNECTIONS, max_overflow=0)
    worker = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=60)

    @event.listens_for(worker.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return worker


def application(worker: AsyncEngine) -> FastAPI:
    app = FastAPI()

    @app.post("/v1/events/fire", status_code=202)
    async def fire(body: Happened) -> dict[str, str]:
        event_id = ids.make_id("evt")
        row = {"id": event_id, "name": body.event, "data": json.dumps(body.data), "at": datetime.now(UTC)}
        async with worker.begin() as connection:
            await connection.execute(insert(HAPPENED), row)
        return {"id": event_id, "event": body.event}

    return app


async def serve(url: str) -> None:
    worker = engine_of(url)
    async with worker.begin() as connection:
        await connection.run_sync(HAPPENED.metadata.create_all)
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
    config = uvicorn.Config(application(worker), http="h11", log_config=None, access_log=False, server_header=False)
    await uvicorn.Server(config).serve(sockets=[listening])
    await worker.dispose()


async def post(url: str, body: bytes, count: int) -> None:
    """Print how many a second, and the CPU of each in ms."""
    left = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def loop() -> None:
            for _ in left:
                async with session.post(url, data=body, headers={"content-type": "application/json"}) as answer:
                    await answer.read()

        began, spent = time.perf_counter(), time.process_time()
        await asyncio.gather(*(loop() for _ in range(AT_ONCE)))
        took_s, cpu_s = time.perf_counter() - began, time.process_time() - spent
    print(json.dumps({"per_s": count / took_s, "cpu_ms": cpu_s / count * 1000}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", metavar="DATABASE_URL")
    parser.add_argument("--post", metavar="URL")
    parser.add_argument("--body", type=Path)
    parser.add_argument("--count", type=int, default=0)
    given = parser.parse_args()
    sys.exit(asyncio.run(serve(given.serve) if given.serve else post(given.post, given.body.read_bytes(), given.count)))
