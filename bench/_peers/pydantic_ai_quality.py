"""Pydantic AI: native (JSON-schema) output, a union of the functions' arguments and 'none', the schema shown in the
instructions."""

from __future__ import annotations

import json
from typing import Any

from asked import MAX_TOKENS, TIMEOUT_S, WORDS, Made, asked, server
from pydantic_ai import Agent, NativeOutput, StructuredDict
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles import DEFAULT_PROMPTED_OUTPUT_TEMPLATE
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

NONE = {"type": "object", "properties": {}, "additionalProperties": False}


async def one(prompt: str, functions: list[dict[str, Any]]) -> Made:
    url, name = server()
    model = OpenAIChatModel(name, provider=OpenAIProvider(base_url=url, api_key="local"))
    outputs = [StructuredDict(each["parameters"], each["name"], each["description"]) for each in functions]
    outputs.append(StructuredDict(NONE, "none", "No function fits the request."))
    agent = Agent(
        model,
        output_type=NativeOutput(outputs, template=DEFAULT_PROMPTED_OUTPUT_TEMPLATE),
        instructions=WORDS,
        model_settings=ModelSettings(temperature=0, max_tokens=MAX_TOKENS, timeout=TIMEOUT_S),
    )
    result = await agent.run(prompt)
    text = str(result.response.text)
    said = json.loads(text)["result"]
    if said["kind"] == "none":
        return [], text
    return [{"name": said["kind"], "arguments": said["data"]}], text


asked(one)
