"""A platform that is a table in memory: it answers what the test says and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class FakePlatform:
    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        self.asked.append((path, dict(params or {})))
        return self.answers.get(path)
