"""Demo platform process: ``python -m demo``. Prints one JSON line when it listens, then nothing."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from demo.app import create_app
from demo.database import connect
from demo.seed import SEED_NOW, fill
from demo.webhooks import send_webhooks

TOKEN_VARIABLE = "DEMO_TOKEN"  # noqa: S105 - the variable's name
SECRET_VARIABLE = "DEMO_SECRET"  # noqa: S105 - the variable's name


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments(argv)
    connection, fresh = connect(args.data)
    if fresh:
        fill(connection, args.seed_now)
    app = create_app(connection, secrets=args.secret, token=args.token, faults=args.faults)
    family = socket.AF_INET6 if ":" in args.host else socket.AF_INET
    # The protocol is named so that asyncio sets TCP_NODELAY; without it every answer waits 40 ms for an ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((args.host, args.port))
    except OSError as error:
        sys.stderr.write(f"Can't listen on {args.host}:{args.port}: {error}\n")
        return 1
    listening.listen(128)
    config = uvicorn.Config(
        app,
        http="h11",
        log_level="error",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    asyncio.run(_serve(_Announcing(config, _url(args.host, listening.getsockname()[1])), listening, connection))
    connection.close()
    return 0


class _Announcing(uvicorn.Server):
    """A server that prints its address when it listens."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(json.dumps({"ready": True, "url": self._url, "pid": os.getpid()}) + "\n")
        sys.stdout.flush()


async def _serve(server: uvicorn.Server, listening: socket.socket, connection: sqlite3.Connection) -> None:
    sending = asyncio.create_task(send_webhooks(connection))
    try:
        await server.serve(sockets=[listening])
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description="A small SaaS platform that OpsIQ operates.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--data", type=Path, required=True, help="its SQLite file; made and filled if it is not there")
    parser.add_argument(
        "--secret",
        action="append",
        metavar="whsec_…",
        help=f"secret of the action calls, twice while it is rotated (or {SECRET_VARIABLE})",
    )
    parser.add_argument("--token", help=f"bearer token of the read API (or {TOKEN_VARIABLE})")
    parser.add_argument(
        "--seed-now",
        type=_moment,
        default=SEED_NOW,
        metavar="ISO",
        help=f"the present that the first data is told from (default: {SEED_NOW.isoformat()})",
    )
    parser.add_argument("--faults", action="store_true", help="open POST /faults and PATCH /api/…, for tests")
    args = parser.parse_args(argv)
    args.secret = args.secret or os.environ.get(SECRET_VARIABLE, "").split()
    args.token = args.token or os.environ.get(TOKEN_VARIABLE, "")
    if not args.token or not args.secret:
        parser.error(f"a token and a secret are needed (--token, --secret, or {TOKEN_VARIABLE} and {SECRET_VARIABLE})")
    if not all(secret.startswith("whsec_") for secret in args.secret):
        parser.error("a secret starts with whsec_")
    return args


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main())
