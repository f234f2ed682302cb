"""Values that an expression comes to, with how they were worked out and the records they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final

from agent.planning.proposal import Words
from agent.validate.questions import format_plain as plain_shown
from agent.validate.records.located import LocatedRecord
from core import money

RecordKey = tuple[str, str]
"""A record's kind and id: what a handle of a thread stands for."""
Own = Mapping[str, Sequence[LocatedRecord]]
"""What a call has found for its own arguments, by parameter: ``@invoice_id`` names it."""
NOTHING_FOUND: Final[Own] = MappingProxyType({})
PERCENT: Final = "%"
DAYS: Final = "days"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number. ``unit`` is an ISO 4217 code (major units), ``%``, a plural unit of time, or None."""

    number: Decimal
    unit: str | None = None

    @property
    def is_money(self) -> bool:
        return is_currency(self.unit)

    @property
    def shown(self) -> str:
        """``24.50 EUR``, ``50 %``, ``3 days``, ``12``."""
        if self.unit is not None and self.is_money:
            return money.format_money(to_minor_units(self.number, self.unit), self.unit)
        number = f"{self.number.normalize():f}"
        if self.unit == PERCENT:
            return f"{number} %"
        if self.unit is None:
            return number
        return f"{number} {self.unit.removesuffix('s') if self.number == 1 else self.unit}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or a point in time, ISO 8601 as far as it was said: ``2026-10``, ``2026-10-22``, ``2026-10-22T09:30``."""

    text: str

    @property
    def shown(self) -> str:
        return self.text.replace("T", " ")


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
    """``reading`` is the sum as people write it ("49.00 EUR × 50 % = 24.50 EUR"), empty where there is none."""

    value: Value
    reading: str = ""
    words: tuple[Words, ...] = ()
    found: tuple[LocatedRecord, ...] = ()

    @property
    def shown(self) -> str:
        return self.value.shown


@dataclass(frozen=True, slots=True)
class EarlierArgument:
    """What an argument of an earlier call of the thread was. ``title`` and ``label`` are the call's and the
    argument's; ``proven`` says that code had proved it, so that it need not be doubted again."""

    value: Value
    title: str
    label: str
    proven: bool

    @property
    def reading(self) -> str:
        return f"{self.label[:1].lower()}{self.label[1:]} of “{self.title}” before"


EarlierArguments = Mapping[str, Mapping[str, EarlierArgument]]
"""By the call's handle (``@call1``) and the parameter's name."""
NOTHING_EARLIER: Final[EarlierArguments] = MappingProxyType({})


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Major units as whole minor units, half a cent up."""
    return int(amount.scaleb(money.get_exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_currency(unit: str | None) -> bool:
    return unit is not None and len(unit) == 3 and unit.isascii() and unit.isupper()
