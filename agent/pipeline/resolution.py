"""Resolution: what a resolver makes of a request. Drafts of calls with their words, a question, or an abstention."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from agent.pipeline.request import GivenBy, Span, Value
from agent.planning.proposal import Proposal

Scalar = None | bool | int | float | str


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


def list_spans(argument: Argument) -> tuple[Span, ...]:
    """The words of an argument, in order."""
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


class Draft(Value):
    """One call: an action and, for each parameter that was spoken of, its argument. ``given`` holds values that were
    given as data instead (API, events); a draft has them only where ``Request.given`` says so. ``condition`` is only
    read: earlier versions stored it, and what has one is never planned as if it had none."""

    action: str
    version: int = 1
    arguments: Mapping[str, Argument] = Field(default_factory=dict)
    given: Mapping[str, SuppliedValue] = Field(default_factory=dict)
    condition: Annotated[Mapping[str, Any] | None, Field(exclude_if=lambda condition: condition is None)] = None


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
    value, ``param`` the one asked for now. ``pieces`` are stretches of the request that a plan passes over, where it is
    about those alone.
    """

    slot: str
    code: QuestionCode
    text: str
    param: str | None = None
    missing: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    free_text: bool = True
    pieces: Annotated[tuple[str, ...], Field(exclude=True)] = ()


class Calls(Value):
    """One or more drafts in the order they shall run. ``confidence`` is in [0, 1], comparable within one resolver
    only."""

    kind: Literal["calls"] = "calls"
    drafts: tuple[Draft, ...]
    confidence: float = 1.0


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
    something that was said can't be checked, or done. ``likeliest`` is the call that the question is about, as far as
    it is read: where its record isn't there, nothing is asked. ``lacks`` says that the one draft can't go out as it is,
    and that to ask for what it lacks, by its name, says enough of what is meant."""

    kind: Literal["ask"] = "ask"
    question: Question
    drafts: tuple[Draft, ...] = ()
    confidence: float | None = None
    stands: bool = False
    likeliest: Proposal | None = None
    lacks: bool = False


class Proposed(Value):
    """A typed proposal, to be proved and planned by code (agent.planning.proposal). ``instead`` are plans that the same
    words say as well: where only one of them works on the records that are meant, it is that one. ``sure`` is False
    where no word tells which: then nothing that moves money or can't be undone is taken without asking. ``otherwise``
    is the same plan with a name read as another kind's, for where the likeliest kind has none such. ``titled`` take
    capitalised words for a record's whole title: one holds where the first plan doesn't and a record is called so."""

    kind: Literal["proposed"] = "proposed"
    proposal: Proposal
    instead: tuple[Proposal, ...] = ()
    sure: bool = True
    otherwise: tuple[Proposal, ...] = ()
    titled: tuple[Proposal, ...] = ()


Resolution = Annotated[Calls | Abstain | Ask, Field(discriminator="kind")]


class Trace(Value):
    """What a resolver did, for AI History. ``prompt`` is the exact messages sent (JSON text); tokens and cost are 0
    offline. Durations are milliseconds; ``cost`` is US dollars as a decimal string, None when the price is unknown.
    ``second`` is what it was asked once more, about pieces of the request: the figures above are of both."""

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
    second: Annotated[Trace | None, Field(exclude_if=lambda second: second is None)] = None

    def add_second(self, second: Trace) -> Trace:
        """This trace with a later question to the model."""
        costs = None if self.cost is None or second.cost is None else Decimal(self.cost) + Decimal(second.cost)
        return self.model_copy(
            update={
                "tokens_in": self.tokens_in + second.tokens_in,
                "tokens_out": self.tokens_out + second.tokens_out,
                "cost": None if costs is None else f"{costs:f}",
                "duration_ms": self.duration_ms + second.duration_ms,
                "attempts": self.attempts + second.attempts,
                "second": second,
            }
        )


class Resolved(Value):
    """What a request was taken to mean. ``by_rules`` is how the words read without the model: a small one misses much
    that they say, and acts where they say nothing."""

    resolution: Annotated[Calls | Abstain | Ask | Proposed, Field(discriminator="kind")]
    trace: Trace
    by_rules: Annotated[Calls | Abstain | Ask | Proposed, Field(discriminator="kind")] | None = None
