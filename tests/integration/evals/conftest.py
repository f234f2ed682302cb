"""A data folder with a registry and a few cases, and a model server that does as it is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.agent.resolve.model.scripted_server import ScriptedServer

CANCEL = {
    "name": "cancel_order",
    "description": "Cancel an order.",
    "parameters": {
        "type": "object",
        "properties": {"order_id": {"type": "string", "description": "The order to cancel"}},
        "required": ["order_id"],
    },
}
VOLUME = {
    "name": "set_volume",
    "description": "Set the volume of the music.",
    "parameters": {
        "type": "object",
        "properties": {"volume": {"type": "integer", "minimum": 0, "maximum": 100, "description": "The volume"}},
        "required": ["volume"],
    },
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "registry.json").write_text(json.dumps([CANCEL, VOLUME]), "utf-8")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "orders.csv").write_text("order_id,customer_name\n#W1,Ada\n#W2,Bob\n", "utf-8")
    people = {"u1": {"name": {"first": "Ada", "last": "Novak"}, "email": "ada@example.com"}}
    (tmp_path / "tables" / "users.json").write_text(json.dumps(people), "utf-8")
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    made = ScriptedServer()
    await made.start()
    yield made
    await made.stop()


def write(data: Path, *cases: dict[str, Any]) -> Path:
    path = data / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), "utf-8")
    return path


def case(prompt: str, expected: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": prompt, "prompt": prompt, "registry": "registry.json", "expected": expected, **more}


LOUD = case("set the volume to 80", {"decision": "act", "action": "set_volume", "params": {"volume": [80]}})
QUIET = case("set the volume to 5", {"decision": "act", "action": "set_volume", "params": {"volume": [5]}})
FRANCE = case("what is the capital of France?", {"decision": "abstain", "action": None})
