"""Resolution: a resolver's result for a request. It is drafts of calls with their words, a question, or an
abstention."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from agent.pipeline.request import GivenBy, Sentence, Span, Value
from agent.planning.proposal import Find, Proposal

Scalar = None | bool | int | float | str


class Mention(Value):
    """Words for a value ("Adam's last invoice", "20 dollars"). Code reads the value from them later."""

    kind: Literal["mention"] = "mention"
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return " ".join(span.text for span in self.spans)


class Choice(Value):
    """A member of a closed set (an enum's value, a boolean) and the words that chose it."""

    kind: Literal["choice"] = "choice"
    value: Scalar
    spans: tuple[Span, ...]


class ListArgument(Value):
    """The items of an array parameter, in order."""

    kind: Literal["several"] = "several"
    items: tuple[Annotated[Mention | Choice, Field(discriminator="kind")], ...]


Argument = Annotated[Mention | Choice | ListArgument, Field(discriminator="kind")]
"""A resolver's value for a parameter. It is never ``SuppliedValue``: then a resolver could make up a value without
words."""


def list_spans(argument: Argument) -> tuple[Span, ...]:
    """The words of an argument, in order."""
    if isinstance(argument, ListArgument):
        return tuple(span for item in argument.items for span in item.spans)
    return argument.spans


class SuppliedValue(Value):
    """A value that was given as data, not in words. It is not interpreted, but fully checked. ``pointer`` is the JSON
    Pointer of its place in the data, and ``ref`` names the data: the API key's public part, or the event's id."""

    kind: Literal["given"] = "given"
    value: Any
    by: GivenBy
    pointer: str
    ref: str


class Draft(Value):
    """One call: an action, and an argument for each parameter that was mentioned. ``given`` holds values that were
    given as data (API, events). A draft has them only if ``Request.given`` is set. ``condition`` is only read: earlier
    versions stored it, and a draft with one is never planned as if it had none."""

    action: str
    version: int = 1
    arguments: Mapping[str, Argument] = Field(default_factory=dict)
    given: Mapping[str, SuppliedValue] = Field(default_factory=dict)
    condition: Annotated[Mapping[str, Any] | None, Field(exclude_if=lambda condition: condition is None)] = None


class Candidate(Value):
    """One option of a question. ``marks`` say how lookalikes differ ("‘а’ is CYRILLIC SMALL LETTER A")."""

    id: str
    label: str
    detail: str = ""
    marks: tuple[str, ...] = ()


QuestionCode = Literal["ambiguous", "missing", "not_found", "unclear_action", "unreadable"]


class Question(Value):
    """A question that the person must answer before anything can be planned.

    ``slot`` names what the answer fills: ``action``, ``0.invoice_id`` (first call's parameter) or
    ``0.invoice_id/customer`` (the record on the way to it). ``missing`` lists every required parameter without a value,
    and ``param`` is the one asked for now. ``pieces`` are parts of the request that a plan leaves out, if the question
    is only about them. ``about`` is the kind and id of the record that was meant and can't be taken.
    """

    slot: str
    code: QuestionCode
    text: Sentence
    param: str | None = None
    missing: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    free_text: bool = True
    pieces: Annotated[tuple[str, ...], Field(exclude=True)] = ()
    about: Annotated[tuple[str, str] | None, Field(exclude_if=lambda about: about is None)] = None


class Calls(Value):
    """One or more drafts in the order of their execution. ``confidence`` is in [0, 1], and comparable only within one
    resolver."""

    kind: Literal["calls"] = "calls"
    drafts: tuple[Draft, ...]
    confidence: float = 1.0


AbstainReason = Literal["nothing_fits", "empty", "below_threshold", "condition_unmet", "model_refused", "too_complex"]


class Abstain(Value):
    """No registered action fits. ``nearest`` are names of offered actions to show the person, best first. ``about`` are
    the records that the words name, the surest names in the first group. ``fitting`` are the actions that they may ask
    for with them, likeliest first. ``named`` is the kind and id of the one record that the words surely name."""

    kind: Literal["abstain"] = "abstain"
    reason: AbstainReason
    detail: Sentence
    nearest: tuple[str, ...] = ()
    about: Annotated[tuple[tuple[Find, ...], ...], Field(exclude_if=lambda about: not about)] = ()
    fitting: Annotated[tuple[str, ...], Field(exclude_if=lambda fitting: not fitting)] = ()
    named: Annotated[tuple[str, str] | None, Field(exclude_if=lambda named: named is None)] = None


class Ask(Value):
    """A question instead of a resolution. ``drafts`` are the likeliest calls. ``confidence`` is the resolver's
    confidence in them, as in ``Calls``, if a lack of confidence was the only reason to ask. ``stands``: a more certain
    choice wouldn't help, because something that was said can't be checked or done. ``likeliest`` is the call that the
    question is about, as far as it is known: if its record doesn't exist, nothing is asked. ``lacks``: the single draft
    can't be sent as it is, and a question that names the missing parameter makes the meaning clear enough."""

    kind: Literal["ask"] = "ask"
    question: Question
    drafts: tuple[Draft, ...] = ()
    confidence: float | None = None
    stands: bool = False
    likeliest: Proposal | None = None
    lacks: bool = False


class Proposed(Value):
    """A typed proposal for code to prove and plan (agent.planning.proposal). ``instead`` are other plans for the same
    words: if only one of them works on the actual records, that one is used. ``sure`` is False if no word decides
    between them: then nothing that moves money or can't be undone is chosen without asking. ``otherwise`` are the same
    plan with a name read as another kind's, for the case that the likeliest kind has no such record. ``titled`` take
    capitalised words for a record's whole title: one is used if the first plan fails and a record has that title.
    ``unnamed``: no word names an action, and it moves money or leaves words unread: the plan waits for a person.
    ``repeats``: it is an earlier call of the thread once more, which waits too."""

    kind: Literal["proposed"] = "proposed"
    proposal: Proposal
    instead: tuple[Proposal, ...] = ()
    sure: bool = True
    otherwise: tuple[Proposal, ...] = ()
    titled: tuple[Proposal, ...] = ()
    unnamed: bool = False
    repeats: bool = False


Resolution = Annotated[Calls | Abstain | Ask, Field(discriminator="kind")]


class Trace(Value):
    """What a resolver did, for AI History. ``prompt`` is the exact messages sent (JSON text). Tokens and cost are 0
    offline. Durations are milliseconds. ``cost`` is US dollars as a decimal string, or None if the price is unknown.
    ``second`` is a later question about parts of the request, and the figures are totals of both."""

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

    @property
    def summary(self) -> Trace:
        """This trace without the messages and answers, which are long. A run keeps it so; AI History has all of it."""
        return self.model_copy(update={"prompt": None, "response": None, "second": None})

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
    """The meaning of a request. ``by_rules`` is its meaning by rules without the model, since a small model misses much
    of the words, and acts where they say nothing. ``named`` is its meaning if strange words in lower case are names
    ("hugo"): only live data tells whether they are."""

    resolution: Annotated[Calls | Abstain | Ask | Proposed, Field(discriminator="kind")]
    trace: Trace
    by_rules: Annotated[Calls | Abstain | Ask | Proposed, Field(discriminator="kind")] | None = None
    named: Proposed | None = None
