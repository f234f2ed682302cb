"""MCP authentication: a signed request, an API key's access token, or an access token of the issuer (OAuth 2.1).

The caller is one that the REST API knows, with at most the scopes in ``SCOPES``. Confirming is not among them, whatever
the key has.
"""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import Request

import store.accounts.api_keys
import store.accounts.identities
import store.accounts.members
from agent.workspace.principals import make_member_actor
from core.crypto import mcp_token
from core.crypto.request_signature import SCHEME
from core.errors import Unauthenticated
from store.accounts.api_keys import KeyRow
from web.auth import (
    TOUCH_EVERY,
    Caller,
    authenticate_signature,
    count_request,
    find_key,
    get_container,
    get_limits,
)
from web.client_address import find_client
from web.limits import LimitClass

PATH: Final = "/mcp"
METADATA_PATH: Final = "/.well-known/oauth-protected-resource"
SCOPES: Final = ("actions:run", "contracts:read", "runs:read", "runs:write")
"""All scopes that an MCP client can have."""
CALLER: Final = "mcp_caller"
SURFACE: Final = "mcp_surface"
"""Keys of a request's state for the caller and the surface."""
REFUSED: Final = (
    "The bearer token is of no key and no account known here. Send the MCP access token of an active API key "
    "(opsiq keys mcp-token prints it), a token of this server's issuer for this address, or sign the request."
)
UNSIGNED: Final = (
    "No access token came with this request. Send Authorization: Bearer and the MCP access token of an active API key "
    "(opsiq keys mcp-token prints it), a token of this server's issuer for this address, or sign the request."
)
_READING_TOOLS: Final = frozenset({"find_action", "run_status"})
_TYPING_TOOLS: Final = frozenset({"ask", "answer_question"})
_CHANGING_METHODS: Final = frozenset({"tasks/update", "tasks/cancel"})
_BEARER: Final = "bearer "


async def authenticate(request: Request) -> Caller:
    """The caller of one MCP request. Raises Unauthenticated, ClockSkew, Unavailable, Problem (``rate_limited``)."""
    values = request.headers.getlist("authorization")
    if len(values) == 1 and values[0][: len(_BEARER)].lower() == _BEARER:
        caller = await _find_by_token(request, values[0][len(_BEARER) :].strip())
    elif len(values) == 1 and values[0].startswith(f"{SCHEME} "):
        caller = await authenticate_signature(request, find_limit)
    else:
        await get_limits(request).arrive(find_client(request))
        raise Unauthenticated(UNSIGNED)
    return Caller(
        caller.actor, caller.scopes & frozenset(SCOPES), caller.key_id, caller.public, caller.mode, caller.body
    )


async def _find_by_token(request: Request, token: str) -> Caller:
    limits = get_limits(request)
    await limits.arrive(find_client(request))
    body = await request.body()
    public = mcp_token.read_public_part(token)
    caller, key = (
        await _authenticate_key(request, public, token, body)
        if public
        else (await _authenticate_member(request, token, body), None)
    )
    limit = find_limit(body)
    before = await limits.check(limit, caller.key_id)
    if key is not None:
        await _touch(request, key)
    await count_request(request, limit, caller.key_id, before, body)
    return caller


async def _authenticate_key(request: Request, public: str, token: str, body: bytes) -> tuple[Caller, KeyRow]:
    row, actor, secrets = await find_key(request, public)
    if not mcp_token.fits(token, secrets) or row is None or actor is None:
        raise Unauthenticated(REFUSED)
    return Caller(actor, frozenset(row.scopes.split()), row.id, public, actor.mode, body), row


async def _authenticate_member(request: Request, token: str, body: bytes) -> Caller:
    """The member of an access token from the configured issuer: the one whose account is linked to the token's
    subject."""
    container = get_container(request)
    granted = await container.issuer.authorize(token, audience=name_resource(request)) if container.issuer else None
    if granted is None or container.issuer is None:
        raise Unauthenticated(REFUSED)
    async with container.database.read() as session:
        identity = await store.accounts.identities.by_subject(session, container.issuer.issuer, granted.subject)
        if identity is None:
            raise Unauthenticated(REFUSED)
        member = await store.accounts.members.get(session, identity.workspace, identity.member_id)
    actor = make_member_actor(member)
    if actor is None:
        raise Unauthenticated(REFUSED)
    return Caller(actor, granted.scopes, member.id, member.id, actor.mode, body)


async def _touch(request: Request, key: KeyRow) -> None:
    container = get_container(request)
    now, used = container.clock(), key.last_used_at
    if used is None or now - used >= TOUCH_EVERY:
        async with container.database.begin() as session:
            await store.accounts.api_keys.touch(session, key.id, now)


def find_limit(body: bytes) -> LimitClass:
    """The class of rate limit of an MCP message. It depends on what the message does, because all are POSTs."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return "writes"
    method, params = (message.get("method"), message.get("params")) if isinstance(message, dict) else (None, None)
    if method != "tools/call":
        return "writes" if str(method) in _CHANGING_METHODS else "reads"
    name = str(params.get("name")) if isinstance(params, dict) else ""
    if name in _READING_TOOLS:
        return "reads"
    return "writes" if name in _TYPING_TOOLS else "actions"


def name_resource(request: Request) -> str:
    """This server's address as an OAuth 2.0 protected resource (RFC 9728). A token's audience must equal it."""
    return get_container(request).settings.base_url.rstrip("/") + PATH


def make_challenge(request: Request) -> str:
    """``WWW-Authenticate`` of a refusal: where a client can get a token, and the signature scheme."""
    base = get_container(request).settings.base_url.rstrip("/")
    return f'Bearer resource_metadata="{base}{METADATA_PATH}{PATH}", scope="{" ".join(SCOPES)}", {SCHEME}'


def make_metadata(request: Request) -> dict[str, Any]:
    """OAuth 2.0 protected resource metadata (RFC 9728). Without an issuer there is no authorization server to name:
    clients then send a key's token as a fixed header."""
    container = get_container(request)
    servers = [container.issuer.issuer] if container.issuer else []
    return {
        "resource": name_resource(request),
        "resource_name": "OpsIQ",
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"],
        **({"authorization_servers": servers} if servers else {}),
    }
