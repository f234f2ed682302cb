"""Naive structured output: every function in the prompt, one JSON schema that is a union of their calls and 'none'."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

from asked import MAX_TOKENS, TIMEOUT_S, WORDS, Made, asked, server

MAX_LENGTH = 200


def bounded(schema: Any) -> Any:
    """Strings and lists with an end: a small model that begins to repeat itself would otherwise never close the JSON."""
    if isinstance(schema, list):
        return [bounded(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: bounded(value) for name, value in schema.items() if name not in ("default", "description")}
    if made.get("type") == "string" and not {"enum", "const", "format", "pattern"} & set(made):
        made.setdefault("maxLength", MAX_LENGTH)
    if made.get("type") == "array":
        made.setdefault("maxItems", 10)
    return made


def call(function: dict[str, Any]) -> dict[str, Any]:
    properties = {"function": {"const": function["name"]}, "arguments": bounded(function["parameters"])}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


NONE = {
    "type": "object",
    "properties": {"function": {"const": "none"}},
    "required": ["function"],
    "additionalProperties": False,
}
ANSWER = 'Answer with JSON: {"function": name, "arguments": {…}}, or {"function": "none"}.'


async def one(prompt: str, functions: list[dict[str, Any]]) -> Made:
    url, model = server()
    listed = "\n".join(json.dumps(each, ensure_ascii=False) for each in functions)
    system = f"{WORDS}\n\nFunctions:\n{listed}\n\n{ANSWER}"
    schema = {"anyOf": [*(call(each) for each in functions), NONE]}
    body = {
        "model": model,
        "temperature": 0,
        "max_tokens": MAX_TOKENS,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "call", "strict": True, "schema": schema}},
    }

    def sent() -> Any:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer local"}
        request = urllib.request.Request(f"{url}/chat/completions", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return json.load(answer)

    text = (await asyncio.to_thread(sent))["choices"][0]["message"]["content"]
    said = json.loads(text)
    if said["function"] == "none":
        return [], text
    return [{"name": said["function"], "arguments": said["arguments"]}], text


asked(one)
