"""Dry-run rows: what a rule or an instruction would have done on past events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.pipeline import Plan, Question, Reply
from core.display_text import to_display_text
from events.automations.rules import Evaluation
from events.subscribers import FiredEvent
from web.console.labels import Badge

RUNS: Final = Badge("would run", "good")
WAITS: Final = Badge("would wait for a yes", "wait")
ASKS: Final = Badge("would ask", "wait")
ANSWERS: Final = Badge("would answer", "quiet")
REFUSED: Final = Badge("would be refused", "bad")
UNMET: Final = Badge("condition not met", "quiet")
UNTOLD: Final = Badge("can't be told", "wait")


@dataclass(frozen=True, slots=True)
class DryRunRow:
    """One event of a dry run. ``says`` lists the calls that would be sent. ``why`` is the reason for a wait, or for
    sending nothing."""

    event_id: str
    event: str
    at: datetime
    verdict: Badge
    says: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class VerdictCount:
    badge: Badge
    count: int


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """A dry run over the newest matching events. Without lines, no event matched."""

    lines: tuple[DryRunRow, ...]
    tallies: tuple[VerdictCount, ...]


def show_dry_run(met: Sequence[tuple[FiredEvent, Evaluation]]) -> DryRunResult:
    lines = tuple(_would(event, each) for event, each in met)
    counts: dict[Badge, int] = {}
    for line in lines:
        counts[line.verdict] = counts.get(line.verdict, 0) + 1
    return DryRunResult(lines, tuple(VerdictCount(badge, count) for badge, count in counts.items()))


def _would(event: FiredEvent, met: Evaluation) -> DryRunRow:
    verdict, says, why = _describe(met)
    return DryRunRow(event.id, event.name, event.occurred_at, verdict, says, to_display_text(why, limit=600))


def _describe(met: Evaluation) -> tuple[Badge, tuple[str, ...], str]:
    if met.judged is None:
        return (UNMET, (), "") if met.verdict == "unmet" else (UNTOLD, (), met.detail)
    match met.judged.verdict:
        case Plan() as plan:
            says = tuple(to_display_text(step.preview, limit=400) for step in plan.steps)
            return (WAITS, says, " ".join(plan.held)) if plan.held else (RUNS, says, "")
        case Question() as question:
            return ASKS, (), question.text
        case Reply() as reply:
            return ANSWERS, (), reply.text
        case refused:
            return REFUSED, (), refused.detail
