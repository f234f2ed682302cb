"""Runs over REST: ask, read, answer, edit, confirm, reject. POSTs return at once. ``GET …?wait_s=`` waits for the
result."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from agent.extract.limits import MAX_TEXT
from agent.runs.decisions import DecisionVerdict
from core.actor import Surface
from web import problem
from web.api.body import ID_PATTERN, Body, Id, parse_body
from web.api.run_views import RecordsPage, RunPage, RunView, make_records_view, make_run_json, make_run_view
from web.auth import CONFIRM, Caller, get_container, need_scope, require_signature
from web.idempotency import act_once
from web.openapi import describe_body, describe_problems

router = APIRouter(prefix="/v1/runs", tags=["runs"])

Reads = Annotated[Caller, Depends(require_signature("runs:read"))]
ReadsOn = Annotated[Caller, Depends(require_signature("runs:read", text=True))]
Writes = Annotated[Caller, Depends(require_signature("runs:write", test=True))]
Types = Annotated[Caller, Depends(require_signature("runs:write", text=True, test=True))]
Confirms = Annotated[Caller, Depends(require_signature(CONFIRM, test=True))]
OF_A_RUN = describe_problems("404", "409", "422")


class AskBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    surface: Surface = "admin"
    session: Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9_.:-]*$")] = ""
    thread_id: Annotated[str | None, Field(max_length=64, pattern=ID_PATTERN)] = None


class AnswerBody(Body):
    slot: Annotated[str, Field(min_length=1, max_length=200)]
    choice: Annotated[str | None, Field(max_length=300)] = None
    text: Annotated[str | None, Field(max_length=4000)] = None


class ConfirmBody(Body):
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class RejectBody(Body):
    """``misread``: the card isn't what the words ask for. Only such a card becomes a case for evals that must not be
    made again."""

    reason: Annotated[str, Field(max_length=500)] = ""
    misread: bool = False


class EditBody(Body):
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    changes: dict[str, Annotated[str, Field(min_length=1, max_length=4000)]]


class DecideBody(Body):
    verdict: DecisionVerdict


DIGEST = "sha256:" + "0" * 64


@router.post(
    "",
    status_code=202,
    response_model=RunView,
    responses=describe_problems("404"),
    openapi_extra=describe_body(AskBody, {"text": "refund Adam's last invoice"}),
)
async def ask(request: Request, caller: Types) -> Response:
    """Asks for something in plain words. The run is stored when this call returns, and ``GET
    /v1/runs/{run_id}?wait_s=`` waits for its result. ``thread_id`` continues an earlier request of the same person, in
    the same role and on the same surface. The words may then refer to the earlier words, records and results ("the
    other one", "make that 20", "undo it")."""
    body = parse_body(AskBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).runs.ask(
            caller.actor,
            body.text,
            surface=body.surface,
            session_id=f"{caller.key_id}:{body.session}",
            thread_id=body.thread_id,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        ),
        make_run_json,
        status=202,
        location=lambda run: f"/v1/runs/{run.id}",
    )


