"""Tickets over REST, from the connector that declares that kind."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request

from web.api.records import data
from web.api.records.data import Cursor, Limit, RecordPage
from web.auth import Caller, get_container, require_signature
from web.openapi import describe_problems

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])

_FILTERS: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "fields",
            "in": "query",
            "required": False,
            "style": "form",
            "explode": True,
            "description": "Any declared field and the value it must have (`status=open&customer_id=7`); one "
            "given twice may have either.",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        }
    ]
}


@router.get("", response_model=RecordPage, responses=describe_problems("404"), openapi_extra=_FILTERS)
async def listed(
    request: Request,
    caller: Annotated[Caller, Depends(require_signature("tickets:read", filters=True))],
    limit: Limit = 20,
    cursor: Cursor = None,
) -> RecordPage:
    """Tickets, newest first, filtered by declared fields, read live."""
    context = await get_container(request).contexts.of(caller.actor.workspace)
    return await data.read_page(context.live, "ticket", request, limit=limit, cursor=cursor)
