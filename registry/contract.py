"""Contracts (``opsiq/contract/v1`` and ``v2``): one action that a platform allows, as a frozen value.

The versions differ only in the endpoint: in v1 it is a signed POST, in v2 one of several types.

The confirmation policy and the expiry of cards are in ``registry.confirmation``, signatures in ``registry.signing``,
linting in ``registry.linting.linter``. A parameter is declared by a JSON Schema. ``registry.parameter_types`` lists its
types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from core import canon
from core.actor import Surface
from core.errors import Finding, InvalidContract
from registry.confirmation import Confirmation, ConfirmBy
from registry.endpoints.types import AnyEndpoint, Endpoint, OpsiqEndpoint, Upstream
from registry.endpoints.values import TAG, FrozenModel, Line, Word
from registry.form_faults import describe_fault
from registry.json_schema import pointer

__all__ = [
    "MAX_CONTRACT_BYTES",
    "SCHEMA",
    "SCHEMA_V2",
    "Annotation",
    "AnyEndpoint",
    "Contract",
    "ContractRef",
    "Derive",
    "Endpoint",
    "OpsiqEndpoint",
    "Risk",
    "SourceKind",
    "Unit",
    "Upstream",
    "parse",
]

SCHEMA: Final = "opsiq/contract/v1"
SCHEMA_V2: Final = "opsiq/contract/v2"
MAX_CONTRACT_BYTES: Final = 64 * 1024
MAX_FAULTS: Final = 200
"""Most faults that are reported for one document."""
MAX_VERSION: Final = 2_147_483_647
"""Largest integer that fits an integer column in every database."""
NAME_PATTERN: Final = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=128)]
KindName = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_-]*\.)?[a-z][a-z0-9_]*$", max_length=129)]
"""A record kind. A connection's name in front limits it to that connection's kind."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class SourceKind(StrEnum):
    """The allowed source of a parameter's value. ``prompt`` is typed words, read by code, or by a model and then shown
    and confirmed. ``proven`` is only words that code reads itself. ``proposed`` is a model's own value, shown and
    confirmed."""

    PROMPT = "prompt"
    PROVEN = "proven"
    RECORD = "record"
    DEFAULT = "default"
    PROPOSED = "proposed"


class Risk(StrEnum):
    READ = "read"
    WRITE = "write"
    IRREVERSIBLE = "irreversible"


class Derive(FrozenModel):
    """Derived value: a field of the record that another parameter refers to, such as the invoice's currency for a
    refund."""

    parameter: Word
    field: Word


class Unit(StrEnum):
    """The unit of a number. ``money_minor`` is integer minor units (cents). The others are plain counts."""

    MONEY_MINOR = "money_minor"
    MONEY = "money"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"
    PERCENT = "percent"
    COUNT = "count"


class Annotation(FrozenModel):
    """The meaning of a parameter beyond its JSON Schema.

    ``record`` names the kind that the value refers to, and ``field`` the field of that record that is sent (its id by
    default). ``filter`` maps fields to the values that a record must have to be eligible (``{"status": ["paid"]}``).
    ``order`` names the field for "last", "first" and "latest" (descending is newest), and overrides the kind's own.
    ``of`` names another parameter whose record this one belongs to. ``like`` names a parameter whose record this one
    resembles except for the stated difference (the same shirt in red): both belong to one record. ``replaces`` names
    the field that the value will change: a record that already has the value needs no call. ``each`` makes one call for
    each of several values ("all of her tickets"). ``compose`` lets a model write the text, shown and editable on the
    card. ``at_most`` names the record's field that limits the number: a refund is at most the refundable amount.
    ``words`` gives other words for an enum's values. ``currency`` is an ISO 4217 code, and ``currency_from`` names the
    parameter that holds it.
    """

    record: KindName | None = None
    field: Word | None = None
    filter: dict[Word, list[str | int | bool]] = Field(default_factory=dict)
    order: Word | None = None
    of: Word | None = None
    like: Word | None = None
    each: Literal[True] | None = None
    derive: Derive | None = None
    replaces: Derive | None = None
    sources: tuple[SourceKind, ...] = (SourceKind.PROMPT, SourceKind.RECORD, SourceKind.DEFAULT)
    unit: Unit | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    currency_from: Word | None = None
    words: dict[str, list[Line]] = Field(default_factory=dict)
    compose: Literal[True] | None = None
    at_most: Derive | None = None
    label: Line | None = None
    ask: Line | None = None

    @property
    def takes_words(self) -> bool:
        """Whether typed words may supply the value."""
        return SourceKind.PROMPT in self.sources or SourceKind.PROVEN in self.sources


