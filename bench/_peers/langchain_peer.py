"""LangChain: an agent with the human-in-the-loop middleware and a checkpointer in memory; the graph stops at an
interrupt."""

from __future__ import annotations

import asyncio
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import StructuredTool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from timed import given, request, timed


async def main() -> None:
    url, actions, count = given()

    async def never(**_: Any) -> str:
        raise AssertionError("nothing is run before a person says so")

    tools = [
        StructuredTool(
            name=each["name"], description=each["description"], args_schema=each["parameters"], coroutine=never
        )
        for each in actions
    ]
    held = HumanInTheLoopMiddleware(interrupt_on={each["name"]: True for each in actions})
    model = ChatOpenAI(model="toy", base_url=url, api_key="local")  # type: ignore[arg-type]
    agent = create_agent(model, tools, middleware=[held], checkpointer=InMemorySaver())

    async def one(at: int) -> None:
        said = {"messages": [{"role": "user", "content": request(at)}]}
        result = await agent.ainvoke(said, {"configurable": {"thread_id": str(at)}})
        assert result["__interrupt__"], result

    await timed(one, count)


asyncio.run(main())
