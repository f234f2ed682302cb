"""A server that is killed between sending a call and hearing its answer finds out by reading what came of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.acceptance.installation import Installation, founded_installation

CONTRACT: dict[str, Any] = {
    "schema": "opsiq/contract/v2",
    "name": "notes.write_note",
    "title": "Write a note",
    "description": "Writes a note down.",
    "surfaces": ["admin"],
    "roles": ["owner"],
    "parameters": {
        "type": "object",
        "additionalProperties": False,
        "required": ["text"],
        "properties": {"text": {"type": "string", "maxLength": 100}},
    },
    "confirmation": {"policy": "never"},
    "endpoint": {
        "type": "http",
        "connection": "saas",
        "method": "POST",
        "url": "/notes",
        "body": {"type": "json", "fields": {"/text": {"parameter": "text"}, "/ref": {"call": "id"}}},
        "reconcile": {
            "url": "/notes",
            "happened": {"at": "/notes", "some": {"/ref": {"call": "id"}}},
            "not_happened": {"at": "/notes", "none": {"/ref": {"call": "id"}}},
            "settles_after_s": 3,
        },
    },
    "examples": ["write down that the shop is open"],
}


class Notes(ThreadingHTTPServer):
    """Keeps notes. It answers no POST: by then, the server that sent it is gone."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.notes: list[dict[str, Any]] = []
        self.posts = 0
        self.keeps = True
        self.asked = threading.Event()
        self.over = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Notes

    def do_POST(self) -> None:
        note = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.posts += 1
        if self.server.keeps:
            self.server.notes.append(note)
        self.server.asked.set()
        self.server.over.wait(30)

    def do_GET(self) -> None:
        body = json.dumps({"notes": self.server.notes}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def notes() -> Iterator[Notes]:
    made = Notes()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.over.set()
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, notes: Notes) -> Iterator[Installation]:
    with founded_installation(
        tmp_path_factory.mktemp("lost"),
        lambda contracts: [*contracts, CONTRACT],
        platform_url=f"http://127.0.0.1:{notes.server_address[1]}",
    ) as made:
        made.start_server()
        yield made


@pytest.mark.parametrize(("keeps", "state"), [(True, "succeeded"), (False, "failed")])
def test_kill_nine_after_sending_is_settled_by_a_read(
    world: Installation, notes: Notes, keeps: bool, state: str
) -> None:
    notes.keeps, notes.posts = keeps, 0
    notes.asked.clear()
    run = world.clients["olivia"].post("/v1/actions/run", {"action": CONTRACT["name"], "params": {"text": "open"}})
    assert notes.asked.wait(30)
    world.kill_server()
    world.start_server()
    end = time.monotonic() + 60
    while (found := world.clients["olivia"].get(f"/v1/runs/{run['id']}"))["state"] != state:
        assert time.monotonic() < end, found
        time.sleep(0.2)
    assert notes.posts == 1, "what may have happened is never sent again"
    kinds = world.kinds(run)
    assert kinds.index("finished") < kinds.index("reconciled"), "it was unknown first"
    assert "decided" not in kinds, "no person was needed"
