"""Query context: what the look-ups and sums of one request share, the ports by which they call each other, and the
values of expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final, Protocol

from agent.pipeline import PhaseCallback, Question, Request, Span, ignore_phase
from agent.planning.proposal import Expression, Find, Reference, Words
from agent.validate.questions import format_plain as plain_shown
from agent.validate.records.located import DiscourseContext, LocatedRecord, Outcome, RecordQuery, RecordScope, name_kind
from core import money
from core.clock import write_day
from core.display_text import within_sentence
from language.measures import Measure, convert_said, find_measure, format_measure
from registry.records import Kinds, RecordKind

RecordKey = tuple[str, str]
"""A record's kind and id: what a handle of a thread stands for."""
Own = Mapping[str, Sequence[LocatedRecord]]
"""What a call has found for its own arguments, by parameter: ``@invoice_id`` names it."""
NOTHING_FOUND: Final[Own] = MappingProxyType({})
PERCENT: Final = "%"
DAYS: Final = "days"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number. ``unit`` is an ISO 4217 code (major units), ``%``, the plural of a unit of measure, or None.
    ``said`` is the unit as it was said, known or not."""

    number: Decimal
    unit: str | None = None
    said: str = field(default="", compare=False)

    @property
    def measure(self) -> Measure | None:
        return find_measure(self.unit)

    @property
    def noun(self) -> str:
        """What the number counts, if that is no known unit: "crates"."""
        return self.said if self.unit is None else ""

    def convert_to(self, wanted: Measure) -> Quantity | None:
        """The same in another unit of its dimension, if that is exact. Pounds are mass or money, and "m" is minutes or
        metres."""
        held = self.measure or find_measure(self.said, wanted.dimension)
        number = convert_said(self.number, held, wanted) if held is not None else None
        return Quantity(number, wanted.name) if number is not None else None

    @property
    def is_money(self) -> bool:
        return is_currency(self.unit)

    @property
    def shown(self) -> str:
        """``24.50 EUR``, ``50 %``, ``3 days``, ``12``."""
        if self.unit is not None and self.is_money:
            return money.format_money(to_minor_units(self.number, self.unit), self.unit)
        if self.measure is not None:
            return format_measure(self.number, self.measure)
        number = f"{self.number.normalize():f}"
        return f"{number} {self.unit}" if self.unit is not None else number


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or a point in time, in ISO 8601 as precisely as it was said: ``2026-10``, ``2026-10-22``,
    ``2026-10-22T09:30``."""

    text: str

    @property
    def shown(self) -> str:
        return write_day(self.text)


@dataclass(frozen=True, slots=True)
class Plain:
    """Any other JSON scalar."""

    value: Any

    @property
    def shown(self) -> str:
        return plain_shown(self.value)


Value = Quantity | Moment | Plain


@dataclass(frozen=True, slots=True)
class Worked:
    """The result of an expression. ``reading`` is the sum as people write it ("49.00 EUR × 50 % = 24.50 EUR"), or
    empty."""

    value: Value
    reading: str = ""
    words: tuple[Words, ...] = ()
    found: tuple[LocatedRecord, ...] = ()

    @property
    def shown(self) -> str:
        return self.value.shown

    @property
    def written(self) -> str:
        """The value as a program reads it."""
        if isinstance(self.value, Moment):
            return self.value.text.replace("T", " ")
        return self.value.shown.replace(",", "") if isinstance(self.value, Quantity) else self.value.shown


@dataclass(frozen=True, slots=True)
class EarlierArgument:
    """An argument of an earlier call of the thread. ``title`` and ``label`` name the call and the argument. ``proven``:
    code proved it then, so it needs no second proof."""

    value: Value
    title: str
    label: str
    proven: bool

    @property
    def reading(self) -> str:
        return f"{within_sentence(self.label)} of “{self.title}” before"


