"""Obstacles: why a rule or an instruction does nothing although it is switched on.

It stays *on* when its author may no longer act: the key is revoked, the role has changed, the action is gone. Its page
says so before an event comes in vain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.api_keys
import store.accounts.members
from agent.workspace import authority, principals
from core.actor import OWNER, Actor
from core.errors import InvalidInput, NotAuthentic, NotFound
from events.automations import runner
from registry.catalogue import Catalogue
from registry.conditions import condition
from store.automations import InstructionRow, RuleRow

Automation = RuleRow | InstructionRow
SAVE_ANEW: Final = "Save it once more to have it act in your name."


async def find_obstacles(
    session: AsyncSession, rows: Iterable[Automation], catalogue: Catalogue, now: datetime
) -> Mapping[str, str]:
    """Why each does nothing, in sentences, by id. Leaves out those that work and those that are switched off."""
    authors: dict[str, Actor | str] = {}
    found: dict[str, str] = {}
    for row in rows:
        why = _find_own(row)
        if not why and row.mode != "off":
            if row.author not in authors:
                authors[row.author] = await _find_author(session, authority.read_author(row.author), now)
            author = authors[row.author]
            why = f"{author} {SAVE_ANEW}" if isinstance(author, str) else _find_uncovered(row, author, catalogue)
        if why:
            found[row.id] = why
    return found


async def acts_alone(session: AsyncSession, row: InstructionRow, now: datetime) -> bool:
    """Whether an instruction may write without a card: an owner allowed it, and is still an owner."""
    if not row.unattended_by:
        return False
    owner = await principals.find_current_actor(session, authority.read_author(row.unattended_by), now)
    return owner is not None and owner.role == OWNER


def _find_own(row: Automation) -> str:
    """The rule's own obstacles: it was parked, or its condition is no longer judged."""
    if isinstance(row, InstructionRow):
        return ""
    if row.parked:
        return f"Switched off by itself. {row.parked} Change the condition, then switch it on again."
    try:
        if row.condition and row.mode != "off":
            condition.compile(row.condition, condition.EVENT)
    except InvalidInput as error:
        return f"Its condition is not judged. {error.detail}"
    return ""


async def _find_author(session: AsyncSession, then: Actor, now: datetime) -> Actor | str:
    """The author as they may act now, or why they may not."""
    if (actor := await principals.find_current_actor(session, then, now)) is not None:
        return actor
    if then.kind == "key":
        try:
            key = await store.accounts.api_keys.get(session, then.workspace, then.id)
            holder = await store.accounts.members.get(session, key.workspace, key.person)
        except (NotFound, NotAuthentic):
            pass
        else:
            return f"It acts as a key. {principals.explain_blocked_key(key, holder, now)}"
    return runner.WITHDRAWN.format(then.name)


def _find_uncovered(row: Automation, author: Actor, catalogue: Catalogue) -> str:
    """The obstacle that none of its actions can run. For an instruction, one that can is enough."""
    actions = [row.contract] if isinstance(row, RuleRow) else row.contracts.split()
    reasons = [_explain_action(row, each, author, catalogue) for each in actions]
    return reasons[0] if all(reasons) else ""


def _explain_action(row: Automation, name: str, author: Actor, catalogue: Catalogue) -> str:
    contract = catalogue.get(name)
    if contract is None:
        fault = catalogue.faults.get(name)
        return f"The contract {name} can't be used: {fault}." if fault else f"No action {name} is in force."
    if not authority.still_covers(then := authority.read_author(row.author), contract):
        return runner.OUTGROWN.format(then.name, then.role, contract.title)
    if not authority.covers(author.role, [contract]):
        return f"{author.name} is {author.role} now, and that role may not run “{contract.title}”. {SAVE_ANEW}"
    if row.surface not in contract.surfaces:
        return f"“{contract.title}” is not offered on {row.surface}."
    return ""
