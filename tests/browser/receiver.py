"""An integrator's own server: it verifies what comes with the secret it was given, and answers what it is told to."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from core import webhook_signature
from core.errors import OpsIQError


class Receiver:
    """``answers`` is the status of what comes next; ``taken`` are the bodies whose signature was good, ``ids`` the ids
    they came with, ``refused`` counts the others."""

    def __init__(self) -> None:
        self.secret = ""
        self.answers = 204
        self.taken: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.refused = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
                said = b"" if status == 204 else b'{"error": "the ledger is <b>locked</b>"}'
                self.send_response(status)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        try:
            webhook_signature.verify([self.secret], headers, body, now=int(time.time()))
        except OpsIQError:
            self.refused += 1
            return 401
        if self.answers == 204:
            self.taken.append(json.loads(body))
            self.ids.append(headers["webhook-id"])
        return self.answers

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
