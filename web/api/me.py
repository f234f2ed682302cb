"""Identity of the calling key: the first call to make with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from web.api.view import View
from web.auth import Caller, require_signature

router = APIRouter(prefix="/v1/me", tags=["me"])


class MyKeyView(View):
    id: str
    public: str
    name: str
    mode: str
    scopes: tuple[str, ...]


class MeView(View):
    workspace: str
    key: MyKeyView
    role: str


@router.get("", response_model=MeView)
async def get(caller: Annotated[Caller, Depends(require_signature("me:read"))]) -> MeView:
    """The key, its workspace, role and scopes."""
    key = MyKeyView(
        id=caller.key_id,
        public=caller.public,
        name=caller.actor.name,
        mode=caller.mode,
        scopes=tuple(sorted(caller.scopes)),
    )
    return MeView(workspace=caller.actor.workspace, key=key, role=caller.actor.role)
