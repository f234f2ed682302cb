"""Signed requests a second against a bare route: ``python -m bench.api``.

Ours is ``GET /v1/me`` with everything the door does: key and member read, HMAC, window, limit, the nonce committed to
disk (SQLite, synchronous=FULL). Bare is a FastAPI route that answers the same JSON and does nothing. Both run under
uvicorn in a process of their own and are asked by the same client over as many connections; the ratio is what counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI

from app.container import open_container
from core.crypto import request_signature
from core.settings import Settings
from store.migrate import upgrade
from web.app import create_app
from web.limits import PER_MINUTE, Limits

ANSWER = {
    "workspace": "ws_1",
    "key": {"id": "key_1", "public": "pk", "name": "n", "mode": "test", "scopes": []},
    "role": "owner",
}


def settings_in(folder: str) -> Settings:
    return replace(Settings.load({"OPSIQ_DATA": folder, "OPSIQ_ADDRESS_LIMIT_PER_MIN": "0"}), workers=0)


def serve(what: str, folder: str) -> None:
    if what == "bare":
        app = FastAPI()

        @app.get("/v1/me")
        async def me() -> dict[str, Any]:
            return ANSWER
    else:
        much = Limits(per_minute=dict.fromkeys(PER_MINUTE, 10_000_000))
        app = create_app(open_container(settings_in(folder)), limits=much)
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(json.dumps(listening.getsockname()[1]), flush=True)
    server = uvicorn.Server(uvicorn.Config(app, http="h11", log_config=None, access_log=False, lifespan="on"))
    asyncio.run(server.serve(sockets=[listening]))


async def founded(folder: str) -> tuple[str, str]:
    settings = settings_in(folder)
    await upgrade(settings.database_url)
    async with open_container(settings) as container:
        owner = await container.workspace_admin.create_workspace(
            "Bench", email="b@bench.test", person="b", password="correct horse battery"
        )
        row, secret = await container.key_admin.create_key(owner, "bench", scopes=["me:read"], mode="live")
    return row.public, secret


async def rate(port: int, key: tuple[str, str] | None, connections: int, seconds: float) -> tuple[float, float]:
    """Requests a second, and the median milliseconds of one."""
    took: list[float] = []

    async def one(session: aiohttp.ClientSession, until: float) -> None:
        while (began := time.perf_counter()) < until:
            headers = {}
            if key:
                headers["Authorization"] = request_signature.make_header(
                    key[1],
                    ts=int(time.time()),
                    nonce=request_signature.make_nonce(),
                    key=key[0],
                    method="GET",
                    path="/v1/me",
                )
            async with session.get(f"http://127.0.0.1:{port}/v1/me", headers=headers) as answer:
                body = await answer.read()
                assert answer.status == 200, body
            took.append(time.perf_counter() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:
        await asyncio.gather(*(one(session, time.perf_counter() + 0.5) for _ in range(connections)))
        took.clear()
        began = time.perf_counter()
        await asyncio.gather(*(one(session, began + seconds) for _ in range(connections)))
        spent = time.perf_counter() - began
    return len(took) / spent, sorted(took)[len(took) // 2] * 1000


def one_side(
    what: str, key: tuple[str, str] | None, folder: str, connections: int, seconds: float
) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.api", "--serve", what, "--folder", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        found = asyncio.run(rate(port, key, connections, seconds))
        process.terminate()
    return found


def measured(seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        key = asyncio.run(founded(folder))
        print("connections   bare/s   signed/s   ratio   bare ms   signed ms")
        for connections in (1, 16, 64):
            bare, bare_ms = one_side("bare", None, folder, connections, seconds)
            signed, signed_ms = one_side("signed", key, folder, connections, seconds)
            row = f"{connections:>11} {bare:>8.0f} {signed:>10.0f} {signed / bare:>7.2f} {bare_ms:>9.1f} {signed_ms:>11.1f}"  # noqa: E501
            print(row, flush=True)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", choices=("bare", "signed"))
    parser.add_argument("--folder", default="")
    parser.add_argument("--seconds", type=float, default=3.0)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.folder)
    else:
        sys.exit(measured(arguments.seconds))
