"""Pipeline values: what each step hands to the next, ``Request → Resolution → Plan → Held | Confirmed → Outcome``.

Each is frozen and made by one step, so a wrong order doesn't type-check. A refusal is a value, never an exception. All
are Pydantic models, so that another process can take up a stored run. Their modules follow the pipeline's order. Import
them from here.
"""

from __future__ import annotations

from agent.pipeline.plan import (
    FINAL,
    CallOutcome,
    CallState,
    Fault,
    ParameterValue,
    Phase,
    PhaseCallback,
    Plan,
    RecordSnapshot,
    Refusal,
    RefusalCode,
    Reply,
    RunState,
    Step,
    Unchanged,
    ignore_phase,
)
from agent.pipeline.request import (
    Answer,
    ComputedSource,
    DefaultSource,
    EarlierCall,
    EarlierRecords,
    Evidence,
    GivenBy,
    GivenSource,
    PromptSource,
    ProposedSource,
    RecordSource,
    Request,
    Source,
    Span,
    Turn,
    Value,
    grade_evidence,
)
from agent.pipeline.resolution import (
    Abstain,
    AbstainReason,
    Argument,
    Ask,
    Calls,
    Candidate,
    Choice,
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
    list_spans,
)

__all__ = [
    "FINAL", "Abstain", "AbstainReason", "Answer", "Argument", "Ask", "CallOutcome", "CallState", "Calls",
    "Candidate", "Choice", "ComputedSource", "DefaultSource", "Draft", "EarlierCall", "EarlierRecords", "Evidence",
    "Fault", "GivenBy", "GivenSource", "ListArgument", "Mention", "ParameterValue", "Phase", "PhaseCallback",
    "Plan", "PromptSource", "Proposed", "ProposedSource", "Question", "QuestionCode", "RecordSnapshot",
    "RecordSource", "Refusal", "RefusalCode", "Reply", "Request", "Resolution", "Resolved", "RunState", "Scalar",
    "Source", "Span", "Step", "SuppliedValue", "Trace", "Turn", "Unchanged", "Value", "grade_evidence", "ignore_phase",
    "list_spans",
]  # fmt: skip
