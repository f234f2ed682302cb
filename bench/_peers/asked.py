"""What every peer shares when it is asked cases: one after the other, each answer kept as soon as it is there and not
asked for again."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

WORDS = (
    "You turn the person's request into a call of one of the functions. Take the arguments from the request. "
    "Leave optional arguments out unless the request gives them. If no function fits the request, call none and say so."
)
MAX_TOKENS = 400
NONE: dict[str, Any] = {
    "name": "none",
    "description": "No function fits the request.",
    "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
}
"""Offered beside the functions where a tool must be called."""
TIMEOUT_S = 600.0
GONE = (
    "URLError",
    "ConnectionRefused",
    "APIConnectionError",
    "Connection error",
    "RemoteDisconnected",
    "ConnectionReset",
)
"""Signs that the server is gone: no answer of the peer's, and nothing to be kept."""
LOOP = asyncio.Runner()
"""One for all cases: clients that a peer keeps belong to it."""
Made = tuple[list[dict[str, Any]], str]


def asked(one: Callable[[str, list[dict[str, Any]]], Awaitable[Made]]) -> None:
    """``one`` takes a request and the functions to the calls it would make, ``{name, arguments}``, and what else was
    said."""
    cases, out = Path(sys.argv[3]), Path(sys.argv[4])
    kept = {json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()} if out.exists() else set()
    for line in cases.read_text("utf-8").splitlines():
        case = json.loads(line)
        if case["id"] in kept:
            continue
        began = time.perf_counter()
        calls, text, error = [], "", ""
        try:
            calls, text = LOOP.run(_in_time(one(case["prompt"], case["functions"])))
        except Exception as failed:
            error = f"{type(failed).__name__}: {failed}"[:500]
        if any(sign in error for sign in GONE):
            raise SystemExit(error)
        ms = round((time.perf_counter() - began) * 1000)
        answer = {"id": case["id"], "calls": calls, "text": text[:500], "error": error, "ms": ms}
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(answer, ensure_ascii=False) + "\n")


async def _in_time(making: Awaitable[Made]) -> Made:
    return await asyncio.wait_for(making, TIMEOUT_S)


def server() -> tuple[str, str]:
    """The model server's address and the model's name."""
    return sys.argv[1], sys.argv[2]
