"""Naive structured output: every function in the prompt, one JSON schema that is a union of their calls and 'none'."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

from asked import MAX_TOKENS, TIMEOUT_S, Made, asked, server
from union import ANSWER, instructions, made, union


async def one(prompt: str, functions: list[dict[str, Any]]) -> Made:
    url, model = server()
    schema = {"name": "call", "strict": True, "schema": union(functions)}
    system = {"role": "system", "content": instructions(functions, ANSWER)}
    body = {
        "model": model,
        "temperature": 0,
        "max_tokens": MAX_TOKENS,
        "messages": [system, {"role": "user", "content": prompt}],
        "response_format": {"type": "json_schema", "json_schema": schema},
    }

    def sent() -> Any:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer local"}
        request = urllib.request.Request(f"{url}/chat/completions", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return json.load(answer)

    return made(json.loads((await asyncio.to_thread(sent))["choices"][0]["message"]["content"]))


asked(one)
