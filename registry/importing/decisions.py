"""Decisions file: what a document can't say and a person must decide, as JSON that is written, edited and read back.

Every part is optional and defaults to the importer's proposal. The file is read strictly, so that a misspelt decision
isn't silently ignored.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from core.actor import Surface
from core.errors import Finding, InvalidInput
from registry.confirmation import Policy
from registry.contract import Name, Risk, Text, Unit
from registry.endpoints.values import Line, Word
from registry.form_faults import describe_fault

SCHEMA: Final = "opsiq/import-decisions/v1"
KindName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=128)]
Patterns = Annotated[tuple[Annotated[str, StringConstraints(min_length=1, max_length=400)], ...], Field(max_length=500)]
ConnectionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fixed(_Strict):
    """The same value in every call."""

    value: str | int | float | bool | None


class ParameterDecision(_Strict):
    """The meaning of one parameter. ``record`` names the kind it refers to, and ``field`` the record's field that is
    sent. ``fixed`` is sent in every call and not asked for. ``supplied``: the connection's credential supplies the
    value. ``omit`` leaves an optional parameter out of every call. ``required`` says whether every call has it, and
    ``choices`` are its only allowed values, whatever the document says. ``language`` is the language of a text that the
    platform has in several languages. ``suggested`` and ``suggested_language`` are the importer's guesses at ``record``
    and ``language``, which have no effect."""

    record: KindName | None = None
    field: Word | None = None
    unit: Unit | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    label: Line | None = None
    fixed: Fixed | None = None
    supplied: bool = False
    omit: bool = False
    required: bool | None = None
    choices: Annotated[tuple[str | int | float | bool, ...], Field(min_length=1, max_length=200)] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?$")] | None = None
    suggested: str | None = None
    suggested_language: str | None = None

    def annotation(self) -> dict[str, Any]:
        """The annotation in the contract that follows from the decision."""
        found = {
            "record": self.record,
            "field": self.field,
            "unit": self.unit,
            "currency": self.currency,
            "label": self.label,
        }
        return {key: str(value) for key, value in found.items() if value is not None}


class OperationDecision(_Strict):
    """Decision about an operation. ``include`` False leaves it out. ``omit`` are optional parameters that no call has:
    names, with ``*`` for any part of one. ``decide`` is the importer's question, which has no effect."""

    include: bool = True
    name: Name | None = None
    version: Annotated[int, Field(ge=1)] | None = None
    title: Line | None = None
    description: Text | None = None
    roles: Annotated[tuple[Word, ...], Field(max_length=100)] | None = None
    surfaces: Annotated[tuple[Surface, ...], Field(max_length=20)] | None = None
    risk: Risk | None = None
    confirmation: Literal[Policy.NEVER, Policy.ONCE_PER_SESSION, Policy.ALWAYS] | None = None
    examples: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    omit: Patterns = ()
    parameters: dict[str, ParameterDecision] = Field(default_factory=dict)
    decide: tuple[str, ...] = ()

    def omits(self, parameter: str) -> bool:
        """Whether the parameter is left out if it is optional. A decision about the parameter itself has priority."""
        return parameter not in self.parameters and any(fnmatchcase(parameter, each) for each in self.omit)

    @property
    def wanted(self) -> bool:
        """Whether a person decided to keep the operation."""
        return self.include and "include" in self.model_fields_set


class KindDecision(_Strict):
    """Decision about a kind of record. ``nouns`` are further words for it ("talk" for a submission). ``named_by`` is
    the field with the name that people use for a record."""

    include: bool = True
    nouns: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    named_by: Word | None = None
    decide: tuple[str, ...] = ()


class ConnectionDecision(_Strict):
    """Decision about a connection. ``name`` is the connection's name in contracts. ``base_address`` is the target of
    its requests. ``settings`` are placeholders of paths, whose value each connection sets once. ``suggested_settings``
    have no effect."""

    name: ConnectionName | None = None
    base_address: Annotated[str, StringConstraints(max_length=2000)] | None = None
    credential: dict[str, Any] | None = None
    settings: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    suggested_settings: Annotated[tuple[Word, ...], Field(max_length=20)] = ()


class Decisions(_Strict):
    """The whole file. ``roles`` apply to every operation without its own, and ``omit`` to every operation besides its
    own. ``leave_out`` are operations that are left out unless their own ``include`` says otherwise: ``METHOD /path``,
    with ``*`` for any part."""

    schema_: Literal["opsiq/import-decisions/v1"] = Field(default=SCHEMA, alias="schema")
    document: dict[str, Any] = Field(default_factory=dict)
    prefix: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=40)] = ""
    connection: ConnectionDecision = ConnectionDecision()
    connections: dict[str, ConnectionDecision] = Field(default_factory=dict)
    roles: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    leave_out: Patterns = ()
    omit: Patterns = ()
    operations: dict[str, OperationDecision] = Field(default_factory=dict)
    kinds: dict[str, KindDecision] = Field(default_factory=dict)
    decide: tuple[str, ...] = ()

    def of(self, operation: str) -> OperationDecision:
        found = self.operations.get(operation, _NOTHING_DECIDED)
        more: dict[str, Any] = {}
        if found.roles is None and self.roles:
            more["roles"] = self.roles
        if self.omit:
            more["omit"] = (*found.omit, *self.omit)
        if not found.wanted and any(fnmatchcase(operation, each) for each in self.leave_out):
            more["include"] = False
        return found.model_copy(update=more) if more else found


_NOTHING_DECIDED: Final = OperationDecision()


def read_decisions(value: Any) -> Decisions:
    """Reads a decisions file. Raises InvalidInput with every fault and its place."""
    try:
        return Decisions.model_validate(value)
    except ValidationError as error:
        findings = [
            Finding("/" + "/".join(_part(part) for part in fault["loc"]), fault["type"], describe_fault(fault))
            for fault in error.errors(include_url=False, include_input=False)[:100]
        ]
        raise InvalidInput("The decisions can't be read; mend these first.", findings=findings) from error


def _part(part: int | str) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
