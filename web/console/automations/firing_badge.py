"""What came of an event by a rule or an instruction, as a badge: also whether the run that it made came to anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.runs.runs
from store.automations import FiringRow
from web.console.labels import Badge

_VERDICTS: Final[Mapping[str, Badge]] = {
    "run": Badge("made a run", "good"),
    "shadow": Badge("only noted", "wait"),
    "unmet": Badge("condition not met", "quiet"),
    "over_limit": Badge("over its ceiling", "bad"),
    "untold": Badge("could not be told", "bad"),
}
_RUNS: Final[Mapping[str, Badge]] = {
    "refused": Badge("its run was refused", "bad"),
    "abstained": Badge("its run did nothing", "bad"),
    "failed": Badge("its run failed", "bad"),
    "unknown": Badge("outcome unknown", "bad"),
    "expired": Badge("its run expired", "bad"),
}
"""Runs that brought nothing: a state for each of ``store.automations.LOST_RUNS``."""


async def load_run_states(session: AsyncSession, workspace: str, firings: Iterable[FiringRow]) -> dict[str, str]:
    """The state of each run that these firings made, by its id."""
    return await store.runs.runs.states_of(session, workspace, [each.run_id for each in firings if each.run_id])


def make_firing_badge(firing: FiringRow, states: Mapping[str, str]) -> Badge:
    """The badge of a firing. ``states`` are those of ``load_run_states``."""
    return _RUNS.get(states.get(firing.run_id or "", "")) or _VERDICTS[firing.verdict]
