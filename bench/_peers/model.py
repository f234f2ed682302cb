"""A model server that answers at once: a tool call, or a proposal in the full form, of the one call that every request
of ``timed.request`` wants. Prints its port."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterable
from typing import Any

from aiohttp import web

RECORD = {"kind": "invoice", "said": "INV-1051", "also": [], "where": [], "order": None, "pick": "one", "among": None}


def propose(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The order and, if the request gives one, its reason."""
    words = next((str(each["content"]) for each in reversed(messages) if each["role"] == "user"), "")
    reason = re.search(r"because .+ twice", words)
    return {
        "understood": "Void invoice INV-1051.",
        "result": {"type": "plan", "steps": [{"action": "void_invoice", "invoice_id": RECORD}]},
        "rest": [{"quote": reason[0], "is": "reason"}] if reason else [],
    }


def judge(pieces: Iterable[str]) -> dict[str, Any]:
    """The second reading: only the known pieces A2 and A5 change what is to be done."""
    return {name: {"objection": "none", "is": "changes" if name in {"A2", "A5"} else "nothing"} for name in pieces}


async def complete(request: web.Request) -> web.Response:
    body: dict[str, Any] = await request.json()
    message: dict[str, Any] = {"role": "assistant", "content": None}
    if body.get("tools"):
        name = next(each["function"]["name"] for each in body["tools"] if "void_invoice" in each["function"]["name"])
        called = {"name": name, "arguments": json.dumps({"invoice_id": 1051})}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": called}]
    else:
        wanted = body.get("response_format", {}).get("json_schema", {}).get("schema", {}).get("properties", {})
        message["content"] = json.dumps(judge(wanted) if "A1" in wanted else propose(body["messages"]))
    finish = "tool_calls" if "tool_calls" in message else "stop"
    return web.json_response(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "finish_reason": finish, "message": message}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    )


async def main() -> None:
    application = web.Application(client_max_size=8 * 1024 * 1024)
    application.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    print(listening.getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
