"""Proposal language: the closed set of statements by which a resolver (a model or rules) says what a request means.

A proposal names offered actions. Their arguments are words, references to records, arithmetic or drafted text. It never
holds a record's data or an id that nobody typed: references are queries, and code runs them. Every type is frozen,
holds only JSON, and is stored in history as it is.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_DEPTH: Final = 6
"""How deep references, conditions and sums may be nested in each other."""

Scalar = None | bool | int | float | str
Comparison = Literal["=", "!=", "<", "<=", ">", ">=", "during", "contains"]
First = Literal["latest", "earliest", "highest", "lowest"]
Operation = Literal["+", "-", "*", "/", "days between"]
AS_LISTED: Final = "as listed"
AS_SHOWN: Final = "as shown"
"""The order in which a set of the thread was shown; no prompt tells of it."""


class Node(BaseModel):
    # Built on first use: starting makes hundreds of models and uses few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Words(Node):
    """Words as the resolver says they were typed. ``origin`` 0 is the request, n the n-th answer; ``start`` is the
    offset of the first code point there, None where these words don't stand in it."""

    text: str
    origin: int = 0
    start: int | None = None


class Number(Node):
    """A number that was typed, in digits or words, with its ``unit`` as said; money is in major units."""

    kind: Literal["number"] = "number"
    number: Decimal
    unit: str | None = None
    quote: Words | None = None


class Day(Node):
    """A point or stretch of time by the calendar: ``2026``, ``2026-09``, ``2026-10-22T09`` or ``2026-10-22T09:30``."""

    kind: Literal["date"] = "date"
    date: str
    quote: Words | None = None


class Word(Node):
    """A member of a closed set: an enum's value, a boolean, a state."""

    kind: Literal["word"] = "word"
    word: Scalar
    quote: Words | None = None


class FieldOf(Node):
    """A field of the one record that ``of`` finds."""

    kind: Literal["field"] = "field"
    field: str
    of: Reference


class ArgumentOf(Node):
    """The value that an argument of an earlier call of the thread had."""

    kind: Literal["argument"] = "argument"
    argument: str
    of: str


class CountOf(Node):
    """How many records ``of`` finds."""

    kind: Literal["count"] = "count"
    of: Reference


class TotalOf(Node):
    """The sum of a field over the records that ``of`` finds, one for each currency; with ``average`` that sum by how
    many of them have the field."""

    kind: Literal["total"] = "total"
    field: str
    of: Reference
    average: Annotated[bool, Field(exclude_if=lambda average: not average)] = False


class Computed(Node):
    """Closed arithmetic over two values."""

    kind: Literal["computed"] = "computed"
    op: Operation
    a: Expression
    b: Expression


Expression = Annotated[
    Number | Day | Word | FieldOf | ArgumentOf | CountOf | TotalOf | Computed, Field(discriminator="kind")
]

SET_HANDLE: Final = "@set"
"""What the handle of several records begins with."""
UNDONE: Final = "@undone"
"""What the handle of a record begins with whose call is undone."""


class Handle(Node):
    """A record or set that code has named: ``@invoice1`` of the thread, ``@invoice_id`` of an argument of this call."""

    kind: Literal["handle"] = "handle"
    handle: str


class StateIs(Node):
    """One of the kind's own state words, or not that."""

    kind: Literal["state"] = "state"
    state: str
    negated: bool = False


class Compare(Node):
    """A declared field against a value."""

    kind: Literal["compare"] = "compare"
    field: str
    op: Comparison
    value: Expression


class BelongsTo(Node):
    """What the record belongs to, over any number of declared relations."""

    kind: Literal["belongs_to"] = "belongs_to"
    owner: Reference


class Has(Node):
    """How many records of another kind are related to it, either way."""

    kind: Literal["has"] = "has"
    related: Reference
    op: Comparison = ">="
    count: int = 1


class Except(Node):
    """All but the records that ``left_out`` finds."""

    kind: Literal["except"] = "except"
    left_out: Reference


class AnyOf(Node):
    kind: Literal["any_of"] = "any_of"
    conditions: tuple[Condition, ...]


Condition = Annotated[StateIs | Compare | BelongsTo | Has | Except | AnyOf, Field(discriminator="kind")]


class OrderByField(Node):
    """The ``nth`` from the ``first`` end of the line by a field; ``as listed`` is the kind's own order."""

    kind: Literal["field"] = "field"
    by: str = AS_LISTED
    first: First = "latest"
    nth: int = 1


class OrderByCount(Node):
    """… by how many related records each has."""

    kind: Literal["count"] = "count"
    count: Reference
    first: First = "highest"
    nth: int = 1


class Find(Node):
    """A query over one kind of record. ``said`` is what identifies it, as typed, ``also`` other words for the same that
    nobody typed; ``pick`` is one, all, or that many exactly; ``among`` limits it to a set of the thread."""

    kind: Literal["find"] = "find"
    record: str
    said: Words | None = None
    also: Annotated[tuple[str, ...], Field(exclude_if=lambda also: not also)] = ()
    where: tuple[Condition, ...] = ()
    order: Annotated[OrderByField | OrderByCount, Field(discriminator="kind")] | None = None
    pick: Literal["one", "all"] | int = "one"
    among: str | None = None

    @property
    def bare(self) -> bool:
        """Nothing was said of it but its noun."""
        return self.said is None and not self.where and self.order is None and self.among is None


