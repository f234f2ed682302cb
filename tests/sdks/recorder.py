"""A proxy that keeps every request as it came, byte for byte, and makes trouble on demand."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_HEAD = 65_536


@dataclass(frozen=True)
class Recorded:
    """``head`` are the bytes of request line and headers."""

    at: float
    head: bytes
    body: bytes

    @property
    def method(self) -> str:
        return self.line[0]

    @property
    def target(self) -> str:
        return self.line[1]

    @property
    def line(self) -> list[str]:
        return self.head.split(b"\r\n", 1)[0].decode("ascii").split(" ")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names as sent, lower-cased; in the order in which they came."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = [line.partition(":") for line in lines if line]
        return [(name.lower(), value.strip(" ")) for name, _, value in pairs]

    def header(self, name: str) -> str | None:
        found = [value for each, value in self.headers if each == name]
        assert len(found) <= 1, f"{name} stands {len(found)} times"
        return found[0] if found else None


@dataclass
class Recorder:
    """``trouble``, one for each request to come: an answer of its own (``status``, ``headers``, ``body``), ``drop``,
    ``lose`` (the server's answer is kept in ``lost`` and not passed on), or ``stall_s``."""

    upstream: tuple[str, int]
    recorded: list[Recorded] = field(default_factory=list)
    trouble: deque[Mapping[str, Any]] = field(default_factory=deque)
    lost: Any = None
    faults: list[BaseException] = field(default_factory=list)
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def take(self) -> list[Recorded]:
        taken, self.recorded = self.recorded, []
        return taken

    def serve(self, connection: socket.socket) -> None:
        connection.settimeout(60)
        with connection:
            rest = b""
            while not self.closing.is_set():
                while b"\r\n\r\n" not in rest:
                    assert len(rest) < MAX_HEAD
                    part = connection.recv(65_536)
                    if not part:
                        return
                    rest += part
                head, _, rest = rest.partition(b"\r\n\r\n")
                length = _length(head)
                while len(rest) < length:
                    rest += connection.recv(65_536)
                body, rest = rest[:length], rest[length:]
                self.recorded.append(Recorded(time.monotonic(), head, body))
                if not self._answer(connection, head, body):
                    return

    def _answer(self, connection: socket.socket, head: bytes, body: bytes) -> bool:
        """Whether the connection goes on."""
        trouble = self.trouble.popleft() if self.trouble else {}
        if "status" in trouble:
            connection.sendall(_canned(trouble))
            return True
        if "stall_s" in trouble:
            self.closing.wait(trouble["stall_s"])
            return False
        if trouble.get("drop"):
            return False
        answer = self._passed_on(head, body)
        if trouble.get("lose"):
            self.lost = json.loads(answer.partition(b"\r\n\r\n")[2] or b"null")
            return False
        connection.sendall(answer)
        return False

    def _passed_on(self, head: bytes, body: bytes) -> bytes:
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        answer = b""
        with socket.create_connection(self.upstream, timeout=60) as server:
            server.sendall(b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body)
            while part := server.recv(65_536):
                answer += part
        return answer


@contextlib.contextmanager
def recording(upstream: str) -> Iterator[Recorder]:
    """A recorder before ``upstream`` (an http address of this machine), listening at its ``url``."""
    host, _, port = upstream.removeprefix("http://").partition(":")
    recorder = Recorder((host, int(port)))
    listener = socket.create_server(("127.0.0.1", 0))
    recorder.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def served(connection: socket.socket) -> None:
        try:
            recorder.serve(connection)
        except OSError:
            pass  # the client has gone
        except BaseException as error:
            recorder.faults.append(error)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=served, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield recorder
    finally:
        recorder.closing.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    assert not recorder.faults, recorder.faults


def _length(head: bytes) -> int:
    fields = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
    assert not any(name == b"transfer-encoding" for name, _, _ in fields), (
        "a chunked body is not what the wire page shows"
    )
    lengths: Sequence[bytes] = [value for name, _, value in fields if name == b"content-length"]
    return int(lengths[0]) if lengths else 0


def _canned(trouble: Mapping[str, Any]) -> bytes:
    body = trouble.get("body", "")
    text = (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {**trouble.get("headers", {}), "Content-Length": str(len(text))}
    lines = [f"HTTP/1.1 {trouble['status']} Trouble", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + text
