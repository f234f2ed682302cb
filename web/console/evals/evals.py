"""Eval report list, for owners and evaluators: reports are added from a file and deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

import store.eval_reports
from core.errors import Conflict, InvalidInput
from evals.report import report_storage
from evals.report.report_parser import MAX_BYTES
from web import problem
from web.auth import get_container
from web.console.evals.eval_widgets import ReportRow, find_neighbours, make_report_row
from web.console.forms import Form, GuardedEvaluator, guard
from web.console.pages import Page, redirect, show
from web.console.session import Evaluator, Visitor, make_shell, require_evaluator

router = APIRouter(prefix="/evals", include_in_schema=False)

PAGE: Final = 30


@dataclass(frozen=True, kw_only=True)
class EvalsPage(Page):
    """Page of the reports. ``first`` counts from 1. ``before`` and ``after`` are the start positions of the pages
    before and after it."""

    template: ClassVar[str] = "evals.html"
    reports: tuple[ReportRow, ...]
    total: int
    first: int
    before: int | None
    after: int | None
    most_bytes: int
    trouble: str


Start = Annotated[int, Query(ge=0, le=100_000)]
WithFile = Annotated[Form, Depends(guard(require_evaluator, most_bytes=MAX_BYTES))]


@router.get("")
async def show_reports(request: Request, visitor: Evaluator, start: Start = 0) -> Response:
    return await _list(request, visitor, start)


@router.post("")
async def add(request: Request, form: WithFile) -> Response:
    visitor, container = form.member, get_container(request)
    if not form.file:
        return await _list(
            request, visitor, trouble="Choose the file that `opsiq eval run … --json FILE` wrote.", status=422
        )
    try:
        row = await report_storage.store_report(
            container.database, visitor.actor, form.file, container.clock(), request_id=problem.find_request_id(request)
        )
    except (InvalidInput, Conflict) as error:
        status = 413 if len(form.file) > MAX_BYTES else 422
        return await _list(request, visitor, trouble=error.detail, status=status)
    return redirect(f"/evals/{row.id}")


@router.post("/{report_id}/delete")
async def delete(request: Request, form: GuardedEvaluator, report_id: str) -> Response:
    container, actor = get_container(request), form.member.actor
    await report_storage.remove_report(
        container.database, actor, report_id, container.clock(), request_id=problem.find_request_id(request)
    )
    return redirect("/evals")


async def _list(
    request: Request, visitor: Visitor, start: int = 0, *, trouble: str = "", status: int = 200
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    async with container.database.read() as session:
        rows = await store.eval_reports.listed(session, workspace, start=start, limit=PAGE)
        total = await store.eval_reports.count(session, workspace)
    before, after = find_neighbours(total, start, rows, PAGE)
    page = EvalsPage(
        shell=make_shell(request, visitor),
        title="Evals",
        reports=tuple(map(make_report_row, rows)),
        total=total,
        first=start + 1,
        before=before,
        after=after,
        most_bytes=MAX_BYTES,
        trouble=trouble,
    )
    return show(request, page, status=status)
