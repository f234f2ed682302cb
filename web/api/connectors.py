"""Connectors over REST: what each one may read, and why broken ones fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from agent.workspace.connector_status import ConnectorState, ConnectorStatus, list_connectors
from registry.records import RecordKind
from web.api.view import View
from web.auth import Caller, get_container, require_signature

router = APIRouter(prefix="/v1/connectors", tags=["connectors"])


class FieldView(View):
    name: str
    label: str
    type: str


class KindView(View):
    """A kind of record. ``fields`` are the only fields that are ever read of it."""

    name: str
    title: str
    fields: tuple[FieldView, ...]


class ConnectorView(View):
    """A connector. State ``available``: found, but not configured in this workspace. ``broken`` says why it doesn't
    work, or is null."""

    name: str
    title: str
    state: ConnectorState
    broken: str | None
    kinds: tuple[KindView, ...]


class ConnectorList(View):
    data: Sequence[ConnectorView]


@router.get("", response_model=ConnectorList)
async def listed(
    request: Request, caller: Annotated[Caller, Depends(require_signature("connectors:read"))]
) -> ConnectorList:
    """Every connector that is installed here or configured in this workspace, without addresses and secrets."""
    container = get_container(request)
    found = await list_connectors(container.database, container.contexts, caller.actor.workspace)
    return ConnectorList(data=tuple(map(_view, found)))


def _view(each: ConnectorStatus) -> ConnectorView:
    return ConnectorView(
        name=each.name, title=each.title, state=each.state, broken=each.why or None, kinds=tuple(map(_kind, each.kinds))
    )


def _kind(kind: RecordKind) -> KindView:
    fields = tuple(FieldView(name=each.name, label=each.label or each.name, type=each.type) for each in kind.fields)
    return KindView(name=kind.name, title=kind.title, fields=fields)
