"""Idempotency keys (docs/reference/wire.md §3): the answer to a POST is stored in the transaction of its effect.

A record belongs to its caller: another caller with the same Idempotency-Key finds nothing. Before a replay the route
checks signature, scope, role, and ``check`` (whether the named thing exists for this caller). Secrets are never kept:
retries of an answer with a secret get a refusal that says what was made and that its secret isn't shown again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

import store.requests.idempotency
from agent.pipeline import Refusal
from store.database import after_commit
from store.requests.idempotency import IdempotencyRow, KeyClaim
from web import problem
from web.auth import Caller, get_container
from web.problem import Problem, make_refusal_response

_KEY: Final = re.compile(r"[A-Za-z0-9_.:-]{1,255}")
STALE: Final = timedelta(seconds=15)
"""Age after which a claim without an answer can be taken over, since its process was probably killed. A request that
takes longer loses nothing if it is overtaken: only one of the two can commit."""
KEPT: Final = timedelta(hours=24)
Effect = TypeVar("Effect")
"""The result of an act: a run, an event, a rule."""
TransactionHook = Callable[[AsyncSession, Effect], Coroutine[Any, Any, None]]
"""Runs in the effect's own transaction."""
Check = Callable[[], Awaitable[object]]
"""Checks that the object named by a route exists for its caller. Raises NotFound, Forbidden."""
_SHOWN_ONCE: Final = "secret"
"""The answer's field that is shown only once (``shows_secret``)."""


@dataclass
class Attempt:
    """One request that holds its key. ``replay`` is the answer to return instead of acting. Otherwise act, and ``keep``
    the answer within the effect."""

    request: Request
    claim: IdempotencyRow
    replay: Response | None = None
    kept: bool = False

    def keep(
        self,
        status: int | Callable[[Effect], int],
        body: Callable[[Effect], dict[str, Any]],
        *,
        shows_secret: bool = False,
    ) -> TransactionHook[Effect]:
        """The write for the effect's own transaction: keeps the sealed answer for retries. ``shows_secret``: the body
        may hold secrets, which are not kept."""

        async def in_transaction(session: AsyncSession, effect: Effect) -> None:
            number = status if isinstance(status, int) else status(effect)
            told = body(effect)
            if shows_secret:
                number, told = _without_secrets(self.request, number, told)
            sealed = get_container(self.request).box.seal(_text(told), context=_context(self.claim))
            await store.requests.idempotency.finish(session, self.claim, status=number, body=sealed)
            after_commit(session, self._is_kept)

        return in_transaction

    def _is_kept(self) -> None:
        self.kept = True


@asynccontextmanager
async def claim_once(request: Request, caller: Caller, *, check: Check | None = None) -> AsyncIterator[Attempt]:
    """Holds the request's Idempotency-Key. At the end the claim is given up unless an answer was stored: then a retry
    acts again."""
    claim = await take_claim(
        request,
        caller.actor.workspace,
        caller.key_id,
        read_key(request),
        fingerprint=_fingerprint(request, caller),
    )
    if claim.verdict != "ours":
        if check is not None:
            await check()
        yield Attempt(request, claim.row, replay(request, claim))
        return
    async with hold_claim(request, claim) as attempt:
        yield attempt


async def act_once(
    request: Request,
    caller: Caller,
    act: Callable[[TransactionHook[Effect]], Awaitable[Effect | Refusal]],
    body: Callable[[Effect], dict[str, Any]],
    *,
    status: int = 200,
    location: Callable[[Effect], str] | None = None,
    check: Check | None = None,
    shows_secret: bool = False,
) -> Response:
    """Acts once for the request's Idempotency-Key. The answer is kept for retries, without secrets. A refusal is
    returned and not kept. ``act`` includes what ``check`` does."""
    async with claim_once(request, caller, check=check) as attempt:
        if attempt.replay:
            return attempt.replay
        effect = await act(attempt.keep(status, body, shows_secret=shows_secret))
    if isinstance(effect, Refusal):
        return make_refusal_response(request, effect)
    return JSONResponse(
        body(effect), status_code=status, headers={"Location": location(effect)} if location is not None else None
    )


