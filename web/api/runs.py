"""Runs over REST: ask, look, answer, edit, confirm, reject. POSTs answer at once; ``GET …?wait_s=`` waits for what comes of it."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.pipeline import Refusal
from agent.run import Run
from core import canon
from core.actor import Surface
from core.errors import Finding, InvalidInput
from web import problem
from web.door import Caller, house_of, signed
from web.idempotency import once
from web.view import run_json

router = APIRouter(prefix="/v1/runs", tags=["runs"])

Reads = Annotated[Caller, Depends(signed("runs:read"))]
Writes = Annotated[Caller, Depends(signed("runs:write"))]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


B = TypeVar("B", bound=_Body)


class AskBody(_Body):
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    surface: Surface = "admin"
    session: Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9_.:-]*$")] = ""


class AnswerBody(_Body):
    slot: Annotated[str, Field(min_length=1, max_length=200)]
    choice: Annotated[str | None, Field(max_length=300)] = None
    text: Annotated[str | None, Field(max_length=4000)] = None


class ConfirmBody(_Body):
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class RejectBody(_Body):
    reason: Annotated[str, Field(max_length=500)] = ""


class EditBody(_Body):
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    changes: dict[str, Annotated[str, Field(min_length=1, max_length=4000)]]


def parsed(form: type[B], caller: Caller) -> B:
    """The body, strictly: no duplicate keys, no unknown ones. Raises InvalidInput with a pointer for each fault."""
    try:
        return form.model_validate(canon.loads(caller.body))
    except ValidationError as error:
        findings = [
            Finding("/" + "/".join(str(part) for part in fault["loc"]), fault["type"], fault["msg"])
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise InvalidInput("The body does not have the form this endpoint takes.", findings=findings) from error


@router.post("", status_code=202)
async def ask(request: Request, caller: Writes) -> Response:
    body = parsed(AskBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        run = await house_of(request).desk.ask(
            caller.actor,
            body.text,
            surface=body.surface,
            session_id=f"{caller.key_id}:{body.session}",
            request_id=problem.request_id(request),
            also=attempt.keep(202, run_json),
        )
    return JSONResponse(run_json(run), status_code=202, headers={"Location": f"/v1/runs/{run.id}"})


@router.get("")
async def listed(
    request: Request,
    caller: Reads,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    runs = await house_of(request).desk.listed(caller.actor, before=before, limit=limit)
    return {"data": [run_json(run) for run in runs], "next": runs[-1].id if len(runs) == limit else None}


@router.get("/{run_id}")
async def show(
    request: Request, caller: Reads, run_id: str, wait_s: Annotated[float, Query(ge=0, le=60)] = 0.0
) -> dict[str, Any]:
    return run_json(await house_of(request).desk.settled(caller.actor, run_id, wait_s=wait_s))


@router.post("/{run_id}/answer")
async def answer(request: Request, caller: Writes, run_id: str) -> Response:
    body = parsed(AnswerBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        result = await house_of(request).desk.answer(
            caller.actor, run_id, body.slot, choice=body.choice, text=body.text, also=attempt.keep(200, run_json)
        )
    return _answered(request, result)


@router.post("/{run_id}/edit")
async def edit(request: Request, caller: Writes, run_id: str) -> Response:
    body = parsed(EditBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        result = await house_of(request).desk.edit(
            caller.actor, run_id, body.digest, body.changes, also=attempt.keep(200, run_json)
        )
    return _answered(request, result)


@router.post("/{run_id}/confirm")
async def confirm(request: Request, caller: Writes, run_id: str) -> Response:
    body = parsed(ConfirmBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        result = await house_of(request).desk.confirm(
            caller.actor, run_id, body.digest, also=attempt.keep(200, run_json)
        )
    return _answered(request, result)


@router.post("/{run_id}/reject")
async def reject(request: Request, caller: Writes, run_id: str) -> Response:
    body = parsed(RejectBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        result = await house_of(request).desk.reject(
            caller.actor, run_id, body.reason, also=attempt.keep(200, run_json)
        )
    return _answered(request, result)


def _answered(request: Request, result: Run | Refusal) -> Response:
    if isinstance(result, Refusal):
        return problem.of_refusal(request, result)
    return JSONResponse(run_json(result))
