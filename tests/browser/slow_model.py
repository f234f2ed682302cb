"""A model behind a real OpenAI endpoint that answers when it is let: what a person waits for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class SlowModel:
    """``let`` opens it. ``asked`` counts the questions, ``gone`` those whose asker had hung up before the answer."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.asked = threading.Semaphore(0)
        self.answer: dict[str, Any] = {"call": {"action": "none"}}
        self.gone = 0
        self.url = ""


@contextmanager
def slow_model() -> Iterator[SlowModel]:
    made = SlowModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            made.asked.release()
            made.let.wait(300)
            message = {"role": "assistant", "content": json.dumps(made.answer)}
            said = json.dumps(
                {
                    "id": "chatcmpl-1",
                    "object": "chat.completion",
                    "created": 1,
                    "model": body["model"],
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
                }
            ).encode()
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)
            except OSError:
                made.gone += 1

        def log_message(self, *_: object) -> None:
            """The test says what it wants to be seen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield made
    finally:
        made.let.set()
        server.shutdown()
        server.server_close()
