"""The connectors of a workspace: what each may read, and what is wrong with those that don't work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request

import store.connectors
from registry.records import RecordKind
from web.door import Caller, house_of, signed
from web.view import View

router = APIRouter(prefix="/v1/connectors", tags=["connectors"])

ConnectorState = Literal["enabled", "disabled", "broken", "available"]


class FieldView(View):
    name: str
    label: str
    type: str


class KindView(View):
    """``fields`` are all that is ever read of such a record."""

    name: str
    title: str
    fields: tuple[FieldView, ...]


class ConnectorView(View):
    """``available``: found, not configured here. ``broken`` says why where it does not work."""

    name: str
    title: str
    state: ConnectorState
    broken: str | None
    kinds: tuple[KindView, ...]


class ConnectorList(View):
    data: Sequence[ConnectorView]


@router.get("", response_model=ConnectorList)
async def listed(request: Request, caller: Annotated[Caller, Depends(signed("connectors:read"))]) -> ConnectorList:
    """Every connector found here or configured in this workspace. No address and no secret is in it."""
    house = house_of(request)
    ground = await house.grounds.of(caller.actor.workspace)
    async with house.sessions.read() as session:
        configured = {row.name: row.enabled for row in await store.connectors.listed(session, caller.actor.workspace)}
    working = {each.name: each for each in ground.connectors}
    broken = {each.name: each.why for each in ground.broken}
    titles = house.grounds.found
    made: list[ConnectorView] = []
    for name in sorted({*configured, *working, *broken, *titles}):
        kinds = (
            [kind for provider in working[name].context_providers() for kind in provider.kinds()]
            if name in working
            else []
        )
        made.append(
            ConnectorView(
                name=name,
                title=titles.get(name, name),
                state=_state(name, configured, broken),
                broken=broken.get(name),
                kinds=tuple(map(_kind, kinds)),
            )
        )
    return ConnectorList(data=tuple(made))


def _state(name: str, configured: dict[str, bool], broken: dict[str, str]) -> ConnectorState:
    if name in broken:
        return "broken"
    if name not in configured:
        return "available"
    return "enabled" if configured[name] else "disabled"


def _kind(kind: RecordKind) -> KindView:
    fields = tuple(FieldView(name=each.name, label=each.label or each.name, type=each.type) for each in kind.fields)
    return KindView(name=kind.name, title=kind.title, fields=fields)
