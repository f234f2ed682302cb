"""Values of an endpoint's request: each one is a parameter of the contract, a constant, or the call's own id."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_serializer,
)

MAX_VALUES: Final = 200
"""Most bound values of one part of a request."""
TAG: Final = "<"
"""Start of a union's tags, so that a finding's pointer can leave them out."""

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", max_length=64)]


class FrozenModel(BaseModel):
    # Built on first use: a start makes hundreds of models and uses few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, ser_json_bytes="utf8", defer_build=True)


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Format(StrEnum):
    """Format of a parameter's value in the request.

    ``decimal`` and ``number`` are money in major units, as text ("12.50") or as a JSON number, in the parameter's
    currency. ``minor_units`` converts in the other direction. ``date``, ``datetime``, ``epoch_s`` and ``epoch_ms``
    write a date or time. ``comma_separated``, ``space_separated`` and ``pipe_separated`` join a list, ``json`` writes
    any value as JSON text, and ``brackets`` writes a list or object of a query or form as ``name[0][key]``. ``path`` is
    for a path parameter that may contain slashes: each part is one segment.
    """

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    NUMBER = "number"
    MINOR_UNITS = "minor_units"
    DATE = "date"
    DATETIME = "datetime"
    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"
    COMMA_SEPARATED = "comma_separated"
    SPACE_SEPARATED = "space_separated"
    PIPE_SEPARATED = "pipe_separated"
    BRACKETS = "brackets"
    JSON = "json"
    PATH = "path"


class ValueMap(FrozenModel):
    """Other values for a parameter's: ``{"map": {"high": 1, "low": 3}}``. A value that isn't listed can't be sent."""

    map: Annotated[dict[str, str | int | float | bool], Field(min_length=1, max_length=MAX_VALUES)]


class FromParameter(FrozenModel):
    """The value of a parameter. If it has none, the place is left out, or contains ``null``."""

    parameter: Word
    format: Format | ValueMap | None = None
    when_absent: Literal["omit", "null"] = "omit"


class Constant(FrozenModel):
    """The same value in every call: any JSON."""

    value: Any

    @model_serializer
    def _serialize(self) -> dict[str, Any]:
        return {"value": self.value}  # null is a value, too


class FromCall(FrozenModel):
    """The call's own id, which no other call has. It serves as a reference to find the call later."""

    call: Literal["id"]


def _find_value_tag(value: Any) -> str:
    names = value if isinstance(value, Mapping) else type(value).model_fields if isinstance(value, BaseModel) else {}
    return next((f"{TAG}{each}>" for each in ("parameter", "call") if each in names), f"{TAG}value>")


Value = Annotated[
    Annotated[FromParameter, Tag(f"{TAG}parameter>")]
    | Annotated[FromCall, Tag(f"{TAG}call>")]
    | Annotated[Constant, Tag(f"{TAG}value>")],
    Discriminator(_find_value_tag),
]
Values = Annotated[dict[Key, Value], Field(max_length=MAX_VALUES)]
Headers = Annotated[dict[HeaderName, Value], Field(max_length=50)]
