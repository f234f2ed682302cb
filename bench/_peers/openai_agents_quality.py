"""OpenAI Agents SDK: function tools that need approval; the run stops at the calls it would make."""

from __future__ import annotations

import json
from typing import Any

from agents import Agent, FunctionTool, ModelSettings, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from asked import MAX_TOKENS, TIMEOUT_S, WORDS, Made, asked, server
from openai import AsyncOpenAI

set_tracing_disabled(True)


async def never(_: Any, __: str) -> str:
    raise AssertionError("nothing is run before a person says so")


async def one(prompt: str, functions: list[dict[str, Any]]) -> Made:
    url, model = server()
    tools = [
        FunctionTool(
            name=each["name"], description=each["description"], params_json_schema=each["parameters"], on_invoke_tool=never,
            strict_json_schema=False, needs_approval=True,
        )
        for each in functions
    ]  # fmt: skip
    client = AsyncOpenAI(base_url=url, api_key="local", max_retries=0, timeout=TIMEOUT_S)
    agent = Agent(
        name="calls", instructions=WORDS, model=OpenAIChatCompletionsModel(model, client), tools=list(tools),
        model_settings=ModelSettings(temperature=0, max_tokens=MAX_TOKENS),
    )  # fmt: skip
    result = await Runner.run(agent, prompt, max_turns=2)
    calls = [
        {"name": each.raw_item.name, "arguments": json.loads(each.raw_item.arguments)} for each in result.interruptions
    ]
    return calls, str(result.final_output or "")


asked(one)
