"""Rounds of a tool call that waits for a person (MCP 2026-07-28, SEP-2322), and the form of the answer for each client.

A held card becomes an elicitation of the console's address: the person gets the link, and the client only reports
whether they opened it. The card is confirmed in the console, by its digest. An open question becomes a form. Clients
that support neither get a plain result, and continue with ``run_status``.
"""

from __future__ import annotations

import json
from typing import Any, Final

from mcp_types import (
    CallToolResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitRequestURLParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    InputResponse,
)
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.extract.limits import MAX_TEXT
from agent.pipeline import Question
from agent.runs.person_confirmation import run_url
from agent.runs.run import MOVING, Run
from agent.runs.states import as_asked
from core.errors import InvalidInput
from web.mcp import results, tasks, tool_handlers
from web.mcp.arguments import AnswerArguments
from web.mcp.calls import McpCall

CARD: Final = "card"
QUESTION: Final = "question"
"""Key of the question for the client."""
MOST_WAITS: Final = 6
"""Most times that a call waits again after its card was shown, ``wait_s`` each time. The SDKs give up after ten
rounds."""


class RoundState(BaseModel):
    """Content of the sealed request state: the run, the question's slot, and the number of waits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    slot: str | None = None
    waits: int = 0


Answer = CallToolResult | InputRequiredResult | dict[str, Any]


async def settle(call: McpCall, run: Run, state: RoundState | None = None) -> Answer:
    """Waits for the result of ``run`` and returns it in the form for the client."""
    shown = state is not None and state.slot is None
    run = await tool_handlers.read_run(call, run.id, wait_s=call.wait_s, decided=shown)
    waits = state.waits if state else 0
    base_url = call.container.settings.base_url
    if run.state == "held" and call.takes_urls and not shown:
        return _round(RoundState(run=run.id), {CARD: make_card_request(run, base_url)})
    asked = as_asked(run)
    if asked is not None and call.takes_forms and "runs:write" in call.caller.scopes:
        return _round(
            RoundState(run=run.id, slot=asked.question.slot), {QUESTION: make_question_request(asked.question)}
        )
    if run.state in MOVING or run.state == "held":
        if call.takes_tasks:
            return tasks.describe_created(run)
        if shown and waits < MOST_WAITS:
            return _round(RoundState(run=run.id, waits=waits + 1), None)
    return results.make_run_result(run, base_url)


async def resume(call: McpCall, state: str, responses: dict[str, InputResponse] | None) -> Answer:
    """Continues a call that asked for input. ``state`` is the sealed state."""
    try:
        at = RoundState.model_validate_json(state)
    except ValidationError as error:
        raise InvalidInput("The request state is not one of a call to this tool.") from error
    said = responses or {}
    run = await tool_handlers.read_run(call, at.run)
    card = said.get(CARD)
    if isinstance(card, ElicitResult) and card.action != "accept":
        if card.action == "decline" and "runs:write" in call.caller.scopes:
            await tool_handlers.cancel(call, at.run, "Declined where it was asked for.")
            run = await tool_handlers.read_run(call, at.run)
        return results.make_run_result(run, call.container.settings.base_url)
    if at.slot is not None:
        answer = said.get(QUESTION)
        if not isinstance(answer, ElicitResult) or answer.action != "accept":
            return results.make_run_result(run, call.container.settings.base_url)
        asked = as_asked(run)
        if asked is not None and asked.question.slot == at.slot:
            run = await tool_handlers.answer_question(call, read_answer(run.id, asked.question, answer.content or {}))
        return await settle(call, run)
    return await settle(call, run, at)


def make_card_request(run: Run, base_url: str) -> InputRequest:
    """The link to the card. It leads to this console, and contains only the run's id."""
    return ElicitRequest(
        params=ElicitRequestURLParams(
            message=f"{results.spell_out(_preview(run))} Look at the card in the console and say yes or no there.",
            url=run_url(base_url, run.id),
        )
    )


def make_question_request(question: Question) -> InputRequest:
    """An open question as a form: one of its choices, or words, or both."""
    properties: dict[str, Any] = {}
    if question.candidates:
        offered = [results.make_choice(each) for each in question.candidates]
        properties["choice"] = {
            "type": "string",
            "title": "Which one?",
            "oneOf": [{"const": each.id, "title": f"{each.label} {each.detail}".strip()} for each in offered],
        }
    if question.free_text:
        title = "Or in your own words" if question.candidates else "Your answer"
        properties["text"] = {"type": "string", "title": title, "maxLength": MAX_TEXT}
    required = [] if len(properties) > 1 else list(properties)
    schema = {"type": "object", "properties": properties, **({"required": required} if required else {})}
    return ElicitRequest(
        params=ElicitRequestFormParams(message=results.spell_out(question.text), requested_schema=schema)
    )


def read_answer(run_id: str, question: Question, content: dict[str, Any]) -> AnswerArguments:
    """A filled form as an answer. Raises InvalidInput."""
    choice, text = content.get("choice"), content.get("text")
    if isinstance(choice, str) and choice:
        return AnswerArguments(run_id=run_id, slot=question.slot, choice=choice[:300])
    if isinstance(text, str) and text.strip():
        return AnswerArguments(run_id=run_id, slot=question.slot, text=text[:MAX_TEXT])
    raise InvalidInput("The form holds no answer.")


def _round(state: RoundState, requests: dict[str, InputRequest] | None) -> InputRequiredResult:
    return InputRequiredResult(input_requests=requests, request_state=json.dumps(state.model_dump()))


def _preview(run: Run) -> str:
    return " ".join(step.preview for step in run.plan.steps) if run.plan else run.text
