"""Actions over REST: runs a contract by name with given parameters, through the same gate as typed words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from agent.pipeline import SuppliedValue
from agent.runs.run import Run
from core.actor import Surface
from core.errors import Finding, InvalidInput
from registry.json_schema import pointer
from web import problem
from web.api.body import Body, parse_body
from web.api.run_views import RunView, make_run_json
from web.auth import Caller, get_container, require_signature
from web.idempotency import claim_once
from web.openapi import describe_body, describe_problems

router = APIRouter(prefix="/v1/actions", tags=["actions"])
Runs = Annotated[Caller, Depends(require_signature("actions:run", "actions", test=True))]
MAX_PARAMS = 200


class RunActionBody(Body):
    """``session`` groups runs, for contracts that need one confirmation a session."""

    action: Annotated[str, Field(min_length=1, max_length=200)]
    params: Annotated[dict[str, Any], Field(max_length=MAX_PARAMS)] = Field(default_factory=dict)
    surface: Surface = "admin"
    session: Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9_.:-]*$")] = ""


@router.post(
    "/run",
    status_code=202,
    response_model=RunView,
    responses=describe_problems("404", "409", "422"),
    openapi_extra=describe_body(
        RunActionBody,
        {"action": "saas.send_kb_link", "params": {"ticket_id": 5519, "article": "how-to-reset-password"}},
    ),
)
async def run(request: Request, caller: Runs) -> Response:
    """Runs a contract by name. Answers 202 with the run, which is either held with its card, or confirmed and on its
    way (``GET /v1/runs/{id}?wait_s=``)."""
    body = parse_body(RunActionBody, caller)
    if any(not name for name in body.params):
        raise InvalidInput(
            "A parameter has no name.", findings=[Finding("/params", "unnamed", "Every parameter has a name.")]
        )
    values = {
        name: SuppliedValue(value=value, by="api", pointer="/params" + pointer.join_pointer(name), ref=caller.public)
        for name, value in body.params.items()
    }
    async with claim_once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        made = await get_container(request).runs.direct.run(
            caller.actor,
            body.action,
            values,
            given="api",
            surface=body.surface,
            session_id=f"{caller.key_id}:{body.session}",
            request_id=problem.find_request_id(request),
            in_transaction=attempt.keep(_status, lambda run: _answer(request, run)),
        )
    status = _status(made)
    kind = "application/json" if status < 400 else "application/problem+json"
    headers = {"Location": f"/v1/runs/{made.id}"} if status < 400 else {}
    return JSONResponse(_answer(request, made), status_code=status, media_type=kind, headers=headers)


def _status(run: Run) -> int:
    return problem.get_refusal_status(run.refusal) if run.refusal else 202


def _answer(request: Request, run: Run) -> dict[str, Any]:
    """The run as JSON. For a run that will do nothing, a problem that names the run. AI History has its entries."""
    if run.refusal is None:
        return make_run_json(run)
    faults = [{"pointer": each.pointer, "code": each.code, "detail": each.detail} for each in run.refusal.faults]
    return problem.make_body(
        request, run.refusal.code, run.refusal.detail, status=_status(run), errors=faults, extra={"run_id": run.id}
    )
