"""The values that pass from step to step: ``Request → Resolution → Plan → Held | Confirmed → Outcome``.

Each is frozen and made by one step, so that a wrong order does not type-check. A refusal is a value here, never an
exception. All of them are Pydantic models so that a run can be stored and taken up again by another process as it was.
Their modules follow the pipeline's order; everybody else imports them from here.
"""

from __future__ import annotations

from agent.pipeline.outcome import FINAL, CallOutcome, CallState, Phase, PhaseCallback, RunState, ignore_phase
from agent.pipeline.plan import Fault, ParameterValue, Plan, RecordSnapshot, Refusal, RefusalCode, Reply, Step
from agent.pipeline.request import Answer, GivenBy, Request, Span, Turn, Value
from agent.pipeline.resolution import (
    Abstain,
    AbstainReason,
    Argument,
    Ask,
    Calls,
    Candidate,
    Choice,
    Condition,
    Draft,
    ListArgument,
    Mention,
    Proposed,
    Question,
    QuestionCode,
    Resolution,
    Resolved,
    Scalar,
    SuppliedValue,
    Trace,
    spans_of,
)
from agent.pipeline.source import (
    ComputedSource,
    DefaultSource,
    Evidence,
    GivenSource,
    PromptSource,
    ProposedSource,
    RecordSource,
    Source,
    evidence_of,
)

__all__ = [
    "FINAL",
    "Abstain",
    "AbstainReason",
    "Answer",
    "Argument",
    "Ask",
    "CallOutcome",
    "CallState",
    "Calls",
    "Candidate",
    "Choice",
    "ComputedSource",
    "Condition",
    "DefaultSource",
    "Draft",
    "Evidence",
    "Fault",
    "GivenBy",
    "GivenSource",
    "ListArgument",
    "Mention",
    "ParameterValue",
    "Phase",
    "PhaseCallback",
    "Plan",
    "PromptSource",
    "Proposed",
    "ProposedSource",
    "Question",
    "QuestionCode",
    "RecordSnapshot",
    "RecordSource",
    "Refusal",
    "RefusalCode",
    "Reply",
    "Request",
    "Resolution",
    "Resolved",
    "RunState",
    "Scalar",
    "Source",
    "Span",
    "Step",
    "SuppliedValue",
    "Trace",
    "Turn",
    "Value",
    "evidence_of",
    "ignore_phase",
    "spans_of",
]
