"""LangChain: tool calling with the chat model's tools bound, one of them required: left free, a small model writes its call as text."""

from __future__ import annotations

from typing import Any

from asked import MAX_TOKENS, NONE, TIMEOUT_S, WORDS, Made, asked, server
from langchain_openai import ChatOpenAI


async def one(prompt: str, functions: list[dict[str, Any]]) -> Made:
    url, model = server()
    chat = ChatOpenAI(
        model=model, base_url=url, api_key="local", temperature=0, max_retries=0, timeout=TIMEOUT_S, max_tokens=MAX_TOKENS  # type: ignore[arg-type]
    )  # fmt: skip
    tools = [{"type": "function", "function": each} for each in (*functions, NONE)]
    said = await chat.bind_tools(tools, tool_choice="required").ainvoke([("system", WORDS), ("human", prompt)])
    calls = [
        {"name": each["name"], "arguments": each["args"]} for each in said.tool_calls if each["name"] != NONE["name"]
    ]
    return calls, str(said.content) + "".join(f" invalid: {each['args']}" for each in said.invalid_tool_calls)


asked(one)
