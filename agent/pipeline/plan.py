"""The values that pass from step to step: ``Request → Resolution → Plan → Held | Confirmed → Outcome``.

Each is frozen and made by one step, so that a wrong order does not type-check. A refusal is a value here, never an
exception. All of them are Pydantic models so that a run can be stored and taken up again by another process as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.planning.proposal import Proposal
from core.actor import Surface
from registry.contract import ConfirmBy, Policy, Risk

Scalar = None | bool | int | float | str


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Span(Value):
    """Words at their place in the text. ``origin`` 0 is the request's text, n the n-th answer; ``start``/``end`` are
    code point offsets in it."""

    origin: Annotated[int, Field(ge=0)] = 0
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    text: str


class Answer(Value):
    """An answer to a question: a candidate's id (``choice``) or words (``text``), never both."""

    slot: str
    choice: str | None = None
    label: str | None = None
    text: str | None = None


GivenBy = Literal["api", "event"]
"""What hands over a call ready-made, in data instead of words."""


class Turn(Value):
    """An earlier request of the thread: its words, and what came of it by action names and handles."""

    words: str
    came: str


class Request(Value):
    """What was typed, when, and everything answered since. ``now`` is the present that words like "tomorrow" go by
    (aware UTC).

    ``given`` says that nobody typed it: the drafts were given as data, and ``text`` only describes them. No words are
    read out of it, and nobody is there to be asked: until somebody edits the card, what stands in the way is refused.
    """

    text: str
    now: datetime
    surface: Surface = "admin"
    answers: tuple[Answer, ...] = ()
    given: GivenBy | None = None
    thread: tuple[Turn, ...] = ()

    def words(self, origin: int) -> str:
        return self.text if origin == 0 else (self.answers[origin - 1].text or self.answers[origin - 1].label or "")


# ── resolution ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Mention(Value):
    """Words that stand for a value ("Adam's last invoice", "20 dollars"). Code reads the value out of them later."""

    kind: Literal["mention"] = "mention"
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return " ".join(span.text for span in self.spans)


class Choice(Value):
    """A member of a closed set (an enum's value, a boolean) and the words it was chosen by."""

    kind: Literal["choice"] = "choice"
    value: Scalar
    spans: tuple[Span, ...]


class ListArgument(Value):
    """The items of an array parameter, in order."""

    kind: Literal["several"] = "several"
    items: tuple[Annotated[Mention | Choice, Field(discriminator="kind")], ...]


Argument = Annotated[Mention | Choice | ListArgument, Field(discriminator="kind")]
"""What a resolver can say of a parameter. It can never say ``Given``: a value of its own making would need no words."""


def spans_of(argument: Argument) -> tuple[Span, ...]:
    """The words an argument stands on, in order."""
    if isinstance(argument, ListArgument):
        return tuple(span for item in argument.items for span in item.spans)
    return argument.spans


class SuppliedValue(Value):
    """A value that was given as data, not in words: there is nothing to read, everything to check. ``pointer`` is the
    JSON Pointer of its place in what was given, ``ref`` says in what: the API key's public part, the event's id."""

    kind: Literal["given"] = "given"
    value: Any
    by: GivenBy
    pointer: str
    ref: str


class Condition(Value):
    """The words of a condition that live data answers, and the answer at which the call is made: ``holds`` or not."""

    spans: tuple[Span, ...]
    holds: bool = True


class Draft(Value):
    """One call: an action and, for each parameter that was spoken of, its argument. ``condition`` says when it is made
    at all. ``given`` holds values that were given as data instead (API, events); a draft has them only where
    ``Request.given`` says so."""

    action: str
    version: int = 1
    arguments: Mapping[str, Argument] = Field(default_factory=dict)
    given: Mapping[str, SuppliedValue] = Field(default_factory=dict)
    condition: Condition | None = None


class Candidate(Value):
    """One thing a question offers. ``marks`` say how lookalikes differ ("‘а’ is CYRILLIC SMALL LETTER A")."""

    id: str
    label: str
    detail: str = ""
    marks: tuple[str, ...] = ()


QuestionCode = Literal["ambiguous", "missing", "not_found", "unclear_action", "unreadable"]


