"""OpenAI Agents SDK: function tools that need approval; the run stops with interruptions."""

from __future__ import annotations

import asyncio
from typing import Any

from agents import Agent, FunctionTool, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from openai import AsyncOpenAI
from timed import given, request, timed


async def main() -> None:
    url, actions, count = given()
    set_tracing_disabled(True)

    async def never(_: Any, __: str) -> str:
        raise AssertionError("nothing is run before a person says so")

    tools = [
        FunctionTool(
            name=each["name"],
            description=each["description"],
            params_json_schema=each["parameters"],
            on_invoke_tool=never,
            strict_json_schema=False,
            needs_approval=True,
        )
        for each in actions
    ]
    client = AsyncOpenAI(base_url=url, api_key="local")
    agent = Agent(name="toy", model=OpenAIChatCompletionsModel("toy", client), tools=list(tools))

    async def one(at: int) -> None:
        result = await Runner.run(agent, request(at))
        assert result.interruptions, result

    await timed(one, count)


asyncio.run(main())