class Contract(FrozenModel):
    """One action. Roles and surfaces are closed lists: with an empty list nobody may run it, and it is offered
    nowhere."""

    schema_: Literal["opsiq/contract/v1", "opsiq/contract/v2"] = Field(default=SCHEMA, alias="schema")
    name: Name
    version: Annotated[int, Field(ge=1, le=MAX_VERSION)] = 1
    title: Line
    description: Text
    surfaces: Annotated[tuple[Surface, ...], Field(max_length=20)] = ()
    roles: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    parameters: dict[str, Any]
    annotations: Annotated[dict[Word, Annotation], Field(max_length=200)] = Field(default_factory=dict)
    confirmation: Confirmation = Confirmation()
    risk: Risk = Risk.WRITE
    idempotent: bool = False
    endpoint: AnyEndpoint
    upstream: Upstream | None = None
    result: dict[str, Any] | None = None
    preview: Text | None = None
    examples: Annotated[tuple[Line, ...], Field(max_length=500)] = ()
    aliases: Annotated[tuple[Line, ...], Field(max_length=500)] = ()
    undo: Name | None = None

    @model_validator(mode="after")
    def _endpoint_fits_the_schema(self) -> Self:
        untyped = type(self.endpoint) is Endpoint
        if self.schema_ == SCHEMA and not (untyped and self.upstream is None):
            raise ValueError(f"endpoints with a type, and 'upstream', belong to {SCHEMA_V2}; write that as the schema")
        if self.schema_ == SCHEMA and any("." in (each.record or "") for each in self.annotations.values()):
            raise ValueError(
                f"the kind of one connection ('shop.order') is named in {SCHEMA_V2}; write that as the schema"
            )
        if self.schema_ == SCHEMA_V2 and untyped:
            raise ValueError(f"an endpoint of {SCHEMA_V2} says its type: 'opsiq', 'http' or 'mcp'")
        return self

    @property
    def properties(self) -> Mapping[str, Any]:
        """Parameter name → its JSON Schema, in the document's order."""
        made: Mapping[str, Any] = self.parameters.get("properties", {})
        return made

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(self.parameters.get("required", ()))

    @property
    def confirm_by(self) -> ConfirmBy:
        """Who may confirm its cards: persons if two must agree, else as the contract says. If it says nothing, a person
        confirms what can't be undone."""
        if self.confirmation.approvals > 1:
            return ConfirmBy.PERSON
        if self.confirmation.by is not None:
            return self.confirmation.by
        return ConfirmBy.PERSON if self.risk is Risk.IRREVERSIBLE else ConfirmBy.ANYONE

    def annotation(self, parameter: str) -> Annotation:
        return self.annotations.get(parameter, _NO_ANNOTATION)

    @cached_property
    def canonical(self) -> bytes:
        """The RFC 8785 bytes that are signed: every field that was set, under its name in the document."""
        return canon.dumps(self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=False))

    @cached_property
    def digest(self) -> str:
        return canon.digest_bytes(self.canonical)

    @property
    def ref(self) -> ContractRef:
        return ContractRef(self.name, self.version, self.digest)


@dataclass(frozen=True, slots=True, order=True)
class ContractRef:
    """Reference to the exact version of a contract that a run is bound to."""

    name: str
    version: int
    digest: str

    def as_json(self) -> dict[str, canon.Json]:
        return {"name": self.name, "version": self.version, "digest": self.digest}


_NO_ANNOTATION: Final = Annotation()


def parse(value: Any) -> Contract:
    """Parses a contract from decoded JSON. Raises InvalidContract with one finding per fault, each with the path and
    how to fix it."""
    try:
        return Contract.model_validate(value)
    except ValidationError as error:
        findings = [
            Finding(_place(fault["loc"]), fault["type"], describe_fault(fault))
            for fault in error.errors(include_url=False, include_input=False)[:MAX_FAULTS]
        ]
        said = value.get("schema") if isinstance(value, Mapping) else None
        schema = SCHEMA_V2 if said == SCHEMA_V2 else SCHEMA
        raise InvalidContract(f"The contract does not fit {schema}.", findings=findings) from error


def _place(parts: tuple[int | str, ...]) -> str:
    """The JSON Pointer of a fault, without the tags of unions, which the document doesn't have."""
    return pointer.join_pointer(*(part for part in parts if not str(part).startswith(TAG)))
