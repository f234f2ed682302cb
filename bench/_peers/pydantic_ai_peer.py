"""Pydantic AI: tools that require approval; the run ends with the calls that wait."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic_ai import Agent, DeferredToolRequests, Tool
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from timed import given, request, timed


async def main() -> None:
    url, actions, count = given()

    async def never(**_: Any) -> str:
        raise AssertionError("nothing is run before a person says so")

    tools = []
    for each in actions:
        tool = Tool.from_schema(never, each["name"], each["description"], each["parameters"])
        tool.requires_approval = True
        tools.append(tool)
    model = OpenAIChatModel("toy", provider=OpenAIProvider(base_url=url, api_key="local"))
    agent = Agent(model, tools=tools, output_type=[str, DeferredToolRequests])

    async def one(at: int) -> None:
        result = await agent.run(request(at))
        assert isinstance(result.output, DeferredToolRequests), result.output
        assert result.output.approvals[0].tool_name.endswith("void_invoice")

    await timed(one, count)


asyncio.run(main())
