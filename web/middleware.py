"""Request middleware: a request id, a limit on the body, and security headers."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import ids, metrics
from core.logs import bound
from core.traces import open_span

log = logging.getLogger("opsiq.access")

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MAX_BODY_BYTES: Final = 1024 * 1024
STRANGERS_BYTES: Final = 32 * 1024
STRANGERS: Final = frozenset({"/join", "/set-up", "/sign-in", "/theme"})
"""Paths with a short form for people who aren't signed in."""
UPLOADS: Final[Mapping[str, int]] = {
    "/evals": 16 * 1024 * 1024,
    "/import": 16 * 1024 * 1024,
    "/import/review": 8 * 1024 * 1024,
    "/import/sign": 8 * 1024 * 1024,
    "/v1/imports/openapi": 16 * 1024 * 1024,
}
"""Paths that accept a document, with their size limit. The routes themselves check the person, and limit the size
again."""
SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"font-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
)


HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
"""HSTS for a year, and only for this host, since its subdomains may not be ours."""


def make_security_headers(scope: Scope) -> Sequence[tuple[bytes, bytes]]:
    """Security headers of every answer. HSTS (RFC 6797) is included if people reach this server by https."""
    container = getattr(getattr(scope.get("app"), "state", None), "container", None)
    return (*SECURITY, HSTS) if container is not None and container.settings.https else SECURITY


class RequestMiddleware:
    """ASGI middleware without buffering, so that streamed answers stay streams. Logs method, path, status, ms and
    request id, and never a query or body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = ids.make_id("req")
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def respond(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                headers.append((b"x-request-id", request_id.encode()))
                told: dict[str, str] = scope["state"].get("headers", {})
                headers += [
                    (name.lower().encode(), value.encode())
                    for name, value in told.items()
                    if name.lower().encode() not in present
                ]
                headers += [pair for pair in make_security_headers(scope) if pair[0] not in present]
                message = {**message, "headers": headers}
            await send(message)

        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        most = STRANGERS_BYTES if scope["path"] in STRANGERS else UPLOADS.get(scope["path"], MAX_BODY_BYTES)
        if not declared.isdigit() or int(declared) > most:
            await _too_large(request_id, scope["path"], most, respond)
            return
        odd = _explain_odd_address(scope.get("raw_path", b"") + b"?" + scope["query_string"])
        if odd:
            await _refuse(request_id, scope["path"], respond, 400, "invalid_request", _UNREADABLE, odd)
            return
        seen = 0

        async def bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _TooLarge
            return message

        with bound(request_id=request_id), open_span(scope["method"], request_id=request_id) as mark:
            try:
                await self._app(scope, bounded, respond)
            except _TooLarge:
                if not status:
                    await _too_large(request_id, scope["path"], most, respond)
            except asyncio.CancelledError:
                if status:
                    raise  # an answer that has begun is cut off, which the client notices
                await _stopping(request_id, scope["path"], respond)
            finally:
                took_s = time.perf_counter() - started
                route = getattr(scope.get("route"), "path", "none")
                method = scope["method"] if scope["method"] in _METHODS else "other"
                metrics.REQUESTS.labels(method, route, status).inc()
                metrics.REQUEST_S.labels(method, route).observe(took_s)
                if mark is not None:
                    mark.update_name(f"{method} {route}")
                    mark.set_attribute("http.response.status_code", status)
                log.info("%s %s %s %.1f ms", scope["method"], scope["path"], status, took_s * 1000)


_UNREADABLE: Final = "The request can't be read"


class _TooLarge(Exception):
    """Raised by ``receive`` if the body is longer than declared."""


async def _too_large(request_id: str, path: str, most: int, send: Send) -> None:
    detail = f"A request body has at most {most} bytes."
    await _refuse(request_id, path, send, 413, "body_too_large", "Too large", detail)


async def _stopping(request_id: str, path: str, send: Send) -> None:
    """Answers for a request that a stopping server cancels at its time limit. Its effects, if any, have its
    Idempotency-Key."""
    detail = (
        "The server is shutting down and did not finish this in time. Send it again, with the same Idempotency-Key."
    )
    headers = ((b"retry-after", b"1"), (b"connection", b"close"))
    await _refuse(request_id, path, send, 503, "unavailable", "Try again", detail, retryable=True, headers=headers)


def _explain_odd_address(address: bytes) -> str:
    """Why an address is refused, or an empty text. Addresses are ASCII (RFC 3986): later decoding would fail on other
    bytes. No name contains a NUL, and PostgreSQL accepts none in a statement."""
    if not address.isascii():
        return "The address holds bytes outside ASCII: percent-encode them."
    return "The address holds a NUL character." if b"%00" in address else ""


async def _refuse(
    request_id: str,
    path: str,
    send: Send,
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    retryable: bool = False,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    body: dict[str, Any] = {
        "type": f"https://opsiq.invalid/problems/{code}", "title": title, "status": status, "instance": path,
        "detail": detail, "code": code, "request_id": request_id, "retryable": retryable,
    }  # fmt: skip
    raw = json.dumps(body).encode()
    told = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(raw)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": raw})
