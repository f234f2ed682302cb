"""HTTP application of the demo platform: a read API with a bearer token, signed action calls, pages for people."""

from __future__ import annotations

import hmac
import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from demo import calls, changes, pages, problem, reads
from demo.database import open_transaction
from demo.faults import Cutting, Faults
from demo.problem import Refused
from demo.seed import write_time

MAX_BODY_BYTES: Final = 256 * 1024


def create_app(
    connection: sqlite3.Connection,
    *,
    secrets: Sequence[str],
    token: str,
    faults: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ASGIApp:
    """The whole service. ``secrets`` are ``whsec_…``, more than one while one is being rotated; ``token`` opens
    ``/api``."""
    doors = _Doors(connection, secrets, token, clock)
    routes = [
        Route("/api/{collection}", doors.listed),
        Route("/api/{collection}/{key:path}", doors.one),
        Route("/opsiq/actions/{action}", doors.call, methods=["POST"]),
        Route("/webhook", doors.listen, methods=["PUT"]),
        Route("/ledger", doors.ledger),
        Route("/style.css", lambda _: Response(pages.load_style(), media_type="text/css")),
        Route("/health", lambda _: PlainTextResponse("ok")),
        Route("/", doors.overview),
        *(Route(f"/{name}", doors.page) for name in pages.COLUMNS),
    ]
    handlers = {Refused: _refusal}
    if not faults:
        return Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]
    trouble = Trouble(doors)
    routes.insert(0, Route("/faults", trouble.queue, methods=["POST"]))
    routes.insert(0, Route("/api/{collection}/{key}", trouble.change, methods=["PATCH"]))
    return Cutting(Starlette(routes=routes, exception_handlers=handlers), trouble.faults)  # type: ignore[arg-type]


class _Doors:
    def __init__(
        self, connection: sqlite3.Connection, secrets: Sequence[str], token: str, clock: Callable[[], datetime]
    ) -> None:
        self.connection = connection
        self._secrets = secrets
        self._token = token
        self._clock = clock

    async def listed(self, request: Request) -> Response:
        self.admit(request)
        collection = reads.find_collection(request.path_params["collection"])
        return JSONResponse({"items": reads.search_rows(self.connection, collection, request.query_params)})

    async def one(self, request: Request) -> Response:
        self.admit(request)
        collection = reads.find_collection(request.path_params["collection"])
        return JSONResponse(reads.read_one(self.connection, collection, request.path_params["key"]))

    async def call(self, request: Request) -> Response:
        """Receives an action call: its raw bytes are verified before anything in them is believed."""
        fault = request.scope.get("demo.fault")
        if fault is not None and fault.status is not None:
            raise Refused(fault.status, "fault", "This answer was asked for by a test.")
        action = request.path_params["action"]
        at = write_time(self._clock())
        body = await read_body(request)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        try:
            call = calls.verify_call(self._secrets, headers, body, action)
        except Refused as refused:
            calls.reject(self.connection, action, refused.detail, at)
            raise
        answer = calls.run_once(self.connection, action, call, body, at)
        media = "application/json" if answer.status < 400 else "application/problem+json"
        replayed = {"idempotency-replayed": "true"} if answer.replayed else {}
        return Response(answer.body, answer.status, headers=replayed, media_type=media)

    async def listen(self, request: Request) -> Response:
        """Sets the webhook listener from ``{"url", "secret"}``: every change is sent to this address, signed with the
        secret. ``{"url": null}``: nobody any more."""
        self.admit(request)
        wanted = await _json(request)
        if not isinstance(wanted, dict):
            raise Refused(400, "bad_json", "The body must be an object.")
        url, secret = wanted.get("url"), wanted.get("secret")
        if url is not None and not (isinstance(url, str) and isinstance(secret, str) and secret.startswith("whsec_")):
            raise Refused(422, "bad_listener", "A listener has a url and a secret that starts with whsec_.")
        changes.listen(self.connection, url, secret if url else None)
        return JSONResponse({"listening": url})

    async def ledger(self, request: Request) -> Response:
        """A page, or JSON for ``Accept: application/json`` and ``?format=json``."""
        if request.query_params.get("format") == "json" or "application/json" in request.headers.get("accept", ""):
            return JSONResponse(calls.list_ledger(self.connection))
        return pages.show_ledger(self.connection)

    async def overview(self, _request: Request) -> Response:
        return pages.show_overview(self.connection)

    async def page(self, request: Request) -> Response:
        return pages.show_collection(self.connection, request.url.path.strip("/"))

    def admit(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
            raise Refused(401, "unauthenticated", "Send the token as 'Authorization: Bearer …'.")


class Trouble:
    """Test controls: queue faults, and change a row without any rule."""

    def __init__(self, doors: _Doors) -> None:
        self.faults = Faults()
        self._doors = doors

    async def queue(self, request: Request) -> Response:
        self._doors.admit(request)
        return JSONResponse({"queued": self.faults.replace(await _json(request))})

    async def change(self, request: Request) -> Response:
        """Changes columns of a row without any rule: ``PATCH /api/invoices/1042 {"total": 5000}``."""
        self._doors.admit(request)
        connection = self._doors.connection
        collection = reads.find_collection(request.path_params["collection"])
        key = request.path_params["key"]
        reads.read_one(connection, collection, key)
        changes = await _json(request)
        columns = {row["name"] for row in connection.execute(f"PRAGMA table_info({collection.table})")}
        if not isinstance(changes, dict) or not changes or not set(changes) <= columns:
            raise Refused(422, "bad_change", f"A change is an object of columns: {', '.join(sorted(columns))}.")
        marks = ", ".join(f"{name} = ?" for name in changes)
        statement = f"UPDATE {collection.table} SET {marks} WHERE {collection.key} = ?"  # noqa: S608 - known columns only
        try:
            with open_transaction(connection):
                connection.execute(statement, (*changes.values(), key))
        except sqlite3.Error as error:
            raise Refused(422, "bad_change", f"The table does not take this: {error}.") from None
        return JSONResponse(reads.read_one(connection, collection, str(changes.get(collection.key, key))))


async def read_body(request: Request) -> bytes:
    """Reads the raw body. Raises Refused: 413 beyond MAX_BODY_BYTES, before it is all read; 400 where the caller hangs
    up before its end."""
    parts = bytearray()
    try:
        async for chunk in request.stream():
            parts += chunk
            if len(parts) > MAX_BODY_BYTES:
                raise Refused(413, "too_large", f"A call has at most {MAX_BODY_BYTES} bytes.")
    except ClientDisconnect:
        raise Refused(400, "cut_short", "The body ended before it was whole.") from None
    return bytes(parts)


async def _json(request: Request) -> Any:
    try:
        return json.loads(await read_body(request))
    except (ValueError, RecursionError):
        raise Refused(400, "bad_json", "The body must be JSON.") from None


async def _refusal(_request: Request, refused: Refused) -> Response:
    return problem.answer(refused)
