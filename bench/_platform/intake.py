"""Events a second through the real server, beside the bare endpoint: the same signed requests to both, made before the
clock starts."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import aiohttp

from bench._platform.gauges import cpu_s
from bench.deliveries import DATA
from core.crypto import request_signature

PATH = "/v1/events/fire"
BODY = json.dumps({"event": "invoice.paid", "data": DATA}).encode()
Key = tuple[str, str]


@dataclass
class Pace:
    """One side over all rounds. ``cpu_ms``: of the server's process, for each request."""

    per_s: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def median(self) -> tuple[float, float, float]:
        return statistics.median(self.per_s), statistics.median(self.p99_ms), statistics.median(self.cpu_ms)


def headers_of(key: Key) -> dict[str, str]:
    idempotency_key = uuid.uuid4().hex
    authorization = request_signature.make_header(
        key[1],
        ts=int(time.time()),
        nonce=request_signature.make_nonce(),
        key=key[0],
        method="POST",
        path=PATH,
        idempotency_key=idempotency_key,
        body=BODY,
    )
    return {"Authorization": authorization, "Idempotency-Key": idempotency_key, "Content-Type": "application/json"}


async def fire(url: str, pid: int, keys: Sequence[Key], *, count: int, at_once: int, into: Pace) -> None:
    """``count`` events, ``at_once`` at a time."""
    turn = cycle(keys)
    left: Iterator[dict[str, str]] = iter([headers_of(next(turn)) for _ in range(count)])
    took: list[float] = []

    async def one(session: aiohttp.ClientSession) -> None:
        for headers in left:
            began = time.perf_counter()
            async with session.post(url + PATH, data=BODY, headers=headers) as answer:
                said = await answer.read()
                assert answer.status == 202, said
            took.append(time.perf_counter() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        spent, began = cpu_s(pid), time.perf_counter()
        await asyncio.gather(*(one(session) for _ in range(at_once)))
        into.per_s.append(count / (time.perf_counter() - began))
        into.cpu_ms.append((cpu_s(pid) - spent) / count * 1000)
    into.p99_ms.append(sorted(took)[int(len(took) * 0.99)] * 1000)
