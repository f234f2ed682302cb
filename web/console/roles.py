"""The roles that somebody may be given here: the owner's, the evaluator's, those that members have, those that contracts list."""

from __future__ import annotations

from collections.abc import Collection

from agent.house import House
from core.actor import EVALUATOR, OWNER
from store.members import MemberRow


async def given(house: House, workspace: str, members: Collection[MemberRow]) -> list[str]:
    roles = {OWNER, EVALUATOR, *(each.role for each in members)}
    return sorted(roles | {role for each in (await house.grounds.of(workspace)).catalogue for role in each.roles})
