"""Request and value sources: the typed words, and the source of each value of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agent.planning.proposal import Answer as AskedOfRecords
from agent.planning.proposal import Find
from core.actor import Surface
from core.display_text import begin_sentence


class Value(BaseModel):
    """A frozen value that is stored and read back unchanged. Unknown fields are refused."""

    # Built on first use: starting makes hundreds of models and uses few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


Sentence = Annotated[str, AfterValidator(begin_sentence)]
"""Text for a person that begins with a capital."""


class Span(Value):
    """Words at their place in the text. ``origin`` is 0 for the request's text and n for the n-th answer. ``start`` and
    ``end`` are code point offsets in that text."""

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
"""Source of a call that is given as data instead of words."""


class EarlierCall(Value):
    """A call of an earlier request, by its handle. ``records`` are its records by parameter, as handles. ``found`` are
    the queries that found them, if the call has its own. ``said`` and ``computed`` are the parameters that were said
    and computed. ``waits``: it waits for a confirmation. ``lapsed``: it came to nothing."""

    handle: str
    action: str
    records: Mapping[str, str] = {}
    found: Mapping[str, Find] = {}
    said: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    waits: bool = False
    lapsed: bool = False

    @property
    def can_change(self) -> bool:
        """Whether nothing of it was sent, so that it can be said anew."""
        return self.waits or self.lapsed


class EarlierRecords(Value):
    """Records of one kind in an earlier request, by their handle."""

    handle: str
    kind: str
    count: int = 1


NOTHING_DONE: Final = "nothing was done"
"""What came of a request that was refused or not understood, as a thread tells it."""


class Turn(Value):
    """An earlier request of the thread: its words and its result, as action names and handles. ``calls`` and
    ``records`` are the same result for code. ``answered`` is the question that was answered. ``each`` is the one
    parameter in which several calls differ, with the handle of all their records."""

    words: str
    came: str
    calls: tuple[EarlierCall, ...] = ()
    records: tuple[EarlierRecords, ...] = ()
    answered: AskedOfRecords | None = None
    each: tuple[str, str] | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing was done, answered or asked."""
        return self.came.startswith(NOTHING_DONE)


class Request(Value):
    """The typed words, their time, and every answer since. ``now`` is the present for words like "tomorrow" (aware).
    Days begin in its time zone.

    ``given``: nobody typed the request. The drafts were given as data, and ``text`` only describes them. Its words are
    not interpreted, and nobody can be asked: until somebody edits the card, an obstacle leads to a refusal. ``offered``
    names the last question's candidates by handle, for the reader of the answer.
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
    """A value from the person's words. ``reading`` says how it was read, if that isn't obvious ("next Friday →
    2026-12-04"). ``read_by`` is ``code`` if code reads this exact value from the words, and ``model`` if only a model
    does: then a person must see it first."""

    kind: Literal["prompt"] = "prompt"
    spans: tuple[Span, ...]
    reading: str = ""
    read_by: Literal["code", "model"] = "code"


class ComputedSource(Value):
    """A value that code computed from typed numbers and fields of records. ``reading`` is the calculation, and
    ``records`` are the records in it ("invoice INV-1042"). ``read_by`` says who read the numbers."""

    kind: Literal["computed"] = "computed"
    reading: str
    spans: tuple[Span, ...] = ()
    records: tuple[str, ...] = ()
    read_by: Literal["code", "model"] = "code"


class ProposedSource(Value):
    """A value that a model proposed without words for it. It is only shown, marked and editable, on a card that a
    person confirms."""

    kind: Literal["proposed"] = "proposed"
    reading: str = ""


class RecordSource(Value):
    """A value from a record that was looked up. ``spans`` are the words that led to the record. ``via`` are the records
    on the way to it ("customer Adam Novak")."""

    kind: Literal["record"] = "record"
    record_kind: str
    record_id: str
    label: str
    field: str
    spans: tuple[Span, ...] = ()
    via: tuple[str, ...] = ()
    reading: str = ""


class DefaultSource(Value):
    """A value from the contract's own default."""

    kind: Literal["default"] = "default"


class GivenSource(Value):
    """A value given as data by an API caller or an event. ``pointer`` is its place in that data (JSON Pointer), and
    ``ref`` the key's public part or the event's id. ``reading`` says what it was checked against ("customer Adam
    Novak")."""

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
