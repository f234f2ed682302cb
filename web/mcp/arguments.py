"""Arguments of MCP tools, read as strictly as the bodies of the REST API."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from agent.extract.limits import MAX_TEXT
from core.errors import Finding, InvalidInput
from registry.form_faults import describe_fault
from registry.json_schema import pointer
from web.api.actions import MAX_PARAMS
from web.api.body import ID_PATTERN, Body, check_storable
from web.problem import MOST_FINDINGS

RunId = Annotated[str, Field(pattern=r"^run_[0-9A-Z]{26}$")]
Key = Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_.:-]{1,255}$")]


class AskArguments(Body):
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    thread_id: Annotated[str | None, Field(max_length=64, pattern=ID_PATTERN)] = None
    idempotency_key: Key = None


class FindArguments(Body):
    query: Annotated[str, Field(min_length=1, max_length=400)]
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class RunArguments(Body):
    action: Annotated[str, Field(min_length=1, max_length=200)]
    params: Annotated[dict[str, Any], Field(max_length=MAX_PARAMS)] = Field(default_factory=dict)
    idempotency_key: Key = None


class AnswerArguments(Body):
    run_id: RunId
    slot: Annotated[str | None, Field(max_length=200)] = None
    choice: Annotated[str | None, Field(max_length=300)] = None
    text: Annotated[str | None, Field(max_length=MAX_TEXT)] = None
    idempotency_key: Key = None


class StatusArguments(Body):
    run_id: RunId
    wait_s: Annotated[float, Field(ge=0, le=50)] = 0.0


A = TypeVar("A", bound=Body)


def parse_arguments(form: type[A], arguments: dict[str, Any] | None) -> A:
    """The arguments of one call. Raises InvalidInput with a pointer for each fault."""
    given = arguments or {}
    check_storable(given)
    try:
        return form.model_validate(given)
    except ValidationError as error:
        findings = [
            Finding(pointer.join_pointer(*fault["loc"]), fault["type"], describe_fault(fault))
            for fault in islice(error.errors(include_url=False, include_input=False), MOST_FINDINGS)
        ]
        raise InvalidInput("The arguments don't have the form this tool takes.", findings=findings) from error
