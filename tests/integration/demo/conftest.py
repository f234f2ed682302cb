"""The demo platform as a real process, one for each test module, and hands to reach it with."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from standardwebhooks import Webhook

from core import canon
from executors.http.platform_client import HttpPlatformClient
from executors.http.ssrf_guard import SsrfGuard
from tests.acceptance.fork_server import Forked

SECRET = "whsec_" + base64.b64encode(b"demo platform's own key!").decode()
TOKEN = "read-token"


@dataclass
class Platform:
    """A running demo platform. ``data`` is its file, ``process`` may be killed and started again by ``start``."""

    data: Path
    url: str = ""
    process: Forked | None = field(default=None, repr=False)

    def start(self, *more: str) -> None:
        arguments = ["--data", str(self.data), "--secret", SECRET, "--token", TOKEN, *more]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DEMO_")}
        self.process = Forked("demo", arguments, environment)
        ready = json.loads(self.process.stdout.readline())
        assert ready["ready"] is True
        self.url = ready["url"]

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    made = Platform(tmp_path_factory.mktemp("platform") / "platform.db")
    made.start("--faults")
    yield made
    made.stop()


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[HttpPlatformClient]:
    async with HttpPlatformClient(platform.url, TOKEN, guard=SsrfGuard(["127.0.0.0/8"])) as made:
        yield made


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any


@pytest.fixture
async def http(platform: Platform) -> AsyncIterator[Http]:
    async with aiohttp.ClientSession(platform.url) as session:
        yield Http(session)


class Http:
    """Requests as strangers send them, and action calls as OpsIQ sends them."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def send(self, method: str, path: str, *, token: str | None = TOKEN, **more: Any) -> Answer:
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        async with self.session.request(method, path, headers=headers, **more) as response:
            text = await response.text()
            is_json = "json" in response.headers["content-type"]
            return Answer(response.status, json.loads(text) if is_json else text, response.headers)

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.send("GET", path, **more)

    async def call(self, name: str, params: Any, *, key: str, secret: str = SECRET, **changes: Any) -> Answer:
        body = canon.dumps(
            {"action": f"saas.{name}", "actor": {"id": "mem_1", "name": "Olivia", "role": "owner"}, "contract_version": 1,  # noqa: E501
             "id": key, "params": params, "run_id": "run_1", "workspace": "ws_1"} | changes
        )  # fmt: skip
        return await self.post(name, body, signed(key, body, secret))

    async def post(self, name: str, body: bytes, headers: Any) -> Answer:
        return await self.send("POST", f"/opsiq/actions/{name}", token=None, data=body, headers=headers)

    async def faults(self, *faults: dict[str, Any]) -> None:
        assert (await self.send("POST", "/faults", json={"next": list(faults)})).status == 200

    async def calls(self) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = (await self.get("/ledger?format=json")).body["items"]
        return made


def signed(key: str, body: bytes, secret: str = SECRET) -> dict[str, str]:
    at = datetime.now(UTC)
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, body.decode()),
    }
