"""LangChain: structured output held to a JSON schema (``with_structured_output``), a union of the functions' calls and
'none'. The schema is not shown to the model, so the functions stand in the prompt. Its tool calling is not held to
anything by a server such as llama.cpp: a small model then writes its call as text, or none that can be read."""

from __future__ import annotations

from typing import Any

from asked import MAX_TOKENS, TIMEOUT_S, Made, asked, server
from langchain_openai import ChatOpenAI
from union import WITHIN, instructions, made, within


async def one(prompt: str, functions: list[dict[str, Any]]) -> Made:
    url, model = server()
    chat = ChatOpenAI(
        model=model,
        base_url=url,
        api_key="local",
        temperature=0,
        max_retries=0,
        timeout=TIMEOUT_S,
        max_tokens=MAX_TOKENS,  # type: ignore[arg-type]
    )
    schema = {"title": "Answer", "description": "The call to make.", **within(functions)}
    structured = chat.with_structured_output(schema, method="json_schema")
    said: Any = await structured.ainvoke([("system", instructions(functions, WITHIN)), ("human", prompt)])
    return made(said["call"])


asked(one)
