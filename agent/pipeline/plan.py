"""Plan and outcome: steps, refusals and replies, run states, phases, and outcomes of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from agent.pipeline.request import Sentence, Source, Value
from agent.pipeline.resolution import Candidate
from registry.confirmation import ConfirmBy, Policy
from registry.contract import Risk
from registry.endpoints.types import HttpEndpoint, McpEndpoint

CallState = Literal["planned", "begun", "succeeded", "failed", "unknown", "skipped"]


class CallOutcome(Value):
    """Outcome of one call. ``unknown`` means that it may have happened, since no answer came. ``answer`` is up to 64
    KiB of the body as text."""

    call_id: str
    state: CallState
    status: int | None = None
    answer: str | None = None
    detail: str = ""
    attempts: int = 0
    duration_ms: float = 0.0
    result_fits: bool | None = None


RunState = Literal[
    "received",  # accepted, not yet resolved
    "asked",  # waits for an answer
    "held",  # waits for confirmation, or for the second one
    "confirmed",  # may be sent; its job exists
    "executing",  # claimed by a worker
    "succeeded",
    "failed",
    "unknown",  # at least one call may have happened; it isn't known
    "answered",  # a question that records answered, with nothing to do
    "refused",  # understood, not allowed or not possible
    "abstained",  # no registered action fits
    "rejected",  # a person said no
    "expired",  # the card or question expired
]
Phase = Literal[
    "choosing",  # which action is meant, and which words are for what
    "looking",  # the records that the words mean
    "checking",  # schema, roles, policy: what would be sent, and whether a person must see it first
]
"""Phase of resolving a received run."""
PhaseCallback = Callable[[Phase], None]


def ignore_phase(_: Phase) -> None:
    """No-op phase callback."""


FINAL: frozenset[RunState] = frozenset(
    {"succeeded", "failed", "answered", "refused", "abstained", "rejected", "expired"}
)


class ParameterValue(Value):
    """One parameter with its final value, its text for people (``shown``: "49.00 EUR") and its source."""

    param: str
    label: str
    value: Any
    shown: str
    source: Source


class RecordSnapshot(Value):
    """Snapshot of a record that the plan depends on, compared again just before sending. ``values`` are its safe
    fields, used to show drift."""

    record_kind: str
    record_id: str
    label: str
    digest: str
    values: Mapping[str, Any] = Field(default_factory=dict)


class Step(Value):
    """One call of a plan, ready to send. ``payload`` is the text of the whole body (for a tool, its arguments), and its
    bytes don't change any more. ``method`` and ``headers`` belong to an HTTP request, and ``endpoint`` says how its
    answer is read. A signed POST has none of the three."""

    call_id: str
    action: str
    version: int
    contract_digest: str
    title: str
    preview: str
    risk: Risk
    policy: Policy
    approvals: int
    idempotent: bool
    url: str
    timeout_s: int
    deadline_s: int
    filled: tuple[ParameterValue, ...]
    payload: str
    pins: tuple[RecordSnapshot, ...] = ()
    confirm_by: Annotated[ConfirmBy, Field(exclude_if=lambda by: by is ConfirmBy.ANYONE)] = ConfirmBy.ANYONE
    """Left out if it is ``anyone``. An older process beside this one then reads those plans as before, and can't read a
    plan that needs a person."""
    method: Annotated[str, Field(exclude_if=lambda method: not method)] = ""
    headers: Annotated[tuple[tuple[str, str], ...], Field(exclude_if=lambda headers: not headers)] = ()
    endpoint: Annotated[
        Annotated[HttpEndpoint | McpEndpoint, Field(discriminator="type")] | None,
        Field(exclude_if=lambda endpoint: endpoint is None),
    ] = None


class Plan(Value):
    """Every call of a request, validated together. ``digest`` binds contract versions, endpoints, payloads, pins and
    the actor: what is confirmed is what is sent. ``held`` says why a person must confirm. If it is empty, nobody must.
    ``pieces`` are parts of the request that neither the plan nor its resolver accounts for. ``unchanged`` is what the
    plan would not change."""

    run_id: str
    steps: tuple[Step, ...]
    held: tuple[Sentence, ...]
    approvals: int
    expires_s: int
    digest: str
    pieces: Annotated[tuple[str, ...], Field(exclude=True)] = ()
    unchanged: Annotated[Unchanged | None, Field(exclude=True)] = None

    @property
    def confirm_by(self) -> ConfirmBy:
        """Who may confirm the plan: a person if one of its steps needs one, since a plan is confirmed as a whole."""
        return ConfirmBy.PERSON if any(step.confirm_by is ConfirmBy.PERSON for step in self.steps) else ConfirmBy.ANYONE


class Reply(Value):
    """The answer to a question, computed by code from safe fields. ``values`` are the requested values, days in ISO
    8601. ``records`` are the records behind the answer (at most a page; ``count`` is the total). ``actions`` are
    contracts that fit them. ``partial``: the question isn't understood, and this is only known of what it names.
    ``about`` is the kind and id of the one record that it names then. ``as_of``: when the oldest copy among the records
    was read. None if their platforms were asked. ``history``: the records are runs, and this filter of AI History shows
    more."""

    kind: Literal["reply"] = "reply"
    text: Sentence
    record_kind: str | None = None
    records: tuple[Candidate, ...] = ()
    count: int | None = None
    values: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    partial: Annotated[bool, Field(exclude_if=lambda partial: not partial)] = False
    about: Annotated[tuple[str, str] | None, Field(exclude_if=lambda about: about is None)] = None
    as_of: Annotated[str | None, Field(exclude_if=lambda as_of: as_of is None)] = None
    history: Annotated[str, Field(exclude_if=lambda history: not history)] = ""


RefusalCode = Literal[
    "no_match", "forbidden", "wrong_surface", "invalid", "unsigned", "not_found", "expired", "stale", "already_decided",
    "same_person", "person_required", "drifted", "condition_unmet", "unavailable", "too_complex",
]  # fmt: skip


class Fault(Value):
    """A supplied value that is not accepted, by its JSON Pointer."""

    pointer: str
    code: str
    detail: str


class Refusal(Value):
    """Why nothing will be done, in words for the person. ``nearest`` are the closest contracts that the person may run.
    ``faults`` are the values of a call given as data that prevent it. ``about`` is the kind and id of the one record
    that the words name."""

    kind: Literal["refusal"] = "refusal"
    code: RefusalCode
    detail: Sentence
    nearest: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    about: Annotated[tuple[str, str] | None, Field(exclude_if=lambda about: about is None)] = None


class Unchanged(Value):
    """The part of a plan that would change nothing: ``told`` says what is so already, ``records`` (kind and id) have
    it, and ``rest`` is the plan without those calls. ``sure``: no record is a cached copy. Else they are read again
    before the calls are left out."""

    told: tuple[str, ...]
    records: frozenset[tuple[str, str]]
    rest: Plan | Refusal
    sure: bool = True


# Each names the other, so one is complete only here.
Plan.model_rebuild()
