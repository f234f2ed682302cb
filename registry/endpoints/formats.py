"""Value formats of a request: write a parameter's value in the form that the called API expects.

Pure functions. A value that can't be written in its format raises InvalidInput with a sentence for people. Nothing is
rounded, truncated or guessed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from core import canon
from core.errors import InvalidInput
from core.money import get_exponent, to_major_units
from registry.endpoints.values import Format, ValueMap

Json = Any


@dataclass(frozen=True, slots=True)
class Money:
    """How a money parameter counts: its ISO 4217 code (None if unknown), and whether in ``minor`` units."""

    currency: str | None
    minor: bool


def format_value(name: str, value: Json, form: Format | ValueMap | None, money: Money | None) -> Json:
    """``value`` of the parameter ``name`` in its format; ``money`` where it is an amount. Raises InvalidInput."""
    if form is None or form in (Format.PATH, Format.BRACKETS):
        return value
    if isinstance(form, ValueMap):
        return _map(name, value, form)
    try:
        return _WRITERS[form](value, money)
    except (ValueError, TypeError, InvalidOperation, OverflowError, OSError) as error:
        why = f": {error}" if type(error) is ValueError else ""
        raise InvalidInput(f"{write_text(value)[:80]!r} of {name!r} can't be written as {form.value}{why}.") from error


def write_text(value: Json) -> str:
    """A value as a piece of text: strings as they are, ``true``, ``12.5``, anything else as JSON."""
    if isinstance(value, str):
        return value
    return canon.dumps(value).decode()


def _map(name: str, value: Json, form: ValueMap) -> Json:
    found = form.map.get(write_text(value))
    if found is None:
        raise InvalidInput(f"The contract says nothing of what is sent for {write_text(value)[:80]!r} of {name!r}.")
    return found


def _write_string(value: Json, _: Money | None) -> Json:
    return write_text(value)


def _write_integer(value: Json, _: Money | None) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("it is no number")
    number = Decimal(value.strip()) if isinstance(value, str) else Decimal(str(value))
    if number != number.to_integral_value():
        raise ValueError("it is no whole number")
    return int(number)


def _make_major_units(value: Json, money: Money | None) -> Decimal:
    """Major units of a money value: whole minor units with a currency, or major units as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("it is no amount")
    if money is None or not money.minor:
        return Decimal(str(value))
    if money.currency is None:
        raise ValueError("its currency is not known")
    if not isinstance(value, int):
        raise ValueError("minor units are whole numbers")
    return to_major_units(value, money.currency)


def _write_decimal(value: Json, money: Money | None) -> Json:
    return f"{_make_major_units(value, money):f}"


def _write_number(value: Json, money: Money | None) -> Json:
    exact = _make_major_units(value, money)
    made = int(exact) if exact == exact.to_integral_value() else float(exact)
    if Decimal(str(made)) != exact:
        raise ValueError("a JSON number can't hold it exactly")
    return made


def _make_minor_units(value: Json, money: Money | None) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("it is no amount")
    if money is not None and money.minor:
        return _write_integer(value, money)
    if money is None or money.currency is None:
        raise ValueError("its currency is not known")
    minor = Decimal(str(value)).scaleb(get_exponent(money.currency))
    if minor != minor.to_integral_value():
        raise ValueError("the currency has no unit as small as that")
    return int(minor)


def _read_moment(value: Json) -> datetime:
    """A point in time. A date alone begins at midnight UTC, and a time without a zone is in UTC."""
    if isinstance(value, bool):
        raise ValueError("it is no time")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if not isinstance(value, str):
        raise ValueError("it is no time")
    if len(value) == 10:
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _write_date(value: Json, _: Money | None) -> Json:
    if isinstance(value, str) and len(value) >= 10:
        _read_moment(value)
        return value[:10]
    return _read_moment(value).date().isoformat()


def _write_datetime(value: Json, _: Money | None) -> Json:
    return _read_moment(value).isoformat().replace("+00:00", "Z")


def _write_epoch_s(value: Json, _: Money | None) -> Json:
    return int(_read_moment(value).timestamp())


def _write_epoch_ms(value: Json, _: Money | None) -> Json:
    return round(_read_moment(value).timestamp() * 1000)


def _make_joiner(between: str) -> Callable[[Json, Money | None], Json]:
    def join(value: Json, _: Money | None) -> Json:
        if not isinstance(value, list | tuple):
            return write_text(value)
        parts = [write_text(each) for each in value]
        if any(between in part for part in parts):
            raise ValueError(f"a part of it holds {between!r} itself")
        return between.join(parts)

    return join


def _write_json(value: Json, _: Money | None) -> Json:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_WRITERS: Final[Mapping[Format, Callable[[Json, Money | None], Json]]] = {
    Format.STRING: _write_string,
    Format.INTEGER: _write_integer,
    Format.DECIMAL: _write_decimal,
    Format.NUMBER: _write_number,
    Format.MINOR_UNITS: _make_minor_units,
    Format.DATE: _write_date,
    Format.DATETIME: _write_datetime,
    Format.EPOCH_S: _write_epoch_s,
    Format.EPOCH_MS: _write_epoch_ms,
    Format.COMMA_SEPARATED: _make_joiner(","),
    Format.SPACE_SEPARATED: _make_joiner(" "),
    Format.PIPE_SEPARATED: _make_joiner("|"),
    Format.JSON: _write_json,
}
