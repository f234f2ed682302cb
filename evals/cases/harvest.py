"""Harvests cases from AI History: what people typed, and whether they confirmed the card or said that it was misread.

A confirmed card is what was meant. A rejected one is a wrong reading only if whoever rejected it said so: people also
reject because they have changed their mind, or because it isn't their decision to allow. Each case runs in the world
as it is now, except that the records of its card are as they were when it was shown. Nothing here checks who asks:
the caller makes sure that it is an owner.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
from agent.history.recorder import EntryType
from agent.pipeline import Plan
from agent.runs import repository
from agent.runs.run import Run
from agent.workspace.context import WorkspaceContext
from core import canon, clock
from core.errors import NotFound
from evals.cases import frozen_world
from store.database import Database
from store.history.log import HistoryFilters, HistoryRow

LABELS: Final = {EntryType.CONFIRMED.value: "confirmed", EntryType.REJECTED.value: "rejected"}
MOST: Final = 500
CASES: Final = "cases.jsonl"
WORLD: Final = "world.json"


@dataclass(frozen=True, slots=True)
class Harvest:
    """Harvested cases. ``world`` is the file that ``cases`` name. ``skipped`` counts the decisions that made no case,
    by reason: ``not_typed`` (given as data), ``no_card`` (rejected as a question), ``not_misread``
    (rejected, and nobody said that the card isn't what the words ask for), ``retired`` (an action that is no
    longer offered), ``gone`` (the run no longer exists)."""

    cases: tuple[dict[str, Any], ...]
    world: dict[str, Any]
    skipped: dict[str, int]


async def harvest_cases(
    database: Database, workspace: str, context: WorkspaceContext, wanted: HistoryFilters, limit: int
) -> Harvest:
    """Turns the newest ``limit`` decisions into cases, oldest first. Raises PlatformUnavailable. No transaction is open
    while the platform is read."""
    async with database.read() as session:
        made, skipped = await _read_decisions(session, workspace, context, wanted, limit)
    frozen = await frozen_world.freeze(tuple(context.catalogue), context.kinds)
    return Harvest(tuple(made), frozen, dict(skipped))


async def _read_decisions(
    session: AsyncSession, workspace: str, context: WorkspaceContext, wanted: HistoryFilters, limit: int
) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The cases, and how many decisions made none, by reason."""
    asked = HistoryFilters(
        kinds=tuple(LABELS), run_id=wanted.run_id, since=wanted.since, until=wanted.until, contract=wanted.contract
    )
    rows = await store.history.log.page(session, workspace, filters=asked, limit=limit)
    made: list[dict[str, Any]] = []
    skipped: Counter[str] = Counter()
    for row in reversed(rows):
        try:
            run = await repository.get(session, workspace, row.run_id or "")
        except NotFound:
            skipped["gone"] += 1
            continue
        why = _explain_unfit(row, run, context)
        if why:
            skipped[why] += 1
        elif run.plan is not None:
            made.append(_make_case(run, run.plan, LABELS[row.kind]))
    return made, skipped


def decides(row: HistoryRow) -> bool:
    """Whether an entry says if a card is what was meant: it was confirmed, or rejected as misread."""
    return row.kind == EntryType.CONFIRMED or (
        row.kind == EntryType.REJECTED and bool(json.loads(row.data).get("misread"))
    )


def _explain_unfit(row: HistoryRow, run: Run, context: WorkspaceContext) -> str:
    """Why a run makes no case. Empty if it makes one."""
    if run.given is not None:
        return "not_typed"
    if run.plan is None:
        return "no_card"
    if not decides(row):
        return "not_misread"
    return "retired" if any(context.catalogue.get(step.action) is None for step in run.plan.steps) else ""


def _make_case(run: Run, plan: Plan, label: str) -> dict[str, Any]:
    calls = [
        {"action": step.action, "params": {each.param: [each.value] for each in step.filled}} for step in plan.steps
    ]
    confirmed = {"decision": "act", "actions": calls}
    rejected = {"decision": ["clarify", "abstain", "act"], "never": calls}
    records: dict[str, dict[str, Any]] = {}
    for step in plan.steps:
        for pin in step.pins:
            records.setdefault(pin.record_kind, {})[pin.record_id] = dict(pin.values)
    resolver = (run.trace.model or run.trace.resolver) if run.trace else "unknown"
    return {
        "id": run.id,
        "source": "history",
        "group": canon.digest(" ".join(run.text.casefold().split())),
        "role": run.actor.role,
        "surface": run.surface,
        "prompt": run.text,
        "answers": [each.model_dump(mode="json", exclude_none=True) for each in run.answers],
        "world": WORLD,
        "context": {
            "now": clock.format_iso(run.now) if run.zone == "UTC" else run.request.now.isoformat(),
            "records": {kind: list(by_id.values()) for kind, by_id in records.items()},
        },
        "expected": confirmed if label == "confirmed" else rejected,
        "tags": [label, resolver, *dict.fromkeys(step.action for step in plan.steps)],
    }


def zip_suite(found: Harvest) -> bytes:
    """Packs the folder that ``opsiq eval from-history`` writes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CASES, write_lines(found.cases))
        archive.writestr(WORLD, json.dumps(found.world, ensure_ascii=False) + "\n")
    return packed.getvalue()


def write_lines(cases: tuple[dict[str, Any], ...] | list[dict[str, Any]]) -> str:
    """Cases as a suite's file."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in cases)
