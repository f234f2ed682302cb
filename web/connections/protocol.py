"""HTTP/1.1 protocol: uvicorn's over h11, with strict heads and timeouts for slow clients.

uvicorn only limits the time between two requests. A head, a body, or an unread answer takes as long as the client
likes. Here each has a timeout. After its time, a body must come at ``MIN_BODY_BYTES_S``. An answer must be read at some
pace.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from core import ids, metrics
from web.connections.head import StrictReceiveBuffer
from web.connections.limits import ConnectionLimits

log = logging.getLogger("opsiq.web.connections")

MIN_BODY_BYTES_S: Final = 4096
MIN_READ_BYTES: Final = 16 * 1024
"""Bytes of an answer that a slow client must read within each time limit."""
LINGER_S: Final = 5.0
LINGER_BYTES: Final = 16 * 1024 * 1024
"""Limits of time and bytes for a client that still sends a body after the answer. A client that reads only afterwards
still gets its answer."""
STOPPING_READ_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Timeouts in seconds. ``head_s``: for a request's head. ``body_s``: for its body, or more if it comes fast enough.
    ``read_s``: within which some of an answer is read."""

    head_s: float = 10.0
    body_s: float = 20.0
    read_s: float = 30.0


class HttpProtocol(H11Protocol):
    """One HTTP/1.1 connection. ``sweep`` is called about once a second and closes it after a timeout."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        limits: ConnectionLimits,
        timeouts: Timeouts,
    ) -> None:
        super().__init__(config, server_state, app_state)
        self.conn._receive_buffer = StrictReceiveBuffer()
        self._limits, self._timeouts = limits, timeouts
        self._evicted = False
        self._head_since: float | None = self.loop.time()
        self._body_of: RequestResponseCycle | None = None
        self._body_since = 0.0
        self._body_bytes = 0
        self._answered_at: float | None = None
        self._unread: tuple[float, int] | None = None
        """When the present time limit began, and how many bytes were unread then."""

    def evict(self) -> None:
        self._evicted = True
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._evicted:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._limits.gone(self)
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # uvicorn lets it run out after a broken connection

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look(len(data))

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look(0)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._limits.waits(self)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unread = None
        self._look(0)

    def shutdown(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()

    def sweep(self, now: float, since_last_s: float, *, stopping: bool) -> None:
        """Closes the connection if its client is over a timeout."""
        if self._is_stalled(now, STOPPING_READ_S if stopping else self._timeouts.read_s):
            self._cut("not_read")
        elif self.transport.is_closing():
            return
        elif self._is_answering():
            if self._body_of is not self.cycle or not self.cycle.more_body:
                return
            if self.flow.read_paused:  # the server is the slow one
                self._body_since += since_last_s
            else:
                self._limit_body(now)
        elif self._answered_at is not None and self.conn.their_state is h11.SEND_BODY:
            if now - self._answered_at > LINGER_S or self._body_bytes > LINGER_BYTES:
                self._cut("body_after_answer")
        elif self._head_since is not None and now - self._head_since > self._timeouts.head_s:
            if self.conn._receive_buffer:
                self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request's head did not come in time.", "head_timeout")
            else:
                self._cut("head_timeout")

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn while it handles h11's RemoteProtocolError."""
        error = sys.exception()
        status = HTTPStatus(getattr(error, "error_status_hint", 400))
        self._refuse(status, str(error) if isinstance(error, h11.RemoteProtocolError) else msg, "bad_request")

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _look(self, came: int) -> None:
        """Updates what the connection waits for and since when, after something came or was answered."""
        now = self.loop.time()
        if self._is_answering():
            self._head_since = self._answered_at = None
            if not self.cycle.more_body:
                self._limits.works(self)
                return
            if self._body_of is self.cycle:
                self._body_bytes += came
            else:
                self._body_of, self._body_since, self._body_bytes = self.cycle, now, 0
            (self._limits.works if self.flow.read_paused else self._limits.waits)(self)
            return
        self._limits.waits(self)
        if self.conn.their_state is h11.SEND_BODY:
            self._body_bytes += came
            if self._answered_at is None:
                self._answered_at = now
        elif self._head_since is None and (self.conn._receive_buffer or self.timeout_keep_alive_task is None):
            self._head_since = now  # uvicorn's own timer runs only until something comes

    def _limit_body(self, now: float) -> None:
        if now - self._body_since > self._timeouts.body_s + self._body_bytes / MIN_BODY_BYTES_S:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request's body did not come in time.", "body_timeout")

    def _is_stalled(self, now: float, within_s: float) -> bool:
        """Whether too little of an answer was read since the last check that counts."""
        size = self.transport.get_write_buffer_size()
        if not size or not (self.flow.write_paused or self.transport.is_closing() or not self._is_answering()):
            self._unread = None
            return False
        if self._unread is None or self._unread[1] - size >= MIN_READ_BYTES:
            self._unread = (now, size)
            return False
        return now - self._unread[0] > within_s

    def _cut(self, why: str) -> None:
        metrics.CONNECTIONS_CLOSED.labels(why).inc()
        self.transport.abort()

    def _refuse(self, status: HTTPStatus, detail: str, why: str) -> None:
        """Answers with a problem if nothing was answered yet, and closes."""
        metrics.CONNECTIONS_CLOSED.labels(why).inc()
        self._unset_keepalive_if_required()
        if self._is_answering():
            self.cycle.disconnected = True  # the application learns that its client is gone, and answers nobody
            self.cycle.message_event.set()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE) or self.transport.is_closing():
            self.transport.abort()
            return
        request_id = ids.make_id("req")
        problem = {
            "type": "https://opsiq.invalid/problems/invalid_request",
            "title": status.phrase,
            "status": int(status),
            "detail": detail,
            "instance": self.cycle.scope["path"] if self._is_answering() else "",
            "code": "invalid_request",
            "request_id": request_id,
            "retryable": status is HTTPStatus.REQUEST_TIMEOUT,
        }
        log.info("a request was refused: %s", detail, extra={"request_id": request_id, "status": int(status)})
        raw = json.dumps(problem).encode()
        headers = [
            (b"content-type", b"application/problem+json"), (b"content-length", str(len(raw)).encode()),
            (b"x-content-type-options", b"nosniff"), (b"x-request-id", request_id.encode()), (b"connection", b"close"),
        ]  # fmt: skip
        for event in (
            h11.Response(status_code=int(status), headers=headers, reason=status.phrase.encode()),
            h11.Data(data=raw),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event))
        self.transport.close()
