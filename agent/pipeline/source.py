"""Source: where the value of a parameter comes from, and how well that supports it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from agent.pipeline.request import GivenBy, Span, Value


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
