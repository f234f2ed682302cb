"""API authentication: address, signature, time window, rate limit, nonce and scope, in this order
(docs/reference/wire.md §1, §4)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import Request
from fastapi.dependencies.models import Dependant
from sqlalchemy.exc import SQLAlchemyError

from agent.runs.person_confirmation import run_url
from agent.workspace import principals
from app.container import Container
from core.actor import OWNER, Actor, Mode
from core.crypto import request_signature
from core.errors import Finding, Forbidden, InvalidInput, Unauthenticated, Unavailable, WrongMode
from core.scopes import OWNER_SCOPES, SCOPES
from registry.json_schema import pointer
from store.accounts.api_keys import KeyRow
from web.client_address import find_client, fold_address
from web.key_lookup import KeyLookup
from web.limits import LimitClass, Limits, LimitStatus, weigh_body
from web.middleware import MAX_BODY_BYTES, UPLOADS
from web.nonces import Nonces
from web.problem import Problem
from web.turns import Turns

CONFIRM: Final = "runs:confirm"
"""The scope that a key needs to confirm. It must be added on purpose, and keys from before it existed don't have it."""

_RUN_ID: Final = re.compile(r"run_[0-9A-Z]{26}")
TOUCH_EVERY: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class Caller:
    """An authenticated API key as the principal it acts as. ``body`` are the bytes that were signed."""

    actor: Actor
    scopes: frozenset[str]
    key_id: str
    public: str
    mode: Mode
    body: bytes


@dataclass(frozen=True)
class AuthRequirement:
    """What a signed route requires of its caller.

    - ``limit``: the class of rate limit. None follows the method: GETs read, everything else writes.
    - ``filters``: the route checks the names of its query parameters itself.
    - ``test``: it has a test mode, so test keys may use it. Otherwise they may only read.
    - ``text``: it has a text read, which is also limited by person and workspace.
    """

    scope: str
    limit: LimitClass | None = None
    owner: bool = False
    filters: bool = False
    test: bool = False
    text: bool = False

    def open_to_tests(self, method: str) -> bool:
        return self.test or method == "GET"

    def limit_of(self, method: str) -> LimitClass:
        return self.limit or ("reads" if method == "GET" else "writes")


def check_scopes(scopes: Collection[str], role: str) -> None:
    """Raises InvalidInput for a scope that doesn't exist, or that no key of this role can use."""
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise InvalidInput(f"There is no scope {unknown[0]!r}. Scopes are: {', '.join(SCOPES)}.")
    useless = sorted(OWNER_SCOPES.intersection(scopes)) if role != OWNER else []
    if useless:
        them = "it" if len(useless) == 1 else "them"
        raise InvalidInput(
            f"Only a key of the role {OWNER} can use {', '.join(useless)}. Leave {them} out, or give the key the role "
            f"{OWNER} instead of {role}."
        )


def get_container(request: Request) -> Container:
    container: Container = request.app.state.container
    return container


def require_signature(
    scope: str,
    limit: LimitClass | None = None,
    *,
    owner: bool = False,
    filters: bool = False,
    test: bool = False,
    text: bool = False,
) -> Callable[[Request], Awaitable[Caller]]:
    """FastAPI dependency of a signed route. Nothing of the route runs before it passes. ``owner``: only keys with that
    role. ``test``: test keys may do this too.

    Raises Unauthenticated (one uniform 401), ClockSkew, Forbidden, WrongMode, Unavailable, Problem (``rate_limited``,
    ``unsupported_media_type``).
    """
    requirement = AuthRequirement(scope, limit, owner, filters, test, text)

    async def authenticate(request: Request) -> Caller:
        caller = await authenticate_signature(request, lambda _: requirement.limit_of(request.method))
        need_scope(request, caller, scope)
        if caller.mode == "test" and not requirement.open_to_tests(request.method):
            raise WrongMode(
                "This is a test key: it reads, and tries actions and events without effect. What has effects "
                "takes a live key (pk_live_…)."
            )
        if owner and caller.actor.role != OWNER:
            raise Forbidden(f"Only keys with the role {OWNER} may do this; this one acts as {caller.actor.role}.")
        _readable(request, caller.body)
        if request.method == "GET" and not filters:
            _known(request)
        if text:
            await get_limits(request).read_text(caller.actor.workspace, caller.actor.person)
        return caller

    authenticate.__dict__["requirement"] = requirement
    return authenticate


def need_scope(request: Request, caller: Caller, scope: str) -> None:
    """Checks that a caller's key has a scope. Raises Forbidden otherwise, with what to do instead."""
    if scope in caller.scopes:
        return
    detail = f"This key lacks the scope {scope!r}."
    run_id = request.path_params.get("run_id", "")
    if scope == CONFIRM and _RUN_ID.fullmatch(run_id):
        detail += f" A person who may approve this confirms it in the console: {run_url(get_container(request).settings.base_url, run_id)}"  # noqa: E501
    raise Forbidden(detail)


def find_requirement(dependant: Dependant) -> AuthRequirement | None:
    """What ``require_signature`` requires on a route with these dependencies. None if it isn't among them."""
    waiting = [dependant]
    while waiting:
        each = waiting.pop()
        found = getattr(each.call, "__dict__", {}).get("requirement")
        if isinstance(found, AuthRequirement):
            return found
        waiting += each.dependencies
    return None


