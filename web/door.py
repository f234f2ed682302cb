"""Who is at the door of the API: the signature, the window, the nonce, the scope, in this order (docs/reference/wire.md §1)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

import store.keys
import store.nonces
from agent.house import House
from core import opsiq1
from core.actor import Actor
from core.errors import Forbidden, Unauthenticated, Unavailable

log = logging.getLogger(__name__)

SCOPES: Final = ("runs:read", "runs:write", "history:read", "contracts:read", "contracts:write", "me:read")
"""What a key may be allowed; ``docs/reference/api.md`` says which endpoint needs which."""


@dataclass(frozen=True)
class Caller:
    """An authenticated API key as the principal it acts as. ``body`` are the bytes that were signed."""

    actor: Actor
    scopes: frozenset[str]
    key_id: str
    public: str
    body: bytes


def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


def signed(scope: str) -> Callable[[Request], Awaitable[Caller]]:
    """The dependency of a signed route. Raises Unauthenticated (one uniform 401), ClockSkew, Forbidden, Unavailable."""

    async def authenticate(request: Request) -> Caller:
        caller = await _authenticated(request)
        if scope not in caller.scopes:
            raise Forbidden(f"This key lacks the scope {scope!r}.")
        return caller

    authenticate.__dict__["scope"] = scope
    return authenticate


async def _authenticated(request: Request) -> Caller:
    house = house_of(request)
    now = house.clock()
    claim = opsiq1.parse_header(request.headers.getlist("authorization"))
    idempotency_key = opsiq1.only(request.headers.getlist("idempotency-key"))
    body = await request.body()
    async with house.sessions.read() as session:
        row = await store.keys.by_public(session, claim.key)
    sealed = row.secrets(now) if row else ()
    secrets = [house.box.open(each, context=f"key:{claim.key}").decode() for each in sealed]
    opsiq1.check(
        claim,
        secrets,
        method=request.method,
        path=request.scope["raw_path"].decode("ascii", "replace"),
        query=request.scope["query_string"].decode("ascii", "replace"),
        idempotency_key=idempotency_key,
        body=body,
    )
    assert row is not None
    opsiq1.check_window(claim.ts, int(now.timestamp()))
    try:
        async with house.sessions.begin() as session:
            fresh = await store.nonces.insert(session, claim.key, claim.nonce, now)
            await store.keys.touch(session, row.id, now)
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The nonce store does not answer, so the request can't be let through. Try again.") from error
    if not fresh:
        raise Unauthenticated("This nonce was used before. Sign every request, retries too, with a fresh one.")
    actor = Actor(row.workspace, row.id, "key", row.name, row.role, row.person)
    return Caller(actor, frozenset(row.scopes.split()), row.id, claim.key, body)


def as_json(caller: Caller) -> dict[str, Any]:
    return {
        "workspace": caller.actor.workspace,
        "key": {
            "id": caller.key_id,
            "public": caller.public,
            "name": caller.actor.name,
            "scopes": sorted(caller.scopes),
        },
        "role": caller.actor.role,
    }
