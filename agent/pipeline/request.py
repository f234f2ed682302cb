"""Request and value sources: what was typed, and where each value of a plan comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.planning.proposal import Answer as AskedOfRecords
from agent.planning.proposal import Find
from core.actor import Surface


class Value(BaseModel):
    """A frozen value that is stored and read again as it was; unknown fields are refused."""

    # Built on first use: starting makes hundreds of models and uses few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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


class EarlierCall(Value):
    """A call of an earlier request by its handle: the ``records`` it was for by parameter, as handles, and the queries
    that ``found`` them, where the call has one of its own; which parameters were ``said`` and which were ``computed``;
    whether it ``waits`` for a confirmation."""

    handle: str
    action: str
    records: Mapping[str, str] = {}
    found: Mapping[str, Find] = {}
    said: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    waits: bool = False


class EarlierRecords(Value):
    """Records of one kind that an earlier request spoke of, by their handle."""

    handle: str
    kind: str
    count: int = 1


class Turn(Value):
    """An earlier request of the thread: its words, and what came of it by action names and handles; ``calls`` and
    ``records`` are the same for code to read, ``answered`` is the question that was answered."""

    words: str
    came: str
    calls: tuple[EarlierCall, ...] = ()
    records: tuple[EarlierRecords, ...] = ()
    answered: AskedOfRecords | None = None


class Request(Value):
    """What was typed, when, and everything answered since. ``now`` is the present that words like "tomorrow" go by
    (aware), and its time zone the one in which days begin.

    ``given`` says that nobody typed it: the drafts were given as data, and ``text`` only describes them. No words are
    read out of it, and nobody is there to be asked: until somebody edits the card, what stands in the way is refused.
    ``offered`` names by handle what the last question offered, for who reads the answer.
    """

    text: str
    now: datetime
    surface: Surface = "admin"
    answers: tuple[Answer, ...] = ()
    given: GivenBy | None = None
    thread: tuple[Turn, ...] = ()
    offered: tuple[str, ...] = ()

    @property
    def zone(self) -> tzinfo:
        """The time zone of ``now``, in which days begin. Raises ValueError if ``now`` has none."""
        if self.now.tzinfo is None:
            raise ValueError("the present of a request is aware")
        return self.now.tzinfo

    def words(self, origin: int) -> str:
        return self.text if origin == 0 else (self.answers[origin - 1].text or self.answers[origin - 1].label or "")


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


def grade_evidence(source: Source) -> Evidence:
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
