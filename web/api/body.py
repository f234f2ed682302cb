"""Request bodies, parsed strictly from the signed bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any, Final, TypeVar

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from core import canon
from core.errors import Finding, InvalidInput, NotCanonical
from registry.form_faults import describe_fault
from registry.hints import find_nearest
from registry.json_schema import pointer
from web.auth import Caller
from web.problem import MOST_FINDINGS

ID_PATTERN: Final = r"^[A-Za-z0-9_.-]{1,100}$"
Id = Annotated[str, Path(pattern=ID_PATTERN)]
"""An id or name in a path."""


def _to_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("in UTC this lies outside the calendar") from error


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment with its UTC offset, converted to UTC. Raises ValueError if the offset moves it out of the calendar (its
first or last hours)."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


B = TypeVar("B", bound=Body)


def parse_body(form: type[B], caller: Caller) -> B:
    """Parses the body strictly: no duplicate keys, unknown keys, NaN or text that can't be stored. Raises InvalidInput
    with a pointer for each fault."""
    if not caller.body.strip():
        raise NotCanonical("The body is empty. Send a JSON object.")
    value = canon.loads(caller.body)
    if b"\\u0000" in caller.body:  # JSON can write a NUL only so, and checking every text is slow
        check_storable(value)
    try:
        return form.model_validate(value)
    except ValidationError as error:
        findings = [
            Finding(pointer.join_pointer(*fault["loc"]), fault["type"], _describe(fault, form))
            for fault in islice(error.errors(include_url=False, include_input=False), MOST_FINDINGS)
        ]
        raise InvalidInput("The body does not have the form this endpoint takes.", findings=findings) from error


def _describe(fault: ErrorDetails, form: type[Body]) -> str:
    """What is wrong and what to do. A misspelt field is told the near one."""
    path = fault["loc"]
    if fault["type"] == "extra_forbidden" and len(path) == 1:
        name, known = str(path[-1])[:100], [each.alias or own for own, each in form.model_fields.items()]
        near = find_nearest(name, known)
        mend = f"did you mean {near!r}?" if near else f"this endpoint takes {', '.join(known)}."
        return f"There is no field {name!r} here; {mend}"
    return describe_fault(fault)


def check_storable(value: Any) -> None:
    """Refuses NUL characters in text, since no database stores them. Raises InvalidInput."""
    steps = _find_nul(value)
    if steps is not None:
        detail = "Text can't hold a NUL character."
        raise InvalidInput(detail, findings=[Finding(pointer.join_pointer(*reversed(steps)), "nul", detail)])


def _find_nul(value: Any) -> list[str | int] | None:
    """The steps to the first text with a NUL, the innermost first. They are joined only when it is found: joined on the
    way, a place below a long key would be copied for each of its values."""
    if isinstance(value, str):
        return [] if "\x00" in value else None
    within = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in within:
        if isinstance(step, str) and "\x00" in step:
            return []
        if (steps := _find_nul(each)) is not None:
            return [*steps, step]
    return None
