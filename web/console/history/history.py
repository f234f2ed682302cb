"""AI History pages, for owners: browse, export, and verify the chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

import store.accounts.members
import store.history.log
import store.history.stats
from agent.history import integrity
from agent.history.columns import read_mode
from agent.history.entry_text import label_entry, name_actor, summarize_entry
from agent.history.recorder import EntryType, record_act
from core.display_text import to_display_text
from core.errors import NotFound
from evals.cases.harvest import harvest_cases, zip_suite
from registry.catalogue import Catalogue
from registry.contract import Risk
from store.history.log import HistoryRow
from web import problem
from web.api.history import MAX_SEQ, stream_csv
from web.auth import get_container
from web.console.forms import FormOption
from web.console.history.entry_labels import EntryGroup, group_entry_types
from web.console.history.history_filter import HistoryFilter, read_filter
from web.console.history.history_views import MOST_CHARS, View, list_views
from web.console.labels import format_name, name_actions
from web.console.pages import Page, cut_page, redirect, render
from web.console.session import Owner, make_clock, make_shell
from web.console.wall_clock import say_utc
from web.turns import get_history_turns, get_world_turns, take_search_turn

router = APIRouter(prefix="/history", include_in_schema=False)

PAGE: Final = 50
SUGGESTED: Final = 200
"""Most contracts that are suggested in the filter. Others can be typed."""
OUTCOMES: Final = (
    "succeeded", "failed", "unknown", "skipped", "held", "confirmed", "rejected", "expired", "refused", "abstained",
    "asked", "answered",
)  # fmt: skip
_NO_CASE: Final = {
    "not_typed": "This run makes no case: nobody typed it, its values were given as data.",
    "no_card": "This run makes no case: it was rejected before there was a card.",
    "not_misread": "This run makes no case: it was rejected, and nobody said that its card was misread.",
    "retired": "This run makes no case: its action is no longer offered.",
}
ACTS: Final = urlencode({"kind": EntryType.CALL_SETTLED.value})
RISKS: Final = ("read", "write", "irreversible")


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class HistoryTableRow:
    seq: int
    at: datetime
    kind: str
    who: str
    role: str
    contract: str
    outcome: str
    risk: str
    irreversible: bool
    summary: str
    run_id: str
    test: bool = False


@dataclass(frozen=True, kw_only=True)
class HistoryPage(Page):
    template: ClassVar[str] = "history.html"
    chosen: HistoryFilter
    kinds: tuple[EntryGroup, ...]
    people: tuple[Person, ...]
    contracts: tuple[FormOption, ...]
    outcomes: tuple[str, ...]
    risks: tuple[str, ...]
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    views: tuple[View, ...]
    acts: str
    """The filter that leaves only what was done: a line for each call that was sent and is over."""
    most_name: int
    lines: tuple[HistoryTableRow, ...]
    hint: str
    query: str
    first: bool
    next: str


@dataclass(frozen=True, kw_only=True)
class VerdictPage(Page):
    template: ClassVar[str] = "verdict.html"
    ok: bool
    count: int
    first_break: int
    why: str
    last: str
    anchored: str = ""
    problems: tuple[str, ...] = ()


Wanted = Annotated[HistoryFilter, Depends(read_filter)]


@router.get("")
async def show_history(
    request: Request, visitor: Owner, wanted: Wanted, before: Annotated[int | None, Query(ge=1, le=MAX_SEQ)] = None
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    filters = wanted.filters(make_clock(request))
    context = await container.contexts.of(workspace)
    if name := _find_titled(wanted.contract, context.catalogue):
        return redirect(f"/history?{replace(wanted, contract=name).query}")
    async with take_search_turn(request, workspace, filters.words), container.database.read() as session:
        rows = await store.history.log.page(session, workspace, filters=filters, before_seq=before, limit=PAGE + 1)
        people = await store.accounts.members.listed(session, workspace)
        models = await store.history.stats.names(session, workspace, "tokens_in")
        prompts = await store.history.stats.names(session, workspace, "prompt_version")
        kept = await list_views(session, visitor.actor, wanted.query)
    rows, more = cut_page(rows, PAGE)
    page = HistoryPage(
        shell=make_shell(request, visitor),
        title="History",
        chosen=wanted,
        kinds=group_entry_types(),
        people=tuple(Person(each.id, to_display_text(each.name, limit=80)) for each in people),
        contracts=tuple(
            FormOption(each.name, to_display_text(each.title)) for each in islice(context.catalogue, SUGGESTED)
        ),
        outcomes=OUTCOMES,
        risks=RISKS,
        models=tuple(to_display_text(each, limit=120) for each in models[:SUGGESTED]),
        prompts=tuple(to_display_text(each, limit=120) for each in prompts[:SUGGESTED]),
        views=kept,
        acts=ACTS,
        most_name=MOST_CHARS,
        lines=tuple(_line(row, {each.id: each.name for each in people}, context.catalogue) for row in rows),
        hint="" if rows else _explain_nothing(wanted, context.catalogue),
        query=wanted.query,
        first=before is None,
        next=_with(wanted.query, before=rows[-1].seq) if more else "",
    )
    return render(page)


@router.get("/export.csv")
async def export(request: Request, visitor: Owner, wanted: Wanted) -> Response:
    """The filtered history as a file. The export is an entry itself, written before the first line is sent. A page that
    shows progress asks for it (``X-Progress``) and gets the number of entries."""
    container, filters = get_container(request), wanted.filters(make_clock(request))
    async with container.database.begin() as session:
        await record_act(
            session,
            visitor.actor,
            EntryType.EXPORTED,
            container.clock(),
            request_id=problem.find_request_id(request),
            query=wanted.query,
        )
    answer = await stream_csv(request, visitor.actor.workspace, filters)
    if "x-progress" in request.headers:
        async with container.database.read() as session:
            answer.headers["X-Entries"] = str(await store.history.log.count(session, visitor.actor.workspace, filters))
    return answer


@router.get("/verify")
async def verify(request: Request, visitor: Owner) -> Response:
    container = get_container(request)
    anchors = await container.anchors.of(visitor.actor.workspace)
    async with get_history_turns(request).take(visitor.actor.workspace), container.database.read() as session:
        report = await integrity.examine(session, visitor.actor.workspace, anchors=anchors)
    verdict = report.verdict
    anchored_at = say_utc(datetime.fromisoformat(verdict.anchored.at)) if verdict.anchored else ""
    page = VerdictPage(
        shell=make_shell(request, visitor),
        title="The chain's verdict",
        ok=report.ok,
        count=verdict.count,
        first_break=verdict.first_break or 0,
        why=to_display_text(verdict.why),
        last=str(verdict.last or ""),
        anchored=f"{verdict.anchored.seq}, of {anchored_at}" if verdict.anchored else "",
        problems=tuple(to_display_text(each) for each in report.problems),
    )
    return render(page)


@router.get("/{seq}/case.zip")
async def download_case(request: Request, visitor: Owner, seq: Annotated[int, Path(le=MAX_SEQ)]) -> Response:
    """The decision of this entry's run as a suite of one case, with its world. The download is recorded as an entry."""
    container, actor = get_container(request), visitor.actor
    async with container.database.read() as session:
        row = await store.history.log.get(session, actor.workspace, seq)
    if row.run_id is None:
        raise NotFound("This entry is of no run, so it makes no case.")
    context = await container.contexts.of(actor.workspace)
    async with get_world_turns(request).take(actor.workspace):
        found = await harvest_cases(
            container.database, actor.workspace, context, store.history.log.HistoryFilters(run_id=row.run_id), 1
        )
    if not found.cases:
        why = next(iter(found.skipped), "undecided")
        raise NotFound(_NO_CASE.get(why, "This run makes no case: nobody has confirmed or rejected it."))
    async with container.database.begin() as session:
        await record_act(
            session,
            actor,
            EntryType.EXPORTED,
            container.clock(),
            request_id=problem.find_request_id(request),
            what="cases",
            count=1,
        )
    headers = {"Content-Disposition": f'attachment; filename="case-{row.run_id}.zip"', "Cache-Control": "no-store"}
    return Response(zip_suite(found), media_type="application/zip", headers=headers)


