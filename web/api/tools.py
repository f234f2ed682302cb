"""Actions as function tools for a model's API, for agents that call a model themselves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request

from registry.contract import Contract
from web.api.view import View
from web.auth import Caller, get_container, require_signature

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])

ToolFormat = Literal["openai", "anthropic"]
MAX_NAME: Final = 64
"""Maximum length of a function's name, in both formats."""
_ODD: Final = re.compile(r"[^A-Za-z0-9_-]")


class ToolView(View):
    """An action as a function tool. ``tool`` is the tool in the model's format. When the model calls it, run ``action``
    with ``POST /v1/actions/run`` and the arguments as ``params``."""

    action: str
    tool: dict[str, Any]


class ToolList(View):
    """A list of tools. ``more``: some actions are left out. Ask with a higher ``limit``, or with search words in
    ``q``."""

    data: Sequence[ToolView]
    more: bool


@router.get("/tools", response_model=ToolList)
async def listed(
    request: Request,
    caller: Annotated[Caller, Depends(require_signature("contracts:read"))],
    format: Annotated[ToolFormat, Query()] = "openai",  # noqa: A002
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 128,
) -> ToolList:
    """The actions that this key's role may run, as function tools (in OpenAI's or Anthropic's format). Calls by a model
    still go through validation, roles and cards."""
    catalogue = (await get_container(request).contexts.of(caller.actor.workspace)).catalogue
    wanted = q.casefold().split()
    fit = [
        each
        for each in sorted(catalogue, key=lambda contract: contract.name)
        if caller.actor.role in each.roles and each.surfaces and _fits(each, wanted)
    ]
    return ToolList(
        data=tuple(ToolView(action=each.name, tool=write_tool(each, format)) for each in fit[:limit]),
        more=len(fit) > limit,
    )


def _fits(contract: Contract, wanted: Sequence[str]) -> bool:
    text = " ".join((contract.name, contract.title, contract.description, *contract.aliases)).casefold()
    return all(word in text for word in wanted)


def write_tool(contract: Contract, form: ToolFormat) -> dict[str, Any]:
    """Writes a contract as a function tool: ``{"type": "function", "function": …}`` for OpenAI, ``{"name",
    "description", "input_schema"}`` for Anthropic."""
    name, parameters = make_function_name(contract.name), dict(contract.parameters)
    description = f"{contract.title}. {contract.description}"
    if form == "anthropic":
        return {"name": name, "description": description, "input_schema": parameters}
    function: Mapping[str, Any] = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": dict(function)}


def make_function_name(action: str) -> str:
    """The function name of an action: ``shop.refund`` → ``shop__refund``. Models' APIs allow no dots and 64 characters.
    A longer name is cut and ends in a digest."""
    name = _ODD.sub("_", action.replace(".", "__"))
    return name if len(name) <= MAX_NAME else f"{name[:55]}_{hashlib.sha256(action.encode()).hexdigest()[:8]}"
