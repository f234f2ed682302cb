"""The receiving side: handlers for actions and events, each message acted on once. No framework: bytes and headers in,
a reply out."""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Optional, Protocol, TypeVar, Union

from opsiq.errors import WebhookVerificationError
from opsiq.webhooks import ActionCall, Event, Headers, Webhooks, read_message

log = logging.getLogger("opsiq")
Handler = TypeVar("Handler", bound=Callable[..., Any])
KEPT_S: Final = 3 * 86_400
"""How long answers are kept: longer than anything is sent again by itself."""
STALE_S: Final = 120
"""A claim this old is of a process that died: it is given to the next who asks."""


@dataclass(frozen=True)
class Reply:
    """What to answer over HTTP."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Refuse(Exception):
    """Raised by a handler: this will never be done. It is answered with ``status`` (4xx) and not sent again."""

    def __init__(self, detail: str, *, status: int = 422) -> None:
        super().__init__(detail)
        self.status = status


Claim = Union[Literal["fresh", "busy", "reused"], Reply]


class Store(Protocol):
    """Remembers what was done. Share one among all processes that receive."""

    def claim(self, id: str, fingerprint: str) -> Claim:
        """``fresh``: it is yours to do. ``busy``: somebody is at it. ``reused``: the id stands for another body. Else the kept reply."""  # noqa: E501

    def keep(self, id: str, reply: Reply) -> None:
        """It is done; this is what every repeat gets."""

    def release(self, id: str) -> None:
        """It was not done: the next attempt may try."""


class SqliteStore:
    """A store in one SQLite file, for the processes of one machine; ``:memory:`` for one process and tests."""

    def __init__(self, path: str, *, clock: Callable[[], float] = time.time) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._lock = threading.Lock()
        self._clock = clock
        with self._lock:
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS opsiq_received "
                "(id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, at REAL NOT NULL, status INTEGER, headers TEXT, body BLOB)"  # noqa: E501
            )

    def close(self) -> None:
        self._db.close()

    __del__ = close

    def claim(self, id: str, fingerprint: str) -> Claim:
        now = self._clock()
        with self._lock, closing(self._db.cursor()) as db:
            db.execute("DELETE FROM opsiq_received WHERE at < ?", (now - KEPT_S,))
            made = db.execute(
                "INSERT INTO opsiq_received (id, fingerprint, at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at "  # noqa: E501
                "WHERE status IS NULL AND at < ? AND fingerprint = excluded.fingerprint",
                (id, fingerprint, now, now - STALE_S),
            ).rowcount
            if made:
                return "fresh"
            row = db.execute(
                "SELECT fingerprint, status, headers, body FROM opsiq_received WHERE id = ?", (id,)
            ).fetchone()
        if row is None:
            return "busy"  # it was released in between
        if row[0] != fingerprint:
            return "reused"
        return "busy" if row[1] is None else Reply(row[1], row[3], json.loads(row[2]))

    def keep(self, id: str, reply: Reply) -> None:
        with self._lock:
            self._db.execute(
                "UPDATE opsiq_received SET status = ?, headers = ?, body = ? WHERE id = ?",
                (reply.status, json.dumps(dict(reply.headers)), reply.body, id),
            )

    def release(self, id: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM opsiq_received WHERE id = ? AND status IS NULL", (id,))


@dataclass(frozen=True)
class _Job:
    id: str
    handler: Callable[..., Any]
    argument: Union[ActionCall, Event]


class Receiver:
    """Verifies what arrives, hands it to its handler, answers. Each ``webhook-id`` is done once: a repeat gets the first reply again.

    ``secrets``: of the endpoint and of the action calls, whatever may arrive here. ``store`` None: this process's memory alone.
    Raises ConfigurationError.
    """  # noqa: E501

    def __init__(
        self,
        secrets: Any,
        *,
        store: Optional[Store] = None,
        tolerance_s: float = 300,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._webhooks = Webhooks(secrets, tolerance_s=tolerance_s, clock=clock)
        self._store: Store = store if store is not None else SqliteStore(":memory:")
        self._actions: dict[str, Callable[..., Any]] = {}
        self._events: dict[str, Callable[..., Any]] = {}

    def action(self, name: str) -> Callable[[Handler], Handler]:
        """Decorates what does the action: it takes the ActionCall, and what it returns is answered as JSON."""
        return self._registrar(self._actions, name)

    def event(self, pattern: str) -> Callable[[Handler], Handler]:
        """Decorates what reacts to events: ``invoice.paid``, ``invoice.*``, ``*``; the first registered that fits takes the Event."""  # noqa: E501
        return self._registrar(self._events, pattern)

    def handle(self, body: bytes, headers: Headers) -> Reply:
        """The answer to one request, its handler called in this thread. Never raises for what a sender or a handler does."""  # noqa: E501
        begun = self._begin(body, headers)
        if isinstance(begun, Reply):
            return begun
        try:
            result = begun.handler(begun.argument)
            if inspect.isawaitable(result):
                getattr(result, "close", lambda: None)()
                raise TypeError("The handler is asynchronous: answer with await receiver.ahandle(…).")
        except Exception as error:
            return self._failed(begun, error)
        return self._done(begun, result)

    async def ahandle(self, body: bytes, headers: Headers) -> Reply:
        """As ``handle``; the handler may be asynchronous."""
        begun = self._begin(body, headers)
        if isinstance(begun, Reply):
            return begun
        try:
            result = begun.handler(begun.argument)
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:
            return self._failed(begun, error)
        except BaseException:  # cancelled: the next attempt may try
            self._store.release(begun.id)
            raise
        return self._done(begun, result)

    def flask(self) -> Callable[[], Any]:
        """A Flask view: ``app.post("/opsiq")(receiver.flask())``."""
        from flask import Response, request

        def opsiq_receiver() -> Response:
            reply = self.handle(request.get_data(), request.headers)
            return Response(reply.body, reply.status, dict(reply.headers))

        return opsiq_receiver

    def django(self) -> Callable[..., Any]:
        """A Django view, exempt from CSRF tokens (the signature is what is believed):
        ``path("opsiq", receiver.django())``."""
        from django.http import HttpResponse
        from django.views.decorators.csrf import csrf_exempt
        from django.views.decorators.http import require_POST

        def opsiq_receiver(request: Any) -> Any:
            reply = self.handle(request.body, request.headers)
            return HttpResponse(reply.body, status=reply.status, headers=dict(reply.headers))

        view: Callable[..., Any] = csrf_exempt(require_POST(opsiq_receiver))
        return view

    def fastapi(self) -> Callable[..., Any]:
        """An endpoint of FastAPI and Starlette, for handlers of both kinds: ``app.post("/opsiq")(receiver.fastapi())``."""  # noqa: E501
        from starlette.requests import Request
        from starlette.responses import Response

        async def opsiq_receiver(request: Any) -> Any:
            reply = await self.ahandle(await request.body(), request.headers)
            return Response(reply.body, reply.status, dict(reply.headers))

        opsiq_receiver.__annotations__ = {"request": Request, "return": Response}  # FastAPI reads what they are
        return opsiq_receiver

    def _registrar(self, table: dict[str, Callable[..., Any]], name: str) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            table[name] = handler
            return handler

        return register

    def _begin(self, body: bytes, headers: Headers) -> Union[Reply, _Job]:
        try:
            message = self._webhooks.verify(body, headers)
            argument = read_message(message)
        except WebhookVerificationError as error:
            log.warning("refused a webhook: %s (%s)", error, error.reason)
            if error.reason == "not_expected":
                return _problem(400, "It is signed, and neither an event nor an action call.")
            return _problem(401, "This is not a message of OpsIQ's.")
        handler = self._handler(argument)
        if handler is None:
            return _problem(404, "Nothing here does this action.") if isinstance(argument, ActionCall) else Reply(204)
        claim = self._store.claim(message.id, hashlib.sha256(message.body).hexdigest())
        if isinstance(claim, Reply):
            return replace(claim, headers={**claim.headers, "Idempotency-Replayed": "true"})
        if claim == "busy":
            return replace(_problem(503, "It is being done."), headers={**_PROBLEM, "Retry-After": "1"})
        if claim == "reused":
            return _problem(422, "This webhook-id came with another body before.")
        return _Job(message.id, handler, argument)

    def _handler(self, argument: Union[ActionCall, Event]) -> Optional[Callable[..., Any]]:
        if isinstance(argument, ActionCall):
            return self._actions.get(argument.action)
        return next((each for pattern, each in self._events.items() if _fits(argument.type, pattern)), None)

    def _done(self, job: _Job, result: Any) -> Reply:
        try:
            reply = _reply(result)
        except Exception as error:
            # What was to be done is done; doing it again for want of a readable answer would be worse.
            log.exception("the handler's result can't be answered", exc_info=error)
            reply = Reply(204)
        self._store.keep(job.id, reply)
        return reply

    def _failed(self, job: _Job, error: Exception) -> Reply:
        if isinstance(error, Refuse):
            reply = _problem(error.status, str(error))
            self._store.keep(job.id, reply)
            return reply
        log.error("the handler of %s failed", job.id, exc_info=error)
        self._store.release(job.id)
        return _problem(500, "It was not done.")


def _fits(name: str, pattern: str) -> bool:
    """``*`` is one word, as the last word all that follow (docs/guide/webhooks.md)."""
    *first, last = ("[^.]+" if word == "*" else re.escape(word) for word in pattern.split("."))
    return re.fullmatch(r"\.".join([*first, ".+" if last == "[^.]+" else last]), name, re.DOTALL) is not None


_PROBLEM: Final = {"Content-Type": "application/problem+json"}


def _reply(result: Any) -> Reply:
    if isinstance(result, Reply):
        return result
    if result is None:
        return Reply(204)
    return Reply(
        200,
        json.dumps(result, ensure_ascii=False, allow_nan=False).encode("utf-8"),
        {"Content-Type": "application/json"},
    )


def _problem(status: int, detail: str) -> Reply:
    return Reply(status, json.dumps({"status": status, "detail": detail}).encode(), _PROBLEM)