def replay(request: Request, claim: KeyClaim) -> Response:
    """The earlier answer to this caller under a used key. Raises Problem if the key belongs to another request or is in
    flight."""
    if claim.verdict == "unscoped":
        raise Problem(
            "idempotency_key_reused",
            "This Idempotency-Key was used before OpsIQ was brought up to date, when it was not noted by whom. "
            "Nothing was done now. "
            "See what came of it first; to act again, use a fresh key.",
        )
    if claim.verdict == "reused":
        raise Problem("idempotency_key_reused", "This Idempotency-Key belongs to another request. Use a fresh key.")
    if claim.verdict == "in_flight":
        raise Problem(
            "idempotency_in_flight",
            "A request with this Idempotency-Key is under way.",
            headers={"Retry-After": "1"},
            retryable=True,
        )
    row = claim.row
    status = row.status or 200
    return Response(
        get_container(request).box.open(row.body or "", context=_context(row)),
        status_code=status,
        media_type="application/json" if status < 400 else "application/problem+json",
        headers={"Idempotency-Replayed": "true"},
    )


def make_row(request: Request, caller: Caller, status: int) -> IdempotencyRow:
    """The record for the request's key with an effect that is written at once
    (``store.requests.idempotency.store_answers``), without its body: see ``sealed``. Raises Problem if the key is
    absent or malformed."""
    return IdempotencyRow(
        workspace=caller.actor.workspace,
        method=request.method,
        path=request.url.path,
        key=store.requests.idempotency.scope_key(caller.key_id, read_key(request)),
        fingerprint=_fingerprint(request, caller),
        owner=secrets.token_hex(16),
        state="done",
        status=status,
        created_at=get_container(request).clock(),
    )


def seal_answer(request: Request, row: IdempotencyRow, body: dict[str, Any]) -> str:
    return get_container(request).box.seal(_text(body), context=_context(row))


async def take_claim(request: Request, workspace: str, caller: str, key: str, *, fingerprint: str) -> KeyClaim:
    """Claims the ``caller``'s ``key`` for this method and path. The verdict says whether the claim succeeded."""
    container = get_container(request)
    now = container.clock()
    async with container.database.begin() as session:
        return await store.requests.idempotency.start(
            session,
            workspace=workspace,
            method=request.method,
            path=request.url.path,
            key=store.requests.idempotency.scope_key(caller, key),
            fingerprint=fingerprint,
            owner=secrets.token_hex(16),
            now=now,
            stale_before=now - STALE,
            forget_before=now - KEPT,
        )


@asynccontextmanager
async def hold_claim(request: Request, claim: KeyClaim) -> AsyncIterator[Attempt]:
    """Acts under our own claim, which is given up at the end unless an answer was kept."""
    container = get_container(request)
    attempt = Attempt(request, claim.row)
    try:
        yield attempt
    finally:
        if not attempt.kept:
            with contextlib.suppress(Exception):  # a claim left behind is taken over once it is stale
                async with container.database.begin() as session:
                    await store.requests.idempotency.forget(session, claim.row)


def read_key(request: Request) -> str:
    """The key, bare or in the quoted form of the IETF draft. Raises Problem if it is absent or malformed."""
    values = request.headers.getlist("idempotency-key")
    if not values:
        raise Problem(
            "idempotency_key_required",
            "Send an Idempotency-Key header: a fresh one for each act, the same for its retries.",
        )
    value = values[0]
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = value[1:-1]
    if not _KEY.fullmatch(value):
        raise Problem("invalid_request", "An Idempotency-Key is 1 to 255 characters of A-Z a-z 0-9 _ . : -")
    return value


def _without_secrets(request: Request, status: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The answer for retries: the same, unless it holds a secret."""
    bare = _strip_secrets(body)
    if bare == body:
        return status, body
    refusal = problem.make_body(
        request,
        "secret_shown_once",
        "This was done already, and not again. Its answer held a secret, which is shown once and not kept: "
        "'answer' is the rest. If the secret did not reach you, make a new one with a fresh Idempotency-Key.",
        status=409,
        extra={"answer": bare},
    )
    return 409, refusal


def _strip_secrets(value: Any) -> Any:
    """The same value, with null for every secret."""
    if isinstance(value, dict):
        return {name: None if name == _SHOWN_ONCE else _strip_secrets(each) for name, each in value.items()}
    return [_strip_secrets(each) for each in value] if isinstance(value, list) else value


def _text(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _context(row: IdempotencyRow) -> str:
    return f"idempotency:{row.workspace}:{row.method}:{row.path}:{row.key}"


def _fingerprint(request: Request, caller: Caller) -> str:
    """The fingerprint of a request and its caller's rights."""
    return make_fingerprint(
        caller, (request.method.encode(), request.scope["raw_path"], request.scope["query_string"], caller.body)
    )


def make_fingerprint(caller: Caller, asked: Sequence[bytes]) -> str:
    """A fingerprint of the request and of its caller's rights. With other rights it is another request, which neither
    acts again nor sees the earlier answer."""
    rights = " ".join([caller.actor.role, *sorted(caller.scopes)]).encode()
    whole = hashlib.sha256()
    for part in (*asked, rights):
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
