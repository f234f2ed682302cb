"""Results of MCP tools: a run's result as one sentence for a model to pass on, and as data in one form.

Records' texts in a result are data, and never an instruction.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any, Final

from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel, ConfigDict, Field

from agent.pipeline import Candidate, Question, Reply, RunState
from agent.runs.person_confirmation import run_url
from agent.runs.run import MOVING, Run
from agent.runs.states import as_asked, as_planned
from agent.runs.test_mode import is_test
from core.clock import format_iso
from core.display_text import to_display_text
from core.errors import OpsIQError
from web.problem import Problem, list_findings

NOT_DONE: Final[frozenset[RunState]] = frozenset({"failed", "unknown", "refused", "abstained", "rejected", "expired"})
MAX_ANSWER_CHARS: Final = 4000
_LINE: Final = 400


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Result):
    id: str
    label: str
    detail: str = ""


class OpenQuestion(_Result):
    """Open question. Answer it with ``answer_question``: with the id of a choice, or in words if ``free_text``."""

    slot: str
    text: str
    free_text: bool
    choices: tuple[Choice, ...]


class PlannedCall(_Result):
    action: str
    title: str
    preview: str
    risk: str


class WaitingCard(_Result):
    """A card that waits for a person's confirmation. It is confirmed at ``confirm_at``, and never over MCP."""

    confirm_at: str
    held_because: tuple[str, ...]
    approvals_needed: int
    approvals: int
    expires_at: str | None


class Answered(_Result):
    text: str
    values: tuple[str, ...] = ()
    records: tuple[Choice, ...] = ()
    count: int | None = None


class CallResult(_Result):
    call_id: str
    state: str
    detail: str = ""
    answer: str | None = None


class ValueFault(_Result):
    """A given value that won't do. ``pointer`` is its place in the arguments."""

    pointer: str
    code: str
    detail: str


class RunResult(_Result):
    """Result of a run. ``state``: received, asked, held, confirmed, executing, succeeded, failed, unknown, answered,
    refused, abstained, rejected, expired. ``error`` is the code of a refusal,
    and ``errors`` are the given values that it is about."""

    run_id: str
    state: str
    message: Annotated[str, Field(description="What came of it, in one or two sentences.")]
    thread_id: str
    test: bool = False
    question: OpenQuestion | None = None
    card: WaitingCard | None = None
    calls: tuple[PlannedCall, ...] = ()
    answer: Answered | None = None
    results: tuple[CallResult, ...] = ()
    error: str | None = None
    errors: tuple[ValueFault, ...] = ()
    nearest: tuple[str, ...] = ()


OUTPUT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["run_id", "state", "message"],
    "properties": {
        "run_id": {"type": "string"},
        "state": {"type": "string"},
        "message": {"type": "string"},
        "thread_id": {"type": "string"},
        "test": {"type": "boolean"},
        "question": {"type": "object"},
        "card": {"type": "object"},
        "calls": {"type": "array", "items": {"type": "object"}},
        "answer": {"type": "object"},
        "results": {"type": "array", "items": {"type": "object"}},
        "error": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
        "nearest": {"type": "array", "items": {"type": "string"}},
    },
}
"""Schema of every tool that returns a run. It is short, because the list repeats it for each tool."""


def make_run_result(run: Run, base_url: str) -> CallToolResult:
    """The result of a tool call that created, changed or read this run."""
    planned, asked = as_planned(run), as_asked(run)
    held = planned is not None and run.state == "held"
    told = RunResult(
        run_id=run.id,
        state=run.state,
        message=spell_out(describe_run(run, base_url)),
        thread_id=run.thread,
        test=is_test(run),
        question=_question(asked.question) if asked else None,
        card=WaitingCard(
            confirm_at=run_url(base_url, run.id),
            held_because=planned.plan.held,
            approvals_needed=planned.plan.approvals,
            approvals=len(run.approvals),
            expires_at=format_iso(run.expires_at) if run.expires_at else None,
        )
        if planned is not None and held
        else None,
        calls=tuple(
            PlannedCall(action=step.action, title=step.title, preview=spell_out(step.preview), risk=step.risk.value)
            for step in planned.plan.steps
        )
        if planned is not None
        else (),
        answer=_to_answered(run.reply) if run.reply else None,
        results=tuple(
            CallResult(
                call_id=each.call_id,
                state=each.state,
                detail=each.detail,
                answer=each.answer[:MAX_ANSWER_CHARS] if each.answer else None,
            )
            for each in run.outcomes
        ),
        error=run.refusal.code if run.refusal else None,
        errors=tuple(
            ValueFault(pointer=each.pointer, code=each.code, detail=each.detail)
            for each in (run.refusal.faults if run.refusal else ())
        ),
        nearest=run.refusal.nearest if run.refusal else (),
    )
    lines = [told.message, *(f"{each.pointer or '/'}: {each.detail}" for each in told.errors)]
    value = told.model_dump(mode="json", exclude_none=True)
    if not told.errors:
        del value["errors"]
    return make_structured("\n".join(lines), value, error=run.state in NOT_DONE)


