"""Approver independence: which two people count as two if two must agree.

Nobody is made the second one for the occasion. A member who was added or given a role after the request doesn't count
(``refuse_newcomer``). Two people don't count if one gave the other their place shortly before
(``refuse_dependent_approvers``): an owner who invites somebody and approves as them is one person.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.members
from agent.pipeline import Refusal
from agent.runs.states import Planned
from agent.workspace import principals
from core.actor import Actor
from core.errors import NotFound
from store.accounts.members import MemberRow


async def refuse_newcomer(session: AsyncSession, approver: Actor, planned: Planned) -> Refusal | None:
    if not planned.needs_two_people:
        return None
    since = await principals.find_standing_since(session, approver)
    if since is None or since <= planned.run.created_at:
        return None
    return Refusal(
        code="forbidden",
        detail="This was asked before you had the role you have now, so your approval does not count as a second "
        "person's. "
        "Somebody who had theirs before may approve it, or it is asked again.",
    )


async def refuse_dependent_approvers(
    session: AsyncSession, planned: Planned, approvers: Collection[Actor], now: datetime, apart: timedelta
) -> Refusal | None:
    """Refuses approvers of whom one gave another their membership or role within ``apart``.

    Checks the requester and the ``approvers``, through any chain of equally recent givers. What was given on the
    machine itself has no giver here.
    """
    if not planned.needs_two_people:
        return None
    taking_part = {planned.run.actor.person, *(each.person for each in approvers)}
    for each in approvers:
        found = await _find_giver(session, each, taking_part - {each.person}, now - apart)
        if found is not None:
            member, giver = found
            until = member.standing_since + apart
            return Refusal(
                code="forbidden",
                detail=f"{member.name} has their place here from {giver.name}, who takes part in this too, since "
                f"less than "
                f"{round(apart.total_seconds() / 3600)} hours. Until {until:%d %b %H:%M} UTC they don't count as "
                f"two people: "
                "let somebody else approve it.",
            )
    return None


async def _find_giver(
    session: AsyncSession, approver: Actor, others: Collection[str], young: datetime
) -> tuple[MemberRow, MemberRow] | None:
    """The approver and the one of ``others`` who gave them their place, where every place in between is younger than
    ``young``."""
    first = at = await _find_member(session, approver.workspace, approver.person)
    passed: set[str] = set()
    while first is not None and at is not None and at.standing_since > young and at.given_by and at.id not in passed:
        passed.add(at.id)
        at = await _find_member(session, approver.workspace, at.given_by)
        if at is not None and at.id in others:
            return first, at
    return None


async def _find_member(session: AsyncSession, workspace: str, person: str) -> MemberRow | None:
    """The member, or None for a platform's user: the platform vouches for them and knows for how long."""
    try:
        return await store.accounts.members.get(session, workspace, person)
    except NotFound:
        return None