class Question(Value):
    """What the person must say before anything can be planned.

    ``slot`` names what the answer fills: ``action``, ``0.invoice_id`` (first call's parameter) or
    ``0.invoice_id/customer`` (the record on the way to it). ``missing`` lists every required parameter still without a
    value, ``param`` the one asked for now.
    """

    slot: str
    code: QuestionCode
    text: str
    param: str | None = None
    missing: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    free_text: bool = True


class Calls(Value):
    """One or more drafts in the order they shall run. ``confidence`` is in [0, 1], comparable within one resolver only.
    ``instead`` are calls that the same words say nearly as well, likeliest first: for where the only draft does not
    work on the record that is meant."""

    kind: Literal["calls"] = "calls"
    drafts: tuple[Draft, ...]
    confidence: float = 1.0
    instead: tuple[Draft, ...] = ()


AbstainReason = Literal["nothing_fits", "empty", "below_threshold", "condition_unmet", "model_refused", "too_complex"]


class Abstain(Value):
    """No registered action fits. ``nearest`` are offered names to show the person, best first."""

    kind: Literal["abstain"] = "abstain"
    reason: AbstainReason
    detail: str
    nearest: tuple[str, ...] = ()


class Ask(Value):
    """A question instead of a resolution. ``drafts`` are the likeliest calls; ``confidence`` is how sure the resolver
    was of them, as in ``Calls``, where only that was lacking. ``stands`` says that no surer choice settles it:
    something that was said can't be checked, or done."""

    kind: Literal["ask"] = "ask"
    question: Question
    drafts: tuple[Draft, ...] = ()
    confidence: float | None = None
    stands: bool = False


class Proposed(Value):
    """A typed proposal, to be proved and planned by code (agent.planning.proposal)."""

    kind: Literal["proposed"] = "proposed"
    proposal: Proposal


Resolution = Annotated[Calls | Abstain | Ask, Field(discriminator="kind")]


class Trace(Value):
    """What a resolver did, for AI History. ``prompt`` is the exact messages sent (JSON text); tokens and cost are 0
    offline. Durations are milliseconds; ``cost`` is US dollars as a decimal string, None when the price is unknown."""

    resolver: str
    model: str | None = None
    prompt_version: str | None = None
    prompt: str | None = None
    response: str | None = None
    schema_digest: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: str | None = None
    duration_ms: float = 0.0
    attempts: int = 1
    shortlist: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Resolved(Value):
    resolution: Annotated[Calls | Abstain | Ask | Proposed, Field(discriminator="kind")]
    trace: Trace


# ── validation ───────────────────────────────────────────────────────────────────────────────────────────────────────


class PromptSource(Value):
    """Value from the person's words. ``reading`` says how, where that isn't obvious ("next Friday → 2026-12-04").
    ``read_by`` is ``code`` where code reads this very value from the words, ``model`` where only a model does: then a
    person must see it first."""

    kind: Literal["prompt"] = "prompt"
    spans: tuple[Span, ...]
    reading: str = ""
    read_by: Literal["code", "model"] = "code"


class ComputedSource(Value):
    """Value computed by code from numbers that were typed and fields of records. ``reading`` is the sum; ``records``
    are what it rests on ("invoice INV-1042"). ``read_by`` says who read the numbers."""

    kind: Literal["computed"] = "computed"
    reading: str
    spans: tuple[Span, ...] = ()
    records: tuple[str, ...] = ()
    read_by: Literal["code", "model"] = "code"


class ProposedSource(Value):
    """Value proposed by a model, with no words for it. Only ever shown, marked and editable, on a card that a person
    confirms."""

    kind: Literal["proposed"] = "proposed"
    reading: str = ""


class RecordSource(Value):
    """Value from a record that was looked up. ``spans`` are the words that led to the record, ``via`` the records
    passed on the way ("customer Adam Novak")."""

    kind: Literal["record"] = "record"
    record_kind: str
    record_id: str
    label: str
    field: str
    spans: tuple[Span, ...] = ()
    via: tuple[str, ...] = ()
    reading: str = ""


class DefaultSource(Value):
    """Value from the contract's own default."""

    kind: Literal["default"] = "default"


class GivenSource(Value):
    """Value given as data by an API caller or an event. ``pointer`` is its place in that (JSON Pointer), ``ref`` the
    key's public part or the event's id. ``reading`` says what it was checked against ("customer Adam Novak")."""

    kind: Literal["given"] = "given"
    by: GivenBy
    pointer: str
    ref: str
    reading: str = ""


