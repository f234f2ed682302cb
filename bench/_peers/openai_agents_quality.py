"""OpenAI Agents SDK: function tools that need approval; the run stops at the call it would make. One is required, as with LangChain."""

from __future__ import annotations

import json
from typing import Any

from agents import Agent, FunctionTool, ModelSettings, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from asked import MAX_TOKENS, NONE, TIMEOUT_S, WORDS, Made, asked, server
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
        for each in (*functions, NONE)
    ]  # fmt: skip
    client = AsyncOpenAI(base_url=url, api_key="local", max_retries=0, timeout=TIMEOUT_S)
    agent = Agent(
        name="calls", instructions=WORDS, model=OpenAIChatCompletionsModel(model, client), tools=list(tools),
        model_settings=ModelSettings(temperature=0, max_tokens=MAX_TOKENS, tool_choice="required"),
    )  # fmt: skip
    result = await Runner.run(agent, prompt, max_turns=2)
    called = [each.raw_item for each in result.interruptions if each.raw_item.name != NONE["name"]]
    calls = [{"name": each.name, "arguments": json.loads(each.arguments)} for each in called]
    return calls, str(result.final_output or "")


asked(one)
