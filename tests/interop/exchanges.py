"""Recorded exchanges: what a real platform answered to reads, kept as a file, and a client that answers from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry.connector import PlatformAnswer, PlatformClient, PlatformRequest


def key_of(request: PlatformRequest) -> str:
    return json.dumps([request.method, request.path, [list(each) for each in request.query], request.body])


class RecordingClient:
    """Passes reads on and keeps what came of them."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self.kept: dict[str, Any] = {}

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        answer = await self.read(PlatformRequest(path, query=tuple((params or {}).items())))
        return None if answer.status == 404 else answer.body

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        answer = await self._client.read(request)
        self.kept[key_of(request)] = [
            answer.status,
            answer.body,
            {k: v for k, v in answer.headers.items() if k == "link"},
        ]
        return answer

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


class ReplayClient:
    """Answers from a file of exchanges; anything else was never asked and fails the test."""

    def __init__(self, path: Path) -> None:
        self._kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        answer = await self.read(PlatformRequest(path, query=tuple((params or {}).items())))
        return None if answer.status == 404 else answer.body

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        key = key_of(request)
        assert key in self._kept, f"never recorded: {key}"
        return PlatformAnswer(*self._kept[key])
