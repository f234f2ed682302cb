"""AI History entry page: its content, and its place in the run and in the chain."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

import store.accounts.members
import store.history.log
from agent.history.columns import COLUMNS
from agent.history.entry_text import label_entry, name_actor, summarize_entry
from agent.history.recorder import EntryType
from agent.runs.states import as_planned
from core.actor import Actor
from core.clock import format_iso
from core.display_text import to_display_text
from evals.cases.harvest import decides
from store.history.log import HistoryRow
from web.api.history import MAX_SEQ
from web.auth import get_container
from web.console.history.shown_card import ShownCard, find_card
from web.console.history.timeline import Bar, make_bars, write_seconds
from web.console.labels import format_name, name_actions
from web.console.pages import Page, render
from web.console.runs import outcome
from web.console.session import Owner, make_shell

router = APIRouter(prefix="/history", include_in_schema=False)

_WHOLE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class Exchange:
    """One exchange with a model: what it was sent, and its answer."""

    prompt: str
    response: str


@dataclass(frozen=True, kw_only=True)
class EntryPage(Page):
    """Page of one entry. ``data`` is the entry's content without the prompts and responses, which are shown as text,
    oldest first. ``card`` is what the entry's card said, and ``told`` what an entry without one says. ``case``: the run
    was decided, so it makes a case for evals. ``undo``: words that ask for the reverse of what the run did. ``misfit``:
    why the entry doesn't match the chain, or empty."""

    template: ClassVar[str] = "entry.html"
    seq: int
    kind: str
    at: datetime
    run_id: str
    facts: tuple[Fact, ...]
    exchanges: tuple[Exchange, ...]
    data: str
    bars: tuple[Bar, ...]
    card: ShownCard | None
    told: str
    case: bool
    undo: tuple[str, ...]
    prev: str
    digest: str
    misfit: str
    newer: int
    older: int


@router.get("/{seq}")
async def show_entry(request: Request, visitor: Owner, seq: Annotated[int, Path(le=MAX_SEQ)]) -> Response:
    async with get_container(request).database.read() as session:
        row = await store.history.log.get(session, visitor.actor.workspace, seq)
        people = {each.id: each.name for each in await store.accounts.members.listed(session, row.workspace)}
        last = await store.history.log.head(session, visitor.actor.workspace)
        of_run = await store.history.log.of_run(session, visitor.actor.workspace, row.run_id) if row.run_id else []
        misfit = await store.history.log.entry_fault(session, row)
    data: dict[str, Any] = json.loads(row.data)
    trace: Any = data.get("trace") if isinstance(data.get("trace"), dict) else {}
    traces = [each for each in (trace, trace.get("second")) if isinstance(each, dict)]
    exchanges = [Exchange(*(_text(each.pop(name, "")) for name in ("prompt", "response"))) for each in traces]
    card = find_card(row, of_run)
    page = EntryPage(
        shell=make_shell(request, visitor),
        title=f"Entry {row.seq}",
        seq=row.seq,
        kind=label_entry(row.kind).capitalize(),
        at=row.at,
        run_id=row.run_id or "",
        facts=tuple(list_facts(row, people)),
        exchanges=tuple(exchanges),
        data=_json(data),
        bars=make_bars(of_run, row.seq),
        card=card,
        told="" if card else summarize_entry(data),
        case=any(decides(each) for each in of_run),
        undo=await _undo(request, visitor.actor, of_run),
        prev=row.prev,
        digest=row.digest,
        misfit=misfit,
        newer=row.seq + 1 if last and row.seq < last.seq else 0,
        older=row.seq - 1,
    )
    return render(page)


async def _undo(request: Request, actor: Actor, of_run: Sequence[HistoryRow]) -> tuple[str, ...]:
    if not any(each.kind == EntryType.FINISHED for each in of_run):
        return ()
    container = get_container(request)
    run = await container.runs.show(actor, of_run[0].run_id or "")
    planned = as_planned(run)
    if planned is None:
        return ()
    came = outcome.make_outcome(planned, actor, await container.contexts.of(actor.workspace))
    return tuple(each.undo for each in came.calls if each.undo)


_WORDED: Final[Mapping[str, Callable[[Any], str]]] = {
    "contract": lambda names: name_actions(names.split()),
    "outcome": format_name,
    "risk": format_name,
    "duration_ms": lambda took: write_seconds(took / 1000),
    "mode": lambda mode: "test: nothing is sent" if mode == "test" else "",
}
"""Display format of the columns that aren't shown as stored."""


def list_facts(row: HistoryRow, people: Mapping[str, str]) -> list[Fact]:
    """The facts beside an entry: who did it, when, and every column that has a label."""
    actor = json.loads(row.actor)
    facts = {
        "Who": f"{name_actor(actor, people)}, {actor.get('role', '')}",
        "As": f"{actor.get('kind', '')} {actor.get('id', '')}",
        "When, exactly": format_iso(row.at),
    }
    for column in COLUMNS:
        value = column.read(row) if column.label else None
        if value not in (None, "", row.run_id):  # a thread has the id of its first run
            facts[column.label] = _WORDED.get(column.name, str)(value)
    facts["Entry id"] = row.id
    return [Fact(label, to_display_text(value)) for label, value in facts.items() if value]


def _text(value: Any) -> str:
    """A text unchanged. JSON, such as the messages sent to a model, is indented."""
    if not isinstance(value, str):
        return _json(value) if value else ""
    try:
        return _json(json.loads(value))
    except (ValueError, RecursionError):
        return to_display_text(value, lines=True, limit=_WHOLE)


def _json(value: Any) -> str:
    return to_display_text(json.dumps(value, ensure_ascii=False, indent=2), lines=True, limit=_WHOLE)