def make_error_result(error: OpsIQError) -> CallToolResult:
    """The result of a failed call: its permanent code, the faults with their places, and whether to retry."""
    code = error.problem_code if isinstance(error, Problem) else error.code
    retryable = error.problem_retryable if isinstance(error, Problem) else error.retryable
    findings = list_findings(error)
    told = {"error": code, "message": error.detail, "retryable": retryable}
    lines = [error.detail, *(f"{each['pointer'] or '/'}: {each['detail']}" for each in findings)]
    return make_structured("\n".join(lines), {**told, **({"errors": findings} if findings else {})}, error=True)


def make_structured(text: str, value: dict[str, Any], *, error: bool = False) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)], structured_content=value, is_error=error)


def spell_out(text: str) -> str:
    """Text that may quote records, whole, with its hidden characters spelled out: a client's model reads what its
    person doesn't see, such as letters written as invisible tags."""
    return to_display_text(text, lines=True, limit=sys.maxsize)


def describe_run(run: Run, base_url: str) -> str:
    """The result of a run in words, for a model that tells a person."""
    previews = " ".join(to_display_text(step.preview, limit=_LINE) for step in run.plan.steps) if run.plan else ""
    url = run_url(base_url, run.id)
    match run.state:
        case "asked" if run.question is not None:
            choices = "; ".join(f"{each.id}: {each.label} {each.detail}".strip() for each in run.question.candidates)
            return f"{run.question.text}" + (f" Choices: {choices}." if choices else "") + " Nothing is done yet."
        case "held":
            return (
                f"Waiting for a person: {previews} Nothing is sent before somebody who may approve it confirms it in "
                f"the console, at {url}. It can't be confirmed from here."
            )
        case "answered" if run.reply is not None:
            return run.reply.text
        case "succeeded":
            return f"Done: {previews}" + (" (Test mode: nothing was sent.)" if is_test(run) else "")
        case "failed":
            return f"Not done: {'; '.join(each.detail for each in run.outcomes if each.detail) or previews}"
        case "unknown":
            return (
                f"It may have happened, and nobody knows: {previews} Don't ask for it again; an owner settles it at "
                f"{url}."
            )
        case "refused" | "abstained" if run.refusal is not None:
            nearest = f" Nearest: {', '.join(run.refusal.nearest)}." if run.refusal.nearest else ""
            return f"{run.refusal.detail}{nearest}"
        case "rejected":
            return f"A person said no: {run.reason or previews or 'nothing was sent.'}"
        case "expired":
            return "Nobody decided in time. Nothing was sent; ask again if it is still wanted."
        case state if state in MOVING:
            return "It is being worked on. Read it with run_status."
    return f"It is {run.state}."


def _question(question: Question) -> OpenQuestion:
    return OpenQuestion(
        slot=question.slot,
        text=spell_out(question.text),
        free_text=question.free_text,
        choices=tuple(map(make_choice, question.candidates)),
    )


def make_choice(candidate: Candidate) -> Choice:
    """A candidate, with how it differs from those that look like it."""
    marks = f" ({'; '.join(candidate.marks)})" if candidate.marks else ""
    return Choice(id=candidate.id, label=spell_out(candidate.label + marks), detail=spell_out(candidate.detail))


def _to_answered(reply: Reply) -> Answered:
    return Answered(
        text=spell_out(reply.text),
        values=tuple(map(spell_out, reply.values)),
        records=tuple(map(make_choice, reply.records)),
        count=reply.count,
    )
