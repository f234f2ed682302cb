"""Customers over REST, from the connector that declares that kind."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from web.api.body import Id
from web.api.records import data
from web.api.records.data import RecordView
from web.auth import Caller, get_container, require_signature
from web.openapi import describe_problems

router = APIRouter(prefix="/v1/customers", tags=["customers"])


@router.get("/{customer_id}", response_model=RecordView, responses=describe_problems("404"))
async def get(
    request: Request, caller: Annotated[Caller, Depends(require_signature("customers:read"))], customer_id: Id
) -> RecordView:
    """A customer's declared fields, read live."""
    context = await get_container(request).contexts.of(caller.actor.workspace)
    return await data.read_one(context.live, "customer", customer_id)