@router.get("", response_model=RunPage, responses=describe_problems("404"))
async def listed(
    request: Request,
    caller: Reads,
    thread_id: Annotated[str | None, Query(max_length=64, pattern=ID_PATTERN)] = None,
    before: Annotated[str | None, Query(max_length=64, pattern=ID_PATTERN)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> RunPage:
    """Runs that the key's person asked for in the key's role, newest first. An owner's key gets everybody's.
    ``thread_id``: only the runs of one thread."""
    runs, following = await get_container(request).runs.list_page(
        caller.actor, thread_id=thread_id, before=before, limit=limit
    )
    return RunPage(data=tuple(map(make_run_view, runs)), next=following)


@router.get("/{run_id}", response_model=RunView, responses=describe_problems("404"))
async def show(
    request: Request, caller: Reads, run_id: Id, wait_s: Annotated[float, Query(ge=0, le=60)] = 0.0
) -> RunView:
    """One run. ``wait_s`` is how long to wait until the run needs a person or is finished."""
    return make_run_view(await get_container(request).runs.wait_until_idle(caller.actor, run_id, wait_s=wait_s))


@router.get("/{run_id}/records", response_model=RecordsPage, responses=describe_problems("404"))
async def records(
    request: Request, caller: ReadsOn, run_id: Id, start: Annotated[int, Query(ge=0, le=100_000)] = 0
) -> RecordsPage:
    """The records behind an answer, twenty at a time. They are read again, which counts as a text in the limits. The
    answer itself lists the first twenty. Only for the person who asked, in the same role."""
    return make_records_view(await get_container(request).answer_pages.read(caller.actor, run_id, start=start), start)


@router.post(
    "/{run_id}/answer",
    response_model=RunView,
    responses=OF_A_RUN,
    openapi_extra=describe_body(AnswerBody, {"slot": "0.invoice_id", "choice": "11"}),
)
async def answer(request: Request, caller: Types, run_id: Id) -> Response:
    """Answers the open question with one of its candidates (``choice``) or in words (``text``). Words that are a
    request of their own take the place of the run's ``text``. Only for the person who asked, in the same role or as an
    owner."""
    body = parse_body(AnswerBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).decisions.answer(
            caller.actor,
            run_id,
            body.slot,
            choice=body.choice,
            text=body.text,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        ),
        make_run_json,
        check=lambda: get_container(request).runs.show(caller.actor, run_id),
    )


@router.post(
    "/{run_id}/edit",
    response_model=RunView,
    responses=OF_A_RUN,
    openapi_extra=describe_body(EditBody, {"digest": DIGEST, "changes": {"0.amount": "20 dollars"}}),
)
async def edit(request: Request, caller: Types, run_id: Id) -> Response:
    """Changes parameters of a held card by words. The result is a new card with a new digest. It must be confirmed
    whatever its policy says. If no card can be made of the words, the old one stays, and the run's ``edit`` says why. A
    question comes only if the words leave a choice, or another value is missing: "never mind" brings the old card
    back."""
    body = parse_body(EditBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).decisions.edit(
            caller.actor,
            run_id,
            body.digest,
            body.changes,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        ),
        make_run_json,
        check=lambda: get_container(request).runs.show(caller.actor, run_id),
    )


@router.post(
    "/{run_id}/confirm",
    response_model=RunView,
    responses=OF_A_RUN,
    openapi_extra=describe_body(ConfirmBody, {"digest": DIGEST}),
)
async def confirm(request: Request, caller: Confirms, run_id: Id) -> Response:
    """Confirms exactly the card with this digest. Confirming twice has no further effect. If the card's ``confirm_by``
    is ``person``, only a person in the console may confirm it, and this call answers ``person_required``."""
    body = parse_body(ConfirmBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).decisions.confirm(
            caller.actor,
            run_id,
            body.digest,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        ),
        make_run_json,
        check=lambda: get_container(request).runs.show(caller.actor, run_id),
    )


@router.post(
    "/{run_id}/reject",
    response_model=RunView,
    responses=OF_A_RUN,
    openapi_extra=describe_body(RejectBody, {"reason": "Wrong customer"}),
)
async def reject(request: Request, caller: Writes, run_id: Id) -> Response:
    """Rejects a held card or an open question. Nothing is sent."""
    body = parse_body(RejectBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).decisions.reject(
            caller.actor,
            run_id,
            body.reason,
            misread=body.misread,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        ),
        make_run_json,
        check=lambda: get_container(request).runs.show(caller.actor, run_id),
    )


@router.post(
    "/{run_id}/decide",
    response_model=RunView,
    responses=OF_A_RUN,
    openapi_extra=describe_body(DecideBody, {"verdict": "happened"}),
)
async def decide(
    request: Request,
    caller: Annotated[Caller, Depends(require_signature("runs:write", owner=True, test=True))],
    run_id: Id,
) -> Response:
    """Settles a run with an unknown outcome: an owner looked at the platform, or sends the call again under the same
    idempotency key. Every verdict but ``did_not_happen`` may send something. It therefore needs the scope
    ``runs:confirm``, and a person if the card does."""
    body = parse_body(DecideBody, caller)
    if body.verdict != "did_not_happen":
        need_scope(request, caller, CONFIRM)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).decisions.decide(
            caller.actor,
            run_id,
            body.verdict,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        ),
        make_run_json,
        check=lambda: get_container(request).runs.show(caller.actor, run_id),
    )
