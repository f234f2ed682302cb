"""Fixtures: an installation that sends its anchors to a place outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.acceptance.installation import Installation, running_installation
from tests.security.tampering.tampering import (
    Keeper,
)


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    made = Keeper()

    class Keeps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            to = made.came if self.path == "/anchors" else made.events
            to.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeps)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/anchors"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, keeper: Keeper) -> Iterator[Installation]:
    """An installation whose server writes anchors as soon as history has changed."""
    anchored = {"OPSIQ_ANCHOR_EVERY_S": "1", "OPSIQ_ANCHOR_URL": keeper.url}
    with running_installation(tmp_path_factory.mktemp("world"), **anchored) as made:
        yield made
