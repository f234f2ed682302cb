"""An endpoint that answers with the very bytes it was told to, HTTP or not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class HostileEndpoint:
    """``answers`` are given in turn, the last one for ever; the connection is closed after each. ``got`` are the heads
    of the requests."""

    url: str
    answers: list[bytes] = field(default_factory=list)
    got: list[bytes] = field(default_factory=list)

    def heads_of(self, message_id: str) -> list[bytes]:
        return [head for head in self.got if f"webhook-id: {message_id}\r\n".encode() in head]


@contextmanager
def hostile_endpoint() -> Iterator[HostileEndpoint]:
    listening = socket.create_server(("127.0.0.1", 0))
    made = HostileEndpoint(f"http://127.0.0.1:{listening.getsockname()[1]}/hook")

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    _answer(connection)
                except OSError:
                    continue

    def _answer(connection: socket.socket) -> None:
        head, _, body = _until_the_end_of_the_head(connection).partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
        made.got.append(head + b"\r\n")
        connection.sendall(made.answers.pop(0) if len(made.answers) > 1 else made.answers[0])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(15)


def _until_the_end_of_the_head(connection: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        more = connection.recv(65536)
        if not more:
            raise OSError("closed before the head's end")
        read += more
    return read
