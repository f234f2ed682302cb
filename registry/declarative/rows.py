"""Row mapping: maps a platform's JSON object to the declared safe fields of its kind, in OpsIQ's types.

A value that doesn't fit its declaration makes the whole answer unusable. It is reported, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

from core import canon, money
from core.clock import format_iso
from core.errors import NotCanonical, PlatformUnavailable
from registry.declarative.document import FieldDocument, KindDocument

MAX_TEXT_CHARS: Final = 20_000
MAX_JSON_BYTES: Final = 200_000
"""Most bytes of a list or an object that is kept whole. If it were cut, it would be written back without its end."""
NOTHING: Final[Mapping[str, Any]] = {}
_MISSING: Final = object()


def read_pointer(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer (RFC 6901). None if there is none."""
    found = _at(value, pointer)
    return None if found is _MISSING else found


def _at(value: Any, pointer: str) -> Any:
    if not pointer:
        return value
    for part in pointer[1:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and len(key) < 7 and int(key) < len(value):
            value = value[int(key)]
        else:
            return _MISSING
    return value


def read_values(
    kind: KindDocument, row: Any, given: Mapping[str, str], what: str, related: Mapping[str, Any] = NOTHING
) -> dict[str, Any]:
    """The safe fields of one row.

    ``given`` are settings and path parameters by name. ``related`` are fields from other records. ``what`` names the
    answer in errors. Raises PlatformUnavailable for a row that doesn't fit the kind's declaration.
    """
    if not isinstance(row, Mapping):
        raise PlatformUnavailable(
            f"{what} holds something other than an object where a record is expected.", lasting=True
        )
    made: dict[str, Any] = {}
    later: list[tuple[str, FieldDocument, Any]] = []
    for name, field in kind.fields.items():
        raw = related.get(name) if field.of is not None else _raw(name, field, row, given)
        if field.type == "money_minor" and raw is not None:
            later.append((name, field, raw))
            made[name] = None
            continue
        made[name] = _fitting(field, partial(_typed, name, field, raw, what))
    for name, field, raw in later:
        currency = made.get(field.currency_field or "")
        made[name] = _fitting(field, partial(_money, name, field, raw, currency, what))
    if kind.scope:
        own = made.get(kind.id)
        made[kind.id] = None if own is None else "/".join([*(given[each] for each in kind.scope), str(own)])
    if not isinstance(made.get(kind.id), str | int) or made[kind.id] == "":
        raise PlatformUnavailable(f"{what} holds a record without its {kind.id!r}.", lasting=True)
    return made


def read_raw_value(kind: KindDocument, name: str, row: Any, given: Mapping[str, str]) -> Any:
    """The platform's value for one field, unchanged."""
    return _raw(name, kind.fields[name], row, given) if isinstance(row, Mapping) else None


def _raw(name: str, field: FieldDocument, row: Mapping[str, Any], given: Mapping[str, str]) -> Any:
    if field.value is not None:
        return field.value
    if field.join is not None:
        parts = [_from(each, row, given) for each in field.join]
        if field.type == "id" and any(each in (None, "") for each in parts):
            return None  # half of an id is no id
        return field.with_.join(str(each).strip() for each in parts if each not in (None, "")) or None
    if isinstance(field.at, tuple):
        found = (_from(each, row, given) for each in field.at)
        return next((each for each in found if each not in (None, "")), None)
    return _from(field.at if field.at is not None else f"/{name}", row, given)


def _from(place: str, row: Mapping[str, Any], given: Mapping[str, str]) -> Any:
    return given.get(place[1:]) if place.startswith("$") else read_pointer(row, place)


def _fitting(field: FieldDocument, read: Callable[[], Any]) -> Any:
    """The value, or None for a misfit in a lenient field. Raises PlatformUnavailable for a misfit in any other
    field."""
    if not field.lenient:
        return read()
    try:
        made = read()
    except PlatformUnavailable:
        return None
    known = field.values.values() if isinstance(field.values, Mapping) else field.values
    return made if not known or made in known else None


def _typed(name: str, field: FieldDocument, raw: Any, what: str) -> Any:
    match field.from_:
        case "exists":
            return raw not in (None, "", [], {}, False)
        case "count":
            return len(raw) if isinstance(raw, list | Mapping) else None
        case "language":
            raw = _in_a_language(raw)
    if raw is None:
        return None
    if field.type == "json":
        return _json(name, raw, what)
    if isinstance(raw, Mapping | list):
        raise _unusable(name, what, raw, field.type)
    if isinstance(field.values, Mapping):
        raw = field.values.get(_key(raw), raw)
    match field.type:
        case "boolean":
            return _boolean(name, raw, what)
        case "integer":
            return _integer(name, raw, what)
        case "number":
            return _number(name, raw, what)
        case "datetime":
            return _moment(name, field, raw, what)
        case "date":
            return _day(name, raw, what)
        case "id":
            return raw if isinstance(raw, str) or (isinstance(raw, int) and not isinstance(raw, bool)) else str(raw)
    text = _key(raw)
    return text.upper() if field.type == "currency" else text[:MAX_TEXT_CHARS]


def _json(name: str, raw: Any, what: str) -> str:
    try:
        text = canon.dumps(raw)
    except NotCanonical as error:
        raise _unusable(name, what, raw, "JSON value that can be kept") from error
    if len(text) > MAX_JSON_BYTES:
        raise _unusable(name, what, raw, "JSON value small enough to be kept")
    return text.decode()


def _in_a_language(raw: Any) -> Any:
    """A text in several languages: the English one, or else the first that isn't empty."""
    if not isinstance(raw, Mapping):
        return raw
    said = {key: value for key, value in raw.items() if isinstance(value, str) and value}
    return said.get("en") or next(iter(said.values()), None)


def _key(raw: Any) -> str:
    return ("true" if raw else "false") if isinstance(raw, bool) else str(raw)


def _boolean(name: str, raw: Any, what: str) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw in (0, 1, "0", "1", "true", "false"):
        return raw in (1, "1", "true")
    raise _unusable(name, what, raw, "boolean")


def _integer(name: str, raw: Any, what: str) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    number = _decimal(raw)
    if number is None or number != number.to_integral_value() or abs(number) > 2**53:
        raise _unusable(name, what, raw, "integer")
    return int(number)


def _number(name: str, raw: Any, what: str) -> float | int:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return raw
    number = _decimal(raw)
    if number is None:
        raise _unusable(name, what, raw, "number")
    return float(number)


def _money(name: str, field: FieldDocument, raw: Any, currency: Any, what: str) -> int | None:
    """Minor units. ``decimal`` is major units, which need a known currency. Without one the value is left out."""
    if field.from_ != "decimal":
        return _integer(name, raw, what)
    number = _decimal(raw)
    if number is None:
        raise _unusable(name, what, raw, "money")
    if not isinstance(currency, str):
        return None
    minor = number.scaleb(money.get_exponent(currency))
    if minor != minor.to_integral_value():
        raise _unusable(name, what, raw, f"whole number of {currency}'s minor units")
    return int(minor)


def _decimal(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float) or len(str(raw)) > 40:
        return None
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() < 30 else None


def _moment(name: str, field: FieldDocument, raw: Any, what: str) -> str:
    """RFC 3339 in UTC. A time without a zone counts as UTC."""
    try:
        if field.from_ in ("epoch_s", "epoch_ms"):
            seconds = float(raw) / (1000 if field.from_ == "epoch_ms" else 1)
            return format_iso(datetime.fromtimestamp(seconds, UTC))
        at = datetime.fromisoformat(str(raw))
        return format_iso(at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError, TypeError) as error:
        raise _unusable(name, what, raw, "point in time") from error


def _day(name: str, raw: Any, what: str) -> str:
    try:
        return date.fromisoformat(str(raw)[:10]).isoformat()
    except ValueError as error:
        raise _unusable(name, what, raw, "date") from error


def _unusable(name: str, what: str, raw: Any, wanted: str) -> PlatformUnavailable:
    """Says which kind of value it is, never the value, which may be confidential."""
    held = "an object" if isinstance(raw, Mapping) else "a list" if isinstance(raw, list) else "a value"
    return PlatformUnavailable(f"{what} holds {held} in {name!r} that is no {wanted}.", lasting=True)
