"""Idempotency of POSTs that act (docs/reference/wire.md §3): the answer is kept in the transaction of the effect."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

import store.idempotency
from agent.run import Run
from store.idempotency import IdempotencyRow
from web.door import Caller, house_of
from web.problem import Problem

_KEY: Final = re.compile(r"[A-Za-z0-9_.:-]{1,255}")
STALE: Final = timedelta(seconds=60)
KEPT: Final = timedelta(hours=24)


@dataclass
class Attempt:
    """One request that holds its key. ``replay`` is the answer to give instead of acting; else act, and ``keep`` within the effect."""

    claim: IdempotencyRow
    replay: Response | None = None
    kept: bool = False

    def keep(self, status: int, body: Callable[[Run], dict[str, Any]]) -> Callable[[AsyncSession, Run], Any]:
        """What to do in the effect's own transaction."""

        async def also(session: AsyncSession, run: Run) -> None:
            text = json.dumps(body(run), ensure_ascii=False, separators=(",", ":"))
            await store.idempotency.finish(session, self.claim, status=status, body=text)
            self.kept = True

        return also


@asynccontextmanager
async def once(request: Request, caller: Caller) -> AsyncIterator[Attempt]:
    """Hold the request's Idempotency-Key. Given up at the end unless an answer was kept: then a retry acts again."""
    house = house_of(request)
    key = idempotency_key(request)
    now = house.clock()
    async with house.sessions.begin() as session:
        claim = await store.idempotency.start(
            session,
            workspace=caller.actor.workspace,
            method=request.method,
            path=request.url.path,
            key=key,
            fingerprint=_fingerprint(request, caller.body),
            owner=secrets.token_hex(16),
            now=now,
            stale_before=now - STALE,
            forget_before=now - KEPT,
        )
    match claim.verdict:
        case "reused":
            raise Problem("idempotency_key_reused", "This Idempotency-Key belongs to another request. Use a fresh key.")
        case "in_flight":
            raise Problem(
                "idempotency_in_flight", "A request with this Idempotency-Key is under way.",
                headers={"Retry-After": "1"}, retryable=True,
            )  # fmt: skip
        case "done":
            row = claim.row
            replay = Response(
                row.body or "", status_code=row.status or 200, media_type="application/json",
                headers={"Idempotency-Replayed": "true"},
            )  # fmt: skip
            yield Attempt(row, replay)
            return
    attempt = Attempt(claim.row)
    try:
        yield attempt
    finally:
        if not attempt.kept:
            with contextlib.suppress(Exception):  # a claim left behind is taken over once it is stale
                async with house.sessions.begin() as session:
                    await store.idempotency.forget(session, claim.row)


def idempotency_key(request: Request) -> str:
    """The key, bare or in the quoted form of the IETF draft. Raises Problem when it is absent or malformed."""
    values = request.headers.getlist("idempotency-key")
    if not values:
        raise Problem(
            "idempotency_key_required",
            "Send an Idempotency-Key header: a fresh one for each act, the same for its retries.",
        )
    value = values[0]
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = value[1:-1]
    if len(values) > 1 or not _KEY.fullmatch(value):
        raise Problem("invalid_request", "An Idempotency-Key is 1 to 255 characters of A-Z a-z 0-9 _ . : -")
    return value


def _fingerprint(request: Request, body: bytes) -> str:
    parts = (request.method.encode(), request.scope["raw_path"], request.scope["query_string"], body)
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
