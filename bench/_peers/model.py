"""A model server that answers at once, whatever it is asked: the one call that the request wants. Prints its port."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

from aiohttp import web


async def complete(request: web.Request) -> web.Response:
    body: dict[str, Any] = await request.json()
    message: dict[str, Any] = {"role": "assistant", "content": None}
    if body.get("tools"):
        name = next(each["function"]["name"] for each in body["tools"] if "void_invoice" in each["function"]["name"])
        called = {"name": name, "arguments": json.dumps({"invoice_id": 1051})}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": called}]
    else:
        message["content"] = json.dumps({"call": {"action": "saas.void_invoice", "invoice": "INV-1051"}})
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
