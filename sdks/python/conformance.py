"""Drives sdks/conformance/scenario.json through this SDK: one JSON command a line in, one answer a line out."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import json
import sys
import time
import traceback
from typing import Any

import opsiq

clients: dict[str, opsiq.OpsIQ] = {}
held: dict[str, opsiq.Held] = {}


def client(command: dict[str, Any]) -> None:
    offset = command.get("clock_offset_s")
    given: dict[str, Any] = {
        name: command[name] for name in ("base_url", "timeout_s", "max_retries") if name in command
    }
    if offset is not None:
        given["clock"] = lambda: time.time() + offset
    clients[command["name"]] = opsiq.OpsIQ(command["public_key"], command["secret_key"], **given)


def call(command: dict[str, Any]) -> Any:
    method: Any = clients[command["client"]]
    for name in command["call"].split("."):
        method = getattr(method, name)
    result = method(*command.get("args", ()), **command.get("options", {}))
    if isinstance(result, opsiq.Held):
        held[command["client"]] = result
    if command["call"].endswith(".list"):
        return [plain(each) for each in itertools.islice(result, command.get("take"))]
    return plain(result)


def on_held(command: dict[str, Any]) -> Any:
    method = getattr(held[command["client"]], command["method"])
    return plain(method(**command.get("options", {})))


def verify(command: dict[str, Any]) -> Any:
    webhooks = opsiq.Webhooks(command["secrets"])
    body, headers = base64.b64decode(command["body_base64"]), [(name, value) for name, value in command["headers"]]
    event = any(name.lower() == "opsiq-event" for name, _ in headers)
    return plain((webhooks.event if event else webhooks.action_call)(body, headers))


def plain(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


def failed(error: BaseException) -> dict[str, Any]:
    names = ("code", "status", "request_id", "retryable", "retry_after_s", "reason")
    said = [str(error), repr(error), *traceback.format_exception(type(error), error, error.__traceback__)]
    return {
        "class": type(error).__name__,
        **{name: getattr(error, name, None) for name in names},
        "message": "\n".join(said),
    }


DO = {"client": client, "call": call, "held": on_held, "verify": verify}

for line in sys.stdin:
    try:
        asked = json.loads(line)
        answer: dict[str, Any] = {"ok": DO[asked["do"]](asked)}
    except Exception as error:
        answer = {"error": failed(error)}
    print(json.dumps(answer), flush=True)
