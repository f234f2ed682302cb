"""Approver independence: which two people count as two if two must agree.

Nobody is made the second one for the occasion. A member who was added or given a role after the request doesn't count
(``refuse_newcomer``). Two people don't count if one gave the other their place shortly before
(``refuse_dependent_approvers``): an owner who invites somebody and approves as them is one person.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.members
import store.history.log
from agent.history.recorder import EntryType
from agent.pipeline import Refusal
from agent.runs.states import Planned
from agent.workspace import principals
from core.actor import Actor
from core.errors import NotFound
from store.accounts.members import MemberRow
from store.history.log import HistoryFilters

_Given = defaultdict[str, dict[str, datetime]]
"""Who gave a member their place, and when, by the member's id."""


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
    given = await _list_given(session, planned.run.workspace, now - apart)
    for each in approvers:
        found = await _find_giver(session, each, taking_part - {each.person}, given, now - apart)
        if found is not None:
            member, giver, since = found
            return Refusal(
                code="forbidden",
                detail=f"{member.name} has their place here from {giver.name}, who takes part in this too, since less "
                f"than {round(apart.total_seconds() / 3600)} hours. Until {since + apart:%d %b %H:%M} UTC they don't "
                "count as two people: let somebody else approve it.",
            )
    return None


async def _find_giver(
    session: AsyncSession, approver: Actor, others: Collection[str], given: _Given, young: datetime
) -> tuple[MemberRow, MemberRow, datetime] | None:
    """The approver, the one of ``others`` who gave them their place, and since when they have it, where every place in
    between is younger than ``young``."""
    first = await _find_member(session, approver.workspace, approver.person)
    waiting, passed = [(first, datetime.max.replace(tzinfo=UTC))], set[str]()
    while first is not None and waiting:
        at, since = waiting.pop()
        if at is None or at.id in passed:
            continue
        passed.add(at.id)
        givers = dict(given[at.id])
        if at.given_by and at.standing_since > young:
            givers.setdefault(at.given_by, at.standing_since)
        for person, moment in givers.items():
            giver = await _find_member(session, approver.workspace, person)
            if giver is not None and giver.id in others:
                return first, giver, min(since, moment)
            waiting.append((giver, min(since, moment)))
    return None


async def _list_given(session: AsyncSession, workspace: str, young: datetime) -> _Given:
    """Who gave whom a place since ``young``, and when. A member's row names only the last who did: a role that they
    gave themself, or that a third person gave, would hide the others."""
    kinds = (EntryType.MEMBER_JOINED, EntryType.MEMBER_ROLE_CHANGED, EntryType.MEMBER_REACTIVATED)
    filters = HistoryFilters(kinds=tuple(each.value for each in kinds), since=young)
    given: _Given = defaultdict(dict)
    async for entry in store.history.log.stream(session, workspace, filters):
        data, actor = json.loads(entry.data), json.loads(entry.actor)
        giver = data.get("invited_by") if entry.kind == EntryType.MEMBER_JOINED else actor["person"]
        if giver and entry.at > young:
            given[data["member"]][giver] = entry.at
    return given


async def _find_member(session: AsyncSession, workspace: str, person: str) -> MemberRow | None:
    """The member, or None for a platform's user: the platform vouches for them and knows for how long."""
    try:
        return await store.accounts.members.get(session, workspace, person)
    except NotFound:
        return None
