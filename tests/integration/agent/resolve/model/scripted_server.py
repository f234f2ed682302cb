"""A model server that does as it is told: OpenAI's chat completions over real HTTP on loopback, one scripted reply a
call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted reply: ``text`` as the assistant's words, or a ``status`` that isn't 200. ``hang`` never answers;
    ``in_pieces`` answers a few bytes at first and the rest later; ``hangs_up`` closes the connection instead of
    answering. ``parameter`` is one that an error names, ``thoughts`` what a reasoning model thought."""

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    finish: str = "stop"
    refusal: str | None = None
    hang: bool = False
    in_pieces: bool = False
    hangs_up: bool = False
    tokens: tuple[int, int] = (100, 10)
    parameter: str | None = None
    thoughts: str | None = None


def says(answer: object, **more: Any) -> Reply:
    return Reply(text=json.dumps(answer), **more)


class ScriptedServer:
    """Runs in the test's own loop. ``asked`` are the request bodies in order, ``keys`` their Authorization headers,
    ``lines`` the connections they came by; ``way`` is the provider its models are named after."""

    def __init__(self, way: str = "openai") -> None:
        self.way = way
        self.replies: list[Reply] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.lines: list[object] = []
        self.url = ""
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    def script(self, replies: Sequence[Reply]) -> None:
        self.replies = list(replies)
        self.asked.clear()

    async def start(self) -> None:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def stop(self) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        self.lines.append(request.transport)
        reply = self.replies.pop(0) if self.replies else Reply(status=500)
        if reply.hang:
            await self._closing.wait()
        if reply.hangs_up and request.transport is not None:
            request.transport.abort()
        if reply.status != 200:
            said = json.dumps(body["messages"])  # a provider that quotes the whole prompt in its error
            error = {
                "error": {
                    "message": f"scripted {reply.status}: {said}",
                    "type": "scripted",
                    "code": None,
                    "param": reply.parameter,
                }
            }
            return web.json_response(error, status=reply.status, headers=dict(reply.headers))
        if reply.in_pieces:
            return await _in_pieces(request, json.dumps(_chat(body, reply)).encode())
        return web.json_response(_chat(body, reply))


async def _in_pieces(request: web.Request, body: bytes) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await answer.prepare(request)
    for piece in (body[:20], body[20:]):
        await answer.write(piece)
        await asyncio.sleep(0.05)  # so that they leave one by one
    return answer


def _chat(body: Mapping[str, Any], reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
    if reply.thoughts is not None:
        message["reasoning_content"] = reply.thoughts
    if body.get("tools") and reply.refusal is None:
        name = body["tools"][0]["function"]["name"]
        message |= {
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": name, "arguments": reply.text}}],
        }
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": body["model"],
        "choices": [{"index": 0, "finish_reason": reply.finish, "message": message}],
        "usage": {
            "prompt_tokens": reply.tokens[0],
            "completion_tokens": reply.tokens[1],
            "total_tokens": sum(reply.tokens),
        },
    }