def _line(row: HistoryRow, people: Mapping[str, str], catalogue: Catalogue) -> HistoryTableRow:
    """An entry as a row. ``people`` are the members' names by id. Contracts are told by their titles, or by their names
    if they are no longer offered."""
    actor, titles = json.loads(row.actor), []
    for name in (row.contract or "").split():
        contract = catalogue.get(name)
        titles.append(to_display_text(contract.title, limit=100) if contract is not None else name)
    return HistoryTableRow(
        seq=row.seq,
        at=row.at,
        kind=label_entry(row.kind),
        who=name_actor(actor, people),
        role=str(actor.get("role", "")),
        contract=name_actions(titles),
        outcome=format_name(row.outcome or ""),
        risk=format_name(row.risk or ""),
        irreversible=row.risk == Risk.IRREVERSIBLE,
        summary=summarize_entry(json.loads(row.data)),
        run_id=row.run_id or "",
        test=read_mode(row) == "test",
    )


def _find_titled(typed: str, catalogue: Catalogue) -> str:
    """The contract whose title was typed. Empty if it is a name, or the title of none or several."""
    found = [each.name for each in catalogue if each.title.casefold() == typed.casefold()]
    return found[0] if len(found) == 1 and catalogue.get(typed) is None else ""


def _explain_nothing(wanted: HistoryFilter, catalogue: Catalogue) -> str:
    """Why no entry may fit, or empty."""
    if wanted.is_backwards:
        return "“From” is after “To”: swap the two days."
    if wanted.contract and catalogue.get(wanted.contract) is None:
        contract = to_display_text(wanted.contract)
        return f"No contract is called “{contract}” now. Choose one from the list, or type its whole name or title."
    return ""


def _with(query: str, **more: Any) -> str:
    return "&".join(part for part in (query, urlencode(more)) if part)