Reference = Annotated[Handle | Find, Field(discriminator="kind")]


class TypedValue(Node):
    """A value in the parameter's own JSON type, and the words it was read from (None: the resolver's own)."""

    kind: Literal["typed"] = "typed"
    value: Any
    quote: Words | None = None


class RecordArgument(Node):
    kind: Literal["reference"] = "reference"
    reference: Reference


class ComputedArgument(Node):
    """A number, money or date by arithmetic that code does."""

    kind: Literal["expression"] = "expression"
    expression: Expression


class QuotedText(Node):
    """Typed words themselves, byte for byte."""

    kind: Literal["quote"] = "quote"
    quote: Words


class DraftedText(Node):
    """Text that the resolver words where a contract allows it. ``{1}`` is the first of ``fills``, which code works
    out; ``quote`` are the words that say what it is to convey."""

    kind: Literal["draft"] = "draft"
    text: str
    fills: tuple[Expression, ...] = ()
    quote: Words | None = None


class EarlierValue(Node):
    """The value that a record's field held before a call of the thread changed it. Only code makes it, never a
    model."""

    kind: Literal["earlier"] = "earlier"
    value: Any
    record: str
    record_id: str
    field: str


Argument = Annotated[
    EarlierValue | TypedValue | RecordArgument | ComputedArgument | QuotedText | DraftedText,
    Field(discriminator="kind"),
]


class Test(Node):
    """Whether a comparison of two values holds."""

    left: Expression
    op: Comparison
    right: Expression


class When(Node):
    """The condition a call waits on. ``holds`` False is its other branch."""

    kind: Literal["tests"] = "tests"
    tests: tuple[Test, ...]
    join: Literal["all", "any"] = "all"
    holds: bool = True


class Call(Node):
    """One offered action with what was said of each argument; an argument that wasn't spoken of is left out."""

    action: str
    arguments: dict[str, Argument] = Field(default_factory=dict)
    condition: When | None = None


class PlanResult(Node):
    """What shall be done. ``replaces`` are waiting calls of the thread that this plan corrects, by handle."""

    kind: Literal["plan"] = "plan"
    calls: tuple[Call, ...]
    replaces: tuple[str, ...] = ()


class RecordsAnswer(Node):
    """Which records, and what of them; the asked field first."""

    kind: Literal["records"] = "records"
    records: Reference
    fields: tuple[str, ...] = ()


class ValueAnswer(Node):
    """A count, a sum, a difference. ``about`` is the record it is about, where there is one; ``by`` is the field that a
    count or a sum is broken down by."""

    kind: Literal["value"] = "value"
    value: Expression
    about: Reference | None = None
    by: Annotated[str | None, Field(exclude_if=lambda by: by is None)] = None


class YesNoAnswer(Node):
    kind: Literal["yes_no"] = "yes_no"
    tests: tuple[Test, ...]
    join: Literal["all", "any"] = "all"
    about: Reference | None = None


class ActionAnswer(Node):
    """A question about an action itself."""

    kind: Literal["action"] = "action"
    action: str
    asks: Literal["may I", "who may", "can it be undone", "is it confirmed", "how do I"]


class HelpAnswer(Node):
    """What can I do here?"""

    kind: Literal["help"] = "help"


Answer = Annotated[RecordsAnswer | ValueAnswer | YesNoAnswer | ActionAnswer | HelpAnswer, Field(discriminator="kind")]


class AnswerResult(Node):
    kind: Literal["answer"] = "answer"
    answer: Answer


class AskResult(Node):
    """No single action is supported by the words; ``actions`` are those that could be meant."""

    kind: Literal["ask"] = "ask"
    question: str
    actions: tuple[str, ...]


NoneReason = Literal[
    "no such action", "not allowed", "how-to question", "depends on the future or the unknown", "nothing requested",
    "asked not to", "withdrawn", "no field for it",
]  # fmt: skip


class NoneResult(Node):
    """Nothing is to be done; ``action`` is the one it is about, ``quote`` the words that decide it."""

    kind: Literal["none"] = "none"
    reason: NoneReason
    action: str | None = None
    quote: str = ""


class UndoResult(Node):
    """Calls of the thread to be taken back, by handle."""

    kind: Literal["undo"] = "undo"
    calls: tuple[str, ...]


Result = Annotated[PlanResult | AnswerResult | AskResult | NoneResult | UndoResult, Field(discriminator="kind")]
AsideKind = Literal["reason", "background", "manners"]


class Aside(Node):
    """Words beside an order, as its resolver reads them: they change ``nothing`` of it, or are ``expressed`` by it."""

    words: Words
    role: AsideKind | Literal["nothing", "expressed"]


class Proposal(Node):
    """What a request is taken to mean. ``understood`` is one sentence for people. Of words that the result does not
    express ``left_over`` are weighty, ``asides`` change nothing (None: not said); ``replaced`` were by an answer."""

    result: Result
    understood: str = ""
    left_over: tuple[str, ...] = ()
    asides: Annotated[tuple[Aside, ...] | None, Field(exclude_if=lambda asides: asides is None)] = None
    replaced: Annotated[tuple[Words, ...], Field(exclude_if=lambda words: not words)] = ()


for _model in (FieldOf, CountOf, TotalOf, Computed, Compare, BelongsTo, Has, Except, AnyOf, OrderByCount, Find):
    _model.model_rebuild()
