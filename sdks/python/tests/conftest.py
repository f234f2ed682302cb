from __future__ import annotations

import asyncio
import gc
import inspect
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Optional

import httpx
import pytest

import opsiq

VECTORS = Path(__file__).parents[3] / "tests" / "vectors"
PUBLIC, SECRET = "pk_test_1", "sk_test_" + "A" * 43
NOW = 1_700_000_000


def vectors(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return read


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[each["name"] for each in cases])


def body_of(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer["problem"]).encode() if "problem" in answer else answer.get("body", "").encode()


class Scripted:
    """Answers what it is told to, one after the other, and keeps what was sent."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.sent: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        answer = self.answers.pop(0)
        kinds = {"connect": httpx.ConnectError, "timeout": httpx.ReadTimeout, "dropped": httpx.RemoteProtocolError}
        if "transport" in answer:
            raise kinds[answer["transport"]]("trouble")
        return httpx.Response(answer["status"], headers=answer.get("headers"), content=body_of(answer))


@pytest.fixture
def scripted() -> Iterator[Callable[..., tuple[opsiq.OpsIQ, Scripted]]]:
    """A client whose server answers as scripted; it never really pauses."""
    made = []

    def make(
        answers: list[dict[str, Any]], clock: Optional[list[float]] = None, **options: Any
    ) -> tuple[opsiq.OpsIQ, Scripted]:
        script = Scripted(answers)
        http = httpx.Client(transport=httpx.MockTransport(script))
        made.append(http)
        client = opsiq.OpsIQ(
            options.pop("public_key", PUBLIC), options.pop("secret_key", SECRET), base_url="http://opsiq.test", http=http,  # noqa: E501
            clock=clock_of(script, clock or [NOW]), sleep=options.pop("sleep", lambda _: None), random=lambda: 0.5, **options,  # noqa: E501
        )  # fmt: skip
        return client, script

    yield make
    for each in made:
        each.close()


def clock_of(script: Scripted, readings: list[float]) -> Callable[[], float]:
    """Reads what the n-th attempt's clock reads."""
    return lambda: float(readings[min(len(script.sent), len(readings) - 1)])


def called(client: Any, case: dict[str, Any]) -> Any:
    method = client
    for name in case["call"].split("."):
        method = getattr(method, name)
    return method(*case.get("args", ()), **case.get("options", {}))


class Server:
    """Answers by a function of method, target and body: a status and JSON, or whatever it does with the connection itself."""  # noqa: E501

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.answer: Callable[[BaseHTTPRequestHandler, str, str, bytes], Any] = lambda *_: (200, {})
        outer = self

        class Handles(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                outer.asked.append((self.command, self.path, body))
                made = outer.answer(self, self.command, self.path, body)
                if made is None:
                    self.close_connection = True
                    return
                status, value = made
                text = json.dumps(value).encode() if value is not None else b""
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the base class names them

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handles)
        self.http.daemon_threads = True
        self.http.block_on_close = False
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


class Either:
    """Calls either client in the same words: what is awaitable is awaited, what iterates is listed."""

    def __init__(self, client: Any, loop: Optional[asyncio.AbstractEventLoop]) -> None:
        self.client = client
        self.loop = loop

    def __call__(self, name: str, *args: Any, on: Any = None, **options: Any) -> Any:
        method = on or self.client
        for part in name.split("."):
            method = getattr(method, part)
        return self.settled(method(*args, **options))

    def settled(self, result: Any) -> Any:
        if inspect.isasyncgen(result):
            return self.settled(self._listed(result))
        if inspect.isgenerator(result):
            return list(result)
        return self.loop.run_until_complete(result) if self.loop and inspect.isawaitable(result) else result

    async def _listed(self, result: Any) -> list[Any]:
        return [each async for each in result]


@pytest.fixture(params=["sync", "async"])
def ops(request: pytest.FixtureRequest, server: Server) -> Iterator[Callable[..., Either]]:
    made: list[Either] = []
    loop = asyncio.new_event_loop() if request.param == "async" else None

    def make(**options: Any) -> Either:
        kind = opsiq.OpsIQ if loop is None else opsiq.AsyncOpsIQ
        options.setdefault("base_url", server.url)
        made.append(Either(kind(PUBLIC, SECRET, random=lambda: 0.0, **options), loop))
        return made[-1]

    yield make
    for each in made:
        each("close" if loop is None else "aclose")
    if loop:
        gc.collect()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