EarlierArguments = Mapping[str, Mapping[str, EarlierArgument]]
"""By the call's handle (``@call1``) and the parameter's name."""
NOTHING_EARLIER: Final[EarlierArguments] = MappingProxyType({})


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Major units as whole minor units, rounded half up."""
    return int(amount.scaleb(money.get_exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_currency(unit: str | None) -> bool:
    return unit is not None and len(unit) == 3 and unit.isascii() and unit.isupper()


NOTHING_NAMED: Mapping[str, tuple[RecordKey, ...]] = MappingProxyType({})


class FindsRecords(Protocol):
    async def find(self, need: RecordQuery, reference: Reference, own: Own = ...) -> Outcome: ...

    async def find_all(self, need: RecordQuery, reference: Reference, own: Own = ...) -> Outcome: ...

    async def run(self, need: RecordQuery, find: Find, own: Own) -> Outcome: ...


class WorksOut(Protocol):
    async def work_out(
        self, expression: Expression, need: RecordQuery, own: Own = ..., depth: int = ...
    ) -> Worked | Question: ...


class QueryContext:
    """What the queries of one request share. ``thread`` maps the thread's handles (``@invoice1``) to records,
    ``earlier`` those of its calls to their arguments. Nothing is cached beyond the request.

    Every look-up may raise core.errors.PlatformUnavailable.
    """

    records: FindsRecords
    arithmetic: WorksOut

    def __init__(
        self,
        request: Request,
        reach: RecordScope,
        scene: DiscourseContext,
        *,
        thread: Mapping[str, tuple[RecordKey, ...]] = NOTHING_NAMED,
        earlier: EarlierArguments = NOTHING_EARLIER,
        on_phase: PhaseCallback = ignore_phase,
    ) -> None:
        self.request, self.reach, self.scene, self.on_phase = request, reach, scene, on_phase
        self.thread, self.earlier = thread, earlier
        self.exact = False
        """Whether a name that fits in part only is always asked about: a figure of another thing would be wrong."""
        self.tells_ties = False
        """Whether all that share a place are told, instead of being asked about: nothing is done with them."""
        self.paid_in: str | None = None
        """The currency of the amount that is being worked out, if it has one."""
        self.place: str = ""
        """That the told records share a place ("shared"), or are each the "highest" or "lowest" in its own currency."""
        self.counts: Mapping[str, int] = {}
        """The numbers by which records have their places, by id."""
        self.other_owners: dict[str, str] = {}
        """The names of owners that another kind's record has than was likeliest, with that record's label."""
        self.without: dict[str, None] = {}
        """Who has the name that was said as well, but none of what is asked for."""
        self.other_words: tuple[Span, ...] = ()
        """The words of the request that nothing was read from."""
        self.singled_out: dict[RecordKey, tuple[Span, ...]] = {}
        """Records that such words tell from others of the same name, with these words."""
        self.unoffered: dict[RecordKey, str] = {}
        """Records that an answer names although others were offered, with the answer."""
        self.namesakes: dict[RecordKey, str] = {}
        """Records of one of several people of the same name, as nobody else has such a one, with a sentence on it."""
        self.spared: list[str] | None = None
        """What a plan's card says of records that shall be left out and aren't among those that are meant. None for an
        answer, which has no card: there it is asked about."""

    @property
    def kinds(self) -> Kinds:
        return self.reach.kinds

    def kind_of(self, handle: str) -> RecordKind | None:
        """The kind of the records behind a handle of the thread."""
        keys = self.thread.get(handle, ())
        return self.kinds.get(keys[0][0]) if keys else None

    def find_kind(self, need: RecordQuery, reference: Reference, own: Own = NOTHING_FOUND) -> RecordKind | Question:
        """The kind of the records that a reference is about, or the question which is meant."""
        if isinstance(reference, Find):
            kind = self.kinds.get(reference.record)
        else:
            found = own.get(reference.handle.removeprefix("@"), ())
            kind = found[0].kind if found else self.kind_of(reference.handle)
        return kind if kind is not None else need.ask(f"Which {name_kind(need.kind)} do you mean?", code="missing")


def describes(find: Find) -> bool:
    """Whether a reference says what its record is like, without a name, a place in a line or a set that it is of."""
    return bool(find.where) and find.said is None and find.order is None and find.among is None
