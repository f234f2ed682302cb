"""Records over REST: only the safe fields that connectors declare."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated, Any, Final, TypeVar

from fastapi import Query as Asked
from fastapi import Request
from pydantic import Field

from core import canon
from core.errors import ConnectorBroken, Finding, InvalidInput, NotFound, OpsIQError
from registry.json_schema import pointer
from registry.records import Kinds, Query, Record, RecordKind
from web.api.view import View

log = logging.getLogger(__name__)

MAX_PAGE: Final = 50
Limit = Annotated[int, Asked(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Asked(max_length=300, pattern=r"^[A-Za-z0-9_-]+$")]
_RESERVED: Final = frozenset({"limit", "cursor"})
_MAX_OFFSET: Final = 1_000_000
T = TypeVar("T")


class RecordView(View):
    """One record. ``data`` holds its declared fields. ``label`` and ``detail`` are its text for people."""

    kind: str
    id: str
    label: str
    detail: str
    data: dict[str, Any]


class RecordPage(View):
    """A page of records. ``next`` is the ``cursor`` of the next page, null at the end."""

    data: Sequence[RecordView] = Field(default_factory=tuple)
    next: str | None


def view(record: Record) -> RecordView:
    return RecordView(
        kind=record.kind, id=record.id, label=record.label, detail=record.detail, data=dict(record.values)
    )


def get_kind(kinds: Kinds, name: str) -> RecordKind:
    """The kind with this name, from the connector that declares it. Raises NotFound for none and for several."""
    kind = kinds.get(name)
    if kind is None and (choices := kinds.choices(name)):
        raise NotFound(f"Several connections of this workspace keep {name} records: {', '.join(choices)}.")
    if kind is None:
        raise NotFound(f"No enabled connector of this workspace provides {name} records.")
    return kind


async def read_one(kinds: Kinds, name: str, record_id: str) -> RecordView:
    """Reads one record. Raises NotFound, PlatformUnavailable, ConnectorBroken."""
    kind = get_kind(kinds, name)
    record = await _ask(kinds.record(kind.name, record_id))
    if record is None or record.id != record_id:
        raise NotFound(f"There is no {name} {record_id}.")
    return view(record)


async def read_page(kinds: Kinds, name: str, request: Request, *, limit: int, cursor: str | None) -> RecordPage:
    """A page of records, newest first. Every other query parameter is a declared field with its required value. A
    repeated parameter allows several values. Raises InvalidInput."""
    kind = get_kind(kinds, name)
    where = _where(kind, request)
    offset, seen = _place(cursor, where)
    asked = Query(kind.name, where=where, order=kind.order, descending=True, limit=limit, offset=offset)
    found = list(await _ask(kinds.search(asked)))[:limit]
    if offset and found and found[0].id == seen:
        # A connector that ignores the offset would return the first page forever.
        found = []
    more = _cursor(offset + limit, where, found[0].id) if len(found) == limit else None
    return RecordPage(data=tuple(map(view, found)), next=more)


def _where(kind: RecordKind, request: Request) -> dict[str, list[str | int | bool]]:
    where: dict[str, list[str | int | bool]] = {}
    for name, value in request.query_params.multi_items():
        if name in _RESERVED:
            continue
        if kind.field_named(name) is None:
            known = ", ".join(each.name for each in kind.fields)
            detail = f"{kind.name} records can be filtered by: {known}."
            raise InvalidInput(detail, findings=[Finding(pointer.join_pointer("query", name), "unknown_field", detail)])
        where.setdefault(name, []).append(_to_type(kind, name, value))
    return where


def _to_type(kind: RecordKind, name: str, value: str) -> str | bool:
    declared = kind.field_named(name)
    if len(value) > 200:
        detail = f"{name} has at most 200 characters."
        raise InvalidInput(detail, findings=[Finding(pointer.join_pointer("query", name), "too_long", detail)])
    if declared is not None and declared.values and value not in declared.values:
        detail = f"{name} is one of {', '.join(declared.values)}."
        raise InvalidInput(detail, findings=[Finding(pointer.join_pointer("query", name), "no_such_value", detail)])
    if declared is not None and declared.type == "boolean":
        if value not in ("true", "false"):
            detail = f"{name} is true or false."
            raise InvalidInput(detail, findings=[Finding(pointer.join_pointer("query", name), "not_boolean", detail)])
        return value == "true"
    return value


def _cursor(offset: int, where: Mapping[str, Any], first: str) -> str:
    text = json.dumps([offset, canon.digest(where)[7:23], first])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str | None, where: Mapping[str, Any]) -> tuple[int, str]:
    if cursor is None:
        return 0, ""
    try:
        offset, filters, first = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        good = type(offset) is int and 0 < offset <= _MAX_OFFSET and isinstance(first, str)
    except (ValueError, TypeError, RecursionError):
        good = False
    if not good or filters != canon.digest(where)[7:23]:
        detail = "This cursor belongs to another list. Use the one in next, with the same filters."
        raise InvalidInput(detail, findings=[Finding("/query/cursor", "bad_cursor", detail)])
    return offset, first


async def _ask(answer: Awaitable[T]) -> T:
    """A connector's answer. Raises ConnectorBroken for exceptions that aren't ours: they are the connector's fault."""
    try:
        return await answer
    except OpsIQError:
        raise
    except Exception as error:  # a connector is third-party code
        log.exception("a connector failed on a read")
        raise ConnectorBroken("The connector that provides these records failed; see the log.") from error
