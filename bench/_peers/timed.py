"""The clock that every peer shares: sequential requests, wall time of each, processor time of this process."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


def request(at: int) -> str:
    """Each is worded anew, so that what is remembered of the words of one helps no other."""
    return f"void INV-1051 because order {70_000 + at} was entered twice"


def given() -> tuple[str, list[dict[str, Any]], int]:
    """The model server's address, the actions, and how many requests."""
    url, actions, count = sys.argv[1:4]
    return url, json.loads(Path(actions).read_text("utf-8")), int(count)


async def timed(one: Callable[[int], Awaitable[None]], count: int) -> None:
    """Prints ``{"ms": […], "cpu_ms": …}``. ``one`` takes a request to a call that waits for a person, and says so."""
    for at in range(10):
        await one(-1 - at)
    took = []
    cpu = time.process_time()
    for at in range(count):
        began = time.perf_counter()
        await one(at)
        took.append((time.perf_counter() - began) * 1000)
    print(json.dumps({"ms": took, "cpu_ms": (time.process_time() - cpu) * 1000 / count}))