Source = Annotated[
    PromptSource | RecordSource | ComputedSource | ProposedSource | DefaultSource | GivenSource,
    Field(discriminator="kind"),
]
Evidence = Literal["proven", "read", "proposed", "default"]


def evidence_of(source: Source) -> Evidence:
    """How well a value is supported: proven by code, read by a model from typed words, proposed by a model, or the
    contract's default."""
    match source:
        case PromptSource(read_by="model") | ComputedSource(read_by="model"):
            return "read"
        case ProposedSource():
            return "proposed"
        case DefaultSource():
            return "default"
    return "proven"


class ParameterValue(Value):
    """One parameter with its final value, how a person reads it (``shown``: "49.00 EUR") and where it came from."""

    param: str
    label: str
    value: Any
    shown: str
    source: Source


class RecordSnapshot(Value):
    """Snapshot of a record that the plan rests on, compared again just before sending. ``values`` are its safe fields,
    for showing drift."""

    record_kind: str
    record_id: str
    label: str
    digest: str
    values: Mapping[str, Any] = Field(default_factory=dict)


class Step(Value):
    """One call of a plan, ready to send. ``payload`` is the canonical JSON text of the whole body; from here on its
    bytes don't change."""

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
    """Left out where it is ``anyone``: an old process beside this one reads those plans as ever, and can't read one
    that needs a person."""


class Plan(Value):
    """Every call of a request, validated together. ``digest`` binds contract versions, endpoints, payloads, pins and
    the actor: what is confirmed is what is sent. ``held`` says why a person must confirm; empty means no one must."""

    run_id: str
    steps: tuple[Step, ...]
    held: tuple[str, ...]
    approvals: int
    expires_s: int
    digest: str

    @property
    def confirm_by(self) -> ConfirmBy:
        """A person, as soon as one of its steps needs one: a plan is confirmed as a whole."""
        return ConfirmBy.PERSON if any(step.confirm_by is ConfirmBy.PERSON for step in self.steps) else ConfirmBy.ANYONE


class Reply(Value):
    """The answer to a question, worked out by code over safe fields. ``values`` are what was asked for, as people write
    it; ``records`` are those it rests on (at most a page; ``count`` is how many there are); ``actions`` are contracts
    that fit them."""

    kind: Literal["reply"] = "reply"
    text: str
    record_kind: str | None = None
    records: tuple[Candidate, ...] = ()
    count: int | None = None
    values: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


RefusalCode = Literal[
    "no_match", "forbidden", "wrong_surface", "invalid", "unsigned", "not_found", "expired", "stale", "already_decided",
    "same_person", "person_required", "drifted", "condition_unmet", "unavailable", "too_complex",
]  # fmt: skip


class Fault(Value):
    """One supplied value that is not accepted, by its JSON Pointer."""

    pointer: str
    code: str
    detail: str


class Refusal(Value):
    """Why nothing will be done, in words for the person. ``nearest`` are contracts they may run that come closest.
    ``faults`` name the values of a call given as data that stand in its way."""

    kind: Literal["refusal"] = "refusal"
    code: RefusalCode
    detail: str
    nearest: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


# ── outcome ──────────────────────────────────────────────────────────────────────────────────────────────────────────

CallState = Literal["planned", "begun", "succeeded", "failed", "unknown", "skipped"]


class CallOutcome(Value):
    """Outcome of one call. ``unknown`` means it may have happened: no answer came. ``answer`` is at most 64 KiB of the
    body as text."""

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
    "held",  # waits for confirmation (or for the second one)
    "confirmed",  # may be sent; the work row stands
    "executing",  # claimed by a worker
    "succeeded",
    "failed",
    "unknown",  # at least one call may have happened, and nobody knows
    "answered",  # a question that records answered; nothing was to be done
    "refused",  # understood, not allowed or not possible
    "abstained",  # no registered action fits
    "rejected",  # a person said no
    "expired",  # the card or question ran out
]
Phase = Literal[
    "choosing",  # which of the registered actions, and which words are for what
    "looking",  # the records that the words mean
    "checking",  # schema, roles, policy: what would be sent, and whether somebody must see it first
]
"""Where the working out of a received run is."""
PhaseCallback = Callable[[Phase], None]


def ignore_phase(_: Phase) -> None:
    """No-op phase callback."""


FINAL: frozenset[RunState] = frozenset(
    {"succeeded", "failed", "answered", "refused", "abstained", "rejected", "expired"}
)
