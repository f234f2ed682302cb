"""OpenAI Agents SDK: an agent whose ``output_type`` is a JSON schema, a union of the functions' calls and 'none'. The
schema is not shown to the model, so the functions stand in its instructions. As with LangChain, function tools are not
held to anything by such a server."""

from __future__ import annotations

import json
from typing import Any

from agents import Agent, ModelSettings, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from agents.agent_output import AgentOutputSchemaBase
from asked import MAX_TOKENS, TIMEOUT_S, Made, asked, server
from openai import AsyncOpenAI
from union import WITHIN, instructions, made, within

set_tracing_disabled(True)


class Output(AgentOutputSchemaBase):
    """The answer's schema, made for one request's functions."""

    def __init__(self, functions: list[dict[str, Any]]) -> None:
        self._schema = within(functions)

    def is_plain_text(self) -> bool:
        return False

    def name(self) -> str:
        return "Answer"

    def json_schema(self) -> dict[str, Any]:
        return self._schema

    def is_strict_json_schema(self) -> bool:
        return True

    def validate_json(self, json_str: str) -> Any:
        return json.loads(json_str)


async def one(prompt: str, functions: list[dict[str, Any]]) -> Made:
    url, model = server()
    client = AsyncOpenAI(base_url=url, api_key="local", max_retries=0, timeout=TIMEOUT_S)
    agent = Agent(
        name="calls",
        instructions=instructions(functions, WITHIN),
        model=OpenAIChatCompletionsModel(model, client),
        output_type=Output(functions),
        model_settings=ModelSettings(temperature=0, max_tokens=MAX_TOKENS),
    )
    result = await Runner.run(agent, prompt, max_turns=2)
    return made(result.final_output["call"])


asked(one)
