"""Whether what is stored is what OpsIQ stored: AI History with its anchors and counts, the codes of rows, and rights by
its entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.authenticity
from agent.history import reconcile, verification
from store.history.verification import ChainAnchor, ChainVerdict
from store.rows import authenticator_of

MOST = 50
"""So many are named; of the rest, how many there are."""


@dataclass(frozen=True, slots=True)
class Report:
    """``verdict`` is of AI History, ``problems`` are sentences about everything else. ``checked``: the codes were
    looked at, too."""

    verdict: ChainVerdict
    problems: tuple[str, ...]
    checked: bool

    @property
    def ok(self) -> bool:
        return self.verdict.ok and not self.problems

    @property
    def why(self) -> str:
        """All that is wrong, as sentences; empty where nothing is."""
        return " ".join([each for each in (self.verdict.why, *self.problems) if each])


async def examine(
    session: AsyncSession, workspace: str, anchor: ChainAnchor | None = None, *, anchors: Sequence[ChainAnchor] = ()
) -> Report:
    """Look at everything of one workspace. Run it in a ``read()`` block, so that it sees one moment."""
    verdict = await verification.verify(session, workspace, anchor, anchors=anchors)
    problems = [
        f"The row {each.row} of {each.table} was written by something other than OpsIQ, and is refused."
        for each in await store.history.authenticity.survey(session, workspace)
    ]
    if fault := await store.history.authenticity.generation_fault(session, workspace):
        problems.append(f"No contract is in force: {fault}.")
    if verdict.first_break is None:  # entries that were made anew tell nothing about rights
        problems += await reconcile.find_differences(session, workspace)
    if len(problems) > MOST:
        problems = [*problems[:MOST], f"And {len(problems) - MOST} more."]
    return Report(verdict, tuple(problems), authenticator_of(session) is not None)