async def authenticate_signature(request: Request, limit_of: Callable[[bytes], LimitClass]) -> Caller:
    """The caller of a signed request, whatever its rights. ``limit_of`` gives the class of rate limit for a request
    with this body. Raises Unauthenticated (one uniform 401), ClockSkew, Unavailable, Problem (``rate_limited``)."""
    container, limits = get_container(request), get_limits(request)
    await limits.arrive(find_client(request))
    claim = request_signature.parse_header(request.headers.getlist("authorization"))
    idempotency_key = request_signature.get_single(request.headers.getlist("idempotency-key"))
    async with await _take_body_turn(request, claim):
        body = await request.body()
    # A sender may take its time with a body. So the key's rights and its nonce are checked once the body is complete.
    row, actor, secrets = await find_key(request, claim.key)
    request_signature.check(
        claim,
        secrets,
        method=request.method,
        path=request.scope["raw_path"].decode("ascii", "replace"),
        query=request.scope["query_string"].decode("ascii", "replace"),
        idempotency_key=idempotency_key,
        body=body,
    )
    request_signature.check_window(claim.ts, int(container.clock().timestamp()))
    if row is None or actor is None:
        raise Unauthenticated(request_signature.REFUSED)
    limit = limit_of(body)
    before = await limits.check(limit, row.id)
    await _once(request, row, claim.nonce)
    await count_request(request, limit, row.id, before, body)
    return Caller(actor, frozenset(row.scopes.split()), row.id, claim.key, actor.mode, body)


async def _take_body_turn(request: Request, claim: request_signature.SignedHeader) -> AbstractAsyncContextManager[None]:
    """A turn to read the body. Only an active key may have a whole document read into memory before its signature is
    checked, and one at a time from an address, because others may know its public part: they keep nobody else waiting.
    Raises ClockSkew, Unauthenticated, Unavailable."""
    if _most_of(request) <= MAX_BODY_BYTES:
        return nullcontext()
    row, actor, _ = await find_key(request, claim.key)
    if row is None or actor is None:
        raise Unauthenticated(request_signature.REFUSED)
    request_signature.check_window(claim.ts, int(get_container(request).clock().timestamp()))
    turns: Turns = request.app.state.body_turns
    return turns.take(f"{row.id} {fold_address(find_client(request))}")


def _most_of(request: Request) -> int:
    """The most bytes that the body may have: its declared length, or else its path's limit."""
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isdecimal() else UPLOADS.get(request.scope["path"], 0)


async def find_key(request: Request, public: str) -> tuple[KeyRow | None, Actor | None, Sequence[str]]:
    """The key with this public part, its principal and its active secrets. None and no secrets if there is no such key,
    or if it may not be used."""
    container = get_container(request)
    now = container.clock()
    holders: KeyLookup = request.app.state.holders
    row, member = await holders.of(public) or (None, None)
    actor = principals.make_key_actor(row, member, now) if row else None
    sealed = row.secrets(now) if row else ()
    return row, actor, [container.box.open(each, context=f"key:{public}").decode() for each in sealed]


async def count_request(request: Request, limit: LimitClass, who: str, before: LimitStatus | None, body: bytes) -> None:
    """Charges an authenticated request to ``who``'s limit by the length of its body, and reports the rest of it in the
    answer."""
    standing = await get_limits(request).charge(limit, who, before, weight=weigh_body(len(body)))
    if standing is not None:
        request.state.headers = standing.headers()


async def _once(request: Request, row: KeyRow, nonce: str) -> None:
    now = get_container(request).clock()
    used = row.last_used_at
    touch = row.id if used is None or now - used >= TOUCH_EVERY else None
    try:
        fresh = await _nonces(request).take(row.public, nonce, now, touch=touch)
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable("The nonce store does not answer, so the request can't be let through. Try again.") from error
    if not fresh:
        raise Unauthenticated(request_signature.REFUSED)


def _known(request: Request) -> None:
    """Refuses a query parameter that nobody reads: a misspelt filter would otherwise return everything."""
    known: set[str] = set()
    waiting = [request.scope["route"].dependant]
    while waiting:
        each = waiting.pop()
        known |= {field.alias for field in each.query_params}
        waiting += each.dependencies
    for name in request.query_params:
        if name not in known:
            takes = f"It takes: {', '.join(sorted(known))}." if known else "It takes none."
            detail = f"This endpoint has no query parameter {name!r}. {takes}"
            raise InvalidInput(
                detail, findings=[Finding(pointer.join_pointer("query", name), "unknown_parameter", detail)]
            )


def _readable(request: Request, body: bytes) -> None:
    """Refuses a body that isn't JSON, which no endpoint takes."""
    if not body:
        return
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem("unsupported_media_type", "Send the body as it is, without Content-Encoding.")
    kinds = request.headers.getlist("content-type")
    kind, _, more = (kinds[0] if len(kinds) == 1 else "").partition(";")
    if kind.strip().lower() != "application/json" or more.strip().lower() not in ("", "charset=utf-8"):
        raise Problem("unsupported_media_type", "Send the body as Content-Type: application/json, in UTF-8.")


def get_limits(request: Request) -> Limits:
    limits: Limits = request.app.state.limits
    return limits


def _nonces(request: Request) -> Nonces:
    nonces: Nonces = request.app.state.nonces
    return nonces
